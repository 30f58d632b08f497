// Static functions on tensors are inlined where they are called.
public static class Functions
{
    [TensorFunction]
    public static Tensor Shrink(Tensor x, Tensor threshold) => Sign(x) * Relu(Abs(x) - threshold);

    [TensorFunction]
    public static Tensor Normalize(Tensor x, float epsilon = 1e-6f) => x / Sqrt(Sum(Square(x), dim: -1, keepDim: true) + epsilon);

    [TensorFunction]
    public static (Tensor, Tensor) Halves(Tensor x) => (0.5f * x, Shrink(x, 0.5f));
}

[Network]
public partial class Net(int n)
{
    [Parameter("n", Init = 0.1)] public partial Tensor Threshold { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var (half, shrunk) = Functions.Halves(Functions.Normalize(x));
        return half + Functions.Shrink(shrunk, Threshold);
    }
}
