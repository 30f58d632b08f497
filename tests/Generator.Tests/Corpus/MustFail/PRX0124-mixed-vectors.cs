// no rule gives the proximal operator of Prior: L2Norm and L2Norm take different values of the same elements of x, and no rule gives the operator of their sum; a splitting needs that of each alone: Algorithm.DouglasRachford, or Algorithm.DavisYin beside a smooth function

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(L2Norm.Value(x)) + Sum(L2Norm.Value(x[.., 1..]));

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
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(L2Norm.Value(x[.., ..1])) + Sum(L2Norm.Value(x[.., 1..]));

    [Prox(of: nameof(Prior))]
    [Require("1 <= n")]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
