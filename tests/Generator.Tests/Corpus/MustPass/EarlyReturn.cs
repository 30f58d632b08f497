// A return inside an if on sizes.

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        if (n == 1) return x;
        var centred = x - Mean(x, dim: 1, keepDim: true);
        return centred;
    }
}
