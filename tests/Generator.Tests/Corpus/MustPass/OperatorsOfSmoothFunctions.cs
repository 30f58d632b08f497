// Functions whose operators are roots: of Lambert's equation, of a logistic one, of powers.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Shares([Shape("b n")] Tensor x, [Shape("b n")] Tensor prior) => Sum(RelativeEntropy.Value(x, prior)) + 0.5 * Sum(Square(x));

    [return: Shape("")]
    public virtual Tensor Margins([Shape("b n")] Tensor x) => Sum(Softplus(1 - x)) + Sum(x) / 2;

    [return: Shape("b")]
    public virtual Tensor Growth([Shape("b n")] Tensor x) => Sum(Exp(2 * x), dim: 1);

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Ordered([Shape("b n")] Tensor x, [Shape("n")] Tensor weights) => Sum(SortedL1Norm.Value(x, weights));

    [return: Shape("b")]
    [Require("1 <= n")]
    public virtual Tensor Spectrum([Shape("b n n")] Tensor x) => SpectralNorm.Value(x);

    [Prox(of: nameof(Shares))]
    public virtual partial Tensor OfShares(Tensor x, Tensor prior, float step);

    [Prox(of: nameof(Margins), Envelope = 0.5)]
    public virtual partial Tensor OfMargins(Tensor x, float step);

    [Prox(of: nameof(Growth), Conjugate = true)]
    public virtual partial Tensor OfGrowth(Tensor x, [Shape("b")] Tensor step);

    [Prox(of: nameof(Ordered))]
    [Require("1 <= n")]
    public virtual partial Tensor OfOrdered(Tensor x, Tensor weights, float step);

    [Prox(of: nameof(Spectrum))]
    [Require("1 <= n")]
    public virtual partial Tensor OfSpectrum(Tensor x, [Shape("b")] Tensor step);
}
