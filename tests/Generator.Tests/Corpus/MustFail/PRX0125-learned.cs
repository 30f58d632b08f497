// a learned step is one number of shape [], or one for each of the 16 iterations; 'Steps' is [8]

[Network]
public partial class Net(int n)
{
    [Parameter("8")] public partial Tensor Steps { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 16, Learn = nameof([|Steps|]))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

[Network]
public partial class Net(int n)
{
    [Parameter("16")] public partial Tensor Steps { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 16, Learn = nameof(Steps))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
