// none of the functions takes an int 'k'
// The functions of an algorithm may take the number of the iteration: Counter says by which name.

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Counter = [|"k"|])]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [Parameter("16")] public partial Tensor Steps { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x, int k) => Exp(Steps[k]) * Sum(Abs(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Counter = "k")]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
