// Ista stands still at no point: each iteration has a step of its own; without a Tolerance it takes its Iterations
// A step for each iteration is no fixed point.

[Network]
public partial class Net(int n)
{
    [Parameter("8")] public partial Tensor Steps { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 8, Learn = nameof(Steps), Tolerance = [|1e-5|])]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

[Network]
public partial class Net(int n)
{
    [Parameter("")] public partial Tensor Steps { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 8, Learn = nameof(Steps), Tolerance = 1e-5)]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
