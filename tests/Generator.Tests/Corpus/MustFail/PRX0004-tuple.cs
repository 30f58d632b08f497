// ?
// A tuple has one shape per element, in order.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual [|(Tensor, Tensor)|] Forward([Shape("b n")] Tensor x) => (x, Sum(x, dim: 1));
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n"), Shape("b")]
    public virtual (Tensor, Tensor) Forward([Shape("b n")] Tensor x) => (x, Sum(x, dim: 1));
}
