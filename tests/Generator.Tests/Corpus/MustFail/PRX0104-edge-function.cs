// Multiply: Relu(x[source]) is [e d] and w[edge] is [e]; d and e differ and neither is a written 1. Did you mean Relu(x[source]) * Unsqueeze(w[edge], -1)?
// Inside of an edge function shapes are checked like anywhere: a vector with a number for each edge does not meet a matrix with a row for each.

[Network]
public partial class Net(int {|1:d|})
{
    [return: Shape("n d")]
    public virtual Tensor Forward([Shape("n {|2:e|}")] Graph g, [Shape("n d")] Tensor x, [Shape("e")] Tensor w)
        => Propagate(g, (source, target, edge) => [|Relu(x[source]) * w[edge]|], Reduce.Mean);
}

// mended:

[Network]
public partial class Net(int d)
{
    [return: Shape("n d")]
    public virtual Tensor Forward([Shape("n e")] Graph g, [Shape("n d")] Tensor x, [Shape("e")] Tensor w)
        => Propagate(g, (source, target, edge) => Relu(x[source]) * Unsqueeze(w[edge], 1), Reduce.Mean);
}
