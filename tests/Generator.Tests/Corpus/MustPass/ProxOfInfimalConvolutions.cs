// Infimal convolutions: Huber's function, the distance from a set, the sum of a set and a ball.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Squares([Shape("b n")] Tensor x) => 0.5 * Sum(Square(x));

    [return: Shape("")]
    public virtual Tensor Sizes([Shape("b n")] Tensor x) => Sum(Abs(x)) / 2;

    [return: Shape("b")]
    [Require("1 <= n")]
    public virtual Tensor Shares([Shape("b n")] Tensor x) => Simplex.Value(x, 1f);

    [return: Shape("b")]
    public virtual Tensor Round([Shape("b n")] Tensor x, [Shape("b 1")] Tensor radius) => L2Ball.Value(x, Exp(radius));

    [Prox(of: nameof(Squares), InfimalConvolution = nameof(Sizes))]
    public virtual partial Tensor Robust(Tensor x, float step);

    [Prox(of: nameof(Shares), InfimalConvolution = nameof(Round))]
    [Require("1 <= n")]
    public virtual partial Tensor Fattened(Tensor x, [Shape("b 1")] Tensor radius, [Shape("b")] Tensor step);

    [Prox(of: nameof(Squares), InfimalConvolution = nameof(Sizes), Conjugate = true)]
    public virtual partial Tensor Dual(Tensor x, float step);
}
