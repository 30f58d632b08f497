using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Proxima.Runtime;

/// <summary>One matrix product cut into blocks of rows and columns, each an item of work.</summary>
/// <typeparam name="V">The vector of the innermost loop.</typeparam>
/// <typeparam name="N">A narrow vector for what is left of a row.</typeparam>
/// <typeparam name="S">One element, for what is left then.</typeparam>
/// <typeparam name="T">The element.</typeparam>
/// <typeparam name="TEpilogue">Where the product goes.</typeparam>
internal unsafe struct GemmJob<V, N, S, T, TEpilogue> : IJob
    where V : unmanaged, ILane<V, T>
    where N : unmanaged, ILane<N, T>
    where S : unmanaged, ILane<S, T>
    where T : unmanaged
    where TEpilogue : struct, IEpilogue<T>
{
    private static int TileRows => Tile<V, T>.Rows;
    private static int PanelColumns => Tile<V, T>.Vectors * V.Count;

    private static int MaxDepth => 2560 / sizeof(T);    // terms summed in registers: packed rows and a panel of that depth fit the level-2 cache, and so do 3 x 3 windows of 64 channels
    private const int ChunkRows = 120;          // packed rows at a time of the greatest depth, a multiple of both tile heights
    private const int MaxRows = 16 * ChunkRows; // rows of a block: a panel is packed once for all of them
    private const int MaxElements = 128 * 1024; // packed panels of a block of several chunks
    private const int TilesAhead = 2;           // tiles whose gathered rows are fetched before they are packed
    private const int ScatteredTiles = 3;       // from here on, rows of b that lie scattered are brought together first
    private const int MaxSwappedColumns = 4;    // up to here, a product with a tall matrix is computed transposed
    private const int MaxDotRows = 6;           // up to here, transposing b costs more than the horizontal sums of dot products
    private const int VectorColumns = 2048;     // columns of a vector-matrix product that are summed at a time
    private const int ManyProducts = 8;         // from here on, packing pays for products with a vector too: rows of vectors that straddle cache lines take twice as long to read
    private const int RowsPerTurn = 12;         // turning b takes about as long as so many rows of the product
    private const int SmallMatrix = 32 * 1024;  // bytes that stay in the level-1 cache, however they lie

    private enum Method
    {
        Tiles,
        Dots,
        Vector,
    }

    private readonly GemmOperands<T> _o;
    private TEpilogue _epilogue;
    private readonly Method _method;
    private readonly bool _transposed;
    private readonly nint _panel;       // columns that are summed at a time
    private readonly nint _blockRows;
    private readonly nint _blockColumns;
    private readonly nint _rowBlocks;
    private readonly nint _columnBlocks;
    private readonly nint _depth;
    private readonly T* _packed;        // all panels of b, where they were packed before; null otherwise
    private readonly bool _isBackward;  // from the last columns to the first

    public static void Dispatch(in GemmOperands<T> operands, in TEpilogue epilogue, Panels? packed = null)
    {
        if (operands.Batches <= 0 || operands.M <= 0 || operands.N <= 0)
            return;
        var job = new GemmJob<V, N, S, T, TEpilogue>(operands, epilogue, packed);
        var items = operands.Batches * job._rowBlocks * job._columnBlocks;
        var multiplications = (double)job._blockRows * job._blockColumns * Math.Max(operands.K, 1);
        // A tile does four times the pool's unit per multiplication pair; products with a vector wait for memory.
        var cost = job._method == Method.Tiles ? multiplications / 2 : multiplications * 2;
        WorkerPool.Run(ref job, items, (nint)Math.Min(cost, int.MaxValue));
        GC.KeepAlive(packed);
    }

    /// <summary>A product of matrices that may lie by tables.</summary>
    public static void DispatchTabled(in GemmOperands<T> operands, in TEpilogue epilogue)
    {
        if (WinogradJob<V, N, S, T, TEpilogue>.Pays(operands))
            WinogradJob<V, N, S, T, TEpilogue>.Dispatch(operands, epilogue);
        else
            Dispatch(operands, epilogue);
    }

    /// <summary>Packs all of b, where so many products with so many rows of a gain more by it; else the panels are empty.</summary>
    public static void Pack(Panels panels, in GemmOperands<T> operands, nint products)
    {
        panels.Data = null;
        var bytes = (long)operands.N * operands.K * sizeof(T);
        if (operands.M <= 0 || bytes == 0 || bytes > Panels.MaxBytes)
            return;
        var job = new GemmJob<V, N, S, T, TEpilogue>(operands, default, null);
        var pays = job._method switch
        {
            Method.Vector => !job._transposed && products >= ManyProducts && bytes > SmallMatrix,
            Method.Tiles => operands.BColumn != 1 || operands.M >= ScatteredTiles * TileRows,
            _ => false,
        };
        if (!pays)
            return;
        var count = Blocks(operands.N, job._panel);
        panels.Data = panels.Memory.Reserve(checked((count * job._panel * operands.K + Packing<V, N, T>.Excess) * sizeof(T)));
        var packing = new PanelJob { Gemm = job, To = (T*)panels.Data };
        WorkerPool.Run(ref packing, count, (nint)Math.Min(operands.K * job._panel * 2, int.MaxValue));
    }

    private struct PanelJob : IJob
    {
        public GemmJob<V, N, S, T, TEpilogue> Gemm;
        public T* To;

        public readonly void Run(nint begin, nint end)
        {
            for (var panel = begin; panel < end; panel++)
            {
                var column = panel * Gemm._panel;
                var (start, width, _) = Gemm._method == Method.Vector ? (column, Gemm._panel, 0) : Gemm.Place(column, Math.Min(Gemm._panel, Gemm._o.N - column));
                for (nint k = 0; k < Gemm._o.K; k += Gemm._depth)
                    Gemm.PackB(To + column * Gemm._o.K + k * width, Gemm._o.Right.At(0) + k * Gemm._o.BRow + start * Gemm._o.BColumn, Math.Min(Gemm._depth, Gemm._o.K - k), Math.Min(width, Gemm._o.N - start), width);
            }
        }
    }

    private GemmJob(GemmOperands<T> operands, in TEpilogue epilogue, Panels? packed)
    {
        _packed = packed == null ? null : (T*)packed.Data;
        // What a thread read last is in its cache: it begins with that. Several threads find their own parts there in any case.
        _isBackward = packed != null && WorkerPool.Threads == 1 && packed.Turn();
        _epilogue = epilogue;
        _method = MethodFor(operands);
        if (_method == Method.Tiles && operands.N <= MaxSwappedColumns && operands.M > operands.N)
        {
            _method = MethodFor(operands.Transposed);
            _transposed = _method != Method.Tiles;
            if (_transposed)
            {
                operands = operands.Transposed;
                _packed = null;
            }
        }
        _o = operands;

        // The depth is a function of k alone: it decides the order of summation.
        var depths = Math.Max((operands.K + MaxDepth - 1) / MaxDepth, 1);
        _depth = (operands.K + depths - 1) / depths;
        _panel = _method == Method.Tiles ? PanelColumns : 4 * V.Count;
        _blockRows = _method == Method.Tiles ? Evenly(operands.M, MaxRows, TileRows) : operands.M;
        var maxColumns = _method == Method.Vector ? _packed == null ? VectorColumns : _panel
            : _method == Method.Tiles && operands.M > ChunkRows ? Math.Max(MaxElements / Math.Max(_depth, 1) / _panel, 1) * _panel
            : operands.N;
        _blockColumns = Evenly(operands.N, maxColumns, _panel);

        // Two blocks or more for each thread, as far as there are panels and tiles to share out.
        var blocks = operands.Batches * Blocks(operands.M, _blockRows) * Blocks(operands.N, _blockColumns);
        var wanted = 2 * (nint)WorkerPool.Threads;
        if (WorkerPool.Threads > 1 && blocks < wanted)
        {
            var parts = Blocks(wanted, blocks);
            var tiles = Blocks(_blockRows, TileRows);
            var panels = Blocks(_blockColumns, _panel);
            // Each part of the rows turns a transposed b anew: one for each thread, and only where the parts of the columns are shared out unevenly.
            var rowParts = operands.BColumn == 1 ? parts : WorkerPool.Threads;
            var part = Blocks(panels, parts) * _panel;
            var most = Blocks(Blocks(operands.N, part) * Blocks(operands.M, _blockRows) * operands.Batches, WorkerPool.Threads) * part * _blockRows;
            var isUneven = most * WorkerPool.Threads > operands.Batches * operands.N * (operands.M + WorkerPool.Threads * RowsPerTurn);
            if (_method == Method.Tiles && tiles >= 4 * rowParts && (operands.BColumn == 1 || isUneven))
                _blockRows = Blocks(tiles, rowParts) * TileRows;
            else if (panels > 1)
                _blockColumns = Blocks(panels, Math.Min(parts, panels)) * _panel;
            else if (_method == Method.Tiles && tiles > 1)
                _blockRows = Blocks(tiles, Math.Min(parts, tiles)) * TileRows;
        }
        _rowBlocks = Blocks(operands.M, _blockRows);
        _columnBlocks = Blocks(operands.N, _blockColumns);
    }

    private static Method MethodFor(in GemmOperands<T> o) =>
        o.Left.IsTabled || o.Right.IsTabled ? Method.Tiles
        : o.BRow == 1 && o.BColumn != 1 && o.M <= MaxDotRows ? Method.Dots
        : o.M == 1 && o.BColumn == 1 ? Method.Vector
        : Method.Tiles;

    /// <summary>The size of equal blocks of at most <paramref name="limit"/>, in whole tiles.</summary>
    private static nint Evenly(nint count, nint limit, nint tile) =>
        count <= limit ? count : Blocks(Blocks(count, tile), Blocks(count, limit)) * tile;

    private static nint Blocks(nint count, nint size) => (count + size - 1) / size;

    /// <summary>Room for so many packed elements and what packing may write behind them.</summary>
    private static nint Padded(nint count) => Blocks(count + Packing<V, N, T>.Excess, V.Count) * V.Count;

    public void Run(nint begin, nint end)
    {
        for (var item = begin; item < end; item++)
        {
            var (rest, columnBlock) = Math.DivRem(item, _columnBlocks);
            if (_isBackward)
                columnBlock = _columnBlocks - 1 - columnBlock;
            var (batch, rowBlock) = Math.DivRem(rest, _rowBlocks);
            var row = rowBlock * _blockRows;
            var column = columnBlock * _blockColumns;
            var rows = Math.Min(_blockRows, _o.M - row);
            var columns = Math.Min(_blockColumns, _o.N - column);
            switch (_method)
            {
                case Method.Tiles:
                    Tiles(batch, row, rows, column, columns);
                    break;
                case Method.Dots:
                    Dots(batch, rows, column, columns);
                    break;
                default:
                    VectorTimesMatrix(batch, column, columns);
                    break;
            }
        }
    }

    // ---- tiles

    private void Tiles(nint batch, nint row, nint rows, nint column, nint columns)
    {
        var deep = _o.K > _depth;
        // Packed rows lie side by side: unpacked ones a power of two apart fall into the same cache set.
        var packA = _o.Left.IsTabled || columns > (_o.AColumn != 1 ? 1 : 3) * PanelColumns && rows >= TileRows;
        var chunk = Evenly(rows, ChunkRows * Math.Max(MaxDepth / Math.Max(_depth, 1), 1), TileRows);
        var tile = (nint)TileRows * PanelColumns;
        var panels = Blocks(columns, PanelColumns);
        var panel = _depth * PanelColumns;
        // All rows of a panel follow one another, or every chunk of rows comes back to it.
        var kept = chunk < rows ? panels : 1;
        var packedB = _packed != null ? 0 : Padded(kept * panel);
        var packedA = Padded(packA ? Blocks(chunk, TileRows) * TileRows * _depth : 0);
        var sumRow = panels * PanelColumns;
        var sums = deep ? Blocks(rows, TileRows) * TileRows * sumRow : 0;
        var memory = (T*)Workspace.Reserve(checked((tile + packedB + packedA + sums) * sizeof(T)));
        var firstPanel = memory + tile;
        var firstSum = firstPanel + packedB + packedA;
        var block = new Block { Batch = batch, Tile = memory, SumRow = sumRow, IsScattered = rows >= ScatteredTiles * TileRows };

        var a = _o.Left.At(batch) + row * _o.ARow;
        var b = _o.Right.At(batch);
        nint k0 = 0;
        do
        {
            block.Begin = k0;
            block.Depth = Math.Min(_depth, _o.K - k0);
            block.First = k0 == 0;
            block.Last = k0 + block.Depth >= _o.K;
            for (nint i = 0; i < rows; i += chunk)
            {
                block.Row = row + i;
                block.Rows = Math.Min(chunk, rows - i);
                block.Sums = deep ? firstSum + i * sumRow : null;
                block.IsPacked = i > 0;
                var rowsOfA = a + i * _o.ARow + k0 * _o.AColumn;
                block.PackedA = packA ? firstPanel + packedB : null;
                if (_o.Left.IsTabled)
                    PackTabledA(block.PackedA, _o.Left.At(batch), block.Row, block.Rows, k0, block.Depth);
                else if (packA)
                    PackA(block.PackedA, rowsOfA, block.Rows, block.Depth);
                for (nint j = 0; j < columns; j += PanelColumns)
                {
                    block.Panel = firstPanel + (kept > 1 ? j * _depth : 0);
                    Panel(block, rowsOfA, b + k0 * _o.BRow, column + j, Math.Min(PanelColumns, columns - j), j);
                }
            }
            k0 += block.Depth;
        }
        while (k0 < _o.K);
    }

    /// <summary>What the tiles of some rows of a block share.</summary>
    private struct Block
    {
        public nint Batch, Row, Rows, Begin, Depth, SumRow;
        public bool First, Last, IsScattered, IsPacked;
        public T* Tile, Panel, PackedA, Sums;
    }

    /// <summary>The tiles of one panel of columns, from top to bottom.</summary>
    private void Panel(in Block block, T* a, T* b, nint column, nint columns, nint sumColumn)
    {
        var (start, width, skip) = Place(column, columns);
        var vectors = width / V.Count;
        nint bRow;
        // Where many tiles read a panel, rows that lie scattered are brought together first.
        var isScattered = block.IsScattered && _o.BRow != width && block.Depth * _o.BRow * sizeof(T) > 16 * 1024;
        if (_packed != null)
        {
            b = _packed + column * _o.K + block.Begin * width;
            bRow = width;
        }
        else if (_o.Right.IsTabled)
        {
            if (!block.IsPacked)
                PackTabledB(block.Panel, _o.Right.At(block.Batch), block.Begin, block.Depth, start, Math.Min(width, _o.N - start), width);
            b = block.Panel;
            bRow = width;
        }
        else if (_o.BColumn != 1 || start + width > _o.N || isScattered)
        {
            if (!block.IsPacked)
                PackB(block.Panel, b + start * _o.BColumn, block.Depth, Math.Min(width, _o.N - start), width);
            b = block.Panel;
            bRow = width;
        }
        else
        {
            b += start;
            bRow = _o.BRow;
        }

        for (nint i = 0; i < block.Rows;)
        {
            var left = block.Rows - i;
            var height = Tile<V, T>.Height(left);
            T* tileA;
            nint aRow, aColumn;
            if (block.PackedA != null)
            {
                var first = i / TileRows * TileRows;
                tileA = block.PackedA + first * block.Depth + (i - first);
                aRow = 1;
                aColumn = TileRows;
            }
            else
            {
                tileA = a + i * _o.ARow;
                aRow = _o.ARow;
                aColumn = _o.AColumn;
            }

            var sum = block.Sums == null ? null : block.Sums + i * block.SumRow + sumColumn;
            var earlier = block.First ? null : sum;
            if (block.Last && columns == width && height == TileRows && !TEpilogue.IsHeavy)
                DirectTile(vectors, block, tileA, aRow, aColumn, b, bRow, earlier, block.Row + i, column);
            else
            {
                Tile<V, T>.Store(height, vectors, block.Depth, tileA, aRow, aColumn, b, bRow, earlier, block.SumRow, block.Tile, PanelColumns);
                FinishTile(block, sum, height, skip, columns, block.Row + i, column);
            }
            i += height;
        }
    }

    /// <summary>Where a panel starts, its width in whole vectors, and how many of its columns belong to the panel before.</summary>
    private readonly (nint Start, nint Width, nint Skip) Place(nint column, nint columns)
    {
        var width = Blocks(columns, V.Count) * V.Count;
        // The last panel of a row that does not fill its vectors begins further left and drops what was done before.
        var skip = column + columns == _o.N && _o.N >= width ? width - columns : 0;
        return (column - skip, width, skip);
    }

    /// <summary>A full tile from the registers into the epilogue.</summary>
    private void DirectTile(nint vectors, in Block block, T* a, nint aRow, nint aColumn, T* b, nint bRow, T* sum, nint row, nint column)
    {
        if (TileRows == 8)
        {
            switch (vectors)
            {
                case 1: Direct<C8, C1>(block, a, aRow, aColumn, b, bRow, sum, row, column); break;
                case 2: Direct<C8, C2>(block, a, aRow, aColumn, b, bRow, sum, row, column); break;
                default: Direct<C8, C3>(block, a, aRow, aColumn, b, bRow, sum, row, column); break;
            }
        }
        else if (vectors == 1)
            Direct<C6, C1>(block, a, aRow, aColumn, b, bRow, sum, row, column);
        else
            Direct<C6, C2>(block, a, aRow, aColumn, b, bRow, sum, row, column);
    }

    private void Direct<TRows, TVectors>(in Block block, T* a, nint aRow, nint aColumn, T* b, nint bRow, T* sum, nint row, nint column)
        where TRows : IConstant
        where TVectors : IConstant =>
        Tile<V, T>.Run<TRows, TVectors, TEpilogue>(block.Depth, a, aRow, aColumn, b, bRow, sum, block.SumRow, ref _epilogue, block.Batch, row, column);

    /// <summary>Hands a stored tile to the epilogue, or keeps it for the next depth.</summary>
    private void FinishTile(in Block block, T* sum, nint rows, nint skip, nint columns, nint row, nint column)
    {
        if (block.Last)
        {
            FinishRows(block.Tile + skip, PanelColumns, rows, block.Batch, row, column, columns);
            return;
        }
        for (nint i = 0; i < rows; i++)
            Unsafe.CopyBlockUnaligned(sum + i * block.SumRow, block.Tile + i * PanelColumns, (uint)((skip + columns) * sizeof(T)));
    }

    /// <summary>Hands finished rows, <paramref name="stride"/> elements apart, to the epilogue.</summary>
    private void FinishRows(T* values, nint stride, nint rows, nint batch, nint row, nint column, nint columns)
    {
        if (_transposed)
            Finish<V, N, S, T, TEpilogue>.Columns(_epilogue, values, stride, rows, batch, row, column, columns);
        else
            Finish<V, N, S, T, TEpilogue>.Rows(_epilogue, values, stride, rows, batch, row, column, columns);
    }

    /// <summary>Rows of a in tiles, each tile column after column.</summary>
    private void PackA(T* to, T* from, nint rows, nint depth)
    {
        if (_o.ARow == 1)
        {
            Packing<V, N, T>.Strips(to, from, depth, rows, TileRows, _o.AColumn);
            return;
        }
        for (nint i = 0; i < rows; i += TileRows, from += TileRows * _o.ARow)
        {
            Packing<V, N, T>.Run(to, from, depth, Math.Min(TileRows, rows - i), TileRows, _o.AColumn, _o.ARow);
            to += TileRows * depth;
        }
    }

    /// <summary>A panel of b, row after row, with zeros in the columns that b lacks.</summary>
    private readonly void PackB(T* to, T* from, nint depth, nint columns, nint width)
    {
        Packing<V, N, T>.Run(to, from, depth, columns, width, _o.BRow, _o.BColumn);
        for (nint k = 0; k < depth && columns < width; k++)
            NativeMemory.Clear(to + k * width + columns, (nuint)((width - columns) * sizeof(T)));
    }

    /// <summary>The same for an a that lies by tables: every block in which rows and columns step evenly is gathered at once.</summary>
    private void PackTabledA(T* to, T* from, nint row, nint rows, nint begin, nint depth)
    {
        var (left, end) = (_o.Left, row + rows);
        for (; row < end; row += TileRows, to += TileRows * depth)
        {
            var height = Math.Min(TileRows, end - row);
            nint done = 0;
            if (left.Columns == null && left.Column == 1)
            {
                Packing<V, N, T>.Fetch(from + begin, left.Rows, row + TilesAhead * TileRows, Math.Min(row + (TilesAhead + 1) * TileRows, _o.M), depth);
                for (; done + 4 <= height; done += 4)
                    Packing<V, N, T>.Rows(to + done, from + begin, left.Rows + row + done, depth, TileRows);
            }
            for (nint i = done, count; i < height; i += count)
            {
                (count, var aRow) = GemmMatrix<T>.Run(left.Rows, left.Row, row + i, height - i);
                var first = from + GemmMatrix<T>.Offset(left.Rows, left.Row, row + i);
                for (nint k = 0, run; k < depth; k += run)
                {
                    (run, var aColumn) = GemmMatrix<T>.Run(left.Columns, left.Column, begin + k, depth - k);
                    Packing<V, N, T>.Gather(to + k * TileRows + i, first + GemmMatrix<T>.Offset(left.Columns, left.Column, begin + k), run, count, TileRows, aColumn, aRow);
                }
            }
        }
    }

    /// <summary>The same for a b that lies by tables.</summary>
    private void PackTabledB(T* to, T* from, nint begin, nint depth, nint column, nint columns, nint width)
    {
        if (depth == 0)
            return;
        var right = _o.Right;
        if (right.Rows != null && Side(right.Columns, right.Column, column, columns) >= V.Count / 2)
        {
            nint c = 0;
            for (; c <= columns - V.Count; c += V.Count)
            {
                var first = GemmMatrix<T>.Offset(right.Columns, right.Column, column + c);
                var split = Side(right.Columns, right.Column, column + c, V.Count);
                // A vector that two rows of an image share is made of two, which lie within that image.
                var second = split < V.Count ? (nint)right.Columns[column + c + split] - split : first;
                if (second >= first && (split == V.Count || split + Side(right.Columns, right.Column, column + c + split, V.Count - split) == V.Count))
                    Packing<V, N, T>.Vectors(to + c, from + first, from + second, split, right.Rows + begin, depth, width);
                else
                    Columns(c, c + V.Count);
            }
            Columns(c, columns);
        }
        else if (right.Columns != null && Side(right.Rows, right.Row, begin, depth) >= 4)
        {
            for (nint k = 0, run; k < depth; k += run)
            {
                (run, var bRow) = GemmMatrix<T>.Run(right.Rows, right.Row, begin + k, depth - k);
                var row = from + GemmMatrix<T>.Offset(right.Rows, right.Row, begin + k);
                nint c = 0;
                for (; c <= columns - 4 && bRow == 1; c += 4)
                    Packing<V, N, T>.Rows(to + k * width + c, row, right.Columns + column + c, run, width);
                for (; c < columns; c++)
                    Packing<V, N, T>.Gather(to + k * width + c, row + (nint)right.Columns[column + c], run, 1, width, bRow, 1);
            }
        }
        else
            Columns(0, columns);
        for (nint k = 0; k < depth && columns < width; k++)
            NativeMemory.Clear(to + k * width + columns, (nuint)((width - columns) * sizeof(T)));

        void Columns(nint c, nint end)
        {
            for (nint count; c < end; c += count)
            {
                (count, var bColumn) = GemmMatrix<T>.Run(right.Columns, right.Column, column + c, end - c);
                var first = from + GemmMatrix<T>.Offset(right.Columns, right.Column, column + c);
                for (nint k = 0, run; k < depth; k += run)
                {
                    (run, var bRow) = GemmMatrix<T>.Run(right.Rows, right.Row, begin + k, depth - k);
                    Packing<V, N, T>.Gather(to + k * width + c, first + GemmMatrix<T>.Offset(right.Rows, right.Row, begin + k), run, count, width, bRow, bColumn);
                }
            }
        }
    }

    /// <summary>How many indices from the first on lie side by side.</summary>
    private static nint Side(long* table, nint stride, nint first, nint limit) => GemmMatrix<T>.Run(table, stride, first, limit) is (var count, var step) && (step == 1 || count == 1) ? count : 1;

    // ---- few rows against a transposed matrix

    private void Dots(nint batch, nint rows, nint column, nint columns)
    {
        var copyA = _o.AColumn != 1;
        var padded = Blocks(columns, V.Count) * V.Count;
        var results = (T*)Workspace.Reserve(checked((rows * padded + (copyA ? rows * _o.K : 0)) * sizeof(T)));
        var a = _o.Left.At(batch);
        var aRow = _o.ARow;
        if (copyA)
        {
            var copy = results + rows * padded;
            for (nint i = 0; i < rows; i++)
            {
                for (nint k = 0; k < _o.K; k++)
                    copy[i * _o.K + k] = a[i * aRow + k * _o.AColumn];
            }
            a = copy;
            aRow = _o.K;
        }

        var b = _o.Right.At(batch) + column * _o.BColumn;
        nint j = 0;
        for (; j <= columns - 4; j += 4)
        {
            for (nint i = 0; i < rows; i++)
                FourDots(_o.K, a + i * aRow, b + j * _o.BColumn, _o.BColumn, results + i * padded + j);
        }
        for (; j < columns; j++)
        {
            for (nint i = 0; i < rows; i++)
                results[i * padded + j] = Dot(_o.K, a + i * aRow, b + j * _o.BColumn);
        }
        FinishRows(results, padded, rows, batch, 0, column, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void FourDots(nint length, T* a, T* b, nint stride, T* results)
    {
        V c0 = default, c1 = default, c2 = default, c3 = default;
        var b1 = b + stride;
        var b2 = b1 + stride;
        var b3 = b2 + stride;
        nint k = 0;
        for (; k <= length - V.Count; k += V.Count)
        {
            var x = V.Load(a + k);
            c0 = V.MultiplyAdd(x, V.Load(b + k), c0);
            c1 = V.MultiplyAdd(x, V.Load(b1 + k), c1);
            c2 = V.MultiplyAdd(x, V.Load(b2 + k), c2);
            c3 = V.MultiplyAdd(x, V.Load(b3 + k), c3);
        }
        var s0 = S.Broadcast(V.Sum(c0));
        var s1 = S.Broadcast(V.Sum(c1));
        var s2 = S.Broadcast(V.Sum(c2));
        var s3 = S.Broadcast(V.Sum(c3));
        for (; k < length; k++)
        {
            var x = S.Load(a + k);
            s0 = S.MultiplyAdd(x, S.Load(b + k), s0);
            s1 = S.MultiplyAdd(x, S.Load(b1 + k), s1);
            s2 = S.MultiplyAdd(x, S.Load(b2 + k), s2);
            s3 = S.MultiplyAdd(x, S.Load(b3 + k), s3);
        }
        S.Store(results, s0);
        S.Store(results + 1, s1);
        S.Store(results + 2, s2);
        S.Store(results + 3, s3);
    }

    /// <summary>One dot product, summed in the same order as four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static T Dot(nint length, T* a, T* b)
    {
        V c = default;
        nint k = 0;
        for (; k <= length - V.Count; k += V.Count)
            c = V.MultiplyAdd(V.Load(a + k), V.Load(b + k), c);
        var s = S.Broadcast(V.Sum(c));
        for (; k < length; k++)
            s = S.MultiplyAdd(S.Load(a + k), S.Load(b + k), s);
        T result;
        S.Store(&result, s);
        return result;
    }

    // ---- one row against a matrix with adjacent columns

    /// <summary>Streams the rows of b, eight at a time, over a row of sums in the level-1 cache; or the packed panels, each over sums in registers, in the same order.</summary>
    private void VectorTimesMatrix(nint batch, nint column, nint columns)
    {
        var padded = Blocks(columns, _panel) * _panel;
        var sums = (T*)Workspace.Reserve(padded * sizeof(T));
        var a = _o.Left.At(batch);
        if (_packed != null)
        {
            for (nint j = 0; j < columns; j += _panel)
                PanelSums(sums + j, a, _o.AColumn, _packed + (column + j) * _o.K, _o.K);
        }
        else
        {
            NativeMemory.Clear(sums, (nuint)(padded * sizeof(T)));
            var b = _o.Right.At(batch) + column;
            nint k = 0;
            for (; k <= _o.K - 8; k += 8)
                AddEightRows(sums, a + k * _o.AColumn, _o.AColumn, b + k * _o.BRow, _o.BRow, columns);
            for (; k < _o.K; k++)
                AddRow(sums, a + k * _o.AColumn, b + k * _o.BRow, columns);
        }
        FinishRows(sums, 0, 1, batch, 0, column, columns);
    }

    /// <summary>The sums of one panel, whose rows are four adjacent vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void PanelSums(T* sums, T* a, nint aColumn, T* panel, nint depth)
    {
        V c0 = default, c1 = default, c2 = default, c3 = default;
        for (; depth > 0; depth--)
        {
            var x = V.Broadcast(*a);
            c0 = V.MultiplyAdd(x, V.Load(panel), c0);
            c1 = V.MultiplyAdd(x, V.Load(panel + V.Count), c1);
            c2 = V.MultiplyAdd(x, V.Load(panel + 2 * V.Count), c2);
            c3 = V.MultiplyAdd(x, V.Load(panel + 3 * V.Count), c3);
            a += aColumn;
            panel += 4 * V.Count;
        }
        V.Store(sums, c0);
        V.Store(sums + V.Count, c1);
        V.Store(sums + 2 * V.Count, c2);
        V.Store(sums + 3 * V.Count, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddEightRows(T* sums, T* a, nint aColumn, T* b, nint bRow, nint columns)
    {
        var j = AddEightRows<V>(sums, a, aColumn, b, bRow, 0, columns);
        AddEightRows<S>(sums, a, aColumn, b, bRow, j, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint AddEightRows<L>(T* sums, T* a, nint aColumn, T* b, nint bRow, nint j, nint columns)
        where L : unmanaged, ILane<L, T>
    {
        var a0 = L.Broadcast(a[0]);
        var a1 = L.Broadcast(a[aColumn]);
        var a2 = L.Broadcast(a[2 * aColumn]);
        var a3 = L.Broadcast(a[3 * aColumn]);
        var a4 = L.Broadcast(a[4 * aColumn]);
        var a5 = L.Broadcast(a[5 * aColumn]);
        var a6 = L.Broadcast(a[6 * aColumn]);
        var a7 = L.Broadcast(a[7 * aColumn]);
        var b3 = b + 3 * bRow;
        var b6 = b3 + 3 * bRow;
        for (; j <= columns - L.Count; j += L.Count)
        {
            var sum = L.MultiplyAdd(a0, L.Load(b + j), L.Load(sums + j));
            sum = L.MultiplyAdd(a1, L.Load(b + bRow + j), sum);
            sum = L.MultiplyAdd(a2, L.Load(b3 - bRow + j), sum);
            sum = L.MultiplyAdd(a3, L.Load(b3 + j), sum);
            sum = L.MultiplyAdd(a4, L.Load(b3 + bRow + j), sum);
            sum = L.MultiplyAdd(a5, L.Load(b6 - bRow + j), sum);
            sum = L.MultiplyAdd(a6, L.Load(b6 + j), sum);
            sum = L.MultiplyAdd(a7, L.Load(b6 + bRow + j), sum);
            L.Store(sums + j, sum);
        }
        return j;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddRow(T* sums, T* a, T* b, nint columns)
    {
        nint j = 0;
        var x = V.Broadcast(*a);
        for (; j <= columns - V.Count; j += V.Count)
            V.Store(sums + j, V.MultiplyAdd(x, V.Load(b + j), V.Load(sums + j)));
        var y = S.Broadcast(*a);
        for (; j < columns; j++)
            S.Store(sums + j, S.MultiplyAdd(y, S.Load(b + j), S.Load(sums + j)));
    }
}
