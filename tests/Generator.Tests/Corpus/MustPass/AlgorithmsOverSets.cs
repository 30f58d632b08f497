// Algorithms that stay in a set without a projection, by what its entry of the catalogue has.

using Proxima.Proximal;

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [Parameter("8", Init = 0.1)] public partial Tensor Shares { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Fourth([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Square(Square(MatMul(x, A) - y)));

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor InSimplex([Shape("b n")] Tensor x) => Sum(Simplex.Value(x, 1));

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor InBall([Shape("b n")] Tensor x, [Shape("b 1")] Tensor radius) => Sum(L1Ball.Value(x, radius));

    [return: Shape("")]
    public virtual Tensor InOrthant([Shape("b n")] Tensor x) => Sum(NonnegativeOrthant.Value(x));

    [Unroll(Algorithm.FrankWolfe, smooth: nameof(Fit), proximable: nameof(InBall))]
    [Require("1 <= n")]
    public virtual partial Tensor Towards(Tensor x, Tensor y, Tensor radius);

    [Unroll(Algorithm.FrankWolfe, smooth: nameof(Fourth), proximable: nameof(InSimplex))]
    [Require("1 <= n")]
    public virtual partial Tensor Open(Tensor x, Tensor y);

    [Unroll(Algorithm.FrankWolfe, smooth: nameof(Fourth), proximable: nameof(InSimplex), Iterations = 8, Learn = nameof(Shares))]
    [Require("1 <= n")]
    public virtual partial Tensor Learned(Tensor x, Tensor y);

    [Unroll(Algorithm.MirrorDescent, smooth: nameof(Fit), proximable: nameof(InSimplex))]
    [Require("1 <= n")]
    public virtual partial Tensor Mirrored(Tensor x, Tensor y);

    [Unroll(Algorithm.MirrorDescent, smooth: nameof(Fit), proximable: nameof(InOrthant), Step = 0.01)]
    public virtual partial Tensor Multiplied(Tensor x, Tensor y);

    [return: Shape("")]
    public virtual Tensor Distance([Shape("b n")] Tensor x, [Shape("b n")] Tensor point) => 0.5 * Sum(Square(x - point));

    [return: Shape("")]
    public virtual Tensor Below([Shape("b n")] Tensor x, [Shape("n")] Tensor normal) => Sum(Halfspace.Value(x, normal, 1));

    [Unroll(Algorithm.Dykstra, smooth: nameof(Distance), proximable: nameof(InOrthant), Other = $"{nameof(InBall)}, {nameof(Below)}")]
    [Require("1 <= n")]
    public virtual partial Tensor Nearest(Tensor x, Tensor point, Tensor radius, Tensor normal);

    [Unroll(Algorithm.Dykstra, smooth: nameof(Distance), proximable: nameof(InOrthant), Other = nameof(Below), Tolerance = 1e-6)]
    public virtual partial (Tensor X, Tensor Iterations, Tensor Residual) Search(Tensor x, Tensor point, Tensor normal);
}
