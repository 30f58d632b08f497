// Any number of leading batch dimensions.
[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n")] public partial Tensor Weight { get; }
    readonly Linear last = new(n, n);

    [return: Shape("... n")]
    public virtual Tensor Forward([Shape("... m")] Tensor x) => last.Forward(Tanh(MatMul(x, Weight)));

    [return: Shape("b t n")]
    public virtual Tensor Sequence([Shape("b t m")] Tensor x) => Forward(x);
}
