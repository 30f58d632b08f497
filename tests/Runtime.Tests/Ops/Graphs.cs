using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Traversals of graphs: with self loops, several edges between two nodes, nodes without edges, relations, batches.</summary>
[Network]
public partial class Traversals
{
    [return: Shape("n d")]
    public virtual Tensor Summed([Shape("n e")] Graph g, [Shape("n d")] Tensor x, [Shape("e")] Tensor weight)
        => Propagate(g, (source, target, edge) => Tanh(x[source] - x[target]) * Unsqueeze(weight[edge], 1));

    [return: Shape("")]
    public virtual Tensor SummedLoss([Shape("n e")] Graph g, [Shape("n d")] Tensor x, [Shape("e")] Tensor weight) => Sum(Square(Summed(g, x, weight)));

    [Gradient(of: nameof(SummedLoss), wrt: "x, weight")]
    public virtual partial (Tensor X, Tensor Weight) SummedGradient(Graph g, Tensor x, Tensor weight);

    [Hvp(of: nameof(SummedLoss), wrt: "x")]
    public virtual partial Tensor SummedHvp(Graph g, Tensor x, Tensor weight, [Takes("n d")] Tensor direction);

    /// <summary>Many signals on one graph.</summary>
    [Vmap(of: nameof(Summed), In = "x")]
    public virtual partial Tensor SummedEach(Graph g, [Takes("k n d")] Tensor x, Tensor weight);

    /// <summary>Attention: weights that sum to 1 over the edges of a node, in a product of the values at the other ends.</summary>
    [return: Shape("n d")]
    public virtual Tensor Attended([Shape("n e")] Graph g, [Shape("n d")] Tensor x)
        => Propagate(g, (source, target, edge) => Unsqueeze(SegmentSoftmax(Sum(x[source] * x[target], dim: 1), target, g.NodeCount), 1) * x[source]);

    [return: Shape("")]
    public virtual Tensor AttendedLoss([Shape("n e")] Graph g, [Shape("n d")] Tensor x, [Shape("n d")] Tensor w) => Sum(Attended(g, x) * w);

    [Gradient(of: nameof(AttendedLoss), wrt: "x")]
    public virtual partial Tensor AttendedGradient(Graph g, Tensor x, Tensor w);

    /// <summary>Extremes and means, of numbers and of rows; the degrees.</summary>
    [return: Shape("n")]
    public virtual Tensor Compared([Shape("n e")] Graph g, [Shape("n")] Tensor x, [Shape("e")] Tensor weight)
        => Propagate(g, (source, target, edge) => x[source] * weight[edge], Reduce.Max) - Propagate(g, (source, target, edge) => x[source] - weight[edge], Reduce.Min)
            + Propagate(g, (source, target, edge) => x[source], Reduce.Mean) * (1 + InDegrees(g) + OutDegrees(g));

    [return: Shape("")]
    public virtual Tensor ComparedLoss([Shape("n e")] Graph g, [Shape("n")] Tensor x, [Shape("e")] Tensor weight, [Shape("n")] Tensor w) => Sum(Compared(g, x, weight) * w);

    [Gradient(of: nameof(ComparedLoss), wrt: "x, weight")]
    public virtual partial (Tensor X, Tensor Weight) ComparedGradient(Graph g, Tensor x, Tensor weight, Tensor w);

    /// <summary>The graphs of a batch, each read out by itself, and what was read given back to its nodes.</summary>
    [return: Shape("n d")]
    public virtual Tensor Pooled([Shape("n e 1 b")] Graph g, [Shape("n d")] Tensor x) => x * Pool(g, x, Reduce.Mean)[g.Membership];

    [return: Shape("")]
    public virtual Tensor PooledLoss([Shape("n e 1 b")] Graph g, [Shape("n d")] Tensor x, [Shape("n d")] Tensor w) => Sum(Pooled(g, x) * w);

    [Gradient(of: nameof(PooledLoss), wrt: "x")]
    public virtual partial Tensor PooledGradient(Graph g, Tensor x, Tensor w);
}

/// <summary>A weight for each relation, and a graph that goes into a loop, a child and a function.</summary>
[Network]
public partial class Relations(int relations, int d, int layers = 2)
{
    readonly Traversals traversals = new();

    [Parameter("layers relations d")] public partial Tensor Scale { get; }

    /// <summary>Int64 stays exact.</summary>
    [return: Shape("n", DType.Int64)]
    public virtual Tensor Counted([Shape("n e relations")] Graph g) => Propagate(g, (source, target, edge) => g.Types + 1);

    [return: Shape("n d")]
    public virtual Tensor Forward([Shape("n e relations")] Graph g, [Shape("n d")] Tensor x)
    {
        var y = x;
        for (var k = 0; k < layers; k++) y = Tanh(Propagate(g, (source, target, edge) => y[source] * Scale[k][g.Types], Reduce.Mean)) + Own(g, x);
        return traversals.Attended(g, y);
    }

    private Tensor Own(Graph g, Tensor x) => Sent(g, x) / (1 + Unsqueeze(OutDegrees(g), 1));

    [TensorFunction]
    public static Tensor Sent([Shape("nodes edges")] Graph g, [Shape("nodes _")] Tensor x) => SegmentSum(x[g.Targets], g.Sources, g.NodeCount);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("n e relations")] Graph g, [Shape("n d")] Tensor x, [Shape("n d")] Tensor w) => Sum(Forward(g, x) * w);

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Graph g, Tensor x, Tensor w);
}

/// <summary>A matrix for each relation: what an edge brings is its source times the matrix of its relation, for each edge or once for each pair of the two.</summary>
[Network]
public partial class RelationMatrices(int relations, int d, int m)
{
    [Parameter("relations d m")] public partial Tensor Weight { get; }

    [return: Shape("n m")]
    public virtual Tensor Each([Shape("n e relations")] Graph g, [Shape("n d")] Tensor x, [Shape("e")] Tensor scale)
        => Propagate(g, (source, target, edge) => Tanh(SegmentMatMul(x[source], Weight, g.Types) * Unsqueeze(scale[edge], 1)));

    [return: Shape("")]
    public virtual Tensor EachLoss([Shape("n e relations")] Graph g, [Shape("n d")] Tensor x, [Shape("e")] Tensor scale) => Sum(Square(Each(g, x, scale)));

    [Gradient(of: nameof(EachLoss))]
    public virtual partial Gradients EachGradient(Graph g, Tensor x, Tensor scale);

    [Gradient(of: nameof(EachLoss), wrt: "x, scale")]
    public virtual partial (Tensor X, Tensor Scale) EachInputs(Graph g, Tensor x, Tensor scale);

    [return: Shape("n m")]
    public virtual Tensor Compact([Shape("n e relations")] Graph g, [Shape("n d")] Tensor x)
    {
        var pairs = SegmentMatMul(x[g.PairSources], Weight, g.PairTypes);
        return Propagate(g, (source, target, edge) => pairs[g.Pairs]) + g.PairCount;
    }

    [return: Shape("")]
    public virtual Tensor CompactLoss([Shape("n e relations")] Graph g, [Shape("n d")] Tensor x) => Sum(Square(Compact(g, x)));

    [Gradient(of: nameof(CompactLoss))]
    public virtual partial Gradients CompactGradient(Graph g, Tensor x);
}
