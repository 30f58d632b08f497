// 'Forward' must be virtual: the compiled targets override it

[Network]
public partial class Net(int n)
{
    [return: Shape("b n"), Shape("b n")]
    public (Tensor, Tensor) [|Forward|]([Shape("b n")] Tensor x) => (x, Relu(x));
}

// mended by: Add 'virtual'

[Network]
public partial class Net(int n)
{
    [return: Shape("b n"), Shape("b n")]
    public virtual (Tensor, Tensor) Forward([Shape("b n")] Tensor x) => (x, Relu(x));
}
