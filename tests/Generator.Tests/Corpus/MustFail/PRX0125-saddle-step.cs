// Extragradient converges for steps below 1/L = 1, where L is the Lipschitz constant of the gradient of the smooth function, and the step is 1
// Extragradients need steps below 1/L.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x));

    [Unroll(Algorithm.Extragradient, smooth: nameof(Fit), proximable: nameof(Prior), Step = [|1|])]
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

    [Unroll(Algorithm.Extragradient, smooth: nameof(Fit), proximable: nameof(Prior), Step = 0.9)]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
