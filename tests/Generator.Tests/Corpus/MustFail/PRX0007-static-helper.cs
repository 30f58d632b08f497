// 'Twice' is not compiled: mark it [TensorFunction], or use an operation of Ops

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => [|Twice|](x);

    public static Tensor Twice(Tensor x) => 2 * x;
}

// mended by: Mark it [TensorFunction]

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Twice(x);

    [TensorFunction] public static Tensor Twice(Tensor x) => 2 * x;
}
