// 'Loss' is a method with shapes, and 'Net' is no network: mark the class [Network]

public partial class {|1:Net|}
{
    [return: Shape("")]
    public virtual Tensor [|Loss|]([Shape("b n")] Tensor x) => Sum(Square(x));

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x);
}

// mended by: Add [Network]

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Square(x));

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x);
}
