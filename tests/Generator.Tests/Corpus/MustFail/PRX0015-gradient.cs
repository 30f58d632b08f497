// 'Loss' is declared more than once; a compiled method has one signature

[Network]
public partial class Net(int n)
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Square(x));

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor [|Loss|](Tensor x, int k);
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
