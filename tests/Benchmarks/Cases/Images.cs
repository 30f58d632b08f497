using TorchSharp;
using static Proxima.Benchmarks.Sides;
using static Proxima.Ops;

namespace Proxima.Benchmarks;

/// <summary>Blocks of image networks.</summary>
[Network]
public partial class ImageBlocks(int channels)
{
    readonly Conv2d dense = new(channels, channels, kernel: 3, padding: 1);
    readonly BatchNorm2d norm = new(channels);
    readonly Conv2d depthwise = new(channels, channels, kernel: 3, padding: 1, groups: channels);
    readonly Conv2d mix = new(channels, 2 * channels, kernel: 1);
    readonly BatchNorm2d mixNorm = new(2 * channels);
    readonly Conv2d wide = new(channels, channels, kernel: 7, padding: 3, groups: channels);
    readonly Conv2d left = new(channels, 4 * channels, kernel: 1);
    readonly Conv2d right = new(channels, 4 * channels, kernel: 1);
    readonly Conv2d back = new(4 * channels, channels, kernel: 1);

    /// <summary>A convolution, normalised, with a ramp.</summary>
    [return: Shape("b channels h w")]
    public virtual Tensor Dense([Shape("b channels h w")] Tensor x) => Relu(norm.Forward(dense.Forward(x)));

    /// <summary>A convolution of each channel and a mixture of channels, each normalised and with a ramp (Howard et al. 2017).</summary>
    [return: Shape("b 2*channels h w")]
    public virtual Tensor Separable([Shape("b channels h w")] Tensor x) => Relu6(mixNorm.Forward(mix.Forward(Relu6(norm.Forward(depthwise.Forward(x))))));

    /// <summary>A block of StarNet: two mixtures of channels multiplied (Ma et al. 2024).</summary>
    [return: Shape("b channels h w")]
    public virtual Tensor Star([Shape("b channels h w")] Tensor x)
    {
        var y = norm.Forward(wide.Forward(x));
        return x + back.Forward(Relu6(left.Forward(y)) * right.Forward(y));
    }

    /// <summary>A convolution of signs, scaled for each output channel (Rastegari et al. 2016).</summary>
    [return: Shape("b channels h w")]
    public virtual Tensor Signs([Shape("b channels h w")] Tensor x) =>
        Conv2d(Binarize(x), Binarize(dense.Weight), padding: 1) * Reshape(Mean(Abs(dense.Weight), [1, 2, 3]), channels, 1, 1);
}

/// <summary>A residual block of two convolutions, in training.</summary>
[Network]
public partial class ResidualBlock(int channels)
{
    readonly Conv2d first = new(channels, channels, kernel: 3, padding: 1);
    readonly Conv2d second = new(channels, channels, kernel: 3, padding: 1);

    /// <summary>Scales, by layer.</summary>
    [Parameter("2 channels", Init = Init.Ones)] public partial Tensor Scale { get; }

    /// <summary>Shifts, by layer.</summary>
    [Parameter("2 channels", Init = Init.Zeros)] public partial Tensor Shift { get; }

    /// <summary>The block, normalised by the batch.</summary>
    [return: Shape("b channels h w")]
    public virtual Tensor Forward([Shape("b channels h w")] Tensor x)
    {
        var y = Relu(BatchNorm(first.Forward(x), weight: Scale[0], bias: Shift[0]));
        return Relu(x + BatchNorm(second.Forward(y), weight: Scale[1], bias: Shift[1]));
    }

    /// <summary>The squared error of its output.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b channels h w")] Tensor x, [Shape("b channels h w")] Tensor target) => MseLoss(Forward(x), target);

    /// <summary>The loss and its derivatives.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor target);
}

/// <summary>Convolutions.</summary>
internal static class Images
{
    private const int C = 64, Side = 56, Pixels = Side * Side, B = 8, Few = 32, Small = 28;

