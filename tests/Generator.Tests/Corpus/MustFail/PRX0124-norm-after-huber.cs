// no rule gives the proximal operator of Prior: no rule gives the operator of the sum of L2Norm and Huber of the same values; a splitting needs that of each alone: Algorithm.DouglasRachford, or Algorithm.DavisYin beside a smooth function
// The norm follows functions that are positively homogeneous.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(L2Norm.Value(x)) + Sum(Huber.Value(x, 0.5f));

    [Prox(of: nameof([|Prior|]))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(L2Norm.Value(x)) + Sum(Abs(x));

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
