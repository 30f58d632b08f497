// no rule gives the proximal operator of Prior: the distance has an operator for convex functions only, and Sphere is not convex

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Sphere.Value(x, 1f));

    [Prox(of: nameof([|Prior|]), Distance = true)]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(L2Ball.Value(x, 1f));

    [Prox(of: nameof(Prior), Distance = true)]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
