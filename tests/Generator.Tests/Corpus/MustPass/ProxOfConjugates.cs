// Conjugates, Moreau envelopes, both, and distances.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Groups([Shape("b n")] Tensor x) => L2Norm.Value(x) + Sum(Abs(x), dim: 1);

    [return: Shape("b")]
    [Require("1 <= n")]
    public virtual Tensor Shares([Shape("b n")] Tensor x) => Simplex.Value(x, 1f);

    [Prox(of: nameof(Groups), Conjugate = true)]
    public virtual partial Tensor Dual(Tensor x, [Shape("b")] Tensor step);

    [Prox(of: nameof(Groups), Envelope = 0.5)]
    public virtual partial Tensor Smooth(Tensor x, [Shape("b")] Tensor step);

    [Prox(of: nameof(Groups), Conjugate = true, Envelope = 0.5)]
    public virtual partial Tensor SmoothDual(Tensor x, [Shape("b")] Tensor step);

    [Prox(of: nameof(Shares), Distance = true)]
    [Require("1 <= n")]
    public virtual partial Tensor Far(Tensor x, [Shape("b")] Tensor step);

    [Prox(of: nameof(Shares), Distance = true, Envelope = 1)]
    [Require("1 <= n")]
    public virtual partial Tensor SquaredFar(Tensor x, [Shape("b")] Tensor step);
}
