using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Arguments whose dimensions are formulas: they bind the names in them, and are known to be what they say.</summary>
[Network]
public partial class Formulas(int c)
{
    [return: Shape("n c")]
    public virtual Tensor Evens([Shape("2*n c")] Tensor x) => Slice(x, dim: 0, start: 0, end: x.Dim(0), step: 2);

    [return: Shape("n c")]
    public virtual Tensor Pairs([Shape("2*n c")] Tensor x) => Sum(Reshape(x, -1, 2, c), dim: 1);

    [return: Shape("b n")]
    public virtual Tensor Valid([Shape("b n+3")] Tensor x) => x[.., 1..^2] - x[.., ..(x.Dim(1) - 3)];

    [return: Shape("m c")]
    [Require("m <= n")]
    public virtual Tensor First([Shape("n c")] Tensor x, [Shape("m")] Tensor like) => x[..like.Dim(0)] * Unsqueeze(like, 1);

    [return: Shape("n c")]
    public virtual Tensor Both([Shape("4*n c")] Tensor x, [Shape("n")] Tensor y) => Evens(Pairs(x)) + First(x, y);

    [return: Shape("c"), Shape("n/2 c")]
    public virtual (Tensor, Tensor) Halves([Shape("n c")] Tensor x)
    {
        var half = x.Dim(0) / 2;
        var low = x[..half];
        var high = x[half..(2 * half)];
        return (Sum(Concat([low, high, x[(2 * half)..]], dim: 0), dim: 0), Maximum(low, high));
    }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("4*n c")] Tensor x, [Shape("n")] Tensor y) => Sum(Square(Both(x, y)));

    [Gradient(of: nameof(Loss), wrt: "x, y")]
    public virtual partial (Tensor, Tensor) LossGradient(Tensor x, Tensor y);

    [Jvp(of: nameof(Both))]
    public virtual partial (Tensor Value, Tensor Change) Push(Tensor x, Tensor y, Tensor changeOfX, Tensor changeOfY);
}
