// a proximable function is one of one block; this varies with u and v
// What is a sum over blocks is a function for each.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor u, [Shape("n")] Tensor v, [Shape("n")] Tensor y) => 0.5 * Sum(Square(u + v - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor u, [Shape("n")] Tensor v) => Sum(Abs(u)) + Sum(Abs(v));

    [Unroll(Algorithm.Palm, smooth: nameof(Fit), proximable: nameof([|Prior|]), wrt: "u, v")]
    public virtual partial (Tensor U, Tensor V) Solve(Tensor u, Tensor v, Tensor y);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor u, [Shape("n")] Tensor v, [Shape("n")] Tensor y) => 0.5 * Sum(Square(u + v - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor u) => Sum(Abs(u));

    [return: Shape("")]
    public virtual Tensor Other([Shape("n")] Tensor v) => Sum(Abs(v));

    [Unroll(Algorithm.Palm, smooth: nameof(Fit), proximable: nameof(Prior), wrt: "u, v", Other = nameof(Other))]
    public virtual partial (Tensor U, Tensor V) Solve(Tensor u, Tensor v, Tensor y);
}
