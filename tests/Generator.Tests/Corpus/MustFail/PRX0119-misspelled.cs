// there is no gradient of 'Scala' here; there are Scale; did you mean 'Scale'?

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Mean(Square(x * Scale));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);

    [return: Shape("n")]
    public virtual Tensor Step([Shape("b n")] Tensor x) => Scale - 0.1f * LossGradient(x).Of("[|Scala|]");
}

// mended by: Change 'Scala' to 'Scale'

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Mean(Square(x * Scale));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);

    [return: Shape("n")]
    public virtual Tensor Step([Shape("b n")] Tensor x) => Scale - 0.1f * LossGradient(x).Of("Scale");
}
