// A matrix with its transpose.

[Network]
public partial class Net
{
    [return: Shape("b b")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => MatMul(x, Transpose(x));
}
