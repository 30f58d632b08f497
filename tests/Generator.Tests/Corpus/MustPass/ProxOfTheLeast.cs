// The least of two functions: the better of their operators.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Truncated([Shape("b n")] Tensor x) => Sum(Minimum(0.5 * Square(x - 1), Abs(x - 1) / 2 + 0.25));

    [Prox(of: nameof(Truncated))]
    public virtual partial Tensor OfTruncated(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Capped([Shape("b n")] Tensor x) => Sum(Minimum(L2Norm.Value(x), 1));

    [Prox(of: nameof(Capped))]
    public virtual partial Tensor OfCapped(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Beside([Shape("b n")] Tensor x) => Sum(Minimum(Logistic.Value(x), 2)) + Sum(Square(x));

    [Prox(of: nameof(Beside))]
    public virtual partial Tensor OfBeside(Tensor x, float step);
}
