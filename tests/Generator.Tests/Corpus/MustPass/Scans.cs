// Running values of an associative function, of one tensor and of a pair, and the derivative through them.

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Decay { get; }

    [return: Shape("t n")]
    public virtual Tensor Forward([Shape("t n")] Tensor x) => Scan(Expand(Sigmoid(Decay), x.Dim(0), n), x, (a, b, c, d) => (a * c, b * c + d)).Y;

    [return: Shape("t n")]
    public virtual Tensor Largest([Shape("t n")] Tensor x) => Scan(x, (before, next) => Maximum(before, next), dim: -1);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("t n")] Tensor x) => Mean(Square(Forward(x) - Largest(x)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);
}
