// ?

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Mean(Square(x * Scale));

    [Gradient(of: nameof(Loss), wrt: "x, Scale")]
    public virtual partial [|Tensor|] Slopes(Tensor x);
}

// mended:

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Mean(Square(x * Scale));

    [Gradient(of: nameof(Loss), wrt: "x, Scale")]
    public virtual partial (Tensor, Tensor) Slopes(Tensor x);
}
