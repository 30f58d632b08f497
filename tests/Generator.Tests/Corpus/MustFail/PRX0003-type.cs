// 'Bias' must be 'partial Tensor Bias { get; }': the compiler supplies its storage

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial float[] [|Bias|] { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Bias { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x + Bias);
}
