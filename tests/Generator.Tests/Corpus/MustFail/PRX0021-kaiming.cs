// 'Bias' cannot start like this: Init.KaimingUniform needs two dimensions or more, and [n] has 1

[Network]
public partial class Net(int n)
{
    [Parameter("n", Init = [|Init.KaimingUniform|])] public partial Tensor Bias { get; }

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
