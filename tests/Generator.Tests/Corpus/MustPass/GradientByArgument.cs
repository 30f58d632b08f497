// The derivative by an argument.

[Network]
public partial class Net(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("")]
    public virtual Tensor Energy([Shape("b n")] Tensor x) => Sum(Softplus(MatMul(x, Weight)));

    [Gradient(of: nameof(Energy), wrt: "x")]
    public virtual partial Tensor Force(Tensor x);
}
