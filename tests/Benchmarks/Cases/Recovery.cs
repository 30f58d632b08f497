using TorchSharp;
using static Proxima.Benchmarks.Sides;
using static Proxima.Ops;

namespace Proxima.Benchmarks;

/// <summary>Learned iterative shrinkage (Gregor and LeCun 2010).</summary>
[Network]
public partial class Lista(int m, int n, int layers = 16)
{
    /// <summary>From measurements to codes.</summary>
    [Parameter("m n")] public partial Tensor Encoder { get; }

    /// <summary>From codes to codes.</summary>
    [Parameter("n n")] public partial Tensor Inhibition { get; }

    /// <summary>How far each layer shrinks.</summary>
    [Parameter("layers", Init = 0.1)] public partial Tensor Threshold { get; }

    /// <summary>The codes of a batch of measurements.</summary>
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor y)
    {
        var c = MatMul(y, Encoder);
        var x = SoftThreshold(c, Threshold[0]);
        for (var k = 1; k < layers; k++)
            x = SoftThreshold(c + MatMul(x, Inhibition), Threshold[k]);
        return x;
    }

    /// <summary>The mean squared error of the codes.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b m")] Tensor y, [Shape("b n")] Tensor target) => Mean(Square(Forward(y) - target));

    /// <summary>The loss and its derivatives by all parameters.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor y, Tensor target);
}

/// <summary>Codes in a dictionary by FISTA, derived from the declared objective (Beck and Teboulle 2009).</summary>
[Network]
public partial class SparseCode(int m, int n)
{
    /// <summary>An atom in each row.</summary>
    [Parameter("n m")] public partial Tensor Dictionary { get; }

    /// <summary>How well codes explain signals.</summary>
    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, Dictionary) - y));

    /// <summary>Few atoms.</summary>
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => 0.1 * Sum(Abs(x));

    /// <summary>The codes after 16 iterations.</summary>
#pragma warning disable PRX0135 // The step is that of the code that it is compared with.
    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 16, Step = 0.1)]
#pragma warning restore PRX0135
    public virtual partial Tensor Solve(Tensor x, Tensor y);

    /// <summary>An image from the sparse codes of its overlapping windows of 8 by 8.</summary>
    [return: Shape("h w")]
    [Require("h >= 8", "w >= 8", "m == 64")]
    public virtual Tensor Restore([Shape("h w")] Tensor image)
    {
        var windows = Transpose(Squeeze(Unfold(Reshape(image, 1, 1, image.Dim(0), image.Dim(1)), kernel: 8, stride: 4), 0));
        var explained = MatMul(Solve(Zeros(windows.Dim(0), n), windows), Dictionary);
        var sum = Fold(Unsqueeze(Transpose(explained), 0), size: [image.Dim(0), image.Dim(1)], kernel: 8, stride: 4);
        var count = Fold(Ones(1, 64, windows.Dim(0)), size: [image.Dim(0), image.Dim(1)], kernel: 8, stride: 4);
        return Reshape(sum / Maximum(count, Ones(1, 1, image.Dim(0), image.Dim(1))), image.Dim(0), image.Dim(1));
    }
}

/// <summary>Total variation denoising by the algorithm of Chambolle and Pock, derived from the declared objective.</summary>
[Network]
public partial class Variation
{
    /// <summary>How near an image is to the given one.</summary>
    [return: Shape("")]
    public virtual Tensor Fit([Shape("h w")] Tensor x, [Shape("h w")] Tensor y) => 0.5 * Sum(Square(x - y));

    /// <summary>How much neighbours differ.</summary>
    [return: Shape("")]
    public virtual Tensor Roughness([Shape("h w")] Tensor x) => 0.2 * (Sum(Abs(x[1..] - x[..^1])) + Sum(Abs(x[.., 1..] - x[.., ..^1])));

    /// <summary>The image after 32 iterations.</summary>
    [Unroll(Algorithm.ChambollePock, smooth: nameof(Fit), proximable: nameof(Roughness), Iterations = 32, Step = 0.35)]
    public virtual partial Tensor Restore(Tensor x, Tensor y);
}

/// <summary>The equilibrium of a layer.</summary>
[Network]
public partial class Equilibrium(int n)
{
    /// <summary>How the state acts on itself.</summary>
    [Parameter("n n")] public partial Tensor Weight { get; }

    /// <summary>The layer.</summary>
    [return: Shape("b n")]
    public virtual Tensor Step([Shape("b n")] Tensor z, [Shape("b n")] Tensor x) => Tanh(MatMul(z, Weight) + x);

    /// <summary>Where it rests.</summary>
    [FixedPoint(of: nameof(Step), Solver = Solver.Plain, Tolerance = 1e-5)]
    public virtual partial Tensor Solve(Tensor z, Tensor x);
}

/// <summary>Sparse codes, images, equilibria: what iterates.</summary>
internal static class Recovery
{
    private const int M = 250, N = 500, Layers = 16;

