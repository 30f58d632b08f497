// no rule gives the proximal operator of Prior: 'return Relu(1 - x)' is no function of the catalogue of an affine value, and no sum or multiple of such
// Along a vector moves what is the same for a number and its negative: it stays on its side of 0.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Hinge.Value(L2Norm.Value(x)));

    [Prox(of: nameof([|Prior|]))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Insensitive.Value(L2Norm.Value(x), 0.5f));

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
