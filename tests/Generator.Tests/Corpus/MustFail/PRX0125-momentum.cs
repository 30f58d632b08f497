// Fista converges for steps up to 1/L = 1, where L is the Lipschitz constant of the gradient of the smooth function, and the step is 1.5
// Momentum needs shorter steps.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x));

    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Step = [|1.5|])]
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

    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Step = 1)]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
