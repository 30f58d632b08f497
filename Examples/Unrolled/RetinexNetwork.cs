using Proxima.Proximal;
using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>An image as light times reflectance plus noise: what is minimised, and the classical iterations, all derived from it.</summary>
/// <remarks>
/// Zheng, Zhou, Dong, Rao, Wei, Fu and Zhao, "Empowering low-light image enhancer through customized learnable priors" (ICCV 2023), section 3.1, without its learned parts. The light has one
/// channel for all colours.
/// </remarks>
[Network]
public partial class Retinex
{
    /// <summary>Half the squared distance of light times reflectance plus noise from the image.</summary>
    [return: Shape("")]
    public virtual Tensor Fit([Shape("b 1 h w")] Tensor light, [Shape("b c h w")] Tensor reflectance, [Shape("b c h w")] Tensor noise, [Shape("b c h w")] Tensor image) =>
        0.5 * Sum(Square(light * reflectance + noise - image));

    /// <summary>Noise is sparse.</summary>
    [return: Shape("")]
    public virtual Tensor Outliers([Shape("b c h w")] Tensor noise, [Shape("")] Tensor weight) => weight * Sum(Abs(noise));

    /// <summary>The objective of each image.</summary>
    [return: Shape("b")]
    public virtual Tensor Objective(
        [Shape("b 1 h w")] Tensor light, [Shape("b c h w")] Tensor reflectance, [Shape("b c h w")] Tensor noise, [Shape("b c h w")] Tensor image, [Shape("")] Tensor weight) =>
        Sum(0.5 * Square(light * reflectance + noise - image) + weight * Abs(noise), dims: [1, 2, 3]);

    /// <summary>The slope of the fit by the light.</summary>
    [Gradient(of: nameof(Fit), wrt: "light")]
    public virtual partial Tensor LightSlope(Tensor light, Tensor reflectance, Tensor noise, Tensor image);

    /// <summary>The slope of the fit by the reflectance.</summary>
    [Gradient(of: nameof(Fit), wrt: "reflectance")]
    public virtual partial Tensor ReflectanceSlope(Tensor light, Tensor reflectance, Tensor noise, Tensor image);

    /// <summary>The slope of the fit by the noise.</summary>
    [Gradient(of: nameof(Fit), wrt: "noise")]
    public virtual partial Tensor NoiseSlope(Tensor light, Tensor reflectance, Tensor noise, Tensor image);

    /// <summary>The proximal operator of <see cref="Outliers"/>.</summary>
    [Prox(of: nameof(Outliers))]
    public virtual partial Tensor Shrink(Tensor noise, Tensor weight, float step);

    /// <summary>A step of the light, the largest that surely leads down: one over the largest sum of squares of the reflectance.</summary>
    [return: Shape("b 1 h w")]
    public virtual Tensor NextLight([Shape("b 1 h w")] Tensor light, [Shape("b c h w")] Tensor reflectance, [Shape("b c h w")] Tensor noise, [Shape("b c h w")] Tensor image) =>
        light - LightSlope(light, reflectance, noise, image) / Max(Sum(Square(reflectance), dim: 1, keepDim: true), dims: [1, 2, 3], keepDim: true);

    /// <summary>A step of the reflectance: one over the largest square of the light.</summary>
    [return: Shape("b c h w")]
    public virtual Tensor NextReflectance([Shape("b 1 h w")] Tensor light, [Shape("b c h w")] Tensor reflectance, [Shape("b c h w")] Tensor noise, [Shape("b c h w")] Tensor image) =>
        reflectance - ReflectanceSlope(light, reflectance, noise, image) / Max(Square(light), dims: [1, 2, 3], keepDim: true);

