using System.Diagnostics;
using Proxima.Files;
using Proxima.Proximal;
using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>An image from its line integrals: the projector is declared, its adjoint, its norm and the algorithm are derived.</summary>
/// <remarks>
/// The projector is that of Joseph, "An improved algorithm for reprojecting rays through pixel images" (IEEE TMI 1982): a steep ray is followed through the rows, another through the columns, and reads between the two nearest
/// pixels. No matrix is stored. The prior is that of Sidky and Pan, "Image reconstruction in circular cone-beam computed tomography by constrained, total-variation minimization" (Phys. Med. Biol. 2008).
/// </remarks>
/// <param name="n">The side of the image.</param>
/// <param name="angles">The number of directions, spread evenly over half a turn.</param>
/// <param name="rays">The number of rays of each direction, one pixel apart.</param>
[Network]
public partial class LineIntegrals(int n, int angles, int rays)
{
    /// <summary>The integral along each ray.</summary>
    [return: Shape("angles rays")]
    public virtual Tensor Project([Shape("n n")] Tensor image)
    {
        var angle = Reshape(Arange(angles).To(DType.Float32), angles, 1, 1) * (MathF.PI / angles);
        var offset = Reshape(Arange(rays).To(DType.Float32), 1, rays, 1) - (rays - 1) / 2f;
        var step = Reshape(Arange(n).To(DType.Float32), 1, 1, n);
        Tensor cos = Cos(angle), sin = Sin(angle);
        var isSteep = Abs(cos) >= Abs(sin);
        // Where the ray crosses the row or column of each step.
        Tensor along = Where(isSteep, cos, sin), across = Where(isSteep, sin, cos);
        var place = (offset - (step - (n - 1) / 2f) * across) / along + (n - 1) / 2f;
        var first = Floor(place);
        var share = place - first;
        return Sum((1 - share) * Pixel(image, first, step, isSteep) + share * Pixel(image, first + 1, step, isSteep), dim: 2) / Reshape(Abs(along), angles, 1);
    }

    /// <summary>The pixels at places across the steps; 0 outside of the image.</summary>
    private Tensor Pixel(Tensor image, Tensor place, Tensor step, Tensor isSteep)
    {
        var inside = Clamp(place, 0, n - 1);
        var index = Where(isSteep, step * n + inside, inside * n + step).To(DType.Int64);
        return Where(Equal(inside, place), Reshape(IndexSelect(Reshape(image, n * n), 0, Reshape(index, angles * rays * n)), angles, rays, n), 0);
    }

    /// <summary>The inner product of the integrals with others, of which the adjoint is the gradient.</summary>
    [return: Shape("")]
    public virtual Tensor Inner([Shape("n n")] Tensor image, [Shape("angles rays")] Tensor integrals) => Sum(Project(image) * integrals);

    /// <summary>The adjoint of the projector: each pixel adds up the rays that cross it.</summary>
    [Gradient(of: nameof(Inner), wrt: "image")]
    public virtual partial Tensor BackProject(Tensor image, Tensor integrals);

    /// <summary>A bound of the norm of the projector.</summary>
    [Lipschitz(of: nameof(Project))]
    public virtual partial Tensor Norm(Tensor image);

    /// <summary>Half the mean squared distance of the integrals from those that were measured, in steps of a ray.</summary>
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n n")] Tensor image, [Shape("angles rays")] Tensor integrals) => 0.5 * Sum(Square(Project(image) - integrals)) / (angles * n);

    /// <summary>The total variation.</summary>
    [return: Shape("")]
    public virtual Tensor Roughness([Shape("n n")] Tensor image, [Shape("")] Tensor weight) => weight * Variation.Of(image);

    /// <summary>Nothing absorbs less than nothing.</summary>
    [return: Shape("")]
    public virtual Tensor Positive([Shape("n n")] Tensor image) => Sum(NonnegativeOrthant.Value(image));

    /// <summary>What is minimised over images without negative pixels.</summary>
    [return: Shape("")]
    public virtual Tensor Objective([Shape("n n")] Tensor image, [Shape("angles rays")] Tensor integrals, [Shape("")] Tensor weight) => Fit(image, integrals) + Roughness(image, weight);

    /// <summary>The image after 500 iterations.</summary>
    [Unroll(Algorithm.CondatVu, smooth: nameof(Fit), proximable: nameof(Roughness), Other = nameof(Positive), Iterations = 500, Step = 1.8)]
    public virtual partial Tensor Reconstruct(Tensor image, Tensor integrals, Tensor weight);

    /// <summary>The same after so many that it counts as the minimum.</summary>
    [Unroll(Algorithm.CondatVu, smooth: nameof(Fit), proximable: nameof(Roughness), Other = nameof(Positive), Iterations = 5000, Step = 1.8)]
    public virtual partial Tensor Minimum(Tensor image, Tensor integrals, Tensor weight);
}

/// <summary>Computed tomography from few directions: the phantom of Shepp and Logan, by filtered back projection and by total variation.</summary>
public sealed class ComputedTomography : IExample
{
    /// <summary>Grey value, half axes, centre and turn in degrees of each ellipse, in the contrast of Toft (1996) that shows the small ones.</summary>
    private static readonly (double Value, double A, double B, double X, double Y, double Turn)[] s_ellipses =
    [
        (1, 0.69, 0.92, 0, 0, 0), (-0.8, 0.6624, 0.874, 0, -0.0184, 0), (-0.2, 0.11, 0.31, 0.22, 0, -18), (-0.2, 0.16, 0.41, -0.22, 0, 18), (0.1, 0.21, 0.25, 0, 0.35, 0),
        (0.1, 0.046, 0.046, 0, 0.1, 0), (0.1, 0.046, 0.046, 0, -0.1, 0), (0.1, 0.046, 0.023, -0.08, -0.605, 0), (0.1, 0.023, 0.023, 0, -0.606, 0), (0.1, 0.023, 0.046, 0.06, -0.605, 0),
    ];

