using static Proxima.Ops;

namespace Proxima.Examples;

/// <summary>
/// A relational graph convolution (RGCN): what an edge brings is its source times the matrix of its relation, divided by the number of such edges at the target.
/// </summary>
/// <param name="relations">The number of relations.</param>
/// <param name="d">The number of features.</param>
[Network]
public partial class RelationalConvolution(int relations, int d)
{
    /// <summary>A matrix for each relation.</summary>
    [Parameter("relations d d", Init = Init.XavierUniform)] public partial Tensor Weight { get; }

    /// <summary>What a node makes of itself.</summary>
    [Parameter("d d", Init = Init.XavierUniform)] public partial Tensor Own { get; }

    /// <summary>A product for each edge.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="x">The features of the nodes.</param>
    /// <param name="share">For each edge 1 over the number of its kind at its target.</param>
    [return: Shape("n d")]
    public virtual Tensor Plain([Shape("n e relations 1 p")] Graph g, [Shape("n d")] Tensor x, [Shape("e")] Tensor share) =>
        Relu(MatMul(x, Own) + Propagate(g, (source, target, edge) => SegmentMatMul(x[source], Weight, g.Types) * Unsqueeze(share[edge], 1)));

    /// <summary>A product for each pair of a source and a relation. There is no attention, and so nothing else to do at once.</summary>
    [return: Shape("n d")]
    public virtual Tensor Compact([Shape("n e relations 1 p")] Graph g, [Shape("n d")] Tensor x, [Shape("e")] Tensor share)
    {
        var messages = SegmentMatMul(x[g.PairSources], Weight, g.PairTypes);
        return Relu(MatMul(x, Own) + Propagate(g, (source, target, edge) => messages[g.Pairs] * Unsqueeze(share[edge], 1)));
    }

    /// <summary>A loss to differentiate.</summary>
    [return: Shape("")]
    public virtual Tensor PlainLoss([Shape("n e relations 1 p")] Graph g, [Shape("n d")] Tensor x, [Shape("e")] Tensor share, [Shape("n d")] Tensor t) => MseLoss(Plain(g, x, share), t);

    /// <summary>The same of the compact form.</summary>
    [return: Shape("")]
    public virtual Tensor CompactLoss([Shape("n e relations 1 p")] Graph g, [Shape("n d")] Tensor x, [Shape("e")] Tensor share, [Shape("n d")] Tensor t) => MseLoss(Compact(g, x, share), t);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(PlainLoss))]
    public virtual partial Gradients PlainGradient(Graph g, Tensor x, Tensor share, Tensor t);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(CompactLoss))]
    public virtual partial Gradients CompactGradient(Graph g, Tensor x, Tensor share, Tensor t);
}

/// <summary>Relational attention (RGAT): edges compete at their target by a score of both ends, each times the matrix of the relation.</summary>
/// <param name="relations">The number of relations.</param>
/// <param name="d">The number of features.</param>
[Network]
public partial class RelationalAttention(int relations, int d)
{
    /// <summary>A matrix for each relation.</summary>
    [Parameter("relations d d", Init = Init.XavierUniform)] public partial Tensor Weight { get; }

    /// <summary>What the source adds to the score.</summary>
    [Parameter("relations d", Init = Init.Normal)] public partial Tensor Left { get; }

    /// <summary>What the target adds to the score.</summary>
    [Parameter("relations d", Init = Init.Normal)] public partial Tensor Right { get; }

    /// <summary>A product for each end of each edge.</summary>
    [return: Shape("n d")]
    public virtual Tensor Plain([Shape("n e relations 1 p")] Graph g, [Shape("n d")] Tensor x)
    {
        var from = SegmentMatMul(x[g.Sources], Weight, g.Types);
        var to = SegmentMatMul(x[g.Targets], Weight, g.Types);
        return Attend(g, from, Sum(from * Left[g.Types], dim: 1) + Sum(to * Right[g.Types], dim: 1));
    }

    /// <summary>Of the target only the score is needed: (x W) a = x (W a), a product for each relation instead of one for each edge.</summary>
    [return: Shape("n d")]
    public virtual Tensor Fused([Shape("n e relations 1 p")] Graph g, [Shape("n d")] Tensor x)
    {
        var from = SegmentMatMul(x[g.Sources], Weight, g.Types);
        return Attend(g, from, Sum(from * Left[g.Types], dim: 1) + Towards(g, x));
    }

    /// <summary>The rest of the source's, once for each pair of a source and a relation.</summary>
    [return: Shape("n d")]
    public virtual Tensor Compact([Shape("n e relations 1 p")] Graph g, [Shape("n d")] Tensor x)
    {
        var from = SegmentMatMul(x[g.PairSources], Weight, g.PairTypes);
        var score = Sum(from * Left[g.PairTypes], dim: 1);
        var share = SegmentSoftmax(LeakyRelu(score[g.Pairs] + Towards(g, x), 0.2), g.Targets, g.NodeCount);
        return Propagate(g, (source, target, edge) => from[g.Pairs] * Unsqueeze(share, 1));
    }

