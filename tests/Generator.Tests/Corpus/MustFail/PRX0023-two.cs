// 'Slope' is derived twice; give each transform a method of its own
// A method without a body has one derivation.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Square(x));

    [Gradient(of: nameof(Loss), wrt: "x")]
    [[|Jvp|](of: nameof(Loss))]
    public virtual partial Tensor Slope(Tensor x);
}

// mended by: Remove the second attribute

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Square(x));

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x);
}
