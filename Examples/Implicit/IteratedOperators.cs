using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>A network read as an operator that an iteration applies again and again: it contracts by construction, for its weights are divided by the bound of their norm that the compiler derives.</summary>
/// <remarks>Zappala, Levine, He, Rizvi, Levy, van Dijk, "Operator Learning Meets Numerical Analysis: Improving Neural Networks through Iterative Methods".</remarks>
/// <param name="n">The dimension.</param>
/// <param name="factor">By how much it contracts.</param>
[Network]
public partial class ContractiveOperator(int n, float factor)
{
    /// <summary>The weights.</summary>
    [Parameter("n n", DType.Float64, Init = Init.Normal)] public partial Tensor Weight { get; }

    /// <summary>The linear part.</summary>
    [return: Shape("b n", DType.Float64)]
    public virtual Tensor Linear([Shape("b n", DType.Float64)] Tensor x) => MatMul(x, Weight);

    /// <summary>A bound of its norm.</summary>
    [Lipschitz(of: nameof(Linear))]
    public virtual partial Tensor Norm(Tensor x);

    /// <summary>The operator.</summary>
    [return: Shape("b n", DType.Float64)]
    public virtual Tensor Apply([Shape("b n", DType.Float64)] Tensor x, [Shape("b n", DType.Float64)] Tensor f) => Tanh(factor / Norm(f) * Linear(x) + f);

    /// <summary>How far it can carry points apart, as a multiple of their distance.</summary>
    [Lipschitz(of: nameof(Apply), wrt: "x")]
    public virtual partial Tensor ApplyNorm(Tensor x, Tensor f);

    /// <summary>The point that it leaves where it is.</summary>
    [FixedPoint(of: nameof(Apply), MaxIterations = 2000, Tolerance = 1e-15)]
    public virtual partial Tensor Solve(Tensor x, Tensor f);

    /// <summary>Picard's iteration.</summary>
    [return: Shape("b n", DType.Float64)]
    public virtual Tensor Iterate([Shape("b n", DType.Float64)] Tensor x, [Shape("b n", DType.Float64)] Tensor f, int steps)
    {
        for (var k = 0; k < steps; k++) x = Apply(x, f);
        return x;
    }

    /// <summary>A number read off the fixed point.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor Readout([Shape("b n", DType.Float64)] Tensor f, [Shape("b n", DType.Float64)] Tensor w) => Sum(Solve(0 * f, f) * w);

    /// <summary>The same number of many iterations.</summary>
    [return: Shape("", DType.Float64)]
    public virtual Tensor ReadoutOfIterations([Shape("b n", DType.Float64)] Tensor f, [Shape("b n", DType.Float64)] Tensor w, int steps) => Sum(Iterate(0 * f, f, steps) * w);

    /// <summary>Its derivative by the implicit function.</summary>
    [Gradient(of: nameof(Readout), wrt: "f, Weight")]
    public virtual partial (Tensor F, Tensor Weight) ReadoutGradient(Tensor f, Tensor w);

    /// <summary>That through the iterations.</summary>
    [Gradient(of: nameof(ReadoutOfIterations), wrt: "f, Weight")]
    public virtual partial (Tensor F, Tensor Weight) ReadoutOfIterationsGradient(Tensor f, Tensor w, int steps);
}

/// <summary>A quarter turn keeps distances: Picard's iteration goes round for ever, the averaged iteration of Krasnoselskii and Mann converges.</summary>
[Network]
public partial class QuarterTurn
{
    /// <summary>Many averaged iterations: each goes a share of the way.</summary>
    [return: Shape("b 2", DType.Float64)]
    public virtual Tensor Iterate([Shape("b 2", DType.Float64)] Tensor x, [Shape("", DType.Float64)] Tensor share, int steps)
    {
        for (var k = 0; k < steps; k++) x = (1 - share) * x + share * Stack([-x[.., 1], x[.., 0]], dim: 1);
        return x;
    }
}

/// <summary>A graph network that iterates one operator: a layer that sees the neighbours' states and the node's own features, averaged with the state before.</summary>
/// <param name="inputs">The number of features of a node.</param>
/// <param name="width">The width of the states.</param>
/// <param name="classes">The number of classes.</param>
/// <param name="steps">The number of iterations; the parameters do not depend on it.</param>
[Network]
public partial class IteratedGraphNetwork(int inputs, int width, int classes, int steps)
{
    readonly Linear encoder = new(inputs, width);
    readonly Linear spread = new(width, width);
    readonly Linear head = new(width, classes);

    /// <summary>The scores of the classes.</summary>
    [return: Shape("n classes")]
    public virtual Tensor Forward([Shape("n e")] Graph g, [Shape("n inputs")] Tensor x)
    {
        var f = encoder.Forward(x);
        var h = Tanh(f);
        for (var k = 0; k < steps; k++) h = 0.5 * h + 0.5 * Tanh(spread.Forward(Propagate(g, (source, target, edge) => h[source], Reduce.Mean)) + f);
        return head.Forward(h);
    }

    /// <summary>The cross entropy of the labelled nodes.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("n e")] Graph g, [Shape("n inputs")] Tensor x, [Shape("k", DType.Int64)] Tensor labelled, [Shape("k", DType.Int64)] Tensor label) =>
        CrossEntropy(Forward(g, x)[labelled], label);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Graph g, Tensor x, Tensor labelled, Tensor label);
}
