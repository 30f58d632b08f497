using static Proxima.Ops;

namespace Proxima;

/// <summary>Brings the last dimension to mean 0 and variance 1, then scales and shifts it (Ba, Kiros and Hinton 2016).</summary>
/// <param name="width">The size of the last dimension.</param>
[Network]
public partial class LayerNorm(int width)
{
    /// <summary>The scale of each position.</summary>
    [Parameter("width", Init = Init.Ones)] public partial Tensor Weight { get; }

    /// <summary>The shift of each position.</summary>
    [Parameter("width", Init = Init.Zeros)] public partial Tensor Bias { get; }

    /// <summary>The normalised values; 1e-5 is added to the variance.</summary>
    [return: Shape("... width")]
    public virtual Tensor Forward([Shape("... width")] Tensor x) => LayerNorm(x, Weight, Bias);
}
