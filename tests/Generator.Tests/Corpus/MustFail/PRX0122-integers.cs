// ?

[Network]
public partial class Net(int n, int k)
{
    [Parameter("n k")] public partial Tensor Weight { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b", DType.Int64)] Tensor target) => CrossEntropy(MatMul(x, Weight), target);

    [Gradient(of: nameof(Loss), wrt: [|"target"|])]
    public virtual partial Tensor Slope(Tensor x, Tensor target);
}

// mended:

[Network]
public partial class Net(int n, int k)
{
    [Parameter("n k")] public partial Tensor Weight { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b", DType.Int64)] Tensor target) => CrossEntropy(MatMul(x, Weight), target);

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x, Tensor target);
}
