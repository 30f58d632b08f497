using Proxima.Training;
using ScottPlot;
using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>
/// Proximal gradient descent on <c>|y - A x|^2 / 2 + lambda |x|_1</c>: ISTA without momentum, FISTA with Nesterov's.
/// </summary>
/// <param name="m">The number of measurements.</param>
/// <param name="n">The number of unknowns.</param>
[Network]
public partial class ProximalGradient(int m, int n)
{
    /// <summary>The dictionary.</summary>
    [Buffer("m n")] public partial Tensor A { get; }

    /// <summary>One iteration from the iterate <paramref name="x"/> and the extrapolated point <paramref name="z"/>.</summary>
    [return: Shape("b n")]
    [return: Shape("b n")]
    public virtual (Tensor X, Tensor Z) Iterate(
        [Shape("b n")] Tensor x, [Shape("b n")] Tensor z, [Shape("b m")] Tensor y,
        [Shape("")] Tensor step, [Shape("")] Tensor lambda, [Shape("")] Tensor momentum)
    {
        var next = SoftThreshold(z + step * MatMul(y - MatMul(z, Transpose(A)), A), step * lambda);
        return (next, next + momentum * (next - x));
    }
}

/// <summary>
/// ALISTA with learned support selection: an unrolled network whose only learned values are three numbers per layer.
/// </summary>
/// <remarks>
/// Liu, Chen, Wang and Yin, "ALISTA: analytic weights are as good as learned weights in LISTA" (ICLR 2019). Their support selection lets a fixed share
/// of the largest values pass unshrunk; here the layer learns where values are large, as the upper end of a firm threshold.
/// </remarks>
/// <param name="m">The number of measurements.</param>
/// <param name="n">The number of unknowns.</param>
/// <param name="layers">The number of iterations.</param>
[Network]
public partial class Alista(int m, int n, int layers = 16)
{
    /// <summary>The dictionary.</summary>
    [Buffer("m n")] public partial Tensor A { get; }

    /// <summary>The analytic weight: the matrix of least coherence with the dictionary.</summary>
    [Buffer("m n")] public partial Tensor W { get; }

    /// <summary>The step size of each layer.</summary>
    [Parameter("layers", Init = 1.0)] public partial Tensor Step { get; }

    /// <summary>The logarithm of the threshold of each layer.</summary>
    [Parameter("layers")] public partial Tensor LogThreshold { get; }

    /// <summary>The logarithm of the band of the firm threshold of each layer.</summary>
    [Parameter("layers")] public partial Tensor LogBand { get; }

    /// <summary>One layer: a gradient step along the analytic weight, then the firm threshold.</summary>
    [return: Shape("b n")]
    public virtual Tensor Layer(
        [Shape("b n")] Tensor x, [Shape("b m")] Tensor y, [Shape("")] Tensor step, [Shape("")] Tensor logThreshold, [Shape("")] Tensor logBand) =>
        Shrinkage.FirmThreshold(x + step * MatMul(y - MatMul(x, Transpose(A)), W), Exp(logThreshold), Exp(logBand));

    /// <summary>The sparse code of each measurement.</summary>
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor y)
    {
        var x = Zeros(y.Dim(0), n);
        for (var k = 0; k < layers; k++)
            x = Layer(x, y, Step[k], LogThreshold[k], LogBand[k]);
        return x;
    }

    /// <summary>
    /// The mean over the layers of the logarithm of the normalised squared error. The logarithm makes a decibel worth the same at every
    /// level of error, and an error of every layer leads all of them down together.
    /// </summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b m")] Tensor y, [Shape("b n")] Tensor target)
    {
        var x = Zeros(y.Dim(0), n);
        var loss = Zeros();
        for (var k = 0; k < layers; k++)
        {
            x = Layer(x, y, Step[k], LogThreshold[k], LogBand[k]);
            loss = loss + Log(Sum(Square(x - target)));
        }
        return loss / layers - Log(Sum(Square(target)));
    }

    /// <summary>The loss and its gradient.</summary>
    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor y, Tensor target);
}

/// <summary>Sparse signals behind a random dictionary, the standard problem of the unrolling literature.</summary>
/// <remarks>
/// Chen, Liu, Wang and Yin, "Theoretical linear convergence of unfolded ISTA" (NeurIPS 2018), section 4: A has independent normal entries and unit columns; x has
/// independent entries that are standard normal with probability 0.1 and zero otherwise.
/// </remarks>
/// <param name="m">The number of measurements.</param>
/// <param name="n">The number of unknowns.</param>
/// <param name="seed">The seed of every sample. The dictionary is always the same one, as in the literature.</param>
public sealed class SparseProblem(int m, int n, ulong seed)
{
    /// <summary>The share of entries of a signal that are not zero.</summary>
    public const double Density = 0.1;

