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

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    public void Store<V>(V value, nint batch, nint row, nint column) where V : unmanaged, ILane<V, T> =>
        V.Store(_tile + row * _stride + column, value);
}
