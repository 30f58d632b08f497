// LossGradient keeps 'x' of every iteration: 4*b*n*steps+4*b*n bytes
// Reverse mode walks a loop backwards and reads what each iteration computed, so memory grows with the number of iterations.

[Network]
public partial class Net(int n, int steps)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x)
    {
        [|for|] (var k = 0; k < steps; k++) x = Tanh(MatMul(x, Weight));
        return Sum(x);
    }

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);
}
