// 'Zeros' is not compiled: use the operation of Ops; data of the host are arguments or a [Buffer]

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x + Tensor.[|Zeros|](n);
}

// mended by: Use the operation of Ops

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x + Zeros(n);
}
