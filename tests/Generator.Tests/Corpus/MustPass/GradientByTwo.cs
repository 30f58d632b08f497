// One result per name.

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Sum(x * x * y);

    [Gradient(of: nameof(Loss), wrt: "x, y")]
    public virtual partial (Tensor X, Tensor Y) Slopes(Tensor x, Tensor y);
}
