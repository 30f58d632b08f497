// no rule gives the proximal operator of Prior: 'Minimum(Abs(x), Abs(x - 1))' is no function of the catalogue of an affine value, and no sum or multiple of such
// The candidates must be values of the same: then the better of them is the minimiser.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum({|1:Minimum(Abs(x), Abs(x - 1))|});

    [Prox(of: nameof([|Prior|]))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Minimum(Abs(x), Square(x)));

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
