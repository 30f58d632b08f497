using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Proxima.Runtime;

/// <summary>Which signs the elements of a matrix stand for.</summary>
public enum Signs
{
    /// <summary>1 where the element is 0 or above, -1 elsewhere, also for NaN.</summary>
    Binary,

    /// <summary>1 above 0, -1 below, and 0 at 0 and NaN.</summary>
    Ternary,
}

/// <summary>Matrix products of signs, on bits.</summary>
/// <remarks>
/// The signs of a row of a and those of a column of b become bits; where the bits differ, a product is -1, so that the sum over a depth of k is k less twice the
/// number of ones in the exclusive or. (Where b is ternary, its zeros are left out of both. Where a is, it is the mean of two binary matrices, which differ at its
/// zeros.) Sums are whole numbers, exact, and rounded once if the element cannot hold them. What is called an element of a and b, and what the epilogue gets, is as
/// in <see cref="Gemm"/>.
/// </remarks>
public static unsafe class BitGemm
{
    /// <summary>A product of the signs of float matrices.</summary>
    /// <param name="batches">The number of products.</param>
    /// <param name="m">Rows of a.</param>
    /// <param name="n">Columns of b.</param>
    /// <param name="k">Columns of a, rows of b; 0 gives zeros.</param>
    /// <param name="a">The left matrices.</param>
    /// <param name="aSigns">The signs of a.</param>
    /// <param name="b">The right matrices.</param>
    /// <param name="bSigns">The signs of b.</param>
    /// <param name="epilogue">Receives each element of the product once.</param>
    public static void Run<TEpilogue>(nint batches, nint m, nint n, nint k, GemmMatrix<float> a, Signs aSigns, GemmMatrix<float> b, Signs bSigns, ref TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<float>
    {
        if (Vector512.IsHardwareAccelerated && Avx512BW.IsSupported)
            BitGemmJob<W512, F256, F1, float, TEpilogue>.Dispatch(batches, m, n, k, a, aSigns, b, bSigns, epilogue);
        else if (Avx2.IsSupported)
            BitGemmJob<W256, F256, F1, float, TEpilogue>.Dispatch(batches, m, n, k, a, aSigns, b, bSigns, epilogue);
        else
            BitGemmJob<W64, F128, F1, float, TEpilogue>.Dispatch(batches, m, n, k, a, aSigns, b, bSigns, epilogue);
    }

    /// <summary>A product of the signs of double matrices; the parameters are those of the float one.</summary>
    /// <inheritdoc cref="Run{TEpilogue}(nint, nint, nint, nint, GemmMatrix{float}, Signs, GemmMatrix{float}, Signs, ref TEpilogue)"/>
    public static void Run<TEpilogue>(nint batches, nint m, nint n, nint k, GemmMatrix<double> a, Signs aSigns, GemmMatrix<double> b, Signs bSigns, ref TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<double>
    {
        if (Vector512.IsHardwareAccelerated && Avx512BW.IsSupported)
            BitGemmJob<W512, D512, D1, double, TEpilogue>.Dispatch(batches, m, n, k, a, aSigns, b, bSigns, epilogue);
        else if (Avx2.IsSupported)
            BitGemmJob<W256, D256, D1, double, TEpilogue>.Dispatch(batches, m, n, k, a, aSigns, b, bSigns, epilogue);
        else
            BitGemmJob<W64, D128, D1, double, TEpilogue>.Dispatch(batches, m, n, k, a, aSigns, b, bSigns, epilogue);
    }
}

/// <summary>A product of packed signs, cut into panels of columns and blocks of rows, each an item of work.</summary>
/// <typeparam name="W">The words of the innermost loop, one for each column.</typeparam>
/// <typeparam name="V">What hands adjacent elements over.</typeparam>
/// <typeparam name="S">One element.</typeparam>
/// <typeparam name="T">The element.</typeparam>
/// <typeparam name="TEpilogue">Where the product goes.</typeparam>
internal unsafe struct BitGemmJob<W, V, S, T, TEpilogue> : IJob
    where W : unmanaged, IWords<W>
    where V : unmanaged, ILane<V, T>
    where S : unmanaged, ILane<S, T>
    where T : unmanaged
    where TEpilogue : struct, IEpilogue<T>
{
    private const int Side = BitPanels.Side;
    private const int BlockRows = 64;
    private const int Group = 8;        // words that meet in adders before bits are counted
    private const int MaxGroups = 31;   // counts of eight bits each that a byte holds

    private readonly nint _m, _n, _k, _words, _rowBlocks, _panels;
    private readonly BitPanels _a, _b;
    private TEpilogue _epilogue;

    public static void Dispatch(nint batches, nint m, nint n, nint k, GemmMatrix<T> a, Signs aSigns, GemmMatrix<T> b, Signs bSigns, in TEpilogue epilogue)
    {
        if (batches <= 0 || m <= 0 || n <= 0)
            return;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, int.MaxValue);
        // Both operands are packed as rows along the depth, in an order of the terms in which those of b lie in words.
        var order = BitOrder<T>.Of(batches, m, n, k, a, aSigns, b, bSigns);
        var depth = order.Depth(k);
        BitPanels left = new(a.IsOne(batches) ? 1 : batches, m, depth, aSigns), right = new(b.IsOne(batches) ? 1 : batches, n, depth, bSigns);
        var memory = (ulong*)Workspace.Reserve(checked((left.Words + right.Words + order.Words) * sizeof(ulong)));
        left = left.In(memory);
        right = right.In(memory + left.Words);
        if (order.IsChanged)
            order.Pack(left, right, memory + left.Words + right.Words);
        else
        {
            BitPacking<T>.Run(left, a);
            BitPacking<T>.Run(right, b.Transposed);
        }
        var job = new BitGemmJob<W, V, S, T, TEpilogue>(m, n, k, left, right, epilogue);
        var tile = (job._words * 16 + 80) * (left.IsTernary ? 2 : 1) + 50;
        WorkerPool.Run(ref job, batches * job._panels * job._rowBlocks, (nint)Math.Min((double)tile * Math.Min(m, BlockRows), int.MaxValue));
    }

    private BitGemmJob(nint m, nint n, nint k, BitPanels a, BitPanels b, in TEpilogue epilogue)
    {
        (_m, _n, _k, _words, _a, _b, _epilogue) = (m, n, k, a.Depth, a, b, epilogue);
        _rowBlocks = (m + BlockRows - 1) / BlockRows;
        _panels = b.Count;
    }

    public void Run(nint begin, nint end)
    {
        for (var item = begin; item < end; item++)
        {
            var (rest, block) = Math.DivRem(item, _rowBlocks);
            var (batch, panel) = Math.DivRem(rest, _panels);
            var row = block * BlockRows;
            var b = _b.At(batch, panel);
            if (_a.IsTernary && _b.IsTernary)
                Panel<C2, C2>(batch, row, Math.Min(BlockRows, _m - row), panel * Side, b);
            else if (_a.IsTernary)
                Panel<C2, C1>(batch, row, Math.Min(BlockRows, _m - row), panel * Side, b);
            else if (_b.IsTernary)
                Panel<C1, C2>(batch, row, Math.Min(BlockRows, _m - row), panel * Side, b);
            else
                Panel<C1, C1>(batch, row, Math.Min(BlockRows, _m - row), panel * Side, b);
        }
    }

    /// <summary>Some rows times the columns of a panel. The constants are the numbers of planes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Panel<TLeft, TRight>(nint batch, nint row, nint rows, nint column, ulong* b)
        where TLeft : IConstant
        where TRight : IConstant
    {
        // How many products of signs a sum has: k, without the zeros of the column.
        var terms = stackalloc int[Side];
        for (var j = 0; j < Side; j++)
        {
            terms[j] = (int)_k;
            if (TRight.Value == 2)
            {
                for (nint w = 0; w < _words; w++)
                    terms[j] -= System.Numerics.BitOperations.PopCount(b[w * Side + j] ^ b[(_words + w) * Side + j]);
            }
        }
        var epilogue = _epilogue;   // a local: stores through its pointers could change a field
        var counts = stackalloc int[Side * Side];
        var second = stackalloc int[Side * Side];
        var values = stackalloc T[Side];
        var columns = Math.Min(Side, _n - column);
        for (nint i = 0; i < rows; i += Side)
        {
            // Blocks begin with a panel of a.
            var a = _a.At(batch, (row + i) / Side);
            var height = Math.Min(Side, rows - i);
            Count<TRight>(counts, a, b, _words, height);
            if (TLeft.Value == 2)
                Count<TRight>(second, a + _words * Side, b, _words, height);
            for (nint j = 0; j < height; j++)
                Finish(ref epilogue, values, terms, counts + j * Side, (TLeft.Value == 2 ? second : counts) + j * Side, batch, row + i + j, column, columns);
        }
    }

    /// <summary>From counts to sums, and to the epilogue.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(ref TEpilogue epilogue, T* values, int* terms, int* counts, int* second, nint batch, nint row, nint column, nint columns)
    {
        var sums = Vector256.Load(terms) - Vector256.Load(counts) - Vector256.Load(second);
        if (typeof(V) == typeof(F256) && columns == Side)
        {
            // Not through memory.
            epilogue.Store(Unsafe.BitCast<Vector256<float>, V>(Vector256.ConvertToSingle(sums)), batch, row, column);
            return;
        }
        if (typeof(T) == typeof(float))
            Vector256.ConvertToSingle(sums).Store((float*)values);
        else
        {
            for (var j = 0; j < Side; j++)
                ((double*)values)[j] = sums[j];
        }
        nint stored = 0;
        if (columns == Side)
        {
            for (; stored < Side; stored += V.Count)
                epilogue.Store(V.Load(values + stored), batch, row, column + stored);
        }
        for (; stored < columns; stored++)
            epilogue.Store(S.Load(values + stored), batch, row, column + stored);
    }

    /// <summary>In how many bits each column differs from some rows of a panel.</summary>
    private static void Count<TRight>(int* counts, ulong* a, ulong* b, nint words, nint rows)
        where TRight : IConstant
    {
        // Two methods: the JIT gives each so many locals.
        if (words < 2 * Group)
            CountFew<TRight>(counts, a, b, words, rows);
        else
            CountMany<TRight>(counts, a, b, words, rows);
    }

    /// <summary>Up to fifteen words: their sum has four digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void CountFew<TRight>(int* counts, ulong* a, ulong* b, nint words, nint rows)
        where TRight : IConstant
    {
        var plane = words * Side;
        // Two rows at a time, perhaps one more than there are: a panel has room for it.
        for (nint i = 0; i < rows; i += 2, a += 2, counts += 2 * Side)
        {
            for (nint j = 0; j < Side; j += W.Count)
            {
                ulong* x = a, y = b + j;
                W ones = default, twos = default, fours = default, eights = default;
                W otherOnes = default, otherTwos = default, otherFours = default, otherEights = default;
                // What is more than a group: one word is a sum of its own, and two at a time are added to it.
                var rest = words % Group;
                if ((rest & 1) != 0)
                {
                    ones = Differ<TRight>(x, y, 0, plane);
                    otherOnes = Differ<TRight>(x + 1, y, 0, plane);
                    x += Side;
                    y += Side;
                }
                for (; rest > 1; rest -= 2)
                {
                    AddTwo<TRight>(x, y, plane, ref ones, ref twos, ref fours);
                    AddTwo<TRight>(x + 1, y, plane, ref otherOnes, ref otherTwos, ref otherFours);
                    x += 2 * Side;
                    y += 2 * Side;
                }
                if (words >= Group)
                {
                    eights = Add<TRight>(x, y, plane, ref ones, ref twos, ref fours);
                    otherEights = Add<TRight>(x + 1, y, plane, ref otherOnes, ref otherTwos, ref otherFours);
                }
                W.StoreCounts(counts + j, W.Total(ones, twos, fours, eights));
                W.StoreCounts(counts + Side + j, W.Total(otherOnes, otherTwos, otherFours, otherEights));
            }
        }
    }

    /// <summary>Any number of words: what groups carry is counted one by one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void CountMany<TRight>(int* counts, ulong* a, ulong* b, nint words, nint rows)
        where TRight : IConstant
    {
        var plane = words * Side;
        for (nint i = 0; i < rows; i += 2, a += 2, counts += 2 * Side)
        {
            for (nint j = 0; j < Side; j += W.Count)
            {
                ulong* x = a, y = b + j;
                W ones = default, twos = default, fours = default, total = default;
                W otherOnes = default, otherTwos = default, otherFours = default, otherTotal = default;
                for (var left = words; left > 0;)
                {
                    var block = Math.Min(left, MaxGroups * Group);
                    left -= block;
                    W eights = default, rest = default, otherEights = default, otherRest = default;
                    for (; block >= Group; block -= Group)
                    {
                        eights += W.Ones(Add<TRight>(x, y, plane, ref ones, ref twos, ref fours));
                        otherEights += W.Ones(Add<TRight>(x + 1, y, plane, ref otherOnes, ref otherTwos, ref otherFours));
                        x += Group * Side;
                        y += Group * Side;
                    }
                    for (; block > 0; block--)
                    {
                        rest += W.Ones(Differ<TRight>(x, y, 0, plane));
                        otherRest += W.Ones(Differ<TRight>(x + 1, y, 0, plane));
                        x += Side;
                        y += Side;
                    }
                    total += (W.Total(eights) << 3) + W.Total(rest);
                    otherTotal += (W.Total(otherEights) << 3) + W.Total(otherRest);
                }
                W.StoreCounts(counts + j, total + W.Total(ones, twos, fours, default));
                W.StoreCounts(counts + Side + j, otherTotal + W.Total(otherOnes, otherTwos, otherFours, default));
            }
        }
    }

    /// <summary>Carry-save adders: eight words join a sum of at most seven for each bit; what is carried counts eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static W Add<TRight>(ulong* a, ulong* b, nint plane, ref W ones, ref W twos, ref W fours)
        where TRight : IConstant
    {
        W x0 = Differ<TRight>(a, b, 0, plane), x1 = Differ<TRight>(a, b, 1, plane), x2 = Differ<TRight>(a, b, 2, plane), x3 = Differ<TRight>(a, b, 3, plane);
        W two0 = W.Carry(ones, x0, x1), sum0 = W.Sum(ones, x0, x1);
        W two1 = W.Carry(sum0, x2, x3), sum1 = W.Sum(sum0, x2, x3);
        W four0 = W.Carry(twos, two0, two1), sum2 = W.Sum(twos, two0, two1);
        W x4 = Differ<TRight>(a, b, 4, plane), x5 = Differ<TRight>(a, b, 5, plane), x6 = Differ<TRight>(a, b, 6, plane), x7 = Differ<TRight>(a, b, 7, plane);
        W two2 = W.Carry(sum1, x4, x5), sum3 = W.Sum(sum1, x4, x5);
        W two3 = W.Carry(sum3, x6, x7);
        ones = W.Sum(sum3, x6, x7);
        W four1 = W.Carry(sum2, two2, two3);
        twos = W.Sum(sum2, two2, two3);
        var eight = W.Carry(fours, four0, four1);
        fours = W.Sum(fours, four0, four1);
        return eight;
    }

    /// <summary>Two words join a sum that stays below eight for each bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTwo<TRight>(ulong* a, ulong* b, nint plane, ref W ones, ref W twos, ref W fours)
        where TRight : IConstant
    {
        W x0 = Differ<TRight>(a, b, 0, plane), x1 = Differ<TRight>(a, b, 1, plane);
        var two = W.Carry(ones, x0, x1);
        ones = W.Sum(ones, x0, x1);
        var four = W.Carry(twos, two, default);
        twos = W.Sum(twos, two, default);
        fours = W.Sum(fours, four, default);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static W Differ<TRight>(ulong* a, ulong* b, nint word, nint plane)
        where TRight : IConstant =>
        TRight.Value == 2 ? W.Differ(a + word * Side, W.Load(b + word * Side), W.Load(b + plane + word * Side)) : W.Differ(a + word * Side, W.Load(b + word * Side));
}
