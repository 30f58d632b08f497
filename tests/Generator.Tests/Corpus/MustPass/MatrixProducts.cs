// Matrices, vectors and batches of both.
[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n")] public partial Tensor Weight { get; }
    [Parameter("n")] public partial Tensor Direction { get; }

    [return: Shape("b n")]
    public virtual Tensor Matrix([Shape("b m")] Tensor x) => MatMul(x, Weight);

    [return: Shape("b")]
    public virtual Tensor Vector([Shape("b n")] Tensor x) => MatMul(x, Direction);

    [return: Shape("")]
    public virtual Tensor Dot([Shape("n")] Tensor x) => MatMul(x, Direction);

    [return: Shape("b h t s")]
    public virtual Tensor Batched([Shape("b h t d")] Tensor q, [Shape("b h s d")] Tensor k) => MatMul(q, Transpose(k));

    [return: Shape("b t n")]
    public virtual Tensor Leading([Shape("b t m")] Tensor x) => MatMul(x, Weight);
}
