// no MirrorStep of it is known: the function is one of NonnegativeOrthant, Simplex, TransportPolytope, of x as it stands and with nothing beside it
// Mirror descent needs a geometry that the set has.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Box.Value(x, 0, 1));

    [Unroll(Algorithm.MirrorDescent, smooth: nameof(Fit), proximable: nameof([|Prior|]))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Simplex.Value(x, 1);

    [Unroll(Algorithm.MirrorDescent, smooth: nameof(Fit), proximable: nameof(Prior))]
    [Require("1 <= n")]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
