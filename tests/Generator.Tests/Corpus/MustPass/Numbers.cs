// Arguments that are numbers, and arithmetic on them.
[Network]
public partial class Net(int n, double decay = 0.9)
{
    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x, float rate, int steps, bool damp)
    {
        var factor = (float)decay * rate;
        for (var k = 0; k < steps; k++) x = x * factor + MathF.Exp(-rate) / (1 + k);
        return damp ? x * 0.5f : x;
    }
}
