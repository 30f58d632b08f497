// Functions that have no entry of their own: other names, and compositions.

using Proxima.Proximal;

[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Nonpositive([Shape("b n")] Tensor x) => Sum(NonnegativeOrthant.Value(-x));

    [Prox(of: nameof(Nonpositive))]
    public virtual partial Tensor OfNonpositive(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Mirrored([Shape("b 3")] Tensor x) => Sum(ExponentialCone.Value(-x));

    [Prox(of: nameof(Mirrored), Conjugate = true)]
    public virtual partial Tensor OfDual(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Bent([Shape("b n")] Tensor x) => Sum(0.5 * x + 0.25 * NegativeLog.Value(x + 0.5));

    [Prox(of: nameof(Bent))]
    public virtual partial Tensor OfBent(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor SlabBarrier([Shape("b n")] Tensor x, [Shape("n")] Tensor normal) => Sum(LogBarrier.Value(Sum(normal * x, dim: 1) - 1, 2f));

    [Prox(of: nameof(SlabBarrier), wrt: "x")]
    public virtual partial Tensor OfSlabBarrier(Tensor x, Tensor normal, float step);

    [return: Shape("")]
    public virtual Tensor BallDistance([Shape("b n")] Tensor x) => Sum(L2Ball.Value(x, 1f));

    [Prox(of: nameof(BallDistance), Envelope = 1)]
    public virtual partial Tensor OfSquaredDistance(Tensor x, float step);

    // p^1.5 / √q is 0.75 times the divergence of order 1.5 and a linear function.
    [return: Shape("")]
    public virtual Tensor Renyi([Shape("b n 2")] Tensor x) => 0.75 * Sum(PowerDivergence.Value(x, 1.5f)) + 1.5 * Sum(x[.., .., 0]) - 0.5 * Sum(x[.., .., 1]);

    [Prox(of: nameof(Renyi))]
    public virtual partial Tensor OfRenyi(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Difference([Shape("b n 2")] Tensor x) => Sum(TotalVariation.Value(x)) + Sum(NonnegativeOrthant.Value(x));

    [Prox(of: nameof(Difference))]
    public virtual partial Tensor OfDifference(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Lengths([Shape("b n")] Tensor x) => Sum(Insensitive.Value(L2Norm.Value(x), 0.5f));

    [Prox(of: nameof(Lengths))]
    public virtual partial Tensor OfLengths(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Ridged([Shape("n n")] Tensor x) => Rank.Value(x) + 0.5 * Sum(Square(x));

    [Prox(of: nameof(Ridged))]
    public virtual partial Tensor OfRidged(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Schatten([Shape("n n")] Tensor x)
    {
        var (_, values, _) = Svd(x);
        return Sum(ThreeHalvesPower.Value(values));
    }

    [Prox(of: nameof(Schatten))]
    public virtual partial Tensor OfSchatten(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor LogPoisson([Shape("b n")] Tensor x, [Shape("b n")] Tensor counts) => Sum(Exponential.Value(-0.5 * x)) + 0.5 * Sum(counts * x);

    [Prox(of: nameof(LogPoisson), wrt: "x")]
    public virtual partial Tensor OfLogPoisson(Tensor x, Tensor counts, float step);

    [return: Shape("")]
    public virtual Tensor Logits([Shape("b n")] Tensor x, [Shape("b n")] Tensor label) => Sum(Softplus(x) - label * x);

    [Prox(of: nameof(Logits), wrt: "x")]
    public virtual partial Tensor OfLogits(Tensor x, Tensor label, float step);

    [return: Shape("")]
    public virtual Tensor Positive([Shape("b n")] Tensor x) => Sum(NonnegativeOrthant.Value(x)) + Sum(L2Ball.Value(x, 1f));

    [Prox(of: nameof(Positive))]
    public virtual partial Tensor OfPositive(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Wrapped([Shape("n")] Tensor x, [Shape("m")] Tensor y) => 0.5 * Sum(Square(MatMul(A, x) - y));

    [Prox(of: nameof(Wrapped), wrt: "x")]
    public virtual partial Tensor OfWrapped(Tensor x, Tensor y, float step);
}
