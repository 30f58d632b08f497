// no algorithm fits; not DavisYin: no bound of the Lipschitz constant of the smooth function's gradient is known (Fit + Prior: Exp(x) has no rule for Lipschitz constants (Exp)); give a Step, or Learn one; not CondatVu: no bound of the Lipschitz constant of the smooth function's gradient is known (Fit + Prior: Exp(x) has no rule for Lipschitz constants (Exp)), from which the steps of CondatVu follow
// The choice says of each algorithm why it does not fit.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x) => Sum(Exp(x));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x));

    [return: Shape("")]
    public virtual Tensor Bounds([Shape("n")] Tensor x) => Sum(Proxima.Proximal.Box.Value(x, 0, 1));

    [Unroll([|Algorithm.Auto|], smooth: nameof(Fit), proximable: nameof(Prior), Other = nameof(Bounds))]
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

    [return: Shape("")]
    public virtual Tensor Bounds([Shape("n")] Tensor x) => Sum(Proxima.Proximal.Box.Value(x, 0, 1));

    [Unroll(Algorithm.Auto, smooth: nameof(Fit), proximable: nameof(Prior), Other = nameof(Bounds), Step = 0.1)]
    public virtual partial Tensor Solve(Tensor x);
}
