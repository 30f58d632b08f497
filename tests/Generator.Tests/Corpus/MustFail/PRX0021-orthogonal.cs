// 'Bias' cannot start like this: Init.Orthogonal needs two dimensions or more, and [n] has 1
// Initialisers that scale with the fan-in, and those that make matrices, need two dimensions or more. At run time they would throw.

[Network]
public partial class Net(int n)
{
    [Parameter("n", Init = [|Init.Orthogonal|])] public partial Tensor Bias { get; }

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
