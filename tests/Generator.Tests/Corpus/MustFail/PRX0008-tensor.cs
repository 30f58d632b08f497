// 'bias' is Tensor; the constructor of a network takes int, float, double and bool

[Network]
public partial class Net(int n, Tensor [|bias|])
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x + bias;
}

// mended:

[Network]
public partial class Net(int n)
{
    [Buffer("n")] public partial Tensor Bias { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x + Bias;
}
