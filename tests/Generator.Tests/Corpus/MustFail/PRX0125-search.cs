// Fista stands still at no point: its momentum grows with the iterations (Ista has the same gradient, and Solver.Anderson its own momentum); without a Tolerance it takes its Iterations
// A search ends where an iteration stands still, so that all are the same.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x));

    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Tolerance = [|1e-5|])]
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

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Tolerance = 1e-5, Solver = Solver.Anderson)]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
