// Add: MatMul(x, Weight) is [b n] and Bias is [m]; n and m differ and neither is a written 1

[Network]
public partial class Net(int {|2:m|}, int {|1:n|})
{
    [Parameter("m n")] public partial Tensor Weight { get; }
    [Parameter("m")] public partial Tensor Bias { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x) => [|MatMul(x, Weight) + Bias|];
}

// mended:

[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n")] public partial Tensor Weight { get; }
    [Parameter("n")] public partial Tensor Bias { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x) => MatMul(x, Weight) + Bias;
}
