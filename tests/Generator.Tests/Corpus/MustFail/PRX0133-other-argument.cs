// Loss does not change with 'y', so the derivative is zero everywhere

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor {|1:Loss|}([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Sum(Square(x));

    [Gradient(of: nameof(Loss), wrt: "[|y|]")]
    public virtual partial Tensor Slope(Tensor x, Tensor y);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Sum(Square(x - y));

    [Gradient(of: nameof(Loss), wrt: "y")]
    public virtual partial Tensor Slope(Tensor x, Tensor y);
}
