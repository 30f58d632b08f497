namespace Proxima.Examples;

/// <summary>Graphs to compute on, drawn by a seed.</summary>
internal static class RandomGraphs
{
    /// <summary>An undirected graph of equal blocks, whose nodes are joined with one probability inside of a block and with another across; a ring joins them all.</summary>
    public static Graph Blocks(int nodes, int blocks, double inside, double across, ulong seed)
    {
        var random = new Philox(seed, Philox.StreamOf("blocks"));
        var edges = new List<(int, int)>();
        for (int i = 0, draw = 0; i < nodes; i++)
        {
            for (var j = i + 1; j < nodes; j++, draw++)
            {
                var isRing = j == i + 1 || (i == 0 && j == nodes - 1);
                if (!isRing && random.Uniform((ulong)draw) >= (i % blocks == j % blocks ? inside : across)) continue;
                edges.Add((i, j));
                edges.Add((j, i));
            }
        }
        return Graph.From(nodes, [.. edges]);
    }

    /// <summary>1 / sqrt(degree of the source times degree of the target) for each edge of the list: the normalized adjacency matrix, Float64.</summary>
    public static Tensor Normalized(Graph graph)
    {
        var degrees = Ops.OutDegrees(graph).To(DType.Float64);
        var places = graph.Places;
        return Ops.Rsqrt(degrees[graph.Sources[places]] * Ops.InDegrees(graph).To(DType.Float64)[graph.Targets[places]]);
    }

    /// <summary>The matrix whose products with vectors are sums along weighted edges, Float64 <c>[nodes nodes]</c>.</summary>
    public static Tensor Dense(Graph graph, Tensor weight)
    {
        var matrix = Tensor.Zeros([graph.NodeCount, graph.NodeCount], DType.Float64);
        var to = matrix.AsSpan<double>();
        var weights = weight.To(DType.Float64).ToArray<double>();
        long[] sources = graph.Sources.ToArray<long>(), targets = graph.Targets.ToArray<long>(), edges = graph.Edges.ToArray<long>();
        for (var i = 0; i < sources.Length; i++) to[(int)(targets[i] * graph.NodeCount + sources[i])] += weights[edges[i]];
        return matrix;
    }
}
