using System.CommandLine;
using System.Diagnostics;
using Proxima.Files;
using Proxima.Training;
using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>
/// An image denoiser: every overlapping patch is sparsely coded by an unrolled proximal algorithm over a learned dictionary, and the overlaps are averaged.
/// </summary>
/// <remarks>
/// Scetbon, Elad and Milanfar, "Deep K-SVD denoising" (IEEE TIP 2021), with the encoder of Gregor and LeCun (ICML 2010) tied to the dictionary. A patch counts the more
/// the simpler its code is, as in Guleryuz, "Nonlinear approximation based image recovery" (IEEE TIP 2006). Images are in units of the noise's standard deviation.
/// </remarks>
/// <param name="atoms">The number of dictionary atoms.</param>
/// <param name="layers">The number of iterations of the encoder.</param>
/// <param name="patch">The side of a patch in pixels.</param>
[Network]
public partial class PatchCoder(int atoms = 256, int layers = 6, int patch = 8)
{
    /// <summary>The dictionary: one atom per row.</summary>
    [Parameter("atoms patch*patch")] public partial Tensor Dictionary { get; }

    /// <summary>The logarithm of the threshold of each atom in each layer.</summary>
    [Parameter("layers atoms")] public partial Tensor LogThreshold { get; }

    /// <summary>The logarithm of the band of the firm threshold of each atom in each layer.</summary>
    [Parameter("layers atoms")] public partial Tensor LogBand { get; }

    /// <summary>The step size: one over the largest eigenvalue of the dictionary's Gram matrix at the start.</summary>
    [Buffer("")] public partial Tensor Step { get; }

    /// <summary>The denoised images.</summary>
    [return: Shape("b h w")]
    public virtual Tensor Forward([Shape("b h w")] Tensor noisy)
    {
        var rows = Windows(noisy.Dim(1), patch);
        var columns = Windows(noisy.Dim(2), patch);
        var patches = Unfold(noisy, rows, columns, patch);
        var mean = Mean(patches, dim: 1, keepDim: true);
        var detail = patches - mean;

        var code = Zeros(patches.Dim(0), atoms);
        for (var k = 0; k < layers; k++)
        {
            var residual = detail - MatMul(code, Dictionary);
            code = Shrinkage.FirmThreshold(code + Step * MatMul(residual, Transpose(Dictionary)), Exp(LogThreshold[k]), Exp(LogBand[k]));
        }

        var weight = Expand(1 / (1 + Sum(Abs(code), dim: 1, keepDim: true)), patches.Dim(0), patch * patch);
        var estimate = weight * (MatMul(code, Dictionary) + mean);
        return Fold(estimate, rows, columns, noisy.Dim(0), patch) / Fold(weight, rows, columns, noisy.Dim(0), patch);
    }

    /// <summary>The mean squared difference between the denoised input and the target.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b h w")] Tensor input, [Shape("b h w")] Tensor target) => Mean(Square(Forward(input) - target));

    /// <summary>The loss and its gradient.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor input, Tensor target);

    /// <summary>The selection matrix of every window of one axis: row <c>i * patch + p</c> picks position <c>i + p</c>.</summary>
    [TensorFunction]
    private static Tensor Windows(int size, int patch)
    {
        var count = size - patch + 1;
        var positions = Reshape(Arange(count), count, 1) + Reshape(Arange(patch), 1, patch);
        return Reshape(OneHot(positions, size, DType.Float32), count * patch, size);
    }

    /// <summary>Every patch of every image as a row.</summary>
    [TensorFunction]
    private static Tensor Unfold(Tensor images, Tensor rows, Tensor columns, int patch)
    {
        var windows = MatMul(MatMul(rows, images), Transpose(columns));
        var (down, across) = (rows.Dim(0) / patch, columns.Dim(0) / patch);
        var grid = Reshape(windows, images.Dim(0), down, patch, across, patch);
        return Reshape(Permute(grid, 0, 1, 3, 2, 4), images.Dim(0) * down * across, patch * patch);
    }

    /// <summary>The adjoint of <see cref="Unfold"/>: adds every patch where it came from.</summary>
    [TensorFunction]
    private static Tensor Fold(Tensor patches, Tensor rows, Tensor columns, int batch, int patch)
    {
        var (down, across) = (rows.Dim(0) / patch, columns.Dim(0) / patch);
        var grid = Permute(Reshape(patches, batch, down, across, patch, patch), 0, 1, 3, 2, 4);
        var windows = Reshape(grid, batch, down * patch, across * patch);
        return MatMul(MatMul(Transpose(rows), windows), columns);
    }
}