    private Tensor Towards(Graph g, Tensor x) => Sum(x[g.Targets] * Squeeze(MatMul(Weight, Unsqueeze(Right, 2)), 2)[g.Types], dim: 1);

    private Tensor Attend(Graph g, Tensor messages, Tensor score) =>
        Propagate(g, (source, target, edge) => messages * Unsqueeze(SegmentSoftmax(LeakyRelu(score, 0.2), target, g.NodeCount), 1));

    /// <summary>A loss to differentiate.</summary>
    [return: Shape("")]
    public virtual Tensor PlainLoss([Shape("n e relations 1 p")] Graph g, [Shape("n d")] Tensor x, [Shape("n d")] Tensor t) => MseLoss(Plain(g, x), t);

    /// <summary>The same of the fused form.</summary>
    [return: Shape("")]
    public virtual Tensor FusedLoss([Shape("n e relations 1 p")] Graph g, [Shape("n d")] Tensor x, [Shape("n d")] Tensor t) => MseLoss(Fused(g, x), t);

    /// <summary>The same of the compact form.</summary>
    [return: Shape("")]
    public virtual Tensor CompactLoss([Shape("n e relations 1 p")] Graph g, [Shape("n d")] Tensor x, [Shape("n d")] Tensor t) => MseLoss(Compact(g, x), t);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(PlainLoss))]
    public virtual partial Gradients PlainGradient(Graph g, Tensor x, Tensor t);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(FusedLoss))]
    public virtual partial Gradients FusedGradient(Graph g, Tensor x, Tensor t);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(CompactLoss))]
    public virtual partial Gradients CompactGradient(Graph g, Tensor x, Tensor t);
}

/// <summary>
/// A heterogeneous graph transformer (HGT), with one head: keys, queries and values of nodes by their kind; keys and values change by the relation on their way.
/// </summary>
/// <param name="relations">The number of relations, each of which starts at nodes of one kind.</param>
/// <param name="kinds">The number of kinds of nodes.</param>
/// <param name="d">The number of features.</param>
[Network]
public partial class HeterogeneousTransformer(int relations, int kinds, int d)
{
    /// <summary>Makes keys.</summary>
    [Parameter("kinds d d", Init = Init.XavierUniform)] public partial Tensor Key { get; }

    /// <summary>Makes queries.</summary>
    [Parameter("kinds d d", Init = Init.XavierUniform)] public partial Tensor Query { get; }

    /// <summary>Makes values.</summary>
    [Parameter("kinds d d", Init = Init.XavierUniform)] public partial Tensor Value { get; }

    /// <summary>What a relation makes of keys.</summary>
    [Parameter("relations d d", Init = Init.XavierUniform)] public partial Tensor Attention { get; }

    /// <summary>What a relation makes of values.</summary>
    [Parameter("relations d d", Init = Init.XavierUniform)] public partial Tensor Message { get; }

    /// <summary>How much a relation counts.</summary>
    [Parameter("relations", Init = Init.Ones)] public partial Tensor Prior { get; }

    /// <summary>Keys and values of nodes, and two products for each edge.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="x">The features of the nodes.</param>
    /// <param name="kind">The kind of each node.</param>
    [return: Shape("n d")]
    public virtual Tensor Plain([Shape("n e relations 1 p")] Graph g, [Shape("n d")] Tensor x, [Shape("n", DType.Int64)] Tensor kind)
    {
        Tensor key = SegmentMatMul(x, Key, kind), value = SegmentMatMul(x, Value, kind);
        return Attend(g, x, kind, SegmentMatMul(key[g.Sources], Attention, g.Types), SegmentMatMul(value[g.Sources], Message, g.Types));
    }

    /// <summary>A relation starts at nodes of one kind, so that (x K) A = x (K A): keys and values of nodes are not made at all.</summary>
    /// <param name="g">The graph.</param>
    /// <param name="x">The features of the nodes.</param>
    /// <param name="kind">The kind of each node.</param>
    /// <param name="start">The kind of nodes at which each relation starts.</param>
    [return: Shape("n d")]
    public virtual Tensor Fused([Shape("n e relations 1 p")] Graph g, [Shape("n d")] Tensor x, [Shape("n", DType.Int64)] Tensor kind, [Shape("relations", DType.Int64)] Tensor start) =>
        Attend(g, x, kind, SegmentMatMul(x[g.Sources], MatMul(Key[start], Attention), g.Types), SegmentMatMul(x[g.Sources], MatMul(Value[start], Message), g.Types));

    /// <summary>The same products once for each pair of a source and a relation.</summary>
    [return: Shape("n d")]
    public virtual Tensor Compact([Shape("n e relations 1 p")] Graph g, [Shape("n d")] Tensor x, [Shape("n", DType.Int64)] Tensor kind, [Shape("relations", DType.Int64)] Tensor start)
    {
        var keys = SegmentMatMul(x[g.PairSources], MatMul(Key[start], Attention), g.PairTypes);
        var messages = SegmentMatMul(x[g.PairSources], MatMul(Value[start], Message), g.PairTypes);
        var query = SegmentMatMul(x, Query, kind);
        var share = SegmentSoftmax(1 / MathF.Sqrt(d) * Prior[g.Types] * Sum(keys[g.Pairs] * query[g.Targets], dim: 1), g.Targets, g.NodeCount);
        return Propagate(g, (source, target, edge) => messages[g.Pairs] * Unsqueeze(share, 1));
    }