    public static IEnumerable<Trial> Trials =>
    [
        Block("conv-block", "3 x 3 with norm and ramp, 64 channels, 56 x 56", 2.0 * Pixels * C * C * 9, C, (net, x, y) => net.Dense(x, y), (p, x) => Norm(p, "norm", Conv(p, "dense", x, 1)).relu(),
            (net, model, x) => model.Op("Relu", [Norm(net, model, "norm", Conv(net, model, "dense", x, 1))])),
        Block("depthwise-block", "3 x 3 by channel, 64 to 128 channels, norms and ramps, 56 x 56", 2.0 * Pixels * C * (9 + 2 * C), 2 * C, (net, x, y) => net.Separable(x, y),
            (p, x) => torch.nn.functional.relu6(Norm(p, "mixNorm", Conv(p, "mix", torch.nn.functional.relu6(Norm(p, "norm", Conv(p, "depthwise", x, 1, C))), 0))),
            (net, model, x) => Ramp6(model, Norm(net, model, "mixNorm", Conv(net, model, "mix", Ramp6(model, Norm(net, model, "norm", Conv(net, model, "depthwise", x, 1, C))), 0)))),
        Block("star-block", "StarNet: 7 x 7 by channel, 64 to 2 x 256 channels multiplied and back, 56 x 56", 2.0 * Pixels * C * (49 + 12 * C), C, (net, x, y) => net.Star(x, y),
            (p, x) =>
            {
                var y = Norm(p, "norm", Conv(p, "wide", x, 3, C));
                return x + Conv(p, "back", torch.nn.functional.relu6(Conv(p, "left", y, 0)) * Conv(p, "right", y, 0), 0);
            },
            (net, model, x) =>
            {
                var y = Norm(net, model, "norm", Conv(net, model, "wide", x, 3, C));
                return model.Op("Add", [x, Conv(net, model, "back", model.Op("Mul", [Ramp6(model, Conv(net, model, "left", y, 0)), Conv(net, model, "right", y, 0)]), 0)]);
            }),
        Block("xnor-conv", "3 x 3 of signs, scaled, 64 channels, 56 x 56", 0, C, (net, x, y) => net.Signs(x, y),
            (p, x) => torch.nn.functional.conv2d(x.sign(), p["dense.Weight"].sign(), padding: [1, 1]) * p["dense.Weight"].abs().mean([1, 2, 3]).view(C, 1, 1),
            (net, model, x) => model.Op("Mul", [
                model.Op("Conv", [model.Op("Sign", [x]), model.Constant(Sign(net.Find("dense.Weight")))], ("pads", new[] { 1, 1, 1, 1 })),
                model.Constant(Reshape(Mean(Abs(net.Find("dense.Weight")), [1, 2, 3]), C, 1, 1))])),
        new("conv-train", "a residual block of two 3 x 3 convolutions with batch norm, 32 channels, 28 x 28, batch 8, all derivatives", 10.0 * B * Small * Small * Few * Few * 9, 4.0 * 12 * B * Few * Small * Small)
        {
            Proxima = () =>
            {
                var (model, x, target) = (new ResidualBlock.Cpu(Few), Normal(1, B, Few, Small, Small), Normal(2, B, Few, Small, Small));
                return Train(model, () => model.LossGradient(x, target));
            },
            Torch = () =>
            {
                var (p, x, target) = (new ResidualBlock(Few).TorchParameters(), Normal(1, B, Few, Small, Small).Torch(), Normal(2, B, Few, Small, Small).Torch());
                return EagerTrain(p, () =>
                {
                    var y = BatchNormed(Conv(p, "first", x, 1), 0).relu();
                    return torch.nn.functional.mse_loss((x + BatchNormed(Conv(p, "second", y, 1), 1)).relu(), target);
                });

                torch.Tensor BatchNormed(torch.Tensor y, int layer) => torch.nn.functional.batch_norm(y, null, null, p["Scale"][layer], p["Shift"][layer], training: true);
            },
            // A bias in front of a norm has the derivative 0: what is computed is rounding.
            Tolerance = 1e-3,
        },
    ];

    private static Trial Block(
        string name, string work, double flops, int outputs, Action<ImageBlocks, Tensor, Tensor> ours, Func<Dictionary<string, torch.Tensor>, torch.Tensor, torch.Tensor> torch, Func<ImageBlocks, OnnxModel, string, string> onnx) =>
        new(name, work, flops, 4.0 * Pixels * (C + outputs))
        {
            Proxima = () =>
            {
                var (net, x) = (new ImageBlocks.Cpu(C), Normal(1, 1, C, Side, Side));
                return Into(Tensor.Zeros(1, outputs, Side, Side), result => ours(net, x, result));
            },
            Torch = () =>
            {
                var (p, x) = (new ImageBlocks(C).Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Value.Torch()), Normal(1, 1, C, Side, Side).Torch());
                return Eager(() => torch(p, x));
            },
            Onnx = () =>
            {
                var (net, model) = (new ImageBlocks(C), new OnnxModel());
                return model.Result(onnx(net, model, model.Input(Normal(1, 1, C, Side, Side))), 1, outputs, Side, Side);
            },
        };

    private static torch.Tensor Conv<T>(Dictionary<string, T> p, string layer, torch.Tensor x, int padding, int groups = 1) where T : torch.Tensor =>
        torch.nn.functional.conv2d(x, p[layer + ".Weight"], p[layer + ".Bias"], padding: [padding, padding], groups: groups);

    private static torch.Tensor Norm(Dictionary<string, torch.Tensor> p, string layer, torch.Tensor x) =>
        torch.nn.functional.batch_norm(x, p[layer + ".Mean"], p[layer + ".Variance"], p[layer + ".Weight"], p[layer + ".Bias"]);

    private static string Conv(ImageBlocks net, OnnxModel model, string layer, string x, int padding, int groups = 1) =>
        model.Op("Conv", [x, model.Constant(net.Find(layer + ".Weight")), model.Constant(net.Find(layer + ".Bias"))], ("pads", new[] { padding, padding, padding, padding }), ("group", groups));

    private static string Norm(ImageBlocks net, OnnxModel model, string layer, string x) =>
        model.Op("BatchNormalization", [x, .. new[] { "Weight", "Bias", "Mean", "Variance" }.Select(part => model.Constant(net.Find($"{layer}.{part}")))], ("epsilon", 1e-5f));

    private static string Ramp6(OnnxModel model, string x) => model.Op("Clip", [x, model.Scalar(0), model.Scalar(6)]);
}
