// no rule gives the proximal operator of Prior: no rule gives the operator of the sum of TotalVariation and Absolute of the same values; a splitting needs that of each alone: Algorithm.DouglasRachford, or Algorithm.DavisYin beside a smooth function
// What follows total variation treats all elements of a vector alike: else it changes their order.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Weight { get; }

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(TotalVariation.Value(x)) + Sum(Exp(Weight) * {|1:Abs(x)|});

    [Prox(of: nameof([|Prior|]))]
    [Require("1 <= n")]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Weight { get; }

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(TotalVariation.Value(x - Weight)) + Sum(Abs(x - Weight)) / 4;

    [Prox(of: nameof(Prior))]
    [Require("1 <= n")]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
