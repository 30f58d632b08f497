// 'g' is declared [n]; a graph is declared by its numbers of nodes and edges, as [Shape("n e")], then those of relations, of graphs and of pairs, where they have names
// The shape of a graph names how many nodes and edges it has; methods bind and compare these numbers as they do with the dimensions of tensors.

[Network]
public partial class Net(int d)
{
    [return: Shape("n d")]
    public virtual Tensor Forward([Shape([|"n"|])] Graph g, [Shape("n d")] Tensor x) => Propagate(g, (source, target, edge) => x[source]);
}

// mended:

[Network]
public partial class Net(int d)
{
    [return: Shape("n d")]
    public virtual Tensor Forward([Shape("n e")] Graph g, [Shape("n d")] Tensor x) => Propagate(g, (source, target, edge) => x[source]);
}
