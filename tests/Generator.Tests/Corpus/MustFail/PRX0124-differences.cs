// no rule gives the proximal operator of Variation: Absolute has a proximal operator, and its argument is L x + c, where L Lᵀ is not diagonal: elements of the result read the same elements of x; a splitting does without that of the whole: Algorithm.ChambollePock takes Absolute and the linear map apart

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    [Require("2 <= n")]
    public virtual Tensor Variation([Shape("n")] Tensor x) => Sum(Abs({|1:x[2..] - x[..^2]|}));

    [Prox(of: nameof([|Variation|]))]
    public virtual partial Tensor Smooth(Tensor x, float step);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Variation([Shape("n")] Tensor difference) => Sum(Abs(difference));

    [Prox(of: nameof(Variation))]
    public virtual partial Tensor Smooth(Tensor x, float step);
}
