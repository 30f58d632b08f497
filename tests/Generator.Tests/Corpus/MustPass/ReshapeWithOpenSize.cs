// One size may follow from the others.

[Network]
public partial class Net(int n)
{
    [return: Shape("b 2 n")]
    public virtual Tensor Forward([Shape("b 2*n")] Tensor x) => Reshape(x, x.Dim(0), 2, -1);
}
