using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>
/// A proximal operator of several losses and their weights at once: the point descends on the weighted losses while the weights move towards the largest ones, and both see each other's new values.
/// </summary>
/// <remarks>
/// Achab, "A Bregman firmly nonexpansive proximal operator for baryconvex optimization" (2024). The saddle of <c>r·l(z) + |z - x|²/(2λ) - KL(r|q)/λ</c> has <c>r ~ q exp(λ l(z))</c>, so that z minimises
/// <c>log(Σ q exp(λ l(z)))/λ + |z - x|²/(2λ)</c>. The losses here are quadratic.
/// </remarks>
/// <param name="m">The dimension.</param>
/// <param name="count">The number of losses.</param>
[Network]
public partial class BaryconvexProx(int m, int count)
{
    /// <summary>The second derivatives of the losses.</summary>
    [Parameter("count m m", DType.Float64)] public partial Tensor Curvatures { get; }

    /// <summary>Where each is least.</summary>
    [Parameter("count m", DType.Float64)] public partial Tensor Centres { get; }

    /// <summary>What it is there.</summary>
    [Parameter("count", DType.Float64)] public partial Tensor Offsets { get; }

    /// <summary>The losses.</summary>
    [return: Shape("count", DType.Float64)]
    public virtual Tensor Losses([Shape("m", DType.Float64)] Tensor z)
    {
        var apart = z - Centres;
        return 0.5 * Sum(apart * Squeeze(MatMul(Curvatures, Unsqueeze(apart, 2)), 2), dim: 1) + Offsets;
    }

    /// <summary>The weighted loss.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Weighted([Shape("m", DType.Float64)] Tensor z, [Shape("count", DType.Float64)] Tensor r) => Sum(r * Losses(z));

    /// <summary>Its derivative by the point.</summary>
    [Gradient(of: nameof(Weighted), wrt: "z")]
    public virtual partial Tensor WeightedSlope(Tensor z, Tensor r);

    /// <summary>What has the saddle.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Saddle(
        [Shape("m", DType.Float64)] Tensor z, [Shape("count", DType.Float64)] Tensor r, [Shape("m", DType.Float64)] Tensor x, [Shape("count", DType.Float64)] Tensor q, [Shape("", DType.Float64)] Tensor step) =>
        Weighted(z, r) + Sum(Square(z - x)) / (2 * step) - Sum(r * Log(r / q)) / step;

    /// <summary>Its derivatives.</summary>
    [Gradient(of: nameof(Saddle), wrt: "z, r")]
    public virtual partial (Tensor Z, Tensor R) SaddleSlope(Tensor z, Tensor r, Tensor x, Tensor q, Tensor step);

    /// <summary>The function of the point alone, the weights being the best ones.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Reduced([Shape("m", DType.Float64)] Tensor z, [Shape("m", DType.Float64)] Tensor x, [Shape("count", DType.Float64)] Tensor q, [Shape("", DType.Float64)] Tensor step) =>
        LogSumExp(Log(q) + step * Losses(z)) / step + Sum(Square(z - x)) / (2 * step);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Reduced), wrt: "z")]
    public virtual partial Tensor Slope(Tensor z, Tensor x, Tensor q, Tensor step);

    /// <summary>Its second derivative.</summary>
    [Jacobian(of: nameof(Slope), wrt: "z")]
    public virtual partial Tensor Curvature(Tensor z, Tensor x, Tensor q, Tensor step);

    /// <summary>The weights that belong to a point.</summary>
    [return: Shape("count", DType.Float64)]
    public virtual Tensor Weigh([Shape("m", DType.Float64)] Tensor z, [Shape("count", DType.Float64)] Tensor q, [Shape("", DType.Float64)] Tensor step) => Softmax(Log(q) + step * Losses(z));

    /// <summary>The operator: damped steps of Newton, which become whole ones near the minimum.</summary>
    [return: Shape("m", DType.Float64), Shape("count", DType.Float64)]
    public virtual (Tensor X, Tensor Q) Next([Shape("m", DType.Float64)] Tensor x, [Shape("count", DType.Float64)] Tensor q, [Shape("", DType.Float64)] Tensor step)
    {
        var z = x;
        for (var k = 0; k < 60; k++)
        {
            var slope = Slope(z, x, q, step);
            var move = Squeeze(Solve(Curvature(z, x, q, step), Unsqueeze(slope, 1)), 1);
            z = z - move / (1 + Sqrt(Abs(Sum(slope * move))));
        }
        return (z, Weigh(z, q, step));
    }

    /// <summary>What not to do: both from the old values.</summary>
    [return: Shape("m", DType.Float64), Shape("count", DType.Float64)]
    public virtual (Tensor X, Tensor Q) Explicit([Shape("m", DType.Float64)] Tensor x, [Shape("count", DType.Float64)] Tensor q, [Shape("", DType.Float64)] Tensor step) =>
        (x - step * WeightedSlope(x, q), Weigh(x, q, step));

    /// <summary>Not enough either: the point by the proximal operator of the losses with the old weights, then the weights. Of quadratic losses it solves a linear system.</summary>
    [return: Shape("m", DType.Float64), Shape("count", DType.Float64)]
    public virtual (Tensor X, Tensor Q) Alternating([Shape("m", DType.Float64)] Tensor x, [Shape("count", DType.Float64)] Tensor q, [Shape("", DType.Float64)] Tensor step)
    {
        var system = Eye(m, DType.Float64) + step * Sum(Reshape(q, count, 1, 1) * Curvatures, dim: 0);
        var z = x - Squeeze(Solve(system, Unsqueeze(step * WeightedSlope(x, q), 1)), 1);
        return (z, Weigh(z, q, step));
    }

    /// <summary>The function whose Bregman distance measures points and weights: |x|²/2 and the negative entropy.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Kernel([Shape("m", DType.Float64)] Tensor x, [Shape("count", DType.Float64)] Tensor q) => 0.5 * Sum(Square(x)) + Sum(q * Log(q));

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Kernel), wrt: "x, q")]
    public virtual partial (Tensor X, Tensor Q) KernelSlope(Tensor x, Tensor q);
}
