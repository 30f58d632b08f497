using Proxima.Proximal;
using TorchSharp;
using static Proxima.Benchmarks.Sides;
using static Proxima.Ops;

namespace Proxima.Benchmarks;

/// <summary>Algorithms with learned steps and weights, derived from declared objectives, for signals behind a matrix.</summary>
[Network]
public partial class UnrolledSignals(int m, int n)
{
    /// <summary>From signals to measurements.</summary>
    [Buffer("n m")] public partial Tensor A { get; }

    /// <summary>The step of each iteration.</summary>
    [Parameter("10", Init = 0.1)] public partial Tensor Step { get; }

    /// <summary>The logarithm of the weight of each iteration.</summary>
    [Parameter("10", Init = -2.0)] public partial Tensor LogWeight { get; }

    /// <summary>How far the measurements are from those of x.</summary>
    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    /// <summary>Few entries.</summary>
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x, int k) => Exp(LogWeight[k]) * Sum(Abs(x));

    /// <summary>Proximal gradients.</summary>
    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 10, Counter = "k", Learn = nameof(Step))]
    public virtual partial Tensor Ista(Tensor x, Tensor y);

    /// <summary>The same with momentum.</summary>
    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 10, Counter = "k", Learn = nameof(Step))]
    public virtual partial Tensor Fista(Tensor x, Tensor y);

    /// <summary>The mean squared error of the former.</summary>
    [return: Shape("")]
    public virtual Tensor IstaLoss([Shape("b m")] Tensor y, [Shape("b n")] Tensor target) => MseLoss(Ista(0 * target, y), target);

    /// <summary>The mean squared error of the latter.</summary>
    [return: Shape("")]
    public virtual Tensor FistaLoss([Shape("b m")] Tensor y, [Shape("b n")] Tensor target) => MseLoss(Fista(0 * target, y), target);

    /// <summary>The gradient of <see cref="IstaLoss"/>.</summary>
    [Gradient(of: nameof(IstaLoss))]
    public virtual partial Gradients IstaGradient(Tensor y, Tensor target);

    /// <summary>The gradient of <see cref="FistaLoss"/>.</summary>
    [Gradient(of: nameof(FistaLoss))]
    public virtual partial Gradients FistaGradient(Tensor y, Tensor target);
}

/// <summary>Algorithms with learned steps and weights for images.</summary>
[Network]
public partial class UnrolledImages
{
    /// <summary>The step of each iteration.</summary>
    [Parameter("10", Init = 0.5)] public partial Tensor Step { get; }

    /// <summary>The logarithm of the weight of each iteration.</summary>
    [Parameter("10", Init = -2.0)] public partial Tensor LogWeight { get; }

    /// <summary>How far blurred images are from the given ones.</summary>
    [return: Shape("")]
    public virtual Tensor Blurred([Shape("b 1 h w")] Tensor x, [Shape("b 1 h w")] Tensor y, [Shape("1 1 5 5")] Tensor kernel) => 0.5 * Sum(Square(Conv2d(x, kernel, padding: 2) - y));

    /// <summary>How far images are from the pixels that were seen.</summary>
    [return: Shape("")]
    public virtual Tensor Seen([Shape("b 1 h w")] Tensor x, [Shape("b 1 h w")] Tensor y, [Shape("b 1 h w")] Tensor mask) => 0.5 * Sum(mask * Square(x - y));

    /// <summary>How far circularly blurred images are from the given ones.</summary>
    [return: Shape("b 1")]
    public virtual Tensor Circular([Shape("b 1 h w")] Tensor x, [Shape("b 1 h w")] Tensor y, [Shape("b 1 h w")] Tensor kernel) => CircularFit2d.Value(x, kernel, y);

    /// <summary>Few bright pixels.</summary>
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b 1 h w")] Tensor x, int k) => Exp(LogWeight[k]) * Sum(Abs(x));

    /// <summary>Proximal gradients of a blur.</summary>
    [Unroll(Algorithm.Ista, smooth: nameof(Blurred), proximable: nameof(Prior), Iterations = 10, Counter = "k", Learn = nameof(Step))]
    public virtual partial Tensor Deblur(Tensor x, Tensor y, Tensor kernel);

