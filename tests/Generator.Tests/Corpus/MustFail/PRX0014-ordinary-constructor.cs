// ?
// Parameters are allocated and children are made from the constructor parameters before the body of an ordinary constructor runs. A primary constructor has its
// parameters from the start.

[Network]
public partial class Net
{
    public [|Net|](int n) { }

    [return: Shape("b c")]
    public virtual Tensor Forward([Shape("b c")] Tensor x) => Relu(x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
}
