// no rule gives the proximal operator of Prior: Absolute and L2Norm take different values of the same elements of x, and no rule gives the operator of their sum; a splitting needs that of each alone: Algorithm.DouglasRachford, or Algorithm.DavisYin beside a smooth function

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    [Require("4 <= n")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x[.., ..3])) + Sum(L2Norm.Value(x[.., 2..]));

    [Prox(of: nameof([|Prior|]))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    [Require("4 <= n")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x[.., ..3])) + Sum(L2Norm.Value(x[.., 3..]));

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
