// this as a parameter is not part of the language: name a [Parameter] of this class or of a child

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Bias { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(x * Bias);

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);

    [return: Shape("n")] public virtual Tensor Slope([Shape("b n")] Tensor x, int k) => LossGradient(x).Of([|$"Bias{k}"|]);
}

// mended:

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Bias { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(x * Bias);

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);

    [return: Shape("n")] public virtual Tensor Slope([Shape("b n")] Tensor x) => LossGradient(x).Of(nameof(Bias));
}
