// Leading dims are batches.

[Network]
public partial class Net
{
    [return: Shape("b h n m")]
    public virtual Tensor Forward([Shape("b h n k")] Tensor x, [Shape("b h k m")] Tensor y) => MatMul(x, y);
}
