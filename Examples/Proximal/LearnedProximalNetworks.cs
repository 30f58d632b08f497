using Proxima.Training;
using ScottPlot;

namespace Proxima.Examples;

/// <summary>Learned proximal networks: exact proximal operators by construction, and three losses with three different limits.</summary>
public sealed class LearnedProximalNetworks : IExample
{
    private const int Hidden = 32;

    /// <inheritdoc/>
    public string Id => "S002";

    /// <inheritdoc/>
    public string Title => "Learned proximal networks: an input gradient as a layer, trained by proximal matching";

    /// <inheritdoc/>
    public string Family => "proximal/splitting";

    /// <inheritdoc/>
    public string Paper => "Fang, Buchanan, Sulam: What's in a Prior? Learned Proximal Networks for Inverse Problems (ICLR 2024)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(LearnedProximal), new Dictionary<string, long> { ["n"] = 8, ["hidden"] = Hidden, ["depth"] = 2, ["b"] = 200 }),
        new(typeof(PlugAndPlay), new Dictionary<string, long> { ["n"] = 64, ["hidden"] = Hidden, ["iterations"] = 50, ["b"] = 32 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Certificates(context);
        Deconvolution(context, Laplacian(context));
    }

    /// <summary>Denoising of vectors with Laplace entries: the Jacobian is symmetric and positive, and the output minimises what it must.</summary>
    private static void Certificates(Context context)
    {
        const int n = 8, pairs = 100, points = 200;
        var data = new LaplaceData(n, context.Seed);
        var model = new LearnedProximal.Cpu(n, Hidden);
        var plain = new PlainDenoiser.Cpu(n, Hidden);
        model.Initialize(context.Seed);
        plain.Initialize(context.Seed);
        Adam adam = new(model, learningRate: 3e-3), plainAdam = new(plain, learningRate: 3e-3);
        context.Steps("dimension 8", context.Quick ? 100 : 600, i =>
        {
            var (noisy, clean) = data.Draw(256, i);
            adam.Step(model.SquaredGradient(noisy, clean));
            plainAdam.Step(plain.SquaredGradient(noisy, clean));
            return null;
        });

        var (y, x) = data.Draw(pairs, index: -1);
        var direction = Sample.Normal(context.Seed + 1, pairs, n);
        var push = model.Push(y, direction).Push;
        context.Claim(Claim.AtMost("asymmetry |Jv - J'v| / |Jv| of the learned proximal network", Distance(push, model.Pull(y, direction)), 1e-5,
            Distance(plain.Push(y, direction).Push, plain.Pull(y, direction))));
        context.Claim(Claim.AtLeast("asymmetry of a plain denoiser, which must fail", Distance(plain.Push(y, direction).Push, plain.Pull(y, direction)), 1e-2));
        context.Claim(Claim.AtLeast("smallest v'Jv / |v|^2 over 100 pairs", Rows(push, direction).Min(), -1e-6));

        // R(f(y)) + |f(y) - y|^2 / 2 may be no larger than the same at any other point of the range of f.
        (y, _) = data.Draw(points, index: -2);
        var (outputs, values) = model.Prior(y);
        float[] signals = y.ToArray<float>(), estimates = outputs.ToArray<float>(), prior = values.ToArray<float>();
        var worst = double.NegativeInfinity;
        for (var i = 0; i < points; i++)
            for (var j = 0; j < points; j++)
                if (i != j) worst = Math.Max(worst, Objective(i, i) - Objective(i, j));
        context.Claim(Claim.AtMost("proximal objective at f(y) minus that at 200 x 200 rivals", worst, 1e-5));

        double Objective(int signal, int estimate)
        {
            var sum = (double)prior[estimate];
            for (var k = 0; k < n; k++) sum += 0.5 * Math.Pow((double)estimates[estimate * n + k] - signals[signal * n + k], 2);
            return sum;
        }
    }

    /// <summary>Deconvolution of Laplace signals by plug-and-play ADMM with the matched network: it converges, because the network is a proximal operator.</summary>
    private static void Deconvolution(Context context, LearnedProximal trained)
    {
        const int n = 64, signals = 32, chunk = 50;
        // A penalty above the largest eigenvalue of A'A, which is 1, is what the convergence theorem asks for. It is also the variance of the noise for which the
        // minimiser is the maximum a posteriori estimate.
        const double rho = 1.1;
        // In double precision: the residual is to fall below what single precision can tell from zero.
        var solver = new PlugAndPlay(n, Hidden, chunk);
        foreach (var parameter in trained.Parameters) solver.Parameters.Single(p => p.Name == "prior." + parameter.Name).Value.CopyFrom(parameter.Value);
        solver.To(DType.Float64);
        var blur = Blur(n);
        solver.Resolvent.CopyFrom(Resolvent(blur, rho));
        var (noisy, clean) = new LaplaceData(n, context.Seed).Draw(signals, index: -3);
        var truth = clean.To(DType.Float64);
        var noise = Math.Sqrt(rho) * (noisy - clean).To(DType.Float64);
        var blurred = Ops.MatMul(truth, Ops.Transpose(blur)) + noise;
        var matched = Ops.MatMul(blurred, blur) / rho;
        var state = (X: blurred, Z: blurred, Dual: Tensor.Zeros([signals, n], DType.Float64));
        var (residual, iterations) = (double.PositiveInfinity, 0);
        while (residual > 1e-6 && iterations < 5000)
        {
            state = solver.Iterate(state.Z, state.Dual, matched);
            iterations += chunk;
            residual = Distance(state.X, state.Z);
        }
        context.Claim(Claim.AtMost($"PnP-ADMM residual |x - z| / |z| after {iterations} iterations", residual, 1e-6, 1));
        context.Claim(Claim.AtMost("deconvolution error |z - x| / |x|", Distance(truth, state.Z), Distance(truth, blurred), Distance(truth, blurred)));
    }

    /// <summary>A circular blur with a Gaussian of deviation 0.7, in double precision.</summary>
    private static Tensor Blur(int n)
    {
        const int reach = 4;
        double Weight(int d) => Math.Exp(-d * d / (2 * 0.7 * 0.7));
        var total = Enumerable.Range(-reach, 2 * reach + 1).Sum(Weight);
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++)
            for (var d = -reach; d <= reach; d++) matrix[i * n + (i + d + n) % n] = Weight(d) / total;
        return Tensor.From(matrix, n, n);
    }

