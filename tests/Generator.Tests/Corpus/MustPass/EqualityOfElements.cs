// Equal and NotEqual compare elements.

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Forward([Shape("b", DType.Int64)] Tensor x, [Shape("b", DType.Int64)] Tensor y) => Mean(Where(Equal(x, y), 1f, 0f));
}
