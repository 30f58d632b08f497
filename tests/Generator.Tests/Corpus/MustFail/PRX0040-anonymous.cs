// 'g' is declared [n _]; a graph is declared by its numbers of nodes and edges, as [Shape("n e")], then those of relations, of graphs and of pairs, where they have names

[Network]
public partial class Net(int d)
{
    [return: Shape("n d")]
    public virtual Tensor Forward([Shape([|"n _"|])] Graph g, [Shape("n d")] Tensor x) => Propagate(g, (source, target, edge) => x[source]);
}

// mended:

[Network]
public partial class Net(int d)
{
    [return: Shape("n d")]
    public virtual Tensor Forward([Shape("n e")] Graph g, [Shape("n d")] Tensor x) => Propagate(g, (source, target, edge) => x[source]);
}
