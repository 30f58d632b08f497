// Weights from distances, then an average.

[Network]
public partial class Net
{
    [return: Shape("b m")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("k n")] Tensor at, [Shape("k m")] Tensor values) => MatMul(Softmax(-Sum(Square(Unsqueeze(x, 1) - at), dim: -1)), values);
}
