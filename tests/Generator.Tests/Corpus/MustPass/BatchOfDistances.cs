// All pairs of distances.

[Network]
public partial class Net
{
    [return: Shape("b k")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("k n")] Tensor centres) => Sum(Square(Unsqueeze(x, 1) - centres), dim: -1);
}
