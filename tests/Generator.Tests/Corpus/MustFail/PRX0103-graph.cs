// Step: g is declared [n e 3]; its number of relations is 3 there, and that of g is 2

[Network]
public partial class Net(int d)
{
    [return: Shape("n d")]
    public virtual Tensor Step([Shape({|1:"n e 3"|})] Graph g, [Shape("n d")] Tensor x) => Propagate(g, (source, target, edge) => x[source]);

    [return: Shape("n d")]
    public virtual Tensor Forward([Shape("n e 2")] Graph g, [Shape("n d")] Tensor x) => Step([|g|], x);
}

// mended:

[Network]
public partial class Net(int d)
{
    [return: Shape("n d")]
    public virtual Tensor Step([Shape("n e 3")] Graph g, [Shape("n d")] Tensor x) => Propagate(g, (source, target, edge) => x[source]);

    [return: Shape("n d")]
    public virtual Tensor Forward([Shape("n e 3")] Graph g, [Shape("n d")] Tensor x) => Step(g, x);
}
