using System.CommandLine;
using System.Diagnostics;
using Proxima.Files;
using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>The prior of images that the systems of this family share.</summary>
public static class Variation
{
    /// <summary>The sum of the sizes of all differences of neighbours.</summary>
    [TensorFunction]
    public static Tensor Of(Tensor x) => Sum(Abs(x[1..] - x[..^1])) + Sum(Abs(x[.., 1..] - x[.., ..^1]));
}

/// <summary>Restoration of an image by its total variation: the problem is declared, the algorithm is derived.</summary>
/// <remarks>Rudin, Osher and Fatemi, "Nonlinear total variation based noise removal algorithms" (Physica D 1992), in its anisotropic form.</remarks>
[Network]
public partial class TotalVariation
{
    /// <summary>Half the squared distance from the pixels that were seen.</summary>
    [return: Shape("")]
    public virtual Tensor Fit([Shape("h w")] Tensor x, [Shape("h w")] Tensor y, [Shape("h w")] Tensor seen) => 0.5 * Sum(seen * Square(x - y));

    /// <summary>The prior.</summary>
    [return: Shape("")]
    public virtual Tensor Roughness([Shape("h w")] Tensor x, [Shape("")] Tensor weight) => weight * Variation.Of(x);

    /// <summary>What is minimised.</summary>
    [return: Shape("")]
    public virtual Tensor Objective([Shape("h w")] Tensor x, [Shape("h w")] Tensor y, [Shape("h w")] Tensor seen, [Shape("")] Tensor weight) =>
        Fit(x, y, seen) + Roughness(x, weight);

    /// <summary>The restored image after 1,000 iterations.</summary>
    [Unroll(Algorithm.ChambollePock, smooth: nameof(Fit), proximable: nameof(Roughness), Iterations = 1000, Step = 1)]
    public virtual partial Tensor Restore(Tensor x, Tensor y, Tensor seen, Tensor weight);

    /// <summary>The same after so many that it counts as the minimum.</summary>
    [Unroll(Algorithm.ChambollePock, smooth: nameof(Fit), proximable: nameof(Roughness), Iterations = 20_000, Step = 1)]
    public virtual partial Tensor Minimum(Tensor x, Tensor y, Tensor seen, Tensor weight);
}

/// <summary>Deblurring by total variation. What was seen lacks the margin from which it was blurred too, which is restored with it.</summary>
/// <param name="reach">How many pixels the blur reaches to each side.</param>
[Network]
public partial class Deblurring(int reach)
{
    /// <summary>The image through a lens out of focus: each point of the kernel's shape.</summary>
    [return: Shape("h-2*reach w-2*reach")]
    [Require("2*reach <= h", "2*reach <= w")]
    public virtual Tensor Blur([Shape("h w")] Tensor x, [Shape("2*reach+1 2*reach+1")] Tensor kernel)
    {
        var blurred = Conv2d(Unsqueeze(Unsqueeze(x, 0), 0), Unsqueeze(Unsqueeze(kernel, 0), 0), padding: reach);
        return Reshape(blurred, x.Dim(0), x.Dim(1))[reach..(x.Dim(0) - reach), reach..(x.Dim(1) - reach)];
    }

    /// <summary>Half the squared distance of the blurred image from what was seen.</summary>
    [return: Shape("")]
    [Require("2*reach <= h", "2*reach <= w")]
    public virtual Tensor Fit([Shape("h w")] Tensor x, [Shape("h-2*reach w-2*reach")] Tensor y, [Shape("2*reach+1 2*reach+1")] Tensor kernel) => 0.5 * Sum(Square(Blur(x, kernel) - y));

    /// <summary>The prior.</summary>
    [return: Shape("")]
    public virtual Tensor Roughness([Shape("h w")] Tensor x, [Shape("")] Tensor weight) => weight * Variation.Of(x);

    /// <summary>What is minimised.</summary>
    [return: Shape("")]
    [Require("2*reach <= h", "2*reach <= w")]
    public virtual Tensor Objective([Shape("h w")] Tensor x, [Shape("h-2*reach w-2*reach")] Tensor y, [Shape("2*reach+1 2*reach+1")] Tensor kernel, [Shape("")] Tensor weight) =>
        Fit(x, y, kernel) + Roughness(x, weight);

    /// <summary>The sharp image after 500 iterations, with steps from the norm of the blur, which is measured.</summary>
    [Unroll(Algorithm.CondatVu, smooth: nameof(Fit), proximable: nameof(Roughness), Iterations = 500, Step = 1)]
    [Require("2*reach <= h", "2*reach <= w")]
    public virtual partial Tensor Sharpen(Tensor x, Tensor y, Tensor kernel, Tensor weight);

    /// <summary>The same after so many that it counts as the minimum.</summary>
    [Unroll(Algorithm.CondatVu, smooth: nameof(Fit), proximable: nameof(Roughness), Iterations = 5000, Step = 1)]
    [Require("2*reach <= h", "2*reach <= w")]
    public virtual partial Tensor Minimum(Tensor x, Tensor y, Tensor kernel, Tensor weight);
}

/// <summary>Total variation as a prior: an image without its noise, one of which most pixels are missing, and one that was out of focus.</summary>
public sealed class ImageRestoration : IExample
{
    /// <summary>How many pixels the blur reaches to each side.</summary>
    private const int Reach = 3;

