// Functions of overlapping values: their sum has no operator, their average has.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n n")] public partial Tensor Basis { get; }

    [return: Shape("")]
    [Require("3 <= n")]
    public virtual Tensor Overlapping([Shape("b n")] Tensor x) => Sum(L2Norm.Value(x[.., ..2])) + Sum(L2Norm.Value(x[.., 1..])) + 0.5 * Sum(Square(x));

    [Prox(of: nameof(Overlapping), Average = true)]
    [Require("3 <= n")]
    public virtual partial Tensor OfOverlapping(Tensor x, float step);

    [return: Shape("b")]
    public virtual Tensor Both([Shape("b n")] Tensor x) => Sum(Abs(x), dim: 1) + Sum(Huber.Value(MatMul(x, Basis), 0.5f), dim: 1);

    [Prox(of: nameof(Both), Average = true, Tight = nameof(Basis))]
    public virtual partial Tensor OfBoth(Tensor x, Tensor step);

    [Prox(of: nameof(Both), Average = true, Tight = nameof(Basis), Conjugate = true)]
    public virtual partial Tensor OfConjugate(Tensor x, Tensor step);
}
