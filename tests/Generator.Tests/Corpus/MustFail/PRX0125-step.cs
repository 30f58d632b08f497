// Ista converges for steps below 2/L = 0.5, where L is the Lipschitz constant of the gradient of the smooth function, and the step is 0.5
// Where the Lipschitz constant of the gradient is known at build time, so is the largest step.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 2 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Step = [|0.5|])]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 2 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Step = 0.4)]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
