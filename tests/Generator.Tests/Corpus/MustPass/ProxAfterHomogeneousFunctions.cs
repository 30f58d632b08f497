// Positively homogeneous functions, cones among them, then the norm or its ball.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor SparseGroups([Shape("b n")] Tensor x) => Sum(Abs(x)) / 2 + Sum(L2Norm.Value(x));

    [Prox(of: nameof(SparseGroups))]
    public virtual partial Tensor OfSparseGroups(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor NonnegativeGroups([Shape("b n")] Tensor x) => Sum(NonnegativeOrthant.Value(x)) + Sum(L2Norm.Value(x));

    [Prox(of: nameof(NonnegativeGroups))]
    public virtual partial Tensor OfNonnegativeGroups(Tensor x, float step);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor InCone([Shape("b n")] Tensor x) => Sum(MonotoneCone.Value(x)) + Sum(L2Ball.Value(x, 1f));

    [Prox(of: nameof(InCone))]
    [Require("1 <= n")]
    public virtual partial Tensor OfInCone(Tensor x, float step);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor PiecewiseGroups([Shape("b n")] Tensor x) => Sum(TotalVariation.Value(x)) + Sum(L2Norm.Value(x));

    [Prox(of: nameof(PiecewiseGroups))]
    [Require("1 <= n")]
    public virtual partial Tensor OfPiecewiseGroups(Tensor x, float step);
}
