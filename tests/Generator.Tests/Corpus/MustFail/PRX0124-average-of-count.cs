// no rule gives the proximal operator of Prior: a proximal average is one of convex functions only, and Cardinality is not convex

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Cardinality.Value(x)) + Sum(L2Norm.Value(x));

    [Prox(of: nameof([|Prior|]), Average = true)]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x)) + Sum(L2Norm.Value(x));

    [Prox(of: nameof(Prior), Average = true)]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
