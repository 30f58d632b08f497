// ?
// A network is one program per declaration: its sizes are constructor parameters and its element types are written in the shapes.

[Network]
public partial class [|Net|]<T>(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
}
