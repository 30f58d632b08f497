// A weight for each relation, and a batch of graphs that are read out one by one.

[Network]
public partial class Net(int relations, int d, int layers = 2)
{
    [Parameter("layers relations d d")] public partial Tensor Weight { get; }
    [Parameter("layers d d")] public partial Tensor Own { get; }

    [return: Shape("graphs d")]
    public virtual Tensor Forward([Shape("n e relations graphs")] Graph g, [Shape("n d")] Tensor x)
    {
        for (var k = 0; k < layers; k++)
            x = Relu(MatMul(x, Own[k]) + Propagate(g, (source, target, edge) => Squeeze(MatMul(Unsqueeze(x[source], 1), Weight[k][g.Types]), 1), Reduce.Mean));
        return Pool(g, x, Reduce.Max);
    }
}
