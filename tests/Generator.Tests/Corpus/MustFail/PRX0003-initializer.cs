// 'Bias' must be 'partial Tensor Bias { get; }': the compiler supplies its storage

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public Tensor [|Bias|] { get; } = Tensor.Zeros(3);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x + Bias;
}

// mended by: Make it a partial property

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Bias { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x + Bias;
}
