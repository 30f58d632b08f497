// Shapes of a function are checked at its calls.

public static class Blend
{
    [TensorFunction]
    [return: Shape("b n")]
    public static Tensor Mix([Shape("b n")] Tensor x, [Shape("b n")] Tensor y, float share) => share * x + (1 - share) * y;
}

[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Blend.Mix(x, Relu(x), 0.25f);
}
