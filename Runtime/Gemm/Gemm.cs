using System.Runtime.Intrinsics;

namespace Proxima.Runtime;

/// <summary>Matrix products whose results go through a fused epilogue.</summary>
/// <remarks>
/// For every batch, c[row, column] = Σₖ a[row, k] · b[k, column], and c goes to the epilogue instead of memory. Strides count elements and
/// may be anything, 0 included: a transposed or broadcast operand costs no copy of its own. The order of summation depends on the shape and strides only, so
/// the result is the same for any number of threads. The epilogue is copied; it must write through pointers.
/// </remarks>
public static unsafe class Gemm
{
    /// <summary>A product of float matrices.</summary>
    /// <param name="batches">The number of products.</param>
    /// <param name="m">Rows of a.</param>
    /// <param name="n">Columns of b.</param>
    /// <param name="k">Columns of a, rows of b; 0 gives zeros.</param>
    /// <param name="a">The first element of a.</param>
    /// <param name="aBatch">Elements from one a to the next.</param>
    /// <param name="aRow">Elements from a row of a to the next.</param>
    /// <param name="aColumn">Elements from a column of a to the next.</param>
    /// <param name="b">The first element of b.</param>
    /// <param name="bBatch">Elements from one b to the next.</param>
    /// <param name="bRow">Elements from a row of b to the next.</param>
    /// <param name="bColumn">Elements from a column of b to the next.</param>
    /// <param name="epilogue">Receives each element of the product once.</param>
    /// <param name="panels">Null, or what <see cref="Panels"/> packed of b for products of these sizes.</param>
    public static void Run<TEpilogue>(
        nint batches, nint m, nint n, nint k,
        float* a, nint aBatch, nint aRow, nint aColumn, float* b, nint bBatch, nint bRow, nint bColumn, ref TEpilogue epilogue, Panels? panels = null)
        where TEpilogue : struct, IEpilogue<float>
    {
        if (Vector512.IsHardwareAccelerated)
            GemmJob<F512, F128, F1, float, TEpilogue>.Dispatch(new(batches, m, n, k, a, aBatch, aRow, aColumn, b, bBatch, bRow, bColumn), epilogue, panels);
        else if (Vector256.IsHardwareAccelerated)
            GemmJob<F256, F128, F1, float, TEpilogue>.Dispatch(new(batches, m, n, k, a, aBatch, aRow, aColumn, b, bBatch, bRow, bColumn), epilogue, panels);
        else
            GemmJob<F128, F128, F1, float, TEpilogue>.Dispatch(new(batches, m, n, k, a, aBatch, aRow, aColumn, b, bBatch, bRow, bColumn), epilogue, panels);
    }

    /// <summary>A product of double matrices; the parameters are those of the float one.</summary>
    /// <param name="batches">The number of products.</param>
    /// <param name="m">Rows of a.</param>
    /// <param name="n">Columns of b.</param>
    /// <param name="k">Columns of a, rows of b; 0 gives zeros.</param>
    /// <param name="a">The first element of a.</param>
    /// <param name="aBatch">Elements from one a to the next.</param>
    /// <param name="aRow">Elements from a row of a to the next.</param>
    /// <param name="aColumn">Elements from a column of a to the next.</param>
    /// <param name="b">The first element of b.</param>
    /// <param name="bBatch">Elements from one b to the next.</param>
    /// <param name="bRow">Elements from a row of b to the next.</param>
    /// <param name="bColumn">Elements from a column of b to the next.</param>
    /// <param name="epilogue">Receives each element of the product once.</param>
    /// <param name="panels">Null, or what <see cref="Panels"/> packed of b for products of these sizes.</param>
    public static void Run<TEpilogue>(
        nint batches, nint m, nint n, nint k,
        double* a, nint aBatch, nint aRow, nint aColumn, double* b, nint bBatch, nint bRow, nint bColumn, ref TEpilogue epilogue, Panels? panels = null)
        where TEpilogue : struct, IEpilogue<double>
    {
        if (Vector512.IsHardwareAccelerated)
            GemmJob<D512, D128, D1, double, TEpilogue>.Dispatch(new(batches, m, n, k, a, aBatch, aRow, aColumn, b, bBatch, bRow, bColumn), epilogue, panels);
        else if (Vector256.IsHardwareAccelerated)
            GemmJob<D256, D128, D1, double, TEpilogue>.Dispatch(new(batches, m, n, k, a, aBatch, aRow, aColumn, b, bBatch, bRow, bColumn), epilogue, panels);
        else
            GemmJob<D128, D128, D1, double, TEpilogue>.Dispatch(new(batches, m, n, k, a, aBatch, aRow, aColumn, b, bBatch, bRow, bColumn), epilogue, panels);
    }

