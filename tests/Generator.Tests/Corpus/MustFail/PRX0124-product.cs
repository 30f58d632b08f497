// no rule gives the proximal operator of Prior: 'x * Abs(x)' is no function of the catalogue of an affine value, and no sum or multiple of such

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum({|1:x * Abs(x)|});

    [Prox(of: nameof([|Prior|]))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(CubedAbsolute.Value(x));

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
