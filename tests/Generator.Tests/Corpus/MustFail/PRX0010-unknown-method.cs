// ?

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Mean(Square(x * Scale));

    [Gradient(of: [|"Lost"|])]
    public virtual partial Gradients LossGradient(Tensor x);
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
}
