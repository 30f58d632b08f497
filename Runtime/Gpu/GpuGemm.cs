using System.Numerics;
using ILGPU;

namespace Proxima.Gpu;

/// <summary>A batch of matrices in device memory.</summary>
public interface IGpuMatrix<T> where T : unmanaged
{
    /// <summary>The distance between rows, where it is always the same; otherwise large.</summary>
    long RowStride { get; }

    /// <summary>The distance between columns, where it is always the same; otherwise large.</summary>
    long ColumnStride { get; }

    /// <summary>One element.</summary>
    T At(long batch, long row, long column);
}

/// <summary>What an index of a matrix adds to an offset: a multiple of itself, or what a table says.</summary>
public readonly struct GpuOffsets
{
    private readonly ArrayView<long> _table;
    private readonly long _stride;
    private readonly int _hasTable;

    /// <summary>Index i adds <c>table[i]</c>.</summary>
    public GpuOffsets(ArrayView<long> table) => (_table, _stride, _hasTable) = (table, 1 << 20, 1);

    /// <summary>Index i adds i times a stride. The view is not read: a kernel's arguments are views of memory.</summary>
    public GpuOffsets(ArrayView<long> unused, long stride) => (_table, _stride, _hasTable) = (unused, stride, 0);

    internal long Stride => _stride;

    internal long At(long index) => _hasTable != 0 ? _table[index] : index * _stride;
}

/// <summary>A batch of matrices in device memory whose batch, row and column add to the offset what a table or a stride says.</summary>
/// <param name="data">The memory.</param>
/// <param name="offset">The position of the first element.</param>
/// <param name="batch">What a batch adds.</param>
/// <param name="row">What a row adds.</param>
/// <param name="column">What a column adds.</param>
public readonly struct GpuTabledMatrix<T>(ArrayView<T> data, long offset, GpuOffsets batch, GpuOffsets row, GpuOffsets column) : IGpuMatrix<T> where T : unmanaged
{
    private readonly ArrayView<T> _data = data;
    private readonly long _offset = offset;
    private readonly GpuOffsets _batch = batch;
    private readonly GpuOffsets _row = row;
    private readonly GpuOffsets _column = column;

    /// <inheritdoc/>
    public long RowStride => _row.Stride;

    /// <inheritdoc/>
    public long ColumnStride => _column.Stride;

    /// <inheritdoc/>
    public T At(long batch, long row, long column) => _data[_offset + _batch.At(batch) + _row.At(row) + _column.At(column)];
}

/// <summary>A batch of matrices somewhere in device memory, from any offset and with any strides, in elements.</summary>
/// <param name="data">The memory.</param>
/// <param name="offset">The position of the first element.</param>
/// <param name="batch">The distance between matrices.</param>
/// <param name="row">The distance between rows.</param>
/// <param name="column">The distance between columns.</param>
public readonly struct GpuMatrix<T>(ArrayView<T> data, long offset, long batch, long row, long column) : IGpuMatrix<T> where T : unmanaged
{
    private readonly ArrayView<T> _data = data;
    private readonly long _offset = offset;
    private readonly long _batch = batch;

    private readonly long _row = row;
    private readonly long _column = column;

    /// <inheritdoc/>
    public long RowStride => _row;

    /// <inheritdoc/>
    public long ColumnStride => _column;

    /// <inheritdoc/>
    public T At(long batch, long row, long column) => _data[_offset + batch * _batch + row * _row + column * _column];

    /// <summary>Whether every element of the given extents lies inside the view.</summary>
    internal bool Holds(long batches, long rows, long columns)
    {
        if (batches == 0 || rows == 0 || columns == 0)
            return true;
        Int128 b = (Int128)(batches - 1) * _batch, r = (Int128)(rows - 1) * _row, c = (Int128)(columns - 1) * _column;
        var lowest = _offset + Int128.Min(b, 0) + Int128.Min(r, 0) + Int128.Min(c, 0);
        var highest = _offset + Int128.Max(b, 0) + Int128.Max(r, 0) + Int128.Max(c, 0);
        return lowest >= 0 && highest < _data.Length;
    }

    internal string Outside => $"from element {_offset} on with strides {_batch}, {_row}, {_column} reaches outside its {_data.Length} elements";
}

/// <summary>The tiles that groups of work items compute.</summary>
internal static class GpuTiles
{
    public const int Side = 64;
    public const int Items = 256; // each of them computes 4 x 4 elements

    public static long Along(long size) => (size + Side - 1) / Side;
}

/// <summary>What one row of tiles belongs to: a product, the rows from its top to before the bottom, and a part of the depth.</summary>
/// <param name="batch">The product.</param>
/// <param name="top">The first row.</param>
/// <param name="bottom">The row before which the product ends.</param>
/// <param name="begin">Where the depth begins.</param>
/// <param name="end">Before what it ends.</param>
public readonly struct GpuPart(long batch, long top, long bottom, long begin, long end)
{
    internal readonly long Batch = batch;
    internal readonly long Top = top;
    internal readonly long Bottom = bottom;
    internal readonly long Begin = begin;
    internal readonly long End = end;
}

