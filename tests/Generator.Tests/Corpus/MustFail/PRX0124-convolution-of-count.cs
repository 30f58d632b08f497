// no rule gives the proximal operator of F □ G: an infimal convolution is known of convex functions only, and Cardinality is not convex

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor F([Shape("b n")] Tensor x) => Sum(Cardinality.Value(x), dim: 1);

    [return: Shape("b")]
    public virtual Tensor G([Shape("b n")] Tensor x) => Sum(Abs(x), dim: 1);

    [Prox(of: nameof([|F|]), InfimalConvolution = nameof(G))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor F([Shape("b n")] Tensor x) => Sum(Exponential.Value(x), dim: 1);

    [return: Shape("b")]
    public virtual Tensor G([Shape("b n")] Tensor x) => Sum(Abs(x), dim: 1);

    [Prox(of: nameof(F), InfimalConvolution = nameof(G))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}
