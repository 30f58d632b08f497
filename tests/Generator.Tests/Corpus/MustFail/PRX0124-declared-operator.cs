// no rule gives the proximal operator of Penalty: Prior.Value has a proximal operator by its first argument, which is to be affine in x, and its other arguments are to be free of it
// A declared operator is that by the first argument, which is affine in x.

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
    public virtual Tensor Penalty([Shape("b n")] Tensor x) => Sum({|1:prior.Value(Tanh(x))|});

    [Prox(of: nameof([|Penalty|]))]
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
    public virtual Tensor Penalty([Shape("b n")] Tensor x) => Sum(prior.Value(2 * x));

    [Prox(of: nameof(Penalty))]
    public virtual partial Tensor Shrink(Tensor x, float step);
}
