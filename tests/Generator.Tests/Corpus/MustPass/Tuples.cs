// Several results, and tuples inside bodies.
[Network]
public partial class Net(int n)
{
    [Parameter("n n")] public partial Tensor Weight { get; }

    [return: Shape("b n"), Shape("b")]
    public virtual (Tensor Output, Tensor Energy) Forward([Shape("b n")] Tensor x)
    {
        var (gate, value) = Split(x);
        var output = gate * value;
        return (output, Sum(Square(output), dim: -1));
    }

    [return: Shape("b")]
    public virtual Tensor Energy([Shape("b n")] Tensor x)
    {
        var result = Forward(x);
        return result.Energy + Mean(result.Output, dim: -1);
    }

    (Tensor, Tensor) Split(Tensor x) => (Sigmoid(x), MatMul(x, Weight));
}
