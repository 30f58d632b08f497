// momentum and operators of both functions lead to a minimum of convex functions only, and Cardinality is not convex
// Momentum, and operators of both functions, lead to a minimum of convex functions only.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Cardinality.Value(x));

    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof([|Prior|]))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Cardinality.Value(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
