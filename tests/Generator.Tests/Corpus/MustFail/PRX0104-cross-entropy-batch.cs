// CrossEntropy: x is [b n], target is [k]; b and k differ, and they must be [b c] and [b]

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("{|1:b|} n")] Tensor x, [Shape("{|2:k|}", DType.Int64)] Tensor target) => [|CrossEntropy(x, target)|];
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b", DType.Int64)] Tensor target) => CrossEntropy(x, target);
}
