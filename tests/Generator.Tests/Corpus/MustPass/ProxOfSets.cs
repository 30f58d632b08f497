// Sets of the catalogue with computed parameters, moved and scaled.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor W { get; }

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Budget([Shape("b n")] Tensor x) => Sum(BoxSection.Value(x, 0f, 1f, W, 0.5f));

    [Prox(of: nameof(Budget))]
    [Require("1 <= n")]
    public virtual partial Tensor OfBudget(Tensor x, float step);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Few([Shape("b n")] Tensor x) => Sum(SparseSimplex.Value(x - 1, 2f, 1f));

    [Prox(of: nameof(Few))]
    [Require("1 <= n")]
    public virtual partial Tensor OfFew(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Under([Shape("b n")] Tensor x) => Sum(Halfspace.Value(2 * x, Exp(W), 0.5f));

    [Prox(of: nameof(Under))]
    public virtual partial Tensor OfUnder(Tensor x, float step);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Solid([Shape("b n")] Tensor x) => Sum(SolidSimplex.Value(x, 1f));

    [Prox(of: nameof(Solid))]
    [Require("1 <= n")]
    public virtual partial Tensor OfSolid(Tensor x, float step);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Plans([Shape("b n n")] Tensor x, [Shape("n 1")] Tensor rows, [Shape("1 n")] Tensor columns) => Sum(TransportPolytope.Value(x, rows, columns));

    [Prox(of: nameof(Plans))]
    [Require("1 <= n")]
    public virtual partial Tensor OfPlans(Tensor x, Tensor rows, Tensor columns, float step);
}