/// <summary>How the tiles of a launch are shared out among products.</summary>
/// <remarks>The types are public because ILGPU makes types of its own that hold them.</remarks>
public interface IGpuParts
{
    /// <summary>The part of a row of tiles, for products of so many rows and such a depth; one without rows and depth is none.</summary>
    GpuPart At(long tiles, long m, long k);

    /// <summary>The number under which the epilogue knows a row.</summary>
    long Row(long row);
}

/// <summary>Every batch is a product of all rows and the whole depth.</summary>
public readonly struct GpuBatches : IGpuParts
{
    /// <inheritdoc/>
    public GpuPart At(long tiles, long m, long k)
    {
        var down = GpuTiles.Along(m);
        return new(tiles / down, tiles % down * GpuTiles.Side, m, 0, k);
    }

    /// <inheritdoc/>
    public long Row(long row) => row;
}

/// <summary>Each group of rows is a product of its own.</summary>
/// <param name="count">The number of groups.</param>
/// <param name="ranges">Two numbers for each group: from which place of the order to before which other.</param>
/// <param name="order">The rows, group by group.</param>
/// <param name="hasOrder">0 where the rows lie so; then the order is not read.</param>
public readonly struct GpuRowGroups(long count, ArrayView<long> ranges, ArrayView<long> order, int hasOrder) : IGpuParts
{
    private readonly long _count = count;
    private readonly ArrayView<long> _ranges = ranges;
    private readonly ArrayView<long> _order = order;
    private readonly int _hasOrder = hasOrder;

    /// <inheritdoc/>
    public GpuPart At(long tiles, long m, long k)
    {
        for (long group = 0; group < _count; group++)
        {
            long first = _ranges[2 * group], last = _ranges[2 * group + 1];
            var own = last > first ? GpuTiles.Along(last - first) : 0;
            if (tiles < own)
                return new(group, first + tiles * GpuTiles.Side, last, 0, k);
            tiles -= own;
        }
        return new(0, 0, 0, 0, 0);
    }

    /// <inheritdoc/>
    public long Row(long row) => _hasOrder != 0 ? _order[row] : row;
}

/// <summary>Each group has a part of the depth.</summary>
/// <param name="ranges">Two numbers for each group: where its part begins and before what it ends.</param>
public readonly struct GpuDepthGroups(ArrayView<long> ranges) : IGpuParts
{
    private readonly ArrayView<long> _ranges = ranges;

    /// <inheritdoc/>
    public GpuPart At(long tiles, long m, long k)
    {
        var down = GpuTiles.Along(m);
        var group = tiles / down;
        return new(group, tiles % down * GpuTiles.Side, m, _ranges[2 * group], _ranges[2 * group + 1]);
    }

    /// <inheritdoc/>
    public long Row(long row) => row;
}

