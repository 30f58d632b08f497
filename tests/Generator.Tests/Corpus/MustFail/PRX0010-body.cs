// 'Slope' has a body of its own: declare it partial, without one

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Square(x));

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual Tensor [|Slope|](Tensor x) => 2 * x;
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Square(x));

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x);
}
