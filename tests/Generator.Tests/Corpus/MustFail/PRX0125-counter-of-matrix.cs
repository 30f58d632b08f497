// no bound of the Lipschitz constant of the smooth function's gradient is known (that differs from iteration to iteration); give a Step, or Learn one
// A step of 1/L is computed before the iterations.

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [Parameter("16")] public partial Tensor Steps { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y, int k) => 0.5 * Sum(Square(Exp(Steps[k]) * MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x));

    [Unroll([|Algorithm.Ista|], smooth: nameof(Fit), proximable: nameof(Prior), Counter = "k")]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [Parameter("16")] public partial Tensor Steps { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y, int k) => 0.5 * Sum(Square(Exp(Steps[k]) * MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Counter = "k", Learn = nameof(Steps))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
