using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>The scalar losses.</summary>
[Network]
public partial class Losses
{
    [return: Shape("")]
    public virtual Tensor MeanSquared([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => MseLoss(x, y);

    [Gradient(of: nameof(MeanSquared), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) MeanSquaredGradient(Tensor x, Tensor y);

    [return: Shape("")]
    public virtual Tensor Entropy([Shape("b n")] Tensor x, [Shape("b", DType.Int64), Below("n")] Tensor target) => CrossEntropy(x, target);

    [Gradient(of: nameof(Entropy), wrt: "x")]
    public virtual partial Tensor EntropyGradient(Tensor x, Tensor target);
}

/// <summary>The standard layers, which another assembly declares and carries as text.</summary>
[Network]
public partial class StandardLayers(int inputs, int hidden, int outputs)
{
    readonly Linear affine = new(inputs, hidden);
    readonly LayerNorm norm = new(hidden);
    readonly Mlp perceptron = new(hidden, hidden, outputs, depth: 3);

    [return: Shape("b outputs")]
    public virtual Tensor Forward([Shape("b inputs")] Tensor x) => perceptron.Forward(norm.Forward(affine.Forward(x)));

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b inputs")] Tensor x, [Shape("b outputs")] Tensor target) => MseLoss(Forward(x), target);

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor target);

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor InputGradient(Tensor x, Tensor target);
}

/// <summary>Leading batch dimensions of any number.</summary>
[Network]
public partial class LeadingDims(int n, int m)
{
    [Parameter("n m")] public partial Tensor Weight { get; }

    [return: Shape("... m")]
    public virtual Tensor Forward([Shape("... n")] Tensor x) => Tanh(MatMul(x, Weight));

    [return: Shape("... n")]
    public virtual Tensor Both([Shape("... n")] Tensor x, [Shape("... n")] Tensor y) => x * Sum(y, dim: -1, keepDim: true);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("... n")] Tensor x) => Sum(Square(Forward(x)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);
}
