using Proxima.Proximal;
using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>
/// A graph that is seen through a mixture of walks on it, <c>A_O = h₀ I + h₁ S + h₂ S²</c>, and the step of proximal gradient descent that looks for it: along the gradient of the mismatch, of which only
/// what is linear in S stays, then onto sparse matrices without negative elements and with zeros on the diagonal.
/// </summary>
/// <remarks>Wasserman, Sihag, Mateos and Ribeiro, "Learning Graph Structure from Convolutional Mixtures" (TMLR 2023).</remarks>
[Network]
public partial class GraphMixture
{
    /// <summary>Half the squared distance of the mixture of a graph from the one that was seen.</summary>
    /// <param name="s">The graph.</param>
    /// <param name="observed">The mixture.</param>
    /// <param name="h">The weights of walks of 0, 1 and 2 steps.</param>
    [PermutationEquivariant("n")]
    [return: Shape("", DType.Float64)]
    public virtual Tensor Mismatch([Shape("n n", DType.Float64)] Tensor s, [Shape("n n", DType.Float64)] Tensor observed, [Shape("3", DType.Float64)] Tensor h) =>
        0.5 * Sum(Square(observed - h[0] * Eye(s.Dim(0), DType.Float64) - h[1] * s - h[2] * MatMul(s, s)));

    /// <summary>Its gradient.</summary>
    [PermutationEquivariant("n")]
    [Gradient(of: nameof(Mismatch), wrt: "s")]
    public virtual partial Tensor Slope(Tensor s, Tensor observed, Tensor h);

    /// <summary>Its second derivative along a direction.</summary>
    [Hvp(of: nameof(Mismatch), wrt: "s")]
    public virtual partial Tensor Curvature(Tensor s, Tensor observed, Tensor h, Tensor direction);

    /// <summary>The sum of all elements, of matrices within bounds.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Sparsity([Shape("n n", DType.Float64)] Tensor s, [Shape("n n", DType.Float64)] Tensor upper) => Sum(Abs(s)) + Sum(Box.Value(s, 0, upper));

    /// <summary>Its proximal operator.</summary>
    [PermutationEquivariant("n")]
    [Prox(of: nameof(Sparsity))]
    public virtual partial Tensor Shrink(Tensor s, Tensor upper, Tensor step);

    /// <summary>The step: the gradient of the second-order Taylor polynomial of the mismatch at 0, then the operator.</summary>
    /// <param name="s">The graph.</param>
    /// <param name="observed">The mixture.</param>
    /// <param name="h">The weights of walks.</param>
    /// <param name="upper">Bounds of the elements: 0 on the diagonal.</param>
    /// <param name="step">The length of the step.</param>
    /// <param name="threshold">What the operator takes off.</param>
    [PermutationEquivariant("n")]
    [return: Shape("n n", DType.Float64)]
    public virtual Tensor Step(
        [Shape("n n", DType.Float64)] Tensor s, [Shape("n n", DType.Float64)] Tensor observed, [Shape("3", DType.Float64)] Tensor h, [Shape("n n", DType.Float64)] Tensor upper,
        [Shape("", DType.Float64)] Tensor step, [Shape("", DType.Float64)] Tensor threshold) =>
        Shrink(s - step * (Slope(0 * s, observed, h) + Curvature(0 * s, observed, h, s)), upper, threshold);

    /// <summary>The same along the gradient of the mismatch itself.</summary>
    [return: Shape("n n", DType.Float64)]
    public virtual Tensor WholeStep(
        [Shape("n n", DType.Float64)] Tensor s, [Shape("n n", DType.Float64)] Tensor observed, [Shape("3", DType.Float64)] Tensor h, [Shape("n n", DType.Float64)] Tensor upper,
        [Shape("", DType.Float64)] Tensor step, [Shape("", DType.Float64)] Tensor threshold) => Shrink(s - step * Slope(s, observed, h), upper, threshold);
}

/// <summary>
/// The network that these steps unroll to: several candidate graphs beside each other, each layer with its own coefficients instead of those of a known mixture. It has as many parameters for graphs of all sizes.
/// </summary>
/// <param name="channels">The number of candidates.</param>
/// <param name="depth">The number of layers before the last.</param>
[Network]
public partial class GraphDeconvolution(int channels, int depth)
{
    /// <summary>How much of each candidate stays in each.</summary>
    [Parameter("depth channels channels")] public partial Tensor Stay { get; }

    /// <summary>How much of its products with the observed graph joins.</summary>
    [Parameter("depth channels channels")] public partial Tensor Mix { get; }

    /// <summary>How much of the Chebyshev polynomials of the observed graph joins.</summary>
    [Parameter("depth 3 channels")] public partial Tensor Filter { get; }

    /// <summary>What is taken off each element.</summary>
    [Parameter("depth channels", Init = 0.05, Constraint = typeof(NonNegative))] public partial Tensor Threshold { get; }

    /// <summary>The coefficients of the last layer.</summary>
    [Parameter("1 channels 1")] public partial Tensor LastStay { get; }

    /// <summary>Those of its products.</summary>
    [Parameter("1 channels 1")] public partial Tensor LastMix { get; }

    /// <summary>Those of its polynomials.</summary>
    [Parameter("1 3 1")] public partial Tensor LastFilter { get; }

    /// <summary>What the last layer takes off.</summary>
    [Parameter("1 1", Init = 0.05, Constraint = typeof(NonNegative))] public partial Tensor LastThreshold { get; }

    /// <summary>The elements of the graph before the last ReLU: a pair is linked where it is positive.</summary>
    [PermutationEquivariant("n")]
    [return: Shape("b n n")]
    public virtual Tensor Forward([Shape("b n n")] Tensor observed)
    {
        var (b, n) = (observed.Dim(0), observed.Dim(1));
        var second = 2 * MatMul(observed, observed) - Eye(n, DType.Float32);
        var powers = Stack([observed, second, 2 * MatMul(observed, second) - observed], 1);
        var apart = 1 - Eye(n, DType.Float32);
        var s = Expand(Unsqueeze(apart * observed, 1), b, channels, n, n);
        for (var k = 0; k < depth; k++)
        {
            var next = Convolve(s, observed, powers, Stay[k], Mix[k], Filter[k]);
            // Elements of size up to 1: the observed graph says nothing about the unit.
            next = next / (Max(Abs(next), dims: [2, 3], keepDim: true) + 1e-6);
            s = apart * Relu(next - Reshape(Threshold[k], channels, 1, 1));
        }
        return Squeeze(Convolve(s, observed, powers, LastStay[0], LastMix[0], LastFilter[0]), 1) - LastThreshold[0, 0];
    }

    [TensorFunction]
    private static Tensor Convolve(Tensor s, Tensor observed, Tensor powers, Tensor stay, Tensor mix, Tensor filter)
    {
        var product = MatMul(Unsqueeze(observed, 1), s);
        return Einsum("bipq,ij->bjpq", s, stay) + Einsum("bipq,ij->bjpq", product + Transpose(product), mix) + Einsum("bipq,ij->bjpq", powers, filter);
    }

    /// <summary>The cross entropy of the links, over all pairs.</summary>
    [PermutationEquivariant("n")]
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n n")] Tensor observed, [Shape("b n n")] Tensor graph)
    {
        var score = 10 * Forward(observed);
        var (b, n) = (graph.Dim(0), graph.Dim(1));
        return Sum((1 - Eye(n, DType.Float32)) * (Softplus(score) - graph * score)) / (b * n * (n - 1));
    }

    /// <summary>Its gradient.</summary>
    [PermutationEquivariant("n")]
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor observed, Tensor graph);
}
