using Proxima.Proximal;
using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>Images measured at half their resolution: the prior is one of the image, the fit one of a smaller image.</summary>
[Network]
public partial class SuperResolution(int h, int w, int n)
{
    /// <summary>The means of blocks of four, by a convolution that steps.</summary>
    [Parameter("1 1 2 2", Init = 0.25)] public partial Tensor Mean { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b h w")] Tensor x, [Shape("b h/2 w/2")] Tensor y) => 0.5 * Sum(Square(Squeeze(Conv2d(Unsqueeze(x, 1), Mean, stride: 2), 1) - y));

    /// <summary>The same by pooling.</summary>
    [return: Shape("")]
    public virtual Tensor PooledFit([Shape("b h w")] Tensor x, [Shape("b h/2 w/2")] Tensor y) => 0.5 * Sum(Square(Squeeze(AvgPool2d(Unsqueeze(x, 1), 2), 1) - y));

    /// <summary>Every second row and column.</summary>
    [return: Shape("")]
    public virtual Tensor SampledFit([Shape("b h w")] Tensor x, [Shape("b h/2 w/2")] Tensor y) =>
        0.5 * Sum(Square(Slice(Slice(x, dim: 1, start: 0, end: h, step: 2), dim: 2, start: 0, end: w, step: 2) - y));

    [return: Shape("")]
    public virtual Tensor Lines([Shape("b h w")] Tensor x) => 0.05f * Sum(TotalVariationOfLines.Value(x));

    [return: Shape("")]
    public virtual Tensor Smooth([Shape("b h w")] Tensor x) => 0.05f * Sum(TotalVariation2d.Value(x));

    /// <summary>The total variation written out, whose maps the splitting takes apart.</summary>
    [return: Shape("")]
    public virtual Tensor Differences([Shape("b h w")] Tensor x) => 0.05f * (Sum(Abs(x[.., 1.., ..] - x[.., ..^1, ..])) + Sum(Abs(x[.., .., 1..] - x[.., .., ..^1])));

    [return: Shape("")]
    public virtual Tensor InRange([Shape("b h w")] Tensor x) => Sum(Box.Value(x, 0, 1));

    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Lines), Iterations = 300)] public virtual partial Tensor Enlarged(Tensor x, Tensor y);

    [Unroll(Algorithm.Fista, smooth: nameof(PooledFit), proximable: nameof(Lines), Iterations = 300)] public virtual partial Tensor EnlargedByPooling(Tensor x, Tensor y);

    [Unroll(Algorithm.CondatVu, smooth: nameof(Fit), proximable: nameof(Differences), Iterations = 4000)] public virtual partial Tensor EnlargedByMaps(Tensor x, Tensor y);

    [Unroll(Algorithm.CondatVu, smooth: nameof(Fit), proximable: nameof(Differences), Other = nameof(InRange), Iterations = 8)]
    public virtual partial Tensor Briefly(Tensor x, Tensor y);

    [Unroll(Algorithm.ChambollePock, smooth: nameof(SampledFit), proximable: nameof(Differences), Iterations = 200)] public virtual partial Tensor Filled(Tensor x, Tensor y);

    [Unroll(Algorithm.ChambollePock, smooth: nameof(PooledFit), proximable: nameof(Differences), Iterations = 4000)] public virtual partial Tensor EnlargedByDuals(Tensor x, Tensor y);

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Smooth), Iterations = 3)] public virtual partial Tensor Isotropic(Tensor x, Tensor y);

    // The image is a map of fewer unknowns, and the prior one of the image.

    [Parameter("n h*w", Init = Init.Normal)] public partial Tensor Basis { get; }

    [return: Shape("")]
    public virtual Tensor Distance([Shape("b n")] Tensor c, [Shape("b n")] Tensor y) => 0.5 * Sum(Square(c - y));

    [return: Shape("")]
    public virtual Tensor OfSynthesis([Shape("b n")] Tensor c) => 0.05f * Sum(TotalVariation2d.Value(Reshape(MatMul(c, Basis), c.Dim(0), h, w)));

    [return: Shape("")]
    public virtual Tensor OfEnlarged([Shape("b h w")] Tensor x) => 0.05f * Sum(TotalVariation2d.Value(Squeeze(ConvTranspose2d(Unsqueeze(x, 1), Mean, stride: 2), 1)));

    [return: Shape("")]
    public virtual Tensor ImageDistance([Shape("b h w")] Tensor x, [Shape("b h w")] Tensor y) => 0.5 * Sum(Square(x - y));

    [Unroll(Algorithm.ChambollePock, smooth: nameof(Distance), proximable: nameof(OfSynthesis), Iterations = 1000)] public virtual partial Tensor Synthesised(Tensor c, Tensor y);

    [Unroll(Algorithm.LinearizedAdmm, smooth: nameof(Distance), proximable: nameof(OfSynthesis), Iterations = 4)] public virtual partial Tensor SynthesisedByCopies(Tensor c, Tensor y);

    [Unroll(Algorithm.ChambollePock, smooth: nameof(ImageDistance), proximable: nameof(OfEnlarged), Iterations = 4)] public virtual partial Tensor BeforeEnlarging(Tensor x, Tensor y);

    [return: Shape("")] public virtual Tensor Loss([Shape("b h w")] Tensor x, [Shape("b h/2 w/2")] Tensor y) => Sum(Square(Briefly(x, y)));

    [Gradient(of: nameof(Loss), wrt: "y, Mean")] public virtual partial (Tensor Y, Tensor Mean) LossGradient(Tensor x, Tensor y);
}

