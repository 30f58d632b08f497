// Concat along a dimension, Stack along a new one.
[Network]
public partial class Net(int m, int n)
{
    [return: Shape("b m+n")]
    public virtual Tensor Beside([Shape("b m")] Tensor x, [Shape("b n")] Tensor y) => Concat([x, y], dim: 1);

    [return: Shape("2*b n")]
    public virtual Tensor Below([Shape("b n")] Tensor x) => Concat([x, -x]);

    [return: Shape("b 3 n")]
    public virtual Tensor Stacked([Shape("b n")] Tensor x) => Stack([x, 2 * x, 3 * x], dim: 1);
}
