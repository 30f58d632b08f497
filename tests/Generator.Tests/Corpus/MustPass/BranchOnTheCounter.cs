// A branch on a counter picks values.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < 4; k++)
        {
            if (k == 0) x = 2 * x;
            else x = Sin(x);
        }
        return x;
    }
}
