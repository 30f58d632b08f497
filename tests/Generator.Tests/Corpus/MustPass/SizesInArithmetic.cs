// Sizes are ints.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x * n / (x.Dim(0) + 1) + x.Dim(-1) % 3;
}
