// Propagate: Relu(x) is [n d]; its first dimension must be that of the edges, e
// An edge function gives what each edge brings to its target: a tensor whose first dimension is that of the edges. Read at the ends of the edges with x[source] and x[target].

[Network]
public partial class Net(int d)
{
    [return: Shape("n d")]
    public virtual Tensor Forward([Shape("{|1:n|} {|2:e|}")] Graph g, [Shape("n d")] Tensor x) => Propagate(g, (source, target, edge) => [|Relu(x)|]);
}

// mended:

[Network]
public partial class Net(int d)
{
    [return: Shape("n d")]
    public virtual Tensor Forward([Shape("n e")] Graph g, [Shape("n d")] Tensor x) => Propagate(g, (source, target, edge) => Relu(x[source]));
}
