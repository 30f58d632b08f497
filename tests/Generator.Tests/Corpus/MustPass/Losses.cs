// Losses are scalars; their gradients are ordinary methods.
[Network]
public partial class Net(int n, int classes)
{
    [Parameter("n classes")] public partial Tensor Weight { get; }
    [Parameter("classes")] public partial Tensor Bias { get; }

    [return: Shape("b classes")]
    public virtual Tensor Logits([Shape("b n")] Tensor x) => MatMul(x, Weight) + Bias;

    [return: Shape("")]
    public virtual Tensor Classify([Shape("b n")] Tensor x, [Shape("b", DType.Int64)] Tensor target) => CrossEntropy(Logits(x), target);

    [return: Shape("")]
    public virtual Tensor Regress([Shape("b n")] Tensor x, [Shape("b classes")] Tensor target) => MseLoss(Logits(x), target);

    [Gradient(of: nameof(Classify))]
    public virtual partial Gradients ClassifyGradient(Tensor x, Tensor target);

    [Gradient(of: nameof(Regress))]
    public virtual partial Gradients RegressGradient(Tensor x, Tensor target);
}
