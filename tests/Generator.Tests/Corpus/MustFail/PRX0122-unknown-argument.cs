// ?
// wrt names arguments of the method, or parameters that it uses, separated by commas. They hold floating-point numbers.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Energy([Shape("b n")] Tensor x) => Sum(Square(x));

    [Gradient(of: nameof(Energy), wrt: [|"z"|])]
    public virtual partial Tensor Slope(Tensor x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Energy([Shape("b n")] Tensor x) => Sum(Square(x));

    [Gradient(of: nameof(Energy), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x);
}
