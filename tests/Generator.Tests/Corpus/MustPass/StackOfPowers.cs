// Stack makes a new dim.

[Network]
public partial class Net
{
    [return: Shape("b n 3")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Stack([x, x * x, x * x * x], dim: -1);
}
