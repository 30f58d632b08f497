// Slopes returns 1 value, and [Gradient] of Loss gives 2

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Mean(Square(x * Scale));

    [Gradient(of: nameof(Loss), wrt: "x, Scale")]
    public virtual partial [|Tensor|] Slopes(Tensor x);
}

// mended by: Return (Tensor, Tensor)

[Network]
public partial class Net(int n)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Mean(Square(x * Scale));

    [Gradient(of: nameof(Loss), wrt: "x, Scale")]
    public virtual partial (Tensor, Tensor) Slopes(Tensor x);
}
