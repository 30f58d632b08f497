using Proxima.Training;

namespace Proxima.Examples;

/// <summary>Equivariant polynomials: as many as there are multigraphs, independent, equal to their definition, and able to tell what messages cannot.</summary>
public sealed class PolynomialFeatures : IExample
{
    /// <inheritdoc/>
    public string Id => "S013";

    /// <inheritdoc/>
    public string Title => "Equivariant polynomials of graphs";

    /// <inheritdoc/>
    public string Family => "graph";

    /// <inheritdoc/>
    public string Paper => "Puny, Lim, Kiani, Maron, Lipman: Equivariant Polynomials for Graph Neural Networks (ICML 2023)";

    /// <inheritdoc/>
    public IReadOnlyList<ReportSubject> Networks { get; } =
    [
        new(typeof(EquivariantPolynomials), new Dictionary<string, long> { ["n"] = 16 }),
        new(typeof(NeighbourMessages), new Dictionary<string, long> { ["width"] = 16, ["b"] = 200, ["n"] = 12 }),
    ];

    /// <summary>The multigraphs in the order of <see cref="EquivariantPolynomials.Nodes"/>: their edges, where vertex 0 is the marked one.</summary>
    private static readonly (int, int)[][] s_marked =
    [
        [(0, 0)], [(1, 1)], [(0, 1)], [(1, 2)],
        [(0, 0), (0, 0)], [(1, 1), (1, 1)], [(0, 0), (1, 1)], [(1, 1), (2, 2)], [(0, 0), (0, 1)], [(1, 1), (1, 0)], [(1, 1), (1, 2)],
        [(0, 0), (1, 2)], [(1, 1), (0, 2)], [(1, 1), (2, 3)], [(0, 1), (0, 1)], [(1, 2), (1, 2)], [(0, 1), (0, 2)], [(0, 1), (1, 2)], [(1, 2), (2, 3)],
        [(0, 1), (2, 3)], [(1, 2), (3, 4)],
    ];

    /// <inheritdoc/>
    public void Run(Context context)
    {
        Counts(context);
        Exact(context);
        Regular(context);
        Learn(context);
    }

    // ---- how many ----

    /// <summary>Multigraphs with some edges and marked vertices, up to the order of the others: each by the smallest of its lists of edges.</summary>
    private static int Enumerate(int edges, int marks)
    {
        var vertices = marks + 2 * edges;
        (int, int)[] pairs = [.. from i in Enumerable.Range(0, vertices) from j in Enumerable.Range(i, vertices - i) select (i, j)];
        var orders = Orders([.. Enumerable.Range(marks, 2 * edges)]).ToArray();
        var known = new HashSet<long>();
        Choose([], 0);
        return known.Count;

        void Choose((int, int)[] chosen, int from)
        {
            if (chosen.Length < edges)
            {
                for (var i = from; i < pairs.Length; i++) Choose([.. chosen, pairs[i]], i);
                return;
            }
            // Those that leave an earlier vertex out are the same as some that do not.
            var used = chosen.SelectMany(pair => new[] { pair.Item1, pair.Item2 }).Where(vertex => vertex >= marks).Distinct().Count();
            if (chosen.Any(pair => pair.Item2 >= marks + used)) return;
            known.Add(orders.Min(order => Key(chosen, vertex => vertex < marks ? vertex : order[vertex - marks])));
        }

        static long Key((int, int)[] chosen, Func<int, int> named)
        {
            var codes = chosen.Select(pair => (named(pair.Item1), named(pair.Item2))).Select(pair => Math.Min(pair.Item1, pair.Item2) * 16 + Math.Max(pair.Item1, pair.Item2)).ToArray();
            Array.Sort(codes);
            return codes.Aggregate(0L, (key, code) => key * 256 + code);
        }
    }

    private static IEnumerable<int[]> Orders(int[] items) =>
        items.Length <= 1 ? [items] : items.SelectMany((item, i) => Orders([.. items[..i], .. items[(i + 1)..]]).Select(rest => (int[])[item, .. rest]));

