// Net has no compiled method 'Lost' to derive from; did you mean 'Loss'?
// A transform derives from a compiled method of the same class.

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Mean(Square(x * Scale));

    [Gradient(of: "[|Lost|]")]
    public virtual partial Gradients LossGradient(Tensor x);
}

// mended by: Change 'Lost' to 'Loss'

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Mean(Square(x * Scale));

    [Gradient(of: "Loss")]
    public virtual partial Gradients LossGradient(Tensor x);
}