    /// <summary>A step of the noise, of length one: the minimum of the objective over the noise.</summary>
    [return: Shape("b c h w")]
    public virtual Tensor NextNoise(
        [Shape("b 1 h w")] Tensor light, [Shape("b c h w")] Tensor reflectance, [Shape("b c h w")] Tensor noise, [Shape("b c h w")] Tensor image, [Shape("")] Tensor weight) =>
        Shrink(noise - NoiseSlope(light, reflectance, noise, image), weight, 1f);

    /// <summary>The same three steps in turns by the algorithm's own rules: proximal alternating linearised minimisation, with steps that follow from the functions.</summary>
    [Unroll(Algorithm.Palm, smooth: nameof(Fit), proximable: nameof(Outliers), wrt: "light, reflectance, noise", Iterations = 100)]
    public virtual partial (Tensor Light, Tensor Reflectance, Tensor Noise) Decompose(Tensor light, Tensor reflectance, Tensor noise, Tensor image, Tensor weight);
}

/// <summary>What sees an image, of which patches may be missing, at a quarter of its resolution.</summary>
/// <param name="width">The number of channels at half the resolution.</param>
[Network]
public partial class PatchEncoder(int width)
{
    /// <summary>To half the resolution.</summary>
    [Parameter("width 3 4 4", Init = Init.KaimingUniform)] public partial Tensor First { get; }

    /// <summary>The offset at half the resolution.</summary>
    [Parameter("width", Init = Init.Zeros)] public partial Tensor FirstBias { get; }

    /// <summary>To a quarter of it.</summary>
    [Parameter("2*width width 4 4", Init = Init.KaimingUniform)] public partial Tensor Second { get; }

    /// <summary>The offset at a quarter of the resolution.</summary>
    [Parameter("2*width", Init = Init.Zeros)] public partial Tensor SecondBias { get; }

    /// <summary>Across missing patches.</summary>
    [Parameter("2*width 2*width 3 3", Init = Init.KaimingUniform)] public partial Tensor Third { get; }

    /// <summary>The offset after it.</summary>
    [Parameter("2*width", Init = Init.Zeros)] public partial Tensor ThirdBias { get; }

    /// <summary>The bottleneck.</summary>
    [return: Shape("b 2*width _ _")]
    public virtual Tensor Forward([Shape("b 3 h w")] Tensor image)
    {
        var half = LeakyRelu(Conv2d(image, First, FirstBias, stride: 2, padding: 1), 0.1);
        var quarter = LeakyRelu(Conv2d(half, Second, SecondBias, stride: 2, padding: 1), 0.1);
        return quarter + LeakyRelu(Conv2d(quarter, Third, ThirdBias, padding: 2, dilation: 2), 0.1);
    }
}

/// <summary>A masked autoencoder from an image of which patches are missing to its light, the illumination prior.</summary>
/// <param name="width">The width of the encoder.</param>
/// <param name="size">The side of an image.</param>
[Network]
public partial class LightAutoencoder(int width, int size)
{
    readonly PatchEncoder encoder = new(width);
    readonly Conv2d middle = new(2 * width, width, 3, padding: 1);
    readonly Conv2d last = new(width, 1, 3, padding: 1);

    /// <summary>The light of every point.</summary>
    [return: Shape("b 1 size size")]
    public virtual Tensor Forward([Shape("b 3 size size")] Tensor image)
    {
        var half = LeakyRelu(middle.Forward(Interpolate(encoder.Forward(image), [size / 2, size / 2], Interpolation.Linear)), 0.1);
        return 0.5 + last.Forward(Interpolate(half, [size, size], Interpolation.Linear));
    }

    /// <summary>The mean squared error of the light where patches of the image are missing.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b 3 size size")] Tensor image, [Shape("b 1 size size")] Tensor light, [Shape("b 1 size size")] Tensor seen) =>
        Sum((1 - seen) * Square(Forward(image * seen) - light)) / Sum(1 - seen);

    /// <summary>The gradient of <see cref="Loss"/>.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor image, Tensor light, Tensor seen);
}

