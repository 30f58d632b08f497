// CondatVu converges for steps below 2/L = 1, where L is the Lipschitz constant of the gradient of the smooth function, and the step is 1.5

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => Sum(Square(x - y));

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Variation([Shape("n")] Tensor x) => Sum(Abs(x[1..] - x[..^1]));

    [Unroll(Algorithm.CondatVu, smooth: nameof(Fit), proximable: nameof(Variation), Step = [|1.5|])]
    [Require("1 <= n")]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => Sum(Square(x - y));

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Variation([Shape("n")] Tensor x) => Sum(Abs(x[1..] - x[..^1]));

    [Unroll(Algorithm.CondatVu, smooth: nameof(Fit), proximable: nameof(Variation), Step = 0.5)]
    [Require("1 <= n")]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
