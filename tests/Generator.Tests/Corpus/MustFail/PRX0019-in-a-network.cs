// 'Twice' is a [TensorFunction]: it must be static

[Network]
public partial class Net(int n)
{
    [TensorFunction] Tensor [|Twice|](Tensor x) => 2 * x;

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Twice(x);
}

// mended by: Add 'static'

[Network]
public partial class Net(int n)
{
    [TensorFunction] static Tensor Twice(Tensor x) => 2 * x;

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Twice(x);
}
