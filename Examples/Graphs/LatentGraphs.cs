using Proxima.Files;
using Proxima.Training;

namespace Proxima.Examples;

/// <summary>Graphs that are known only through a mixture of walks on them: the layer as a step of proximal gradient descent, its symmetry, and learning on small graphs for large ones.</summary>
public sealed class LatentGraphs : IExample
{
    private const int Channels = 4, Depth = 6, Small = 20, Large = 60, Batch = 16;

    /// <inheritdoc/>
    public string Id => "S011";

    /// <inheritdoc/>
    public string Title => "Graph deconvolution: latent graphs from mixtures of walks on them";

    /// <inheritdoc/>
    public string Family => "unrolled/inverse";

    /// <inheritdoc/>
    public string Paper => "Wasserman, Sihag, Mateos, Ribeiro: Learning Graph Structure from Convolutional Mixtures (TMLR 2023)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(GraphDeconvolution), new Dictionary<string, long> { ["channels"] = Channels, ["depth"] = Depth, ["b"] = Batch, ["n"] = Small }),
        new(typeof(GraphMixture), new Dictionary<string, long> { ["n"] = Small }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Exact(context);
        Learn(context);
    }

    private static double Largest(Tensor x) => (double)Ops.Max(Ops.Abs(x));

    // ---- graphs and their mixtures ----

    /// <summary>Points of the unit square, linked where they are near: as near as makes about five links for each. Float32 <c>[n, n]</c>.</summary>
    private static Tensor Geometric(int n, ulong seed)
    {
        var random = new Philox(seed, Philox.StreamOf("points"));
        (double X, double Y)[] points = [.. Enumerable.Range(0, n).Select(i => (random.Uniform((ulong)(2 * i)), random.Uniform((ulong)(2 * i + 1))))];
        var reach = 5 / (Math.PI * (n - 1));
        var graph = Tensor.Zeros(n, n);
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
                if (i != j && Math.Pow(points[i].X - points[j].X, 2) + Math.Pow(points[i].Y - points[j].Y, 2) < reach) graph.AsSpan<float>()[i * n + j] = 1;
        return graph;
    }

    /// <summary>Weights of walks of 0, 1 and 2 steps, of length 1. None is small: a square alone does not tell the graph.</summary>
    private static Tensor Weights(ulong seed)
    {
        var h = 1 + Sample.Uniform(seed, 3).To(DType.Float64);
        return h / Ops.Norm(h);
    }

    /// <summary>The mixture of walks.</summary>
    private static Tensor Mixture(Tensor graph, Tensor h) => h[0] * Ops.Eye(graph.Dim(-1), graph.DType) + h[1] * graph + h[2] * Ops.MatMul(graph, graph);

    /// <summary>The mixture with its elements over the roots of the sums of their row and column.</summary>
    private static Tensor Normalized(Tensor mixture)
    {
        var scale = Ops.Rsqrt(Ops.Sum(mixture, dim: -1, keepDim: true) + 1e-6);
        return scale * mixture * Ops.Transpose(scale);
    }

    private static (Tensor Observed, Tensor Graphs) Draw(int count, int n, Tensor h, ulong seed)
    {
        var graphs = Ops.Stack([.. Enumerable.Range(0, count).Select(i => Geometric(n, seed + (ulong)i))], 0);
        return (Normalized(Mixture(graphs, h.To(DType.Float32))), graphs);
    }

    // ---- one layer, in double precision ----

