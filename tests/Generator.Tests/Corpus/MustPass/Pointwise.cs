// Every function of one tensor, element by element.
[Network]
public partial class Net(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Smooth([Shape("b n")] Tensor x) =>
        Exp(-Square(x)) + Tanh(x) + Sigmoid(x) + Gelu(x) + Silu(x) + Softplus(x) + Erf(x) + Sin(x) * Cos(x);

    [return: Shape("b n")]
    public virtual Tensor Kinked([Shape("b n")] Tensor x) => Abs(x) + Sign(x) + Relu(x) + Clamp(x, -1, 1) + Floor(x) + SoftThreshold(x, 0.5);

    [return: Shape("b n")]
    public virtual Tensor OfPositives([Shape("b n")] Tensor x)
    {
        var positive = Abs(x) + 1;
        return Log(positive) + Sqrt(positive) + Rsqrt(positive) + Reciprocal(positive) + Pow(positive, 1.5);
    }
}
