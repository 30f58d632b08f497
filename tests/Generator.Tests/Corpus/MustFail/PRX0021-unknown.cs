// 'Bias' cannot start like this: there is no initialiser 'Ons'; did you mean 'Ones'?

[Network]
public partial class Net(int n)
{
    [Parameter("n", Init = [|"Ons"|])] public partial Tensor Bias { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x + Bias;
}

// mended by: Use Init.Ones

[Network]
public partial class Net(int n)
{
    [Parameter("n", Init = Init.Ones)] public partial Tensor Bias { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x + Bias;
}
