using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Differential equations, by every method and derivative.</summary>
[Network]
public partial class Flows(int n)
{
    [Parameter("n n", Init = Init.Normal)] public partial Tensor Weight { get; }

    [return: Shape("b n")]
    public virtual Tensor Field([Shape("")] Tensor t, [Shape("b n")] Tensor y) => Tanh((1 / MathF.Sqrt(n + 1)) * MatMul(y, Weight)) - 0.3 * t * y;

    [Ode(of: nameof(Field), Steps = 5)]
    public virtual partial Tensor Flow(Tensor t, Tensor y, Tensor end);

    [Ode(of: nameof(Field), Method = OdeMethod.Euler, Steps = 3, Backward = Backward.Unroll)]
    public virtual partial Tensor Drift(Tensor t, Tensor y, Tensor end);

    [Ode(of: nameof(Field), Method = OdeMethod.Midpoint, Steps = 4, Backward = Backward.Adjoint)]
    public virtual partial Tensor Back(Tensor t, Tensor y, Tensor end);

    [Ode(of: nameof(Field), Method = OdeMethod.DormandPrince, Steps = 20, Tolerance = 1e-3)]
    public virtual partial Tensor Chosen(Tensor t, Tensor y, Tensor end);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor y) => Flow(Full([], 0.5), y, Full([], 1.25)) + Drift(Full([], 0), y, Full([], 0.3));

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor y, [Shape("b n")] Tensor w) => Sum(Flow(Full([], 0.5), y, Full([], 1.25)) * w) + Sum(Drift(Full([], 0), y, Full([], 0.3)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor y, Tensor w);

    [Gradient(of: nameof(Loss), wrt: "y")]
    public virtual partial Tensor InputGradient(Tensor y, Tensor w);
}
