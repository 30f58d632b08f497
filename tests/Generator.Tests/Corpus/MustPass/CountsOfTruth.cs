// Truth values count as integers.

[Network]
public partial class Net
{
    [return: Shape("", DType.Int64)]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Sum(x > 0);
}