    /// <summary>A product of float matrices that lie in memory by tables of offsets.</summary>
    /// <param name="batches">The number of products.</param>
    /// <param name="m">Rows of a.</param>
    /// <param name="n">Columns of b.</param>
    /// <param name="k">Columns of a, rows of b; 0 gives zeros.</param>
    /// <param name="a">The left matrices.</param>
    /// <param name="b">The right matrices.</param>
    /// <param name="epilogue">Receives each element of the product once.</param>
    public static void Run<TEpilogue>(nint batches, nint m, nint n, nint k, GemmMatrix<float> a, GemmMatrix<float> b, ref TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<float>
    {
        if (Vector512.IsHardwareAccelerated)
            GemmJob<F512, F128, F1, float, TEpilogue>.DispatchTabled(new(batches, m, n, k, a, b), epilogue);
        else if (Vector256.IsHardwareAccelerated)
            GemmJob<F256, F128, F1, float, TEpilogue>.DispatchTabled(new(batches, m, n, k, a, b), epilogue);
        else
            GemmJob<F128, F128, F1, float, TEpilogue>.DispatchTabled(new(batches, m, n, k, a, b), epilogue);
    }

    /// <summary>A product of double matrices that lie in memory by tables of offsets.</summary>
    /// <param name="batches">The number of products.</param>
    /// <param name="m">Rows of a.</param>
    /// <param name="n">Columns of b.</param>
    /// <param name="k">Columns of a, rows of b; 0 gives zeros.</param>
    /// <param name="a">The left matrices.</param>
    /// <param name="b">The right matrices.</param>
    /// <param name="epilogue">Receives each element of the product once.</param>
    public static void Run<TEpilogue>(nint batches, nint m, nint n, nint k, GemmMatrix<double> a, GemmMatrix<double> b, ref TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<double>
    {
        if (Vector512.IsHardwareAccelerated)
            GemmJob<D512, D128, D1, double, TEpilogue>.DispatchTabled(new(batches, m, n, k, a, b), epilogue);
        else if (Vector256.IsHardwareAccelerated)
            GemmJob<D256, D128, D1, double, TEpilogue>.DispatchTabled(new(batches, m, n, k, a, b), epilogue);
        else
            GemmJob<D128, D128, D1, double, TEpilogue>.DispatchTabled(new(batches, m, n, k, a, b), epilogue);
    }
}

/// <summary>A batch of matrices in memory: element (batch, row, column) lies at the sum of what each of the three adds, a multiple of itself or what a table says.</summary>
/// <param name="data">The element from which offsets count.</param>
/// <param name="batch">Elements from one matrix to the next.</param>
/// <param name="row">Elements from a row to the next.</param>
/// <param name="column">Elements from a column to the next.</param>
public readonly unsafe struct GemmMatrix<T>(T* data, nint batch, nint row, nint column)
    where T : unmanaged
{
    internal readonly T* Data = data;
    internal readonly nint Batch = batch, Row = row, Column = column;

    /// <summary>Where not null: what each batch adds, instead of its stride.</summary>
    public long* Batches { get; init; }

    /// <summary>Where not null: what each row adds, instead of its stride.</summary>
    public long* Rows { get; init; }

    /// <summary>Where not null: what each column adds, instead of its stride.</summary>
    public long* Columns { get; init; }

    /// <summary>
    /// Where above 0: the columns are 3 x 3 windows of an image, one element apart and so many beside one another, and every nine rows the elements that a channel has in them.
    /// The tables say the same.
    /// </summary>
    public nint Windows { get; init; }

    /// <summary>Whether rows or columns lie by a table: such a matrix is always packed.</summary>
    internal bool IsTabled => Rows != null || Columns != null;

    /// <summary>Whether all batches are the same matrix.</summary>
    internal bool IsOne(nint batches) => batches == 1 || Batches == null && Batch == 0;

    internal T* At(nint batch) => Data + (Batches != null ? (nint)Batches[batch] : batch * Batch);

    internal GemmMatrix<T> Transposed => new(Data, Batch, Column, Row) { Batches = Batches, Rows = Columns, Columns = Rows };

    /// <summary>One matrix, from a row and a column on.</summary>
    internal GemmMatrix<T> From(nint batch, nint row, nint column) => new(At(batch) + (Rows == null ? row * Row : 0) + (Columns == null ? column * Column : 0), 0, Row, Column)
    {
        Rows = Rows == null ? null : Rows + row,
        Columns = Columns == null ? null : Columns + column,
    };

    /// <summary>What an index adds to an offset.</summary>
    internal static nint Offset(long* table, nint stride, nint index) => table != null ? (nint)table[index] : index * stride;

    /// <summary>How many indices from the first on step evenly, and their step.</summary>
    internal static (nint Count, nint Step) Run(long* table, nint stride, nint first, nint limit)
    {
        if (table == null || limit == 1)
            return (limit, stride);
        var step = table[first + 1] - table[first];
        nint count = 2;
        while (count < limit && table[first + count] - table[first + count - 1] == step)
            count++;
        return (count, (nint)step);
    }
}

/// <summary>The sizes and operands of one <see cref="Gemm"/>.</summary>
internal readonly unsafe struct GemmOperands<T>(nint batches, nint m, nint n, nint k, GemmMatrix<T> a, GemmMatrix<T> b)
    where T : unmanaged
{
    public GemmOperands(nint batches, nint m, nint n, nint k, T* a, nint aBatch, nint aRow, nint aColumn, T* b, nint bBatch, nint bRow, nint bColumn)
        : this(batches, m, n, k, new(a, aBatch, aRow, aColumn), new(b, bBatch, bRow, bColumn))
    {
    }

    public readonly nint Batches = batches, M = m, N = n, K = k;
    public readonly GemmMatrix<T> Left = a, Right = b;

    public nint ARow => Left.Row;
    public nint AColumn => Left.Column;
    public nint BRow => Right.Row;
    public nint BColumn => Right.Column;

    /// <summary>The product of the transposes in opposite order, which is the transpose of the product.</summary>
    public GemmOperands<T> Transposed => new(Batches, N, M, K, Right.Transposed, Left.Transposed);
}
