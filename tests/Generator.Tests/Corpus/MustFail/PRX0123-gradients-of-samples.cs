// PerSample returns Gradients, and [Vmap] of LossGradient gives tensors: 2 values
// Gradients hold one gradient for each parameter; those of a batch are tensors.

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("n")] Tensor x) => Sum(x * Scale);

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);

    [Vmap(of: nameof(LossGradient))]
    public virtual partial [|Gradients|] PerSample(Tensor x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("n")] Tensor x) => Sum(x * Scale);

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);

    [Vmap(of: nameof(LossGradient))]
    public virtual partial (Tensor Value, Tensor Scale) PerSample(Tensor x);
}
