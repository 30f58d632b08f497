namespace Proxima.Examples;

/// <summary>Five workers on a ring, with data that have nothing in common: by tracking the mean of the gradients they find the optimum of all, also with compressed messages; each by its own gradient they do not.</summary>
public sealed class GradientTracking : IExample
{
    private const int Workers = 5, Rows = 10, Unknowns = 20, Message = 6;
    private const int Inputs = 2, Hidden = 16;
    private const int Count = (Inputs + 1) * Hidden + (Hidden + 1) * Workers;

    /// <inheritdoc/>
    public string Id => "S007";

    /// <inheritdoc/>
    public string Title => "DProxSGT: workers with different data, compressed messages and one optimum";

    /// <inheritdoc/>
    public string Family => "proximal/splitting";

    /// <inheritdoc/>
    public string Paper => "Yan, Chen, Chen, Xu: Compressed Decentralized Proximal Stochastic Gradient Method for Nonconvex Composite Problems with Heterogeneous Data (ICML 2023)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(DecentralizedLasso), new Dictionary<string, long> { ["workers"] = Workers, ["rows"] = Rows, ["n"] = Unknowns, ["kept"] = Message, ["steps"] = 20_000 }),
        new(typeof(DecentralizedClassifier), new Dictionary<string, long> { ["workers"] = Workers, ["inputs"] = Inputs, ["hidden"] = Hidden, ["classes"] = Workers, ["batch"] = 16, ["kept"] = Count / 4, ["samples"] = 200, ["b"] = 500, ["steps"] = 2000 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Regress(context);
        Classify(context);
    }

    /// <summary>Each worker hears itself and its two neighbours.</summary>
    private static Tensor Ring()
    {
        var mixing = new double[Workers, Workers];
        for (var i = 0; i < Workers; i++)
            for (var j = -1; j <= 1; j++) mixing[i, (i + j + Workers) % Workers] = 1.0 / 3;
        return Tensor.From(mixing);
    }

    private static double Largest(Tensor x) => (double)Ops.Max(Ops.Abs(x));

    private static void Regress(Context context)
    {
        const int rounds = 200, steps = 100;
        var seed = context.Seed * 100;
        // The equations of each worker have a solution of their own.
        var matrix = Sample.Normal(seed, Workers, Rows, Unknowns).To(DType.Float64);
        var own = 2 * Sample.Normal(seed + 1, Workers, Unknowns, 1).To(DType.Float64);
        var right = Ops.Squeeze(Ops.MatMul(matrix, own), 2);
        DecentralizedLasso.Cpu Make(int kept, float share, bool tracks)
        {
            var net = new DecentralizedLasso.Cpu(Workers, Rows, Unknowns, kept, share, 0.3f, 0.04f, tracks);
            net.Matrix.CopyFrom(matrix);
            net.Right.CopyFrom(right);
            net.Mixing.CopyFrom(Ring());
            return net;
        }
        var tracked = Make(Unknowns, 1, tracks: true);
        var best = tracked.Minimum(Tensor.Zeros([Unknowns], DType.Float64));
        // The slope of the loss at the minimum is what the penalty allows.
        var slope = Ops.Mean(tracked.Slope(Ops.Expand(Ops.Unsqueeze(best, 0), Workers, Unknowns)), dim: 0);
        context.Claim(Claim.AtMost("minimum of all workers' equations: distance from a step of proximal descent", Largest(tracked.Shrink(best - slope, 1) - best), 1e-10));

        double drift = 0;
        double[] Distances(DecentralizedLasso net, bool watches)
        {
            var state = Tensor.Zeros([5, Workers, Unknowns], DType.Float64);
            var distances = new double[rounds];
            for (var round = 0; round < rounds; round++)
            {
                state = net.Iterate(state, steps);
                distances[round] = Largest(state[0] - best);
                if (watches) drift = Math.Max(drift, Largest(Ops.Mean(state[2], dim: 0) - Ops.Mean(state[4], dim: 0)));
            }
            return distances;
        }
        double[] whole = Distances(tracked, true), compressed = Distances(Make(Message, 0.5f, tracks: true), true), untracked = Distances(Make(Unknowns, 1, tracks: false), false);
        context.Claim(Claim.AtMost("mean of the workers' directions against the mean gradient, both ways", drift, 1e-10));
        context.Claim(Claim.AtMost("tracking: largest distance of a worker from the minimum after 20000 steps", whole[^1], 1e-10, baseline: untracked[^1]));
        context.Claim(Claim.AtMost($"tracking, {Message} of {Unknowns} numbers in a message: the same", compressed[^1], 1e-10, baseline: untracked[^1]));
        context.Claim(Claim.AtLeast("own gradients, whole messages: the same", untracked[^1], 0.05));
        context.Plot("dproxsgt.png", plot =>
        {
            double[] counts = [.. Enumerable.Range(1, rounds).Select(i => (double)(i * steps))];
            foreach (var (name, distances) in new[] { ("tracking", whole), ("tracking, compressed", compressed), ("own gradients", untracked) })
                plot.Add.ScatterLine(counts, [.. distances.Select(d => Math.Log10(Math.Max(d, 1e-16)))]).LegendText = name;
            plot.Title("Five workers with different equations");
            plot.XLabel("steps");
            plot.YLabel("log10 of the largest distance from the minimum");
            plot.ShowLegend(ScottPlot.Alignment.MiddleRight);
        });
    }

    /// <summary>Points of five classes, each of which one worker has alone.</summary>
    private static (Tensor X, Tensor Label) Petals(int count, ulong seed)
    {
        var noise = Sample.Normal(seed, Workers, count, Inputs).ToArray<float>();
        var place = Sample.Uniform(seed + 1, Workers, count).ToArray<float>();
        var x = new float[Workers, count, Inputs];
        var label = new long[Workers, count];
        for (var k = 0; k < Workers; k++)
            for (var i = 0; i < count; i++)
            {
                // Arms of a spiral, so that no line separates them.
                double along = 0.3 + 1.7 * place[k * count + i], angle = 2 * Math.PI * k / Workers + along;
                x[k, i, 0] = (float)(along * Math.Cos(angle)) + 0.4f * noise[2 * (k * count + i)];
                x[k, i, 1] = (float)(along * Math.Sin(angle)) + 0.4f * noise[2 * (k * count + i) + 1];
                label[k, i] = k;
            }
        return (Tensor.From(x), Tensor.From(label));
    }

    private static void Classify(Context context)
    {
        int seeds = context.Quick ? 1 : 3, steps = context.Quick ? 2000 : 6000;
        const int samples = 200;
        const float rate = 0.5f, weight = 1e-4f;
        double tracked = 0, compressed = 0, own = 0, central = 0;
        var rows = new List<string[]>();
        for (var run = 0; run < seeds; run++)
        {
            var seed = context.Seed * 100 + 20 * (ulong)run + 50;
            var (x, label) = Petals(samples, seed);
            var (testX, testLabel) = Petals(500, seed + 2);
            var start = 0.5f * Sample.Normal(seed + 4, 1, Count);
            // The least accuracy of a worker's network on the points of all.
            double Accuracy(int workers, int batch, int kept, float share, bool tracks)
            {
                var net = new DecentralizedClassifier.Cpu(workers, Inputs, Hidden, Workers, batch, kept, share, weight, rate, tracks);
                net.Mixing.CopyFrom((workers == 1 ? Tensor.Full([1, 1], 1, DType.Float64) : Ring()).To(DType.Float32));
                var first = Ops.Expand(start, workers, Count);
                var state = Ops.Stack([first, first, 0 * first, 0 * first, 0 * first], dim: 0);
                state = net.Iterate(state, Ops.Reshape(x, workers, -1, Inputs), Ops.Reshape(label, workers, -1), (long)seed, steps);
                var all = Ops.Expand(Ops.Reshape(testX, 1, -1, Inputs), workers, Workers * 500, Inputs);
                var right = Ops.Equal(Ops.ArgMax(net.Predict(state[0], all), dim: 2), Ops.Reshape(testLabel, 1, -1)).To(DType.Float64);
                return 100 * (double)Ops.Min(Ops.Mean(right, dim: 1));
            }
            double[] found = [Accuracy(1, 16 * Workers, Count, 1, true), Accuracy(Workers, 16, Count, 1, true), Accuracy(Workers, 16, Count / 4, 0.4f, true), Accuracy(Workers, 16, Count, 1, false)];
            (central, tracked, compressed, own) = (central + found[0] / seeds, tracked + found[1] / seeds, compressed + found[2] / seeds, own + found[3] / seeds);
            rows.Add([$"{seed}", .. found.Select(Claim.Text)]);
        }
        context.Table("Five classes, one for each worker: accuracy of the worst worker in %", ["seed", "one machine", "tracking", "tracking, compressed", "own gradients"], rows);
        context.Claim(Claim.AtLeast("accuracy: tracking within 4 points of one machine with all data", tracked, central - 4, baseline: own, unit: "%"));
        context.Claim(Claim.AtLeast("accuracy: tracking with a quarter of the numbers within 6 points", compressed, central - 6, baseline: own, unit: "%"));
        context.Claim(Claim.AtMost("accuracy: own gradients are 10 points worse", own, tracked - 10, unit: "%"));
    }
}
