// ?
// A transform is a partial virtual method without a body: the attribute says what to derive, the compiler supplies the body, and each target overrides it.

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Mean(Square(x * Scale));

    [Gradient(of: nameof(Loss))]
    public partial Gradients [|LossGradient|](Tensor x);
}

// mended by: Add 'virtual'

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Mean(Square(x * Scale));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);
}
