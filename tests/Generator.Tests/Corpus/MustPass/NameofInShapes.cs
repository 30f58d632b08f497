// nameof and interpolation are constants.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b " + nameof(n))] Tensor x) => Relu(x);
}