/// <summary>Priors of images beside fits, and of maps, that have other shapes than the image.</summary>
[Collection("WorkerPool")]
public sealed class SuperResolutionTests
{
    private const int H = 8, W = 6, N = 5, Batch = 2;

    private static Tensor Random(int stream, params int[] shape)
    {
        var x = Tensor.Empty(DType.Float64, shape);
        new Philox(59, (ulong)stream).FillNormal(x);
        return x;
    }

    private static SuperResolution Double()
    {
        var network = new SuperResolution(H, W, N);
        network.To(DType.Float64);
        return network;
    }

    private static double Value(Tensor scalar) => scalar.ToArray<double>()[0];

    private static void Near(Tensor expected, Tensor actual, double tolerance) => Assert.InRange(Value(Norm(actual - expected)) / Value(Norm(expected)), 0, tolerance);

    /// <summary>A corner over a slope, and its means of blocks with noise.</summary>
    private static (Tensor Start, Tensor Measured) Given()
    {
        Tensor rows = Reshape(Arange(H), 1, H, 1).To(DType.Float64), columns = Reshape(Arange(W), 1, 1, W).To(DType.Float64);
        var image = Where(rows + columns > 6, 1.0, 0.0).To(DType.Float64) + 0.05 * rows + 0 * Random(1, Batch, H, W);
        return (0 * image, Squeeze(AvgPool2d(Unsqueeze(image, 1), 2), 1) + 0.02 * Random(2, Batch, H / 2, W / 2));
    }

    [Fact]
    public void AnImageIsFoundFromASmallerOne()
    {
        var network = Double();
        var (start, measured) = Given();
        Tensor byOperator = network.Enlarged(start, measured), byMaps = network.EnlargedByMaps(start, measured), byDuals = network.EnlargedByDuals(start, measured);
        double Objective(Tensor x) => Value(network.Fit(x, measured) + network.Lines(x));
        // The three share nothing but the problem: an accelerated gradient with an inner dual method, and two splittings of single differences.
        var least = Math.Min(Objective(byMaps), Objective(byDuals));
        Assert.InRange(Objective(byDuals), least, least * (1 + 1e-6));
        Assert.InRange(Objective(byMaps), least, least * (1 + 1e-6));
        Assert.InRange(Objective(byOperator), least * (1 - 1e-9), least * (1 + 1e-4));
        Near(byOperator, network.EnlargedByPooling(start, measured), 1e-9);
        // No direction leads down.
        for (var k = 0; k < 40; k++) Assert.True(Objective(byDuals + 1e-3 * Random(20 + k, Batch, H, W)) >= least * (1 - 1e-6));
        // What is measured of every second row and column is filled in between.
        var sampled = network.Filled(start, measured);
        Assert.InRange(Value(network.SampledFit(sampled, measured)), 0, Value(network.SampledFit(start, measured)) / 20);
        Assert.True(Value(network.Differences(sampled)) > 0);
        Assert.All(network.Isotropic(start, measured).ToArray<double>(), v => Assert.True(double.IsFinite(v)));
    }

    [Fact]
    public void APriorOfAMapIsOneOfTheImage()
    {
        var network = Double();
        Tensor y = Random(3, Batch, N), found = network.Synthesised(0 * y, y);
        double Objective(Tensor c) => Value(network.Distance(c, y) + network.OfSynthesis(c));
        var least = Objective(found);
        for (var k = 0; k < 60; k++) Assert.True(Objective(found + 1e-3 * Random(60 + k, Batch, N)) >= least * (1 - 1e-9));
        Assert.True(least < Objective(y));
        Tensor x = Random(4, Batch, H, W), before = network.BeforeEnlarging(x, x);
        double Enlarged(Tensor at) => Value(network.ImageDistance(at, x) + network.OfEnlarged(at));
        Assert.True(Enlarged(before) < Enlarged(x));
    }

    [Fact]
    public void TheCompiledIterationsAndTheirGradientsAreTheSame()
    {
        var network = Double();
        var (start, measured) = Given();
        var compiled = new SuperResolution.Cpu(H, W, N);
        compiled.Basis.CopyFrom(network.Basis.To(DType.Float32));
        Tensor x = start.To(DType.Float32), y = measured.To(DType.Float32), c = Random(3, Batch, N), few = c.To(DType.Float32);
        Near(network.Briefly(start, measured), compiled.Briefly(x, y).To(DType.Float64), 1e-5);
        Near(network.Isotropic(start, measured), compiled.Isotropic(x, y).To(DType.Float64), 1e-4);
        Near(network.SynthesisedByCopies(c, c), compiled.SynthesisedByCopies(few, few).To(DType.Float64), 1e-5);
        Tensor image = Random(4, Batch, H, W), single = image.To(DType.Float32);
        Near(network.BeforeEnlarging(image, image), compiled.BeforeEnlarging(single, single).To(DType.Float64), 1e-5);
        var (expected, actual) = (network.LossGradient(start, measured), compiled.LossGradient(x, y));
        Near(expected.Y, actual.Y.To(DType.Float64), 1e-3);
        Near(expected.Mean, actual.Mean.To(DType.Float64), 1e-3);
    }
}