    /// <inheritdoc/>
    public string Id => "ct";

    /// <inheritdoc/>
    public string Title => "Tomography: an image from few line integrals, with a projector that stores no matrix";

    /// <inheritdoc/>
    public string Family => "unrolled/inverse";

    /// <inheritdoc/>
    public string Paper => "Sidky, Pan: Image reconstruction in circular cone-beam computed tomography by constrained, total-variation minimization (Phys. Med. Biol. 2008)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } = [new(typeof(LineIntegrals), new Dictionary<string, long> { ["n"] = 64, ["angles"] = 30, ["rays"] = 91 })];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        var (n, angles) = context.Quick ? (32, 16) : (64, 30);
        var rays = (int)Math.Ceiling(n * Math.Sqrt(2));
        LineIntegrals model = new LineIntegrals.Cpu(n, angles, rays), reference = new(n, angles, rays);
        var phantom = Phantom(n);
        var exact = model.Project(phantom);
        var measured = exact + 0.01 * Max(exact) * Sample.Normal(context.Seed, angles, rays);

        var (norm, image) = (0.0, Sample.Uniform(context.Seed + 1, n, n));
        for (var k = 0; k < 100; k++)
        {
            image = model.BackProject(image, model.Project(image));
            norm = Math.Sqrt((double)Ops.Norm(image));
            image = image / (norm * norm);
        }
        var bound = (double)model.Norm(phantom);
        context.Claim(Claim.AtLeast("bound of the projector's norm, of the norm", bound / norm, 1 - 1e-5));
        context.Claim(Claim.AtMost("bound of the projector's norm, of the norm", bound / norm, 1.001));
        Tensor other = Sample.Normal(context.Seed + 2, angles, rays), adjoint = model.BackProject(phantom, other);
        context.Claim(Claim.AtMost("adjoint: difference of both inner products, relative",
            Math.Abs((double)Sum(exact * other) - (double)Sum(phantom * adjoint)) / (double)(Ops.Norm(exact) * Ops.Norm(other)), 1e-5));

        var weight = Tensor.Scalar(0.3f / (angles * n));
        double Objective(Tensor x) => (double)reference.Objective(x.To(DType.Float64), measured.To(DType.Float64), weight.To(DType.Float64));
        double Psnr(Tensor x) => -10 * Math.Log10((double)Mean(Square(x - phantom)));
        var start = Tensor.Zeros(n, n);
        var clock = Stopwatch.StartNew();
        var reconstructed = model.Reconstruct(start, measured, weight);
        var seconds = clock.Elapsed.TotalSeconds;
        var least = Objective(model.Minimum(start, measured, weight));
        var filtered = model.BackProject(start, Filtered(measured)) * (Math.PI / angles);

        Save("phantom", phantom);
        Save("integrals", measured / Max(measured));
        Save("filtered", filtered);
        Save("reconstructed", reconstructed);
        context.Claim(Claim.AtMost("objective after 500 iterations, above that after 5,000, relative", Objective(reconstructed) / least - 1, 5e-3, Objective(start) / least - 1));
        var gain = context.Quick ? 3 : 5;
        context.Claim(Claim.AtLeast($"PSNR, {gain} dB above filtered back projection", Psnr(reconstructed), Psnr(filtered) + gain, Psnr(filtered), "dB"));
        context.Claim(Claim.AtMost("time for 500 iterations", seconds, 10, unit: "s"));

        void Save(string name, Tensor values)
        {
            var path = context.OutputPath($"ct-{name}.png");
            Png.WriteGray(path, Clamp(values, 0, 1));
            context.Say($"wrote {path}");
        }
    }

    /// <summary>The phantom, sixteen points to a pixel.</summary>
    internal static Tensor Phantom(int n)
    {
        const int Points = 4;
        var image = Tensor.Zeros(n, n);
        var pixels = image.AsSpan<float>();
        for (var i = 0; i < pixels.Length; i++)
            for (var k = 0; k < Points * Points; k++)
            {
                double x = 2 * (i % n + (k % Points + 0.5) / Points) / n - 1, y = 1 - 2 * (i / n + (k / Points + 0.5) / Points) / n;
                foreach (var e in s_ellipses)
                {
                    var (sin, cos) = Math.SinCos(e.Turn * Math.PI / 180);
                    double u = ((x - e.X) * cos + (y - e.Y) * sin) / e.A, v = ((y - e.Y) * cos - (x - e.X) * sin) / e.B;
                    if (u * u + v * v <= 1) pixels[i] += (float)(e.Value / (Points * Points));
                }
            }
        return image;
    }

    /// <summary>Each projection through the ramp filter of Ramachandran and Lakshminarayanan (1971).</summary>
    private static Tensor Filtered(Tensor integrals)
    {
        var (angles, rays) = (integrals.Dim(0), integrals.Dim(1));
        var filter = new float[rays * rays];
        for (var i = 0; i < rays; i++)
            for (var j = 0; j < rays; j++)
                filter[i * rays + j] = i == j ? 0.25f : (i - j) % 2 == 0 ? 0 : (float)(-1 / (Math.PI * Math.PI * (i - j) * (i - j)));
        return MatMul(integrals, Tensor.From(filter, rays, rays));
    }
}
