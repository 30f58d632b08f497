// Map writes an elementwise function as a lambda on numbers; it differentiates like anything else.
[Network]
public partial class Net(int n, float steepness = 2)
{
    [Parameter("n")] public partial Tensor Scale { get; }

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x)
    {
        var soft = Map(x, v => v / (1 + MathF.Abs(v)));
        var steep = Map(soft, v => v > 0 ? v : MathF.Exp(steepness * v) - 1);
        return Map(steep, Scale, (v, w) => MathF.Max(v * w, -1));
    }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x) => Mean(Forward(x));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);
}
