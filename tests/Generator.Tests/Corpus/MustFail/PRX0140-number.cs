// Propagate: 1 is one number; its first dimension must be that of the edges, e

[Network]
public partial class Net
{
    [return: Shape("n")]
    public virtual Tensor Forward([Shape("n {|1:e|}")] Graph g) => Propagate(g, (source, target, edge) => [|1|]);
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("n", DType.Int64)]
    public virtual Tensor Forward([Shape("n e")] Graph g) => InDegrees(g);
}
