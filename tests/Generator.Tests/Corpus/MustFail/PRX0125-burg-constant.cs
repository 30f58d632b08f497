// no constant is known to which the smooth function is smooth relative to -Σ log x: it is no sum of Poisson, NegativeLog and linear terms of linear maps; give a Step, or Learn one
// Near 0 squares are flat beside -log x, and far out they are steep.

using Proxima.Proximal;

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(NonnegativeOrthant.Value(x));

    [Unroll([|Algorithm.MirrorDescent|], smooth: nameof(Fit), proximable: nameof(Prior), Geometry = Geometry.Burg)]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Poisson.Value(MatMul(x, A), y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(NonnegativeOrthant.Value(x));

    [Unroll(Algorithm.MirrorDescent, smooth: nameof(Fit), proximable: nameof(Prior), Geometry = Geometry.Burg)]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
