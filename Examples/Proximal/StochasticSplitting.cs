namespace Proxima.Examples;

/// <summary>Splitting with random relaxations beyond 2, random blocks that rest, and errors: when it converges, and when it must not.</summary>
/// <remarks>The analysis asks for relaxations whose mean of l (2 - l) is positive and errors whose sizes have a finite sum; both are also broken here.</remarks>
public sealed class StochasticSplitting : IExample
{
    private const int Samples = 100;
    private const int Blocks = 10;
    private const float Weight = 0.3f;

    /// <inheritdoc/>
    public string Id => "S049";

    /// <inheritdoc/>
    public string Title => "Stochastic splitting: relaxations beyond 2 at random, and blocks that rest";

    /// <inheritdoc/>
    public string Family => "proximal/splitting";

    /// <inheritdoc/>
    public string Paper => "Combettes, Madariaga: Asymptotic Analysis of Stochastic Splitting Methods for Multivariate Monotone Inclusions";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(RelaxedTurn), new Dictionary<string, long> { ["paths"] = 100_000, ["steps"] = 20 }),
        new(typeof(ProjectiveSplitting), new Dictionary<string, long> { ["n"] = Samples, ["blocks"] = Blocks, ["runs"] = 20, ["start"] = 0, ["steps"] = 500 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Turn(context);
        Denoise(context);
    }

    // ---- the proximal point method on a turn ----

    private static double[] Squares(Tensor x) => Ops.Sum(Ops.Square(x), dim: 1).ToArray<double>();

    private static void Turn(Context context)
    {
        const double low = 0.5, high = 2.5, chance = 0.3;
        var net = new RelaxedTurn.Cpu();
        Tensor Start(int paths) => Tensor.From(Enumerable.Range(0, 2 * paths).Select(i => i % 2 == 0 ? 1.0 : 0).ToArray(), paths, 2);
        double[] Walk(int paths, double most, double often, int steps, ulong key, double error = 0, double power = 0) =>
            Squares(net.Walk(Start(paths), Tensor.Scalar(1.0), Tensor.Scalar(low), Tensor.Scalar(most), Tensor.Scalar(often), Tensor.Scalar(error), Tensor.Scalar(power), (long)(context.Seed + key), steps));
        static double Factor(double l) => 1 - l * (2 - l) / 2;

        double[] relaxations = [.. Enumerable.Range(0, 31).Select(i => 0.1 * i)];
        var once = Squares(net.Relax(Start(relaxations.Length), Tensor.Scalar(1.0), Tensor.From(relaxations, relaxations.Length, 1)));
        context.Claim(Claim.AtMost("a step on a turn: factor of the squared length against its formula", once.Zip(relaxations, (square, l) => Math.Abs(square - Factor(l))).Max(), 1e-12));

        var mean = (1 - chance) * Factor(low) + chance * Factor(high);
        int paths = context.Quick ? 20_000 : 200_000, steps = context.Quick ? 12 : 20;
        context.Claim(Claim.Near($"mean squared length after {steps} random steps, over its formula", Walk(paths, high, chance, steps, 1).Average() / Math.Pow(mean, steps), 1, 0.15));
        context.Claim(Claim.AtMost("largest squared length of 2000 paths after 500 random steps", Walk(2000, high, chance, 500, 2).Max(), 1e-6, baseline: 1));
        context.Claim(Claim.AtLeast("the high relaxation alone: squared length after 60 steps", Walk(1, high, 1, 60, 3)[0], 1e12, baseline: Math.Pow(mean, 60)));
        context.Claim(Claim.AtLeast("mean of l (2 - l) below 0 (3 half of the time): least squared length of 2000 paths", Walk(2000, 3, 0.5, 500, 4).Min(), 1));
        var count = context.Quick ? 1000 : 4000;
        context.Claim(Claim.AtMost("errors over the square of the step's number: largest squared length of 200 paths", Walk(200, high, chance, count, 5, 0.1, 2).Max(), 1e-3, baseline: 1));
        context.Claim(Claim.AtLeast("errors of one size: their mean squared length", Walk(200, high, chance, count, 6, 0.1).Average(), 1e-2));
    }

    // ---- a signal of few jumps ----

    private static double[] Noisy(ulong seed)
    {
        double[] levels = [0.1, 0.8, 0.5, 1.05, -0.05];
        var noise = Sample.Normal(seed, Samples).ToArray<float>();
        return [.. Enumerable.Range(0, Samples).Select(i => levels[i * levels.Length / Samples] + 0.15 * noise[i])];
    }

    /// <summary>Distances of runs from the best signal, relative to its length, every 100 iterations.</summary>
    private static double[][] Distances(ProjectiveSplitting net, Tensor y, double[] best, int runs, int rounds, double[] settings, long key)
    {
        const int chunk = 100;
        Tensor state = Tensor.Zeros([6, runs, Samples], DType.Float64), dual = Tensor.Zeros([3, runs, Samples - 1], DType.Float64);
        // Every block has worked once at the start: the points of all are on their graphs.
        (state, dual) = net.Iterate(state, dual, y, Tensor.From([1, 0.0, 0, 0, 0, 0]), key, 0, 1);
        var length = Math.Sqrt(best.Sum(v => v * v));
        var distances = Enumerable.Range(0, runs).Select(_ => new double[rounds]).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            (state, dual) = net.Iterate(state, dual, y, Tensor.From(settings), key, 1 + round * chunk, chunk);
            var x = state.ToArray<double>();
            for (var run = 0; run < runs; run++) distances[run][round] = Math.Sqrt(best.Select((v, i) => Math.Pow(x[run * Samples + i] - v, 2)).Sum()) / length;
        }
        return distances;
    }

    private static void Denoise(Context context)
    {
        int runs = context.Quick ? 4 : 20, rounds = context.Quick ? 25 : 40;
        var net = new ProjectiveSplitting.Cpu(Samples, Blocks, Weight);
        var noisy = Noisy(context.Seed);
        Tensor y = Tensor.From(noisy), u = Tensor.Zeros([1, Samples - 1], DType.Float64), signal;
        var gap = 1.0;
        for (var i = 0; i < 20 && gap > 1e-13; i++)
        {
            u = net.SolveDual(u, y);
            gap = (double)net.Signal(u, y).Gap;
        }
        (signal, _) = net.Signal(u, y);
        var best = signal.ToArray<double>();
        context.Claim(Claim.AtMost("distance of the reference from the best signal, bounded by its duality gap", Math.Sqrt(2 * Math.Max(gap, 0) / best.Sum(v => v * v)), 1e-5));

        var key = (long)context.Seed;
        double[] Settings(double works, double power) => [works, 1, 2.4, 0.25, 0.01, power];
        var kept = Distances(net, y, best, runs, rounds, Settings(0.3, 1.5), key);
        var constant = Distances(net, y, best, runs, rounds, Settings(0.3, 0), key + 1);
        var resting = Distances(net, y, best, runs, 2, Settings(0, 1.5), key + 2);
        context.Claim(Claim.AtMost("blocks at random, relaxations 1 and 2.4: largest distance of all runs", kept.Max(run => run[^1]), 1e-4, baseline: constant.Min(run => run[^1])));
        context.Claim(Claim.AtLeast("errors of one size: least distance of all runs", constant.Min(run => run[^1]), 5e-3));
        context.Claim(Claim.AtLeast("blocks that never work: least distance of all runs", resting.Min(run => run[^1]), 0.05));
        context.Plot("stochastic-splitting.png", plot =>
        {
            double[] counts = [.. Enumerable.Range(1, rounds).Select(i => 100.0 * i)];
            foreach (var (name, all, color) in new[] { ("errors with a finite sum", kept, ScottPlot.Colors.C0), ("errors of one size", constant, ScottPlot.Colors.C1) })
                for (var run = 0; run < runs; run++)
                {
                    var line = plot.Add.ScatterLine(counts, [.. all[run].Select(Math.Log10)], color);
                    if (run == 0) line.LegendText = name;
                }
            plot.Title($"Distance from the best signal, {runs} runs each");
            plot.XLabel("iterations");
            plot.YLabel("log10 of the relative distance");
            plot.ShowLegend(ScottPlot.Alignment.MiddleRight);
        });
    }
}
