using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>A classifier whose worst case over a box around its input is a method like its forward pass, and so is the loss that trains it.</summary>
/// <remarks>
/// Gowal et al., "On the effectiveness of interval bound propagation for training verifiably robust models" (2018). The elision of the last layer (section 3)
/// needs no rule of its own: the margin over the right class is declared with the two rows of the last layer subtracted first, and its bounds are derived.
/// </remarks>
/// <param name="inputs">The size of an input.</param>
/// <param name="hidden">The width of both hidden layers.</param>
/// <param name="classes">The number of classes.</param>
[Network]
public partial class VerifiableNetwork(int inputs, int hidden, int classes)
{
    readonly Linear first = new(inputs, hidden);
    readonly Linear second = new(hidden, hidden);

    /// <summary>The last layer, one row per class.</summary>
    [Parameter("classes hidden", Init = Init.KaimingUniform)] public partial Tensor Last { get; }

    /// <summary>The offsets of the classes.</summary>
    [Parameter("classes")] public partial Tensor Offset { get; }

    Tensor Features(Tensor x) => Relu(second.Forward(Relu(first.Forward(x))));

    /// <summary>The scores of the classes.</summary>
    [return: Shape("b classes")]
    public virtual Tensor Logits([Shape("b inputs")] Tensor x) => MatMul(Features(x), Transpose(Last)) + Offset;

    /// <summary>By how much each class is ahead of the right one: one product with the difference of two rows.</summary>
    [return: Shape("b classes")]
    public virtual Tensor Margins([Shape("b inputs")] Tensor x, [Shape("b classes")] Tensor isLabel)
    {
        var rows = Reshape(Last, 1, classes, hidden) - Reshape(MatMul(isLabel, Last), -1, 1, hidden);
        var offsets = Offset - Sum(isLabel * Offset, dim: 1, keepDim: true);
        return Reshape(MatMul(Reshape(Features(x), -1, 1, hidden), Transpose(rows)), -1, classes) + offsets;
    }

    /// <summary>Bounds of the scores.</summary>
    [Bounds(of: nameof(Logits))]
    public virtual partial (Tensor Lower, Tensor Upper) LogitRange(Tensor x, Tensor upper);

    /// <summary>Bounds of the margins by intervals.</summary>
    [Bounds(of: nameof(Margins), wrt: "x")]
    public virtual partial (Tensor Lower, Tensor Upper) MarginRange(Tensor x, Tensor isLabel, Tensor upper);

    /// <summary>Bounds of the margins by linear relaxation.</summary>
    [Bounds(of: nameof(Margins), wrt: "x", Method = BoundMethod.Crown)]
    public virtual partial (Tensor Lower, Tensor Upper) MarginEnclosure(Tensor x, Tensor isLabel, Tensor upper);

    /// <summary>The ordinary loss.</summary>
    [return: Shape("")]
    public virtual Tensor CleanLoss([Shape("b inputs")] Tensor x, [Shape("b", DType.Int64)] Tensor label) => CrossEntropy(Logits(x), label);

    /// <summary>The paper's loss: <paramref name="share"/> of the ordinary one, the rest at the worst margins over the box.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b inputs")] Tensor x, [Shape("b", DType.Int64)] Tensor label, [Shape("b classes")] Tensor isLabel, [Shape("")] Tensor radius, [Shape("")] Tensor share)
    {
        var (_, worst) = MarginRange(x - radius, isLabel, x + radius);
        return share * CrossEntropy(Logits(x), label) + (1 - share) * Mean(LogSumExp(worst, dim: 1));
    }

    /// <summary>The gradient of the ordinary loss.</summary>
    [Gradient(of: nameof(CleanLoss))]
    public virtual partial Gradients CleanGradient(Tensor x, Tensor label);

    /// <summary>The gradient of the paper's loss: through the bounds.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor label, Tensor isLabel, Tensor radius, Tensor share);

    /// <summary>The slope of the ordinary loss, which an attack climbs.</summary>
    [Gradient(of: nameof(CleanLoss), wrt: "x")]
    public virtual partial Tensor InputSlope(Tensor x, Tensor label);
}

/// <summary>A small network of one of four kinds for the tests of soundness.</summary>
/// <param name="inputs">The size of an input.</param>
/// <param name="hidden">The width.</param>
/// <param name="outputs">The size of an output.</param>
/// <param name="smooth">Hyperbolic tangents instead of ramps.</param>
/// <param name="residual">Whether each hidden layer adds to the one before.</param>
[Network]
public partial class RandomNetwork(int inputs, int hidden, int outputs, bool smooth = false, bool residual = false)
{
    readonly Linear first = new(inputs, hidden);
    readonly Linear second = new(hidden, hidden);
    readonly Linear third = new(hidden, hidden);
    readonly Linear last = new(hidden, outputs);

    Tensor Activate(Tensor x)
    {
        if (smooth) return Tanh(x);
        return Relu(x);
    }

    /// <summary>The outputs.</summary>
    [return: Shape("b outputs")]
    public virtual Tensor Forward([Shape("b inputs")] Tensor x)
    {
        var h = Activate(first.Forward(x));
        var g = Activate(second.Forward(h));
        if (residual) g = g + h;
        var f = Activate(third.Forward(g));
        if (residual) f = f + g;
        return last.Forward(f);
    }

    /// <summary>Bounds of the outputs by intervals.</summary>
    [Bounds(of: nameof(Forward))]
    public virtual partial (Tensor Lower, Tensor Upper) Range(Tensor x, Tensor upper);

    /// <summary>Bounds of the outputs by linear relaxation.</summary>
    [Bounds(of: nameof(Forward), Method = BoundMethod.Crown)]
    public virtual partial (Tensor Lower, Tensor Upper) Enclosure(Tensor x, Tensor upper);

    /// <summary>A weighted sum of the outputs, for an attack to climb.</summary>
    [return: Shape("")]
    public virtual Tensor Score([Shape("b inputs")] Tensor x, [Shape("b outputs")] Tensor weight) => Sum(Forward(x) * weight);

    /// <summary>The slope of <see cref="Score"/>.</summary>
    [Gradient(of: nameof(Score), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x, Tensor weight);

    /// <summary>The first layer alone.</summary>
    [return: Shape("b hidden")]
    public virtual Tensor Affine([Shape("b inputs")] Tensor x) => first.Forward(x);

    /// <summary>Bounds of the first layer.</summary>
    [Bounds(of: nameof(Affine))]
    public virtual partial (Tensor Lower, Tensor Upper) AffineRange(Tensor x, Tensor upper);

    /// <summary>The first layer's weights, as an input that reaches the upper bound of an output needs their signs.</summary>
    [return: Shape("hidden inputs")]
    public virtual Tensor FirstWeight() => first.Weight + 0;
}
