// Division and functions give floating point.

[Network]
public partial class Net
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b", DType.Int64)] Tensor x) => x / 2 + Sqrt(x);
}
