using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Proxima.Runtime;

/// <summary>
/// An order of the terms of a product of signs in which windows of an image are not packed one by one. The terms are the channels at one offset of the window, then those at the next: all
/// windows that reach a place of the image have the same words there, so each place is packed once, and a column of the product takes its words from places.
/// </summary>
/// <remarks>Sums of signs are exact in any order. The tables tell whether rows of b are such windows: term c p + j lies S c behind term j for all c, where there are p offsets.</remarks>
internal readonly unsafe struct BitOrder<T>
    where T : unmanaged
{
    private const int MinChannels = 32;     // fewer leave most of a word empty

    private readonly GemmMatrix<T> _a, _b;
    private readonly BitPanels _left, _right;   // the places of a, row by row, and those of b
    private readonly nint _offsets, _channels, _first;

    public bool IsChanged => _offsets > 0;

    private nint WordsOfOffset => (_channels + 63) / 64;

    /// <summary>The bits of a row: each offset begins a word of its own.</summary>
    public nint Depth(nint k) => IsChanged ? _offsets * WordsOfOffset * 64 : k;

    /// <summary>The memory for places.</summary>
    public nint Words => IsChanged ? checked(_left.Words + _right.Words) : 0;

    public static BitOrder<T> Of(nint batches, nint m, nint n, nint k, GemmMatrix<T> a, Signs aSigns, GemmMatrix<T> b, Signs bSigns)
    {
        if (b.Rows == null || a.IsTabled || !a.IsOne(batches) || k < 2 * MinChannels)
            return default;
        nint offsets = 2;
        while (k / offsets >= MinChannels && !(k % offsets == 0 && IsPeriod(b.Rows, k, offsets)))
            offsets++;
        var channels = k / offsets;
        if (channels < MinChannels || b.Rows[offsets] <= b.Rows[0])
            return default;
        // The places from the first to the last one that a column reaches.
        var (first, last) = Extent(b.Rows, 0, offsets);
        var (begin, end) = Extent(b.Columns, b.Column, n);
        var places = last - first + end - begin + 1;
        return places > offsets * n ? default : new(batches, m, n, a, aSigns, b, bSigns, offsets, channels, first + begin, places);
    }

    private BitOrder(nint batches, nint m, nint n, GemmMatrix<T> a, Signs aSigns, GemmMatrix<T> b, Signs bSigns, nint offsets, nint channels, nint first, nint places)
    {
        (_a, _b, _offsets, _channels, _first) = (a, b, offsets, channels, first);
        _left = new(m, offsets, channels, aSigns, isPlanar: true);
        _right = new(b.IsOne(batches) ? 1 : batches, places, channels, bSigns, isPlanar: true);
    }

    private static bool IsPeriod(long* table, nint count, nint period)
    {
        var step = table[period] - table[0];
        for (nint i = 1; i < count - period; i++)
        {
            if (table[i + period] - table[i] != step)
                return false;
        }
        return true;
    }

    private static (nint First, nint Last) Extent(long* table, nint stride, nint count)
    {
        if (table == null)
            return (Math.Min(0, (count - 1) * stride), Math.Max(0, (count - 1) * stride));
        var (first, last) = (table[0], table[0]);
        for (nint i = 1; i < count; i++)
            (first, last) = (Math.Min(first, table[i]), Math.Max(last, table[i]));
        return ((nint)first, (nint)last);
    }

    /// <summary>Packs both operands.</summary>
    public void Pack(BitPanels left, BitPanels right, ulong* memory)
    {
        var job = new PanelJob { Order = this, Left = left, Right = right, LeftPlaces = _left.In(memory), RightPlaces = _right.In(memory + _left.Words) };
        BitPacking<T>.Run(job.LeftPlaces, new(_a.At(0), _a.Row, _a.Column, _offsets * _a.Column));
        BitPacking<T>.Run(job.RightPlaces, new(_b.Data + _first, _b.Batch, 1, (nint)(_b.Rows[_offsets] - _b.Rows[0])) { Batches = _b.Batches });
        WorkerPool.Run(ref job, left.Count + right.Batches * right.Count, left.Depth * 2 * BitPanels.Side);
    }

    /// <summary>Panels made of the words of places.</summary>
    private struct PanelJob : IJob
    {
        public BitOrder<T> Order;
        public BitPanels Left, Right, LeftPlaces, RightPlaces;

        public readonly void Run(nint begin, nint end)
        {
            for (var item = begin; item < end; item++)
            {
                if (item < Left.Count)
                {
                    for (nint lane = 0; lane < Math.Min(BitPanels.Side, Left.Rows - item * BitPanels.Side); lane++)
                        LeftRow(Left.At(0, item) + lane, item * BitPanels.Side + lane);
                }
                else
                {
                    var (batch, panel) = Math.DivRem(item - Left.Count, Right.Count);
                    RightPanel(batch, panel);
                }
            }
        }

        private readonly void LeftRow(ulong* to, nint row)
        {
            for (var plane = 0; plane < (Left.IsTernary ? 2 : 1); plane++)
            {
                var from = LeftPlaces.At(row, 0) + plane * LeftPlaces.Plane;
                for (nint offset = 0; offset < Order._offsets; offset++)
                {
                    for (nint word = 0; word < Order.WordsOfOffset; word++, to += BitPanels.Side)
                        *to = from[word * LeftPlaces.Next + offset];
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private readonly void RightPanel(nint batch, nint panel)
        {
            // Locals: a store through a pointer could change a field.
            var (b, first, offsets, words, next) = (Order._b, panel * BitPanels.Side, Order._offsets, Order.WordsOfOffset, RightPlaces.Next);
            var rows = b.Rows;
            var columns = Math.Min(BitPanels.Side, Right.Rows - first);
            var isAdjacent = GemmMatrix<T>.Run(b.Columns, b.Column, first, columns) == (BitPanels.Side, 1);
            var to = Right.At(batch, panel);
            for (var plane = 0; plane < (Right.IsTernary ? 2 : 1); plane++)
            {
                var from = RightPlaces.At(batch, 0) + plane * RightPlaces.Plane - Order._first;
                if (isAdjacent)
                {
                    from += GemmMatrix<T>.Offset(b.Columns, b.Column, first);
                    for (nint offset = 0; offset < offsets; offset++)
                    {
                        for (nint word = 0; word < words; word++, to += BitPanels.Side)
                            Vector512.Load(from + word * next + rows[offset]).Store(to);
                    }
                    continue;
                }
                for (nint offset = 0; offset < offsets; offset++)
                {
                    for (nint word = 0; word < words; word++, to += BitPanels.Side)
                    {
                        for (nint lane = 0; lane < columns; lane++)
                            to[lane] = from[word * next + rows[offset] + GemmMatrix<T>.Offset(b.Columns, b.Column, first + lane)];
                    }
                }
            }
        }
    }
}
