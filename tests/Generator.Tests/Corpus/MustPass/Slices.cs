// Indices and ranges, from both ends.
[Network]
public partial class Net(int n)
{
    [return: Shape("n")]
    public virtual Tensor Row([Shape("4 n")] Tensor x) => x[0] + x[^1] + x[2, ..];

    [return: Shape("2 n")]
    public virtual Tensor Rows([Shape("4 n")] Tensor x) => x[1..3] - x[..2];

    [return: Shape("b 2*n")]
    public virtual Tensor Halves([Shape("b 4*n")] Tensor x) => x[.., ..(2 * n)] * x[.., (2 * n)..];

    [return: Shape("b n")]
    public virtual Tensor EverySecond([Shape("b 2*n")] Tensor x) => Slice(x, dim: 1, start: 0, end: 2 * n, step: 2);

    [return: Shape("b 7")]
    public virtual Tensor Differences([Shape("b 8")] Tensor x) => x[.., 1..] - x[.., ..^1];
}
