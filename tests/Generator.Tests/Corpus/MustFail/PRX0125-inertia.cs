// Inertia is at least 0 and below 0.5, as a proximable function is not convex
// How far a block may be carried on depends on whether its function is convex.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor u, [Shape("n")] Tensor v, [Shape("n")] Tensor y) => 0.5 * Sum(Square(u + v - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor u) => Sum(Cardinality.Value(u));

    [Unroll(Algorithm.IPalm, smooth: nameof(Fit), proximable: nameof(Prior), wrt: "u, v", Inertia = [|0.6|])]
    public virtual partial (Tensor U, Tensor V) Solve(Tensor u, Tensor v, Tensor y);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor u, [Shape("n")] Tensor v, [Shape("n")] Tensor y) => 0.5 * Sum(Square(u + v - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor u) => Sum(Cardinality.Value(u));

    [Unroll(Algorithm.IPalm, smooth: nameof(Fit), proximable: nameof(Prior), wrt: "u, v", Inertia = 0.4)]
    public virtual partial (Tensor U, Tensor V) Solve(Tensor u, Tensor v, Tensor y);
}
