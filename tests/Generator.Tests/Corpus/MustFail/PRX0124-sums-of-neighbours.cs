// no rule gives the proximal operator of Prior: Absolute has a proximal operator, and its argument is L x + c, where L Lᵀ is not diagonal: elements of the result read the same elements of x; a splitting does without that of the whole: Algorithm.ChambollePock takes Absolute and the linear map apart

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs({|1:x[.., 1..] + x[.., ..^1]|}));

    [Prox(of: nameof([|Prior|]))]
    [Require("1 <= n")]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x[.., 1..])) + Sum(Abs(x[.., ..1]));

    [Prox(of: nameof(Prior))]
    [Require("1 <= n")]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
