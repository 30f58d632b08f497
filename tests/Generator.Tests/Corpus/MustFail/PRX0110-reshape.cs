// Reshape: x is [b n], which has b*n elements; the new shape is [b 2 n], which has 2*b*n. Did you mean Reshape(x, x.Dim(0), -1, n)?
// Reshape keeps every element: the sizes of the new shape multiply to the number of elements there are.

[Network]
public partial class Net(int {|2:n|})
{
    [return: Shape("b 2 n")]
    public virtual Tensor Forward([Shape("{|1:b|} n")] Tensor x) => [|Reshape(x, x.Dim(0), 2, n)|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b 2 n")]
    public virtual Tensor Forward([Shape("b 2*n")] Tensor x) => Reshape(x, x.Dim(0), 2, n);
}
