using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

public class DslTestsGraph
{
    private static long[] Longs(Tensor tensor) => tensor.ToArray<long>();

    [Fact]
    public void EdgesLieByTheirTargetsAndAreListedByTheirSources()
    {
        var graph = Graph.From(4, (2, 1), (0, 0), (2, 0), (0, 1), (2, 1));
        Assert.Equal((4, 5, 1, 1), (graph.NodeCount, graph.EdgeCount, graph.RelationCount, graph.GraphCount));
        Assert.Equal([0, 0, 1, 1, 1], Longs(graph.Targets));
        Assert.Equal([0, 2, 2, 0, 2], Longs(graph.Sources));
        Assert.Equal([1, 2, 0, 3, 4], Longs(graph.Edges));
        Assert.Equal([2, 0, 1, 3, 4], Longs(graph.Places));
        Assert.Equal([0, 2, 2, 5, 5, 5, 5, 5], Longs(graph.Incoming));
        Assert.Equal([0, 3, 1, 2, 4], Longs(graph.BySource));
        Assert.Equal([0, 2, 2, 2, 2, 5, 5, 5], Longs(graph.Outgoing));
        Assert.Equal([2, 3, 0, 0], Longs(InDegrees(graph)));
        Assert.Equal([2, 0, 3, 0], Longs(OutDegrees(graph)));
        Assert.Equal("Graph of 4 nodes and 5 edges", graph.ToString());
    }

    [Fact]
    public void TypesAreRangesOfEdges()
    {
        var graph = Graph.From(2, [0, 1, 1, 0], [1, 0, 1, 0], [2, 0, 2, 2], relations: 3);
        Assert.Equal([0, 2, 2, 2], Longs(graph.Types));
        Assert.Equal([0, 1, 1, 1, 1, 4], Longs(graph.Relations));
        Assert.Equal([0, 1, 2, 3], Longs(graph.ByType));
    }

    [Fact]
    public void PairsOfASourceAndARelationAreCountedOnce()
    {
        var graph = Graph.From(3, [2, 0, 2, 2, 0], [0, 1, 1, 2, 2], [1, 0, 1, 0, 1], relations: 3);
        Assert.Equal(4, graph.PairCount);
        Assert.Equal([0, 2, 0, 2], Longs(graph.PairSources));
        Assert.Equal([0, 0, 1, 1], Longs(graph.PairTypes));
        Assert.Equal([3, 0, 3, 1, 2], Longs(graph.Pairs));
        Assert.Equal([1, 3, 4, 0, 2], Longs(graph.ByPair));
        Assert.Equal([0, 1, 1, 2, 2, 3, 3, 5], Longs(graph.PairEdges));
        Assert.Equal([0, 2, 1, 3], Longs(graph.PairsBySource));
        Assert.Equal([0, 2, 2, 2, 2, 4], Longs(graph.PairsOfNodes));
        Assert.Equal([0, 2, 2, 4, 4, 4], Longs(graph.PairsOfRelations));
        Assert.Equal(graph.Sources.ToArray<long>(), IndexSelect(graph.PairSources, 0, graph.Pairs).ToArray<long>());
        Assert.Equal(0, Graph.From(2).PairCount);
    }

    [Fact]
    public void BatchesKeepTheirPartsAndTheOrderOfTheirEdges()
    {
        var (first, none, second) = (Graph.From(2, (1, 0), (0, 1), (0, 0)), Graph.From(0), Graph.From(1, (0, 0)));
        var batch = Graph.Batch(first, none, second);
        Assert.Equal((3, 4, 3), (batch.NodeCount, batch.EdgeCount, batch.GraphCount));
        Assert.Equal([0, 0, 2], Longs(batch.Membership));
        Assert.Equal([0, 2, 2, 2, 2, 3], Longs(batch.Graphs));
        Assert.Equal([1, 0, 0, 2], Longs(batch.Sources));
        Assert.Equal([0, 2, 1, 3], Longs(batch.Edges));
        Assert.Equal([3f, 0, 3], Pool(batch, Tensor.From([1f, 2, 3])).ToArray<float>());
        Assert.Equal([2f, 0, 3], Pool(batch, Tensor.From([1f, 2, 3]), Reduce.Max).ToArray<float>());
        Assert.Equal((6, 6), (Graph.Batch(batch, batch).NodeCount, Graph.Batch(batch, batch).GraphCount));
        Assert.Equal((0, 0, 0), (Graph.Batch().NodeCount, Graph.Batch().EdgeCount, Graph.Batch().GraphCount));
    }

    [Fact]
    public void GraphsAreReversedAndGetLoops()
    {
        var graph = Graph.From(3, [0, 1], [1, 2], [1, 0], relations: 2);
        var back = graph.Reversed();
        Assert.Equal([1, 2], Longs(back.Sources));
        Assert.Equal([0, 1], Longs(back.Targets));
        Assert.Equal([1, 0], Longs(back.Types));
        var loops = graph.WithLoops(1);
        Assert.Equal((3, 5), (loops.NodeCount, loops.EdgeCount));
        Assert.Equal([2, 0, 3, 1, 4], Longs(loops.Edges));
        Assert.Equal([1, 1, 1, 0, 1], Longs(loops.Types));
    }

