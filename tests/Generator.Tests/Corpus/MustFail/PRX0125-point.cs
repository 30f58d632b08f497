// Exponential and Absolute take different values of the same elements of x, and no rule gives the operator of their sum; a splitting needs that of each alone: Algorithm.DouglasRachford, or Algorithm.DavisYin beside a smooth function
// The proximal point algorithm takes the operator of the sum.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Exp(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x));

    [Unroll([|Algorithm.ProximalPoint|], smooth: nameof(Fit), proximable: nameof(Prior))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x));

    [Unroll(Algorithm.ProximalPoint, smooth: nameof(Fit), proximable: nameof(Prior))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
