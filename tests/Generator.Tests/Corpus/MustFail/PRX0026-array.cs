// 'Forward' declares shapes and is not compiled: it returns Tensor[], and a compiled method returns Tensor or a tuple of tensors

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual [|Tensor[]|] Forward([Shape("b n")] Tensor x) => [x, x];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n"), Shape("b n")]
    public virtual (Tensor, Tensor) Forward([Shape("b n")] Tensor x) => (x, x);
}
