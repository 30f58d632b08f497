// 'x' is declared [n b] here and [b n] in Loss; a derived method takes the shapes of its source
// A derived method checks its arguments against the shapes of the method it is derived from. Shapes of its own are not read.

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape({|1:"b n"|})] Tensor x) => Sum(Square(x));

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor Slope([Shape([|"n b"|])] Tensor x);
}

// mended by: Remove [Shape]

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Square(x));

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x);
}
