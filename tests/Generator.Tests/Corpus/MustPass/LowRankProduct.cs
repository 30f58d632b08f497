// Two thin matrices.

[Network]
public partial class Net(int n, int r)
{
    [Parameter("n r")] public partial Tensor Down { get; }
    [Parameter("r n")] public partial Tensor Up { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => MatMul(MatMul(x, Down), Up);
}
