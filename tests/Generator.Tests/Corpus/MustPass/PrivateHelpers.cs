// Private methods declare no shapes: each call has its own.
[Network]
public partial class Net(int m, int n)
{
    [Parameter("m n")] public partial Tensor Weight { get; }

    [return: Shape("b m")]
    public virtual Tensor Forward([Shape("b m")] Tensor x) => Gate(Project(Gate(x, 1)), Scale(2)) + x;

    Tensor Project(Tensor x)
    {
        var codes = MatMul(x, Weight);
        return MatMul(Relu(codes), Transpose(Weight));
    }

    static int Twice(int k) => 2 * k;

    float Scale(int k) => k * 0.5f / n;

    Tensor Gate(Tensor x, float scale) => Sigmoid(x) * scale;
}
