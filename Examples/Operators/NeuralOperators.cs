using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>Multiplies the lowest frequencies of periodic functions by matrices: a truncated Fourier transform, one product per mode, and back.</summary>
/// <remarks>The transforms are products with the few rows that are needed. Nothing here depends on the grid: the same parameters work at every resolution.</remarks>
/// <param name="channels">The number of functions.</param>
/// <param name="modes">The number of frequencies, from 0 on; below half of the grid's size.</param>
[Network]
public partial class SpectralConvolution(int channels, int modes)
{
    /// <summary>The real parts of the matrices.</summary>
    [Parameter("modes channels channels")] public partial Tensor Real { get; }

    /// <summary>The imaginary parts.</summary>
    [Parameter("modes channels channels")] public partial Tensor Imaginary { get; }

    /// <summary>The filtered functions.</summary>
    [return: Shape("b channels n")]
    [Require("2*modes <= n")]
    public virtual Tensor Forward([Shape("b channels n")] Tensor x)
    {
        var n = x.Dim(2);
        // The angles of whole turns are taken off before they are large.
        var angle = 2 * MathF.PI / n * Remainder(Outer(Arange(modes), Arange(n)), n);
        Tensor cos = Cos(angle), sin = Sin(angle);
        Tensor a = MatMul(x, Transpose(cos)), b = -MatMul(x, Transpose(sin));
        var real = Einsum("bcm,mco->bom", a, Real) - Einsum("bcm,mco->bom", b, Imaginary);
        var imaginary = Einsum("bcm,mco->bom", a, Imaginary) + Einsum("bcm,mco->bom", b, Real);
        // Each frequency but 0 stands for its negative, too.
        var weight = Where(Arange(modes) > 0, 2f, 1f) / n;
        return MatMul(real * weight, cos) - MatMul(imaginary * weight, sin);
    }
}

/// <summary>A layer of the Fourier neural operator: a filter over all of the domain beside a matrix at every point.</summary>
/// <param name="channels">The number of functions.</param>
/// <param name="modes">The number of frequencies of the filter.</param>
[Network]
public partial class FourierLayer(int channels, int modes)
{
    readonly SpectralConvolution filter = new(channels, modes);

    /// <summary>The matrix.</summary>
    [Parameter("channels channels")] public partial Tensor Weight { get; }

    /// <summary>The offset.</summary>
    [Parameter("channels 1", Init = Init.Zeros)] public partial Tensor Bias { get; }

    /// <summary>Filter, matrix and offset.</summary>
    [return: Shape("b channels n")]
    [Require("2*modes <= n")]
    public virtual Tensor Linear([Shape("b channels n")] Tensor x) => filter.Forward(x) + MatMul(Weight, x) + Bias;
}

/// <summary>A Fourier neural operator from functions on a circle to functions on a circle.</summary>
/// <param name="channels">The number of functions inside.</param>
/// <param name="modes">The number of frequencies.</param>
/// <param name="layers">The number of layers.</param>
[Network]
public partial class FourierOperator(int channels, int modes, int layers)
{
    readonly FourierLayer[] stack = Repeat(layers, _ => new FourierLayer(channels, modes));

    /// <summary>Lifts a value to many.</summary>
    [Parameter("channels 1")] public partial Tensor Lift { get; }

    /// <summary>Combines the values at a point.</summary>
    [Parameter("channels channels")] public partial Tensor Inner { get; }

    /// <summary>The last combination.</summary>
    [Parameter("1 channels")] public partial Tensor Last { get; }

    /// <summary>The images of functions on a grid.</summary>
    [return: Shape("b n")]
    [Require("2*modes <= n")]
    public virtual Tensor Forward([Shape("b n")] Tensor f)
    {
        var x = MatMul(Lift, Unsqueeze(f, 1));
        foreach (var layer in stack) x = Gelu(layer.Linear(x));
        return Squeeze(MatMul(Last, Gelu(MatMul(Inner, x))), 1);
    }

    /// <summary>The mean relative distance to the true images.</summary>
    [return: Shape("")]
    [Require("2*modes <= n")]
    public virtual Tensor Loss([Shape("b n")] Tensor f, [Shape("b n")] Tensor image) => Mean(Norm(Forward(f) - image, 2, dim: 1) / Norm(image, 2, dim: 1));

    /// <summary>The gradient of <see cref="Loss"/>.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor f, Tensor image);
}

/// <summary>The baseline: convolutions over neighbouring points of the grid in the place of the filters, with as many parameters.</summary>
/// <param name="channels">The number of functions inside.</param>
/// <param name="reach">How many neighbours on each side a convolution reads.</param>
/// <param name="layers">The number of layers.</param>
[Network]
public partial class GridOperator(int channels, int reach, int layers)
{
    readonly Conv1d[] stack = Repeat(layers, _ => new Conv1d(channels, channels, 2 * reach + 1));

    /// <summary>Lifts a value to many.</summary>
    [Parameter("channels 1")] public partial Tensor Lift { get; }

