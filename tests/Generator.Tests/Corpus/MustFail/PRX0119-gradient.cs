// there is no gradient of 'Bias' here; there are Scale
// A gradient holds one tensor per parameter that the method uses, under the full names of the parameters: "Weight", "first.Weight".

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Mean(Square(x * Scale));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);

    [return: Shape("n")]
    public virtual Tensor Step([Shape("b n")] Tensor x) => Scale - 0.1f * LossGradient(x).Of("[|Bias|]");
}

// mended:

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
