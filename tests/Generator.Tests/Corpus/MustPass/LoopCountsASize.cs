// A size may grow by the same amount.

[Network]
public partial class Net
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var weight = 1;
        for (var k = 0; k < 5; k++)
        {
            x = x / weight;
            weight += 2;
        }
        return x;
    }
}
