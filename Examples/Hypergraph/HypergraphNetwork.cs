using Proxima.Proximal;
using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>
/// A hypergraph network whose layers are derived from an energy: features of nodes stay near what a network makes of the inputs, members of a hyperedge stay near each other, and
/// nothing is negative. A layer is a step of preconditioned proximal gradient descent; its ReLU is the proximal operator of the constraint.
/// </summary>
/// <remarks>
/// Wang, Gan, Qiu, Wipf et al., "From Hypergraph Energy Functions to Hypergraph Neural Networks" (ICML 2023), with the energies of the clique and the star expansion and without
/// compatibility matrices. A hypergraph is a list of memberships: the node of each, and its hyperedge.
/// </remarks>
/// <param name="inputs">The number of features of a node.</param>
/// <param name="width">The width of the embedding.</param>
/// <param name="classes">The number of classes.</param>
/// <param name="steps">The number of layers.</param>
[Network]
public partial class HypergraphNetwork(int inputs, int width, int classes, int steps)
{
    readonly Linear start = new(inputs, width);
    readonly Linear head = new(width, classes);

    /// <summary>How much the clique expansion and the star expansion count: λ₀ and λ₁.</summary>
    [Parameter("2", Init = Init.Ones, Constraint = typeof(NonNegative))] public partial Tensor Weight { get; }

    /// <summary>
    /// <c>|Y - F|² + λ₀ tr Yᵀ(D_C - A_C)Y + λ₁ tr Yᵀ(D_S - A_S)Y</c> with <c>A_C = H Hᵀ</c> and <c>A_S = H D_e⁻¹ Hᵀ</c>, as sums over the members of hyperedges: the first counts each as often as there are
    /// members.
    /// </summary>
    /// <param name="y">The embedding.</param>
    /// <param name="f">What it stays near.</param>
    /// <param name="nodes">The node of each membership.</param>
    /// <param name="edges">Its hyperedge.</param>
    /// <param name="size">How many members each hyperedge has.</param>
    [return: Shape("")]
    public virtual Tensor Energy([Shape("n d")] Tensor y, [Shape("n d")] Tensor f, [Shape("p", DType.Int64)] Tensor nodes, [Shape("p", DType.Int64)] Tensor edges, [Shape("m")] Tensor size)
    {
        var mean = SegmentSum(y[nodes], edges, size.Dim(0)) / Unsqueeze(size, 1);
        return Sum(Square(y - f)) + Sum(Unsqueeze(Weights(size)[edges], 1) * Square(y[nodes] - mean[edges]));
    }

