using System.Runtime.CompilerServices;

namespace Proxima.Runtime;

/// <summary>What becomes of the finished sums of a matrix product: the rest of a fused kernel.</summary>
/// <remarks>
/// Implemented by generated structs that hold pointers. Every element of the product is handed over exactly once, from any
/// thread and in any order.
/// </remarks>
/// <typeparam name="T">The element.</typeparam>
public interface IEpilogue<T>
    where T : unmanaged
{
    /// <summary>Whether <see cref="Store"/> is so long that it should run over finished tiles in cache instead of inside the innermost loop's method.</summary>
    static abstract bool IsHeavy { get; }

    /// <summary>Takes the <c>V.Count</c> adjacent elements that begin at (batch, row, column).</summary>
    void Store<V>(V value, nint batch, nint row, nint column) where V : unmanaged, ILane<V, T>;
}

/// <summary>Keeps a tile in memory.</summary>
internal unsafe struct TileStore<T>(T* tile, nint stride) : IEpilogue<T>
    where T : unmanaged
{
    private readonly T* _tile = tile;
    private readonly nint _stride = stride;

    public static bool IsHeavy => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<V>(V value, nint batch, nint row, nint column) where V : unmanaged, ILane<V, T> =>
        V.Store(_tile + row * _stride + column, value);
}

/// <summary>Hands finished elements from memory to an epilogue.</summary>
/// <remarks>The epilogue is copied to a local: stores through its pointers could change what lies in memory.</remarks>
internal static unsafe class Finish<V, N, S, T, TEpilogue>
    where V : unmanaged, ILane<V, T>
    where N : unmanaged, ILane<N, T>
    where S : unmanaged, ILane<S, T>
    where T : unmanaged
    where TEpilogue : struct, IEpilogue<T>
{
    /// <summary>Rows that lie <paramref name="stride"/> elements apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Rows(in TEpilogue to, T* values, nint stride, nint rows, nint batch, nint row, nint column, nint columns)
    {
        var epilogue = to;
        for (; rows > 0; rows--, row++, values += stride)
        {
            nint j = 0;
            for (; j <= columns - V.Count; j += V.Count)
                epilogue.Store(V.Load(values + j), batch, row, column + j);
            for (; j <= columns - N.Count; j += N.Count)
                epilogue.Store(N.Load(values + j), batch, row, column + j);
            for (; j < columns; j++)
                epilogue.Store(S.Load(values + j), batch, row, column + j);
        }
    }

    /// <summary>The same where rows and columns have changed places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Columns(in TEpilogue to, T* values, nint stride, nint rows, nint batch, nint row, nint column, nint columns)
    {
        var epilogue = to;
        for (; rows > 0; rows--, row++, values += stride)
        {
            for (nint j = 0; j < columns; j++)
                epilogue.Store(S.Load(values + j), batch, column + j, row);
        }
    }
}
