// Normalisation over the last dimension, declared in the language.
[Network]
public partial class Net(int width, float epsilon = 1e-5f)
{
    [Parameter("width", Init = 1)] public partial Tensor Gain { get; }
    [Parameter("width", Init = 0)] public partial Tensor Bias { get; }

    [return: Shape("... width")]
    public virtual Tensor Forward([Shape("... width")] Tensor x)
    {
        var mean = Mean(x, dim: -1, keepDim: true);
        var centered = x - mean;
        var variance = Mean(Square(centered), dim: -1, keepDim: true);
        return centered * Rsqrt(variance + epsilon) * Gain + Bias;
    }
}
