// Total variation, orders and equal elements, then a function of each element that is the same for all.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Fused([Shape("b n")] Tensor x) => Sum(TotalVariation.Value(x)) + Sum(Abs(x)) / 4;

    [Prox(of: nameof(Fused))]
    [Require("1 <= n")]
    public virtual partial Tensor OfFused(Tensor x, float step);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Ordered([Shape("b n")] Tensor x) => Sum(MonotoneCone.Value(x)) + Sum(Box.Value(x, -1f, 1f));

    [Prox(of: nameof(Ordered))]
    [Require("1 <= n")]
    public virtual partial Tensor OfOrdered(Tensor x, float step);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Constant([Shape("b n n")] Tensor x) => Sum(Toeplitz.Value(x)) + Sum(Huber.Value(x, 0.5f));

    [Prox(of: nameof(Constant))]
    [Require("1 <= n")]
    public virtual partial Tensor OfConstant(Tensor x, float step);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Images([Shape("b n n")] Tensor x) => Sum(TotalVariationOfLines.Value(x)) + Sum(Abs(x)) / 4;

    [Prox(of: nameof(Images))]
    [Require("1 <= n")]
    public virtual partial Tensor OfImages(Tensor x, float step);
}
