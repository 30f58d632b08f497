// A scalar expression for each element.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Map(x, v => v > 1 ? v : v * MathF.Abs(v));
}
