using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>The activation <c>tanh(t) + shift</c>, and how fast it grows: its degree <c>t f'(t) / f(t)</c>, derived, and bounded over intervals.</summary>
/// <remarks>
/// Sittoni and Tudisco, "Subhomogeneous Deep Equilibrium Models" (ICML 2024). Weights that are not negative keep degrees, and a power multiplies them, so a bound of the activation's degree on
/// the positive axis times the power is one of the whole layer; below 1 there is exactly one equilibrium.
/// </remarks>
/// <param name="shift">What is added.</param>
[Network]
public partial class ShiftedTanh(float shift)
{
    /// <summary>The activation.</summary>
    [return: Shape("... n")]
    public virtual Tensor Forward([Shape("... n")] Tensor t) => Tanh(t) + shift;

    /// <summary>The activation and its change along a direction.</summary>
    [Jvp(of: nameof(Forward))]
    public virtual partial (Tensor Value, Tensor Change) Along(Tensor t, Tensor direction);

    /// <summary>The degree at each point.</summary>
    [return: Shape("... n")]
    public virtual Tensor Degree([Shape("... n")] Tensor t)
    {
        var (value, change) = Along(t, t);
        return change / value;
    }

    /// <summary>Bounds of the degree over intervals.</summary>
    [Bounds(of: nameof(Degree))]
    public virtual partial (Tensor Lower, Tensor Upper) DegreeRange(Tensor lower, Tensor upper);
}

/// <summary>A layer that is defined by its equilibrium <c>z = (tanh(z |W|) + shift)^power + relu(x U + b)</c>.</summary>
/// <param name="n">The size of the equilibrium.</param>
/// <param name="inputs">The size of an input.</param>
/// <param name="power">The power.</param>
/// <param name="shift">The shift of the activation.</param>
[Network]
public partial class PositiveEquilibrium(int n, int inputs, float power = 0.5f, float shift = 0.01f)
{
    readonly ShiftedTanh activation = new(shift);

    /// <summary>The weights; their sizes count.</summary>
    [Parameter("n n")] public partial Tensor Weight { get; }

    /// <summary>The weights of the input.</summary>
    [Parameter("inputs n")] public partial Tensor Input { get; }

    /// <summary>The offset.</summary>
    [Parameter("n")] public partial Tensor Offset { get; }

    /// <summary>One step towards the equilibrium.</summary>
    [return: Shape("b n")]
    public virtual Tensor Step([Shape("b n")] Tensor z, [Shape("b inputs")] Tensor x) =>
        Pow(activation.Forward(MatMul(z, Abs(Weight))), power) + Relu(MatMul(x, Input) + Offset);

    /// <summary>The equilibrium, differentiated implicitly.</summary>
    [FixedPoint(of: nameof(Step), Tolerance = 1e-14, MaxIterations = 400)]
    public virtual partial (Tensor Z, Tensor Iterations, Tensor Residual) Solve(Tensor z, Tensor x);

    /// <summary>A weighted sum of the equilibrium.</summary>
    [return: Shape("")]
    public virtual Tensor Value([Shape("b inputs")] Tensor x, [Shape("b n")] Tensor weights) => Sum(weights * Solve(Ones(x.Dim(0), n), x).Z);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Value))]
    public virtual partial Gradients ValueGradient(Tensor x, Tensor weights);
}

/// <summary>Classes of the nodes of a graph: predictions from the features of each node, propagated along edges until nothing changes, through the activation.</summary>
/// <param name="features">The number of features of a node.</param>
/// <param name="hidden">The width of the network of a node.</param>
/// <param name="classes">The number of classes.</param>
[Network]
public partial class GraphEquilibrium(int features, int hidden, int classes)
{
    readonly ShiftedTanh activation = new(0.001f);
    readonly Linear first = new(features, hidden);
    readonly Linear last = new(hidden, classes);

    /// <summary>The weights between neighbours; their sizes count.</summary>
    [Parameter("classes classes", Init = Init.Identity)] public partial Tensor Weight { get; }

    /// <summary>One step towards the equilibrium, of a degree below 0.98.</summary>
    [return: Shape("n classes")]
    public virtual Tensor Step([Shape("n classes")] Tensor z, [Shape("n classes")] Tensor own, [Shape("n n")] Tensor adjacency) =>
        30.4 * Pow(activation.Forward(MatMul(adjacency, MatMul(z, Abs(Weight))) / 32), 0.98f) + 0.05 * own;

    /// <summary>The equilibrium, the number of steps to it, and how far the last one went.</summary>
    [FixedPoint(of: nameof(Step), Solver = Solver.Anderson, Tolerance = 1e-5)]
    public virtual partial (Tensor Z, Tensor Iterations, Tensor Residual) Solve(Tensor z, Tensor own, Tensor adjacency);

    /// <summary>The logits of the classes.</summary>
    [return: Shape("n classes")]
    public virtual Tensor Forward([Shape("n features")] Tensor x, [Shape("n n")] Tensor adjacency)
    {
        var own = Softplus(last.Forward(Relu(first.Forward(x))) + 4);
        return Solve(own, own, adjacency).Z;
    }

    /// <summary>The loss of the nodes whose classes are known.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("n features")] Tensor x, [Shape("n n")] Tensor adjacency, [Shape("m", DType.Int64)] Tensor known, [Shape("m", DType.Int64)] Tensor labels) =>
        CrossEntropy(IndexSelect(Forward(x, adjacency), 0, known), labels);

    /// <summary>The gradient of <see cref="Loss"/>.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor adjacency, Tensor known, Tensor labels);
}

/// <summary>The baseline: predictions from the features of each node, propagated along edges by personalised PageRank.</summary>
/// <param name="features">The number of features of a node.</param>
/// <param name="hidden">The width of the network of a node.</param>
/// <param name="classes">The number of classes.</param>
[Network]
public partial class PropagatedPredictions(int features, int hidden, int classes)
{
    readonly Linear first = new(features, hidden);
    readonly Linear last = new(hidden, classes);

    /// <summary>The logits of the classes.</summary>
    [return: Shape("n classes")]
    public virtual Tensor Forward([Shape("n features")] Tensor x, [Shape("n n")] Tensor adjacency)
    {
        var own = last.Forward(Relu(first.Forward(x)));
        var z = own;
        for (var k = 0; k < 10; k++) z = 0.9 * MatMul(adjacency, z) + 0.1 * own;
        return z;
    }

    /// <summary>The loss of the nodes whose classes are known.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("n features")] Tensor x, [Shape("n n")] Tensor adjacency, [Shape("m", DType.Int64)] Tensor known, [Shape("m", DType.Int64)] Tensor labels) =>
        CrossEntropy(IndexSelect(Forward(x, adjacency), 0, known), labels);

    /// <summary>The gradient of <see cref="Loss"/>.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor adjacency, Tensor known, Tensor labels);
}
