// Math on numbers, not on tensors.

[Network]
public partial class Net(int n, float rate = 0.5f)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => x * MathF.Sqrt(2f / n) * (float)Math.Exp(-rate);
}
