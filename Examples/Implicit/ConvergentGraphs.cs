using Proxima.Training;

namespace Proxima.Examples;

/// <summary>Convergent graph solvers: the contraction and the implicit derivative, exactly; then values of decisions and pressures of a pore network, learned on small graphs and tested on large ones.</summary>
public sealed class ConvergentGraphs : IExample
{
    private const int Heads = 4;
    private const int Width = 16;

    /// <inheritdoc/>
    public string Id => "S041";

    /// <inheritdoc/>
    public string Title => "Convergent graph solvers: fixed points of learned linear maps on graphs";

    /// <inheritdoc/>
    public string Family => "fixed-point/implicit";

    /// <inheritdoc/>
    public string Paper => "Park, Choo, Park: Convergent Graph Solvers (2022)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(ConvergentGraphSolver), new Dictionary<string, long> { ["nodes"] = 2, ["edges"] = 1, ["heads"] = Heads, ["width"] = Width, ["n"] = 320, ["e"] = 2000 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Exact(context);
        Learn(context, "value iteration", nodes: 1, gamma: 0.9f, Decisions);
        Learn(context, "pore network", nodes: 2, gamma: 0.999f, Pores);
    }

    /// <summary>Random graphs, weights and right-hand sides, in double precision.</summary>
    private static void Exact(Context context)
    {
        var runs = context.Quick ? 20 : 100;
        double norm = 0, contraction = 0, dense = 0, differences = 0, once = double.PositiveInfinity;
        for (var run = 0; run < runs; run++)
        {
            var seed = context.Seed * 1000 + (ulong)run;
            var random = new Philox(seed, Philox.StreamOf("cgs"));
            var n = 8 + (int)(random.Uniform(0) * 12);
            var gamma = (float)(0.5 + 0.45 * random.Uniform(1));
            var graph = Graph.From(n, [.. Enumerable.Range(0, 4 * n).Select(i => ((int)(random.Uniform((ulong)(10 + 2 * i)) * n), (int)(random.Uniform((ulong)(11 + 2 * i)) * n)))]);
            var solver = new LinearGraphSolver(heads: 2, gamma);
            var a = solver.Weights(graph, Sample.Normal(seed + 1, 4 * n, 2).To(DType.Float64));
            Tensor Draw(ulong offset) => Sample.Normal(seed + offset, n, 2).To(DType.Float64);
            Tensor b = Draw(2), w = Draw(3), zeros = Tensor.Zeros([n, 2], DType.Float64), ones = Tensor.Full([n, 2], 1, DType.Float64);

            norm = Math.Max(norm, Largest(solver.Step(ones, graph, Ops.Abs(a), zeros)) / gamma);
            var (x, y) = (Draw(4), Draw(5));
            var bound = Largest(x - y);
            for (var k = 0; k < 30; k++)
            {
                (x, y, bound) = (solver.Step(x, graph, a, b), solver.Step(y, graph, a, b), gamma * bound);
                contraction = Math.Max(contraction, Largest(x - y) / bound);
            }

            var (byA, byB) = solver.ReadoutGradient(zeros, graph, a, b, w);
            var (rightA, rightB) = Dense(graph, a, b, w, gamma);
            dense = Math.Max(dense, Math.Max(Largest(byA - rightA) / Largest(rightA), Largest(byB - rightB) / Largest(rightB)));
            var (lastA, _) = solver.ReadoutGradientOnce(zeros, graph, a, b, w);
            once = Math.Min(once, Largest(lastA - rightA) / Largest(rightA));

            const double step = 1e-5;
            var (alongA, alongB) = (Sample.Normal(seed + 6, 4 * n, 2).To(DType.Float64), Draw(7));
            var slope = (double)Ops.Sum(byA * alongA) + (double)Ops.Sum(byB * alongB);
            var rise = (double)solver.Readout(zeros, graph, a + step * alongA, b + step * alongB, w) - (double)solver.Readout(zeros, graph, a - step * alongA, b - step * alongB, w);
            differences = Math.Max(differences, Math.Abs(rise / (2 * step) - slope) / Math.Max(1, Math.Abs(slope)));
        }
        context.Claim(Claim.AtMost($"row-sum norm of gamma A over gamma, {runs} graphs", norm, 1 + 1e-12));
        context.Claim(Claim.AtMost("distance of two starts over gamma^k times the first, k up to 30", contraction, 1 + 1e-6));
        context.Claim(Claim.AtMost("implicit derivative against dense solves, relative", dense, 1e-6, baseline: once));
        context.Claim(Claim.AtMost("implicit derivative against central differences", differences, 1e-4));
        context.Claim(Claim.AtLeast("least error of the derivative through one step only", once, 0.1, baseline: dense));
    }

    private static double Largest(Tensor x) => (double)Ops.Max(Ops.Abs(x));

    /// <summary>With u = (I - gamma A)^-T w the derivative by b is u, and by the weight of an edge gamma u at its target times x at its source.</summary>
    private static (Tensor A, Tensor B) Dense(Graph graph, Tensor a, Tensor b, Tensor w, float gamma)
    {
        var (byA, byB) = (new List<Tensor>(), new List<Tensor>());
        for (var head = 0; head < a.Dim(1); head++)
        {
            var system = Ops.Eye(graph.NodeCount, DType.Float64) - gamma * RandomGraphs.Dense(graph, a[.., head][graph.Places]);
            var x = Ops.Solve(system, b[.., head..(head + 1)]);
            var u = Ops.Solve(Ops.Transpose(system), w[.., head..(head + 1)]);
            byA.Add(gamma * u[graph.Targets] * x[graph.Sources]);
            byB.Add(u);
        }
        return (Ops.Concat([.. byA], dim: 1), Ops.Concat([.. byB], dim: 1));
    }

    /// <summary>A problem: a graph, features of its nodes and edges, and the value of each node.</summary>
    private sealed record Problem(Graph Graph, Tensor Nodes, Tensor Edges, Tensor Values)
    {
        public static Problem Batch(Problem[] problems) => new(
            Graph.Batch([.. problems.Select(p => p.Graph)]), Ops.Concat([.. problems.Select(p => p.Nodes)], dim: 0), Ops.Concat([.. problems.Select(p => p.Edges)], dim: 0), Ops.Concat([.. problems.Select(p => p.Values)], dim: 0));
    }

    /// <summary>Learned on graphs of 20 nodes, tested on graphs of 100.</summary>
    private static void Learn(Context context, string name, int nodes, float gamma, Func<int, ulong, Problem> draw)
    {
        var (seeds, steps) = context.Quick ? (1, 800) : (3, 1200);
        double ours = 0, theirs = 0;
        var failures = 0L;
        for (var run = 0; run < seeds; run++)
        {
            var seed = (context.Seed + (ulong)run) * 10_000;
            var batches = Enumerable.Range(0, 20).Select(i => Problem.Batch([.. Enumerable.Range(0, 16).Select(k => draw(20, seed + (ulong)(16 * i + k)))])).ToArray();
            var test = Problem.Batch([.. Enumerable.Range(0, 20).Select(k => draw(100, seed + 5000 + (ulong)k))]);
            var all = Ops.Concat([.. batches.Select(batch => batch.Values)], dim: 0);
            float mean = (float)Ops.Mean(all), deviation = (float)Ops.StandardDeviation(all);

            var solver = new ConvergentGraphSolver.Cpu(nodes, 1, Heads, Width, gamma, rewards: nodes == 1);
            var plain = new MessagePassing.Cpu(nodes, 1, width: WidthOf(nodes, solver));
            solver.Initialize(seed);
            plain.Initialize(seed);
            var (first, second) = (new Adam(solver, learningRate: 1e-2), new Adam(plain, learningRate: 1e-2));
            context.Steps($"{name}, seed {context.Seed + (ulong)run}", steps, step =>
            {
                first.LearningRate = second.LearningRate = 1e-2 * (1 + Math.Cos(Math.PI * step / steps)) / 2 + 1e-5;
                var batch = batches[step % batches.Length];
                var target = (batch.Values - mean) / deviation;
                var loss = solver.LossGradient(batch.Graph, batch.Nodes, batch.Edges, target);
                first.Step(loss);
                second.Step(plain.LossGradient(batch.Graph, batch.Nodes, batch.Edges, target));
                return step % 100 == 99 ? FormattableString.Invariant($"loss {(float)loss.Value:0.0000}") : null;
            });
            double Error(Tensor predicted) => (double)(Ops.Mean(Ops.Abs(mean + deviation * predicted - test.Values)) / Ops.Mean(Ops.Abs(test.Values)));
            var (own, other) = (Error(solver.Forward(test.Graph, test.Nodes, test.Edges)), Error(plain.Forward(test.Graph, test.Nodes, test.Edges)));
            failures += solver.Solves["Solve"].Failures;
            context.Say(FormattableString.Invariant($"{name}: error {own:0.0000}, of message passing {other:0.0000} ({Count(solver)} and {Count(plain)} parameters)"));
            (ours, theirs) = (ours + own / seeds, theirs + other / seeds);
        }
        context.Claim(Claim.AtMost($"{name}: mean error relative to the mean value, 100 nodes", ours, 0.1, baseline: theirs));
        context.Claim(Claim.AtMost($"{name}: that error over the one of three rounds of messages", ours / theirs, 0.5, baseline: 1));
        context.Claim(Claim.AtMost($"{name}: solves that did not converge", failures, 0));
    }

    private static long Count(Network network) => network.Parameters.Sum(parameter => parameter.Value.Length);

    /// <summary>The width at which message passing has as many parameters, at least.</summary>
    private static int WidthOf(int nodes, Network network)
    {
        var width = 1;
        while (Count(new MessagePassing(nodes, 1, width)) < Count(network)) width++;
        return width;
    }

    /// <summary>The value of each state of a deterministic decision process: v_i = max over the edges from i to j of r_ij + 0.9 v_j. Values flow from j to i.</summary>
    private static Problem Decisions(int n, ulong seed)
    {
        var random = new Philox(seed, Philox.StreamOf("decisions"));
        const int choices = 4;
        var (sources, targets, rewards) = (new int[choices * n], new int[choices * n], new float[choices * n]);
        for (var i = 0; i < sources.Length; i++)
        {
            (sources[i], targets[i]) = ((int)(random.Uniform((ulong)(2 * i)) * n), i / choices);
            rewards[i] = (float)random.Uniform((ulong)(2 * i + 1));
        }
        var values = new double[n];
        for (var sweep = 0; sweep < 300; sweep++)
        {
            var next = new double[n];
            for (var i = 0; i < sources.Length; i++) next[targets[i]] = Math.Max(next[targets[i]], rewards[i] + 0.9 * values[sources[i]]);
            values = next;
        }
        return new(Graph.From(n, sources, targets), Tensor.Ones(n, 1), Tensor.From(rewards, rewards.Length, 1), Tensor.From(Array.ConvertAll(values, v => (float)v), n, 1));
    }

    /// <summary>The pressures in a network of pores: sum_j c_ij (p_i - p_j) = 0 inside, 1 at the inlets on the left and 0 at the outlets on the right.</summary>
    private static Problem Pores(int n, ulong seed)
    {
        var random = new Philox(seed, Philox.StreamOf("pores"));
        (double X, double Y)[] points = [.. Enumerable.Range(0, n).Select(i => (random.Uniform((ulong)(2 * i)), random.Uniform((ulong)(2 * i + 1)))).OrderBy(p => p.Item1)];
        var pairs = new SortedSet<(int, int)>(Enumerable.Range(0, n - 1).Select(i => (i, i + 1)));
        for (var i = 0; i < n; i++)
            foreach (var j in Enumerable.Range(0, n).Where(j => j != i).OrderBy(j => Math.Pow(points[i].X - points[j].X, 2) + Math.Pow(points[i].Y - points[j].Y, 2)).Take(3)) pairs.Add((Math.Min(i, j), Math.Max(i, j)));
        var (edges, widths) = (new List<(int, int)>(), new List<float>());
        var system = Tensor.Zeros([n, n], DType.Float64);
        var (right, features) = (Tensor.Zeros([n, 1], DType.Float64), Tensor.Zeros(n, 2));
        var draw = 100_000ul;
        var ends = n / 10;
        foreach (var (i, j) in pairs)
        {
            var width = (float)random.Normal(draw++) * 0.7f;
            foreach (var (from, to) in new[] { (i, j), (j, i) })
            {
                edges.Add((from, to));
                widths.Add(width);
                if (to < ends || to >= n - ends) continue;
                system.AsSpan<double>()[to * n + to] += Math.Exp(width);
                system.AsSpan<double>()[to * n + from] -= Math.Exp(width);
            }
        }
        for (var i = 0; i < n; i++)
        {
            if (i >= ends && i < n - ends) continue;
            system.AsSpan<double>()[i * n + i] = 1;
            right.AsSpan<double>()[i] = i < ends ? 1 : 0;
            features.AsSpan<float>()[2 * i + (i < ends ? 0 : 1)] = 1;
        }
        return new(Graph.From(n, [.. edges]), features, Tensor.From(widths.ToArray(), widths.Count, 1), Ops.Solve(system, right).To(DType.Float32));
    }
}
