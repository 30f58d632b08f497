// no rule gives the proximal operator of Prior: the perspective of Box is the indicator of the cone over a set, and no rule gives the projection onto that; a cone of the catalogue does, or a splitting needs that of each alone: Algorithm.DouglasRachford, or Algorithm.DavisYin beside a smooth function
// The perspective of a set is the cone over it, which has a projection of its own.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Prior([Shape("b n+1")] Tensor x) => Sum(x[.., ..1] * Box.Value(x[.., 1..] / x[.., ..1], -1f, 1f), dim: 1);

    [Prox(of: nameof([|Prior|]))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Prior([Shape("b n+1")] Tensor x) => SecondOrderCone.Value(x);

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}