/// <summary>The matrix product: each group computes a tile of 64 x 64 elements from tiles in shared memory, each work item 4 x 4 of them.</summary>
internal readonly struct GpuGemm<T, TA, TB, TEpilogue, TParts>(long m, long n, long k, TA a, TB b, TEpilogue epilogue, TParts parts)
    where T : unmanaged, INumber<T>
    where TA : struct, IGpuMatrix<T>
    where TB : struct, IGpuMatrix<T>
    where TEpilogue : struct, IGemmEpilogue<T>
    where TParts : struct, IGpuParts
{
    private const int Items = GpuTiles.Items;
    private const int Tile = GpuTiles.Side;
    private const int Side = 16;        // work items along each edge of a tile
    private const int Depth = 16;       // steps along k per load
    private const int Pitch = Tile + 1; // keeps work items that walk down a column of a tile in different banks

    private readonly long _m = m;
    private readonly long _n = n;
    private readonly long _k = k;
    private readonly TA _a = a;
    private readonly TB _b = b;
    private readonly TEpilogue _epilogue = epilogue;
    private readonly TParts _parts = parts;

    public static void Kernel(GpuGemm<T, TA, TB, TEpilogue, TParts> product)
        => product.Run(SharedMemory.Allocate<T>(Depth * Pitch), SharedMemory.Allocate<T>(Depth * Pitch));

    private void Run(ArrayView<T> aTile, ArrayView<T> bTile)
    {
        long tile = Grid.IdxX, across = GpuTiles.Along(_n);
        var part = _parts.At(tile / across, _m, _k);
        long batch = part.Batch, top = part.Top, bottom = part.Bottom;
        var left = tile % across * Tile;
        int x = Group.IdxX % Side, y = Group.IdxX / Side;

        Four<T> row0 = default, row1 = default, row2 = default, row3 = default;
        for (var step = part.Begin; step < part.End; step += Depth)
        {
            for (int i = Group.IdxX; i < Depth * Tile; i += Items)
            {
                // Neighbouring work items read along the dimension of stride 1, so that the device fetches whole lines.
                bool alongDepth = _a.ColumnStride <= _a.RowStride;
                int depth = alongDepth ? i % Depth : i / Tile, place = alongDepth ? i / Depth : i % Tile;
                aTile[depth * Pitch + place] = top + place < bottom && step + depth < part.End ? _a.At(batch, top + place, step + depth) : T.Zero;

                alongDepth = _b.RowStride < _b.ColumnStride;
                depth = alongDepth ? i % Depth : i / Tile;
                place = alongDepth ? i / Depth : i % Tile;
                bTile[depth * Pitch + place] = step + depth < part.End && left + place < _n ? _b.At(batch, step + depth, left + place) : T.Zero;
            }
            Group.Barrier();
            for (var depth = 0; depth < Depth; depth++)
            {
                var a = new Four<T>(aTile, depth * Pitch + y, Side);
                var b = new Four<T>(bTile, depth * Pitch + x, Side);
                row0 = row0.Add(a.X0, b);
                row1 = row1.Add(a.X1, b);
                row2 = row2.Add(a.X2, b);
                row3 = row3.Add(a.X3, b);
            }
            Group.Barrier();
        }
        Store(row0, batch, top + y, bottom, left + x);
        Store(row1, batch, top + y + Side, bottom, left + x);
        Store(row2, batch, top + y + 2 * Side, bottom, left + x);
        Store(row3, batch, top + y + 3 * Side, bottom, left + x);
    }

    private void Store(Four<T> values, long batch, long row, long bottom, long column)
    {
        if (row >= bottom)
            return;
        row = _parts.Row(row);
        if (column < _n)
            _epilogue.Store(values.X0, batch, row, column);
        if (column + Side < _n)
            _epilogue.Store(values.X1, batch, row, column + Side);
        if (column + 2 * Side < _n)
            _epilogue.Store(values.X2, batch, row, column + 2 * Side);
        if (column + 3 * Side < _n)
            _epilogue.Store(values.X3, batch, row, column + 3 * Side);
    }
}

/// <summary>The matrix product on devices whose groups are too small for tiles in shared memory: the work items share out the elements of a tile.</summary>
internal readonly struct GpuPlainGemm<T, TA, TB, TEpilogue, TParts>(long m, long n, long k, TA a, TB b, TEpilogue epilogue, TParts parts)
    where T : unmanaged, INumber<T>
    where TA : struct, IGpuMatrix<T>
    where TB : struct, IGpuMatrix<T>
    where TEpilogue : struct, IGemmEpilogue<T>
    where TParts : struct, IGpuParts
{
    private readonly long _m = m;
    private readonly long _n = n;
    private readonly long _k = k;
    private readonly TA _a = a;
    private readonly TB _b = b;
    private readonly TEpilogue _epilogue = epilogue;
    private readonly TParts _parts = parts;

    public static void Kernel(GpuPlainGemm<T, TA, TB, TEpilogue, TParts> product) => product.Run();

    private void Run()
    {
        long tile = Grid.IdxX, across = GpuTiles.Along(_n);
        var part = _parts.At(tile / across, _m, _k);
        var left = tile % across * GpuTiles.Side;
        long rows = GpuMath.Min(part.Bottom - part.Top, GpuTiles.Side), columns = GpuMath.Min(_n - left, GpuTiles.Side);
        for (long i = Group.IdxX; i < rows * columns; i += Group.DimX)
        {
            long row = part.Top + i / columns, column = left + i % columns;
            var sum = T.Zero;
            for (var step = part.Begin; step < part.End; step++)
                sum += _a.At(part.Batch, row, step) * _b.At(part.Batch, step, column);
            _epilogue.Store(sum, part.Batch, _parts.Row(row), column);
        }
    }
}

/// <summary>Four values that ILGPU keeps in registers (an array would live in memory).</summary>
internal readonly struct Four<T>(T x0, T x1, T x2, T x3) where T : unmanaged, INumber<T>
{
    public readonly T X0 = x0;
    public readonly T X1 = x1;
    public readonly T X2 = x2;
    public readonly T X3 = x3;

    public Four(ArrayView<T> source, int start, int stride)
        : this(source[start], source[start + stride], source[start + 2 * stride], source[start + 3 * stride])
    {
    }

    /// <summary>This plus <paramref name="factor"/> times <paramref name="values"/>.</summary>
    public Four<T> Add(T factor, Four<T> values)
        => new(X0 + factor * values.X0, X1 + factor * values.X1, X2 + factor * values.X2, X3 + factor * values.X3);
}
