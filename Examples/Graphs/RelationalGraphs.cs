using System.Diagnostics;

namespace Proxima.Examples;

/// <summary>
/// Relational graph networks: products with the matrix of a relation are one product for each relation that gathers its rows while it packs them; what attention needs of
/// them is computed before the edges where that is linear, and what depends on source and relation only is computed and stored once for each such pair.
/// </summary>
/// <remarks>
/// Wu, Lai, Li et al., "PIGEON: Optimizing CUDA Code Generator for End-to-End Training and Inference of Relational Graph Neural Networks" (2023): its three models, its two
/// optimisations, and what these save, counted from the plans and measured on the CPU. HGT has one head, without its last layer and the sum with its input. The fused and the compact
/// forms are declared here, each in a line or two: whether they pay depends on how many pairs of a source and a relation there are, which only the graph tells, so the compiler does not
/// make them of the plain form.
/// </remarks>
public sealed class RelationalGraphs : IExample
{
    private const int Kinds = 3;

    /// <inheritdoc/>
    public string Id => "S077";

    /// <inheritdoc/>
    public string Title => "Relational graph networks: typed products, fused and compact";

    /// <inheritdoc/>
    public string Family => "systems/codegen";

    /// <inheritdoc/>
    public string Paper => "PIGEON: Optimizing CUDA Code Generator for End-to-End Training and Inference of Relational Graph Neural Networks (2023)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(RelationalConvolution), new Dictionary<string, long> { ["n"] = 5000, ["e"] = 100_000, ["p"] = 10_000, ["relations"] = 8, ["d"] = 64 }),
        new(typeof(RelationalAttention), new Dictionary<string, long> { ["n"] = 5000, ["e"] = 100_000, ["p"] = 10_000, ["relations"] = 8, ["d"] = 64 }),
        new(typeof(HeterogeneousTransformer), new Dictionary<string, long> { ["n"] = 5000, ["e"] = 100_000, ["p"] = 10_000, ["relations"] = 8, ["kinds"] = 3, ["d"] = 64 }),
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Agree(context, new(500, 5_000, 8, 32, context.Seed));
        var problem = context.Quick ? new Problem(2_000, 40_000, 8, 64, context.Seed) : new Problem(5_000, 100_000, 8, 64, context.Seed);
        context.Say($"{problem.Graph}, {problem.Graph.PairCount} pairs of a source and a relation");
        Count(context, problem);
        Measure(context, problem);
    }

    // ---- the same numbers ----

    /// <summary>The forms of a model compute the same, and so do their gradients.</summary>
    private static void Agree(Context context, Problem problem)
    {
        var (graph, x, target) = (problem.Graph, problem.X, Sample.Normal(context.Seed + 9, problem.Nodes, problem.D));
        foreach (var model in problem.Models())
        {
            var reference = model.Forms[0];
            var (plain, gradient) = (reference.Forward(), reference.Gradient(target));
            var first = model.Network.Parameters.Select(parameter => gradient.Of(parameter.Name).To(DType.Float64).ToArray<double>()).ToArray();
            var (values, gradients) = (0.0, 0.0);
            foreach (var form in model.Forms.Skip(1))
            {
                values = Math.Max(values, Difference(plain.To(DType.Float64).ToArray<double>(), form.Forward().To(DType.Float64).ToArray<double>()));
                var other = form.Gradient(target);
                foreach (var (parameter, i) in model.Network.Parameters.Select((parameter, i) => (parameter, i)))
                    gradients = Math.Max(gradients, Difference(first[i], other.Of(parameter.Name).To(DType.Float64).ToArray<double>()));
            }
            context.Claim(Claim.AtMost($"{model.Name}: forms differ by, relative", values, 1e-5));
            context.Claim(Claim.AtMost($"{model.Name}: their gradients differ by, relative", gradients, 1e-5));
        }
    }

    private static double Difference(double[] x, double[] y) => x.Zip(y, (a, b) => Math.Abs(a - b)).Max() / Math.Max(x.Max(Math.Abs), 1e-30);

    // ---- counted ----

    /// <summary>What the plans say: multiply-adds of the products, and the largest tensor that lies between kernels.</summary>
    private static void Count(Context context, Problem problem)
    {
        long n = problem.Nodes, e = problem.Edges, p = problem.Graph.PairCount, r = problem.Relations, d = problem.D;
        var square = d * d;
        var sizes = new Dictionary<string, long> { ["n"] = n, ["e"] = e, ["p"] = p, ["relations"] = r, ["kinds"] = Kinds, ["d"] = d };
        var expected = new Dictionary<string, long>
        {
            ["RGCN plain"] = (e + n) * square,
            ["RGCN compact"] = (p + n) * square,
            // The score of the target: a product for each edge becomes one for each relation.
            ["RGAT plain"] = 2 * e * square,
            ["RGAT fused"] = (e + r) * square,
            ["RGAT compact"] = (p + r) * square,
            ["HGT plain"] = (3 * n + 2 * e) * square,
            ["HGT fused"] = (n + 2 * e + 2 * r * d) * square,
            ["HGT compact"] = (n + 2 * p + 2 * r * d) * square,
        };
        var rows = new List<string[]>();
        var (off, ratio) = (0.0, 0.0);
        foreach (var model in problem.Models())
        {
            var report = CompileReport.Of(model.Network.GetType().BaseType!);
            double largest = 0, smallest = 0;
            foreach (var form in model.Forms)
            {
                var method = report.Methods.Single(method => method.Name == form.Name);
                // A multiply-add is two operations; what an epilogue does to the elements of a product is counted with it, and is not meant.
                var counted = method.Kernels.Where(kernel => kernel.Kind == "gemm").Sum(kernel => SizeFormula.Evaluate(kernel.Flops, sizes)) / 2.0;
                var between = method.Buffers.Where(buffer => buffer.Slot >= 0 && buffer.Type.Contains('f')).Max(buffer => SizeFormula.Evaluate(buffer.Count, sizes)) * 4.0;
                var formula = expected[$"{model.Name} {form.Name.ToLowerInvariant()}"];
                off = Math.Max(off, Math.Abs(counted / formula - 1));
                if (form == model.Forms[0]) largest = between;
                smallest = between;
                rows.Add([$"{model.Name} {form.Name.ToLowerInvariant()}", Claim.Text(counted / 1e6), Claim.Text(formula / 1e6), Claim.Text(between / 1e6), Claim.Text(SizeFormula.Evaluate(method.ArenaBytes, sizes) / 1e6)]);
            }
            ratio = Math.Max(ratio, Math.Abs(smallest / largest / ((double)p / e) - 1));
        }
        context.Table("counted from the plans", ["model", "multiply-adds of products, millions", "by the formula", "largest tensor between kernels, MB", "working memory, MB"], rows);
        context.Claim(Claim.AtMost("multiply-adds of the plans differ from the formulas by, relative", off, 0.02));
        context.Claim(Claim.AtMost("bytes of an edge tensor, compact over plain, differ from pairs over edges by, relative", ratio, 1e-9));
    }

    // ---- measured ----

    private static void Measure(Context context, Problem problem)
    {
        var rows = new List<string[]>();
        foreach (var model in problem.Models())
        {
            var report = CompileReport.Of(model.Network.GetType().BaseType!);
            var sizes = new Dictionary<string, long>
            {
                ["n"] = problem.Nodes, ["e"] = problem.Edges, ["p"] = problem.Graph.PairCount, ["relations"] = problem.Relations, ["kinds"] = Kinds, ["d"] = problem.D,
            };
            var (loop, peak) = model.Baseline();
            var error = Difference(model.Forms[0].Forward().To(DType.Float64).ToArray<double>(), loop.To(DType.Float64).ToArray<double>());
            context.Claim(Claim.AtMost($"{model.Name}: differs from the loop over relations by, relative", error, 1e-5));
            // In turns, so that other load on the machine meets all of them; the shortest of each.
            var times = new double[model.Forms.Length + 1];
            Array.Fill(times, double.PositiveInfinity);
            for (var turn = 0; turn < (context.Quick ? 4 : 8); turn++)
            {
                times[^1] = Math.Min(times[^1], Time(() => model.Baseline()));
                for (var i = 0; i < model.Forms.Length; i++)
                {
                    var form = model.Forms[i];
                    times[i] = Math.Min(times[i], Time(() => form.Forward()));
                }
            }
            var target = Sample.Normal(context.Seed + 9, problem.Nodes, problem.D);
            for (var i = 0; i < model.Forms.Length; i++)
            {
                var form = model.Forms[i];
                var training = double.PositiveInfinity;
                for (var turn = 0; turn < 3; turn++) training = Math.Min(training, Time(() => form.Gradient(target)));
                rows.Add([$"{model.Name} {form.Name.ToLowerInvariant()}", Claim.Text(times[i]), Claim.Text(training), Claim.Text(Arena(form) / 1e6)]);
            }
            rows.Add([$"{model.Name} loop of dense ops", Claim.Text(times[^1]), "", Claim.Text(peak / 1e6)]);
            context.Claim(Claim.AtLeast($"{model.Name}: time of the loop over relations, over that of the compact form", times[^1] / times[^2], 1.5, baseline: 1));
            context.Claim(Claim.AtLeast($"{model.Name}: its peak of intermediate memory, over that of the compact form", peak / Arena(model.Forms[^1]), 2, baseline: 1));

            double Arena(Form form) => SizeFormula.Evaluate(report.Methods.Single(method => method.Name == form.Name).ArenaBytes, sizes);
        }
        context.Table($"measured, {problem.Edges} edges, {problem.D} features", ["model", "forward, ms", "value and gradient, ms", "intermediate memory, MB"], rows);
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private sealed record Form(string Name, Func<Tensor> Forward, Func<Tensor, Gradients> Gradient);

    private sealed record Model(string Name, Network Network, Form[] Forms, Func<(Tensor Result, double Peak)> Baseline);

    /// <summary>A graph with kinds of nodes and of edges, drawn by a seed: few nodes start many edges (Zipf), and every relation leads from one kind to another.</summary>
    private sealed class Problem
    {
        private readonly ulong _seed;
        private readonly Tensor _kind;
        private readonly Tensor _start;
        private readonly Tensor _share;
        private readonly Tensor[] _sources;
        private readonly Tensor[] _targets;
        private readonly Tensor[] _nodes;
        private readonly Dictionary<(Tensor, int), Tensor> _parts = [];

        public Problem(int nodes, int edges, int relations, int d, ulong seed)
        {
            (Nodes, Edges, Relations, D, _seed) = (nodes, edges, relations, d, seed);
            var random = new Philox(seed, Philox.StreamOf("relations"));
            var draw = 0ul;
            int[] start = [.. Enumerable.Range(0, relations).Select(r => r % Kinds)], end = [.. Enumerable.Range(0, relations).Select(r => (r + 1 + r / Kinds) % Kinds)];
            // Node i is of kind i % Kinds. The k-th node of a kind starts edges in proportion to 1/(k + 1).
            var each = nodes / Kinds;
            var zipf = new double[each];
            for (var k = 0; k < each; k++) zipf[k] = (k == 0 ? 0 : zipf[k - 1]) + 1.0 / (k + 1);
            var (sources, targets, types) = (new int[edges], new int[edges], new int[edges]);
            for (var i = 0; i < edges; i++)
            {
                // Edges are listed by relation, as the loop over relations wants them.
                types[i] = (int)((long)i * relations / edges);
                var rank = Array.BinarySearch(zipf, random.Uniform(draw++) * zipf[^1]);
                sources[i] = Math.Min(rank < 0 ? ~rank : rank, each - 1) * Kinds + start[types[i]];
                targets[i] = (int)(random.Uniform(draw++) * each) * Kinds + end[types[i]];
            }
            Graph = Graph.From(nodes, sources, targets, types, relations);
            X = Sample.Normal(seed + 1, nodes, d);
            _nodes = [.. Enumerable.Range(0, Kinds).Select(kind => Tensor.From([.. Enumerable.Range(0, nodes).Where(i => i % Kinds == kind).Select(i => (long)i)]))];
            _kind = Tensor.From([.. Enumerable.Range(0, nodes).Select(i => (long)(i % Kinds))]);
            _start = Tensor.From([.. start.Select(kind => (long)kind)]);
            var counts = new Dictionary<(int, int), int>();
            for (var i = 0; i < edges; i++) counts[(targets[i], types[i])] = counts.GetValueOrDefault((targets[i], types[i])) + 1;
            _share = Tensor.From([.. Enumerable.Range(0, edges).Select(i => 1f / counts[(targets[i], types[i])])]);
            Tensor Of(int[] ends, int relation) => Tensor.From([.. Enumerable.Range(0, edges).Where(i => types[i] == relation).Select(i => (long)ends[i])]);
            _sources = [.. Enumerable.Range(0, relations).Select(r => Of(sources, r))];
            _targets = [.. Enumerable.Range(0, relations).Select(r => Of(targets, r))];
        }

        public int Nodes { get; }

        public int Edges { get; }

        public int Relations { get; }

        public int D { get; }

        public Graph Graph { get; }

        public Tensor X { get; }

        public IEnumerable<Model> Models()
        {
            var rgcn = new RelationalConvolution.Cpu(Relations, D);
            var rgat = new RelationalAttention.Cpu(Relations, D);
            var hgt = new HeterogeneousTransformer.Cpu(Relations, Kinds, D);
            foreach (var network in new Network[] { rgcn, rgat, hgt }) network.Initialize(_seed);
            var ops = new RelationByRelation.Cpu(D);
            yield return new("RGCN", rgcn,
            [
                new("Plain", () => rgcn.Plain(Graph, X, _share), t => rgcn.PlainGradient(Graph, X, _share, t)),
                new("Compact", () => rgcn.Compact(Graph, X, _share), t => rgcn.CompactGradient(Graph, X, _share, t)),
            ], () =>
            {
                var memory = new Memory();
                var messages = ByRelation(ops, memory, rgcn.Weight, X, _sources);
                var weighted = memory.Keep(ops.Weighted(messages, _share));
                memory.Drop(messages);
                var sum = memory.Keep(ops.Arrive(Graph, weighted));
                memory.Drop(weighted);
                var own = memory.Keep(ops.Product(X, rgcn.Own));
                return (ops.Finish(own, sum), memory.Peak);
            });
            yield return new("RGAT", rgat,
            [
                new("Plain", () => rgat.Plain(Graph, X), t => rgat.PlainGradient(Graph, X, t)),
                new("Fused", () => rgat.Fused(Graph, X), t => rgat.FusedGradient(Graph, X, t)),
                new("Compact", () => rgat.Compact(Graph, X), t => rgat.CompactGradient(Graph, X, t)),
            ], () =>
            {
                var memory = new Memory();
                Tensor left = memory.Keep(Tensor.Empty(DType.Float32, Edges)), right = memory.Keep(Tensor.Empty(DType.Float32, Edges));
                memory.Drop(ByRelation(ops, memory, rgat.Weight, X, _targets, (relation, first, product) => Put(right, first, ops.Scores(product, Part(rgat.Right, relation)))));
                var messages = ByRelation(ops, memory, rgat.Weight, X, _sources, (relation, first, product) => Put(left, first, ops.Scores(product, Part(rgat.Left, relation))));
                return (Attend(ops, memory, messages, memory.Keep(ops.Bent(left, right))), memory.Peak);
            });
            yield return new("HGT", hgt,
            [
                new("Plain", () => hgt.Plain(Graph, X, _kind), t => hgt.PlainGradient(Graph, X, _kind, t)),
                new("Fused", () => hgt.Fused(Graph, X, _kind, _start), t => hgt.FusedGradient(Graph, X, _kind, _start, t)),
                new("Compact", () => hgt.Compact(Graph, X, _kind, _start), t => hgt.CompactGradient(Graph, X, _kind, _start, t)),
            ], () =>
            {
                var memory = new Memory();
                Tensor key = ByKind(ops, memory, hgt.Key), query = ByKind(ops, memory, hgt.Query), value = ByKind(ops, memory, hgt.Value);
                var scores = memory.Keep(Tensor.Empty(DType.Float32, Edges));
                var keys = ByRelation(ops, memory, hgt.Attention, key, _sources, (relation, first, product) =>
                {
                    var queries = memory.Keep(ops.Rows(query, _targets[relation]));
                    var products = memory.Keep(ops.Pairwise(product, queries));
                    Put(scores, first, ops.Scaled(products, Part(hgt.Prior, relation)));
                    memory.Drop(queries, products);
                });
                memory.Drop(keys, key, query);
                var messages = ByRelation(ops, memory, hgt.Message, value, _sources);
                return (Attend(ops, memory, messages, scores), memory.Peak);
            });
        }

        // ---- the loop over relations ----

        /// <summary>The rows at one end of the edges times the matrices of their relations, in the order of the list; with each part something else may be done.</summary>
        private Tensor ByRelation(RelationByRelation.Cpu ops, Memory memory, Tensor weight, Tensor x, Tensor[] ends, Action<int, int, Tensor>? also = null)
        {
            var all = memory.Keep(Tensor.Empty(DType.Float32, Edges, D));
            for (int relation = 0, first = 0; relation < Relations; first += ends[relation++].Dim(0))
            {
                var rows = memory.Keep(ops.Rows(x, ends[relation]));
                var product = memory.Keep(ops.Product(rows, Part(weight, relation)));
                memory.Drop(rows);
                also?.Invoke(relation, first, product);
                Put(all, first * D, product);
                memory.Drop(product);
            }
            return all;
        }

        private static void Put(Tensor all, int first, Tensor part) => part.AsSpan<float>().CopyTo(all.AsSpan<float>()[first..]);

        private Tensor ByKind(RelationByRelation.Cpu ops, Memory memory, Tensor weight)
        {
            var all = memory.Keep(Tensor.Empty(DType.Float32, Nodes, D));
            for (var kind = 0; kind < Kinds; kind++)
            {
                var rows = memory.Keep(ops.Rows(X, _nodes[kind]));
                var product = memory.Keep(ops.Product(rows, Part(weight, kind)));
                for (var i = 0; i < rows.Dim(0); i++) product.AsSpan<float>().Slice(i * D, D).CopyTo(all.AsSpan<float>()[((i * Kinds + kind) * D)..]);
                memory.Drop(rows, product);
            }
            return all;
        }

        private Tensor Attend(RelationByRelation.Cpu ops, Memory memory, Tensor messages, Tensor scores)
        {
            var share = memory.Keep(ops.Shares(Graph, scores));
            var weighted = memory.Keep(ops.Weighted(messages, share));
            memory.Drop(messages, share);
            return ops.Arrive(Graph, weighted);
        }

        /// <summary>A parameter of one relation or kind, copied once: a framework has views.</summary>
        private Tensor Part(Tensor parameter, int which)
        {
            if (_parts.TryGetValue((parameter, which), out var part)) return part;
            part = Tensor.Empty(DType.Float32, parameter.Rank == 1 ? [1] : parameter.Shape[1..].ToArray());
            parameter.AsSpan<float>().Slice(which * (int)part.Length, (int)part.Length).CopyTo(part.AsSpan<float>());
            _parts.Add((parameter, which), part);
            return part;
        }
    }

    /// <summary>The bytes of what is kept at the same time, at most.</summary>
    private sealed class Memory
    {
        private double _now;

        public double Peak { get; private set; }

        public Tensor Keep(Tensor tensor)
        {
            Peak = Math.Max(Peak, _now += tensor.Length * 4.0);
            return tensor;
        }

        public void Drop(params ReadOnlySpan<Tensor> tensors)
        {
            foreach (var tensor in tensors) _now -= tensor.Length * 4.0;
        }
    }
}
