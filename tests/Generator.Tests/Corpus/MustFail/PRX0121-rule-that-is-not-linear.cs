// ClipGradient is not linear in the gradient that it is given, so it has no forward mode; the reverse mode ([Gradient]) uses it as it is

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Clip([Shape("b n")] Tensor x) => 1 * x;

    [CustomGradient(of: nameof(Clip))]
    Tensor ClipGradient(Tensor x, Tensor gradient) => Clamp(gradient, -1, 1);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Square(Clip(x)));

    [Jvp(of: nameof([|Loss|]))]
    public virtual partial (Tensor, Tensor) LossChange(Tensor x, Tensor dx);
}

// mended:

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Clip([Shape("b n")] Tensor x) => 1 * x;

    [CustomGradient(of: nameof(Clip))]
    Tensor ClipGradient(Tensor x, Tensor gradient) => Clamp(gradient, -1, 1);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Square(Clip(x)));

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor LossGradient(Tensor x);
}
