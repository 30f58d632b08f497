// Functions written out are those of the catalogue.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Variation([Shape("b n")] Tensor x) => Sum(Abs(x[.., 1..] - x[.., ..^1])) / 2;

    [Prox(of: nameof(Variation))]
    [Require("1 <= n")]
    public virtual partial Tensor OfVariation(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Robust([Shape("b n")] Tensor x) => Sum(Where(Abs(x) <= 0.5, 0.5 * Square(x), 0.5 * (Abs(x) - 0.25)));

    [Prox(of: nameof(Robust))]
    public virtual partial Tensor OfRobust(Tensor x, float step);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Largest([Shape("b n")] Tensor x) => Sum(Max(Abs(x), dim: 1));

    [Prox(of: nameof(Largest))]
    [Require("1 <= n")]
    public virtual partial Tensor OfLargest(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Barrier([Shape("b n")] Tensor x) => -Sum(Log(3 - x));

    [Prox(of: nameof(Barrier))]
    public virtual partial Tensor OfBarrier(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Groups([Shape("b n")] Tensor x) => Sum(Norm(x, 2, dim: 1));

    [Prox(of: nameof(Groups))]
    public virtual partial Tensor OfGroups(Tensor x, float step);
}
