using System.Diagnostics;
using Proxima.Files;
using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>Restoration of an image by its total variation: the problem is declared, the algorithm is derived.</summary>
/// <remarks>Rudin, Osher and Fatemi, "Nonlinear total variation based noise removal algorithms" (Physica D 1992), in its anisotropic form.</remarks>
[Network]
public partial class TotalVariation
{
    /// <summary>Half the squared distance from the pixels that were seen.</summary>
    [return: Shape("")]
    public virtual Tensor Fit([Shape("h w")] Tensor x, [Shape("h w")] Tensor y, [Shape("h w")] Tensor seen) => 0.5 * Sum(seen * Square(x - y));

    /// <summary>The sum of the sizes of all differences of neighbours.</summary>
    [return: Shape("")]
    public virtual Tensor Roughness([Shape("h w")] Tensor x, [Shape("")] Tensor weight) =>
        weight * (Sum(Abs(x[1..] - x[..^1])) + Sum(Abs(x[.., 1..] - x[.., ..^1])));

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

/// <summary>Total variation as a prior: an image without its noise, and one of which most pixels are missing.</summary>
public sealed class ImageRestoration : IExample
{
    /// <inheritdoc/>
    public string Id => "tv";

    /// <inheritdoc/>
    public string Title => "Image restoration: total variation, by an algorithm derived from the declared objective";

    /// <inheritdoc/>
    public string Family => "unrolled/inverse";

    /// <inheritdoc/>
    public string Paper => "Chambolle, Pock: A first-order primal-dual algorithm for convex problems with applications to imaging (JMIV 2011)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } = [new(typeof(TotalVariation), new Dictionary<string, long> { ["h"] = 256, ["w"] = 256 })];

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
    }

    private static void Restore(Context context, string what, Tensor start, Tensor y, Tensor seen, float weight, Tensor clean, double gain)
    {
        TotalVariation model = new TotalVariation.Cpu(), reference = new();
        var factor = Tensor.Scalar(weight);
        double Objective(Tensor x) =>
            (double)reference.Objective(x.To(DType.Float64), y.To(DType.Float64), seen.To(DType.Float64), factor.To(DType.Float64));
        model.Restore(start, y, seen, factor);
        var clock = Stopwatch.StartNew();
        var restored = model.Restore(start, y, seen, factor);
        var seconds = clock.Elapsed.TotalSeconds;
        var least = Objective(model.Minimum(start, y, seen, factor));

        var name = what.Replace(" ", "-").Replace("%", "percent");
        foreach (var (suffix, image) in new[] { ("before", start), ("after", restored) })
        {
            var path = context.OutputPath($"tv-{name}-{suffix}.png");
            Png.WriteGray(path, Clamp(image, 0, 255) / 255);
            context.Say($"wrote {path}");
        }
        var (before, after) = (PatchDenoising.Psnr(start, clean), PatchDenoising.Psnr(restored, clean));
        context.Claim(Claim.AtMost($"{what}: objective after 1,000 iterations, above that after 20,000, relative", Objective(restored) / least - 1, 1e-3, Objective(start) / least - 1));
        context.Claim(Claim.AtLeast($"{what}: PSNR", after, before + gain, before, "dB"));
        context.Claim(Claim.AtMost($"{what}: time for 1,000 iterations", seconds, 10, unit: "s"));
    }
}
