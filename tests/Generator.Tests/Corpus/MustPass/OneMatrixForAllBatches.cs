// A matrix broadcasts over batches.

[Network]
public partial class Net(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("b t n")]
    public virtual Tensor Forward([Shape("b t n")] Tensor x) => MatMul(x, Weight);
}
