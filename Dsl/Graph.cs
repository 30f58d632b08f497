using System.ComponentModel;

namespace Proxima;

/// <summary>How <see cref="Ops.Propagate"/> and <see cref="Ops.Pool"/> make one value of many; of none they make 0.</summary>
public enum Reduce
{
    /// <summary>The sum.</summary>
    Sum,

    /// <summary>The mean.</summary>
    Mean,

    /// <summary>The largest, element by element.</summary>
    Max,

    /// <summary>The smallest, element by element.</summary>
    Min,
}

/// <summary>
/// Nodes and directed edges, in compressed form both ways: the edges that come into each node lie side by side, and those that leave it are listed too, so that
/// what flows along the edges, and its derivative against them, is summed node by node.
/// </summary>
/// <remarks>
/// Edges are kept in the order of their targets (those of one target as they were given). All tensors with an element for each edge have that order:
/// <see cref="Edges"/> says which edge of the list that the graph was made from each is. A graph does not change; its tensors are not to be written.
/// A method takes it as <c>[Shape("n e")] Graph g</c>, which names the numbers of nodes and edges; <c>"n e r"</c> names that of relations too, <c>"n e r b"</c> that of
/// the graphs of a batch, <c>"n e r b p"</c> that of the pairs of a source and a relation which edges have.
/// </remarks>
public sealed class Graph
{
    private Graph(int nodes, ReadOnlySpan<int> sources, ReadOnlySpan<int> targets, ReadOnlySpan<int> types, int relations, ReadOnlySpan<int> members, int graphs)
    {
        (NodeCount, EdgeCount, RelationCount, GraphCount) = (nodes, sources.Length, relations, graphs);
        (Edges, Incoming) = Sorted(targets, nodes);
        (Sources, Targets, Types) = (Picked(sources, Edges), Picked(targets, Edges), types.IsEmpty ? Tensor.Zeros([EdgeCount], DType.Int64) : Picked(types, Edges));
        Places = Tensor.Empty(DType.Int64, EdgeCount);
        Span<long> edges = Edges.AsSpan<long>(), places = Places.AsSpan<long>();
        for (var i = 0; i < edges.Length; i++) places[(int)edges[i]] = i;
        (BySource, Outgoing) = Sorted(Integers(Sources), nodes);
        (ByType, Relations) = Sorted(Integers(Types), relations);
        Membership = Picked(members, null);
        (_, Graphs) = Sorted(members, graphs);
        _pairs = new(() => new(this));
    }

    // ---- making ----

    /// <summary>A graph of edges from sources to targets.</summary>
    /// <param name="nodes">The number of nodes, which are called 0, 1, ...</param>
    /// <param name="edges">The edges; there may be several between two nodes, and from a node to itself.</param>
    /// <exception cref="ArgumentException">An edge ends at no node.</exception>
    public static Graph From(int nodes, params ReadOnlySpan<(int Source, int Target)> edges)
    {
        var (sources, targets) = (new int[edges.Length], new int[edges.Length]);
        for (var i = 0; i < edges.Length; i++) (sources[i], targets[i]) = edges[i];
        return From(nodes, sources, targets);
    }

    /// <summary>A graph of edges from sources to targets, each of which may have a type: the relation that it stands for.</summary>
    /// <param name="nodes">The number of nodes, which are called 0, 1, ...</param>
    /// <param name="sources">Where each edge starts.</param>
    /// <param name="targets">Where each edge ends.</param>
    /// <param name="types">The relation of each edge; nothing where there is one relation only.</param>
    /// <param name="relations">The number of relations.</param>
    /// <exception cref="ArgumentException">An edge ends at no node or has a type that is no relation, or there are not equally many sources, targets and types.</exception>
    public static Graph From(int nodes, ReadOnlySpan<int> sources, ReadOnlySpan<int> targets, ReadOnlySpan<int> types = default, int relations = 1)
    {
        if (nodes < 0) throw new ArgumentException($"Graph: there cannot be {nodes} nodes.");
        if (relations < 0) throw new ArgumentException($"Graph: there cannot be {relations} relations.");
        if (sources.Length != targets.Length) throw new ArgumentException($"Graph: there are {sources.Length} sources and {targets.Length} targets; every edge has one of each.");
        if (types.Length != sources.Length && !types.IsEmpty) throw new ArgumentException($"Graph: there are {sources.Length} edges and {types.Length} types.");
        for (var i = 0; i < sources.Length; i++)
        {
            Check(i, "starts at node", sources[i], nodes, "nodes");
            Check(i, "ends at node", targets[i], nodes, "nodes");
            Check(i, "is of relation", types.IsEmpty ? 0 : types[i], relations, "relations");
        }
        return new(nodes, sources, targets, types, relations, new int[nodes], 1);

        static void Check(int edge, string what, int value, int count, string of)
        {
            if ((uint)value >= (uint)count) throw new ArgumentException($"Graph: edge {edge} {what} {value}, and there are {count} {of}.");
        }
    }

