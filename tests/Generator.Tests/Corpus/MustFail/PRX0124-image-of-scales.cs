// no rule gives the proximal operator of Map ▷ Prior: L2Norm takes a vector together, whose elements have different scales or quadratic terms; a splitting takes these apart: Algorithm.DavisYin
// A function of vectors wants the same scale for all of their elements.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n n", Init = Init.Orthogonal)] public partial Tensor A { get; }

    [return: Shape("b")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => L2Norm.Value(x);

    [return: Shape("b n")]
    public virtual Tensor Map([Shape("b n")] Tensor x) => x * Exp(A[0]);

    [Prox(of: nameof([|Prior|]), Image = nameof(Map))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n n", Init = Init.Orthogonal)] public partial Tensor A { get; }

    [return: Shape("b")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Abs(x), dim: 1);

    [return: Shape("b n")]
    public virtual Tensor Map([Shape("b n")] Tensor x) => x * Exp(A[0]);

    [Prox(of: nameof(Prior), Image = nameof(Map))]
    public virtual partial Tensor Shrink(Tensor x, [Shape("b")] Tensor step);
}
