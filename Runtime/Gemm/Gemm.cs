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
    public static void Run<TEpilogue>(
        nint batches, nint m, nint n, nint k,
        float* a, nint aBatch, nint aRow, nint aColumn, float* b, nint bBatch, nint bRow, nint bColumn, ref TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<float>
    {
        if (Vector512.IsHardwareAccelerated)
            GemmJob<F512, F128, F1, float, TEpilogue>.Dispatch(new(batches, m, n, k, a, aBatch, aRow, aColumn, b, bBatch, bRow, bColumn), epilogue);
        else if (Vector256.IsHardwareAccelerated)
            GemmJob<F256, F128, F1, float, TEpilogue>.Dispatch(new(batches, m, n, k, a, aBatch, aRow, aColumn, b, bBatch, bRow, bColumn), epilogue);
        else
            GemmJob<F128, F128, F1, float, TEpilogue>.Dispatch(new(batches, m, n, k, a, aBatch, aRow, aColumn, b, bBatch, bRow, bColumn), epilogue);
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
    public static void Run<TEpilogue>(
        nint batches, nint m, nint n, nint k,
        double* a, nint aBatch, nint aRow, nint aColumn, double* b, nint bBatch, nint bRow, nint bColumn, ref TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<double>
    {
        if (Vector512.IsHardwareAccelerated)
            GemmJob<D512, D128, D1, double, TEpilogue>.Dispatch(new(batches, m, n, k, a, aBatch, aRow, aColumn, b, bBatch, bRow, bColumn), epilogue);
        else if (Vector256.IsHardwareAccelerated)
            GemmJob<D256, D128, D1, double, TEpilogue>.Dispatch(new(batches, m, n, k, a, aBatch, aRow, aColumn, b, bBatch, bRow, bColumn), epilogue);
        else
            GemmJob<D128, D128, D1, double, TEpilogue>.Dispatch(new(batches, m, n, k, a, aBatch, aRow, aColumn, b, bBatch, bRow, bColumn), epilogue);
    }
}

/// <summary>The sizes and operands of one <see cref="Gemm"/>.</summary>
internal readonly unsafe struct GemmOperands<T>(
    nint batches, nint m, nint n, nint k, T* a, nint aBatch, nint aRow, nint aColumn, T* b, nint bBatch, nint bRow, nint bColumn)
    where T : unmanaged
{
    public readonly nint Batches = batches, M = m, N = n, K = k;
    public readonly T* A = a, B = b;
    public readonly nint ABatch = aBatch, ARow = aRow, AColumn = aColumn;
    public readonly nint BBatch = bBatch, BRow = bRow, BColumn = bColumn;

    /// <summary>The product of the transposes in opposite order, which is the transpose of the product.</summary>
    public GemmOperands<T> Transposed => new(Batches, N, M, K, B, BBatch, BColumn, BRow, A, ABatch, AColumn, ARow);
}
