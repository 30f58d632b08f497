// 'Forward' must be virtual: the compiled targets override it

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    internal Tensor [|Forward|]([Shape("b n")] Tensor x) => Relu(x);
}

// mended by: Add 'virtual'

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    internal virtual Tensor Forward([Shape("b n")] Tensor x) => Relu(x);
}