    private readonly Option<FileInfo> _image = new Option<FileInfo>("--image") { Description = "A clean grey image (PNG) to blur; a rendered scene without it." }.AcceptExistingOnly();

    /// <inheritdoc/>
    public string Id => "tv";

    /// <inheritdoc/>
    public string Title => "Image restoration: total variation, by an algorithm derived from the declared objective";

    /// <inheritdoc/>
    public string Family => "unrolled/inverse";

    /// <inheritdoc/>
    public string Paper => "Chambolle, Pock: A first-order primal-dual algorithm for convex problems with applications to imaging (JMIV 2011)";

    /// <inheritdoc/>
    public IReadOnlyList<Option> Options => [_image];

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(TotalVariation), new Dictionary<string, long> { ["h"] = 256, ["w"] = 256 }),
        new(typeof(Deblurring), new Dictionary<string, long> { ["h"] = 192, ["w"] = 192, ["reach"] = Reach }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        const float sigma = 25;
        var clean = PatchDenoising.Phantom(context.Quick ? 96 : 256);
        int[] shape = clean.Shape.ToArray();
        var noisy = clean + sigma * Sample.Normal(context.Seed, shape);
        Restore(context, "noise", noisy, noisy, Tensor.Ones(shape), 0.7f * sigma, clean, 5);

        var seen = Sample.Bernoulli(context.Seed + 1, 0.3, shape);
        var unseen = Sum(seen * clean) / Sum(seen);
        Restore(context, "70 % missing", seen * clean + (1 - seen) * unseen, seen * clean, seen, 2f, clean, 5);

        Sharpen(context, context.Value(_image) is { } file ? 255 * Png.ReadGray(file.FullName) : Photograph.Render(context.Quick ? 96 : 192));
    }

    private static void Restore(Context context, string what, Tensor start, Tensor y, Tensor seen, float weight, Tensor clean, double gain)
    {
        TotalVariation model = new TotalVariation.Cpu(), reference = new();
        var factor = Tensor.Scalar(weight);
        Report(context, what, start, clean, gain, 1000, () => model.Restore(start, y, seen, factor), () => model.Minimum(start, y, seen, factor),
            x => reference.Objective(x.To(DType.Float64), y.To(DType.Float64), seen.To(DType.Float64), factor.To(DType.Float64)), 1e-3);
    }

    /// <summary>A lens out of focus, and a little noise.</summary>
    private static void Sharpen(Context context, Tensor clean)
    {
        Deblurring model = new Deblurring.Cpu(Reach), reference = new(Reach);
        var kernel = Disc();
        Tensor seen = model.Blur(clean, kernel), y = seen + Sample.Normal(context.Seed + 2, seen.Shape.ToArray()), weight = Tensor.Scalar(0.15f);
        // The margin that the blur lacks starts as the nearest pixels.
        var start = Reshape(Pad(Unsqueeze(Unsqueeze(y, 0), 0), [Reach, Reach, Reach, Reach], PadMode.Replicate), clean.Dim(0), clean.Dim(1));
        Report(context, "blur", start, clean, 4, 500, () => model.Sharpen(start, y, kernel, weight), () => model.Minimum(start, y, kernel, weight),
            x => reference.Objective(x.To(DType.Float64), y.To(DType.Float64), kernel.To(DType.Float64), weight.To(DType.Float64)), 1e-3);
    }

    /// <summary>A disc of radius 3, a pixel as far as it lies within.</summary>
    private static Tensor Disc()
    {
        const int side = 2 * Reach + 1, points = 8;
        var kernel = Tensor.Zeros(side, side);
        var values = kernel.AsSpan<float>();
        for (var i = 0; i < values.Length * points * points; i++)
        {
            var (pixel, point) = (i / (points * points), i % (points * points));
            double x = pixel % side - Reach - 0.5 + (point % points + 0.5) / points, y = pixel / side - Reach - 0.5 + (point / points + 0.5) / points;
            if (x * x + y * y < Reach * Reach) values[pixel]++;
        }
        return kernel / Sum(kernel);
    }

    /// <summary>Solves, draws before and after, and claims the objective against a long solve, the gain and the time.</summary>
    private static void Report(Context context, string what, Tensor start, Tensor clean, double gain, int iterations, Func<Tensor> solve, Func<Tensor> solveLong, Func<Tensor, Tensor> objective, double tolerance)
    {
        double Objective(Tensor x) => (double)objective(x);
        solve();
        var clock = Stopwatch.StartNew();
        var restored = solve();
        var seconds = clock.Elapsed.TotalSeconds;
        var least = Objective(solveLong());

        var name = what.Replace(" ", "-").Replace("%", "percent");
        foreach (var (suffix, image) in new[] { ("before", start), ("after", restored) })
        {
            var path = context.OutputPath($"tv-{name}-{suffix}.png");
            Png.WriteGray(path, Clamp(image, 0, 255) / 255);
            context.Say($"wrote {path}");
        }
        var (before, after) = (PatchDenoising.Psnr(start, clean), PatchDenoising.Psnr(restored, clean));
        context.Claim(Claim.AtMost($"{what}: objective after {iterations} iterations, above that of a long solve, relative", Objective(restored) / least - 1, tolerance, Objective(start) / least - 1));
        context.Claim(Claim.AtLeast($"{what}: PSNR", after, before + gain, before, "dB"));
        context.Claim(Claim.AtMost($"{what}: time for {iterations} iterations", seconds, 10, unit: "s"));
    }
}
