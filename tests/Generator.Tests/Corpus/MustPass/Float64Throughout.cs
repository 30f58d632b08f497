// Another element type everywhere.

[Network]
public partial class Net(int n)
{
    [Parameter("n n", DType.Float64)] public partial Tensor Weight { get; }

    [return: Shape("b n", DType.Float64)]
    public virtual Tensor Forward([Shape("b n", DType.Float64)] Tensor x) => MatMul(x, Weight);
}
