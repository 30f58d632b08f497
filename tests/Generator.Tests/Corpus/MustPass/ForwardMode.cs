// The change of a method along a direction.
[Network]
public partial class Net(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Tanh(MatMul(x, Weight)) * x;

    [Jvp(of: nameof(Forward))]
    public virtual partial (Tensor, Tensor) Along(Tensor x, Tensor direction);
}
