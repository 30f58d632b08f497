using Proxima.Runtime;

namespace Proxima.Tests;

/// <summary>Keeps a product of m rows and n columns, and counts how often each element arrives.</summary>
internal unsafe struct Kept<T>(T* c, int* count, nint m, nint n) : IEpilogue<T>
    where T : unmanaged
{
    public static bool IsHeavy => false;

    public readonly void Store<V>(V value, nint batch, nint row, nint column) where V : unmanaged, ILane<V, T>
    {
        if (row < 0 || row >= m || column < 0 || column > n - V.Count)
            throw new InvalidOperationException($"({row}, {column}) lies outside of {m} x {n}.");
        var at = (batch * m + row) * n + column;
        V.Store(c + at, value);
        for (var i = 0; i < V.Count; i++)
            Interlocked.Increment(ref count[at + i]);
    }
}