    private Tensor Attend(Graph g, Tensor x, Tensor kind, Tensor keys, Tensor messages)
    {
        var query = SegmentMatMul(x, Query, kind);
        return Propagate(g, (source, target, edge) => messages * Unsqueeze(SegmentSoftmax(1 / MathF.Sqrt(d) * Prior[g.Types] * Sum(keys * query[target], dim: 1), target, g.NodeCount), 1));
    }

    /// <summary>A loss to differentiate.</summary>
    [return: Shape("")]
    public virtual Tensor PlainLoss([Shape("n e relations 1 p")] Graph g, [Shape("n d")] Tensor x, [Shape("n", DType.Int64)] Tensor kind, [Shape("n d")] Tensor t) => MseLoss(Plain(g, x, kind), t);

    /// <summary>The same of the fused form.</summary>
    [return: Shape("")]
    public virtual Tensor FusedLoss([Shape("n e relations 1 p")] Graph g, [Shape("n d")] Tensor x, [Shape("n", DType.Int64)] Tensor kind, [Shape("relations", DType.Int64)] Tensor start, [Shape("n d")] Tensor t) =>
        MseLoss(Fused(g, x, kind, start), t);

    /// <summary>The same of the compact form.</summary>
    [return: Shape("")]
    public virtual Tensor CompactLoss([Shape("n e relations 1 p")] Graph g, [Shape("n d")] Tensor x, [Shape("n", DType.Int64)] Tensor kind, [Shape("relations", DType.Int64)] Tensor start, [Shape("n d")] Tensor t) =>
        MseLoss(Compact(g, x, kind, start), t);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(PlainLoss))]
    public virtual partial Gradients PlainGradient(Graph g, Tensor x, Tensor kind, Tensor t);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(FusedLoss))]
    public virtual partial Gradients FusedGradient(Graph g, Tensor x, Tensor kind, Tensor start, Tensor t);

    /// <summary>Its gradient.</summary>
    [Gradient(of: nameof(CompactLoss))]
    public virtual partial Gradients CompactGradient(Graph g, Tensor x, Tensor kind, Tensor start, Tensor t);
}

/// <summary>What a framework runs one after the other, relation by relation, each result in memory: the ops of the three models, compiled one by one.</summary>
/// <param name="d">The number of features.</param>
[Network]
public partial class RelationByRelation(int d)
{
    /// <summary>The rows of the edges of a relation.</summary>
    [return: Shape("m d")]
    public virtual Tensor Rows([Shape("n d")] Tensor x, [Shape("m", DType.Int64)] Tensor index) => x[index];

    /// <summary>A dense product.</summary>
    [return: Shape("m d")]
    public virtual Tensor Product([Shape("m d")] Tensor rows, [Shape("d d")] Tensor weight) => MatMul(rows, weight);

    /// <summary>Rows times a vector.</summary>
    [return: Shape("m")]
    public virtual Tensor Scores([Shape("m d")] Tensor rows, [Shape("d")] Tensor vector) => MatMul(rows, vector);

    /// <summary>Rows times rows.</summary>
    [return: Shape("m")]
    public virtual Tensor Pairwise([Shape("m d")] Tensor x, [Shape("m d")] Tensor y) => Sum(x * y, dim: 1);

    /// <summary>The sum of two scores, bent.</summary>
    [return: Shape("m")]
    public virtual Tensor Bent([Shape("m")] Tensor x, [Shape("m")] Tensor y) => LeakyRelu(x + y, 0.2);

    /// <summary>Scores that count.</summary>
    [return: Shape("m")]
    public virtual Tensor Scaled([Shape("m")] Tensor x, [Shape("1")] Tensor prior) => x * prior * (1 / MathF.Sqrt(d));

    /// <summary>The softmax over the edges of each target, of scores in the order of the list of edges.</summary>
    [return: Shape("e")]
    public virtual Tensor Shares([Shape("n e")] Graph g, [Shape("e")] Tensor scores) =>
        SegmentSum(SegmentSoftmax(scores[g.Edges], g.Targets, g.NodeCount), g.Edges, g.EdgeCount);

    /// <summary>Messages times their shares.</summary>
    [return: Shape("e d")]
    public virtual Tensor Weighted([Shape("e d")] Tensor messages, [Shape("e")] Tensor share) => messages * Unsqueeze(share, 1);

    /// <summary>What the edges bring to their targets.</summary>
    [return: Shape("n d")]
    public virtual Tensor Arrive([Shape("n e")] Graph g, [Shape("e d")] Tensor messages) => Propagate(g, (source, target, edge) => messages[edge]);

    /// <summary>What is left of a convolution.</summary>
    [return: Shape("n d")]
    public virtual Tensor Finish([Shape("n d")] Tensor own, [Shape("n d")] Tensor sum) => Relu(own + sum);
}
