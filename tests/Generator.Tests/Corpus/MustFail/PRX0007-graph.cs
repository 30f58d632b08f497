// 'Reversed' is not compiled: make the graph outside, and pass it as an argument

[Network]
public partial class Net(int d)
{
    [return: Shape("n d")]
    public virtual Tensor Forward([Shape("n e")] Graph g, [Shape("n d")] Tensor x) => Propagate(g.[|Reversed|](), (source, target, edge) => x[source]);
}

// mended:

[Network]
public partial class Net(int d)
{
    [return: Shape("n d")]
    public virtual Tensor Forward([Shape("n e")] Graph reversed, [Shape("n d")] Tensor x) => Propagate(reversed, (source, target, edge) => x[source]);
}
