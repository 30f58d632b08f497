// 'Weight' cannot start like this: Init.Identity needs two dimensions, and [2 n n] has 3

[Network]
public partial class Net(int n)
{
    [Parameter("2 n n", Init = [|Init.Identity|])] public partial Tensor Weight { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => MatMul(x, Weight[0]);
}

// mended by: Use Init.Zeros

[Network]
public partial class Net(int n)
{
    [Parameter("2 n n", Init = Init.Zeros)] public partial Tensor Weight { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => MatMul(x, Weight[0]);
}
