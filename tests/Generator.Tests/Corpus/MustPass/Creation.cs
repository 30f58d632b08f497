// Tensors made from sizes and numbers.
[Network]
public partial class Net(int n)
{
    [return: Shape("n n")]
    public virtual Tensor Regularized([Shape("n n")] Tensor x) => x + 0.1f * Eye(n);

    [return: Shape("b n")]
    public virtual Tensor Constants([Shape("b n")] Tensor x) => x + Zeros(x.Dim(0), n) + Ones(n) + Full([n], 0.5);

    [return: Shape("n")]
    public virtual Tensor Positions([Shape("n")] Tensor x) => x * Arange(n, DType.Float32) + Arange(1, n + 1);

    [return: Shape("b n")]
    public virtual Tensor Picked([Shape("b", DType.Int64)] Tensor classes) => OneHot(classes, n, DType.Float32);
}