    private static void Exact(Context context)
    {
        double layer = 0, whole = double.PositiveInfinity, symmetry = 0, equivariance = 0, unequal = double.PositiveInfinity;
        for (var run = 0ul; run < 3; run++)
        {
            var seed = context.Seed * 100 + 10 * run;
            Tensor h = Weights(seed + 1), graph = Geometric(Small, seed).To(DType.Float64), observed = Mixture(graph, h), apart = 1 - Ops.Eye(Small, DType.Float64);
            var mixture = new GraphMixture.Cpu();
            var weights = h.ToArray<double>();
            const double step = 0.05, threshold = 0.02;
            Tensor start = apart * observed, upper = apart * 1e9, length = Tensor.Scalar(step), off = Tensor.Scalar(threshold);

            // The last layer of a network with nothing before it, with the coefficients that the mixture says.
            var net = new GraphDeconvolution(1, 0);
            net.To(DType.Float64);
            net.LastStay.Fill(1 - step * (weights[1] * weights[1] + 2 * weights[0] * weights[2]));
            net.LastMix.Fill(step * weights[2]);
            net.LastFilter.CopyFrom(Tensor.From([step * weights[1], 0, 0], 1, 3, 1));
            net.LastThreshold.Fill(threshold);
            var written = apart * Ops.Relu(net.Forward(Ops.Unsqueeze(observed, 0))[0]);
            layer = Math.Max(layer, Largest(written - mixture.Step(start, observed, h, upper, length, off)));
            whole = Math.Min(whole, Largest(written - mixture.WholeStep(start, observed, h, upper, length, off)));

            // A whole network of random coefficients: it knows no order of the nodes.
            var random = new GraphDeconvolution(Channels, Depth);
            random.Initialize(seed);
            random.To(DType.Float64);
            Tensor seen = Normalized(observed), place = Ops.ArgSort(Sample.Uniform(seed + 2, Small), dim: 0);
            Tensor Permuted(Tensor x) => Ops.IndexSelect(Ops.IndexSelect(x, 0, place), 1, place);
            Tensor Out(Tensor x) => random.Forward(Ops.Unsqueeze(x, 0))[0];
            var found = Out(seen);
            equivariance = Math.Max(equivariance, Largest(Out(Permuted(seen)) - Permuted(found)) / Largest(found));
            unequal = Math.Min(unequal, Largest(Out(Permuted(seen)) - found) / Largest(found));
            symmetry = Math.Max(symmetry, Largest(found - Ops.Transpose(found)) / Largest(found));
        }
        context.Claim(Claim.AtMost("layer against the proximal step of the truncated objective", layer, 1e-12, whole));
        context.Claim(Claim.AtLeast("the same against the step of the whole objective", whole, 1e-3, layer));
        context.Claim(Claim.AtMost("nodes in another order: difference of the results in that order, relative", equivariance, 1e-10, unequal));
        var stated = new[] { typeof(GraphMixture), typeof(GraphDeconvolution) }.SelectMany(network => CompileReport.Of(network).Methods).Where(method => method.Derivation.Contains("Equivariant under permutations of n.")).Select(method => method.Name).ToHashSet();
        string[] steps = [nameof(GraphMixture.Mismatch), nameof(GraphMixture.Slope), nameof(GraphMixture.Shrink), nameof(GraphMixture.Step), nameof(GraphDeconvolution.Forward), nameof(GraphDeconvolution.Loss), nameof(GraphDeconvolution.LossGradient)];
        context.Claim(Claim.AtMost("objective, gradient, operator, step, network, loss and its gradient: those that the compiler has not proved equivariant", steps.Count(step => !stated.Contains(step)), 0));
        context.Claim(Claim.AtMost("asymmetry of the result, relative", symmetry, 1e-10));
    }

    // ---- learning ----

    /// <summary>The share of pairs that are taken wrongly, in percent.</summary>
    private static double Wrong(Tensor score, Tensor graphs)
    {
        var n = graphs.Dim(-1);
        var wrong = Ops.NotEqual((score > 0).To(DType.Float32), graphs).To(DType.Float32) * (1 - Ops.Eye(n, DType.Float32));
        return 100 * (double)Ops.Sum(wrong) / (graphs.Dim(0) * n * (n - 1));
    }

    /// <summary>The same for the best threshold of each graph, chosen with the graph known.</summary>
    private static double BestThreshold(Tensor observed, Tensor graphs)
    {
        var (count, n, total) = (graphs.Dim(0), graphs.Dim(-1), 0.0);
        for (var g = 0; g < count; g++)
        {
            float[] values = observed[g].ToArray<float>(), links = graphs[g].ToArray<float>();
            var pairs = Enumerable.Range(0, n * n).Where(i => i % n != i / n).OrderByDescending(i => values[i]).ToArray();
            // From all pairs unlinked on, one pair more is taken for a link each time.
            var wrong = pairs.Count(i => links[i] == 1);
            var best = wrong;
            foreach (var i in pairs) best = Math.Min(best, wrong += links[i] == 1 ? -1 : 1);
            total += best;
        }
        return 100 * total / (count * n * (n - 1));
    }

