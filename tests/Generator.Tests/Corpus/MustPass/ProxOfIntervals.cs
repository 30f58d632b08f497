// A function of each element within an interval, or not negative.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Nonnegative([Shape("b n")] Tensor x) => Sum(Abs(x)) + Sum(NonnegativeOrthant.Value(x));

    [Prox(of: nameof(Nonnegative))]
    public virtual partial Tensor OfNonnegative(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Boxed([Shape("b n")] Tensor x) => Sum(Huber.Value(x, 0.5f)) + Sum(Box.Value(x, -1f, 1f));

    [Prox(of: nameof(Boxed))]
    public virtual partial Tensor OfBoxed(Tensor x, float step);

    [return: Shape("")]
    public virtual Tensor Counts([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Sum(Poisson.Value(x, y)) + Sum(Box.Value(x, 0f, 4f));

    [Prox(of: nameof(Counts))]
    public virtual partial Tensor OfCounts(Tensor x, Tensor y, float step);
}
