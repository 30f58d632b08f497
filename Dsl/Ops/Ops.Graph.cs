namespace Proxima;

public static partial class Ops
{
    // ---- graphs ----

    /// <summary>What the edges that come into each node bring it: a message for each edge, and of those for one node the sum, mean or extreme; 0 where none comes.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="message">
    /// From Int64 tensors with an element for each edge (the node where it starts, the node where it ends, its place in the list of edges) to the messages, which
    /// have a slice for each edge: <c>(source, target, edge) => x[source] * weight[edge]</c>.
    /// </param>
    /// <param name="reduce">What is made of the messages for a node.</param>
    /// <returns>The shape of the messages, with a slice for each node.</returns>
    /// <exception cref="ArgumentException">The messages have no slice for each edge.</exception>
    public static Tensor Propagate(Graph graph, Func<Tensor, Tensor, Tensor, Tensor> message, Reduce reduce = Reduce.Sum)
    {
        var messages = message(graph.Sources, graph.Targets, graph.Edges);
        if (messages.Rank == 0 || messages.Shape[0] != graph.EdgeCount)
            throw new ArgumentException($"Propagate: the messages are {Shapes.Text(messages.Shape)}; their first dimension must be that of the edges, {graph.EdgeCount}.");
        return Join(messages, graph.Targets, graph.NodeCount, InDegrees(graph), reduce);
    }

    /// <summary>The sum, mean or extreme of what the nodes of each graph of a batch have; 0 for a graph without nodes.</summary>
    /// <param name="graph">The graphs, as <see cref="Graph.Batch"/> makes them.</param>
    /// <param name="x">A slice for each node.</param>
    /// <param name="reduce">What is made of the slices of a graph.</param>
    /// <returns>The shape of x, with a slice for each graph.</returns>
    /// <exception cref="ArgumentException">x has no slice for each node.</exception>
    public static Tensor Pool(Graph graph, Tensor x, Reduce reduce = Reduce.Sum)
    {
        if (x.Rank == 0 || x.Shape[0] != graph.NodeCount)
            throw new ArgumentException($"Pool: x is {Shapes.Text(x.Shape)}; its first dimension must be that of the nodes, {graph.NodeCount}.");
        return Join(x, graph.Membership, graph.GraphCount, Counts(graph.Graphs), reduce);
    }

    /// <summary>How many edges come into each node: Int64.</summary>
    public static Tensor InDegrees(Graph graph) => Counts(graph.Incoming);

    /// <summary>How many edges leave each node: Int64.</summary>
    public static Tensor OutDegrees(Graph graph) => Counts(graph.Outgoing);

    private static Tensor Counts(Tensor ranges) => ranges[.., 1] - ranges[.., 0];

    private static Tensor Join(Tensor x, Tensor segments, int count, Tensor counts, Reduce reduce)
    {
        var each = Reshape(counts, [count, .. Enumerable.Repeat(1, x.Rank - 1)]);
        switch (reduce)
        {
            case Reduce.Sum: return SegmentSum(x, segments, count);
            case Reduce.Mean:
                x = Fractional("Mean", x);
                return SegmentSum(x, segments, count) / Maximum(each, 1).To(x.DType);
            default:
                var extreme = reduce == Reduce.Max ? SegmentMax(x, segments, count) : SegmentMin(x, segments, count);
                return Where(Greater(each, 0), extreme, Full([], 0, extreme.DType));
        }
    }
}
