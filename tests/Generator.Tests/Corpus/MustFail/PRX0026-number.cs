// 'Forward' declares shapes and is not compiled: it returns float, and a compiled method returns Tensor or a tuple of tensors

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual [|float|] Forward([Shape("b n")] Tensor x) => (float)Sum(x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Sum(x);
}
