// Gradients reach the children.

[Network]
public partial class Net(int n)
{
    readonly Linear first = new(n, n);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Mean(Square(first.Forward(x)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);
}
