// Multiples of a function, with weights for each element or group, and constants beside it.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor W { get; }

    [return: Shape("")]
    public virtual Tensor Weighted([Shape("b n")] Tensor x) => Sum(Exp(W) * Abs(x)) / 2 + 3;

    [Prox(of: nameof(Weighted))]
    public virtual partial Tensor OfWeighted(Tensor x, float step);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Grouped([Shape("b n")] Tensor x) => Sum(Abs(W[0]) * L2Norm.Value(x));

    [Prox(of: nameof(Grouped))]
    [Require("1 <= n")]
    public virtual partial Tensor OfGrouped(Tensor x, float step);

    [return: Shape("b")]
    public virtual Tensor Samples([Shape("b n")] Tensor x) => 2 * L2Norm.Value(x);

    [Prox(of: nameof(Samples))]
    public virtual partial Tensor OfSamples(Tensor x, [Shape("b")] Tensor step);
}
