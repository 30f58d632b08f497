using static Proxima.Ops;

namespace Proxima;

/// <summary>A learned affine map of the last dimension, with PyTorch's layout and initialisation.</summary>
/// <param name="inputs">The size of the last dimension before.</param>
/// <param name="outputs">The size of the last dimension after.</param>
[Network]
public partial class Linear(int inputs, int outputs)
{
    /// <summary>The matrix: one row per output.</summary>
    [Parameter("outputs inputs")] public partial Tensor Weight { get; }

    /// <summary>What is added to each output.</summary>
    [Parameter("outputs", Init = Init.Bias)] public partial Tensor Bias { get; }

    /// <summary>x times the transposed weight, plus the bias.</summary>
    [return: Shape("... outputs")]
    public virtual Tensor Forward([Shape("... inputs")] Tensor x) => MatMul(x, Transpose(Weight)) + Bias;
}
