// Prior.Value is known by the operator that it declares, and Ista takes the gradient of the smooth function: it belongs into the proximable one
// A function that is known by the operator that it declares is not looked into, so it has no gradient in a problem.

[Network]
public partial class Prior(int n)
{
    [Parameter("n", Init = Init.Zeros)] public partial Tensor Weight { get; }

    [return: Shape("b")]
    public virtual Tensor Value([Shape("b n")] Tensor x) => Sum(Square(x), dim: 1);

    [return: Shape("b n")]
    [ProxRule(of: nameof(Value))]
    public virtual Tensor Prox([Shape("b n")] Tensor x, [Shape("b")] Tensor step) => x / (1 + Exp(Weight));
}

[Network]
public partial class Net(int n)
{
    readonly Prior prior = new(n);

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => 0.5 * Sum(Square(x - y)) + Sum(prior.Value(x));

    [return: Shape("")]
    public virtual Tensor Penalty([Shape("b n")] Tensor x) => Sum(Abs(x));

    [Unroll(Algorithm.Ista, smooth: nameof([|Fit|]), proximable: nameof(Penalty))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}

// mended:

[Network]
public partial class Prior(int n)
{
    [Parameter("n", Init = Init.Zeros)] public partial Tensor Weight { get; }

    [return: Shape("b")]
    public virtual Tensor Value([Shape("b n")] Tensor x) => Sum(Square(x), dim: 1);

    [return: Shape("b n")]
    [ProxRule(of: nameof(Value))]
    public virtual Tensor Prox([Shape("b n")] Tensor x, [Shape("b")] Tensor step) => x / (1 + Exp(Weight));
}

[Network]
public partial class Net(int n)
{
    readonly Prior prior = new(n);

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Penalty([Shape("b n")] Tensor x) => Sum(prior.Value(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Penalty))]
    public virtual partial Tensor Solve(Tensor x, Tensor y);
}