    /// <summary>The dictionary, <c>[m, n]</c>.</summary>
    public Tensor A { get; } = Dictionary(m, n);

    /// <summary>Draws signals and their noisy measurements.</summary>
    /// <param name="count">The number of signals.</param>
    /// <param name="snr">The ratio of the expected energies of A x and of the noise in decibels; infinite for none.</param>
    /// <param name="index">Tells draws apart: the same index gives the same samples.</param>
    /// <returns>The measurements <c>[count, m]</c> and the signals <c>[count, n]</c>.</returns>
    public (Tensor Y, Tensor X) Draw(int count, double snr, ulong index)
    {
        var (support, values, noise) = (new Philox(seed, 3 * index + 1), new Philox(seed, 3 * index + 2), new Philox(seed, 3 * index + 3));
        var (x, y) = (Tensor.Zeros(count, n), Tensor.Zeros(count, m));
        // The columns have unit norm, so E|Ax|^2 is the expected number of entries.
        var deviation = Math.Sqrt(n * Density / m) * Math.Pow(10, -snr / 20);
        var columns = Transpose(A);
        for (var b = 0; b < count; b++)
        {
            var signal = x.Row(b).AsSpan<float>();
            var measurement = y.Row(b).AsSpan<float>();
            for (var j = 0; j < n; j++)
            {
                var at = (ulong)((long)b * n + j);
                if (support.Uniform(at) >= Density) continue;
                signal[j] = (float)values.Normal(at);
                var column = columns.Row(j).AsSpan<float>();
                for (var i = 0; i < m; i++) measurement[i] += signal[j] * column[i];
            }
            if (deviation == 0) continue;
            for (var i = 0; i < m; i++) measurement[i] += (float)(deviation * noise.Normal((ulong)((long)b * m + i)));
        }
        return (y, x);
    }

    /// <summary>The normalised mean squared error of an estimate in decibels.</summary>
    public static double Nmse(Tensor estimate, Tensor x)
    {
        var (error, energy) = (0.0, 0.0);
        var estimates = estimate.AsSpan<float>();
        var values = x.AsSpan<float>();
        for (var i = 0; i < values.Length; i++)
        {
            var difference = (double)estimates[i] - values[i];
            error += difference * difference;
            energy += (double)values[i] * values[i];
        }
        return 10 * Math.Log10(error / energy);
    }

    /// <summary>The largest eigenvalue of A A', by power iteration: the Lipschitz constant of the gradient.</summary>
    public double Lipschitz()
    {
        var a = A.To(DType.Float64);
        var v = Tensor.Ones([m], DType.Float64);
        var norm = 0.0;
        for (var k = 0; k < 100; k++)
        {
            v = MatMul(a, MatMul(v, a));
            norm = Math.Sqrt((double)Sum(Square(v)));
            v = v / norm;
        }
        return norm;
    }

    /// <summary>
    /// The weight of ALISTA: the least <c>|W'A|^2 + ridge |W|^2</c> subject to <c>w_i'a_i = 1</c>. The columns are independent problems with the solution
    /// <c>w_i = G a_i / (a_i' G a_i)</c>, G the inverse of A A' + ridge I. Without noise the ridge is 0; a ridge keeps the weight from amplifying noise.
    /// </summary>
    public Tensor AnalyticWeight(double ridge = 0)
    {
        var a = A.To(DType.Float64);
        var solved = CholeskySolve(MatMul(a, Transpose(a)) + ridge * Eye(m, dtype: DType.Float64), a);
        return (solved / Sum(solved * a, dim: 0)).To(DType.Float32);
    }

    private static Tensor Dictionary(int m, int n)
    {
        var a = Tensor.Empty(DType.Float64, m, n);
        new Philox(0).FillNormal(a);
        return (a / Sqrt(Sum(Square(a), dim: 0))).To(DType.Float32);
    }

