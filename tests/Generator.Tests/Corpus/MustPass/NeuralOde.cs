// Runge-Kutta with a fixed number of steps.

[Network]
public partial class Net(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        const float Step = 0.1f;
        for (var k = 0; k < 10; k++)
        {
            var a = Slope(x);
            var b = Slope(x + Step / 2 * a);
            x = x + Step * b;
        }
        return x;
    }

    Tensor Slope(Tensor x) => Tanh(MatMul(x, Weight));
}
