using System.Runtime.Intrinsics;

namespace Proxima.Runtime;

/// <summary>The vector widths of this machine, in elements.</summary>
/// <remarks>Kernels choose their lane by <c>Vector512.IsHardwareAccelerated</c> and <c>Vector256.IsHardwareAccelerated</c>, which the JIT folds.</remarks>
public static class Simd
{
    /// <summary>Floats in the widest vector: 16, 8 or 4.</summary>
    public static int FloatWidth => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;

    /// <summary>Doubles in the widest vector: 8, 4 or 2.</summary>
    public static int DoubleWidth => FloatWidth / 2;

    /// <summary>Element by element, for processors without masked loads.</summary>
    internal static unsafe V LoadMasked<V, T>(T* p, V mask)
        where V : unmanaged, ILane<V, T>
        where T : unmanaged
    {
        var bits = stackalloc byte[V.Count * sizeof(T)];
        var elements = stackalloc T[V.Count];
        V.Store((T*)bits, mask);
        for (var i = 0; i < V.Count; i++) elements[i] = bits[i * sizeof(T)] != 0 ? p[i] : default;
        return V.Load(elements);
    }

    /// <summary>Element by element, for processors without masked stores.</summary>
    internal static unsafe void StoreMasked<V, T>(T* p, V v, V mask)
        where V : unmanaged, ILane<V, T>
        where T : unmanaged
    {
        var bits = stackalloc byte[V.Count * sizeof(T)];
        var elements = stackalloc T[V.Count];
        V.Store((T*)bits, mask);
        V.Store(elements, v);
        for (var i = 0; i < V.Count; i++)
            if (bits[i * sizeof(T)] != 0) p[i] = elements[i];
    }
}
