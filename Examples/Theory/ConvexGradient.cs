using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>
/// An input convex gradient network: g(x) = the integral over t from 0 to 1 of J(tx)'J(tx) x, J the Jacobian of another network, by Simpson's rule; each integrand is
/// the pullback of a push forward.
/// </summary>
/// <remarks>Richter-Powell, Lorraine, Amos, "Input Convex Gradient Networks" (2021).</remarks>
/// <param name="n">The number of inputs.</param>
/// <param name="hidden">The width.</param>
/// <param name="panels">The number of panels of Simpson's rule.</param>
[Network]
public partial class ConvexGradient(int n, int hidden, int panels)
{
    /// <summary>The layer.</summary>
    [Parameter("n hidden", Init = Init.Normal)] public partial Tensor Weight { get; }

    /// <summary>Its offsets.</summary>
    [Parameter("hidden", Init = Init.Normal)] public partial Tensor Bias { get; }

    /// <summary>What g has at 0.</summary>
    [Parameter("n", Init = Init.Zeros)] public partial Tensor Offset { get; }

    /// <summary>The network whose Jacobian it is: one layer.</summary>
    [return: Shape("b hidden")]
    public virtual Tensor Inner([Shape("b n")] Tensor x) => Softplus(MatMul(x, Weight) + Bias);

    /// <summary>J(x) times a direction.</summary>
    [Jvp(of: nameof(Inner))]
    public virtual partial (Tensor Value, Tensor Tangent) Push(Tensor x, Tensor direction);

    /// <summary>J(x)' times a cotangent.</summary>
    [Vjp(of: nameof(Inner))]
    public virtual partial (Tensor Value, Tensor X) Pull(Tensor x, Tensor cotangent);

    /// <summary>The field.</summary>
    [return: Shape("b n")]
    public virtual Tensor Field([Shape("b n")] Tensor x)
    {
        // Simpson: 1 4 2 4 ... 4 1, over six times the number of panels.
        var sum = Integrand(x, 0 * x) + Integrand(x, x);
        for (var k = 0; k < panels; k++)
        {
            sum += 4 * Integrand(x, x * ((2 * k + 1) / (2f * panels)));
            sum += (k == 0 ? 0f : 2f) * Integrand(x, x * (k / (1f * panels)));
        }
        return Offset + sum / (6f * panels);
    }

    private Tensor Integrand(Tensor x, Tensor at)
    {
        var (_, pushed) = Push(at, x);
        var (_, pulled) = Pull(at, pushed);
        return pulled;
    }

    /// <summary>The same without the integral: W (P(W'x + b) - P(b)), where P' is the square of the slope of softplus, s^2 = s - s (1 - s): P is softplus less the logistic function s.</summary>
    [return: Shape("b n")]
    public virtual Tensor ClosedForm([Shape("b n")] Tensor x)
    {
        var z = MatMul(x, Weight) + Bias;
        return Offset + MatMul(Softplus(z) - Sigmoid(z) - (Softplus(Bias) - Sigmoid(Bias)), Transpose(Weight));
    }

    /// <summary>For one point.</summary>
    [return: Shape("n")]
    public virtual Tensor FieldAt([Shape("n")] Tensor x) => Squeeze(Field(Unsqueeze(x, 0)), 0);

    /// <summary>Its derivatives: those of a convex function's gradient are symmetric and positive.</summary>
    [Jacobian(of: nameof(FieldAt))]
    public virtual partial Tensor FieldJacobian(Tensor x);

    /// <summary>The squared distance from a gradient to fit.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b n")] Tensor target) => MseLoss(Field(x), target);

    /// <summary>Its gradient, through the push forwards and the pullbacks.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor target);
}

/// <summary>The same field of two layers, which is no gradient.</summary>
/// <param name="n">The number of inputs.</param>
/// <param name="hidden">The width.</param>
/// <param name="panels">The number of panels of Simpson's rule.</param>
[Network]
public partial class DeepConvexGradient(int n, int hidden, int panels)
{
    /// <summary>The first layer.</summary>
    [Parameter("n hidden", Init = Init.Normal)] public partial Tensor First { get; }

    /// <summary>The second layer.</summary>
    [Parameter("hidden hidden", Init = Init.Normal)] public partial Tensor Second { get; }

    /// <summary>The network whose Jacobian it is.</summary>
    [return: Shape("b hidden")]
    public virtual Tensor Inner([Shape("b n")] Tensor x) => Sigmoid(MatMul(Sigmoid(MatMul(x, First)), Second));

    /// <summary>J(x) times a direction.</summary>
    [Jvp(of: nameof(Inner))]
    public virtual partial (Tensor Value, Tensor Tangent) Push(Tensor x, Tensor direction);

    /// <summary>J(x)' times a cotangent.</summary>
    [Vjp(of: nameof(Inner))]
    public virtual partial (Tensor Value, Tensor X) Pull(Tensor x, Tensor cotangent);

    /// <summary>The field at one point.</summary>
    [return: Shape("n")]
    public virtual Tensor FieldAt([Shape("n")] Tensor point)
    {
        var x = Unsqueeze(point, 0);
        var sum = Integrand(x, 0 * x) + Integrand(x, x);
        for (var k = 0; k < panels; k++)
        {
            sum += 4 * Integrand(x, x * ((2 * k + 1) / (2f * panels)));
            sum += (k == 0 ? 0f : 2f) * Integrand(x, x * (k / (1f * panels)));
        }
        return Squeeze(sum, 0) / (6f * panels);
    }

    private Tensor Integrand(Tensor x, Tensor at)
    {
        var (_, pushed) = Push(at, x);
        var (_, pulled) = Pull(at, pushed);
        return pulled;
    }

    /// <summary>Its derivatives.</summary>
    [Jacobian(of: nameof(FieldAt))]
    public virtual partial Tensor FieldJacobian(Tensor x);
}

/// <summary>What it is compared with: the gradient of an input convex network of one layer, a sum of softplus of affine functions, with as many parameters.</summary>
/// <param name="n">The number of inputs.</param>
/// <param name="hidden">The width.</param>
[Network]
public partial class SoftplusGradient(int n, int hidden)
{
    /// <summary>The layer.</summary>
    [Parameter("n hidden", Init = Init.Normal)] public partial Tensor Weight { get; }

    /// <summary>Its offsets.</summary>
    [Parameter("hidden", Init = Init.Normal)] public partial Tensor Bias { get; }

    /// <summary>The linear part.</summary>
    [Parameter("n", Init = Init.Zeros)] public partial Tensor Offset { get; }

    /// <summary>The sum of the potentials of all points.</summary>
    [return: Shape("")]
    public virtual Tensor Potential([Shape("b n")] Tensor x) => Sum(Softplus(MatMul(x, Weight) + Bias)) + Sum(MatMul(x, Offset));

    /// <summary>The field.</summary>
    [Gradient(of: nameof(Potential), wrt: "x")]
    public virtual partial Tensor Field(Tensor x);

    /// <summary>The squared distance from a gradient to fit.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b n")] Tensor target) => MseLoss(Field(x), target);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor target);
}
