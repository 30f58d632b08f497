// no rule gives the proximal operator of Phi of the distance from Round: a function of a distance is convex and rises from 0 on, as a function of the catalogue with φ(-t) = φ(t), a square or a multiple of the distance does, and Hinge is not known to; a splitting takes the set and a smooth function of the distance apart: Algorithm.Ista with the gradient of the latter
// A function that falls first is least at a distance from the set, and not convex in x.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Round([Shape("b n")] Tensor x) => L2Ball.Value(x, 0.5f);

    [return: Shape("b")]
    public virtual Tensor Phi([Shape("b")] Tensor d) => Hinge.Value(d);

    [Prox(of: nameof([|Round|]), FunctionOfDistance = nameof(Phi))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Round([Shape("b n")] Tensor x) => L2Ball.Value(x, 0.5f);

    [return: Shape("b")]
    public virtual Tensor Phi([Shape("b")] Tensor d) => Huber.Value(d, 1f);

    [Prox(of: nameof(Round), FunctionOfDistance = nameof(Phi))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}
