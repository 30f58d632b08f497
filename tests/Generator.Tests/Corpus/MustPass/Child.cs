// A network as a field of another; its parameters too are within reach.
[Network]
public partial class Affine(int inputs, int outputs)
{
    [Parameter("inputs outputs")] public partial Tensor Weight { get; }
    [Parameter("outputs", Init = 0)] public partial Tensor Bias { get; }

    [return: Shape("b outputs")]
    public virtual Tensor Forward([Shape("b inputs")] Tensor x) => MatMul(x, Weight) + Bias;
}

[Network]
public partial class Net(int m, int hidden, int n)
{
    readonly Affine first = new(m, hidden);
    readonly Affine second = new(inputs: hidden, outputs: n);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor x) => second.Forward(Relu(first.Forward(x)));

    [return: Shape("")]
    public virtual Tensor Penalty() => Sum(Square(first.Weight)) + Sum(Abs(second.Bias));
}
