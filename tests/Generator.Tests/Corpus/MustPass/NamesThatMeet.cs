// A method may have the name of its argument, and a size that of another argument.
[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor x([Shape("b n")] Tensor x) => Relu(x);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("y")] Tensor x, [Shape("b n")] Tensor y) => Sum(Square(x)) + Sum(Exp(y));

    [Gradient(of: nameof(Loss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) Slope(Tensor x, Tensor y);
}
