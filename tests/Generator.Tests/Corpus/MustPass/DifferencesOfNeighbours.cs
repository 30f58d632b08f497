// Forward differences along a dim.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n+1")] Tensor x) => x[.., 1..] - x[.., ..n];
}
