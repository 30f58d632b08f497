// Values that are moved, scaled and rearranged.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor C { get; }

    [return: Shape("")]
    public virtual Tensor Moved([Shape("b n")] Tensor x) => Sum(Abs(2 * x - C));

    [Prox(of: nameof(Moved))]
    public virtual partial Tensor OfMoved(Tensor x, float step);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Turned([Shape("n n")] Tensor x) => Sum(LInfNorm.Value(Transpose(x)));

    [Prox(of: nameof(Turned))]
    [Require("1 <= n")]
    public virtual partial Tensor OfTurned(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Halved([Shape("b n")] Tensor x) => Sum(Huber.Value((C - x) / 2, 0.5f));

    [Prox(of: nameof(Halved))]
    public virtual partial Tensor OfHalved(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Flat([Shape("n n")] Tensor x) => L2Norm.Value(Reshape(x, n * n));

    [Prox(of: nameof(Flat))]
    public virtual partial Tensor OfFlat(Tensor x, float step);
}
