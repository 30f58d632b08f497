// ?
// Tensors that are concatenated may differ in one dimension only; tensors that are stacked have one shape.

[Network]
public partial class Net(int m, int n)
{
    [return: Shape("b m+n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x, [Shape("b n")] Tensor y) => [|Concat([x, y])|];
}

// mended:

[Network]
public partial class Net(int m, int n)
{
    [return: Shape("b m+n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x, [Shape("b n")] Tensor y) => Concat([x, y], dim: 1);
}