    /// <summary>Graphs beside each other as one: no edge joins them, and <see cref="Membership"/> says to which a node belongs. Nodes and edges are numbered through.</summary>
    /// <param name="graphs">The graphs; those that are batches themselves keep their parts.</param>
    /// <exception cref="ArgumentException">They have different numbers of relations.</exception>
    public static Graph Batch(params ReadOnlySpan<Graph> graphs)
    {
        var (sources, targets, types, members) = (new List<int>(), new List<int>(), new List<int>(), new List<int>());
        var (nodes, parts) = (0, 0);
        foreach (var graph in graphs)
        {
            if (graph.RelationCount != graphs[0].RelationCount)
                throw new ArgumentException($"Graph: a batch of graphs with {graphs[0].RelationCount} and with {graph.RelationCount} relations; they must have equally many.");
            // In the order of their own lists, so that the features of their edges can be put together too.
            foreach (var source in graph.InOrder(graph.Sources)) sources.Add(nodes + source);
            foreach (var target in graph.InOrder(graph.Targets)) targets.Add(nodes + target);
            types.AddRange(graph.InOrder(graph.Types));
            foreach (var member in graph.Membership.AsSpan<long>()) members.Add(parts + (int)member);
            nodes = checked(nodes + graph.NodeCount);
            parts = checked(parts + graph.GraphCount);
        }
        return new(nodes, [.. sources], [.. targets], [.. types], graphs.IsEmpty ? 1 : graphs[0].RelationCount, [.. members], parts);
    }

    /// <summary>The graph whose edges run the other way.</summary>
    public Graph Reversed() => Like(InOrder(Targets), InOrder(Sources), InOrder(Types));

    /// <summary>The graph with a further edge from every node to itself, behind the others in the list.</summary>
    /// <param name="type">The relation of the new edges.</param>
    /// <exception cref="ArgumentException">There is no such relation.</exception>
    public Graph WithLoops(int type = 0)
    {
        if ((uint)type >= (uint)RelationCount) throw new ArgumentException($"Graph: there is no relation {type}; there are {RelationCount}.");
        int[] own = [.. Enumerable.Range(0, NodeCount)];
        return Like([.. InOrder(Sources), .. own], [.. InOrder(Targets), .. own], [.. InOrder(Types), .. Enumerable.Repeat(type, NodeCount)]);
    }

    private Graph Like(int[] sources, int[] targets, int[] types) => new(NodeCount, sources, targets, types, RelationCount, Integers(Membership), GraphCount);

    // ---- reading ----

    /// <summary>The number of nodes.</summary>
    public int NodeCount { get; }

    /// <summary>The number of edges.</summary>
    public int EdgeCount { get; }

    /// <summary>The number of relations; 1 where edges have no types.</summary>
    public int RelationCount { get; }

    /// <summary>The number of graphs that lie beside each other; 1 unless <see cref="Batch"/> made this.</summary>
    public int GraphCount { get; }

    /// <summary>The number of different pairs of a source and a relation: what depends on nothing else of an edge is computed so many times only.</summary>
    public int PairCount => _pairs.Value.Sources.Dim(0);

    /// <summary>Int64 <c>[edges]</c>: where each edge starts.</summary>
    public Tensor Sources { get; }

    /// <summary>Int64 <c>[edges]</c>: where each edge ends, in ascending order.</summary>
    public Tensor Targets { get; }

    /// <summary>Int64 <c>[edges]</c>: which edge of the list that the graph was made from each is: <c>weight[g.Edges]</c> has the order of the graph.</summary>
    public Tensor Edges { get; }

    /// <summary>Int64 <c>[edges]</c>: the relation that each edge stands for.</summary>
    public Tensor Types { get; }

    /// <summary>Int64 <c>[edges]</c>: which pair of a source and a relation each edge has: <c>y[g.Pairs]</c> gives to the edges what y has for the pairs.</summary>
    public Tensor Pairs => _pairs.Value.Pairs;

    /// <summary>Int64 <c>[pairs]</c>: the source of each pair.</summary>
    public Tensor PairSources => _pairs.Value.Sources;

    /// <summary>Int64 <c>[pairs]</c>: the relation of each pair, in ascending order.</summary>
    public Tensor PairTypes => _pairs.Value.Types;

    /// <summary>Int64 <c>[nodes]</c>: to which graph of a batch each node belongs.</summary>
    public Tensor Membership { get; }

    /// <summary>Int64 <c>[nodes 2]</c>: from which edge to before which other the edges come into each node.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Tensor Incoming { get; }

    /// <summary>Int64 <c>[edges]</c>: where each edge of the list is: the inverse of <see cref="Edges"/>.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Tensor Places { get; }

    /// <summary>Int64 <c>[edges]</c>: the edges in the order of their sources.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Tensor BySource { get; }

    /// <summary>Int64 <c>[nodes 2]</c>: the part of <see cref="BySource"/> that leaves each node.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Tensor Outgoing { get; }

    /// <summary>Int64 <c>[edges]</c>: the edges in the order of their types.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Tensor ByType { get; }

