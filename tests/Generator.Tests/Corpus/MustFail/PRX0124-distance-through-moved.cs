// no rule gives the proximal operator of Phi of the distance from Round: a function of a distance is convex and rises from 0 on, as a function of the catalogue with φ(-t) = φ(t), a square or a multiple of the distance does, and the square of 'd - 1' is not known to; a splitting takes the set and a smooth function of the distance apart: Algorithm.Ista with the gradient of the latter
// The least of a moved function is at a distance from the set.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Round([Shape("b n")] Tensor x) => L2Ball.Value(x, 0.5f);

    [return: Shape("b")]
    public virtual Tensor Phi([Shape("b")] Tensor d) => Square({|1:d - 1|});

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
    public virtual Tensor Phi([Shape("b")] Tensor d) => Square(d);

    [Prox(of: nameof(Round), FunctionOfDistance = nameof(Phi))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}
