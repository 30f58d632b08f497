using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>A stack of affine maps with GELU between them.</summary>
/// <param name="inputs">The size of the input.</param>
/// <param name="width">The width of the hidden layers.</param>
/// <param name="outputs">The size of the output.</param>
[Network]
public partial class GeluStack(int inputs, int width, int outputs)
{
    readonly Linear first = new(inputs, width);
    readonly Linear second = new(width, width);
    readonly Linear last = new(width, outputs);

    /// <summary>The output of the last affine map.</summary>
    [return: Shape("b outputs")]
    public virtual Tensor Forward([Shape("b inputs")] Tensor x) => last.Forward(Gelu(second.Forward(Gelu(first.Forward(x)))));
}

/// <summary>A deep operator network: a function known at m sensors goes in, its image at any point comes out.</summary>
/// <remarks>Lu, Jin, Pang, Zhang and Karniadakis, "Learning nonlinear operators via DeepONet" (Nature Machine Intelligence, 2021), the unstacked form with a bias.</remarks>
/// <param name="sensors">The number of points where the input function is known.</param>
/// <param name="width">The width of the hidden layers.</param>
/// <param name="basis">The number of functions whose combination is the output.</param>
[Network]
public partial class DeepONet(int sensors, int width, int basis)
{
    readonly GeluStack branch = new(sensors, width, basis);
    readonly GeluStack trunk = new(1, width, basis);

    /// <summary>The constant of the output.</summary>
    [Parameter("")] public partial Tensor Constant { get; }

    /// <summary>The images of all functions at all points: one matrix product of coefficients and basis functions.</summary>
    [return: Shape("b q")]
    public virtual Tensor Forward([Shape("b sensors")] Tensor functions, [Shape("q 1")] Tensor points) =>
        MatMul(branch.Forward(functions), Transpose(Gelu(trunk.Forward(points)))) + Constant;

    /// <summary>The image of each function at a point of its own.</summary>
    [return: Shape("b")]
    public virtual Tensor Pointwise([Shape("b sensors")] Tensor functions, [Shape("b 1")] Tensor points) =>
        Sum(branch.Forward(functions) * Gelu(trunk.Forward(points)), dim: 1) + Constant;

    /// <summary>The mean squared error.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b sensors")] Tensor functions, [Shape("q 1")] Tensor points, [Shape("b q")] Tensor images) =>
        MseLoss(Forward(functions, points), images);

    /// <summary>The gradient of <see cref="Loss"/>.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor functions, Tensor points, Tensor images);
}

/// <summary>The baseline: one fully connected network that reads the sensors and the point side by side.</summary>
/// <param name="sensors">The number of points where the input function is known.</param>
/// <param name="width">The width of the hidden layers.</param>
[Network]
public partial class ConcatenatedMlp(int sensors, int width)
{
    readonly GeluStack network = new(sensors + 1, width, 1);

    /// <summary>The image of each function at a point of its own.</summary>
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b sensors")] Tensor functions, [Shape("b 1")] Tensor points) =>
        Squeeze(network.Forward(Concat([functions, points], dim: 1)), dim: 1);

    /// <summary>The mean squared error.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b sensors")] Tensor functions, [Shape("b 1")] Tensor points, [Shape("b")] Tensor images) =>
        MseLoss(Forward(functions, points), images);

    /// <summary>The gradient of <see cref="Loss"/>.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor functions, Tensor points, Tensor images);
}

/// <summary>The antiderivative of the piecewise linear interpolant of a function known at equidistant sensors of [0, 1].</summary>
/// <param name="sensors">The number of sensors.</param>
/// <param name="points">The number of points where the antiderivative is wanted.</param>
[Network]
public partial class InterpolantAntiderivative(int sensors, int points)
{
    /// <summary>The integral from 0 to each point of each sensor's hat function.</summary>
    [Buffer("sensors points")] public partial Tensor Hats { get; }

    /// <summary>The antiderivatives.</summary>
    [return: Shape("b points")]
    public virtual Tensor Forward([Shape("b sensors")] Tensor functions) => MatMul(functions, Hats);
}