    /// <summary>Solves S X = B for a symmetric positive definite S.</summary>
    private static Tensor CholeskySolve(Tensor s, Tensor b)
    {
        var (size, width) = (s.Dim(0), b.Dim(1));
        var l = s.ToArray<double>();
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = l[i * size + j];
                for (var k = 0; k < j; k++) sum -= l[i * size + k] * l[j * size + k];
                l[i * size + j] = i == j ? Math.Sqrt(sum) : sum / l[j * size + j];
            }
        }
        var x = b.Clone();
        for (var i = 0; i < size; i++)
        {
            for (var k = 0; k < i; k++) Eliminate(i, k, l[i * size + k]);
            Divide(i, l[i * size + i]);
        }
        for (var i = size - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < size; k++) Eliminate(i, k, l[k * size + i]);
            Divide(i, l[i * size + i]);
        }
        return x;

        void Eliminate(int i, int k, double factor)
        {
            var row = x.Row(i).AsSpan<double>();
            var other = x.Row(k).AsSpan<double>();
            for (var j = 0; j < width; j++) row[j] -= factor * other[j];
        }

        void Divide(int i, double divisor)
        {
            foreach (ref var value in x.Row(i).AsSpan<double>()) value /= divisor;
        }
    }
}

/// <summary>Sparse recovery: classical ISTA and FISTA against a trained 16-layer network, by the error after each layer.</summary>
public sealed class SparseRecovery : IExample
{
    private const int Layers = 16;
    private const int Batch = 64;
    private const float Lambda = 0.1f;

    /// <inheritdoc/>
    public string Id => "lista";

    /// <inheritdoc/>
    public string Title => "Sparse recovery: ISTA, FISTA and a trained unrolled network";

    /// <inheritdoc/>
    public string Family => "unrolled/inverse";