    public static IEnumerable<Trial> Trials =>
    [
        Forward(1), Forward(64), Gradient(1), Gradient(64), Fista(1), Fista(64),
        new("sparse-image", "an image of 128 x 128 by FISTA on 961 windows, 256 atoms, 16 iterations", 4.0 * 16 * 961 * 64 * 256, 4.0 * 2 * 128 * 128)
        {
            Proxima = () =>
            {
                var (model, image) = (Filled(new SparseCode.Cpu(64, 256)), Normal(2, 128, 128));
                return Into(Tensor.Zeros(128, 128), result => model.Restore(image, result));
            },
            Torch = () =>
            {
                var (dictionary, image) = (Filled(new SparseCode(64, 256)).Dictionary.Torch(), Normal(2, 128, 128).Torch());
                return Eager(() =>
                {
                    var windows = torch.nn.functional.unfold(image.reshape(1, 1, 128, 128), 8, stride: 4).squeeze(0).t();
                    var explained = TorchFista(dictionary, windows).matmul(dictionary);
                    var sum = torch.nn.functional.fold(explained.t().unsqueeze(0), (128, 128), (8, 8), stride: (4, 4));
                    var count = torch.nn.functional.fold(torch.ones(1, 64, 961), (128, 128), (8, 8), stride: (4, 4));
                    return (sum / count).reshape(128, 128);
                });
            },
        },
        new("total-variation", "an image of 256 x 256, 32 iterations of Chambolle and Pock", 0, 4.0 * 3 * 256 * 256)
        {
            Proxima = () =>
            {
                var (model, image) = (new Variation.Cpu(), Normal(2, 256, 256));
                return Into(Tensor.Zeros(256, 256), result => model.Restore(image, image, result));
            },
            Torch = () =>
            {
                var image = Normal(2, 256, 256).Torch();
                return Eager(() => TorchVariation(image));
            },
        },
        new("fixed-point", "z = tanh(z W + x) to a residual of 1e-5, batch 32, width 256", 2.0 * 12 * 32 * 256 * 256, 4.0 * (256 * 256 + 2 * 32 * 256))
        {
            Proxima = () =>
            {
                var (model, x, z) = (new Equilibrium.Cpu(256), Normal(2, 32, 256), Tensor.Zeros(32, 256));
                return Into(Tensor.Zeros(32, 256), result => model.Solve(z, x, result));
            },
            Torch = () =>
            {
                var (weight, x, start) = (new Equilibrium(256).Weight.Torch(), Normal(2, 32, 256).Torch(), torch.zeros(32, 256));
                return Eager(() =>
                {
                    var z = start;
                    for (var k = 0; k < 100; k++)
                    {
                        var next = torch.tanh(z.matmul(weight) + x);
                        var residual = ((next - z).abs().max() / (1 + next.abs().max())).item<float>();
                        z = next;
                        if (residual <= 1e-5f) break;
                    }
                    return z;
                });
            },
        },
    ];

    private static double Products(int batch, bool gradient)
    {
        double first = 2.0 * batch * M * N, layer = 2.0 * batch * N * N;
        return gradient ? 2 * first + 3 * (Layers - 1) * layer : first + (Layers - 1) * layer;
    }

    /// <summary>The network that classical shrinkage starts from: encoder A / L, inhibition I - Aᵀ A / L, with unit columns and L = 6.</summary>
    private static T Classical<T>(T model) where T : Lista
    {
        var a = Normal(3, M, N);
        a /= Sqrt(Sum(Square(a), dim: 0, keepDim: true));
        model.Encoder.CopyFrom(a / 6);
        model.Inhibition.CopyFrom(Eye(N, DType.Float32) - MatMul(Transpose(a), a) / 6);
        model.Threshold.Fill(0.1 / 6);
        return model;
    }

    private static T Filled<T>(T model) where T : SparseCode
    {
        model.Dictionary.CopyFrom(Normal(3, model.Dictionary.Dim(0), model.Dictionary.Dim(1)) / MathF.Sqrt(model.Dictionary.Dim(1)));
        return model;
    }

    private static Trial Forward(int batch) => new($"lista-{batch}", $"16 layers, 250 measurements, 500 atoms, batch {batch}", Products(batch, false), 4.0 * (M * N + N * N + batch * (M + N)))
    {
        Proxima = () =>
        {
            var (model, y) = (Classical(new Lista.Cpu(M, N, Layers)), Normal(1, batch, M));
            return Into(Tensor.Zeros(batch, N), result => model.Forward(y, result));
        },
        Torch = () =>
        {
            var (forward, y) = (TorchLista(Classical(new Lista(M, N, Layers)).TorchParameters()), Normal(1, batch, M).Torch());
            return Eager(() => forward(y));
        },
        Onnx = () =>
        {
            var (net, model) = (Classical(new Lista(M, N, Layers)), new OnnxModel());
            var (encoder, inhibition) = (model.Constant(net.Encoder), model.Constant(net.Inhibition));
            (string, object)[] shrink = [("lambd", 0.1f / 6), ("bias", 0.1f / 6)];
            var c = model.Op("MatMul", [model.Input(Normal(1, batch, M)), encoder]);
            var x = model.Op("Shrink", [c], shrink);
            for (var k = 1; k < Layers; k++)
                x = model.Op("Shrink", [model.Op("Add", [c, model.Op("MatMul", [x, inhibition])])], shrink);
            return model.Result(x, batch, N);
        },
    };

