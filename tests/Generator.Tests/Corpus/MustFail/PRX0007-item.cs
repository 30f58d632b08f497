// 'Item' is not compiled: use the operation of Ops; a body has no access to a tensor's memory

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x * x.[|Item<float>|]();
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x * Mean(x);
}
