using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>Shrinkage functions that the systems of this family share.</summary>
public static class Shrinkage
{
    /// <summary>
    /// The firm threshold: 0 up to <c>threshold</c>, the identity from <c>threshold * (1 + band)</c> on, a straight line between.
    /// It is the soft threshold without its bias on large values, so a network can learn where its support is certain.
    /// </summary>
    /// <remarks>
    /// Gao and Bruce, "WaveShrink with firm shrinkage" (1997); the proximal operator of the minimax concave penalty. As a sum of two soft
    /// thresholds it is differentiable in both parameters wherever it is in <paramref name="v"/>.
    /// </remarks>
    /// <param name="v">The values.</param>
    /// <param name="threshold">Where values stop being zero; positive.</param>
    /// <param name="band">The width of the straight line, as a multiple of the threshold; positive.</param>
    [TensorFunction]
    public static Tensor FirmThreshold(Tensor v, Tensor threshold, Tensor band) =>
        ((1 + band) * SoftThreshold(v, threshold) - SoftThreshold(v, threshold * (1 + band))) / band;
}
