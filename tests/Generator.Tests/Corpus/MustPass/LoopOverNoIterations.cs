// A loop that never runs.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < 0; k++) x = Sin(x);
        return x;
    }
}
