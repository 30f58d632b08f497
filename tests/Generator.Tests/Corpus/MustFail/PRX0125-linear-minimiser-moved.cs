// no LinearMinimizer of it is known: the function is one of Box, L1Ball, L2Ball, Simplex, SolidSimplex, of x as it stands and with nothing beside it
// The set is one of x itself.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => L2Ball.Value(2 * x, 1);

    [Unroll(Algorithm.FrankWolfe, smooth: nameof(Fit), proximable: nameof([|Prior|]))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => L2Ball.Value(x, 1);

    [Unroll(Algorithm.FrankWolfe, smooth: nameof(Fit), proximable: nameof(Prior))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
