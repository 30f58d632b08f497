// no rule gives the proximal operator of Prior: 'x[.., ..1] * Huber.Value(x[.., 1..] / (2 * x[.., ..1]), 1)' is no function of the catalogue of an affine value, and no sum or multiple of such
// The scale in front is the one below.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Prior([Shape("b n+1")] Tensor x) => Sum({|1:x[.., ..1] * Huber.Value(x[.., 1..] / (2 * x[.., ..1]), 1f)|}, dim: 1);

    [Prox(of: nameof([|Prior|]))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Prior([Shape("b n+1")] Tensor x) => Sum(2 * x[.., ..1] * Huber.Value(x[.., 1..] / (2 * x[.., ..1]), 1f), dim: 1);

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}
