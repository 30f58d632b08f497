// Linear and quadratic terms join any function.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor C { get; }

    [return: Shape("")]
    public virtual Tensor Tilted([Shape("b n")] Tensor x) => Sum(Abs(x)) + Sum(C * x);

    [Prox(of: nameof(Tilted))]
    public virtual partial Tensor OfTilted(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Ridge([Shape("b n")] Tensor x) => Sum(Logistic.Value(x)) + 0.5 * Sum(Square(x - C));

    [Prox(of: nameof(Ridge))]
    public virtual partial Tensor OfRidge(Tensor x, float step);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Shares([Shape("b n")] Tensor x) => Sum(Simplex.Value(x, 1f)) - Sum(C * x);

    [Prox(of: nameof(Shares))]
    [Require("1 <= n")]
    public virtual partial Tensor OfShares(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Weighted([Shape("b n")] Tensor x) => Sum(Abs(x)) + Sum(Exp(C) * Square(x));

    [Prox(of: nameof(Weighted))]
    public virtual partial Tensor OfWeighted(Tensor x, float step);
}
