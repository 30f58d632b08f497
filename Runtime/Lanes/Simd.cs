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
}
