// ?
// The constructor of a network takes its sizes and settings: int, float, double and bool. They are known by name everywhere in the class, and every target has the same constructor.

[Network]
public partial class Net(int n, string [|name|])
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
