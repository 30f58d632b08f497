// no rule gives the proximal operator of Prior: L2Norm takes a vector together, whose elements have different scales or quadratic terms; a splitting takes these apart: Algorithm.DavisYin
// A function of a vector wants the same quadratic term for all its elements.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Weight { get; }

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(L2Norm.Value(x)) + Sum(Square(Weight * x));

    [Prox(of: nameof([|Prior|]))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Weight { get; }

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(L2Norm.Value(x)) + Sum(Square(2 * x));

    [Prox(of: nameof(Prior))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
