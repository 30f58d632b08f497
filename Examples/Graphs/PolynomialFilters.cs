using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>
/// A polynomial of a graph's matrix, in the basis that is orthonormal for the signal at hand: z = sum alpha_k h_k, where the h are made one from another by the
/// three-term recurrence (Lanczos), each in one traversal of the edges, two inner products and a division. Channels have bases of their own.
/// </summary>
/// <remarks>Guo and Wei, "Graph Neural Networks with Learnable and Optimal Polynomial Bases" (ICML 2023), OptBasisGNN.</remarks>
/// <param name="order">The degree of the polynomial.</param>
/// <param name="channels">The number of signals.</param>
[Network]
public partial class OptimalBasis(int order, int channels)
{
    /// <summary>The coefficients.</summary>
    [Parameter("order+1 channels", Init = Init.Zeros)] public partial Tensor Alpha { get; }

    private Tensor Unit(Tensor x) => x / Maximum(Norm(x, 2, dim: 0, keepDim: true), 1e-8);

    /// <summary>The filtered signals.</summary>
    [return: Shape("n channels")]
    public virtual Tensor Forward([Shape("n e")] Graph g, [Shape("e")] Tensor weight, [Shape("n channels")] Tensor x)
    {
        var h = Unit(x);
        var before = 0 * h;
        var z = Alpha[0] * h;
        for (var k = 1; k <= order; k++)
        {
            var r = Propagate(g, (source, target, edge) => Unsqueeze(weight[edge], 1) * h[source]);
            r -= Sum(r * h, dim: 0, keepDim: true) * h;
            r -= Sum(r * before, dim: 0, keepDim: true) * before;
            (before, h) = (h, Unit(r));
            z += Alpha[k] * h;
        }
        return z;
    }

    /// <summary>Half the squared distance from a target.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("n e")] Graph g, [Shape("e")] Tensor weight, [Shape("n channels")] Tensor x, [Shape("n channels")] Tensor target) =>
        0.5 * Sum(Square(Forward(g, weight, x) - target));

    /// <summary>Its gradient by the coefficients.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Graph g, Tensor weight, Tensor x, Tensor target);
}

/// <summary>A polynomial in a learned orthonormal basis: any positive beta and any gamma are those of the orthonormal polynomials of some measure (Favard's theorem).</summary>
/// <param name="order">The degree of the polynomial.</param>
/// <param name="channels">The number of signals.</param>
[Network]
public partial class FavardBasis(int order, int channels)
{
    /// <summary>The coefficients.</summary>
    [Parameter("order+1 channels", Init = Init.Zeros)] public partial Tensor Alpha { get; }

    /// <summary>The squared norms of the recurrence.</summary>
    [Parameter("order+1 channels", Init = 1, Constraint = typeof(NonNegative))] public partial Tensor Beta { get; }

    /// <summary>Its shifts.</summary>
    [Parameter("order channels", Init = Init.Zeros)] public partial Tensor Gamma { get; }

    /// <summary>The filtered signals: sqrt(beta_k+1) h_k+1 = P h_k - gamma_k h_k - sqrt(beta_k) h_k-1.</summary>
    [return: Shape("n channels")]
    public virtual Tensor Forward([Shape("n e")] Graph g, [Shape("e")] Tensor weight, [Shape("n channels")] Tensor x)
    {
        var h = x * Rsqrt(Beta[0]);
        var before = 0 * h;
        var z = Alpha[0] * h;
        for (var k = 1; k <= order; k++)
        {
            var r = Propagate(g, (source, target, edge) => Unsqueeze(weight[edge], 1) * h[source]) - Gamma[k - 1] * h - Sqrt(Beta[k - 1]) * before;
            (before, h) = (h, r * Rsqrt(Beta[k]));
            z += Alpha[k] * h;
        }
        return z;
    }
}

/// <summary>A polynomial in powers of the matrix (GPR-GNN), or in Chebyshev's polynomials.</summary>
/// <param name="order">The degree of the polynomial.</param>
/// <param name="channels">The number of signals.</param>
/// <param name="isChebyshev">Which of the two.</param>
[Network]
public partial class FixedBasis(int order, int channels, bool isChebyshev)
{
    /// <summary>The coefficients.</summary>
    [Parameter("order+1 channels", Init = Init.Zeros)] public partial Tensor Alpha { get; }

    /// <summary>The filtered signals.</summary>
    [return: Shape("n channels")]
    public virtual Tensor Forward([Shape("n e")] Graph g, [Shape("e")] Tensor weight, [Shape("n channels")] Tensor x)
    {
        var h = x;
        var before = 0 * x;
        var z = Alpha[0] * h;
        for (var k = 1; k <= order; k++)
        {
            var r = Propagate(g, (source, target, edge) => Unsqueeze(weight[edge], 1) * h[source]);
            (before, h) = (h, isChebyshev ? (k == 1 ? 1 : 2) * r - before : r);
            z += Alpha[k] * h;
        }
        return z;
    }

    /// <summary>Half the squared distance from a target.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("n e")] Graph g, [Shape("e")] Tensor weight, [Shape("n channels")] Tensor x, [Shape("n channels")] Tensor target) =>
        0.5 * Sum(Square(Forward(g, weight, x) - target));

    /// <summary>Its gradient by the coefficients.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Graph g, Tensor weight, Tensor x, Tensor target);
}

/// <summary>A polynomial in Bernstein's (BernNet): coefficient k belongs to binomial(order, k) (I + P)^(order-k) (I - P)^k / 2^order.</summary>
/// <param name="order">The degree of the polynomial.</param>
/// <param name="channels">The number of signals.</param>
[Network]
public partial class BernsteinBasis(int order, int channels)
{
    /// <summary>The coefficients.</summary>
    [Parameter("order+1 channels", Init = Init.Zeros)] public partial Tensor Alpha { get; }

    /// <summary>The filtered signals.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="weight">Its matrix.</param>
    /// <param name="x">The signals.</param>
    /// <param name="binomial">The binomial coefficients over 2^order.</param>
    [return: Shape("n channels")]
    public virtual Tensor Forward([Shape("n e")] Graph g, [Shape("e")] Tensor weight, [Shape("n channels")] Tensor x, [Shape("order+1")] Tensor binomial)
    {
        var z = 0 * x;
        for (var k = 0; k <= order; k++)
        {
            var h = x;
            for (var j = 0; j < order; j++)
                h += (j < k ? -1f : 1f) * Propagate(g, (source, target, edge) => Unsqueeze(weight[edge], 1) * h[source]);
            z += Alpha[k] * binomial[k] * h;
        }
        return z;
    }

    /// <summary>Half the squared distance from a target.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("n e")] Graph g, [Shape("e")] Tensor weight, [Shape("n channels")] Tensor x, [Shape("order+1")] Tensor binomial, [Shape("n channels")] Tensor target) =>
        0.5 * Sum(Square(Forward(g, weight, x, binomial) - target));

    /// <summary>Its gradient by the coefficients.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Graph g, Tensor weight, Tensor x, Tensor binomial, Tensor target);
}
