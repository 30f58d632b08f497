// Powers, of which some are other operations, and what a number decides.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("", Init = 1.5)] public partial Tensor Power { get; }

    [return: Shape("")]
    public virtual Tensor Learned([Shape("b n")] Tensor x) => Sum(AbsolutePower.Value(x - 1, Power));

    [Prox(of: nameof(Learned))]
    public virtual partial Tensor OfLearned(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Root([Shape("b n")] Tensor x) => 2 * Sum(NegativePower.Value(x, 0.5f)) + Sum(x);

    [Prox(of: nameof(Root))]
    public virtual partial Tensor OfRoot(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Inverse([Shape("b n")] Tensor x) => Sum(InversePower.Value(3 * x, 1f));

    [Prox(of: nameof(Inverse))]
    public virtual partial Tensor OfInverse(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor InverseSquare([Shape("b n")] Tensor x) => Sum(InversePower.Value(x, 2f)) / 2;

    [Prox(of: nameof(InverseSquare))]
    public virtual partial Tensor OfInverseSquare(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Variance([Shape("b n")] Tensor x) => Sum(LogPower.Value(x, 0.75f, -1f));

    [Prox(of: nameof(Variance))]
    public virtual partial Tensor OfVariance(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Ratio([Shape("b n 2")] Tensor x) => 0.5 * Sum(PowerDivergence.Value(x, -0.5f)) + Sum(x);

    [Prox(of: nameof(Ratio))]
    public virtual partial Tensor OfRatio(Tensor x, float step);

    [return: Shape("b")]
    public virtual Tensor Away([Shape("b n")] Tensor x) => 0.5 * Sum(Square(x), dim: 1) - Norm(x, 2, dim: 1);

    [Prox(of: nameof(Away))]
    public virtual partial Tensor OfAway(Tensor x, Tensor step);
}
