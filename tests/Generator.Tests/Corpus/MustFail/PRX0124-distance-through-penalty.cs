// no rule gives the proximal operator of Phi of the distance from Round: a function of a distance has an operator for convex functions only, and Mcp is not convex
// Of a function that is not convex the operator may jump, and the distance with it.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Round([Shape("b n")] Tensor x) => L2Ball.Value(x, 0.5f);

    [return: Shape("b")]
    public virtual Tensor Phi([Shape("b")] Tensor d) => Mcp.Value(d, 1f, 3f);

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
    public virtual Tensor Phi([Shape("b")] Tensor d) => Abs(d);

    [Prox(of: nameof(Round), FunctionOfDistance = nameof(Phi))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}
