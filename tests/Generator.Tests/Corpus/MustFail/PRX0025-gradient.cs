// 'LossGradient' has no body, and no attribute such as [Gradient] that derives one
// A partial method of a network gets its body from a transform.

[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n")] public partial Tensor Weight { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b m")] Tensor x) => Sum(MatMul(x, Weight));

    public virtual partial Gradients [|LossGradient|](Tensor x);
}

// mended by: Add [Gradient(of: nameof(Loss))]

[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n")] public partial Tensor Weight { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b m")] Tensor x) => Sum(MatMul(x, Weight));

    [Gradient(of: nameof(Loss))] public virtual partial Gradients LossGradient(Tensor x);
}
