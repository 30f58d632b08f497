// ?

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Mean(Square(x * Scale));

    [Gradient(of: "[|Loss|]")]
    public virtual partial Gradients LossGradient(Tensor x);
}
