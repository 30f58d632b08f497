// no rule gives the proximal operator of Prior: a perspective is known of convex functions only, and Mcp is not convex
// The perspective of a function that is not convex is not convex, and the root for its scale need not be the only one.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor Prior([Shape("b n+1")] Tensor x) => Sum(x[.., ..1] * Mcp.Value(x[.., 1..] / x[.., ..1], 1f, 3f), dim: 1);

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