    /// <summary>The inverse of <c>A'A / rho + I</c> for a circular A, by Newton's iteration.</summary>
    private static Tensor Resolvent(Tensor blur, double rho)
    {
        var identity = Ops.Eye(blur.Dim(0), DType.Float64);
        var matrix = Ops.MatMul(Ops.Transpose(blur), blur) / rho + identity;
        // The spectrum lies in [1, 2): the start is a contraction, and its error squares with every step.
        var inverse = 0.5 * identity;
        for (var k = 0; k < 10; k++) inverse = Ops.MatMul(inverse, 2 * identity - Ops.MatMul(matrix, inverse));
        return inverse;
    }

    /// <summary>The three losses on a Laplace variable in noise: posterior mean, posterior median, and the proximal operator of the true log-prior.</summary>
    /// <returns>A network trained by proximal matching.</returns>
    private static LearnedProximal Laplacian(Context context)
    {
        var grid = Enumerable.Range(-60, 121).Select(i => i / 20.0).Where(y => Math.Abs(y) <= 3).ToArray();
        var points = Tensor.From(grid.Select(y => (float)y).ToArray(), grid.Length, 1);
        var soft = grid.Select(y => Math.Sign(y) * Math.Max(Math.Abs(y) - 1, 0)).ToArray();
        var (mean, median) = (grid.Select(y => LaplaceData.Posterior(y).Mean).ToArray(), grid.Select(y => LaplaceData.Posterior(y).Median).ToArray());
        var seeds = context.Quick ? 1 : 3;
        var steps = context.Quick ? 600 : 1500;
        LearnedProximal? matched = null;
        var curves = new List<(double[] Squared, double[] Absolute, double[] Matching)>();
        for (var run = 0; run < seeds; run++)
        {
            var seed = context.Seed + (ulong)run;
            var data = new LaplaceData(1, seed);
            var squared = Train("squared loss", (model, y, x, _) => model.SquaredGradient(y, x), null);
            var absolute = Train("absolute loss", (model, y, x, _) => model.AbsoluteGradient(y, x), null);
            // Proximal matching starts from the absolute loss; its bandwidth shrinks while it trains.
            var matching = Train("proximal matching", (model, y, x, i) => model.MatchingGradient(y, x, Tensor.Scalar(0.5f - 0.4f * i / steps)), absolute);
            curves.Add((Curve(squared), Curve(absolute), Curve(matching)));
            matched ??= matching;

            LearnedProximal Train(string title, Func<LearnedProximal, Tensor, Tensor, int, Gradients> gradient, LearnedProximal? start)
            {
                var model = new LearnedProximal.Cpu(1, Hidden);
                model.Initialize(seed);
                start?.CopyTo(model);
                var adam = new Adam(model, learningRate: 0.01);
                context.Steps($"{title}, seed {seed}", steps, i =>
                {
                    adam.LearningRate = 0.005 * (1 + Math.Cos(Math.PI * i / steps)) + 1e-5;
                    // Few samples lie within the bandwidth of proximal matching, and only those teach it.
                    var (y, x) = data.Draw(start is null ? 512 : 4096, i);
                    var gradients = gradient(model, y, x, i);
                    adam.Step(gradients);
                    return i % 100 == 99 ? FormattableString.Invariant($"loss {(double)gradients.Value:0.000}") : null;
                });
                return model;
            }

            double[] Curve(LearnedProximal model) => [.. model.Denoise(points).ToArray<float>().Select(v => (double)v)];
        }

        double Mean(Func<(double[] Squared, double[] Absolute, double[] Matching), double[]> pick, double[] target) =>
            curves.Average(curve => pick(curve).Zip(target, (a, b) => Math.Abs(a - b)).Average());
        var l2ToSoft = Mean(c => c.Squared, soft);
        context.Claim(Claim.AtMost("proximal matching: mean |f - soft threshold| on [-3, 3]", Mean(c => c.Matching, soft), 0.08, l2ToSoft));
        context.Claim(Claim.AtLeast("squared loss: mean |f - soft threshold|, which must stay away", l2ToSoft, 0.18));
        context.Claim(Claim.AtMost("squared loss: mean |f - posterior mean|", Mean(c => c.Squared, mean), 0.05, Mean(c => c.Matching, mean)));
        context.Claim(Claim.AtMost("absolute loss: mean |f - posterior median|", Mean(c => c.Absolute, median), 0.06, Mean(c => c.Matching, median)));
        // Near single points, where the denoiser of the squared loss must fail. Beyond 2 few samples tell of the maximum; the paper draws thirty times as many.
        double Near(Func<(double[] Squared, double[] Absolute, double[] Matching), double[]> pick, double from, double to) => curves.Average(curve =>
            Enumerable.Range(0, grid.Length).Where(i => Math.Abs(grid[i]) >= from - 1e-9 && Math.Abs(grid[i]) <= to + 1e-9).Average(i => Math.Abs(pick(curve)[i] - soft[i])));
        context.Table("mean |f - soft threshold|", ["", "proximal matching", "squared loss"], [Row("|y| = 1", 1, 1), Row("|y| = 1.5", 1.5, 1.5), Row("2 <= |y| <= 3", 2, 3)]);
        string[] Row(string where, double from, double to) => [where, Claim.Text(Near(c => c.Matching, from, to)), Claim.Text(Near(c => c.Squared, from, to))];
        foreach (var (y, bound) in new[] { (1, 0.2), (1.5, 0.1) })
        {
            context.Claim(Claim.AtMost($"proximal matching: |f - soft threshold| at |y| = {Claim.Text(y)}", Near(c => c.Matching, y, y), bound, Near(c => c.Squared, y, y)));
            context.Claim(Claim.AtLeast($"squared loss: |f - soft threshold| at |y| = {Claim.Text(y)}, which must fail", Near(c => c.Squared, y, y), 1.5 * bound));
        }
        context.Plot("lpn.png", plot =>
        {
            foreach (var (name, values) in new[] { ("squared loss", curves[0].Squared), ("absolute loss", curves[0].Absolute), ("proximal matching", curves[0].Matching), ("soft threshold", soft), ("posterior mean", mean), ("posterior median", median) })
            {
                var line = plot.Add.ScatterLine(grid, values);
                line.LegendText = name;
                if (ReferenceEquals(values, soft) || ReferenceEquals(values, mean) || ReferenceEquals(values, median)) line.LinePattern = LinePattern.Dashed;
            }
            plot.Title("What each loss learns from a Laplace variable in noise");
            plot.XLabel("y");
            plot.YLabel("f(y)");
            plot.ShowLegend(Alignment.UpperLeft);
        });
        return matched!;
    }

