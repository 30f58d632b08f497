// Absolute has a proximal operator, and its argument is L x + c, where L Lᵀ is not diagonal: elements of the result read the same elements of x; a splitting does without that of the whole: Algorithm.ChambollePock takes Absolute and the linear map apart
// A function of a linear map has no operator by rule, and Chambolle-Pock needs none.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Near([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    [Require("2 <= n")]
    public virtual Tensor Variation([Shape("n")] Tensor x) => Sum(Abs(x[2..] - x[..^2]));

    [Unroll(Algorithm.Fista, smooth: nameof(Near), proximable: nameof([|Variation|]))]
    [Require("2 <= n")]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Near([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    [Require("2 <= n")]
    public virtual Tensor Variation([Shape("n")] Tensor x) => Sum(Abs(x[2..] - x[..^2]));

    [Unroll(Algorithm.ChambollePock, smooth: nameof(Near), proximable: nameof(Variation))]
    [Require("2 <= n")]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
