// no rule gives the proximal operator of Prior: Simplex takes a vector together, whose elements have different scales or quadratic terms; a splitting takes these apart: Algorithm.DavisYin
// The nearest point of a set of vectors is another one where distances count differently in different directions.

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Weight { get; }

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Simplex.Value(x, 1f)) + Sum(Square(Weight * x));

    [Prox(of: nameof([|Prior|]))]
    [Require("1 <= n")]
    public virtual partial Tensor Shrink(Tensor x, float step);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Weight { get; }

    [return: Shape("")]
    [Require("1 <= n")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Simplex.Value(x, 1f)) + Sum(Square(2 * x - Weight));

    [Prox(of: nameof(Prior))]
    [Require("1 <= n")]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
