// A parameter may be named.

[Network]
public partial class Net(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Square(MatMul(x, Weight)));

    [Gradient(of: nameof(Loss), wrt: "Weight")]
    public virtual partial Tensor WeightSlope(Tensor x);
}