    /// <summary>|x - y| / |x|.</summary>
    private static double Distance(Tensor x, Tensor y)
    {
        var (a, b) = (x.To(DType.Float64), y.To(DType.Float64));
        return Math.Sqrt((double)Ops.Sum(Ops.Square(a - b)) / (double)Ops.Sum(Ops.Square(a)));
    }

    /// <summary>Row by row, x'y / |y|^2.</summary>
    private static IEnumerable<double> Rows(Tensor x, Tensor y)
    {
        var (a, b) = (x.To(DType.Float64), y.To(DType.Float64));
        return (Ops.Sum(a * b, dim: 1) / Ops.Sum(Ops.Square(b), dim: 1)).ToArray<double>();
    }
}

/// <summary>Vectors of independent standard Laplace entries in standard normal noise.</summary>
/// <param name="n">The size of a vector.</param>
/// <param name="seed">The seed of every sample.</param>
internal sealed class LaplaceData(int n, ulong seed)
{
    /// <summary>Noisy and clean vectors; the same index gives the same ones.</summary>
    public (Tensor Noisy, Tensor Clean) Draw(int count, int index)
    {
        var uniform = Sample.Uniform(Stream(index, 0), count, n);
        var noise = Sample.Normal(Stream(index, 1), count, n);
        var clean = Tensor.Zeros(count, n);
        var values = clean.AsSpan<float>();
        var u = uniform.AsSpan<float>();
        for (var i = 0; i < values.Length; i++)
        {
            // The inverse of the distribution function; u is below 1, so the logarithm is finite on both sides.
            var centred = u[i] - 0.5;
            values[i] = (float)(-Math.Sign(centred) * Math.Log(Math.Max(1 - 2 * Math.Abs(centred), 1e-9)));
        }
        return (clean + noise, clean);
    }

    private ulong Stream(int index, uint part) => (seed << 33) + ((ulong)(uint)index << 1) + part;

    /// <summary>Mean and median of the clean value given the noisy one, by quadrature.</summary>
    public static (double Mean, double Median) Posterior(double y)
    {
        const int count = 4001;
        const double end = 20;
        var weights = new double[count];
        var (total, first) = (0.0, 0.0);
        for (var i = 0; i < count; i++)
        {
            var x = -end + 2 * end * i / (count - 1);
            weights[i] = Math.Exp(-Math.Abs(x) - 0.5 * (y - x) * (y - x));
            total += weights[i];
            first += weights[i] * x;
        }
        var (below, median) = (0.0, 0);
        while (below + 0.5 * weights[median] < 0.5 * total) below += weights[median++];
        return (first / total, -end + 2 * end * median / (count - 1));
    }
}