    /// <summary>Combines the values at a point.</summary>
    [Parameter("channels channels")] public partial Tensor Inner { get; }

    /// <summary>The last combination.</summary>
    [Parameter("1 channels")] public partial Tensor Last { get; }

    /// <summary>The images of functions on a grid.</summary>
    [return: Shape("b n")]
    [Require("reach <= n")]
    public virtual Tensor Forward([Shape("b n")] Tensor f)
    {
        var x = MatMul(Lift, Unsqueeze(f, 1));
        foreach (var layer in stack) x = Gelu(layer.Forward(Pad(x, [reach, reach], PadMode.Circular)));
        return Squeeze(MatMul(Last, Gelu(MatMul(Inner, x))), 1);
    }

    /// <summary>The mean relative distance to the true images.</summary>
    [return: Shape("")]
    [Require("reach <= n")]
    public virtual Tensor Loss([Shape("b n")] Tensor f, [Shape("b n")] Tensor image) => Mean(Norm(Forward(f) - image, 2, dim: 1) / Norm(image, 2, dim: 1));

    /// <summary>The gradient of <see cref="Loss"/>.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor f, Tensor image);
}

/// <summary>An integral operator of finite rank: <c>v -> sum_i phi_i (psi_i, v)</c>, with functions that are networks of the point.</summary>
/// <param name="rank">The number of terms.</param>
/// <param name="width">The width of the networks.</param>
[Network]
public partial class LowRankKernel(int rank, int width)
{
    readonly GeluStack left = new(1, width, rank);
    readonly GeluStack right = new(1, width, rank);

    /// <summary>The images of functions that are known at points, with the weights of a quadrature there.</summary>
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor v, [Shape("n 1")] Tensor points, [Shape("n")] Tensor weights) =>
        MatMul(MatMul(v * weights, right.Forward(points)), Transpose(left.Forward(points)));
}

/// <summary>A layer of the graph neural operator: the mean of <c>kernel(y - x) v(y)</c> over the neighbours y of each x.</summary>
/// <param name="width">The width of the network that is the kernel.</param>
[Network]
public partial class GraphKernel(int width)
{
    readonly GeluStack kernel = new(1, width, 1);

    /// <summary>The means over the edges that end at each node.</summary>
    /// <param name="v">The values at the nodes.</param>
    /// <param name="sources">Where each edge starts.</param>
    /// <param name="targets">Where it ends.</param>
    /// <param name="steps">How far its start lies from its end.</param>
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n")] Tensor v, [Shape("e", DType.Int64)] Tensor sources, [Shape("e", DType.Int64)] Tensor targets, [Shape("e 1")] Tensor steps) =>
        SegmentMean(Squeeze(kernel.Forward(steps), 1) * IndexSelect(v, 0, sources), targets, v.Dim(0));

    /// <summary>The kernel itself.</summary>
    [return: Shape("e")]
    public virtual Tensor At([Shape("e 1")] Tensor steps) => Squeeze(kernel.Forward(steps), 1);
}

/// <summary>Burgers' equation u_t + u u_x = viscosity u_xx on a circle of length 1, in Fourier space; the fourth-order method of Runge and Kutta with the viscous part solved exactly.</summary>
/// <param name="grid">The size of the grid on which products are taken.</param>
/// <param name="finer">How many times finer the grid of the result is.</param>
/// <param name="steps">The number of steps to time 1.</param>
/// <param name="viscosity">The viscosity.</param>
[Network]
public partial class BurgersFlow(int grid, int finer, int steps, float viscosity = 0.1f)
{
    Tensor Wave() => 2 * MathF.PI * Arange(grid / 2 + 1, DType.Float32);

    /// <summary>-(u^2 / 2)_x, without the upper third of the frequencies, where products fold over.</summary>
    Tensor Advection(Tensor u)
    {
        var square = Rfft(Square(Irfft(u, grid, [-1])), [-1]);
        var wave = Where(3 * Arange(grid / 2 + 1) < grid, 0.5f * Wave(), 0f);
        return Stack([wave * square[.., .., 1], -wave * square[.., .., 0]], dim: 2);
    }

    /// <summary>The functions at time 1.</summary>
    [return: Shape("b finer*grid")]
    [Require("grid >= 1", "finer >= 1")]
    public virtual Tensor Forward([Shape("b grid")] Tensor initial)
    {
        var step = 1f / steps;
        var half = Unsqueeze(Exp(-0.5f * viscosity * step * Square(Wave())), 1);
        var u = Rfft(initial, [-1]);
        for (var k = 0; k < steps; k++)
        {
            var p = Advection(u);
            var q = Advection(half * (u + 0.5f * step * p));
            var r = Advection(half * u + 0.5f * step * q);
            var s = Advection(half * (half * u + step * r));
            u = half * half * (u + step / 6 * p) + step / 6 * (2 * half * (q + r) + s);
        }
        // Frequencies that are not there are zero.
        return finer * Irfft(Pad(u, [0, 0, 0, finer * grid / 2 - grid / 2]), finer * grid, [-1]);
    }
}
