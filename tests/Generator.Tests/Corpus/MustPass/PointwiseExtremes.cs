// Minimum and Maximum broadcast like operators.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Minimum(Maximum(x, y), 1) + Maximum(x, 0.1f);
}
