// Names for sizes: fields, properties and constants.
[Network]
public partial class Net(int n, float slope = 0.25f)
{
    const int Factor = 3;
    readonly int half = n / 2;
    int Hidden => Factor * n;
    readonly Linear up = new(n, Factor * n), down = new(Factor * n, n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var y = up.Forward(x) / Hidden;
        return down.Forward(Where(y > 0, y, slope * y)) * half;
    }

    [return: Shape($"b {nameof(n)}/2")]
    public virtual Tensor FirstHalf([Shape("b n")] Tensor x) => x[.., ..half];
}
