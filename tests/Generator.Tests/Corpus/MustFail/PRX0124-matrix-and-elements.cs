// no rule gives the proximal operator of Prior: no rule gives the operator of the sum of NuclearNorm and Absolute of the same values; a splitting needs that of each alone: Algorithm.DouglasRachford, or Algorithm.DavisYin beside a smooth function

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n n")] Tensor x) => Sum(NuclearNorm.Value(x)) + Sum({|1:Abs(x)|});

    [Prox(of: nameof([|Prior|]))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n n")] Tensor x) => Sum(NuclearNorm.Value(x)) + Sum(Square(x));

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
