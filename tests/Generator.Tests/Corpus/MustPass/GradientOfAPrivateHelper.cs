// Helpers are inlined before they are derived.

[Network]
public partial class Net
{
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Bend(x));

    Tensor Bend(Tensor x) => x * Sigmoid(x);

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor Slope(Tensor x);
}
