// 'Bias' cannot start like this: Init.Bias takes its bound from the weight that is declared just before, of two dimensions or more, and there is none

[Network]
public partial class Net(int n)
{
    [Parameter("n", Init = [|Init.Bias|])] public partial Tensor Bias { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x + Bias;
}

// mended by: Use Init.Zeros

[Network]
public partial class Net(int n)
{
    [Parameter("n", Init = Init.Zeros)] public partial Tensor Bias { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x + Bias;
}
