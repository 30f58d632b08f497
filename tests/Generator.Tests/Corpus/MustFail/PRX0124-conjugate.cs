// no rule gives the proximal operator of Count: the conjugate determines convex functions only, and Cardinality is not convex

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Count([Shape("n")] Tensor x) => Sum(Cardinality.Value(x));

    [Prox(of: nameof([|Count|]), Conjugate = true)]
    public virtual partial Tensor Dual(Tensor x, float step);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Count([Shape("n")] Tensor x) => Sum(Abs(x));

    [Prox(of: nameof(Count), Conjugate = true)]
    public virtual partial Tensor Dual(Tensor x, float step);
}
