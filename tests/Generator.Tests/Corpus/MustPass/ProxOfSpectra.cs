// A function of all singular values, or of all eigenvalues, keeps the vectors.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Schatten([Shape("b 4 3")] Tensor x)
    {
        var (_, s, _) = Svd(x);
        return Sum(ThreeHalvesPower.Value(s)) + Sum(Square(x));
    }

    [Prox(of: nameof(Schatten))]
    public virtual partial Tensor OfSchatten(Tensor x, float step);

    [return: Shape("b")]
    public virtual Tensor KyFan([Shape("b 4 3")] Tensor x)
    {
        var (_, s, _) = Svd(x);
        return SumOfLargestMagnitudes.Value(s, 2f);
    }

    [Prox(of: nameof(KyFan))]
    public virtual partial Tensor OfKyFan(Tensor x, [Shape("b")] Tensor step);

    [return: Shape("")]
    public virtual Tensor Margins([Shape("b n n")] Tensor x)
    {
        var (values, _) = Eigh(x);
        return Sum(Hinge.Value(values));
    }

    [Prox(of: nameof(Margins))]
    public virtual partial Tensor OfMargins(Tensor x, float step);
}
