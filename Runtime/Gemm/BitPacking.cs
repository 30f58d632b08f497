using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Proxima.Runtime;

/// <summary>
/// Where packed signs lie: rows along the depth in panels of eight, word after word, so that the same word of all rows of a panel is adjacent. Bit i of word w is set where
/// element 64 w + i is negative; a ternary panel has a second plane, which is set at its zeros too. Panels follow one another, or, where <paramref name="isPlanar"/>, do so word by
/// word: then the same word of all rows is adjacent.
/// </summary>
internal readonly unsafe struct BitPanels(nint batches, nint rows, nint depth, Signs signs, bool isPlanar = false, ulong* data = null)
{
    public const int Side = 8;

    private readonly ulong* _data = data;
    private readonly Signs _signs = signs;
    private readonly bool _isPlanar = isPlanar;

    public readonly nint Batches = batches, Rows = rows, Bits = depth;

    /// <summary>Panels of a batch.</summary>
    public nint Count => (Rows + Side - 1) / Side;

    /// <summary>Words of a row.</summary>
    public nint Depth => (Bits + 63) / 64;

    public bool IsTernary => _signs == Signs.Ternary;

    /// <summary>From a word of a row to its next one.</summary>
    public nint Next => _isPlanar ? Count * Side : Side;

    /// <summary>From a plane to the second one.</summary>
    public nint Plane => Depth * Next;

    private nint BatchWords => Count * Depth * Side * (IsTernary ? 2 : 1);

    public nint Words => checked(Batches * BatchWords);

    public BitPanels In(ulong* memory) => new(Batches, Rows, Bits, _signs, _isPlanar, memory);

    /// <summary>A panel; where all batches are the same, there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong* At(nint batch, nint panel) => _data + (Batches == 1 ? 0 : batch * BatchWords) + panel * (_isPlanar ? Side : Depth * Side * (IsTernary ? 2 : 1));
}