    /// <summary>Alternating directions with missing pixels.</summary>
    [Unroll(Algorithm.Admm, smooth: nameof(Seen), proximable: nameof(Prior), Iterations = 10, Counter = "k", Learn = nameof(Step))]
    public virtual partial Tensor Inpaint(Tensor x, Tensor y, Tensor mask);

    /// <summary>Half-quadratic splitting of a circular blur.</summary>
    [Unroll(Algorithm.Hqs, smooth: nameof(Circular), proximable: nameof(Prior), Iterations = 10, Counter = "k", Learn = nameof(Step))]
    public virtual partial Tensor DeblurCircular(Tensor x, Tensor y, Tensor kernel);

    /// <summary>The mean squared error of deblurred images.</summary>
    [return: Shape("")]
    public virtual Tensor DeblurLoss([Shape("b 1 h w")] Tensor y, [Shape("1 1 5 5")] Tensor kernel, [Shape("b 1 h w")] Tensor target) => MseLoss(Deblur(y, y, kernel), target);

    /// <summary>The mean squared error of filled images.</summary>
    [return: Shape("")]
    public virtual Tensor InpaintLoss([Shape("b 1 h w")] Tensor y, [Shape("b 1 h w")] Tensor mask, [Shape("b 1 h w")] Tensor target) => MseLoss(Inpaint(y, y, mask), target);

    /// <summary>The mean squared error of circularly deblurred images.</summary>
    [return: Shape("")]
    public virtual Tensor CircularLoss([Shape("b 1 h w")] Tensor y, [Shape("b 1 h w")] Tensor kernel, [Shape("b 1 h w")] Tensor target) => MseLoss(DeblurCircular(y, y, kernel), target);

    /// <summary>The gradient of <see cref="DeblurLoss"/>.</summary>
    [Gradient(of: nameof(DeblurLoss))]
    public virtual partial Gradients DeblurGradient(Tensor y, Tensor kernel, Tensor target);

    /// <summary>The gradient of <see cref="InpaintLoss"/>.</summary>
    [Gradient(of: nameof(InpaintLoss))]
    public virtual partial Gradients InpaintGradient(Tensor y, Tensor mask, Tensor target);

    /// <summary>The gradient of <see cref="CircularLoss"/>.</summary>
    [Gradient(of: nameof(CircularLoss))]
    public virtual partial Gradients CircularGradient(Tensor y, Tensor kernel, Tensor target);
}

/// <summary>Total variation with a learned weight.</summary>
[Network]
public partial class UnrolledVariation
{
    /// <summary>A weight for all iterations.</summary>
    [Parameter("", Init = 0.1)] public partial Tensor Weight { get; }

    /// <summary>How much neighbours differ.</summary>
    [return: Shape("")]
    public virtual Tensor Roughness([Shape("b 1 h w")] Tensor x) => Abs(Weight) * (Sum(Abs(x[.., .., 1..] - x[.., .., ..^1])) + Sum(Abs(x[.., .., .., 1..] - x[.., .., .., ..^1])));

    /// <summary>How far images are from the given ones.</summary>
    [return: Shape("")]
    public virtual Tensor Near([Shape("b 1 h w")] Tensor x, [Shape("b 1 h w")] Tensor y) => 0.5 * Sum(Square(x - y));

    /// <summary>Primal and dual steps of total variation.</summary>
    [Unroll(Algorithm.ChambollePock, smooth: nameof(Near), proximable: nameof(Roughness), Iterations = 10, Step = 0.35)]
    public virtual partial Tensor Smooth(Tensor x, Tensor y);

    /// <summary>The mean squared error of smooth images.</summary>
    [return: Shape("")]
    public virtual Tensor SmoothLoss([Shape("b 1 h w")] Tensor y, [Shape("b 1 h w")] Tensor target) => MseLoss(Smooth(y, y), target);

