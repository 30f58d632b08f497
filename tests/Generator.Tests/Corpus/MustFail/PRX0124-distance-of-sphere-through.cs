// no rule gives the proximal operator of Phi of the distance from Round: the distance has an operator for convex functions only, and Sphere is not convex
// The projection onto a set that is not convex may jump.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Round([Shape("b n")] Tensor x) => Sphere.Value(x, 1f);

    [return: Shape("b")]
    public virtual Tensor Phi([Shape("b")] Tensor d) => Huber.Value(d, 1f);

    [Prox(of: nameof([|Round|]), FunctionOfDistance = nameof(Phi))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Round([Shape("b n")] Tensor x) => L2Ball.Value(x, 1f);

    [return: Shape("b")]
    public virtual Tensor Phi([Shape("b")] Tensor d) => Huber.Value(d, 1f);

    [Prox(of: nameof(Round), FunctionOfDistance = nameof(Phi))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}
