// Functions of the distance from a set, and what remains of a function where a map is known.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n n", Init = Init.Orthogonal)] public partial Tensor Basis { get; }

    [return: Shape("b")]
    [Require("1 <= n")]
    public virtual Tensor Shares([Shape("b n")] Tensor x) => Simplex.Value(x, 1f);

    [return: Shape("")]
    public virtual Tensor Limits([Shape("b n")] Tensor x) => Sum(Box.Value(x, -1f, 1f));

    [return: Shape("b")]
    public virtual Tensor Robust([Shape("b")] Tensor d, [Shape("b")] Tensor weight) => Exp(weight) * Huber.Value(d, 0.5f) + d / 4;

    [return: Shape("")]
    public virtual Tensor Cube([Shape("")] Tensor d) => CubedAbsolute.Value(2 * d) + Square(d);

    [return: Shape("b")]
    public virtual Tensor Sizes([Shape("b n")] Tensor x) => Sum(Abs(x - 1), dim: 1);

    [return: Shape("b n")]
    public virtual Tensor Scaled([Shape("b n")] Tensor x, [Shape("n")] Tensor scale) => x * Exp(scale);

    [return: Shape("b n")]
    public virtual Tensor Turned([Shape("b n")] Tensor x) => MatMul(-x, Basis) / 2;

    [Prox(of: nameof(Shares), FunctionOfDistance = nameof(Robust))]
    [Require("1 <= n")]
    public virtual partial Tensor Near(Tensor x, [Shape("b")] Tensor weight, [Shape("b")] Tensor step);

    [Prox(of: nameof(Limits), FunctionOfDistance = nameof(Cube), Conjugate = true)]
    public virtual partial Tensor Dual(Tensor x, float step);

    [Prox(of: nameof(Sizes), Image = nameof(Scaled))]
    public virtual partial Tensor OfScaled(Tensor x, [Shape("n")] Tensor scale, [Shape("b")] Tensor step);

    [Prox(of: nameof(Sizes), Image = nameof(Turned), Tight = nameof(Basis))]
    public virtual partial Tensor OfTurned(Tensor x, [Shape("b")] Tensor step);
}
