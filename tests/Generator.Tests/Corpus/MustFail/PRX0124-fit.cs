// no rule gives the proximal operator of Objective: beside Absolute the function has squares of sums of elements of x, and no rule gives the operator of both; a splitting takes the gradient of the squares instead: Algorithm.Fista with these as the smooth function

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Objective([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square({|1:MatMul(x, A) - y|})) + Sum(Abs(x));

    [Prox(of: nameof([|Objective|]))]
    public virtual partial Tensor Solve(Tensor x, Tensor y, float step);
}

// mended:

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Objective([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [Prox(of: nameof(Objective))]
    public virtual partial Tensor Solve(Tensor x, Tensor y, float step);
}
