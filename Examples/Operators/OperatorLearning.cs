using Proxima.Training;
using ScottPlot;

namespace Proxima.Examples;

/// <summary>DeepONet on the antiderivative operator: the rate in the number of sensors, the bilinear form, and the gain over a network without that form.</summary>
public sealed class OperatorLearning : IExample
{
    private const int Sensors = 100;
    private const int Points = 100;
    private const int Basis = 40;

    /// <inheritdoc/>
    public string Id => "S008";

    /// <inheritdoc/>
    public string Title => "DeepONet: learning the antiderivative operator from samples";

    /// <inheritdoc/>
    public string Family => "neural-operator";

    /// <inheritdoc/>
    public string Paper => "Lu, Jin, Karniadakis: DeepONet: Learning nonlinear operators for identifying differential equations (2019)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(DeepONet), new Dictionary<string, long> { ["sensors"] = Sensors, ["width"] = Basis, ["basis"] = Basis, ["b"] = 100, ["q"] = Points }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Rate(context);
        Learn(context);
    }

    /// <summary>Theorem 2's error of m sensors: for a Gaussian process with the RBF kernel it falls as 1 / m^2.</summary>
    private static void Rate(Context context)
    {
        const int intervals = 320;
        int[] counts = [5, 9, 11, 17, 21, 41, 81];
        var functions = new GaussianProcess(intervals + 1, length: 0.2).Draw(context.Quick ? 20 : 100, context.Seed);
        var exact = GaussianProcess.Antiderivative(functions);
        var errors = new double[counts.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            var m = counts[i];
            var operation = new InterpolantAntiderivative(m, intervals + 1);
            operation.To(DType.Float64);
            operation.Hats.CopyFrom(HatIntegrals(m, intervals + 1));
            var known = Ops.Slice(functions, dim: 1, start: 0, end: intervals + 1, step: intervals / (m - 1));
            errors[i] = (double)Ops.Mean(Ops.Max(Ops.Abs(operation.Forward(known) - exact), dim: 1));
        }
        context.Table("antiderivative from m sensors", ["m", "mean sup error"], counts.Select((m, i) => (string[])[$"{m}", Claim.Text(errors[i])]));
        context.Claim(Claim.Near("log-log slope of the error over m = 5..81", Slope(counts, errors), -2, 0.2));
    }

    private static void Learn(Context context)
    {
        var seeds = context.Quick ? 1 : 3;
        var steps = context.Quick ? 2500 : 6000;
        double ours = 0, train = 0, baseline = 0, split = 0;
        var history = new List<(int Step, double Error)>();
        for (var run = 0; run < seeds; run++)
        {
            var seed = context.Seed + (ulong)run;
            var process = new GaussianProcess(Sensors, length: 0.2);
            var (functions, test) = (process.Draw(1000, 2 * seed + 100), process.Draw(200, 2 * seed + 101));
            var (images, testImages) = (GaussianProcess.Antiderivative(functions).To(DType.Float32), GaussianProcess.Antiderivative(test).To(DType.Float32));
            (functions, test) = (functions.To(DType.Float32), test.To(DType.Float32));
            var points = Tensor.From(Enumerable.Range(0, Points).Select(i => i / (float)(Points - 1)).ToArray(), Points, 1);

            var model = new DeepONet.Cpu(Sensors, width: 64, Basis);
            model.Initialize(seed);
            var adam = new Adam(model, learningRate: 2e-3);
            var batches = new Batches(100, seed, dropLast: true, functions, images);
            var count = Convert.ToInt32(functions.Dim(0) / 100);
            context.Steps($"DeepONet, seed {seed}", steps / count, epoch =>
            {
                adam.LearningRate = 1e-3 * (1 + Math.Cos(Math.PI * epoch * count / steps)) + 1e-6;
                foreach (var batch in batches.Epoch(epoch)) adam.Step(model.LossGradient(batch[0], points, batch[1]));
                if (epoch % 20 != 19) return null;
                var error = Error(model.Forward(test, points), testImages);
                if (seed == context.Seed) history.Add(((epoch + 1) * count, error));
                return FormattableString.Invariant($"test error {error:0.0e0}");
            });

            // As many pairs per step, but every pair pays for the whole network.
            var plain = new ConcatenatedMlp.Cpu(Sensors, width: 84);
            plain.Initialize(seed);
            var plainAdam = new Adam(plain, learningRate: 2e-3);
            var pairs = new Philox(seed, 77);
            context.Steps($"plain network, seed {seed}", steps, i =>
            {
                plainAdam.LearningRate = 1e-3 * (1 + Math.Cos(Math.PI * i / steps)) + 1e-6;
                var (u, y, image) = Pairs(functions, images, 1000, pairs, i);
                plainAdam.Step(plain.LossGradient(u, y, image));
                return null;
            });

            ours += Error(model.Forward(test, points), testImages) / seeds;
            train += Error(model.Forward(functions, points), images) / seeds;
            var (testU, testY, testImage) = Pairs(test, testImages, 10_000, new Philox(seed, 78), 0);
            baseline += Error(plain.Forward(testU, testY), testImage) / seeds;
            var grid = model.Forward(test, points);
            for (var q = 0; q < Points; q += 9)
            {
                var at = Tensor.From(Enumerable.Repeat(points.AsSpan<float>()[q], 200).ToArray(), 200, 1);
                var column = Ops.Slice(grid, dim: 1, start: q, end: q + 1).AsSpan<float>();
                var pointwise = model.Pointwise(test, at).AsSpan<float>();
                for (var b = 0; b < 200; b++) split = Math.Max(split, Math.Abs(column[b] - pointwise[b]));
            }
        }
        context.Table("mean squared error", ["", "train", "test"], [["DeepONet", Claim.Text(train), Claim.Text(ours)], ["plain network", "", Claim.Text(baseline)]]);
        context.Claim(Claim.AtMost("output on a grid (one matrix product) against point by point", split, 1e-6));
        context.Claim(Claim.AtMost("DeepONet, test error", ours, Math.Min(2e-4, 0.3 * baseline), baseline, "mse"));
        context.Claim(Claim.AtMost("generalisation gap, test error over train error", ours / train, 3));
        context.Plot("deeponet.png", plot =>
        {
            plot.Add.Scatter(history.Select(h => (double)h.Step).ToArray(), history.Select(h => Math.Log10(h.Error)).ToArray());
            plot.Title("DeepONet, antiderivative operator");
            plot.XLabel("step");
            plot.YLabel("log10 of the test error");
        });
    }

    private static double Error(Tensor x, Tensor y) => (double)Ops.MseLoss(x.To(DType.Float64), y.To(DType.Float64));

    /// <summary>Functions, points and images drawn at random from a grid of them.</summary>
    private static (Tensor Functions, Tensor Points, Tensor Images) Pairs(Tensor functions, Tensor images, int count, Philox random, int index)
    {
        var (u, y, g) = (Tensor.Zeros(count, Sensors), Tensor.Zeros(count, 1), Tensor.Zeros(count));
        for (var i = 0; i < count; i++)
        {
            var at = ((ulong)index * (ulong)count + (ulong)i) * 2;
            var (row, column) = ((int)(random.Uniform(at) * functions.Dim(0)), (int)(random.Uniform(at + 1) * Points));
            functions.Row(row).AsSpan<float>().CopyTo(u.Row(i).AsSpan<float>());
            y.AsSpan<float>()[i] = column / (float)(Points - 1);
            g.AsSpan<float>()[i] = images.Row(row).AsSpan<float>()[column];
        }
        return (u, y, g);
    }

    /// <summary>The integrals from 0 to equidistant points of the hat functions of equidistant sensors.</summary>
    private static Tensor HatIntegrals(int sensors, int points)
    {
        var integrals = new double[sensors * points];
        var width = 1.0 / (sensors - 1);
        for (var s = 0; s < sensors; s++)
            for (var p = 0; p < points; p++)
                integrals[s * points + p] = Half(p / (points - 1.0) - (s - 1) * width, rising: true, s > 0) + Half(p / (points - 1.0) - s * width, rising: false, s < sensors - 1);
        return Tensor.From(integrals, sensors, points);

        double Half(double into, bool rising, bool exists)
        {
            if (!exists) return 0;
            var t = Math.Clamp(into / width, 0, 1);
            return width * (rising ? t * t / 2 : t - t * t / 2);
        }
    }

    /// <summary>The slope of a least-squares line through logarithms.</summary>
    private static double Slope(int[] x, double[] y)
    {
        double[] a = [.. x.Select(v => Math.Log(v))], b = [.. y.Select(v => Math.Log(v))];
        var (meanA, meanB) = (a.Average(), b.Average());
        return a.Zip(b, (u, v) => (u - meanA) * (v - meanB)).Sum() / a.Sum(u => (u - meanA) * (u - meanA));
    }
}