    // Among the sums that are shrunk one may lie within rounding of the kink and take the other side's derivative.
    private static Trial Gradient(int batch) => new($"lista-{batch}-train", $"the same, loss and all derivatives, batch {batch}", Products(batch, true), 4.0 * (2 * (M * N + N * N) + batch * (M + (2 * Layers + 1) * N)))
    {
        Tolerance = 1e-2,
        Proxima = () =>
        {
            var (model, y, target) = (Classical(new Lista.Cpu(M, N, Layers)), Normal(1, batch, M), Normal(2, batch, N));
            return Train(model, () => model.LossGradient(y, target));
        },
        Torch = () =>
        {
            var parameters = Classical(new Lista(M, N, Layers)).TorchParameters();
            var (forward, y, target) = (TorchLista(parameters), Normal(1, batch, M).Torch(), Normal(2, batch, N).Torch());
            return EagerTrain(parameters, () => (forward(y) - target).square().mean());
        },
    };

    private static Func<torch.Tensor, torch.Tensor> TorchLista(Leaves p) => y =>
    {
        var c = y.matmul(p["Encoder"]);
        var x = Shrink(c, p["Threshold"][0]);
        for (var k = 1; k < Layers; k++)
            x = Shrink(c + x.matmul(p["Inhibition"]), p["Threshold"][k]);
        return x;
    };

    private static torch.Tensor Shrink(torch.Tensor x, torch.Tensor threshold) => x.sign() * (x.abs() - threshold).relu();

    private static Trial Fista(int batch) => new($"fista-{batch}", $"16 iterations, 250 measurements, 500 atoms, batch {batch}", 4.0 * 16 * batch * M * N, 4.0 * (M * N + batch * (M + N)))
    {
        Proxima = () =>
        {
            var (model, y, x) = (Filled(new SparseCode.Cpu(M, N)), Normal(1, batch, M), Tensor.Zeros(batch, N));
            return Into(Tensor.Zeros(batch, N), result => model.Solve(x, y, result));
        },
        Torch = () =>
        {
            var (dictionary, y) = (Filled(new SparseCode(M, N)).Dictionary.Torch(), Normal(1, batch, M).Torch());
            return Eager(() => TorchFista(dictionary, y));
        },
        Onnx = () =>
        {
            var (net, model) = (Filled(new SparseCode(M, N)), new OnnxModel());
            string dictionary = model.Constant(net.Dictionary), transposed = model.Constant(Transpose(net.Dictionary)), step = model.Scalar(0.1f);
            var (y, x) = (model.Input(Normal(1, batch, M)), model.Constant(Tensor.Zeros(batch, N)));
            var before = x;
            for (var k = 0; k < 16; k++)
            {
                var at = model.Op("Add", [x, model.Op("Mul", [model.Scalar(k / (k + 3f)), model.Op("Sub", [x, before])])]);
                var slope = model.Op("MatMul", [model.Op("Sub", [model.Op("MatMul", [at, dictionary]), y]), transposed]);
                (before, x) = (x, model.Op("Shrink", [model.Op("Sub", [at, model.Op("Mul", [step, slope])])], ("lambd", 0.01f), ("bias", 0.01f)));
            }
            return model.Result(x, batch, N);
        },
    };

    private static torch.Tensor TorchFista(torch.Tensor dictionary, torch.Tensor y)
    {
        var x = torch.zeros(y.shape[0], dictionary.shape[0]);
        var (before, transposed) = (x, dictionary.t());
        for (var k = 0; k < 16; k++)
        {
            var at = x + k / (k + 3f) * (x - before);
            var slope = (at.matmul(dictionary) - y).matmul(transposed);
            (before, x) = (x, torch.nn.functional.softshrink(at - 0.1f * slope, 0.01));
        }
        return x;
    }

    private static torch.Tensor TorchVariation(torch.Tensor y)
    {
        const float tau = 0.35f, sigma = 1 / (8 * tau);
        var (x, before) = (y, y);
        torch.Tensor down = torch.zeros(255, 256), right = torch.zeros(256, 255);
        for (var k = 0; k < 32; k++)
        {
            var ahead = 2 * x - before;
            down = (down + sigma * (ahead[1..] - ahead[..255])).clamp(-0.2, 0.2);
            right = (right + sigma * (ahead[.., 1..] - ahead[.., ..255])).clamp(-0.2, 0.2);
            var back = torch.nn.functional.pad(down, [0, 0, 1, 0]) - torch.nn.functional.pad(down, [0, 0, 0, 1])
                + torch.nn.functional.pad(right, [1, 0, 0, 0]) - torch.nn.functional.pad(right, [0, 1, 0, 0]);
            (before, x) = (x, (x - tau * back + tau * y) / (1 + tau));
        }
        return x;
    }
}