    /// <inheritdoc/>
    public string Paper => "Liu, Chen, Wang, Yin: ALISTA: analytic weights are as good as learned weights in LISTA (ICLR 2019)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(Alista), new Dictionary<string, long> { ["m"] = 250, ["n"] = 500, ["layers"] = Layers, ["b"] = Batch }),
        new(typeof(ProximalGradient), new Dictionary<string, long> { ["m"] = 250, ["n"] = 500, ["b"] = 1000 }),
        new(typeof(SparseCoding), new Dictionary<string, long> { ["atoms"] = 500, ["size"] = 250, ["b"] = 100 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        var (m, n, samples, steps) = context.Quick ? (50, 100, 200, 120) : (250, 500, 1000, 300);
        var problem = new SparseProblem(m, n, context.Seed);
        var curves = new List<(string Name, double[] Nmse)>();

        var (y, x) = problem.Draw(samples, double.PositiveInfinity, index: 0);
        var ista = Classical(problem, m, n, y, x, accelerated: false);
        var fista = Classical(problem, m, n, y, x, accelerated: true);
        curves.Add(("ISTA, noiseless", ista));
        curves.Add(("FISTA, noiseless", fista));
        if (!context.Quick)
        {
            context.Claim(Claim.Near("ISTA, lambda 0.1, noiseless, NMSE after 16", ista[^1], -5.3, 0.3, unit: "dB"));
            context.Claim(Claim.Near("FISTA, lambda 0.1, noiseless, NMSE after 16", fista[^1], -10.3, 0.3, unit: "dB"));
        }

        // What ISTA and FISTA minimise, of a part of the samples.
        var part = y[..(samples / 10)];
        var least = SparseCodes.Compare(context, Transpose(problem.A), part, Lambda);
        var gaps = new[] { false, true }.Select(accelerated => Objectives(problem, m, n, part, accelerated, 200).Select(value => value / least - 1).ToArray()).ToArray();

        var weight = problem.AnalyticWeight(ridge: 0.3);
        // Behrens, Sauder and Jung, "Neurally augmented ALISTA" (ICLR 2021) publish -21.06 dB at 20 and -39.05 dB at 40 for the same network with their support selection.
        foreach (var (snr, target) in context.Quick ? [(20.0, -17.0)] : new[] { (20.0, -20.56), (30.0, -31.0), (40.0, -38.55) })
        {
            var model = new Alista.Cpu(m, n, Layers);
            model.A.CopyFrom(problem.A);
            model.W.CopyFrom(weight);
            var time = Train(context, model, problem, snr, steps);
            (y, x) = problem.Draw(samples, snr, index: 0);
            var fistaHere = Classical(problem, m, n, y, x, accelerated: true);
            var trained = Trace(model, y, x);
            curves.Add(($"trained, SNR {snr:0} dB", trained));
            context.Claim(Claim.AtMost($"trained network at SNR {snr:0} dB, NMSE after 16", trained[^1], target, fistaHere[^1], "dB"));
            context.Claim(Claim.AtMost($"training time at SNR {snr:0} dB", time.TotalSeconds, 120, unit: "s"));
        }

        context.Table("NMSE in dB", ["layer", .. curves.Select(curve => curve.Name)],
            Enumerable.Range(0, Layers).Select(k => (string[])[$"{k + 1}", .. curves.Select(curve => Invariant($"{curve.Nmse[k]:0.00}"))]));
        context.Plot("lista.png", plot =>
        {
            foreach (var (name, nmse) in curves)
                plot.Add.Scatter(Enumerable.Range(1, Layers).Select(k => (double)k).ToArray(), nmse).LegendText = name;
            plot.Title("Sparse recovery");
            plot.XLabel("layer");
            plot.YLabel("NMSE in dB");
            plot.ShowLegend(Alignment.LowerLeft);
        });
        context.Plot("lista-objective.png", plot =>
        {
            foreach (var (name, gap) in new[] { "ISTA", "FISTA" }.Zip(gaps))
                plot.Add.Scatter(Enumerable.Range(1, gap.Length).Select(k => (double)k).ToArray(), gap.Select(value => Math.Log10(Math.Max(value, 1e-7))).ToArray()).LegendText = name;
            plot.Title("Objective above that of a long solve");
            plot.XLabel("iteration");
            plot.YLabel("log10 of the relative difference");
            plot.ShowLegend(Alignment.UpperRight);
        });
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Trains the three numbers of every layer; the learning rate falls to zero along a cosine.</summary>
    internal static TimeSpan Train(Context context, Alista model, SparseProblem problem, double snr, int steps)
    {
        var thresholds = model.LogThreshold.AsSpan<float>();
        for (var k = 0; k < thresholds.Length; k++) thresholds[k] = MathF.Log(0.6f * MathF.Pow(0.8f, k));

        var adam = new Adam(model, learningRate: 0.02);
        return context.Steps($"training at SNR {snr:0} dB", steps, i =>
        {
            adam.LearningRate = 0.01 * (1 + Math.Cos(Math.PI * i / steps));
            var (y, target) = problem.Draw(Batch, snr, index: (ulong)i + 1);
            var gradients = model.LossGradient(y, target);
            adam.Step(gradients);
            return i % 20 == 19 ? Invariant($"loss {10 / Math.Log(10) * (double)gradients.Value:0.00} dB") : null;
        });
    }

    /// <summary>The error after each layer.</summary>
    private static double[] Trace(Alista model, Tensor y, Tensor x)
    {
        var nmse = new double[Layers];
        var estimate = Tensor.Zeros(x.Dim(0), x.Dim(1));
        for (var k = 0; k < Layers; k++)
        {
            estimate = model.Layer(estimate, y, model.Step[k], model.LogThreshold[k], model.LogBand[k]);
            nmse[k] = SparseProblem.Nmse(estimate, x);
        }
        return nmse;
    }

    /// <summary>The error after each iteration of ISTA or FISTA.</summary>
    private static double[] Classical(SparseProblem problem, int m, int n, Tensor y, Tensor x, bool accelerated) =>
        [.. Iterates(problem, m, n, y, accelerated).Take(Layers).Select(iterate => SparseProblem.Nmse(iterate, x))];

    /// <summary>The objective after each iteration of ISTA or FISTA.</summary>
    private static double[] Objectives(SparseProblem problem, int m, int n, Tensor y, bool accelerated, int iterations)
    {
        var model = new SparseCoding.Cpu(n, m);
        model.Dictionary.CopyFrom(Transpose(problem.A));
        return [.. Iterates(problem, m, n, y, accelerated).Take(iterations).Select(iterate => (double)model.Objective(iterate, y, Tensor.Scalar(Lambda)))];
    }

    /// <summary>ISTA or FISTA from zero with step 1/L.</summary>
    private static IEnumerable<Tensor> Iterates(SparseProblem problem, int m, int n, Tensor y, bool accelerated)
    {
        var solver = new ProximalGradient.Cpu(m, n);
        solver.A.CopyFrom(problem.A);
        var (step, lambda) = (Tensor.Scalar((float)(1 / problem.Lipschitz())), Tensor.Scalar(Lambda));
        var iterate = (X: Tensor.Zeros(y.Dim(0), n), Z: Tensor.Zeros(y.Dim(0), n));
        for (var t = 1.0; ;)
        {
            var next = (1 + Math.Sqrt(1 + 4 * t * t)) / 2;
            iterate = solver.Iterate(iterate.X, iterate.Z, y, step, lambda, Tensor.Scalar(accelerated ? (float)((t - 1) / next) : 0));
            t = next;
            yield return iterate.X;
        }
    }
}