/// <summary>
/// Denoising of a grey image by a network that has seen nothing but this noisy image.
/// </summary>
/// <remarks>
/// Pang et al., "Recorrupted-to-recorrupted: unsupervised deep learning for image denoising" (CVPR 2021): with e a fresh normal draw, <c>y + t e</c> and <c>y - e / t</c>
/// have independent noise, so predicting one from the other has, up to a constant, the expected loss of predicting the clean image.
/// </remarks>
public sealed class PatchDenoising : IExample
{
    private const int Patch = 8;
    private const int AtomsPerAxis = 16;
    private const int Layers = 6;
    private const int Crop = 24;
    private const int Batch = 2;
    private const float Recorruption = 0.5f;

    private readonly Option<FileInfo> _image = new Option<FileInfo>("--image") { Description = "A clean grey image (PNG) to add noise to; a drawn phantom without it." }.AcceptExistingOnly();
    private readonly Option<double> _sigma = new("--sigma") { Description = "The standard deviation of the noise, of 255.", DefaultValueFactory = _ => 25 };
    private readonly Option<double?> _atLeast = new("--at-least") { Description = "The PSNR in dB to claim; without it 28 for an image with noise of 25, otherwise 5 above the noisy image." };

    private readonly Option<bool> _random = new("--random") { Description = "Start from a random dictionary instead of cosines, so that every atom is learned." };

