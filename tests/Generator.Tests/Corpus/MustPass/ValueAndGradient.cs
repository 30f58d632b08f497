// The value of the loss comes with its gradient.

[Network]
public partial class Net(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("")]
    public virtual Tensor Twice([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => LossGradient(x, y).Value;

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => MseLoss(MatMul(x, Weight), y);

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor y);
}
