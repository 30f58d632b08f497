// 'x' is named twice
// Each name gives one result.

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("n")] Tensor x, [Shape("n")] Tensor y) => Sum(x * y);

    [Gradient(of: nameof(Loss), wrt: "x, [|x|]")]
    public virtual partial (Tensor, Tensor) Slopes(Tensor x, Tensor y);
}

// mended:

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("n")] Tensor x, [Shape("n")] Tensor y) => Sum(x * y);

    [Gradient(of: nameof(Loss), wrt: "x, y")]
    public virtual partial (Tensor, Tensor) Slopes(Tensor x, Tensor y);
}
