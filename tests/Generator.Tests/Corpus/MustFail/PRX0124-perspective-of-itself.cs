// no rule gives the proximal operator of Prior: the perspective of Huber has a proximal operator, and its argument is L x + c, where L Lᵀ is not diagonal: elements of the result read the same elements of x; a splitting does without that of the whole: Algorithm.ChambollePock takes the perspective of Huber and the linear map apart
// What is scaled and its scale are different elements of x.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Prior([Shape("b n+1")] Tensor x) => Sum({|1:x[.., ..1] * Huber.Value(x / x[.., ..1], 1f)|}, dim: 1);

    [Prox(of: nameof([|Prior|]))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Prior([Shape("b n+1")] Tensor x) => Sum(x[.., ..1] * Huber.Value(x[.., 1..] / x[.., ..1], 1f), dim: 1);

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}