    /// <summary>Int64 <c>[relations 2]</c>: the part of <see cref="ByType"/> that is of each relation.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Tensor Relations { get; }

    /// <summary>Int64 <c>[edges]</c>: the edges in the order of their pairs.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Tensor ByPair => _pairs.Value.ByPair;

    /// <summary>Int64 <c>[pairs 2]</c>: the part of <see cref="ByPair"/> that has each pair.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Tensor PairEdges => _pairs.Value.Edges;

    /// <summary>Int64 <c>[pairs]</c>: the pairs in the order of their sources.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Tensor PairsBySource => _pairs.Value.BySource;

    /// <summary>Int64 <c>[nodes 2]</c>: the part of <see cref="PairsBySource"/> that starts at each node.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Tensor PairsOfNodes => _pairs.Value.OfNodes;

    /// <summary>Int64 <c>[relations 2]</c>: from which pair to before which other the pairs of each relation run.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Tensor PairsOfRelations => _pairs.Value.OfRelations;

    /// <summary>Int64 <c>[graphs 2]</c>: from which node to before which other the nodes of each graph run.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Tensor Graphs { get; }

    /// <summary>What there is how many of.</summary>
    public override string ToString() => $"Graph of {NodeCount} nodes and {EdgeCount} edges" + (RelationCount == 1 ? "" : $", {RelationCount} relations") + (GraphCount == 1 ? "" : $", {GraphCount} graphs");

    // ---- pairs ----

    private readonly Lazy<PairTables> _pairs;

    /// <summary>The pairs of a source and a relation, made when they are first asked for: few methods read them.</summary>
    private sealed class PairTables
    {
        public PairTables(Graph graph)
        {
            // By relation and, within a relation, by source: equal pairs lie side by side.
            var (byType, _) = Sorted(Integers(Picked(Integers(graph.Types), graph.BySource)), graph.RelationCount);
            ByPair = Picked(Integers(graph.BySource), byType);
            Pairs = Tensor.Empty(DType.Int64, graph.EdgeCount);
            var (sources, types) = (new List<int>(), new List<int>());
            Span<long> sourceOf = graph.Sources.AsSpan<long>(), typeOf = graph.Types.AsSpan<long>(), pairOf = Pairs.AsSpan<long>();
            foreach (var edge in ByPair.AsSpan<long>())
            {
                var (source, type) = ((int)sourceOf[(int)edge], (int)typeOf[(int)edge]);
                if (sources.Count == 0 || sources[^1] != source || types[^1] != type)
                {
                    sources.Add(source);
                    types.Add(type);
                }
                pairOf[(int)edge] = sources.Count - 1;
            }
            (Sources, Types) = (Picked([.. sources], null), Picked([.. types], null));
            (_, Edges) = Sorted(Integers(Pairs), sources.Count);
            (BySource, OfNodes) = Sorted([.. sources], graph.NodeCount);
            (_, OfRelations) = Sorted([.. types], graph.RelationCount);
        }

        public Tensor Pairs { get; }

        public Tensor Sources { get; }

        public Tensor Types { get; }

        public Tensor ByPair { get; }

        public Tensor Edges { get; }

        public Tensor BySource { get; }

        public Tensor OfNodes { get; }

        public Tensor OfRelations { get; }
    }

    // ---- sorting ----

    /// <summary>The positions of the keys in the order of the keys, equals as they come, and the range of each key: one pass to count, one to place.</summary>
    private static (Tensor Order, Tensor Ranges) Sorted(ReadOnlySpan<int> keys, int count)
    {
        var (order, ranges) = (Tensor.Empty(DType.Int64, keys.Length), Tensor.Zeros([count, 2], DType.Int64));
        Span<long> places = order.AsSpan<long>(), ends = ranges.AsSpan<long>();
        foreach (var key in keys) ends[2 * key + 1]++;
        for (var (key, sum) = (0, 0L); key < count; key++)
        {
            ends[2 * key] = sum;
            sum += ends[2 * key + 1];
            ends[2 * key + 1] = ends[2 * key];
        }
        for (var i = 0; i < keys.Length; i++) places[(int)ends[2 * keys[i] + 1]++] = i;
        return (order, ranges);
    }

    private static Tensor Picked(ReadOnlySpan<int> values, Tensor? order)
    {
        var picked = Tensor.Empty(DType.Int64, values.Length);
        var to = picked.AsSpan<long>();
        for (var i = 0; i < to.Length; i++) to[i] = values[order is null ? i : (int)order.AsSpan<long>()[i]];
        return picked;
    }

    private static int[] Integers(Tensor tensor) => Array.ConvertAll(tensor.ToArray<long>(), value => (int)value);

    /// <summary>What the graph has for each edge, in the order of the list that it was made from.</summary>
    private int[] InOrder(Tensor perEdge)
    {
        var own = perEdge.AsSpan<long>();
        var list = new int[EdgeCount];
        for (var i = 0; i < list.Length; i++) list[i] = (int)own[(int)Places.AsSpan<long>()[i]];
        return list;
    }
}
