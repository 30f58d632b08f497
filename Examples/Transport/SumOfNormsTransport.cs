using Proxima.Proximal;
using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>
/// Optimal transport of classes: rows of the plan are drawn towards each other, and so are columns, by the norms of their differences. Strong enough, that makes rows of a class equal, without being told the classes.
/// </summary>
/// <remarks>
/// Rahbar, Panahi, Haghir Chehreghani, Dubhashi and Krim, "Recovery Bounds on Class-Based Optimal Transport: A Sum-of-Norms Regularization Framework" (ICML 2023), with equal weights. The paper takes
/// the norms in pairs one after the other; here a primal-dual algorithm that is derived from the declared functions takes them all at once.
/// </remarks>
/// <param name="m">The number of points that mass leaves.</param>
/// <param name="n">The number of points that it comes to.</param>
[Network]
public partial class SumOfNormsTransport(int m, int n)
{
    /// <summary>The cost of a plan that has the right sums of rows and columns.</summary>
    /// <param name="q">The plan.</param>
    /// <param name="cost">The cost of moving a unit from each point to each.</param>
    /// <param name="sums">The matrix that takes a plan to its sums; its rows are independent.</param>
    /// <param name="marginals">What the sums are.</param>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Cost([Shape("m n", DType.Float64)] Tensor q, [Shape("m n", DType.Float64)] Tensor cost, [Shape("k m*n", DType.Float64)] Tensor sums, [Shape("k", DType.Float64)] Tensor marginals) =>
        Sum(cost * q) + Marginals(q, sums, marginals);

    /// <summary>The norms of the differences of all rows and of all columns; no mass is negative.</summary>
    /// <param name="q">The plan.</param>
    /// <param name="rows">A row for each pair of rows: 1 for the one, -1 for the other.</param>
    /// <param name="columns">The same for pairs of columns.</param>
    /// <param name="weight">What a norm counts.</param>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Norms([Shape("m n", DType.Float64)] Tensor q, [Shape("p m", DType.Float64)] Tensor rows, [Shape("r n", DType.Float64)] Tensor columns, [Shape("", DType.Float64)] Tensor weight) =>
        weight * (Sum(L2Norm.Value(MatMul(rows, q))) + Sum(L2Norm.Value(MatMul(columns, Transpose(q))))) + Sum(NonnegativeOrthant.Value(q));

    /// <summary>The plan.</summary>
    [Unroll(Algorithm.ChambollePock, smooth: nameof(Cost), proximable: nameof(Norms), Iterations = 6000, Step = 0.02)]
    public virtual partial Tensor Solve(Tensor q, Tensor cost, Tensor sums, Tensor marginals, Tensor rows, Tensor columns, Tensor weight);

    /// <summary>0 for plans of the right sums.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Marginals([Shape("m n", DType.Float64)] Tensor q, [Shape("k m*n", DType.Float64)] Tensor sums, [Shape("k", DType.Float64)] Tensor marginals) =>
        Sum(AffineSet.Value(Reshape(q, 1, m * n), sums, marginals));

    /// <summary>Its operator.</summary>
    [Prox(of: nameof(Marginals))]
    public virtual partial Tensor Project(Tensor q, Tensor sums, Tensor marginals, float step);
}
