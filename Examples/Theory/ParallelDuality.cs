using Proxima.Training;

namespace Proxima.Examples;

/// <summary>A deep network without branches costs more than its dual bound; a sum of branches costs exactly what its convex program says, at every depth.</summary>
/// <remarks>
/// Decay is priced by the product of the norms of a branch's layers, which is the paper's unit norms of the inner layers with the scale put back. Values of the network without branches
/// are those for X = 1 and diagonal targets: a singular value s costs L/2 decay s^(2/L).
/// </remarks>
public sealed class ParallelDuality : IExample
{
    private const float Decay = 0.3f;

    /// <inheritdoc/>
    public string Id => "S053";

    /// <inheritdoc/>
    public string Title => "Parallel deep networks: no duality gap at any depth, where networks without branches have one";

    /// <inheritdoc/>
    public string Family => "convexity/theory";

    /// <inheritdoc/>
    public string Paper => "Wang, Ergen, Pilanci: Parallel Deep Neural Networks Have Zero Duality Gap (ICLR 2023)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(ParallelLinear), new Dictionary<string, long> { ["runs"] = 40, ["branches"] = 4, ["n"] = 2, ["layers"] = 3, ["m"] = 2 }),
        new(typeof(NuclearProgram), new Dictionary<string, long> { ["n"] = 4, ["m"] = 12 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Depths(context);
        Products(context);
        Rectified(context);
    }

    // ---- what theory says ----

    /// <summary>The least of a function of one number between 0 and a limit: a grid, then a finer one around its best point.</summary>
    private static double Least(Func<double, double> f, double most)
    {
        double low = 0, high = most, best = 0;
        for (var round = 0; round < 4; round++)
        {
            var step = (high - low) / 10_000;
            best = Enumerable.Range(0, 10_001).Select(i => low + step * i).MinBy(f);
            (low, high) = (Math.Max(best - step, 0), best + step);
        }
        return f(best);
    }

    /// <summary>The value of the network without branches.</summary>
    private static double Standard(double[] y, int layers) => y.Sum(target => Least(s => (s - target) * (s - target) / 2 + layers * Decay / 2.0 * Math.Pow(s, 2.0 / layers), target));

    /// <summary>Its dual bound: all singular values share one root.</summary>
    private static double Dual(double[] y, int layers) => Least(cut =>
    {
        var s = Array.ConvertAll(y, target => Math.Max(target - cut, 0));
        return s.Zip(y, (a, b) => (a - b) * (a - b) / 2).Sum() + layers * Decay / 2.0 * Math.Pow(s.Sum(), 2.0 / layers);
    }, y.Max());

    /// <summary>The value of the sum of branches, and its dual bound: soft thresholds.</summary>
    private static double Parallel(double[] y) => y.Sum(target => target > Decay ? Decay * target - Decay * Decay / 2.0 : target * target / 2);

    // ---- training ----

    /// <summary>Adam with steps that shrink.</summary>
    private static void Train(Network net, ulong seed, double deviation, int steps, Func<Gradients> gradient)
    {
        foreach (var (parameter, i) in net.Parameters.Select((parameter, i) => (parameter.Value, i))) parameter.CopyFrom(deviation * Sample.Normal(seed + (ulong)i, [.. parameter.Shape]).To(DType.Float64));
        var adam = new Adam(net, learningRate: 0.02);
        for (var i = 0; i < steps; i++)
        {
            adam.LearningRate = 0.02 * Math.Pow(0.03, (double)i / steps);
            adam.Step(gradient());
        }
    }

    private static Tensor Diagonal(double[] y) => Ops.Diag(Tensor.From(y));

    /// <summary>The same problem at depths from 2 on: the value of the network without branches rises above its bound, that of the branches stays.</summary>
    private static void Depths(Context context)
    {
        double[] y = [2, 1.5];
        int most = context.Quick ? 3 : 4, runs = context.Quick ? 20 : 40, steps = 5000;
        Tensor x = Ops.Eye(2, DType.Float64), target = Diagonal(y);
        context.Claim(Claim.Near("three layers, no branches: value by the formula", Standard(y, 3), 1.2377, 1e-4));
        context.Claim(Claim.Near("its dual bound: a gap", Dual(y, 3), 0.9967, 1e-4));
        context.Claim(Claim.AtMost("two layers: the gap", Standard(y, 2) - Dual(y, 2), 1e-8));
        context.Claim(Claim.AtMost("three layers, targets of rank 1: the gap", Standard([2, 0], 3) - Dual([2, 0], 3), 1e-8));
        var rows = new List<(int Layers, double Standard, double Dual, double[] StandardRuns, double[] ParallelRuns)>();
        double shrunk = 0;
        for (var layers = 2; layers <= most; layers++)
        {
            var standard = new StandardLinear.Cpu(runs, 2, layers, Decay);
            var parallel = new ParallelLinear.Cpu(runs, 4, 2, layers, Decay);
            var seed = context.Seed + 100 * (ulong)layers;
            Train(standard, seed, 0.7, steps, () => standard.TotalGradient(x, target));
            Train(parallel, seed + 50, 0.7, steps, () => parallel.TotalGradient(x, target));
            // The products, too, are what the convex program has: singular values less the decay.
            if (layers == 3) shrunk = (double)Ops.Max(Ops.Abs(Ops.Svd(parallel.Product()).S - Tensor.From([.. y.Select(value => value - Decay)])));
            rows.Add((layers, Standard(y, layers), Dual(y, layers), standard.Objectives(x, target).ToArray<double>(), parallel.Objectives(x, target).ToArray<double>()));
        }
        context.Table("values", ["layers", "no branches: formula", "dual bound", "best run", "worst run", "branches: formula", "best run", "worst run"], rows.Select(row => new[]
        {
            $"{row.Layers}", Claim.Text(row.Standard), Claim.Text(row.Dual), Claim.Text(row.StandardRuns.Min()), Claim.Text(row.StandardRuns.Max()), Claim.Text(Parallel(y)), Claim.Text(row.ParallelRuns.Min()), Claim.Text(row.ParallelRuns.Max()),
        }));
        var three = rows.Single(row => row.Layers == 3);
        // A singular value that is 0 stays there: each subset of the two is a minimum that descent may end in.
        double[] ends = [three.Standard, Standard([2], 3) + 1.5 * 1.5 / 2, Standard([1.5], 3) + 2 * 2 / 2, (4 + 2.25) / 2];
        context.Claim(Claim.AtMost("no branches: best run against the formula, all depths", rows.Max(row => Math.Abs(row.StandardRuns.Min() - row.Standard)), 1e-3));
        context.Claim(Claim.AtMost("three layers: distance of each run from one of four minima", three.StandardRuns.Max(value => ends.Min(end => Math.Abs(value - end))), 2e-3));
        context.Claim(Claim.AtLeast("three layers: how far the worst run is above the best", three.StandardRuns.Max() - three.Standard, 0.5));
        context.Claim(Claim.AtLeast("three layers: how far the best run is above the dual bound", three.StandardRuns.Min() - three.Dual, 0.24));
        context.Claim(Claim.AtMost("branches, three layers: distance of every run from the dual bound", three.ParallelRuns.Max(value => Math.Abs(value - Parallel(y))), 2e-3, baseline: three.Standard - three.Dual));
        context.Claim(Claim.AtMost("branches, three layers: distance of every run's singular values from 1.7 and 1.2", shrunk, 1e-2));
        context.Claim(Claim.AtMost("branches: distance of the best run from the dual bound, all depths", rows.Max(row => Math.Abs(row.ParallelRuns.Min() - Parallel(y))), 1e-3, baseline: rows[^1].Standard - rows[^1].Dual));
        context.Plot("parallel-nets.png", plot =>
        {
            double[] depths = [.. rows.Select(row => (double)row.Layers)];
            foreach (var (name, values, color) in new[] { ("no branches, formula", rows.Select(row => row.Standard), ScottPlot.Colors.C0), ("no branches, dual bound", rows.Select(row => row.Dual), ScottPlot.Colors.C1), ("branches, formula = dual bound", rows.Select(_ => Parallel(y)), ScottPlot.Colors.C2) })
            {
                var line = plot.Add.ScatterLine(depths, [.. values], color);
                line.LegendText = name;
                line.LineWidth = 2;
            }
            foreach (var (runs, offset, color) in rows.SelectMany(row => new[] { ((row.Layers, row.StandardRuns), -0.03, ScottPlot.Colors.C0), ((row.Layers, row.ParallelRuns), 0.03, ScottPlot.Colors.C2) }))
                plot.Add.ScatterPoints(runs.Item2.Select(_ => runs.Layers + offset).ToArray(), runs.Item2, color);
            plot.Title("Values of training runs and what they are bounded by");
            plot.XLabel("layers");
            plot.YLabel("objective");
            plot.ShowLegend(ScottPlot.Alignment.UpperLeft);
        });
    }

    /// <summary>Other data: what runs reach is what the convex program says, certified by a dual point.</summary>
    private static void Products(Context context)
    {
        const int n = 4, m = 12;
        int problems = context.Quick ? 1 : 3, runs = 5, steps = context.Quick ? 2000 : 4000;
        double gap = 0, off = 0, below = double.PositiveInfinity, without = double.PositiveInfinity;
        for (var problem = 0ul; problem < (ulong)problems; problem++)
        {
            var seed = context.Seed + 1000 + 20 * problem;
            Tensor x = (0.5f * Sample.Normal(seed, m, n)).To(DType.Float64), target = Sample.Normal(seed + 1, m, n).To(DType.Float64);
            var program = new NuclearProgram.Cpu(Decay);
            var (primal, dual) = program.Values(program.Solve(Tensor.Zeros([n, n], DType.Float64), x, target), x, target);
            gap = Math.Max(gap, (double)(primal - dual));
            var parallel = new ParallelLinear.Cpu(runs, 12, n, 3, Decay);
            Train(parallel, seed + 2, 0.4, steps, () => parallel.TotalGradient(x, target));
            var values = parallel.Objectives(x, target).ToArray<double>();
            off = Math.Max(off, values.Max() - (double)dual);
            below = Math.Min(below, values.Min() - (double)dual);
            var standard = new StandardLinear.Cpu(runs, n, 3, Decay);
            Train(standard, seed + 3, 0.4, steps, () => standard.TotalGradient(x, target));
            without = Math.Min(without, standard.Objectives(x, target).ToArray<double>().Min() - (double)dual);
        }
        context.Claim(Claim.AtMost("random data: gap of the convex program and its dual", gap, 1e-6));
        context.Claim(Claim.AtMost("random data: every run of branches above the dual value", off, 1e-2, baseline: without));
        context.Claim(Claim.AtLeast("random data: no run is below it", below, -1e-6));
    }

    /// <summary>Rectified branches of three layers on inputs of one dimension: each side of 0 is a soft threshold.</summary>
    private static void Rectified(Context context)
    {
        const int m = 12;
        int problems = context.Quick ? 1 : 3, runs = 8, steps = context.Quick ? 2000 : 4000;
        double best = 0, below = double.PositiveInfinity, share = 0;
        for (var problem = 0ul; problem < (ulong)problems; problem++)
        {
            var seed = context.Seed + 2000 + 20 * problem;
            double[] x = [.. Sample.Normal(seed, m).ToArray<float>().Select((v, i) => (i % 2 == 0 ? 1 : -1) * 0.6 * Math.Abs(v))];
            double[] y = [.. Sample.Normal(seed + 1, m).ToArray<float>().Select((v, i) => 1.5 * Math.Abs(x[i]) + 0.3 * v)];
            if (problem % 2 == 1) for (var i = 1; i < m; i += 2) y[i] = -y[i];
            var value = y.Sum(v => v * v) / 2;
            foreach (var side in new[] { 1, -1 })
            {
                double[] part = [.. x.Select(v => Math.Max(side * v, 0))];
                double inner = part.Zip(y, (a, b) => a * b).Sum(), square = part.Sum(v => v * v);
                value -= Math.Pow(Math.Max(Math.Abs(inner) - Decay, 0), 2) / (2 * square);
            }
            var net = new ParallelRectified.Cpu(runs, 24, 1, 3, Decay);
            Tensor inputs = Tensor.From(x, m, 1), target = Tensor.From(y);
            Train(net, seed + 2, 0.5, steps, () => net.TotalGradient(inputs, target));
            var values = net.Objectives(inputs, target).ToArray<double>();
            best = Math.Max(best, Math.Abs(values.Min() - value));
            below = Math.Min(below, values.Min() - value);
            share += values.Count(v => v - value < 5e-3) / (double)(runs * problems);
        }
        context.Claim(Claim.AtMost("rectified branches: best run against the closed form", best, 5e-3));
        context.Claim(Claim.AtLeast("rectified branches: no run is below it", below, -1e-6));
        context.Claim(Claim.AtLeast("rectified branches: share of runs that reach it", share, 0.9));
    }
}
