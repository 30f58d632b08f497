// The same declaration with a tolerance is a solver, with implicit derivatives.

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x)) / 10;

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Tolerance = 1e-6, Solver = Solver.Anderson)]
    public virtual partial (Tensor X, Tensor Iterations, Tensor Residual) Solve(Tensor x, Tensor y);

    [Unroll(Algorithm.ChambollePock, smooth: nameof(Fit), proximable: nameof(Prior), Tolerance = 1e-6, Backward = Backward.Phantom)]
    public virtual partial Tensor Dual(Tensor x, Tensor y);

    [Unroll(Algorithm.Amp, smooth: nameof(Fit), proximable: nameof(Prior), Tolerance = 1e-6)]
    [Require("1 <= m")]
    public virtual partial Tensor Passed(Tensor x, Tensor y);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b m")] Tensor y)
    {
        var (found, _, _) = Solve(x, y);
        return Sum(Square(MatMul(found, A) - y)) + Sum(Square(Dual(x, y)));
    }

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor y);
}
