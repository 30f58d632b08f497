// Slices of named sizes.

[Network]
public partial class Net(int n)
{
    [return: Shape("b 2*n")]
    public virtual Tensor Forward([Shape("b 2*n")] Tensor x) => Concat([x[.., n..], x[.., ..n]], dim: 1);
}