/// <summary>A masked autoencoder from an image to its histograms of oriented gradients, the noise prior.</summary>
/// <param name="width">The width of the encoder.</param>
/// <param name="size">The side of an image.</param>
[Network]
public partial class EdgeAutoencoder(int width, int size)
{
    readonly PatchEncoder encoder = new(width);
    readonly Conv2d last = new(2 * width, 8, 3, padding: 1);

    /// <summary>The histograms as the network sees them: eight directions in cells of 4 x 4 points.</summary>
    [return: Shape("b 8 size/4 size/4")]
    public virtual Tensor Forward([Shape("b 3 size size")] Tensor image) => last.Forward(encoder.Forward(image));

    /// <summary>The histograms of eight directions, weighted by how steep the image is, in cells of 4 x 4 points.</summary>
    [return: Shape("b 8 size/4 size/4")]
    public virtual Tensor Histograms([Shape("b 3 size size")] Tensor image)
    {
        var grey = Pad(Mean(image, dim: 1, keepDim: true), [1, 1, 1, 1], PadMode.Replicate);
        var across = (grey[.., .., 1..^1, 2..] - grey[.., .., 1..^1, ..^2]) / 2;
        var down = (grey[.., .., 2.., 1..^1] - grey[.., .., ..^2, 1..^1]) / 2;
        var steepness = Hypot(across, down);
        var direction = Minimum(Floor((Atan2(down, across) / MathF.PI + 1) * 4), 7);
        var bins = Reshape(Arange(8).To(DType.Float32), 1, 8, 1, 1);
        return 4 * AvgPool2d(Where(Equal(direction, bins), steepness, 0), 4);
    }

    /// <summary>The mean squared error of the histograms.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b 3 size size")] Tensor image, [Shape("b 1 size size")] Tensor seen) => MseLoss(Forward(image * seen), Histograms(image));

    /// <summary>The gradient of <see cref="Loss"/>.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor image, Tensor seen);
}

/// <summary>One stage: steps of light, reflectance and noise along derived slopes and operators, each with a learned correction.</summary>
/// <param name="width">The width of the corrections.</param>
/// <param name="size">The side of an image.</param>
/// <param name="priorWidth">The width of the prior.</param>
[Network]
public partial class RetinexStage(int width, int size, int priorWidth)
{
    readonly Retinex model = new();
    readonly Conv2d reflectanceIn = new(3, width, 3, padding: 1);
    readonly Conv2d reflectanceOut = new(width, 3, 3, padding: 1);
    readonly Conv2d noiseIn = new(3, width, 3, padding: 1);
    readonly Conv2d noiseOut = new(width, 3, 3, padding: 1);

    /// <summary>The logarithm of the step of the light.</summary>
    [Parameter("", Init = -1.5)] public partial Tensor LogLight { get; }

    /// <summary>The logarithm of the step of the reflectance.</summary>
    [Parameter("", Init = 0.0)] public partial Tensor LogReflectance { get; }

    /// <summary>The logarithm of the noise's threshold. The paper starts where no noise is left, and learns its way out.</summary>
    [Parameter("", Init = -3.0)] public partial Tensor LogThreshold { get; }

    /// <summary>From what the prior sees to the light.</summary>
    [Parameter("1 2*priorWidth 3 3")] public partial Tensor Prior { get; }

    /// <summary>Where the correction of the light starts.</summary>
    [Parameter("1", Init = -4.0)] public partial Tensor PriorBias { get; }