    [Fact]
    public void PropagationIsASumOverTheEdgesOfANode()
    {
        var graph = Graph.From(4, (1, 0), (2, 0), (2, 0), (3, 3));
        var (x, w) = (Tensor.From([1f, 10, 100, 1000]), Tensor.From([1f, 2, 3, 4]));
        Assert.Equal([510f, 0, 0, 4000], Propagate(graph, (source, target, edge) => x[source] * w[edge]).ToArray<float>());
        Assert.Equal([70f, 0, 0, 1000], Propagate(graph, (source, target, edge) => x[source], Reduce.Mean).ToArray<float>());
        Assert.Equal([-10f, 0, 0, -1000], Propagate(graph, (source, target, edge) => -x[source], Reduce.Max).ToArray<float>());
        Assert.Equal([9f, 0, 0, 0], Propagate(graph, (source, target, edge) => x[source] - x[target], Reduce.Min).ToArray<float>());
        Assert.Equal([0, 2], Propagate(Graph.From(0), (source, target, edge) => Tensor.Zeros(0, 2)).Shape.ToArray());
    }

    [Fact]
    public void WhatIsNoGraphIsRefused()
    {
        Assert.Equal("Graph: edge 1 ends at node 3, and there are 3 nodes.", Refused(() => Graph.From(3, (0, 1), (2, 3))));
        Assert.Equal("Graph: edge 0 starts at node -1, and there are 3 nodes.", Refused(() => Graph.From(3, (-1, 1))));
        Assert.Equal("Graph: edge 0 is of relation 2, and there are 2 relations.", Refused(() => Graph.From(1, [0], [0], [2], 2)));
        Assert.Equal("Graph: there are 2 sources and 1 targets; every edge has one of each.", Refused(() => Graph.From(1, [0, 0], [0])));
        Assert.Equal("Graph: there are 1 edges and 2 types.", Refused(() => Graph.From(1, [0], [0], [0, 0])));
        Assert.Equal("Graph: there cannot be -1 nodes.", Refused(() => Graph.From(-1)));
        Assert.Equal("Graph: a batch of graphs with 1 and with 2 relations; they must have equally many.", Refused(() => Graph.Batch(Graph.From(1), Graph.From(1, [], [], relations: 2))));
        Assert.Equal("Graph: there is no relation 1; there are 1.", Refused(() => Graph.From(1).WithLoops(1)));
        Assert.StartsWith("Propagate: the messages are [2]", Refused(() => Propagate(Graph.From(2, (0, 1)), (source, target, edge) => Tensor.Zeros(2))));
        Assert.StartsWith("Pool: x is [3]", Refused(() => Pool(Graph.From(2), Tensor.Zeros(3))));

        static string Refused(Action action) => Assert.Throws<ArgumentException>(action).Message;
    }

    /// <summary>What the build cannot know is refused at entry, in the words of the declaration.</summary>
    [Fact]
    public void CallsWithOtherGraphsAreRefused()
    {
        Corpus.Traversals compiled = new Corpus.Traversals.Cpu();
        Corpus.Relations related = new Corpus.Relations.Cpu(relations: 2, d: 4);
        var graph = Graph.From(3, (0, 1), (1, 2));
        Assert.Equal("x is declared [n d]; its dimension 0 must be n: 2 against 3.", Refused(() => compiled.Attended(graph, Tensor.Zeros(2, 4))));
        Assert.Equal("g is declared [n e relations]; its number of relations must be relations: 1 against 2.", Refused(() => related.Forward(graph, Tensor.Zeros(3, 4))));
        Assert.Equal("g is declared [n e 1 b]; its number of relations must be 1: 2 against 1.", Refused(() => compiled.Pooled(Graph.From(3, [0], [1], [1], 2), Tensor.Zeros(3, 4))));
        Assert.Throws<ArgumentNullException>(() => compiled.Attended(null!, Tensor.Zeros(2, 4)));

        static string Refused(Action action) => Assert.Throws<ArgumentException>(action).Message;
    }

    /// <summary>A graph whose tensors were tampered with may give wrong numbers, but compiled code reads and writes nothing outside.</summary>
    [Fact]
    public void ATamperedGraphIsRefused()
    {
        Corpus.Traversals compiled = new Corpus.Traversals.Cpu();
        var graph = Graph.From(3, (0, 1), (1, 2));
        graph.Incoming.AsSpan<long>()[1] = 1000;
        Assert.Throws<ArgumentException>(() => compiled.Attended(graph, Tensor.Zeros(3, 4)));
        graph = Graph.From(3, (0, 1), (1, 2));
        graph.Sources.AsSpan<long>()[1] = -7;
        Assert.Throws<ArgumentException>(() => compiled.Attended(graph, Tensor.Zeros(3, 4)));
    }
}
