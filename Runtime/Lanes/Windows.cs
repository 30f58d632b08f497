using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Proxima.Runtime;

/// <summary>Sums of the products of the windows of images with weights, each image with its own: a convolution of each channel.</summary>
/// <remarks>Implemented by generated structs that hold pointers and copied; every sum is handed over at least once, from any thread and in any order.</remarks>
/// <typeparam name="T">The element.</typeparam>
public unsafe interface IWindowSum<T>
    where T : unmanaged
{
    /// <summary>What follows is about this image. Answers where its first window and its weights begin, in elements.</summary>
    (nint Image, nint Weights) Enter(nint image);

    /// <summary>Takes the <c>V.Count</c> adjacent sums that begin at (row, column).</summary>
    void Store<V>(V sum, nint row, nint column) where V : unmanaged, ILane<V, T>;
}

/// <summary>Runs <see cref="IWindowSum{T}"/>.</summary>
/// <remarks>
/// An element of the image is loaded once for the windows of several rows: it lies where the vectors of one row straddle cache lines. Each sum adds its terms row by row of the
/// window, as a loop over them would.
/// </remarks>
public static unsafe class Windows
{
    /// <summary>Sums of float images.</summary>
    /// <param name="images">The number of images.</param>
    /// <param name="rows">Windows below one another, one element apart.</param>
    /// <param name="columns">Windows beside one another, one element apart.</param>
    /// <param name="height">Rows of a window.</param>
    /// <param name="width">Columns of a window: 3, 5 or 7.</param>
    /// <param name="image">The element from which the offsets of images count.</param>
    /// <param name="imageRow">Elements from a row of an image to the next; those of a row are adjacent.</param>
    /// <param name="weights">The element from which the offsets of weights count.</param>
    /// <param name="weightRow">Weights from a row of the window to the next.</param>
    /// <param name="weightColumn">Weights from a column of the window to the next.</param>
    /// <param name="sum">Tells images apart, and receives the sums.</param>
    public static void Run<TSum>(nint images, nint rows, nint columns, nint height, nint width, float* image, nint imageRow, float* weights, nint weightRow, nint weightColumn, ref TSum sum)
        where TSum : struct, IWindowSum<float>
    {
        if (Vector512.IsHardwareAccelerated && columns >= F512.Count)
            WindowJob<F512, float, TSum>.Dispatch(images, rows, columns, height, width, image, imageRow, weights, weightRow, weightColumn, sum);
        else if (Vector256.IsHardwareAccelerated && columns >= F256.Count)
            WindowJob<F256, float, TSum>.Dispatch(images, rows, columns, height, width, image, imageRow, weights, weightRow, weightColumn, sum);
        else if (columns >= F128.Count)
            WindowJob<F128, float, TSum>.Dispatch(images, rows, columns, height, width, image, imageRow, weights, weightRow, weightColumn, sum);
        else
            WindowJob<F1, float, TSum>.Dispatch(images, rows, columns, height, width, image, imageRow, weights, weightRow, weightColumn, sum);
    }

    /// <summary>Sums of double images; the parameters are those of the float ones.</summary>
    /// <inheritdoc cref="Run{TSum}(nint, nint, nint, nint, nint, float*, nint, float*, nint, nint, ref TSum)"/>
    public static void Run<TSum>(nint images, nint rows, nint columns, nint height, nint width, double* image, nint imageRow, double* weights, nint weightRow, nint weightColumn, ref TSum sum)
        where TSum : struct, IWindowSum<double>
    {
        if (Vector512.IsHardwareAccelerated && columns >= D512.Count)
            WindowJob<D512, double, TSum>.Dispatch(images, rows, columns, height, width, image, imageRow, weights, weightRow, weightColumn, sum);
        else if (Vector256.IsHardwareAccelerated && columns >= D256.Count)
            WindowJob<D256, double, TSum>.Dispatch(images, rows, columns, height, width, image, imageRow, weights, weightRow, weightColumn, sum);
        else if (columns >= D128.Count)
            WindowJob<D128, double, TSum>.Dispatch(images, rows, columns, height, width, image, imageRow, weights, weightRow, weightColumn, sum);
        else
            WindowJob<D1, double, TSum>.Dispatch(images, rows, columns, height, width, image, imageRow, weights, weightRow, weightColumn, sum);
    }
}

