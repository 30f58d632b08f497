// Ista moves one tensor; Palm, IPalm and BlockCoordinateDescent move several, and Extragradient two
// Most algorithms move one tensor.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor u, [Shape("n")] Tensor v, [Shape("n")] Tensor y) => 0.5 * Sum(Square(u + v - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor u) => Sum(Abs(u));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), wrt: "[|u|], v")]
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
