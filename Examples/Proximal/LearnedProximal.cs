using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>A layer of an input convex network: convex in its input as long as the weights between layers are not negative.</summary>
/// <param name="n">The size of the input.</param>
/// <param name="hidden">The width.</param>
/// <param name="sharpness">How closely softplus follows the positive part.</param>
[Network]
public partial class ConvexLayer(int n, int hidden, float sharpness)
{
    /// <summary>From the layer before.</summary>
    [Parameter("hidden hidden", Init = 0.02, Constraint = typeof(NonNegative))] public partial Tensor Inner { get; }

    /// <summary>From the input.</summary>
    [Parameter("n hidden", Init = Init.XavierNormal)] public partial Tensor Skip { get; }

    /// <summary>The offset.</summary>
    [Parameter("hidden")] public partial Tensor Bias { get; }

    /// <summary>The next layer from the one before and the input.</summary>
    [return: Shape("b hidden")]
    public virtual Tensor Forward([Shape("b hidden")] Tensor z, [Shape("b n")] Tensor y) =>
        Softplus(sharpness * (MatMul(z, Inner) + MatMul(y, Skip) + Bias)) / sharpness;
}

/// <summary>
/// A learned proximal network: the gradient of an input convex network, and hence exactly the proximal operator of a function that is learned with it.
/// </summary>
/// <remarks>
/// Fang, Buchanan and Sulam, "What's in a prior? Learned proximal networks for inverse problems" (ICLR 2024), sections 3 and 4. The denoiser is declared as a transform of the
/// potential, and its training loss differentiates through it: a gradient of a gradient.
/// </remarks>
/// <param name="n">The size of a signal.</param>
/// <param name="hidden">The width.</param>
/// <param name="depth">The number of hidden layers after the first.</param>
/// <param name="sharpness">How closely softplus follows the positive part.</param>
[Network]
public partial class LearnedProximal(int n, int hidden, int depth = 2, float sharpness = 10f)
{
    readonly ConvexLayer[] layers = Repeat(depth, _ => new ConvexLayer(n, hidden, sharpness));

    /// <summary>The first layer's weights.</summary>
    [Parameter("n hidden", Init = Init.XavierNormal)] public partial Tensor First { get; }

    /// <summary>The first layer's offset.</summary>
    [Parameter("hidden", Init = Init.Normal)] public partial Tensor Offset { get; }

    /// <summary>From the last layer to the potential.</summary>
    [Parameter("hidden", Init = 0.1, Constraint = typeof(NonNegative))] public partial Tensor Last { get; }

    /// <summary>The linear part of the potential.</summary>
    [Parameter("n")] public partial Tensor Linear { get; }

    /// <summary>The convex potential of each signal.</summary>
    [return: Shape("b")]
    public virtual Tensor Potential([Shape("b n")] Tensor y)
    {
        var z = Softplus(sharpness * (MatMul(y, First) + Offset)) / sharpness;
        foreach (var layer in layers) z = layer.Forward(z, y);
        return MatMul(z, Last) + MatMul(y, Linear);
    }

    /// <summary>The sum of the potentials: its gradient holds one gradient per signal.</summary>
    [return: Shape("")]
    public virtual Tensor Total([Shape("b n")] Tensor y) => Sum(Potential(y));

    /// <summary>The denoiser f, the gradient of the potential.</summary>
    [Gradient(of: nameof(Total), wrt: "y")]
    public virtual partial Tensor Denoise(Tensor y);

    /// <summary>The function R whose proximal operator f is, at f(y): <c>y'f(y) - |f(y)|^2 / 2 - psi(y)</c> (Gribonval and Nikolova, 2020).</summary>
    [return: Shape("b n"), Shape("b")]
    public virtual (Tensor X, Tensor Value) Prior([Shape("b n")] Tensor y)
    {
        var x = Denoise(y);
        return (x, Sum(y * x, dim: 1) - 0.5 * Sum(Square(x), dim: 1) - Potential(y));
    }

    /// <summary>The mean squared distance of the denoised signals from the clean ones: minimised by the posterior mean.</summary>
    [return: Shape("")]
    public virtual Tensor SquaredLoss([Shape("b n")] Tensor y, [Shape("b n")] Tensor x) => Sum(Square(Denoise(y) - x)) / y.Dim(0);

    /// <summary>The mean absolute distance: minimised by the posterior median.</summary>
    [return: Shape("")]
    public virtual Tensor AbsoluteLoss([Shape("b n")] Tensor y, [Shape("b n")] Tensor x) => Sum(Abs(Denoise(y) - x)) / y.Dim(0);

