// MirrorDescent steps in a geometry; Ista does not
// Ista steps in that of squares.

using Proxima.Proximal;

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(NonnegativeOrthant.Value(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Geometry = [|Geometry.Burg|])]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(NonnegativeOrthant.Value(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