    private static void Counts(Context context)
    {
        int[] none = [Enumerate(1, 0), Enumerate(2, 0), Enumerate(3, 0)], one = [Enumerate(1, 1), Enumerate(2, 1), Enumerate(3, 1)], two = [Enumerate(1, 2), Enumerate(2, 2)];
        context.Claim(Claim.Near("multigraphs of 1, 2, 3 edges without a mark: 2, 7, 23", none[0] * 10000 + none[1] * 100 + none[2], 20723, 0));
        context.Claim(Claim.Near("with one mark: 4, 17, 69", one[0] * 10000 + one[1] * 100 + one[2], 41769, 0));
        // Two marks are on two vertices, or on one.
        context.Claim(Claim.Near("with two marks: 11, 56", (two[0] + one[0]) * 100 + two[1] + one[1], 1156, 0));

        var net = new EquivariantPolynomials();
        Tensor Matrix(ulong seed, int n) => Sample.Normal(seed, n, n).To(DType.Float64) is var x ? x + Ops.Transpose(x) : null!;
        Tensor Values(int count, int n, Func<Tensor, Tensor> of) => Ops.Concat([.. Enumerable.Range(0, count).Select(i => of(Matrix(context.Seed + 100 + (ulong)i, n)))], dim: 0);
        context.Claim(Claim.Near("rank of the polynomials without a mark, up to two edges", Matrices.Rank(Values(40, 6, x => Ops.Unsqueeze(net.Numbers(x), 0))), none[0] + none[1], 0));
        context.Claim(Claim.Near("with one mark", Matrices.Rank(Values(20, 6, net.Nodes)), one[0] + one[1], 0));
        context.Claim(Claim.Near("with two marks, one edge", Matrices.Rank(Values(10, 5, x => Ops.Reshape(net.Pairs(x), 25, 11))), two[0] + one[0], 0));
    }

    // ---- what ----

    /// <summary>The definition, by all ways to put nodes at the vertices.</summary>
    private static long Brute((int, int)[] edges, long[] x, int n, int marked)
    {
        var vertices = Math.Max(edges.Max(edge => Math.Max(edge.Item1, edge.Item2)), 0) + 1;
        var at = new int[vertices];
        at[0] = marked;
        return Sum(1);

        long Sum(int vertex)
        {
            if (vertex == vertices) return edges.Aggregate(1L, (product, edge) => product * x[at[edge.Item1] * n + at[edge.Item2]]);
            var sum = 0L;
            for (at[vertex] = 0; at[vertex] < n; at[vertex]++) sum += Sum(vertex + 1);
            return sum;
        }
    }

    private static void Exact(Context context)
    {
        const int n = 5;
        var random = new Philox(context.Seed, Philox.StreamOf("integers"));
        var x = new long[n * n];
        for (var i = 0; i < n; i++)
            for (var j = i; j < n; j++) x[i * n + j] = x[j * n + i] = (long)(random.Uniform((ulong)(i * n + j)) * 7) - 3;
        var net = new EquivariantPolynomials.Cpu();
        var matrix = Tensor.From([.. x.Select(v => (float)v)], n, n);
        var values = net.Nodes(matrix).ToArray<float>();
        var wrong = 0;
        for (var node = 0; node < n; node++)
            for (var h = 0; h < s_marked.Length; h++) wrong += values[node * s_marked.Length + h] == Brute(s_marked[h], x, n, node) ? 0 : 1;
        context.Claim(Claim.AtMost("compiled polynomials of integers that differ from their definition", wrong, 0));

        int[] order = [3, 0, 4, 1, 2];
        var moved = Tensor.From([.. from i in order from j in order select (float)x[i * n + j]], n, n);
        var index = Tensor.From([.. order.Select(i => (long)i)]);
        var error = (double)Ops.Max(Ops.Abs(net.Nodes(moved) - Ops.IndexSelect(net.Nodes(matrix), 0, index)))
            + (double)Ops.Max(Ops.Abs(net.Pairs(moved) - Ops.IndexSelect(Ops.IndexSelect(net.Pairs(matrix), 0, index), 1, index)));
        context.Claim(Claim.AtMost("nodes in another order: the values are in that order, but for", error, 0));
    }

    // ---- what messages do not see ----

