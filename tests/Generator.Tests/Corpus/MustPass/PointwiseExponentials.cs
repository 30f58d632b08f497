// Exponentials, logarithms and roots.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Exp(-x) + Log(1 + Square(x)) + Sqrt(Abs(x)) + Rsqrt(1 + Square(x)) + Reciprocal(2 + Cos(x));
}
