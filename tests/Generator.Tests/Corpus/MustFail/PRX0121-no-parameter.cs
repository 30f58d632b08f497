// ?

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Energy([Shape("b n")] Tensor x) => Sum(Square(x));

    [Gradient(of: nameof([|Energy|]))]
    public virtual partial Gradients Slope(Tensor x);
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