    /// <summary>
    /// Proximal matching, <c>1 - exp(-|f(y) - x|^2 / gamma^2)</c>: minimised by the maximum a posteriori estimate as gamma goes to zero (paper, theorem 3.2; the
    /// constant factor is left out).
    /// </summary>
    [return: Shape("")]
    public virtual Tensor MatchingLoss([Shape("b n")] Tensor y, [Shape("b n")] Tensor x, [Shape("")] Tensor gamma) =>
        1 - Mean(Exp(-Sum(Square(Denoise(y) - x), dim: 1) / Square(gamma)));

    /// <summary>The gradient of <see cref="SquaredLoss"/>.</summary>
    [Gradient(of: nameof(SquaredLoss))]
    public virtual partial Gradients SquaredGradient(Tensor y, Tensor x);

    /// <summary>The gradient of <see cref="AbsoluteLoss"/>.</summary>
    [Gradient(of: nameof(AbsoluteLoss))]
    public virtual partial Gradients AbsoluteGradient(Tensor y, Tensor x);

    /// <summary>The gradient of <see cref="MatchingLoss"/>.</summary>
    [Gradient(of: nameof(MatchingLoss))]
    public virtual partial Gradients MatchingGradient(Tensor y, Tensor x, Tensor gamma);

    /// <summary>The denoised signals and the Jacobian's product with a direction.</summary>
    [Jvp(of: nameof(Denoise))]
    public virtual partial (Tensor X, Tensor Push) Push(Tensor y, Tensor direction);

    /// <summary>The inner product of the denoised signals with fixed ones.</summary>
    [return: Shape("")]
    public virtual Tensor Pairing([Shape("b n")] Tensor y, [Shape("b n")] Tensor covector) => Sum(covector * Denoise(y));

    /// <summary>The transposed Jacobian's product with a covector.</summary>
    [Gradient(of: nameof(Pairing), wrt: "y")]
    public virtual partial Tensor Pull(Tensor y, Tensor covector);
}

/// <summary>An ordinary denoiser, the baseline that is no gradient of anything.</summary>
/// <param name="n">The size of a signal.</param>
/// <param name="hidden">The width.</param>
[Network]
public partial class PlainDenoiser(int n, int hidden)
{
    readonly Mlp network = new(n, hidden, n);

    /// <summary>The denoised signals.</summary>
    [return: Shape("b n")]
    public virtual Tensor Denoise([Shape("b n")] Tensor y) => network.Forward(y);

    /// <summary>The mean squared distance of the denoised signals from the clean ones.</summary>
    [return: Shape("")]
    public virtual Tensor SquaredLoss([Shape("b n")] Tensor y, [Shape("b n")] Tensor x) => Sum(Square(Denoise(y) - x)) / y.Dim(0);

    /// <summary>The gradient of <see cref="SquaredLoss"/>.</summary>
    [Gradient(of: nameof(SquaredLoss))]
    public virtual partial Gradients SquaredGradient(Tensor y, Tensor x);

    /// <summary>The denoised signals and the Jacobian's product with a direction.</summary>
    [Jvp(of: nameof(Denoise))]
    public virtual partial (Tensor X, Tensor Push) Push(Tensor y, Tensor direction);

    /// <summary>The inner product of the denoised signals with fixed ones.</summary>
    [return: Shape("")]
    public virtual Tensor Pairing([Shape("b n")] Tensor y, [Shape("b n")] Tensor covector) => Sum(covector * Denoise(y));

    /// <summary>The transposed Jacobian's product with a covector.</summary>
    [Gradient(of: nameof(Pairing), wrt: "y")]
    public virtual partial Tensor Pull(Tensor y, Tensor covector);
}

/// <summary>
/// Plug-and-play ADMM: <c>min |A x - b|^2 / 2 + rho R(x)</c> with R the sum over the entries of what a learned proximal network of one variable is the
/// proximal operator of.
/// </summary>
/// <param name="n">The size of a signal.</param>
/// <param name="hidden">The width of the prior.</param>
/// <param name="iterations">The number of iterations of one call.</param>
[Network]
public partial class PlugAndPlay(int n, int hidden, int iterations)
{
    readonly LearnedProximal prior = new(1, hidden);

    /// <summary>The inverse of <c>A'A + rho I</c>.</summary>
    [Buffer("n n")] public partial Tensor Resolvent { get; }

    /// <summary>Goes on from an iterate; <paramref name="matched"/> is <c>A'b / rho</c>, and the resolvent is scaled by rho.</summary>
    [return: Shape("b n"), Shape("b n"), Shape("b n")]
    public virtual (Tensor X, Tensor Z, Tensor Dual) Iterate([Shape("b n")] Tensor z, [Shape("b n")] Tensor dual, [Shape("b n")] Tensor matched)
    {
        var x = z;
        for (var k = 0; k < iterations; k++)
        {
            x = MatMul(matched + z - dual, Resolvent);
            z = Reshape(prior.Denoise(Reshape(x + dual, [-1, 1])), [-1, n]);
            dual = dual + x - z;
        }
        return (x, z, dual);
    }
}
