// no rule gives the proximal operator of F □ G: the infimal convolution has no rule: one of both is a multiple of a positively homogeneous function of each element of x, beside functions of each element, or a multiple of L2Norm, or L2Ball, of x, beside a set
// The conjugates are a sum for whose operator there is no rule.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor F([Shape("b n")] Tensor x) => Sum(Huber.Value(x, 0.5f), dim: 1);

    [return: Shape("b")]
    public virtual Tensor G([Shape("b n")] Tensor x) => L2Norm.Value(x);

    [Prox(of: nameof([|F|]), InfimalConvolution = nameof(G))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [return: Shape("b")]
    public virtual Tensor F([Shape("b n")] Tensor x) => L2Ball.Value(x, 0.5f);

    [return: Shape("b")]
    public virtual Tensor G([Shape("b n")] Tensor x) => L2Norm.Value(x);

    [Prox(of: nameof(F), InfimalConvolution = nameof(G))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}
