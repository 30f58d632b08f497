// ?
// A gradient is that of one number. What is to be minimised is reduced first, with Sum or Mean.

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape({|1:"b n"|})]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x * Scale;

    [Gradient(of: nameof([|Forward|]))]
    public virtual partial Gradients ForwardGradient(Tensor x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(x * Scale);

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);
}
