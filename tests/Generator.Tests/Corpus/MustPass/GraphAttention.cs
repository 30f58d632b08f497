// Attention over the edges of a graph, in heads, and its gradient.

[Network]
public partial class Net(int inputs, int heads, int d)
{
    [Parameter("inputs heads*d")] public partial Tensor Weight { get; }
    [Parameter("heads d")] public partial Tensor Left { get; }
    [Parameter("heads d")] public partial Tensor Right { get; }

    [return: Shape("n heads d")]
    public virtual Tensor Forward([Shape("n e")] Graph g, [Shape("n inputs")] Tensor x)
    {
        var h = Reshape(MatMul(x, Weight), g.NodeCount, heads, d);
        Tensor left = Sum(h * Left, dim: -1), right = Sum(h * Right, dim: -1);
        return Propagate(g, (source, target, edge) => Unsqueeze(SegmentSoftmax(LeakyRelu(left[source] + right[target], 0.2), target, g.NodeCount), 2) * h[source]);
    }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("n e")] Graph graph, [Shape("n inputs")] Tensor x) => Mean(Square(Forward(graph, x)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Graph g, Tensor x);
}
