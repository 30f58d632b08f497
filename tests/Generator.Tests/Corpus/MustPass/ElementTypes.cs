// Every element type as argument, parameter and result.
[Network]
public partial class Net(int n)
{
    [Parameter("n", DType.Float64)] public partial Tensor Precise { get; }

    [return: Shape("b n", DType.Float64)]
    public virtual Tensor Double([Shape("b n", DType.Float64)] Tensor x) => Exp(x * Precise) + 1;

    [return: Shape("b n", DType.Bool)]
    public virtual Tensor Positive([Shape("b n")] Tensor x) => x > 0;

    [return: Shape("b n", DType.Int64)]
    public virtual Tensor Count([Shape("b n", DType.Int64)] Tensor x, [Shape("b n", DType.Bool)] Tensor mask) => Where(mask, x + 1, 0);

    [return: Shape("b n")]
    public virtual Tensor Single([Shape("b n", DType.Int64)] Tensor x) => x.To(DType.Float32) * 0.5f + Precise.To(DType.Float32);
}
