// the step of FrankWolfe follows from the gradient, or is 2/(k + 2): a constant one ends nowhere. Learn takes one for each iteration
// The steps of Frank-Wolfe become shorter.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Box.Value(x, -1, 1));

    [Unroll(Algorithm.FrankWolfe, smooth: nameof(Fit), proximable: nameof(Prior), Step = [|0.5|])]
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
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Box.Value(x, -1, 1));

    [Unroll(Algorithm.FrankWolfe, smooth: nameof(Fit), proximable: nameof(Prior))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
