// Networks nest.

[Network]
public partial class Net(int n)
{
    readonly Gate gate = new(n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x * gate.Forward(x);
}

[Network]
public partial class Gate(int width)
{
    readonly Linear inner = new(width, width);

    [return: Shape("... width")]
    public virtual Tensor Forward([Shape("... width")] Tensor x) => Sigmoid(inner.Forward(x));
}
