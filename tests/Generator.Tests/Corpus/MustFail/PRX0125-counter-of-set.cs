// FrankWolfe computes before its iterations what varies with them

using Proxima.Proximal;

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [Parameter("16", Init = 1.0)] public partial Tensor Radii { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Within([Shape("b n")] Tensor x, int k) => Sum(L2Ball.Value(x, Radii[k]));

    [Unroll(Algorithm.FrankWolfe, smooth: nameof(Fit), proximable: nameof(Within), Counter = [|"k"|])]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

using Proxima.Proximal;

[Network]
public partial class Net(int m, int n)
{
    [Parameter("n m")] public partial Tensor A { get; }

    [Parameter("16", Init = 1.0)] public partial Tensor Radii { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

    [return: Shape("")]
    public virtual Tensor Within([Shape("b n")] Tensor x, int k) => Sum(L2Ball.Value(x, Radii[k]));

    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Within), Counter = "k")]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
