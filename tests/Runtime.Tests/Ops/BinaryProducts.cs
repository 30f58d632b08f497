using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Products of signs, which compiled code computes on bits, with what follows in their epilogues.</summary>
[Network]
public partial class BinaryProducts(int n, int m)
{
    [Parameter("n m")] public partial Tensor Weight { get; }

    [Parameter("m", Init = 0.3)] public partial Tensor Scale { get; }

    [return: Shape("b m")]
    public virtual Tensor Both([Shape("b n")] Tensor x) => MatMul(Binarize(x), Binarize(Weight));

    [return: Shape("b m")]
    public virtual Tensor WithZeros([Shape("b n")] Tensor x) => MatMul(Sign(x), Sign(Weight)) + MatMul(Binarize(x), Sign(Weight)) - MatMul(Sign(x), Binarize(Weight));

    [return: Shape("b m")]
    public virtual Tensor Scaled([Shape("b n")] Tensor x) => Relu(MatMul(Where(x >= 0, 1f, -1f), Where(Weight < 0.1, 1f, -1f)) * Scale + Mean(Abs(x), dim: 1, keepDim: true));

    [return: Shape("b b")]
    public virtual Tensor Batches([Shape("b n")] Tensor x) => Sum(MatMul(Unsqueeze(Binarize(x), 0) * Expand(Reshape(Binarize(Scale), m, 1, 1), m, 1, 1), Transpose(Binarize(x))), dim: 0);

    [return: Shape("b n")]
    public virtual Tensor InALoop([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < 3; k++) x = x + 0.001 * MatMul(MatMul(Binarize(x), Binarize(Weight)), Transpose(Weight));
        return x;
    }

    /// <summary>Straight through within [-1, 1], as binary networks are trained.</summary>
    [TensorFunction]
    static Tensor Quantise(Tensor x) => StraightThrough(Binarize(x), Clamp(x, -1, 1));

    [return: Shape("b m")]
    public virtual Tensor Trained([Shape("b n")] Tensor x) => MatMul(Quantise(x), Quantise(Weight)) * Scale;

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Square(Trained(x)));

    [Estimate]
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);

    [Estimate]
    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor InputGradient(Tensor x);

    [Jvp(of: nameof(Trained))]
    public virtual partial (Tensor, Tensor) Change(Tensor x, Tensor dx);

    [Vmap(of: nameof(Trained))]
    public virtual partial Tensor Many([Takes("p b n")] Tensor x);
}

/// <summary>Convolutions of signs: the zeros around an image are no signs.</summary>
[Network]
public partial class BinaryConvolutions(int c = 5, int o = 7)
{
    [Parameter("o c 3 3")] public partial Tensor Weight { get; }

    [Parameter("o", Init = 0.3)] public partial Tensor Scale { get; }

    [return: Shape("b o h w")]
    public virtual Tensor Padded([Shape("b c h w")] Tensor x) => Conv2d(Binarize(x), Binarize(Weight), padding: 1) * Reshape(Scale, o, 1, 1);

    [return: Shape("b o h w")]
    public virtual Tensor PaddedWithOnes([Shape("b c h w")] Tensor x) => Conv2d(Pad(Binarize(x), [1, 1, 1, 1], value: 1), Binarize(Weight));

    [return: Shape("b o (h+1)/2 (w+1)/2")]
    public virtual Tensor Strided([Shape("b c h w")] Tensor x) => Conv2d(Sign(x), Binarize(Weight), bias: Scale, padding: 1, stride: 2);

    [return: Shape("b c h w")]
    public virtual Tensor Grouped([Shape("b c h w")] Tensor x, [Shape("2*c 2*c 1 1")] Tensor weight) =>
        Slice(Conv2d(Binarize(Concat([x, -x, x, 2 * x], dim: 1)), Binarize(weight), groups: 2), dim: 1, 0, c);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b c h w")] Tensor x) =>
        Sum(Square(Conv2d(StraightThrough(Binarize(x), Clamp(x, -1, 1)), StraightThrough(Binarize(Weight), Weight), padding: 1) * Reshape(Scale, o, 1, 1)));

    [Estimate]
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);
}
