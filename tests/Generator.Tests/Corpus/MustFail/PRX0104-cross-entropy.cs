// CrossEntropy: x is [b n], target is [b n]; they must be [b c] and [b]

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b n", DType.Int64)] Tensor target) => [|CrossEntropy(x, target)|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b", DType.Int64)] Tensor target) => CrossEntropy(x, target);
}
