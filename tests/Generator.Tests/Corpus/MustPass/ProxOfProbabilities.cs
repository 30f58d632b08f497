// Probabilities, inequalities, volumes, and further epigraphs.

using Proxima.Proximal;

[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n")] public partial Tensor Sides { get; }

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Smooth([Shape("b n")] Tensor x) => Sum(LogSumExp(2 * x, dim: -1)) + 0.5 * Sum(Square(x));

    [Prox(of: nameof(Smooth))]
    [Require("1 <= n")]
    public virtual partial Tensor OfSmooth(Tensor x, float step);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Entropic([Shape("b n")] Tensor x, [Shape("b n")] Tensor cost) => Sum(SimplexEntropy.Value(x)) + Sum(cost * x);

    [Prox(of: nameof(Entropic), wrt: "x")]
    [Require("1 <= n")]
    public virtual partial Tensor OfEntropic(Tensor x, Tensor cost, float step);

    [return: Shape("b")]
    [Require("1 <= m")]
    public virtual Tensor Within([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Polyhedron.Value(x - 1, Sides, y) + 0.5 * Sum(Square(x), dim: 1);

    [Prox(of: nameof(Within), wrt: "x")]
    [Require("1 <= m")]
    public virtual partial Tensor OfWithin(Tensor x, Tensor y, Tensor step);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Volumes([Shape("b n n n")] Tensor x) => Sum(TotalVariationOfLines3d.Value(x)) + Sum(Abs(x)) / 4;

    [Prox(of: nameof(Volumes))]
    [Require("1 <= n")]
    public virtual partial Tensor OfVolumes(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Margins([Shape("b n 2")] Tensor x) => Sum(SquaredHingeEpigraph.Value(x)) + Sum(Square(x));

    [Prox(of: nameof(Margins))]
    public virtual partial Tensor OfMargins(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Barrier([Shape("b n")] Tensor x) => Sum(LogBarrier.Value(L2Norm.Value(x - 1), 2f));

    [Prox(of: nameof(Barrier))]
    public virtual partial Tensor OfBarrier(Tensor x, float step);
}
