// Constant and computed exponents.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Pow(x, 2) + Pow(Abs(x), 0.5) + Pow(Abs(x), y);
}
