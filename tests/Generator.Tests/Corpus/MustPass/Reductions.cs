// Over one dimension, several, or all.
[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Rows([Shape("b n")] Tensor x) => Sum(x, dim: -1) + Mean(x, dim: 1) + LogSumExp(x, dim: -1);

    [return: Shape("b n")]
    public virtual Tensor Centered([Shape("b n")] Tensor x) =>
        (x - Mean(x, dim: -1, keepDim: true)) * Rsqrt(Variance(x, dim: -1, keepDim: true, correction: 0) + 1e-5);

    [return: Shape("")]
    public virtual Tensor All([Shape("b n")] Tensor x) => Sum(x) + Mean(x) + Sum(x, dims: [0, 1]);

    [return: Shape("b")]
    public virtual Tensor Range([Shape("b 5")] Tensor x) => Max(x, dim: 1) - Min(x, dim: 1);

    [return: Shape("b", DType.Int64)]
    public virtual Tensor Class([Shape("b 10")] Tensor x) => ArgMax(x, dim: -1);
}
