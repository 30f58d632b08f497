// no rule gives the proximal operator of Prior: the operator of the Moreau envelope follows for convex functions only, and Cardinality is not convex

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Cardinality.Value(x));

    [Prox(of: nameof([|Prior|]), Envelope = 0.5)]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x));

    [Prox(of: nameof(Prior), Envelope = 0.5)]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
