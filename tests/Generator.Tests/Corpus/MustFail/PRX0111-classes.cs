// ?

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b")] Tensor target) => CrossEntropy(x, [|target|]);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b", DType.Int64)] Tensor target) => CrossEntropy(x, target);
}
