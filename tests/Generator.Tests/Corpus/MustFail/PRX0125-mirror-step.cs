// the divergence of NonnegativeOrthant grows slower than squares far out, so that no step follows from the Lipschitz constant of the gradient; give a Step, or Learn one
// Far out a divergence is smaller than any square.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(NonnegativeOrthant.Value(x));

    [Unroll([|Algorithm.MirrorDescent|], smooth: nameof(Fit), proximable: nameof(Prior))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(NonnegativeOrthant.Value(x));

    [Unroll(Algorithm.MirrorDescent, smooth: nameof(Fit), proximable: nameof(Prior), Step = 0.1)]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