    /// <summary>Light, reflectance and noise after the stage, from the stepped light and what the prior sees in it.</summary>
    [return: Shape("b 1 size size"), Shape("b 3 size size"), Shape("b 3 size size")]
    public virtual (Tensor Light, Tensor Reflectance, Tensor Noise) Forward(
        [Shape("b 1 size size")] Tensor stepped, [Shape("b 2*priorWidth _ _")] Tensor seen, [Shape("b 3 size size")] Tensor reflectance, [Shape("b 3 size size")] Tensor noise,
        [Shape("b 3 size size")] Tensor image)
    {
        var light = stepped + Sigmoid(Conv2d(Interpolate(seen, [size, size], Interpolation.Linear), Prior, PriorBias, padding: 1));
        reflectance = reflectance - Exp(LogReflectance) * model.ReflectanceSlope(light, reflectance, noise, image);
        reflectance = reflectance + reflectanceOut.Forward(Relu(reflectanceIn.Forward(reflectance)));
        noise = model.Shrink(noise - model.NoiseSlope(light, reflectance, noise, image), Exp(LogThreshold), 1f);
        noise = noise + noiseOut.Forward(Relu(noiseIn.Forward(noise)));
        return (light, reflectance, noise);
    }

    /// <summary>The step of the light before its correction.</summary>
    [return: Shape("b 1 size size")]
    public virtual Tensor StepLight(
        [Shape("b 1 size size")] Tensor light, [Shape("b 3 size size")] Tensor reflectance, [Shape("b 3 size size")] Tensor noise, [Shape("b 3 size size")] Tensor image) =>
        light - Exp(LogLight) * model.LightSlope(light, reflectance, noise, image);
}

/// <summary>An enhancer of dark images: unrolled decomposition, then a light that is adjusted and a reflectance that is cleaned.</summary>
/// <remarks>Both priors are frozen: who trains it gives them the learning rate 0.</remarks>
/// <param name="width">The width of its networks but for the light prior.</param>
/// <param name="size">The side of an image.</param>
/// <param name="priorWidth">The width of the light prior.</param>
/// <param name="stages">The number of stages.</param>
[Network]
public partial class RetinexNetwork(int width, int size, int priorWidth, int stages = 3)
{
    readonly PatchEncoder prior = new(priorWidth);
    readonly EdgeAutoencoder edges = new(width, size);
    readonly RetinexStage[] blocks = Repeat(stages, _ => new RetinexStage(width, size, priorWidth));
    readonly Conv2d adjustIn = new(2, width, 3, padding: 1);
    readonly Conv2d adjustOut = new(width, 1, 3, padding: 1);
    readonly Conv2d cleanIn = new(3, width, 3, padding: 1);
    readonly Conv2d cleanOut = new(width, 3, 3, padding: 1);

    /// <summary>The enhanced images. How much brighter they are to be follows from the image itself: to a mean of a half.</summary>
    [return: Shape("b 3 size size")]
    public virtual Tensor Forward([Shape("b 3 size size")] Tensor image)
    {
        var light = Max(image, dim: 1, keepDim: true);
        var reflectance = image / (light + 1e-8);
        var noise = 0 * image;
        foreach (var block in blocks)
        {
            var stepped = block.StepLight(light, reflectance, noise, image);
            (light, reflectance, noise) = block.Forward(stepped, prior.Forward(Expand(stepped, -1, 3, -1, -1)), reflectance, noise, image);
        }
        var ratio = Log(0.5 / (Mean(image, dims: [1, 2, 3], keepDim: true) + 1e-3));
        var adjusted = light * Exp(ratio) + adjustOut.Forward(Relu(adjustIn.Forward(Concat([light, 0 * light + ratio], dim: 1))));
        return adjusted * (reflectance + cleanOut.Forward(Relu(cleanIn.Forward(reflectance))));
    }

    /// <summary>The mean squared error, and how far the frozen edge prior sees other edges than in the clean image.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b 3 size size")] Tensor image, [Shape("b 3 size size")] Tensor clean, [Shape("")] Tensor weight)
    {
        var enhanced = Forward(image);
        return MseLoss(enhanced, clean) + weight * L1Loss(edges.Forward(enhanced), edges.Forward(clean));
    }

    /// <summary>The gradient of <see cref="Loss"/>.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor image, Tensor clean, Tensor weight);
}
