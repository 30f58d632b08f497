// no rule gives the proximal operator of Prior: no rule gives the operator of the sum of Simplex and Entropy of the same values; a splitting needs that of each alone: Algorithm.DouglasRachford, or Algorithm.DavisYin beside a smooth function

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Simplex.Value(x, 1f)) + Sum(Entropy.Value(x));

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
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Simplex.Value(x, 1f)) + Sum(x) + Sum(Square(x));

    [Prox(of: nameof(Prior))]
    [Require("1 <= n")]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
