// A loop that carries two tensors and a number: FISTA on a least-squares fit.
[Network]
public partial class Net(int m, int n, int steps = 8, float rate = 0.1f)
{
    [Parameter("m n")] public partial Tensor Dictionary { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b m")] Tensor y)
    {
        var x = Zeros(y.Dim(0), n);
        var z = x;
        var t = 1f;
        for (var k = 0; k < steps; k++)
        {
            var residual = MatMul(z, Transpose(Dictionary)) - y;
            var next = SoftThreshold(z - rate * MatMul(residual, Dictionary), rate * 0.1f);
            var faster = (1 + MathF.Sqrt(1 + 4 * t * t)) / 2;
            z = next + (t - 1) / faster * (next - x);
            (x, t) = (next, faster);
        }
        return x;
    }
}
