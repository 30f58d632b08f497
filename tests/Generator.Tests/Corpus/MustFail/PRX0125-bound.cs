// no bound of the Lipschitz constant of the smooth function's gradient is known (Fit + Prior: Exp(x) has no rule for Lipschitz constants (Exp)); give a Step, or Learn one
// Where no bound of the gradient's Lipschitz constant is known, the step must be given.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x) => Sum(Exp(x));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x));

    [Unroll([|Algorithm.Ista|], smooth: nameof(Fit), proximable: nameof(Prior))]
    public virtual partial Tensor Solve(Tensor x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x) => Sum(Exp(x));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Step = 0.1)]
    public virtual partial Tensor Solve(Tensor x);
}
