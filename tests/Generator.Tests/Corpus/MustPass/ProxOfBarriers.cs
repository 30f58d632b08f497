// Barriers beside penalties, of numbers and of eigenvalues; samples of convolutions, distances from a point, atoms that move.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Barrier([Shape("b n")] Tensor x) => 2 * Sum(BurgCauchy.Value(x - 1, 3f, 0.5f)) + 0.5 * Sum(Square(x));

    [Prox(of: nameof(Barrier))]
    public virtual partial Tensor OfBarrier(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Precision([Shape("n n")] Tensor x, [Shape("n n")] Tensor covariance)
    {
        var (values, _) = Eigh(x);
        return Sum(BurgLogSum.Value(values, 3f, 0.5f)) + Sum(covariance * x);
    }

    [Prox(of: nameof(Precision), wrt: "x")]
    public virtual partial Tensor OfPrecision(Tensor x, Tensor covariance, float step);

    [return: Shape("")]
    public virtual Tensor Inverses([Shape("n n")] Tensor x)
    {
        var (values, _) = Eigh(x);
        return Sum(LogPower.Value(values, 0.5f, -2f));
    }

    [Prox(of: nameof(Inverses))]
    public virtual partial Tensor OfInverses(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Covariance([Shape("n n")] Tensor x) => NegativeLogDet.Value(x) + 0.25 * Sum(Square(x));

    [Prox(of: nameof(Covariance))]
    public virtual partial Tensor OfCovariance(Tensor x, float step);

    [return: Shape("b")]
    [Require("1 <= n")]
    public virtual Tensor Sharpened([Shape("b 3*n")] Tensor x, [Shape("3*n")] Tensor kernel, [Shape("b n")] Tensor y) => DownsampledFit.Value(x, kernel, y);

    [Prox(of: nameof(Sharpened), wrt: "x")]
    [Require("1 <= n")]
    public virtual partial Tensor OfSharpened(Tensor x, Tensor kernel, Tensor y, Tensor step);

    [return: Shape("")]
    public virtual Tensor Cone([Shape("b n+1")] Tensor x, [Shape("n")] Tensor tip) => Sum(DistanceEpigraph.Value(x, tip, 2f));

    [Prox(of: nameof(Cone), wrt: "x")]
    public virtual partial Tensor OfCone(Tensor x, Tensor tip, float step);

    [return: Shape("")]
    public virtual Tensor Atoms([Shape("b n 4")] Tensor x) => 0.5 * Sum(ConicCardinality.Value(x, 0.5f)) + 0.5 * Sum(Square(x));

    [Prox(of: nameof(Atoms))]
    public virtual partial Tensor OfAtoms(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Labels([Shape("b n")] Tensor x, [Shape("b n")] Tensor label) => Sum(BernoulliLoss.Value(x, label));

    [Prox(of: nameof(Labels), wrt: "x")]
    public virtual partial Tensor OfLabels(Tensor x, Tensor label, float step);
}
