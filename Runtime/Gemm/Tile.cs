using System.Runtime.CompilerServices;

namespace Proxima.Runtime;

/// <summary>A number that the JIT sees as a constant.</summary>
internal interface IConstant
{
    static abstract int Value { get; }
}

internal readonly struct C1 : IConstant { public static int Value => 1; }
internal readonly struct C2 : IConstant { public static int Value => 2; }
internal readonly struct C3 : IConstant { public static int Value => 3; }
internal readonly struct C4 : IConstant { public static int Value => 4; }
internal readonly struct C5 : IConstant { public static int Value => 5; }
internal readonly struct C6 : IConstant { public static int Value => 6; }
internal readonly struct C7 : IConstant { public static int Value => 7; }
internal readonly struct C8 : IConstant { public static int Value => 8; }

/// <summary>The innermost loop: a tile of a product, held in registers from the first to the last k.</summary>
internal static unsafe class Tile<V, T>
    where V : unmanaged, ILane<V, T>
    where T : unmanaged
{
    /// <summary>Rows of a full tile: 32 vector registers hold 8 x 3 sums, 16 hold 6 x 2.</summary>
    public static int Rows => sizeof(V) == 64 ? 8 : 6;

    /// <summary>Vectors of columns of a full tile.</summary>
    public static int Vectors => sizeof(V) == 64 ? 3 : 2;

    /// <summary>The height of the next tile where so many rows are left.</summary>
    public static int Height(nint rows) => rows >= Rows ? Rows : rows >= 4 ? 4 : rows >= 2 ? 2 : 1;

    /// <summary>A tile into memory, rows <paramref name="toRow"/> elements apart. These instances do not depend on an epilogue, so all products share them.</summary>
    public static void Store(nint rows, nint vectors, nint k, T* a, nint aRow, nint aColumn, T* b, nint bRow, T* sum, nint sumRow, T* to, nint toRow)
    {
        var store = new TileStore<T>(to, toRow);
        switch (vectors)
        {
            case 1: Store<C1>(rows, k, a, aRow, aColumn, b, bRow, sum, sumRow, ref store); break;
            case 2: Store<C2>(rows, k, a, aRow, aColumn, b, bRow, sum, sumRow, ref store); break;
            default: Store<C3>(rows, k, a, aRow, aColumn, b, bRow, sum, sumRow, ref store); break;
        }
    }

    private static void Store<TVectors>(nint rows, nint k, T* a, nint aRow, nint aColumn, T* b, nint bRow, T* sum, nint sumRow, ref TileStore<T> store)
        where TVectors : IConstant
    {
        switch (rows)
        {
            case 1: Run<C1, TVectors, TileStore<T>>(k, a, aRow, aColumn, b, bRow, sum, sumRow, ref store, 0, 0, 0); break;
            case 2: Run<C2, TVectors, TileStore<T>>(k, a, aRow, aColumn, b, bRow, sum, sumRow, ref store, 0, 0, 0); break;
            case 4: Run<C4, TVectors, TileStore<T>>(k, a, aRow, aColumn, b, bRow, sum, sumRow, ref store, 0, 0, 0); break;
            case 6: Run<C6, TVectors, TileStore<T>>(k, a, aRow, aColumn, b, bRow, sum, sumRow, ref store, 0, 0, 0); break;
            default: Run<C8, TVectors, TileStore<T>>(k, a, aRow, aColumn, b, bRow, sum, sumRow, ref store, 0, 0, 0); break;
        }
    }

    /// <summary>
    /// Up to 8 rows by up to 3 vectors of a·b. The unused accumulators and their statements vanish in the JIT, so one text serves every tile.
    /// </summary>
    /// <param name="k">The number of terms.</param>
    /// <param name="a">The first element of the tile's rows of a.</param>
    /// <param name="aRow">Elements from a row of a to the next.</param>
    /// <param name="aColumn">Elements from a column of a to the next.</param>
    /// <param name="b">The first element of the tile's columns of b, which are adjacent.</param>
    /// <param name="bRow">Elements from a row of b to the next.</param>
    /// <param name="sum">The tile's sum over earlier k, or null.</param>
    /// <param name="sumRow">Elements from a row of <paramref name="sum"/> to the next.</param>
    /// <param name="epilogue">Receives the finished sums.</param>
    /// <param name="batch">The tile's batch, for the epilogue.</param>
    /// <param name="row">The tile's first row, for the epilogue.</param>
    /// <param name="column">The tile's first column, for the epilogue.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Run<TRows, TVectors, TEpilogue>(
        nint k, T* a, nint aRow, nint aColumn, T* b, nint bRow, T* sum, nint sumRow,
        ref TEpilogue epilogue, nint batch, nint row, nint column)
        where TRows : IConstant
        where TVectors : IConstant
        where TEpilogue : struct, IEpilogue<T>
    {
        V c00 = default, c01 = default, c02 = default;
        V c10 = default, c11 = default, c12 = default;
        V c20 = default, c21 = default, c22 = default;
        V c30 = default, c31 = default, c32 = default;
        V c40 = default, c41 = default, c42 = default;
        V c50 = default, c51 = default, c52 = default;
        V c60 = default, c61 = default, c62 = default;
        V c70 = default, c71 = default, c72 = default;

        // Strides in bytes and two base pointers keep every address within base + offset.
        var row1 = aRow * sizeof(T);
        var row2 = row1 * 2;
        var row3 = row1 * 3;
        var a0 = (byte*)a;
        var a4 = a0 + row1 * 4;
        var step = aColumn * sizeof(T);
        for (; k > 0; k--)
        {
            var b0 = V.Load(b);
            var b1 = TVectors.Value > 1 ? V.Load(b + V.Count) : default;
            var b2 = TVectors.Value > 2 ? V.Load(b + 2 * V.Count) : default;
            {
                var x = V.Broadcast(*(T*)a0);
                c00 = V.MultiplyAdd(x, b0, c00);
                if (TVectors.Value > 1) c01 = V.MultiplyAdd(x, b1, c01);
                if (TVectors.Value > 2) c02 = V.MultiplyAdd(x, b2, c02);
            }
            if (TRows.Value > 1)
            {
                var x = V.Broadcast(*(T*)(a0 + row1));
                c10 = V.MultiplyAdd(x, b0, c10);
                if (TVectors.Value > 1) c11 = V.MultiplyAdd(x, b1, c11);
                if (TVectors.Value > 2) c12 = V.MultiplyAdd(x, b2, c12);
            }
            if (TRows.Value > 2)
            {
                var x = V.Broadcast(*(T*)(a0 + row2));
                c20 = V.MultiplyAdd(x, b0, c20);
                if (TVectors.Value > 1) c21 = V.MultiplyAdd(x, b1, c21);
                if (TVectors.Value > 2) c22 = V.MultiplyAdd(x, b2, c22);
            }
            if (TRows.Value > 3)
            {
                var x = V.Broadcast(*(T*)(a0 + row3));
                c30 = V.MultiplyAdd(x, b0, c30);
                if (TVectors.Value > 1) c31 = V.MultiplyAdd(x, b1, c31);
                if (TVectors.Value > 2) c32 = V.MultiplyAdd(x, b2, c32);
            }
            if (TRows.Value > 4)
            {
                var x = V.Broadcast(*(T*)a4);
                c40 = V.MultiplyAdd(x, b0, c40);
                if (TVectors.Value > 1) c41 = V.MultiplyAdd(x, b1, c41);
                if (TVectors.Value > 2) c42 = V.MultiplyAdd(x, b2, c42);
            }
            if (TRows.Value > 5)
            {
                var x = V.Broadcast(*(T*)(a4 + row1));
                c50 = V.MultiplyAdd(x, b0, c50);
                if (TVectors.Value > 1) c51 = V.MultiplyAdd(x, b1, c51);
                if (TVectors.Value > 2) c52 = V.MultiplyAdd(x, b2, c52);
            }
            if (TRows.Value > 6)
            {
                var x = V.Broadcast(*(T*)(a4 + row2));
                c60 = V.MultiplyAdd(x, b0, c60);
                if (TVectors.Value > 1) c61 = V.MultiplyAdd(x, b1, c61);
                if (TVectors.Value > 2) c62 = V.MultiplyAdd(x, b2, c62);
            }
            if (TRows.Value > 7)
            {
                var x = V.Broadcast(*(T*)(a4 + row3));
                c70 = V.MultiplyAdd(x, b0, c70);
                if (TVectors.Value > 1) c71 = V.MultiplyAdd(x, b1, c71);
                if (TVectors.Value > 2) c72 = V.MultiplyAdd(x, b2, c72);
            }
            a0 += step;
            if (TRows.Value > 4) a4 += step;
            b += bRow;
        }

        Finish<TVectors, TEpilogue>(c00, c01, c02, sum, 0, sumRow, ref epilogue, batch, row + 0, column);
        if (TRows.Value > 1) Finish<TVectors, TEpilogue>(c10, c11, c12, sum, 1, sumRow, ref epilogue, batch, row + 1, column);
        if (TRows.Value > 2) Finish<TVectors, TEpilogue>(c20, c21, c22, sum, 2, sumRow, ref epilogue, batch, row + 2, column);
        if (TRows.Value > 3) Finish<TVectors, TEpilogue>(c30, c31, c32, sum, 3, sumRow, ref epilogue, batch, row + 3, column);
        if (TRows.Value > 4) Finish<TVectors, TEpilogue>(c40, c41, c42, sum, 4, sumRow, ref epilogue, batch, row + 4, column);
        if (TRows.Value > 5) Finish<TVectors, TEpilogue>(c50, c51, c52, sum, 5, sumRow, ref epilogue, batch, row + 5, column);
        if (TRows.Value > 6) Finish<TVectors, TEpilogue>(c60, c61, c62, sum, 6, sumRow, ref epilogue, batch, row + 6, column);
        if (TRows.Value > 7) Finish<TVectors, TEpilogue>(c70, c71, c72, sum, 7, sumRow, ref epilogue, batch, row + 7, column);
    }

    /// <summary>Adds a row's earlier sum and hands it to the epilogue.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TVectors, TEpilogue>(
        V c0, V c1, V c2, T* sum, nint i, nint sumRow, ref TEpilogue epilogue, nint batch, nint row, nint column)
        where TVectors : IConstant
        where TEpilogue : struct, IEpilogue<T>
    {
        if (sum != null)
        {
            var s = sum + i * sumRow;
            c0 += V.Load(s);
            if (TVectors.Value > 1) c1 += V.Load(s + V.Count);
            if (TVectors.Value > 2) c2 += V.Load(s + 2 * V.Count);
        }
        epilogue.Store(c0, batch, row, column);
        if (TVectors.Value > 1) epilogue.Store(c1, batch, row, column + V.Count);
        if (TVectors.Value > 2) epilogue.Store(c2, batch, row, column + 2 * V.Count);
    }
}
