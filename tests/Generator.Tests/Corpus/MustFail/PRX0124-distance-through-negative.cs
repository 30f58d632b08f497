// no rule gives the proximal operator of Phi of the distance from Round: the slope of a distance is negative, and a negative multiple of a convex function is not convex
// The negative of a distance is not convex.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Round([Shape("b n")] Tensor x) => L2Ball.Value(x, 0.5f);

    [return: Shape("b")]
    public virtual Tensor Phi([Shape("b")] Tensor d) => {|1:-d|};

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
    public virtual Tensor Phi([Shape("b")] Tensor d) => d;

    [Prox(of: nameof(Round), FunctionOfDistance = nameof(Phi))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}
