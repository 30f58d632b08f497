// A body reads gradients by parameter.

[Network]
public partial class Net(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("n n")]
    public virtual Tensor Step([Shape("b n")] Tensor x, [Shape("b n")] Tensor y)
    {
        var g = LossGradient(x, y);
        return Weight - 0.1 * g[Weight];
    }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => MseLoss(MatMul(x, Weight), y);

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor y);
}