    /// <summary>Describes the options.</summary>
    public PatchDenoising() => _sigma.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<double>() is not (> 0 and <= 255)) result.AddError("--sigma lies above 0 and is at most 255.");
    });

    /// <inheritdoc/>
    public string Id => "denoise";

    /// <inheritdoc/>
    public string Title => "Image denoising: an unrolled sparse coder of patches, trained on the noisy image itself";

    /// <inheritdoc/>
    public string Family => "unrolled/inverse";

    /// <inheritdoc/>
    public string Paper => "Scetbon, Elad, Milanfar: Deep K-SVD denoising (IEEE TIP 2021)";

    /// <inheritdoc/>
    public IReadOnlyList<Option> Options => [_image, _sigma, _atLeast, _random];

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(PatchCoder), new Dictionary<string, long>
        {
            ["atoms"] = AtomsPerAxis * AtomsPerAxis, ["layers"] = Layers, ["patch"] = Patch, ["b"] = Batch, ["h"] = Crop, ["w"] = Crop,
        }),
        new(typeof(SparseCoding), new Dictionary<string, long> { ["atoms"] = AtomsPerAxis * AtomsPerAxis, ["size"] = Patch * Patch, ["b"] = 500 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        var sigma = (float)context.Value(_sigma);
        var clean = context.Value(_image) is { } file ? 255 * Png.ReadGray(file.FullName) : Phantom(context.Quick ? 96 : 256);
        if (clean.Dim(0) < Crop || clean.Dim(1) < Crop) throw new InvalidDataException($"The image is {clean.Dim(0)} x {clean.Dim(1)} pixels; it needs at least {Crop} x {Crop}.");
        var noise = Tensor.Empty(DType.Float32, clean.Shape.ToArray());
        new Philox(context.Seed, stream: 1).FillNormal(noise);
        var noisy = clean + sigma * noise;

        var model = new PatchCoder.Cpu(AtomsPerAxis * AtomsPerAxis, Layers, Patch);
        Start(model, context.Value(_random) ? RandomAtoms(context.Seed) : CosineAtoms());
        var untrained = Psnr(Denoise(model, noisy, sigma), clean);
        Train(context, model, noisy / sigma, context.Quick ? 40 : 400);
        var clock = Stopwatch.StartNew();
        var denoised = Denoise(model, noisy, sigma);
        var seconds = clock.Elapsed.TotalSeconds;

        // The codes that the encoder would have, were it iterated to the end with the soft threshold that it starts with.
        SparseCodes.Compare(context, model.Dictionary, Patches(noisy / sigma, context.Quick ? 100 : 500, context.Seed), 2.5f);

        var (before, after) = (Psnr(noisy, clean), Psnr(denoised, clean));
        foreach (var (name, image) in new[] { ("clean", clean), ("noisy", noisy), ("denoised", denoised) })
        {
            var path = context.OutputPath($"denoise-{name}.png");
            Png.WriteGray(path, image / 255);
            context.Say($"wrote {path}");
        }
        context.Say(FormattableString.Invariant($"noisy {before:0.00} dB, coded without training {untrained:0.00} dB, with training {after:0.00} dB: training adds {after - untrained:0.00} dB"));
        context.Claim(Claim.AtLeast("PSNR, against the noisy image", after, context.Value(_atLeast) ?? (context.Value(_image) is not null && sigma == 25 ? 28 : before + 5), before, "dB"));
        context.Claim(Claim.AtLeast("PSNR, against the untrained coder", after, untrained, untrained, "dB"));
        context.Claim(Claim.AtMost("time for the whole image", seconds, 10, unit: "s"));
    }

    /// <summary>Patches of an image without their means.</summary>
    private static Tensor Patches(Tensor image, int count, ulong seed)
    {
        var (place, patches) = (new Philox(seed, 1_000_000), Tensor.Zeros(count, Patch * Patch));
        for (var k = 0; k < count; k++)
        {
            var top = (int)(place.Uniform(2 * (ulong)k) * (image.Dim(0) - Patch + 1));
            var left = (int)(place.Uniform(2 * (ulong)k + 1) * (image.Dim(1) - Patch + 1));
            for (var i = 0; i < Patch; i++) image.Row(top + i).AsSpan<float>().Slice(left, Patch).CopyTo(patches.Row(k).AsSpan<float>()[(i * Patch)..]);
        }
        return patches - Mean(patches, dim: 1, keepDim: true);
    }

    /// <summary>Normal numbers; the atoms have zero mean and unit norm.</summary>
    internal static Tensor RandomAtoms(ulong seed)
    {
        var atoms = Sample.Normal(seed, AtomsPerAxis * AtomsPerAxis, Patch * Patch);
        atoms = atoms - Mean(atoms, dim: 1, keepDim: true);
        return atoms / Sqrt(Sum(Square(atoms), dim: 1, keepDim: true));
    }

    /// <summary>The overcomplete cosine dictionary, whose atoms other than the constant have zero mean and unit norm.</summary>
    internal static Tensor CosineAtoms()
    {
        var waves = new double[AtomsPerAxis, Patch];
        for (var k = 0; k < AtomsPerAxis; k++)
        {
            var (mean, energy) = (0.0, 0.0);
            for (var i = 0; i < Patch; i++) mean += (waves[k, i] = Math.Cos(Math.PI * k * (i + 0.5) / AtomsPerAxis)) / Patch;
            for (var i = 0; i < Patch; i++) energy += Math.Pow(waves[k, i] -= k == 0 ? 0 : mean, 2);
            for (var i = 0; i < Patch; i++) waves[k, i] /= Math.Sqrt(energy);
        }
        var atoms = Tensor.Zeros(AtomsPerAxis * AtomsPerAxis, Patch * Patch);
        // The constant atom stays zero: the network removes the mean of every patch itself.
        for (var atom = 1; atom < atoms.Dim(0); atom++)
        {
            var pixels = atoms.Row(atom).AsSpan<float>();
            for (var pixel = 0; pixel < pixels.Length; pixel++)
                pixels[pixel] = (float)(waves[atom / AtomsPerAxis, pixel / Patch] * waves[atom % AtomsPerAxis, pixel % Patch]);
        }
        return atoms;
    }

    /// <summary>Starts a network as plain iterations over a dictionary: the step that its largest eigenvalue allows and a threshold of 2.5 deviations of the noise.</summary>
    internal static void Start(PatchCoder model, Tensor atoms)
    {
        model.Dictionary.CopyFrom(atoms);
        var v = Sample.Uniform(0, 1, Patch * Patch);
        var norm = 0.0;
        for (var k = 0; k < 100; k++)
        {
            v = MatMul(MatMul(v, Transpose(atoms)), atoms);
            norm = Math.Sqrt((double)Sum(Square(v)));
            v = v / norm;
        }
        model.Step.Fill(1 / norm);
        model.LogThreshold.Fill(Math.Log(2.5 / norm));
        model.LogBand.Fill(0);
    }

    /// <summary>Trains on random crops, corrupted once more.</summary>
    private static void Train(Context context, PatchCoder model, Tensor noisy, int steps)
    {
        var adam = new Adam(model, learningRate: 0.003);
        var (input, target) = (Tensor.Zeros(Batch, Crop, Crop), Tensor.Zeros(Batch, Crop, Crop));
        context.Steps("training on the noisy image", steps, step =>
        {
            adam.LearningRate = 0.0015 * (1 + Math.Cos(Math.PI * step / steps));
            // The noise of the input then has the unit variance that it has in the image itself.
            var unit = 1 / MathF.Sqrt(1 + Recorruption * Recorruption);
            var (place, noise) = (new Philox(context.Seed, 2 * (ulong)step + 2), new Philox(context.Seed, 2 * (ulong)step + 3));
            var inputs = input.AsSpan<float>();
            var targets = target.AsSpan<float>();
            var pixels = noisy.AsSpan<float>();
            for (var at = 0; at < inputs.Length; at++)
            {
                var (crop, row, column) = (at / (Crop * Crop), at / Crop % Crop, at % Crop);
                var top = (int)(place.Uniform(2 * (ulong)crop) * (noisy.Dim(0) - Crop + 1));
                var left = (int)(place.Uniform(2 * (ulong)crop + 1) * (noisy.Dim(1) - Crop + 1));
                var (y, e) = (pixels[(top + row) * noisy.Dim(1) + left + column], (float)noise.Normal((ulong)at));
                inputs[at] = unit * (y + Recorruption * e);
                targets[at] = unit * (y - e / Recorruption);
            }
            var gradients = model.LossGradient(input, target);
            adam.Step(gradients);
            return null;
        });
    }

    /// <summary>Denoises an image of any size in tiles that overlap, so that every pixel is averaged over all of its patches.</summary>
    internal static Tensor Denoise(PatchCoder model, Tensor noisy, float sigma)
    {
        const int tile = 128, margin = Patch - 1;
        var (height, width) = (noisy.Dim(0), noisy.Dim(1));
        var denoised = Tensor.Zeros(height, width);
        for (var top = 0; top < height; top += tile)
        {
            for (var left = 0; left < width; left += tile)
            {
                var (y0, y1) = (Math.Max(top - margin, 0), Math.Min(top + tile + margin, height));
                var (x0, x1) = (Math.Max(left - margin, 0), Math.Min(left + tile + margin, width));
                // The last tile of an axis can be narrower than a patch.
                (y0, x0) = (Math.Min(y0, y1 - Patch), Math.Min(x0, x1 - Patch));
                var part = Reshape(noisy[y0..y1, x0..x1] / sigma, 1, y1 - y0, x1 - x0);
                var result = model.Forward(part).Row(0);
                for (var i = top; i < Math.Min(top + tile, height); i++)
                    result.Row(i - y0).AsSpan<float>()[(left - x0)..(Math.Min(left + tile, width) - x0)].CopyTo(denoised.Row(i).AsSpan<float>()[left..]);
            }
        }
        return denoised * sigma;
    }

    /// <summary>The peak signal-to-noise ratio in decibels of an image with values from 0 to 255.</summary>
    internal static double Psnr(Tensor image, Tensor clean) =>
        10 * Math.Log10(255.0 * 255.0 / (double)Mean(Square((image - clean).To(DType.Float64))));

    /// <summary>A drawn test image with what denoisers find easy and hard: flat regions, edges, slopes, stripes and fine texture.</summary>
    internal static Tensor Phantom(int size)
    {
        var image = Tensor.Zeros(size, size);
        var pixels = image.AsSpan<float>();
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y) = ((i % size + 0.5) / size * 2 - 1, (i / size + 0.5) / size * 2 - 1);
            var value = 90 + 50 * x;
            if (Inside(x, y, 0, 0, 0.85, 0.9)) value = 200;
            if (Inside(x, y, 0, 0.02, 0.75, 0.8)) value = 120 + 30 * y;
            if (Inside(x, y, -0.35, -0.25, 0.2, 0.35)) value = 40;
            if (Inside(x, y, 0.35, -0.25, 0.25, 0.3)) value = 150 + 60 * Math.Sign(Math.Sin(40 * (x + 0.5 * y)));
            if (Inside(x, y, 0, 0.45, 0.45, 0.2)) value = 130 + 50 * Math.Sin(60 * x) * Math.Sin(60 * y);
            if (Math.Abs(x) < 0.04 && Math.Abs(y) < 0.7) value = 230;
            pixels[i] = (float)value;
        }
        return image;

        static bool Inside(double x, double y, double centreX, double centreY, double radiusX, double radiusY) =>
            Math.Pow((x - centreX) / radiusX, 2) + Math.Pow((y - centreY) / radiusY, 2) < 1;
    }
}
