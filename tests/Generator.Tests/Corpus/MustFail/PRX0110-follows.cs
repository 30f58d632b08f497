// Reshape: x is [b 4*n], which has 4*b*n elements; the new shape is [b 2 n], which has 2*b*n

[Network]
public partial class Net(int {|2:n|})
{
    [return: Shape("b 2 2*n")]
    public virtual Tensor Forward([Shape("{|1:b|} 4*n")] Tensor x) => [|Reshape(x, x.Dim(0), 2, n)|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b 2 2*n")]
    public virtual Tensor Forward([Shape("b 4*n")] Tensor x) => Reshape(x, x.Dim(0), 2, 2 * n);
}
