// Classes as vectors.

[Network]
public partial class Net
{
    [return: Shape("b 10")]
    public virtual Tensor Forward([Shape("b", DType.Int64)] Tensor classes) => OneHot(classes, 10, DType.Float32);
}
