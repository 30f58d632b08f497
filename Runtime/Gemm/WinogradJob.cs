using System.Runtime.CompilerServices;

namespace Proxima.Runtime;

/// <summary>A convolution by 3 x 3 windows one element apart: four sums that lie in a square take 16 products instead of 36. Some rows of squares of one image are an item of work.</summary>
/// <remarks>
/// Winograd's F(2 x 2, 3 x 3) (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, CVPR 2016): sixteen combinations each of the 4 x 4 elements that a square of sums depends on and of nine
/// weights are made; products of matrices, one for each combination, sum over the channels; combinations of what they give are the sums. An element has a part in those
/// sums only that depend on it, so a NaN stays where it belongs; an infinity may become one.
/// </remarks>
internal unsafe struct WinogradJob<V, N, S, T, TEpilogue> : IJob
    where V : unmanaged, ILane<V, T>
    where N : unmanaged, ILane<N, T>
    where S : unmanaged, ILane<S, T>
    where T : unmanaged
    where TEpilogue : struct, IEpilogue<T>
{
    private const int Side = 4, Combinations = Side * Side, Taps = 9;
    private const int FewestChannels = 8, FewestWindows = 192;     // below, combining costs more than the products that are saved
    private const int MaxBytes = 512 * 1024;                        // combined elements of an item, which stay in the level-2 cache

    private readonly GemmOperands<T> _o;
    private readonly TEpilogue _epilogue;
    private readonly nint _channels, _height, _width, _imageRow;
    private readonly nint _down, _across;           // squares of an image
    private readonly nint _itemRows, _itemsPerImage;
    private readonly nint _row;                     // elements of a channel's combined squares, in whole vectors
    private readonly nint _plane;                   // elements from one combination of them to the next
    private readonly T* _weights;                   // combination, row, channel
    private readonly nint _weightRow;

    public static bool Pays(in GemmOperands<T> o)
    {
        var width = o.Right.Windows;
        // Vectors of squares that a row doesn't fill take as long as full ones.
        var channels = width >= 2 * V.Count ? FewestChannels : 2 * FewestChannels;
        return width > 1 && o.N >= 2 * width && o.K >= channels * Taps && o.M >= channels && o.Batches * o.N >= FewestWindows && o.Left.IsOne(o.Batches);
    }

    public static void Dispatch(in GemmOperands<T> operands, in TEpilogue epilogue)
    {
        var job = new WinogradJob<V, N, S, T, TEpilogue>(operands, epilogue);
        var weights = new WeightJob { From = operands.Left, To = job._weights, Rows = operands.M, Channels = job._channels, Row = job._weightRow };
        WorkerPool.Run(ref weights, operands.M, (nint)Math.Min(job._channels * (double)Taps * 8, int.MaxValue));
        WorkerPool.Run(ref job, operands.Batches * job._itemsPerImage, (nint)Math.Min((double)job._row * Combinations * job._channels * operands.M / 2, int.MaxValue));
    }

    private WinogradJob(in GemmOperands<T> operands, in TEpilogue epilogue)
    {
        (_o, _epilogue) = (operands, epilogue);
        _channels = operands.K / Taps;
        _width = operands.Right.Windows;
        _height = operands.N / _width;
        _imageRow = (nint)(operands.Right.Rows[3] - operands.Right.Rows[0]);
        (_down, _across) = ((_height + 1) / 2, (_width + 1) / 2);
        _itemRows = ItemRows();
        _itemsPerImage = Blocks(_down, _itemRows);
        _row = Blocks(_itemRows * _across, V.Count) * V.Count;
        _plane = _channels * _row + V.Count;        // planes a power of two apart fall into the same cache set
        _weightRow = Blocks(_channels, V.Count) * V.Count + V.Count;
        _weights = (T*)Workspace.Share(checked(Combinations * operands.M * _weightRow * sizeof(T)));
    }

    private static nint Blocks(nint count, nint size) => (count + size - 1) / size;

    /// <summary>As many rows of squares as the cache holds and leave work for every thread, of these the number that fills vectors and tiles best.</summary>
    private readonly nint ItemRows()
    {
        var most = Math.Clamp(MaxBytes / (Combinations * _channels * _across * sizeof(T)), 1, _down);
        if (WorkerPool.Threads > 1)
            most = Math.Clamp(_down * _o.Batches / (2 * WorkerPool.Threads), 1, most);
        nint best = 1;
        var least = double.PositiveInfinity;
        for (nint rows = 1; rows <= most; rows++)
        {
            var cost = _down / rows * Cost(rows * _across) + Cost(_down % rows * _across);
            if (cost <= least)
                (least, best) = (cost, rows);
        }
        return best;

        // A tile of one vector takes about half as long again per vector as a full one.
        static double Cost(nint squares)
        {
            var vectors = Blocks(squares, V.Count);
            return vectors + (vectors % Tile<V, T>.Vectors == 1 ? 0.5 : 0);
        }
    }

    public void Run(nint begin, nint end)
    {
        var sums = Tile<V, T>.Rows * _row + V.Count;
        var finished = _itemRows * 4 * _across + 2 * V.Count;
        var memory = (T*)Workspace.Reserve(checked((Combinations * (_plane + sums) + finished + Side * 3 * V.Count) * sizeof(T)));
        for (var item = begin; item < end; item++)
        {
            var (batch, part) = Math.DivRem(item, _itemsPerImage);
            var first = part * _itemRows;
            var rows = Math.Min(_itemRows, _down - first);
            Combine(memory, memory + Combinations * (_plane + sums) + finished, _o.Right.At(batch), first, rows);
            Multiply(memory, memory + Combinations * _plane, sums, batch, first, rows);
        }
    }

    // ---- elements

    /// <summary>The combinations of the elements of some rows of squares. What the last vector of a row writes too much, the next one overwrites.</summary>
    private readonly void Combine(T* to, T* staged, T* image, nint first, nint rows)
    {
        for (nint c = 0; c < _channels; c++)
        {
            var channel = image + _o.Right.Rows[Taps * c];
            for (nint i = 0; i < rows; i++)
            {
                var above = channel + 2 * (first + i) * _imageRow;
                // The last square of an odd number of rows has no fourth one, and the sums that depend on it are dropped.
                var last = 2 * (first + i) + Side <= _height + 2 ? 3 * _imageRow : 2 * _imageRow;
                for (nint j = 0; j < _across; j += V.Count)
                {
                    j = Math.Max(Math.Min(j, _across - V.Count), 0);
                    var from = above + 2 * j;
                    var place = to + c * _row + i * _across + j;
                    var elements = _width + 2 - 2 * j;
                    if (elements >= 2 * V.Count + 2)
                    {
                        Combine(place, _plane, from, from + _imageRow, from + 2 * _imageRow, from + last);
                        continue;
                    }
                    var bytes = (uint)(elements * sizeof(T));
                    var stride = 3 * V.Count;
                    Unsafe.CopyBlockUnaligned(staged, from, bytes);
                    Unsafe.CopyBlockUnaligned(staged + stride, from + _imageRow, bytes);
                    Unsafe.CopyBlockUnaligned(staged + 2 * stride, from + 2 * _imageRow, bytes);
                    Unsafe.CopyBlockUnaligned(staged + 3 * stride, from + last, bytes);
                    Combine(place, _plane, staged, staged + stride, staged + 2 * stride, staged + 3 * stride);
                }
            }
        }
    }

    /// <summary>Of a vector of squares side by side, from four rows of 2 V.Count + 2 elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Combine(T* to, nint plane, T* row0, T* row1, T* row2, T* row3)
    {
        V a0 = V.Load(row0), a1 = V.Load(row1), a2 = V.Load(row2), a3 = V.Load(row3);
        V b0 = V.Load(row0 + V.Count), b1 = V.Load(row1 + V.Count), b2 = V.Load(row2 + V.Count), b3 = V.Load(row3 + V.Count);
        V c0 = V.Load(row0 + 2), c1 = V.Load(row1 + 2), c2 = V.Load(row2 + 2), c3 = V.Load(row3 + 2);
        V d0 = V.Load(row0 + V.Count + 2), d1 = V.Load(row1 + V.Count + 2), d2 = V.Load(row2 + V.Count + 2), d3 = V.Load(row3 + V.Count + 2);
        Across(to, plane, a0 - a2, b0 - b2, c0 - c2, d0 - d2);
        Across(to + Side * plane, plane, a1 + a2, b1 + b2, c1 + c2, d1 + d2);
        Across(to + 2 * Side * plane, plane, a2 - a1, b2 - b1, c2 - c1, d2 - d1);
        Across(to + 3 * Side * plane, plane, a1 - a3, b1 - b3, c1 - c3, d1 - d3);
    }

    /// <summary>The same combinations of columns: of a row, and of that row from two elements further on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Across(T* to, nint plane, V low, V high, V lowNext, V highNext)
    {
        V first = V.Even(low, high), second = V.Odd(low, high), third = V.Even(lowNext, highNext), fourth = V.Odd(lowNext, highNext);
        V.Store(to, first - third);
        V.Store(to + plane, second + third);
        V.Store(to + 2 * plane, third - second);
        V.Store(to + 3 * plane, second - fourth);
    }

    // ---- weights

    private struct WeightJob : IJob
    {
        public GemmMatrix<T> From;
        public T* To;
        public nint Rows, Channels, Row;

        public readonly void Run(nint begin, nint end)
        {
            var taps = stackalloc T[Taps * V.Count];
            new Span<T>(taps, Taps * V.Count).Clear();
            for (var row = begin; row < end; row++)
            {
                var from = From.Data + GemmMatrix<T>.Offset(From.Rows, From.Row, row);
                for (nint c = 0; c < Channels; c += V.Count)
                {
                    for (nint i = 0; i < Math.Min(V.Count, Channels - c); i++)
                    {
                        for (nint tap = 0; tap < Taps; tap++)
                            taps[tap * V.Count + i] = from[GemmMatrix<T>.Offset(From.Columns, From.Column, Taps * (c + i) + tap)];
                    }
                    Combine(To + row * Row + c, Rows * Row, taps);
                }
            }
        }

        /// <summary>Of the weights of a vector of channels.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private static void Combine(T* to, nint plane, T* taps)
        {
            var half = V.Broadcast(sizeof(T) == sizeof(float) ? Unsafe.BitCast<float, T>(0.5f) : Unsafe.BitCast<double, T>(0.5));
            for (var row = 0; row < Side; row++)
            {
                V a = Down(taps, row, half), b = Down(taps + V.Count, row, half), c = Down(taps + 2 * V.Count, row, half);
                V outer = (a + c) * half, inner = b * half;
                V.Store(to, a);
                V.Store(to + plane, outer + inner);
                V.Store(to + 2 * plane, outer - inner);
                V.Store(to + 3 * plane, c);
                to += Side * plane;
            }
        }

        /// <summary>The combination of a column of weights.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V Down(T* column, int row, V half)
        {
            V a = V.Load(column), b = V.Load(column + 3 * V.Count), c = V.Load(column + 6 * V.Count);
            return row switch { 0 => a, 1 => (a + c) * half + b * half, 2 => (a + c) * half - b * half, _ => c };
        }
    }

    // ---- sums

    /// <summary>The products of all combinations for some rows of weights after another, and what becomes of them.</summary>
    private readonly void Multiply(T* elements, T* sums, nint sumPlane, nint batch, nint first, nint rows)
    {
        var vectors = Blocks(rows * _across, V.Count);
        var finished = sums + Combinations * sumPlane;
        var count = Math.Min(2 * rows, _height - 2 * first) * _width;
        for (nint row = 0, height; row < _o.M; row += height)
        {
            height = Tile<V, T>.Height(_o.M - row);
            for (nint combination = 0; combination < Combinations; combination++)
            {
                var weights = _weights + (combination * _o.M + row) * _weightRow;
                for (nint v = 0, width; v < vectors; v += width)
                {
                    // Four vectors are two and two, not three and one.
                    var left = vectors - v;
                    width = left > Tile<V, T>.Vectors && left < 2 * Tile<V, T>.Vectors ? (left + 1) / 2 : Math.Min(left, Tile<V, T>.Vectors);
                    Tile<V, T>.Store(height, width, _channels, weights, _weightRow, 1, elements + combination * _plane + v * V.Count, _row, null, 0, sums + combination * sumPlane + v * V.Count, _row);
                }
            }
            for (nint i = 0; i < height; i++)
            {
                for (nint square = 0; square < rows; square++)
                    Sum(finished + 2 * square * _width, _width, sums + i * _row + square * _across, sumPlane, _across);
                Finish<V, N, S, T, TEpilogue>.Rows(_epilogue, finished, 0, 1, batch, row + i, 2 * first * _width, count);
            }
        }
    }

    /// <summary>Two rows of sums, which follow one another, from the products of a row of squares: what a vector writes too much, a later one overwrites.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Sum(T* to, nint width, T* products, nint plane, nint squares)
    {
        for (var j = squares - V.Count; ; j -= V.Count)
        {
            j = Math.Max(j, 0);
            var from = products + j;
            V m0 = V.Load(from), m1 = V.Load(from + plane), m2 = V.Load(from + 2 * plane), m3 = V.Load(from + 3 * plane);
            V left = m0 + m1 + m2, right = m1 - m2 - m3;
            from += Side * plane;
            (m0, m1, m2, m3) = (V.Load(from), V.Load(from + plane), V.Load(from + 2 * plane), V.Load(from + 3 * plane));
            V left1 = m0 + m1 + m2, right1 = m1 - m2 - m3;
            from += Side * plane;
            (m0, m1, m2, m3) = (V.Load(from), V.Load(from + plane), V.Load(from + 2 * plane), V.Load(from + 3 * plane));
            V left2 = m0 + m1 + m2, right2 = m1 - m2 - m3;
            from += Side * plane;
            (m0, m1, m2, m3) = (V.Load(from), V.Load(from + plane), V.Load(from + 2 * plane), V.Load(from + 3 * plane));
            V left3 = m0 + m1 + m2, right3 = m1 - m2 - m3;
            left = left + left1 + left2;
            right = right + right1 + right2;
            left1 = left1 - left2 - left3;
            right1 = right1 - right2 - right3;
            var upper = to + 2 * j;
            V.Store(upper, V.ZipLow(left, right));
            V.Store(upper + V.Count, V.ZipHigh(left, right));
            V.Store(upper + width, V.ZipLow(left1, right1));
            V.Store(upper + width + V.Count, V.ZipHigh(left1, right1));
            if (j == 0)
                return;
        }
    }
}