    /// <summary>Every candidate starts as itself, and a little of everything else joins.</summary>
    private static void Start(GraphDeconvolution net, ulong seed)
    {
        net.Initialize(seed);
        foreach (var parameter in new[] { net.Stay, net.Mix, net.Filter, net.LastStay, net.LastMix, net.LastFilter })
            parameter.CopyFrom(0.1f * Sample.Normal(seed++, [.. parameter.Shape]));
        net.Stay.CopyFrom(net.Stay + Ops.Eye(Channels, DType.Float32));
        net.LastStay.CopyFrom(net.LastStay + 1f / Channels);
    }

    private static void Learn(Context context)
    {
        var (seeds, steps, count) = context.Quick ? (1, 250, 240) : (3, 450, 400);
        double small = 0, smallThreshold = 0, large = 0, largeThreshold = 0;
        var rows = new List<string[]>();
        for (var run = 0; run < seeds; run++)
        {
            var seed = context.Seed * 100_000 + 10_000 * (ulong)run + 1000;
            var h = Weights(seed);
            var (observed, graphs) = Draw(count, Small, h, seed + 1);
            var (testObserved, testGraphs) = Draw(200, Small, h, seed + 5000);
            var (largeObserved, largeGraphs) = Draw(20, Large, h, seed + 6000);
            var net = new GraphDeconvolution.Cpu(Channels, Depth);
            Start(net, seed);
            var adam = new Adam(net, learningRate: 1e-2);
            var batches = new Batches(Batch, seed, true, observed, graphs);
            using var all = Enumerable.Range(0, int.MaxValue).SelectMany(batches.Epoch).GetEnumerator();
            context.Steps($"seed {seed}", steps, step =>
            {
                all.MoveNext();
                adam.LearningRate = 1e-2 * (1 + Math.Cos(Math.PI * step / steps)) / 2 + 1e-5;
                var gradients = net.LossGradient(all.Current[0], all.Current[1]);
                adam.Step(gradients);
                return step % 50 == 49 ? FormattableString.Invariant($"loss {(float)gradients.Value:0.0000}") : null;
            });
            double[] errors = [Wrong(net.Forward(testObserved), testGraphs), BestThreshold(testObserved, testGraphs), Wrong(net.Forward(largeObserved), largeGraphs), BestThreshold(largeObserved, largeGraphs)];
            (small, smallThreshold, large, largeThreshold) = (small + errors[0] / seeds, smallThreshold + errors[1] / seeds, large + errors[2] / seeds, largeThreshold + errors[3] / seeds);
            rows.Add([$"{seed}", string.Join(" ", h.ToArray<double>().Select(Claim.Text)), .. errors.Select(Claim.Text)]);
            if (run == 0) Draw(context, largeObserved[0], net.Forward(largeObserved)[0], largeGraphs[0]);
        }
        context.Table("pairs that are taken wrongly, in %", ["seed", "h", "20 nodes", "best threshold", "60 nodes", "best threshold"], rows);
        context.Claim(Claim.AtMost("20 nodes: wrong pairs, at most half of those of the best threshold of each graph", small, 0.5 * smallThreshold, smallThreshold, "%"));
        context.Claim(Claim.AtMost("60 nodes, not seen in training: at most 0.7 of those", large, 0.7 * largeThreshold, largeThreshold, "%"));
    }

    /// <summary>What is seen, what is found and what there is, beside each other.</summary>
    private static void Draw(Context context, Tensor observed, Tensor score, Tensor graph)
    {
        var apart = 1 - Ops.Eye(Large, DType.Float32);
        Tensor Scaled(Tensor x) => apart * x / Ops.Max(apart * x);
        var border = Tensor.Ones(Large, 2);
        var panels = Ops.Concat([Scaled(observed), border, apart * (score > 0).To(DType.Float32), border, graph], dim: 1);
        var pixels = Ops.Reshape(Ops.Expand(Ops.Reshape(panels, Large, 1, panels.Dim(1), 1), Large, 4, panels.Dim(1), 4), 4 * Large, 4 * panels.Dim(1));
        var path = context.OutputPath("gdn.png");
        Png.WriteGray(path, pixels);
        context.Say($"wrote {path}: the mixture of walks, what is found, and the graph of 60 nodes");
    }
}
