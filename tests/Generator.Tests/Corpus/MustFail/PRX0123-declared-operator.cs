// Prox has 1 argument; the operator of Value takes x, the step, then the other arguments of Value
// A declared operator takes the step behind x.

[Network]
public partial class Prior(int n)
{
    [Parameter("n", Init = Init.Zeros)] public partial Tensor Weight { get; }

    [return: Shape("b")]
    public virtual Tensor Value([Shape("b n")] Tensor x) => Sum(Square(x), dim: 1);

    [return: Shape("b n")]
    [ProxRule(of: nameof(Value))]
    public virtual Tensor [|Prox|]([Shape("b n")] Tensor x) => x / (1 + Exp(Weight));
}

[Network]
public partial class Net(int n)
{
    readonly Prior prior = new(n);

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Penalty([Shape("b n")] Tensor x) => Sum(prior.Value(x));

    [Prox(of: nameof(Penalty))]
    public virtual partial Tensor Shrink(Tensor x, float step);
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

    [Prox(of: nameof(Penalty))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