    private Tensor Weights(Tensor size) => Weight[0] * size + Weight[1];

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Energy), wrt: "y")]
    public virtual partial Tensor Slope(Tensor y, Tensor f, Tensor nodes, Tensor edges, Tensor size);

    /// <summary>0 where nothing is negative.</summary>
    [return: Shape("")]
    public virtual Tensor Constraint([Shape("n d")] Tensor y) => Sum(NonnegativeOrthant.Value(y));

    /// <summary>Its proximal operator.</summary>
    [Prox(of: nameof(Constraint))]
    public virtual partial Tensor Project(Tensor y, float step);

    /// <summary>The diagonal <c>1 + λ₀ D_C + λ₁ D_S</c>.</summary>
    [return: Shape("n")]
    public virtual Tensor Degrees([Shape("n d")] Tensor y, [Shape("p", DType.Int64)] Tensor nodes, [Shape("p", DType.Int64)] Tensor edges, [Shape("m")] Tensor size) =>
        1 + SegmentSum(Weights(size)[edges], nodes, y.Dim(0));

    /// <summary>A step without the constraint.</summary>
    [return: Shape("n d")]
    public virtual Tensor Descend(
        [Shape("n d")] Tensor y, [Shape("n d")] Tensor f, [Shape("p", DType.Int64)] Tensor nodes, [Shape("p", DType.Int64)] Tensor edges, [Shape("m")] Tensor size, [Shape("")] Tensor rate) =>
        y - 0.5 * rate * Slope(y, f, nodes, edges, size) / Unsqueeze(Degrees(y, nodes, edges, size), 1);

    /// <summary>A layer.</summary>
    [return: Shape("n d")]
    public virtual Tensor Layer(
        [Shape("n d")] Tensor y, [Shape("n d")] Tensor f, [Shape("p", DType.Int64)] Tensor nodes, [Shape("p", DType.Int64)] Tensor edges, [Shape("m")] Tensor size, [Shape("")] Tensor rate) =>
        Project(Descend(y, f, nodes, edges, size, rate), 1);

    /// <summary>The layer as the paper writes it: <c>ReLU((1 - a) Y + a D⁻¹ (F + (λ₀ A_C + λ₁ A_S) Y))</c>.</summary>
    [return: Shape("n d")]
    public virtual Tensor Written(
        [Shape("n d")] Tensor y, [Shape("n d")] Tensor f, [Shape("p", DType.Int64)] Tensor nodes, [Shape("p", DType.Int64)] Tensor edges, [Shape("m")] Tensor size, [Shape("")] Tensor rate)
    {
        var sums = SegmentSum(y[nodes], edges, size.Dim(0));
        var clique = SegmentSum(sums[edges], nodes, y.Dim(0));
        var star = SegmentSum((sums / Unsqueeze(size, 1))[edges], nodes, y.Dim(0));
        var degrees = Unsqueeze(Degrees(y, nodes, edges, size), 1);
        return Relu((1 - rate) * y + rate * (f + Weight[0] * clique + Weight[1] * star) / degrees);
    }

    /// <summary>The minimum of the energy, with the derivative of the implicit function.</summary>
    [FixedPoint(of: nameof(Layer), MaxIterations = 2000, Tolerance = 1e-14)]
    public virtual partial Tensor Minimum(Tensor y, Tensor f, Tensor nodes, Tensor edges, Tensor size, Tensor rate);

    /// <summary>The scores of the classes after some layers.</summary>
    [return: Shape("n classes")]
    public virtual Tensor Forward([Shape("n inputs")] Tensor x, [Shape("p", DType.Int64)] Tensor nodes, [Shape("p", DType.Int64)] Tensor edges, [Shape("m")] Tensor size)
    {
        var f = start.Forward(x);
        var y = Project(f, 1);
        for (var k = 0; k < steps; k++) y = Layer(y, f, nodes, edges, size, 1);
        return head.Forward(y);
    }

    /// <summary>The cross entropy of the labelled nodes.</summary>
    [return: Shape("")]
    public virtual Tensor Loss(
        [Shape("n inputs")] Tensor x, [Shape("p", DType.Int64)] Tensor nodes, [Shape("p", DType.Int64)] Tensor edges, [Shape("m")] Tensor size,
        [Shape("k", DType.Int64)] Tensor labelled, [Shape("k", DType.Int64)] Tensor label) => CrossEntropy(Forward(x, nodes, edges, size)[labelled], label);

    /// <summary>Its gradient: through all layers.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor nodes, Tensor edges, Tensor size, Tensor labelled, Tensor label);

    /// <summary>The cross entropy at the minimum of the energy.</summary>
    [return: Shape("")]
    public virtual Tensor MinimumLoss(
        [Shape("n inputs")] Tensor x, [Shape("p", DType.Int64)] Tensor nodes, [Shape("p", DType.Int64)] Tensor edges, [Shape("m")] Tensor size,
        [Shape("k", DType.Int64)] Tensor labelled, [Shape("k", DType.Int64)] Tensor label)
    {
        var f = start.Forward(x);
        return CrossEntropy(head.Forward(Minimum(Project(f, 1), f, nodes, edges, size, Ones()))[labelled], label);
    }

    /// <summary>Its gradient: by the implicit function.</summary>
    [Gradient(of: nameof(MinimumLoss))]
    public virtual partial Gradients MinimumGradient(Tensor x, Tensor nodes, Tensor edges, Tensor size, Tensor labelled, Tensor label);
}

/// <summary>What it is compared with: a graph convolution of two layers on the clique expansion, <c>D^-½ H Hᵀ D^-½</c>.</summary>
/// <param name="inputs">The number of features of a node.</param>
/// <param name="width">The width of the hidden layer.</param>
/// <param name="classes">The number of classes.</param>
[Network]
public partial class CliqueConvolution(int inputs, int width, int classes)
{
    readonly Linear first = new(inputs, width);
    readonly Linear second = new(width, classes);

    [TensorFunction]
    private static Tensor Spread(Tensor y, Tensor nodes, Tensor edges, Tensor size)
    {
        var scale = Unsqueeze(Rsqrt(Maximum(SegmentSum(size[edges], nodes, y.Dim(0)), 1)), 1);
        return scale * SegmentSum(SegmentSum((scale * y)[nodes], edges, size.Dim(0))[edges], nodes, y.Dim(0));
    }

    /// <summary>The scores of the classes.</summary>
    [return: Shape("n classes")]
    public virtual Tensor Forward([Shape("n inputs")] Tensor x, [Shape("p", DType.Int64)] Tensor nodes, [Shape("p", DType.Int64)] Tensor edges, [Shape("m")] Tensor size) =>
        Spread(second.Forward(Relu(Spread(first.Forward(x), nodes, edges, size))), nodes, edges, size);

    /// <summary>The cross entropy of the labelled nodes.</summary>
    [return: Shape("")]
    public virtual Tensor Loss(
        [Shape("n inputs")] Tensor x, [Shape("p", DType.Int64)] Tensor nodes, [Shape("p", DType.Int64)] Tensor edges, [Shape("m")] Tensor size,
        [Shape("k", DType.Int64)] Tensor labelled, [Shape("k", DType.Int64)] Tensor label) => CrossEntropy(Forward(x, nodes, edges, size)[labelled], label);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor nodes, Tensor edges, Tensor size, Tensor labelled, Tensor label);
}
