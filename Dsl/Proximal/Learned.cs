using static Proxima.Ops;

namespace Proxima.Proximal;

/// <summary>Regularisation by denoising: half the product of x and what a denoiser takes away from it.</summary>
/// <remarks>
/// Romano, Elad and Milanfar, "The little engine that could: regularization by denoising (RED)" (SIAM Journal on Imaging Sciences 2017). It is a smooth function: it has no proximal operator of its own, and belongs
/// beside the fit.
/// </remarks>
public static class RegularizationByDenoising
{
    /// <summary>x (x - denoised) / 2, element by element. Its derivative by x is x - denoised, whatever the denoiser; by the denoised values it is 0.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor denoised) => 0.5 * x * (x - denoised);

    /// <summary>The slope that denoisers with a symmetric Jacobian, homogeneous to the first order, have, and that is taken for all (Romano, Elad and Milanfar 2017; Reehorst and Schniter 2019).</summary>
    [TensorFunction, CustomGradient(of: nameof(Value))]
    internal static (Tensor X, Tensor Denoised) Slope(Tensor x, Tensor denoised, Tensor gradient) => (gradient * (x - denoised), 0 * denoised);
}

/// <summary>
/// A convex function R of vectors that is learned by its proximal operator: <c>x - strength ∇g(x) / L</c>, where g is a sum of convex ridges with weights that are not negative, and L a bound of the Lipschitz constant of
/// ∇g that follows from the parameters.
/// </summary>
/// <remarks>
/// The operator of step 1 is the gradient of <c>|x|²/2 - strength g(x) / L</c>, which is convex with a slope of at most 1. So it is firmly nonexpansive with a symmetric Jacobian, whatever has been learned, and
/// exactly the proximal operator of a convex function (Moreau 1965; Gribonval and Nikolova 2020): <c>R(x) = strength g(y) / L - |x - y|²/2</c> with the y that it maps to x. Ridges as in Goujon, Neumayer, Bohra, Ducotterd and
/// Unser, "A neural-network-based convex regularizer for inverse problems" (IEEE TCI 2023); the prior that belongs to a network as in Fang, Buchanan and Sulam (ICLR 2024).
/// </remarks>
/// <param name="n">The size of a vector.</param>
/// <param name="ridges">The number of ridges.</param>
/// <param name="strength">How much the operator may take away: above 0 and below 1, so that it is one to one.</param>
[Network]
public partial class LearnedConvex(int n, int ridges, float strength = 0.95f)
{
    /// <summary>The directions of the ridges.</summary>
    [Parameter("n ridges", Init = Init.Normal)] public partial Tensor Directions { get; }

    /// <summary>Where the ridges are lowest.</summary>
    [Parameter("ridges", Init = Init.Zeros)] public partial Tensor Offsets { get; }

    /// <summary>The heights of the ridges.</summary>
    [Parameter("ridges", Init = 1.0, Constraint = typeof(NonNegative))] public partial Tensor Heights { get; }

    /// <summary>g, the sum of <c>height log cosh(direction x + offset)</c>.</summary>
    [return: Shape("b")]
    public virtual Tensor Potential([Shape("b n")] Tensor x)
    {
        var t = MatMul(x, Directions) + Offsets;
        return MatMul(Softplus(2 * t) - t, Heights) - MathF.Log(2) * Sum(Heights);
    }

    /// <summary>The sum of the potentials of all vectors.</summary>
    [return: Shape("")]
    public virtual Tensor Total([Shape("b n")] Tensor x) => Sum(Potential(x));

    /// <summary>∇g.</summary>
    [Gradient(of: nameof(Total), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x);

    /// <summary>L, a bound of the Lipschitz constant of ∇g: the norms of its matrices by Gram iteration.</summary>
    [Lipschitz(of: nameof(Slope))]
    public virtual partial Tensor Bound(Tensor x);

    /// <summary>What the operator of step 1 takes away.</summary>
    [return: Shape("b n")]
    public virtual Tensor Taken([Shape("b n")] Tensor x) => strength * Slope(x) / Maximum(Bound(x), 1e-12);

    /// <summary>The proximal operator of step 1: a denoiser.</summary>
    [return: Shape("b n")]
    public virtual Tensor Denoise([Shape("b n")] Tensor x) => x - Taken(x);

    /// <summary>Towards the y with <c>y + (step - 1) Taken(y) = x</c>: a contraction, because what is taken away has slopes from 0 to strength.</summary>
    [return: Shape("b n")]
    public virtual Tensor Towards([Shape("b n")] Tensor y, [Shape("b n")] Tensor x, [Shape("b 1")] Tensor step) =>
        y - (y + (step - 1) * Taken(y) - x) / Maximum(step, 1);

    /// <summary>Where these steps lead to.</summary>
    [FixedPoint(of: nameof(Towards), Solver = Solver.Anderson, BatchDims = 1, Tolerance = 1e-6, MaxIterations = 500)]
    public virtual partial Tensor Source(Tensor y, Tensor x, Tensor step);

    /// <summary>R, for each vector.</summary>
    [return: Shape("b")]
    public virtual Tensor Value([Shape("b n")] Tensor x)
    {
        var y = Source(x, x, Zeros(x.Dim(0), 1));
        return strength * Potential(y) / Maximum(Bound(y), 1e-12) - 0.5 * Sum(Square(x - y), dim: 1);
    }

    /// <summary>
    /// The proximal operator of any step: p = y - Taken(y), where y - p is the slope of R at p, so that <c>y + (step - 1) Taken(y) = x</c>. Of step 1 y is x, and nothing is searched for.
    /// </summary>
    [return: Shape("b n")]
    [ProxRule(of: nameof(Value), Source = "Gribonval and Nikolova 2020")]
    public virtual Tensor Prox([Shape("b n")] Tensor x, [Shape("b")] Tensor step) => Denoise(Source(x, x, Unsqueeze(step, 1)));
}
