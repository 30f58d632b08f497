// Factors of a matrix, one after another: the product is convex in each, not in both.

using Proxima.Proximal;

[Network]
public partial class Net(int rank)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("m rank")] Tensor u, [Shape("rank n")] Tensor v, [Shape("m n")] Tensor y) => 0.5 * Sum(Square(MatMul(u, v) - y));

    [return: Shape("")]
    public virtual Tensor Sparse([Shape("m rank")] Tensor u) => Sum(Cardinality.Value(u)) / 10;

    [return: Shape("")]
    public virtual Tensor Positive([Shape("rank n")] Tensor v) => Sum(NonnegativeOrthant.Value(v));

    [return: Shape("")]
    public virtual Tensor Small([Shape("m rank")] Tensor u, [Shape("")] Tensor weight) => 0.5 * weight * Sum(Square(u));

    [Unroll(Algorithm.Palm, smooth: nameof(Fit), proximable: nameof(Sparse), wrt: "u, v", Other = nameof(Positive))]
    public virtual partial (Tensor U, Tensor V) Factor(Tensor u, Tensor v, Tensor y);

    [Unroll(Algorithm.IPalm, smooth: nameof(Fit), proximable: nameof(Positive), wrt: "u, v", Inertia = 0.4)]
    public virtual partial (Tensor U, Tensor V) OneIsFree(Tensor u, Tensor v, Tensor y);

    [Unroll(Algorithm.BlockCoordinateDescent, smooth: nameof(Fit), proximable: nameof(Small), wrt: "u, v", Tolerance = 1e-6)]
    public virtual partial (Tensor U, Tensor V, Tensor Iterations, Tensor Residual) LeastSquares(Tensor u, Tensor v, Tensor y, Tensor weight);

    [Unroll(Algorithm.Auto, smooth: nameof(Fit), wrt: "u, v")]
    public virtual partial (Tensor U, Tensor V) Any(Tensor u, Tensor v, Tensor y);
}