    /// <summary>The gradient of <see cref="SmoothLoss"/>.</summary>
    [Gradient(of: nameof(SmoothLoss))]
    public virtual partial Gradients SmoothGradient(Tensor y, Tensor target);
}

/// <summary>Training steps of unrolled algorithms, beside the loops that are written for them in torch.</summary>
internal static class Unrolled
{
    private const int M = 250, N = 500, Batch = 4, Side = 64, Iterations = 10;

    public static IEnumerable<Trial> Trials =>
    [
        Signals("ista", 1, (model, y, target) => model.IstaGradient(y, target), TorchIsta), Signals("ista", 64, (model, y, target) => model.IstaGradient(y, target), TorchIsta),
        Signals("unrolled-fista", 64, (model, y, target) => model.FistaGradient(y, target), TorchFista),
        Images<UnrolledImages>("pgd-deblur", "5 x 5 blur", () => new UnrolledImages.Cpu(), () => new UnrolledImages(), 3 * 2 * 2.0 * 25 * Iterations * Batch * Side * Side, Normal(3, 1, 1, 5, 5) / 8, (model, y, kernel, target) => model.DeblurGradient(y, kernel, target), (p, y, kernel) =>
        {
            var x = y;
            for (var k = 0; k < Iterations; k++)
            {
                var slope = torch.nn.functional.conv_transpose2d(torch.nn.functional.conv2d(x, kernel, padding: [2, 2]) - y, kernel, padding: [2, 2]);
                x = Shrink(x - p["Step"][k] * slope, p["Step"][k] * p["LogWeight"][k].exp());
            }
            return x;
        }),
        Images<UnrolledImages>("admm-inpaint", "half the pixels", () => new UnrolledImages.Cpu(), () => new UnrolledImages(), 0, Sample.Bernoulli(3, 0.5, Batch, 1, Side, Side), (model, y, mask, target) => model.InpaintGradient(y, mask, target), (p, y, mask) =>
        {
            var (z, u) = (y, torch.zeros_like(y));
            for (var k = 0; k < Iterations; k++)
            {
                var step = p["Step"][k];
                var x = (z - u + step * mask * y) / (1 + step * mask);
                z = Shrink(x + u, step * p["LogWeight"][k].exp());
                u = u + x - z;
            }
            return z;
        }),
        Images<UnrolledImages>("hqs-deblur", "circular blur by Fourier transforms", () => new UnrolledImages.Cpu(), () => new UnrolledImages(), 0, Normal(3, Batch, 1, Side, Side) / Side, (model, y, kernel, target) => model.CircularGradient(y, kernel, target), (p, y, kernel) =>
        {
            var (z, filter) = (y, torch.fft.rfft2(kernel));
            var matched = filter.conj() * torch.fft.rfft2(y);
            for (var k = 0; k < Iterations; k++)
            {
                var step = p["Step"][k];
                var x = torch.fft.irfft2((torch.fft.rfft2(z) + step * matched) / (1 + step * filter.abs().square()), [Side, Side]);
                z = Shrink(x, step * p["LogWeight"][k].exp());
            }
            return z;
        }),
        Images<UnrolledVariation>("chambolle-pock", "total variation", () => new UnrolledVariation.Cpu(), () => new UnrolledVariation(), 0, null, (model, y, _, target) => model.SmoothGradient(y, target), (p, y, _) =>
        {
            const float tau = 0.35f;
            // The norm of all differences as the derived algorithm bounds it: two for each dimension.
            const float sigma = 1 / (8 * tau);
            var (x, before, weight) = (y, y, p["Weight"].abs());
            torch.Tensor down = torch.zeros(Batch, 1, Side - 1, Side), right = torch.zeros(Batch, 1, Side, Side - 1);
            for (var k = 0; k < Iterations; k++)
            {
                var ahead = 2 * x - before;
                down = Limited(down + sigma * (ahead[.., .., 1..] - ahead[.., .., ..^1]), weight);
                right = Limited(right + sigma * (ahead[.., .., .., 1..] - ahead[.., .., .., ..^1]), weight);
                var back = torch.nn.functional.pad(down, [0, 0, 1, 0]) - torch.nn.functional.pad(down, [0, 0, 0, 1])
                    + torch.nn.functional.pad(right, [1, 0, 0, 0]) - torch.nn.functional.pad(right, [0, 1, 0, 0]);
                (before, x) = (x, (x - tau * back + tau * y) / (1 + tau));
            }
            return x;
        }),
    ];

