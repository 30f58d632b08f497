// no rule gives the proximal operator of Prior: no rule gives the operator of the sum of TotalVariation2d and Absolute of the same values; a splitting needs that of each alone: Algorithm.DouglasRachford, or Algorithm.DavisYin beside a smooth function

using Proxima.Proximal;

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b 8 8")] Tensor x) => Sum(TotalVariation2d.Value(x)) + Sum({|1:Abs(x)|});

    [Prox(of: nameof([|Prior|]))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b 8 8")] Tensor x) => Sum(TotalVariationOfLines.Value(x)) + Sum(Abs(x));

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
