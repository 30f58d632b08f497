// Dykstra finds the point of a sum that is nearest to another: the smooth function is half their squared distance, ½|x - y|², and nothing else
// Dykstra starts at the point itself and needs no gradient: what is beside the functions is the distance from it, and nothing else.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n n")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Positive([Shape("b n")] Tensor x) => Sum(NonnegativeOrthant.Value(x));

    [return: Shape("")]
    public virtual Tensor Below([Shape("b n")] Tensor x) => Sum(Halfspace.Value(x, Ones(n), 1));

    [Unroll(Algorithm.Dykstra, smooth: nameof([|Fit|]), proximable: nameof(Positive), Other = nameof(Below))]
    public virtual partial Tensor Nearest(Tensor x, Tensor y);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Positive([Shape("b n")] Tensor x) => Sum(NonnegativeOrthant.Value(x));

    [return: Shape("")]
    public virtual Tensor Below([Shape("b n")] Tensor x) => Sum(Halfspace.Value(x, Ones(n), 1));

    [Unroll(Algorithm.Dykstra, smooth: nameof(Fit), proximable: nameof(Positive), Other = nameof(Below))]
    public virtual partial Tensor Nearest(Tensor x, Tensor y);
}
