// Prior is a function of its first argument, 'x', and the blocks are u, v
// A function of a block has the name of the block for its first argument.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor u, [Shape("n")] Tensor v, [Shape("n")] Tensor y) => 0.5 * Sum(Square(u + v - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x));

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

    [Unroll(Algorithm.Palm, smooth: nameof(Fit), proximable: nameof(Prior), wrt: "u, v")]
    public virtual partial (Tensor U, Tensor V) Solve(Tensor u, Tensor v, Tensor y);
}
