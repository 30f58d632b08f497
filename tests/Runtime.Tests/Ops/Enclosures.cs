using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Bounds as methods: values and gradients on every target.</summary>
[Network]
public partial class Enclosures(int n, int m = 3)
{
    [Parameter("n m", Init = Init.XavierNormal)] public partial Tensor First { get; }

    [Parameter("m m", Init = Init.Normal)] public partial Tensor Second { get; }

    [Parameter("m", Init = 0.1)] public partial Tensor Bias { get; }

    [return: Shape("b m")]
    public virtual Tensor Perceptron([Shape("b n")] Tensor x) => MatMul(Relu(MatMul(x, First) + Bias), Second) - Bias;

    [return: Shape("b m")]
    public virtual Tensor Smooth([Shape("b n")] Tensor x) => Sigmoid(MatMul(Tanh(MatMul(x, First)), Second));

    [Bounds(of: nameof(Perceptron))]
    public virtual partial (Tensor Lower, Tensor Upper) PerceptronRange(Tensor x, Tensor upper);

    [Bounds(of: nameof(Perceptron), Method = BoundMethod.Crown)]
    public virtual partial (Tensor Lower, Tensor Upper) PerceptronEnclosure(Tensor x, Tensor upper);

    [Bounds(of: nameof(Smooth), Method = BoundMethod.Crown)]
    public virtual partial (Tensor Lower, Tensor Upper) SmoothEnclosure(Tensor x, Tensor upper);

    [Lipschitz(of: nameof(Smooth))]
    public virtual partial Tensor Speed(Tensor x);

    /// <summary>Without a matrix: each element twice, weighted, some of them in one place; then differences of neighbours.</summary>
    [return: Shape("b m")]
    public virtual Tensor Picked([Shape("b n")] Tensor x)
    {
        var places = Minimum(FloorDivide(Arange(2 * n), 2), Math.Max(n - 2, 0));
        var weights = Sin(Arange(2 * n).To(DType.Float32)) + 1.5;
        return MatMul(weights[..n] * (weights * IndexSelect(x, 1, places))[.., n..], First);
    }

    [Lipschitz(of: nameof(Picked))]
    public virtual partial Tensor PickedSpeed(Tensor x);

    [PathNorm(of: nameof(Perceptron), Power = 2)]
    public virtual partial Tensor Paths(Tensor x);

    [return: Shape("")]
    public virtual Tensor RangeLoss([Shape("b n")] Tensor x, [Shape("b m")] Tensor w)
    {
        var (lower, upper) = PerceptronRange(x - 0.1, x + 0.2);
        return Sum(w * Softplus(lower)) + Sum(Square(upper - lower));
    }

    [Gradient(of: nameof(RangeLoss))]
    public virtual partial Gradients RangeGradient(Tensor x, Tensor w);

    [return: Shape("")]
    public virtual Tensor EnclosureLoss([Shape("b n")] Tensor x, [Shape("b m")] Tensor w)
    {
        var (lower, upper) = PerceptronEnclosure(x - 0.1, x + 0.2);
        var (low, high) = SmoothEnclosure(x - 0.1, x + 0.2);
        return Sum(w * (upper - lower)) + Sum(high - w * low);
    }

    [Gradient(of: nameof(EnclosureLoss))]
    public virtual partial Gradients EnclosureGradient(Tensor x, Tensor w);
}