/// <summary>Some rows of sums of one image are an item of work.</summary>
internal unsafe struct WindowJob<V, T, TSum> : IJob
    where V : unmanaged, ILane<V, T>
    where T : unmanaged
    where TSum : struct, IWindowSum<T>
{
    private const int TileRows = 4, TileVectors = 2;

    private readonly nint _rows, _columns, _height, _width, _imageRow, _weightRow, _weightColumn, _tiles;
    private readonly T* _image, _weights;
    private readonly TSum _sum;

    public static void Dispatch(nint images, nint rows, nint columns, nint height, nint width, T* image, nint imageRow, T* weights, nint weightRow, nint weightColumn, in TSum sum)
    {
        if (rows <= 0 || columns <= 0)
            return;
        var job = new WindowJob<V, T, TSum>(rows, columns, height, width, image, imageRow, weights, weightRow, weightColumn, sum);
        WorkerPool.Run(ref job, images * job._tiles, (nint)Math.Min((double)TileRows * columns * (height * width + 8), int.MaxValue));
    }

    private WindowJob(nint rows, nint columns, nint height, nint width, T* image, nint imageRow, T* weights, nint weightRow, nint weightColumn, in TSum sum)
    {
        (_rows, _columns, _height, _width, _imageRow, _weightRow, _weightColumn, _sum) = (rows, columns, height, width, imageRow, weightRow, weightColumn, sum);
        _image = image;
        _weights = weights;
        _tiles = (rows + TileRows - 1) / TileRows;
    }

    public readonly void Run(nint begin, nint end)
    {
        var sum = _sum;
        var tile = stackalloc T[TileRows * TileVectors * V.Count];
        nint entered = -1;
        T* first = null, weights = null;
        for (var item = begin; item < end; item++)
        {
            var (image, part) = Math.DivRem(item, _tiles);
            if (image != entered)
            {
                var (offset, weight) = sum.Enter(entered = image);
                first = _image + offset;
                weights = _weights + weight;
            }
            var row = part * TileRows;
            for (nint column = 0; column < _columns;)
            {
                // The last vectors end with the row.
                var vectors = _columns - column > V.Count && _columns >= TileVectors * V.Count ? TileVectors : 1;
                column = Math.Min(column, _columns - vectors * V.Count);
                var from = first + row * _imageRow + column;
                var rows = Math.Min(TileRows, _rows - row);
                switch (_width)
                {
                    case 3: Tile<C3>(tile, from, weights, rows, vectors); break;
                    case 5: Tile<C5>(tile, from, weights, rows, vectors); break;
                    default: Tile<C7>(tile, from, weights, rows, vectors); break;
                }
                Finish(ref sum, tile, row, rows, column, vectors);
                column += vectors * V.Count;
            }
        }
    }

    private readonly void Tile<TWidth>(T* tile, T* image, T* weights, nint rows, nint vectors)
        where TWidth : IConstant
    {
        if (rows == TileRows && vectors == TileVectors)
            Tile<TWidth, C4, C2>(tile, image, weights);
        else if (rows == TileRows)
            Tile<TWidth, C4, C1>(tile, image, weights);
        else
        {
            for (nint i = 0; i < rows; i++)
            {
                if (vectors == TileVectors)
                    Tile<TWidth, C1, C2>(tile + i * TileVectors * V.Count, image + i * _imageRow, weights);
                else
                    Tile<TWidth, C1, C1>(tile + i * TileVectors * V.Count, image + i * _imageRow, weights);
            }
        }
    }

    /// <summary>One or four rows of one or two vectors. What is not needed vanishes in the JIT.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void Tile<TWidth, TRows, TVectors>(T* tile, T* image, T* weights)
        where TWidth : IConstant
        where TRows : IConstant
        where TVectors : IConstant
    {
        nint height = _height, imageRow = _imageRow, weightRow = _weightRow, step = _weightColumn;
        V c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        // Row i of the image is row i of the window of the first row of sums, row i - 1 of that of the second, and so on.
        for (nint i = 0; i < height + TRows.Value - 1; i++, image += imageRow, weights += weightRow)
        {
            V x0 = V.Load(image), x1 = V.Load(image + 1), x2 = V.Load(image + 2), x3 = default, x4 = default, x5 = default, x6 = default;
            V y0 = default, y1 = default, y2 = default, y3 = default, y4 = default, y5 = default, y6 = default;
            if (TWidth.Value > 3)
                (x3, x4) = (V.Load(image + 3), V.Load(image + 4));
            if (TWidth.Value > 5)
                (x5, x6) = (V.Load(image + 5), V.Load(image + 6));
            if (TVectors.Value > 1)
            {
                var beside = image + V.Count;
                (y0, y1, y2) = (V.Load(beside), V.Load(beside + 1), V.Load(beside + 2));
                if (TWidth.Value > 3)
                    (y3, y4) = (V.Load(beside + 3), V.Load(beside + 4));
                if (TWidth.Value > 5)
                    (y5, y6) = (V.Load(beside + 5), V.Load(beside + 6));
            }
            if (TRows.Value == 1 || i < height)
                Add<TWidth, TVectors>(ref c00, ref c01, weights, step, x0, x1, x2, x3, x4, x5, x6, y0, y1, y2, y3, y4, y5, y6);
            if (TRows.Value > 1 && (nuint)(i - 1) < (nuint)height)
                Add<TWidth, TVectors>(ref c10, ref c11, weights - weightRow, step, x0, x1, x2, x3, x4, x5, x6, y0, y1, y2, y3, y4, y5, y6);
            if (TRows.Value > 2 && (nuint)(i - 2) < (nuint)height)
                Add<TWidth, TVectors>(ref c20, ref c21, weights - 2 * weightRow, step, x0, x1, x2, x3, x4, x5, x6, y0, y1, y2, y3, y4, y5, y6);
            if (TRows.Value > 3 && i >= 3)
                Add<TWidth, TVectors>(ref c30, ref c31, weights - 3 * weightRow, step, x0, x1, x2, x3, x4, x5, x6, y0, y1, y2, y3, y4, y5, y6);
        }
        Keep<TVectors>(tile, c00, c01);
        if (TRows.Value > 1)
            Keep<TVectors>(tile + TileVectors * V.Count, c10, c11);
        if (TRows.Value > 2)
            Keep<TVectors>(tile + 2 * TileVectors * V.Count, c20, c21);
        if (TRows.Value > 3)
            Keep<TVectors>(tile + 3 * TileVectors * V.Count, c30, c31);
    }

    /// <summary>A row of the window, for one row of sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TWidth, TVectors>(ref V c0, ref V c1, T* weights, nint step, V x0, V x1, V x2, V x3, V x4, V x5, V x6, V y0, V y1, V y2, V y3, V y4, V y5, V y6)
        where TWidth : IConstant
        where TVectors : IConstant
    {
        AddTerm<TVectors>(ref c0, ref c1, weights, x0, y0);
        AddTerm<TVectors>(ref c0, ref c1, weights + step, x1, y1);
        AddTerm<TVectors>(ref c0, ref c1, weights + 2 * step, x2, y2);
        if (TWidth.Value > 3)
        {
            AddTerm<TVectors>(ref c0, ref c1, weights + 3 * step, x3, y3);
            AddTerm<TVectors>(ref c0, ref c1, weights + 4 * step, x4, y4);
        }
        if (TWidth.Value > 5)
        {
            AddTerm<TVectors>(ref c0, ref c1, weights + 5 * step, x5, y5);
            AddTerm<TVectors>(ref c0, ref c1, weights + 6 * step, x6, y6);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTerm<TVectors>(ref V c0, ref V c1, T* weight, V x, V y)
        where TVectors : IConstant
    {
        var w = V.Broadcast(*weight);
        c0 = V.MultiplyAdd(x, w, c0);
        if (TVectors.Value > 1)
            c1 = V.MultiplyAdd(y, w, c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep<TVectors>(T* tile, V c0, V c1)
        where TVectors : IConstant
    {
        V.Store(tile, c0);
        if (TVectors.Value > 1)
            V.Store(tile + V.Count, c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Finish(ref TSum into, T* tile, nint row, nint rows, nint column, nint vectors)
    {
        var sum = into;     // a local: stores through its pointers could change a field
        for (nint i = 0; i < rows; i++, tile += TileVectors * V.Count)
        {
            for (nint j = 0; j < vectors; j++)
                sum.Store(V.Load(tile + j * V.Count), row + i, column + j * V.Count);
        }
    }
}
