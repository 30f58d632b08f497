// no rule gives the proximal operator of Prior: no rule gives the operator of the sum of Absolute and Huber of the same values; a splitting needs that of each alone: Algorithm.DouglasRachford, or Algorithm.DavisYin beside a smooth function
// The operator of a sum does not follow from the operators of its terms, but for some pairs.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x)) + Sum(Huber.Value(x, 0.5f));

    [Prox(of: nameof([|Prior|]))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Huber.Value(x, 0.5f));

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
