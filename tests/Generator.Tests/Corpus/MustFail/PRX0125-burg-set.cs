// the geometry of Burg is that of all positive numbers: it stands for NonnegativeOrthant, and not for Simplex
// A simplex has a geometry of its own.

using Proxima.Proximal;

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Poisson.Value(MatMul(x, A), y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(Simplex.Value(x, 1));

    [Unroll(Algorithm.MirrorDescent, smooth: nameof(Fit), proximable: nameof([|Prior|]), Geometry = Geometry.Burg)]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Poisson.Value(MatMul(x, A), y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(NonnegativeOrthant.Value(x));

    [Unroll(Algorithm.MirrorDescent, smooth: nameof(Fit), proximable: nameof(Prior), Geometry = Geometry.Burg)]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
