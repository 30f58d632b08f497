using System.Runtime.CompilerServices;

namespace Proxima.Runtime;

/// <summary>The rows of each group.</summary>
/// <param name="count">The number of groups.</param>
/// <param name="ranges">Two numbers for each group: from which place of the order to before which other.</param>
/// <param name="order">The rows, group by group; null where they lie so.</param>
public readonly unsafe struct GemmGroups(nint count, long* ranges, long* order)
{
    internal readonly nint Count = count;
    internal readonly long* Order = order;

    internal (nint First, nint Rows) this[nint group] => ((nint)ranges[2 * group], (nint)Math.Max(ranges[2 * group + 1] - ranges[2 * group], 0));
}

/// <summary>Matrix products of which each group of rows has one of its own. Operands lie in the order of the groups, by tables where memory has another.</summary>
public static unsafe class GroupedGemm
{
    /// <summary>Each row times the matrix of its group. The epilogue gets the rows under their own numbers.</summary>
    /// <param name="groups">The rows of a group.</param>
    /// <param name="n">Columns of the matrices.</param>
    /// <param name="k">Columns of the rows.</param>
    /// <param name="a">The rows.</param>
    /// <param name="b">A matrix for each group.</param>
    /// <param name="epilogue">Receives each element once.</param>
    public static void Rows<TEpilogue>(GemmGroups groups, nint n, nint k, GemmMatrix<float> a, GemmMatrix<float> b, ref TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<float>
    {
        for (nint group = 0; group < groups.Count; group++)
        {
            var (first, rows) = groups[group];
            var part = new GroupRows<float, TEpilogue>(epilogue, groups.Order, first);
            if (rows > 0) Gemm.Run(1, rows, n, k, a.From(0, first, 0), b.From(group, 0, 0), ref part);
        }
    }

    /// <summary>The same in double precision.</summary>
    /// <inheritdoc cref="Rows{TEpilogue}(GemmGroups, nint, nint, GemmMatrix{float}, GemmMatrix{float}, ref TEpilogue)"/>
    public static void Rows<TEpilogue>(GemmGroups groups, nint n, nint k, GemmMatrix<double> a, GemmMatrix<double> b, ref TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<double>
    {
        for (nint group = 0; group < groups.Count; group++)
        {
            var (first, rows) = groups[group];
            var part = new GroupRows<double, TEpilogue>(epilogue, groups.Order, first);
            if (rows > 0) Gemm.Run(1, rows, n, k, a.From(0, first, 0), b.From(group, 0, 0), ref part);
        }
    }

    /// <summary>For each group the sum of the outer products of its rows: the transpose of one part times the other.</summary>
    /// <param name="groups">The rows of a group.</param>
    /// <param name="n">Columns of the right rows.</param>
    /// <param name="m">Columns of the left rows.</param>
    /// <param name="a">The left rows, transposed.</param>
    /// <param name="b">The right rows.</param>
    /// <param name="epilogue">Receives each element once; the batch is the group.</param>
    public static void Outer<TEpilogue>(GemmGroups groups, nint n, nint m, GemmMatrix<float> a, GemmMatrix<float> b, ref TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<float>
    {
        for (nint group = 0; group < groups.Count; group++)
        {
            var (first, rows) = groups[group];
            var part = new GroupSum<float, TEpilogue>(epilogue, group);
            Gemm.Run(1, m, n, rows, a.From(0, 0, first), b.From(0, first, 0), ref part);
        }
    }

    /// <summary>The same in double precision.</summary>
    /// <inheritdoc cref="Outer{TEpilogue}(GemmGroups, nint, nint, GemmMatrix{float}, GemmMatrix{float}, ref TEpilogue)"/>
    public static void Outer<TEpilogue>(GemmGroups groups, nint n, nint m, GemmMatrix<double> a, GemmMatrix<double> b, ref TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue<double>
    {
        for (nint group = 0; group < groups.Count; group++)
        {
            var (first, rows) = groups[group];
            var part = new GroupSum<double, TEpilogue>(epilogue, group);
            Gemm.Run(1, m, n, rows, a.From(0, 0, first), b.From(0, first, 0), ref part);
        }
    }

    /// <summary>Gives rows their own numbers back.</summary>
    private struct GroupRows<T, TEpilogue>(TEpilogue epilogue, long* order, nint first) : IEpilogue<T>
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>
    {
        private TEpilogue _epilogue = epilogue;
        private readonly long* _order = order;
        private readonly nint _first = first;

        public static bool IsHeavy => TEpilogue.IsHeavy;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store<V>(V value, nint batch, nint row, nint column) where V : unmanaged, ILane<V, T> =>
            _epilogue.Store(value, 0, _order == null ? _first + row : (nint)_order[_first + row], column);
    }

    /// <summary>Says which group a sum is of.</summary>
    private struct GroupSum<T, TEpilogue>(TEpilogue epilogue, nint group) : IEpilogue<T>
        where T : unmanaged
        where TEpilogue : struct, IEpilogue<T>
    {
        private TEpilogue _epilogue = epilogue;
        private readonly nint _group = group;

        public static bool IsHeavy => TEpilogue.IsHeavy;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store<V>(V value, nint batch, nint row, nint column) where V : unmanaged, ILane<V, T> => _epilogue.Store(value, _group, row, column);
    }
}