/// <summary>A Gaussian process on [0, 1] with the kernel <c>exp(-(x - y)^2 / (2 l^2))</c>, at equidistant points, in double precision.</summary>
internal sealed class GaussianProcess
{
    private readonly int _count;
    private readonly double[] _factor;

    /// <param name="count">The number of points.</param>
    /// <param name="length">The correlation length l.</param>
    public GaussianProcess(int count, double length)
    {
        _count = count;
        _factor = new double[count * count];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var distance = (i - j) / (count - 1.0) / length;
                // The kernel is singular to working precision; the added variance is far below every error that is measured.
                var sum = Math.Exp(-0.5 * distance * distance) + (i == j ? 1e-11 : 0);
                for (var k = 0; k < j; k++) sum -= _factor[i * count + k] * _factor[j * count + k];
                _factor[i * count + j] = i == j ? Math.Sqrt(sum) : sum / _factor[j * count + j];
            }
        }
    }

    /// <summary>Functions, one per row.</summary>
    public Tensor Draw(int functions, ulong seed)
    {
        var normal = Tensor.Empty(DType.Float64, functions, _count);
        new Philox(seed, 21).FillNormal(normal);
        return Ops.MatMul(normal, Ops.Transpose(Tensor.From(_factor, _count, _count)));
    }

    /// <summary>The integral from 0 to each point, by Simpson's rule over pairs of intervals and its half-interval form between.</summary>
    public static Tensor Antiderivative(Tensor functions)
    {
        var (rows, count) = (functions.Dim(0), functions.Dim(1));
        var step = 1.0 / (count - 1);
        var result = Tensor.Zeros([rows, count], DType.Float64);
        for (var r = 0; r < rows; r++)
        {
            var u = functions.Row(r).AsSpan<double>();
            var g = result.Row(r).AsSpan<double>();
            // Each interval from the parabola through it and its neighbour.
            for (var i = 1; i < count; i++)
                g[i] = g[i - 1] + step / 12 * (i + 1 < count ? 5 * u[i - 1] + 8 * u[i] - u[i + 1] : 5 * u[i] + 8 * u[i - 1] - u[i - 2]);
        }
        return result;
    }
}
