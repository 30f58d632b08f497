// what is selected passes the operator by element by element: the proximable function is a sum over elements
// Support selection leaves the largest elements as they are before the operator, so the operator must take each element alone.

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Proxima.Proximal.L2Norm.Value(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Selection = [|0.1|])]
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

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Selection = 0.1)]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
