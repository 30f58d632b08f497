// Loops nest.

[Network]
public partial class Net(int steps)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        for (var i = 0; i < 3; i++)
            for (var k = 0; k < steps; k++) x = Tanh(x + i) / (k + 1);
        return x;
    }
}
