// no rule gives the proximal operator of Prior: Huber takes the singular values of a matrix, and their weights or parameters differ
// Weights that differ belong to places, and singular values have none.

using Proxima.Proximal;

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b 4 3")] Tensor x, [Shape("3")] Tensor w)
    {
        var (_, s, _) = Svd(x);
        return Sum(Exp(w) * Huber.Value(s, 0.5f));
    }

    [Prox(of: nameof([|Prior|]))]
    public virtual partial Tensor Shrink(Tensor x, Tensor w, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b 4 3")] Tensor x, [Shape("")] Tensor w)
    {
        var (_, s, _) = Svd(x);
        return Sum(Exp(w) * Huber.Value(s, 0.5f));
    }

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, Tensor w, float step);
}