    private static Trial Signals(string name, int batch, Func<UnrolledSignals, Tensor, Tensor, Gradients> gradient, Func<Leaves, torch.Tensor, torch.Tensor, torch.Tensor> torchSide) => new(
        $"{name}-{batch}-train", $"10 learned iterations, 250 measurements, 500 unknowns, batch {batch}: loss and all derivatives", 2.0 * 4 * Iterations * batch * M * N,
        4.0 * (M * N + batch * (M + (Iterations + 1) * N)))
    {
        Tolerance = 1e-2,
        Proxima = () =>
        {
            var (model, y, target) = (Filled(new UnrolledSignals.Cpu(M, N)), Normal(1, batch, M), Normal(2, batch, N));
            return Train(model, () => gradient(model, y, target));
        },
        Torch = () =>
        {
            var model = Filled(new UnrolledSignals(M, N));
            var (parameters, a, y, target) = (model.TorchParameters(), model.A.Torch(), Normal(1, batch, M).Torch(), Normal(2, batch, N).Torch());
            return EagerTrain(parameters, () => (torchSide(parameters, a, y) - target).square().mean());
        },
    };

    private static T Filled<T>(T model) where T : UnrolledSignals
    {
        model.A.CopyFrom(Normal(3, N, M) / MathF.Sqrt(M));
        return model;
    }

    private static torch.Tensor TorchIsta(Leaves p, torch.Tensor a, torch.Tensor y)
    {
        var (x, transposed) = (torch.zeros(y.shape[0], N), a.t());
        for (var k = 0; k < Iterations; k++)
            x = Shrink(x - p["Step"][k] * (x.matmul(a) - y).matmul(transposed), p["Step"][k] * p["LogWeight"][k].exp());
        return x;
    }

    private static torch.Tensor TorchFista(Leaves p, torch.Tensor a, torch.Tensor y)
    {
        var (x, transposed) = (torch.zeros(y.shape[0], N), a.t());
        var before = x;
        for (var k = 0; k < Iterations; k++)
        {
            var at = x + k / (k + 3f) * (x - before);
            (before, x) = (x, Shrink(at - p["Step"][k] * (at.matmul(a) - y).matmul(transposed), p["Step"][k] * p["LogWeight"][k].exp()));
        }
        return x;
    }

    private static Trial Images<T>(
        string name, string what, Func<T> compiled, Func<T> plain, double flops, Tensor? operand, Func<T, Tensor, Tensor, Tensor, Gradients> gradient,
        Func<Leaves, torch.Tensor, torch.Tensor, torch.Tensor> torchSide) where T : Network => new(
        $"{name}-train", $"10 learned iterations, {what}, 4 images of 64 x 64: loss and all derivatives", flops, 4.0 * Batch * Side * Side * (Iterations + 3))
    {
        Tolerance = 1e-2,
        Proxima = () =>
        {
            var (model, y, target) = (compiled(), Normal(1, Batch, 1, Side, Side), Normal(2, Batch, 1, Side, Side));
            return Train(model, () => gradient(model, y, operand ?? y, target));
        },
        Torch = () =>
        {
            var parameters = plain().TorchParameters();
            torch.Tensor y = Normal(1, Batch, 1, Side, Side).Torch(), target = Normal(2, Batch, 1, Side, Side).Torch(), given = (operand ?? Tensor.Zeros(1)).Torch();
            return EagerTrain(parameters, () => (torchSide(parameters, y, given) - target).square().mean());
        },
    };

    private static torch.Tensor Shrink(torch.Tensor x, torch.Tensor threshold) => x.sign() * (x.abs() - threshold).relu();

    private static torch.Tensor Limited(torch.Tensor x, torch.Tensor limit) => torch.maximum(torch.minimum(x, limit), -limit);
}
