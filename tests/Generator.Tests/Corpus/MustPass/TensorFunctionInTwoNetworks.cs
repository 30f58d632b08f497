// A function on tensors belongs to no network.

public static class Norms
{
    [TensorFunction]
    public static Tensor Unit(Tensor x) => x * Rsqrt(Sum(Square(x), dim: -1, keepDim: true) + 1e-6f);
}

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Norms.Unit(x);
}

[Network]
public partial class Cosine
{
    [return: Shape("b")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => Sum(Norms.Unit(x) * Norms.Unit(y), dim: 1);
}
