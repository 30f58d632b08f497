// What rearranges elements and computes nothing.
[Network]
public partial class Net(int n, int heads)
{
    [return: Shape("b heads t n")]
    public virtual Tensor Split([Shape("b t heads*n")] Tensor x) => Permute(Reshape(x, x.Dim(0), x.Dim(1), heads, n), 0, 2, 1, 3);

    [return: Shape("b t heads*n")]
    public virtual Tensor Merge([Shape("b heads t n")] Tensor x) => Reshape(Transpose(x, 1, 2), x.Dim(0), x.Dim(2), heads * n);

    [return: Shape("n b")]
    public virtual Tensor Turn([Shape("b n")] Tensor x) => Transpose(x);

    [return: Shape("b 3 n")]
    public virtual Tensor Copies([Shape("b n")] Tensor x) => Expand(Unsqueeze(x, 1), x.Dim(0), 3, n);

    [return: Shape("b")]
    public virtual Tensor Column([Shape("b 1")] Tensor x) => Squeeze(x, -1);

    [return: Shape("b*n")]
    public virtual Tensor Flat([Shape("b n")] Tensor x) => Reshape(x, -1);
}