/// <summary>Makes bits of signs.</summary>
/// <typeparam name="T">The element.</typeparam>
internal unsafe struct BitPacking<T> : IJob
    where T : unmanaged
{
    private const int BlockPanels = 32;     // packed at a time: a block is an item of work

    private readonly BitPanels _to;
    private readonly GemmMatrix<T> _from;

    // Elements of a row that are adjacent are packed row by row, others word by word for all rows, which then may be adjacent.
    private readonly bool _isByRow;
    private readonly nint _blocks, _items;

    private BitPacking(BitPanels to, GemmMatrix<T> from)
    {
        (_to, _from) = (to, from);
        _isByRow = from.Columns == null && from.Column == 1;
        _blocks = (to.Count + BlockPanels - 1) / BlockPanels;
        _items = _isByRow ? to.Count : to.Depth * _blocks;
    }

    /// <summary>Packs the rows of every batch.</summary>
    public static void Run(BitPanels to, GemmMatrix<T> from)
    {
        var job = new BitPacking<T>(to, from);
        WorkerPool.Run(ref job, to.Batches * job._items, (nint)Math.Min((job._isByRow ? BitPanels.Side * (double)to.Bits : 64.0 * Math.Min(to.Rows, BlockPanels * BitPanels.Side)) * 4, int.MaxValue));
    }

    public readonly void Run(nint begin, nint end)
    {
        for (var item = begin; item < end; item++)
        {
            var (batch, part) = Math.DivRem(item, _items);
            var data = _from.At(batch);
            if (_isByRow)
            {
                var to = _to.At(batch, part);
                for (var row = part * BitPanels.Side; row < Math.Min((part + 1) * BitPanels.Side, _to.Rows); row++, to++)
                {
                    var from = data + GemmMatrix<T>.Offset(_from.Rows, _from.Row, row);
                    if (_to.IsTernary)
                        Row<C2>(to, from);
                    else
                        Row<C1>(to, from);
                }
            }
            else
            {
                var (word, block) = Math.DivRem(part, _blocks);
                for (var panel = block * BlockPanels; panel < Math.Min((block + 1) * BlockPanels, _to.Count); panel++)
                    Word(_to.At(batch, panel) + word * _to.Next, data, panel * BitPanels.Side, word * 64);
            }
        }
    }

    /// <summary>The bits of adjacent elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void Row<TPlanes>(ulong* to, T* from)
        where TPlanes : IConstant
    {
        var (plane, next) = (_to.Plane, _to.Next);
        var words = _to.Bits / 64;
        for (nint w = 0; w < words; w++, from += 64, to += next)
        {
            ulong negative = 0, positive = 0;
            for (var i = 0; i < 64; i += Vector512.IsHardwareAccelerated ? Vector512<T>.Count : Vector256<T>.Count)
            {
                if (Vector512.IsHardwareAccelerated)
                {
                    var x = Vector512.Load(from + i);
                    if (TPlanes.Value == 2)
                        negative |= Vector512.LessThan(x, default).ExtractMostSignificantBits() << i;
                    positive |= (TPlanes.Value == 2 ? Vector512.GreaterThan(x, default) : Vector512.GreaterThanOrEqual(x, default)).ExtractMostSignificantBits() << i;
                }
                else
                {
                    var x = Vector256.Load(from + i);
                    if (TPlanes.Value == 2)
                        negative |= (ulong)Vector256.LessThan(x, default).ExtractMostSignificantBits() << i;
                    positive |= (ulong)(TPlanes.Value == 2 ? Vector256.GreaterThan(x, default) : Vector256.GreaterThanOrEqual(x, default)).ExtractMostSignificantBits() << i;
                }
            }
            *to = TPlanes.Value == 2 ? negative : ~positive;
            if (TPlanes.Value == 2)
                to[plane] = ~positive;
        }
        if (words * 64 < _to.Bits)
            Scalar(to, from, null, 1, _to.Bits % 64);
    }

    /// <summary>One word of the rows of a panel.</summary>
    private readonly void Word(ulong* to, T* data, nint row, nint depth)
    {
        var rows = Math.Min(BitPanels.Side, _to.Rows - row);
        var count = Math.Min(64, _to.Bits - depth);
        var columns = _from.Columns == null ? null : _from.Columns + depth;
        data += _from.Columns == null ? depth * _from.Column : 0;
        if (typeof(T) == typeof(float) && Avx2.IsSupported && rows > 0)
        {
            // Up to two runs of adjacent rows lie in the lanes of a vector.
            var length = Adjacent(row, rows);
            var rest = length < rows ? Adjacent(row + length, rows - length) : 0;
            if (length + rest == rows)
            {
                var first = (float*)data + GemmMatrix<T>.Offset(_from.Rows, _from.Row, row);
                var second = rest == 0 ? first : (float*)data + GemmMatrix<T>.Offset(_from.Rows, _from.Row, row + length) - length;
                if (_to.IsTernary)
                    Lanes<C2>(to, first, second, length, rows, columns, _from.Column, count);
                else
                    Lanes<C1>(to, first, second, length, rows, columns, _from.Column, count);
                return;
            }
        }
        for (nint i = 0; i < rows; i++)
            Scalar(to + i, data + GemmMatrix<T>.Offset(_from.Rows, _from.Row, row + i), columns, _from.Column, count);
    }

    /// <summary>How many rows from one on are adjacent.</summary>
    private readonly nint Adjacent(nint row, nint limit)
    {
        var (length, step) = GemmMatrix<T>.Run(_from.Rows, _from.Row, row, limit);
        return step == 1 ? length : 1;
    }

    /// <summary>One word of up to eight rows, of which the second part begins at a row of its own: bit by bit, the lower half first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void Lanes<TPlanes>(ulong* to, float* first, float* second, nint length, nint rows, long* columns, nint column, nint count)
        where TPlanes : IConstant
    {
        var lanes = Vector256<int>.Indices;
        var firstLanes = Vector256.LessThan(lanes, Vector256.Create((int)length)).AsSingle();
        var secondLanes = Vector256.AndNot(Vector256.LessThan(lanes, Vector256.Create((int)rows)), firstLanes.AsInt32()).AsSingle();
        Vector256<uint> negativeLow = default, notPositiveLow = default;
        nint offset = 0;
        for (nint half = 0; half < 64; half += 32)
        {
            Vector256<uint> negative = default, notPositive = default;
            var bit = Vector256<uint>.One;
            var end = Math.Min(half + 32, count);
            for (var k = half; k < end; k++, offset += column)
            {
                if (columns != null)
                    offset = (nint)columns[k];
                var x = length == BitPanels.Side ? Vector256.Load(first + offset) : Avx.MaskLoad(first + offset, firstLanes);
                if (length < rows)
                    x |= Avx.MaskLoad(second + offset, secondLanes);
                if (TPlanes.Value == 2)
                {
                    negative |= Vector256.LessThan(x, default).AsUInt32() & bit;
                    notPositive |= Vector256.AndNot(bit, Vector256.GreaterThan(x, default).AsUInt32());
                }
                else
                    negative |= Vector256.AndNot(bit, Vector256.GreaterThanOrEqual(x, default).AsUInt32());
                bit += bit;
            }
            if (half == 0)
                (negativeLow, notPositiveLow) = (negative, notPositive);
            else
            {
                Join(to, negativeLow, negative);
                if (TPlanes.Value == 2)
                    Join(to + _to.Plane, notPositiveLow, notPositive);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Join(ulong* to, Vector256<uint> low, Vector256<uint> high)
    {
        (Vector256.WidenLower(low) | Vector256.WidenLower(high) << 32).Store(to);
        (Vector256.WidenUpper(low) | Vector256.WidenUpper(high) << 32).Store(to + 4);
    }

    private readonly void Scalar(ulong* to, T* from, long* columns, nint column, nint count)
    {
        ulong negative = 0, notPositive = 0;
        for (nint k = 0; k < count; k++)
        {
            var at = from + (columns != null ? (nint)columns[k] : k * column);
            var x = typeof(T) == typeof(float) ? *(float*)at : *(double*)at;
            if (_to.IsTernary)
            {
                negative |= (x < 0 ? 1UL : 0) << (int)k;
                notPositive |= (x > 0 ? 0UL : 1) << (int)k;
            }
            else
                negative |= (x >= 0 ? 0UL : 1) << (int)k;
        }
        *to = negative;
        if (_to.IsTernary)
            to[_to.Plane] = notPositive;
    }
}
