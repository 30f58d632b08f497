// 'Sum' is not compiled: mark it [TensorFunction], or use an operation of Ops

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x * Enumerable.Range(0, 3).[|Sum|]();
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x * Sum(Arange(0, 3)).To(DType.Float32);
}
