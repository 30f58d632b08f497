// no bound of the Lipschitz constant of the smooth function's gradient is known (Game + 0: Square(v) has no rule for Lipschitz constants (Mul)); give a Step, or Learn one
// A step for all points follows where the gradient changes equally everywhere.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Game([Shape("n")] Tensor u, [Shape("n")] Tensor v) => Sum(u * Square(v));

    [Unroll([|Algorithm.Extragradient|], smooth: nameof(Game), wrt: "u, v")]
    public virtual partial (Tensor U, Tensor V) Solve(Tensor u, Tensor v);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Game([Shape("n")] Tensor u, [Shape("n")] Tensor v) => Sum(u * v);

    [Unroll(Algorithm.Extragradient, smooth: nameof(Game), wrt: "u, v")]
    public virtual partial (Tensor U, Tensor V) Solve(Tensor u, Tensor v);
}
