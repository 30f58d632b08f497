// it is half the square of what was measured less x times a matrix, and nothing else
// The weight of Alista is computed from the matrix of a linear fit.

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Softplus(MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x));

    [Unroll(Algorithm.Alista, smooth: nameof([|Fit|]), proximable: nameof(Prior))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x));

    [Unroll(Algorithm.Alista, smooth: nameof(Fit), proximable: nameof(Prior))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
