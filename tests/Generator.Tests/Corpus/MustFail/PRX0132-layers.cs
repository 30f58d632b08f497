// Multiply: Mean(x, dim: 1) is [b] and Max(x, dim: 1, keepDim: true) is [b 1]; the result is [b b], every b with every b

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("{|1:b|} n")] Tensor x) => Sum(x, dim: 1, keepDim: true)[.., 0] + Sum([|Mean(x, dim: 1) * Max(x, dim: 1, keepDim: true)|], dim: 1);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Sum(x, dim: 1, keepDim: true)[.., 0] + Sum(Mean(x, dim: 1) * Max(x, dim: 1));
}
