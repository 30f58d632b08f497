// Step as given: Ista converges for steps below 2/L, where a bound L of the Lipschitz constant of the gradient of the smooth function is known at run time only, and a call refuses one that it shows to be too long; left out, the step follows from L
// The Lipschitz constant of the gradient is that of the dictionary, which training or a file decides: a step that fits one diverges for another.

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 8, Step = [|0.1|])]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended by: Leave out 'Step'

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 8)]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
