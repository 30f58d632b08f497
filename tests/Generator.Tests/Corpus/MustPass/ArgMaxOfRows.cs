// Classes from scores.

[Network]
public partial class Net
{
    [return: Shape("b", DType.Int64)]
    public virtual Tensor Forward([Shape("b 10")] Tensor scores) => ArgMax(scores, dim: 1);
}
