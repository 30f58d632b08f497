// Arange gives integers, To converts.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x * Arange(n).To(DType.Float32);
}
