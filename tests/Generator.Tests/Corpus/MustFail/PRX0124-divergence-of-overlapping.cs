// no rule gives the proximal operator of Prior: KullbackLeibler and KullbackLeibler take different values of the same elements of x, and no rule gives the operator of their sum; a splitting needs that of each alone: Algorithm.DouglasRachford, or Algorithm.DavisYin beside a smooth function
// The same element stands in two pairs.

using Proxima.Proximal;

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b 4")] Tensor x) => Sum(KullbackLeibler.Value(x[.., ..2])) + Sum(KullbackLeibler.Value(x[.., 1..3]));

    [Prox(of: nameof([|Prior|]))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b 4")] Tensor x) => Sum(KullbackLeibler.Value(x[.., ..2])) + Sum(KullbackLeibler.Value(x[.., 2..]));

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
