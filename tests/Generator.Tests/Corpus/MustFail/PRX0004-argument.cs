// ?
// A compiled method says the shape of every tensor that goes in or out: the names in it are bound at entry, and everything in the body is checked against them.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward(Tensor [|x|]) => Relu(x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
}
