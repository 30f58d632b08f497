using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Fixed points by every solver, alone and in losses; to the precision of the element type, so that no target stops elsewhere.</summary>
[Network]
public partial class Equilibria(int n)
{
    [Parameter("n n", Init = Init.Normal)] public partial Tensor Weight { get; }

    [return: Shape("b n")]
    public virtual Tensor Step([Shape("b n")] Tensor z, [Shape("b n")] Tensor x) => Tanh((0.25 / MathF.Sqrt(n + 1)) * MatMul(z, Weight) + x);

    [FixedPoint(of: nameof(Step), Tolerance = 0)]
    public virtual partial Tensor Plain(Tensor z, Tensor x);

    [FixedPoint(of: nameof(Step), Solver = Solver.Anderson, Damping = 0.75, BatchDims = 1, Tolerance = 0, MaxIterations = 40)]
    public virtual partial Tensor MixedEach(Tensor z, Tensor x);

    [FixedPoint(of: nameof(Step), Solver = Solver.Broyden, Window = 8, Tolerance = 0, MaxIterations = 40)]
    public virtual partial Tensor Quasi(Tensor z, Tensor x);

    [FixedPoint(of: nameof(Step), Backward = Backward.Phantom, PhantomSteps = 3, PhantomDamping = 0.5, Tolerance = 0)]
    public virtual partial Tensor Phantom(Tensor z, Tensor x);

    [FixedPoint(of: nameof(Step), Backward = Backward.Unroll, MaxIterations = 4)]
    public virtual partial Tensor Unrolled(Tensor z, Tensor x);

    [return: Shape("b n")]
    public virtual Tensor Forward([Shape("b n")] Tensor x) => Plain(Zeros(x.Dim(0), n), x) + MixedEach(x, x);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Plain(Zeros(x.Dim(0), n), x) * w);

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor w);

    [return: Shape("")]
    public virtual Tensor MixedLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(MixedEach(Zeros(x.Dim(0), n), x) * w) + Sum(Quasi(x, x));

    [Gradient(of: nameof(MixedLoss))]
    public virtual partial Gradients MixedGradient(Tensor x, Tensor w);

    [return: Shape("")]
    public virtual Tensor OtherLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Unrolled(x, x) * w);

    [Gradient(of: nameof(OtherLoss))]
    public virtual partial Gradients OtherGradient(Tensor x, Tensor w);

    /// <summary>A step that is itself a gradient: the minimum of an energy.</summary>
    [return: Shape("")]
    public virtual Tensor Energy([Shape("b n")] Tensor z, [Shape("b n")] Tensor x) => 0.5 * Sum(Square(z - x)) + 0.25 * Sum(Softplus((1 / MathF.Sqrt(n + 1)) * MatMul(z, Weight)));

    [Gradient(of: nameof(Energy), wrt: "z")]
    public virtual partial Tensor Slope(Tensor z, Tensor x);

    [return: Shape("b n")]
    public virtual Tensor Descent([Shape("b n")] Tensor z, [Shape("b n")] Tensor x) => z - 0.6 * Slope(z, x);

    [FixedPoint(of: nameof(Descent), Tolerance = 0)]
    public virtual partial Tensor Minimum(Tensor z, Tensor x);

    [return: Shape("")]
    public virtual Tensor MinimumLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Minimum(x, x) * w);

    [Gradient(of: nameof(MinimumLoss))]
    public virtual partial Gradients MinimumGradient(Tensor x, Tensor w);

    /// <summary>A step that holds a search.</summary>
    [return: Shape("b n")]
    public virtual Tensor Outer([Shape("b n")] Tensor z, [Shape("b n")] Tensor x) => 0.5 * Sin(z) + 0.5 * Plain(x, x + 0.3 * z);

    [FixedPoint(of: nameof(Outer), Tolerance = 0)]
    public virtual partial Tensor Nested(Tensor z, Tensor x);

    [return: Shape("")]
    public virtual Tensor NestedLoss([Shape("b n")] Tensor x, [Shape("b n")] Tensor w) => Sum(Nested(x, x) * w);

    [Gradient(of: nameof(NestedLoss), wrt: "x")]
    public virtual partial Tensor NestedGradient(Tensor x, Tensor w);
}
