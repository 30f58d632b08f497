// Nothing in the class mentions the size 'heads'
// A size that no shape, child or body mentions changes nothing.

[Network]
public partial class Net(int n, int [|heads|])
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
