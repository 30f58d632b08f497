// A vector is a row on the left, a column on the right.

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Forward([Shape("n")] Tensor x, [Shape("n m")] Tensor a, [Shape("m")] Tensor y) => MatMul(MatMul(x, a), y);
}
