// Children that differ are written out one by one.
[Network]
public partial class Net(int m, int n)
{
    readonly Linear[] layers = [new(m, 2 * m), new(2 * m, n), new(n, n)];

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x)
    {
        foreach (var layer in layers) x = Relu(layer.Forward(x));
        return x;
    }
}
