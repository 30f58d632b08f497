// ?
// Reshape keeps every element: the sizes of the new shape multiply to the number of elements there are.

[Network]
public partial class Net(int n)
{
    [return: Shape("b 2 n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => [|Reshape(x, x.Dim(0), 2, n)|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b 2 n")]
    public virtual Tensor Forward([Shape("b 2*n")] Tensor x) => Reshape(x, x.Dim(0), 2, n);
}
