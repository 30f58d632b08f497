using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>
/// What the forward pass of a loop keeps of each iteration for its linear part: the fewest bytes from which everything that the linear part reads can be computed again without repeating a product,
/// a reduction or an inner loop. A minimum cut between what only the forward pass can compute and what the linear part reads (Ford and Fulkerson 1956); of several the one nearest to
/// the readers, which leaves least to compute again.
/// </summary>
internal static class Residuals
{
    private const long Endless = long.MaxValue / 4;
    private const long Size = 64;   // of every dimension that has a name: costs are compared before sizes are known

    /// <summary>Chooses the values to keep.</summary>
    /// <param name="loop">The loop; what it keeps anyway costs nothing more.</param>
    /// <param name="parameters">The parameters of its body.</param>
    /// <param name="results">The results of its body.</param>
    /// <param name="tangents">The tangents of the parameters.</param>
    /// <param name="linear">The results of the linear part.</param>
    public static HashSet<Node> Choose(LoopInfo loop, IReadOnlyList<Node> parameters, IReadOnlyList<Node> results, IEnumerable<Node> tangents, IEnumerable<Node> linear)
    {
        var order = Region.Order(linear);
        var isLinear = new HashSet<Node>(tangents);
        var needed = new HashSet<Node>();
        var inMemory = new HashSet<Node>();
        foreach (var node in order)
            if (node.Inputs.Any(isLinear.Contains)) isLinear.Add(node);
        foreach (var node in order.Where(isLinear.Contains))
            foreach (var input in node.Inputs.Where(input => !isLinear.Contains(input)))
            {
                needed.Add(input);
                // A product reads memory: to compute its operand again takes a place to write it to, and keeping it lets all iterations' products become one.
                if (node.Op == Op.Dot) inMemory.Add(SourceOf(input));
            }

        var free = new HashSet<Node>(results.Skip(loop.Carries));
        for (var i = 0; i < parameters.Count; i++)
            if (i >= loop.Carries) free.Add(parameters[i]);
            else if (loop.Histories.Contains(i) || needed.Contains(parameters[i]) || needed.Contains(results[i])) free.UnionWith([parameters[i], results[i]]);
        if (needed.All(free.Contains)) return [];

        var graph = new Flow();
        foreach (var node in order.Where(node => !isLinear.Contains(node) && !free.Contains(node)))
        {
            var isKeepable = node.Op != Op.Loop && !node.Shape.Any(dim => dim.Mentions(loop.Counter));
            graph.Connect((node, true), (node, false), isKeepable ? Bytes(node) : Endless);
            // Carried values are read where they lie, or not at all.
            if (isKeepable && (node.Op == Op.Parameter || results.Contains(node) || IsCostly(node) || inMemory.Contains(node) && node.Inputs.Length > 0)) graph.Connect(Flow.Source, (node, true), Endless);
            foreach (var input in node.Inputs) graph.Connect((input, false), (node, true), Endless);
            if (needed.Contains(node)) graph.Connect((node, false), Flow.Sink, Endless);
        }
        return graph.MinimumCut();
    }

    private static Node SourceOf(Node view)
    {
        while (view.Op.IsView()) view = view.Inputs[0];
        return view;
    }

    // Lanes hold numbers of one width: a kernel that also writes truth values does less at a time.
    private static long Bytes(Node node)
    {
        var count = node.Type.Count.Evaluate(_ => Size);
        return Math.Max(count, 1) * node.Type.DType switch
        {
            DType.Bool => 5,
            DType.Float32 => 4,
            _ => 8,
        };
    }

    private static bool IsCostly(Node node) =>
        node.Op is Op.Dot or Op.ReduceSum or Op.ReduceMax or Op.ReduceMin or Op.ArgMax or Op.ScatterAdd or Op.ScatterMax or Op.ScatterMin or Op.Call or Op.Result
        || node.Rule?.Value is { } value && value.Schedule().Any(IsCostly);

    /// <summary>A network of pipes. Each value is one between its computation and its readers, as wide as it has bytes.</summary>
    private sealed class Flow
    {
        public static readonly (Node?, bool) Source = (null, true), Sink = (null, false);

        private readonly Dictionary<(Node?, bool), List<Pipe>> _pipes = [];

        public void Connect((Node?, bool) from, (Node?, bool) to, long width)
        {
            var (there, back) = (new Pipe(from, to) { Left = width }, new Pipe(to, from));
            (there.Back, back.Back) = (back, there);
            Of(from).Add(there);
            Of(to).Add(back);
        }

        /// <summary>The narrowest values that part the source from the sink, next to the sink.</summary>
        public HashSet<Node> MinimumCut()
        {
            while (Path() is { } path)
            {
                var width = path.Min(pipe => pipe.Left);
                if (width >= Endless) throw new InvalidOperationException("The linear part of a loop reads what can neither be kept nor computed again.");
                foreach (var pipe in path)
                {
                    pipe.Left -= width;
                    pipe.Back.Left += width;
                }
            }
            var reaches = new HashSet<(Node?, bool)> { Sink };
            var pending = new Stack<(Node?, bool)>(reaches);
            while (pending.Count > 0)
                foreach (var pipe in Of(pending.Pop()).Select(pipe => pipe.Back).Where(pipe => pipe.Left > 0 && reaches.Add(pipe.From)))
                    pending.Push(pipe.From);
            return [.. reaches.Where(place => place is { Item1: not null, Item2: false } && !reaches.Contains((place.Item1, true))).Select(place => place.Item1!)];
        }

        private List<Pipe> Of((Node?, bool) place)
        {
            if (!_pipes.TryGetValue(place, out var pipes)) _pipes.Add(place, pipes = []);
            return pipes;
        }

        /// <summary>A shortest way on which something can still flow.</summary>
        private List<Pipe>? Path()
        {
            var arrival = new Dictionary<(Node?, bool), Pipe?> { [Source] = null };
            var pending = new Queue<(Node?, bool)>([Source]);
            while (pending.Count > 0 && !arrival.ContainsKey(Sink))
                foreach (var pipe in Of(pending.Dequeue()))
                    if (pipe.Left > 0 && !arrival.ContainsKey(pipe.To))
                    {
                        arrival.Add(pipe.To, pipe);
                        pending.Enqueue(pipe.To);
                    }
            if (!arrival.TryGetValue(Sink, out var last)) return null;
            var path = new List<Pipe>();
            for (var pipe = last; pipe is not null; pipe = arrival[pipe.From]) path.Add(pipe);
            return path;
        }

        private sealed class Pipe((Node?, bool) from, (Node?, bool) to)
        {
            public (Node?, bool) From { get; } = from;

            public (Node?, bool) To { get; } = to;

            public Pipe Back { get; set; } = null!;

            public long Left { get; set; }
        }
    }
}
