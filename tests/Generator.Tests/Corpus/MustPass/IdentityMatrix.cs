// Eye with a size.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => MatMul(x, Eye(n) - Ones(n, n) / n);
}