    /// <summary>Two strongly regular graphs of 16 nodes with six neighbours each: the rook's graph and Shrikhande's.</summary>
    private static Tensor Torus(bool isRook)
    {
        var x = Tensor.Zeros(16, 16);
        for (var i = 0; i < 16; i++)
            for (var j = 0; j < 16; j++)
            {
                var (down, right) = ((i / 4 - j / 4 + 4) % 4, (i % 4 - j % 4 + 4) % 4);
                var isEdge = i != j && (isRook ? down == 0 || right == 0 : (down, right) is (0, 1) or (0, 3) or (1, 0) or (3, 0) or (1, 1) or (3, 3));
                x.AsSpan<float>()[i * 16 + j] = isEdge ? 1 : 0;
            }
        return x;
    }

    private static void Regular(Context context)
    {
        var net = new EquivariantPolynomials.Cpu();
        float[] rook = net.Cycles(Torus(true)).ToArray<float>(), other = net.Cycles(Torus(false)).ToArray<float>();
        context.Claim(Claim.Near("triangles of the rook's graph", rook[0] / 6, 32, 0));
        context.Claim(Claim.Near("triangles of Shrikhande's graph", other[0] / 6, 32, 0));
        context.Claim(Claim.Near("complete graphs of four nodes in the rook's graph", rook[2] / 24, 8, 0));
        context.Claim(Claim.Near("complete graphs of four nodes in Shrikhande's", other[2] / 24, 0, 0));
        var messages = new NeighbourMessages.Cpu(16);
        messages.Initialize(context.Seed + 1);
        context.Claim(Claim.AtMost("messages: difference between the two graphs", Math.Abs((float)messages.Forward(Ops.Unsqueeze(Torus(true), 0)) - (float)messages.Forward(Ops.Unsqueeze(Torus(false), 0))), 1e-5, baseline: 8));
    }

    // ---- learned ----

    /// <summary>How many cycles of four nodes random graphs have: messages learn it with Adam, an affine function of the polynomials knows it.</summary>
    private static void Learn(Context context)
    {
        const int n = 12, graphs = 200;
        var random = new Philox(context.Seed, Philox.StreamOf("graphs"));
        var (x, counts, draw) = (Tensor.Zeros(graphs, n, n), new float[graphs], 0ul);
        for (var g = 0; g < graphs; g++)
        {
            var own = x.AsSpan<float>().Slice(g * n * n, n * n);
            for (var i = 0; i < n; i++)
                for (var j = i + 1; j < n; j++) own[i * n + j] = own[j * n + i] = random.Uniform(draw++) < 0.35 ? 1 : 0;
            // Each cycle is counted at each of its two diagonals.
            for (var i = 0; i < n; i++)
                for (var j = i + 1; j < n; j++)
                {
                    var common = 0;
                    for (var k = 0; k < n; k++) common += own[i * n + k] * own[j * n + k] > 0 ? 1 : 0;
                    counts[g] += common * (common - 1) / 4f;
                }
        }
        var mean = counts.Average();
        var deviation = (float)Math.Sqrt(counts.Average(count => (count - mean) * (count - mean)));
        var target = Tensor.From([.. counts.Select(count => (count - mean) / deviation)]);
        var net = new NeighbourMessages.Cpu(16);
        net.Initialize(context.Seed + 2);
        var adam = new Adam(net, learningRate: 0.01);
        var steps = context.Quick ? 300 : 1500;
        context.Steps("messages", steps, step =>
        {
            adam.LearningRate = 0.01 * (1 + Math.Cos(Math.PI * step / steps)) / 2 + 1e-6;
            adam.Step(net.LossGradient(x, target));
            return null;
        });
        var bank = new EquivariantPolynomials.Cpu();
        var features = Ops.Stack([.. Enumerable.Range(0, graphs).Select(g => bank.Cycles(x[g])[1] is var walks
            ? Ops.Stack([walks, bank.Numbers(x[g])[7], bank.Numbers(x[g])[1]], 0) / 100 : null!)], 0);
        context.Claim(Claim.AtMost("cycles of four: squared error of the polynomials over that of messages", Matrices.AffineResidual(features, target) / (double)net.Loss(x, target), 0.05, baseline: 1));
    }
}
