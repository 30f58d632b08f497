// A loop differentiates to a loop.

[Network]
public partial class Net(int n, int steps)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < steps; k++) x = Tanh(MatMul(x, Weight));
        return Mean(Square(x));
    }

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);
}
