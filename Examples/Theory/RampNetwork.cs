using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>Two layers with ramps between them, how sharp their loss is, and the loss that sharpness-aware minimization descends.</summary>
/// <remarks>
/// Wen, Li and Ma, "Sharpness Minimization Algorithms Do Not Only Minimize Sharpness To Achieve Better Generalization" (NeurIPS 2023). Biases are the weights of an input that is
/// always 1.
/// </remarks>
/// <param name="inputs">The size of an input.</param>
/// <param name="hidden">The number of ramps.</param>
[Network]
public partial class RampNetwork(int inputs, int hidden)
{
    /// <summary>The weights of the ramps.</summary>
    [Parameter("inputs hidden")] public partial Tensor Hidden { get; }

    /// <summary>The weights of the output.</summary>
    [Parameter("hidden")] public partial Tensor Output { get; }

    /// <summary>The outputs.</summary>
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b inputs")] Tensor x) => MatMul(Relu(MatMul(x, Hidden)), Output);

    /// <summary>The mean squared error.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b inputs")] Tensor x, [Shape("b")] Tensor y) => MseLoss(Forward(x), y);

    /// <summary>The gradient of <see cref="Loss"/>.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor y);

    /// <summary>The sharpness: the trace of the Hessian of <see cref="Loss"/> by all weights.</summary>
    [HessianTrace(of: nameof(Loss), wrt: "Hidden, Output")]
    public virtual partial Tensor Sharpness(Tensor x, Tensor y);

    /// <summary>One sample of it, for random signs.</summary>
    [HessianTrace(of: nameof(Loss), wrt: "Hidden, Output", Mode = TraceMode.Hutchinson)]
    public virtual partial Tensor SharpnessAlong(Tensor x, Tensor y, Tensor hiddenSigns, Tensor outputSigns);

    /// <summary>The loss a step of the given length up the gradient away; the step counts as a constant.</summary>
    [return: Shape("")]
    public virtual Tensor SharpLoss([Shape("b inputs")] Tensor x, [Shape("b")] Tensor y, [Shape("")] Tensor radius)
    {
        var g = LossGradient(x, y);
        var step = StopGradient(radius * Rsqrt(Sum(Square(g[Hidden])) + Sum(Square(g[Output])) + 1e-20f));
        return With(hidden: Hidden + step * StopGradient(g[Hidden]), output: Output + step * StopGradient(g[Output])).Loss(x, y);
    }

    /// <summary>The gradient of sharpness-aware minimization.</summary>
    [Gradient(of: nameof(SharpLoss))]
    public virtual partial Gradients SharpGradient(Tensor x, Tensor y, Tensor radius);
}
