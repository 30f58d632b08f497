using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Products with Jacobians and Hessians of a layer, and what is made of them, to third order.</summary>
[Network]
public partial class Directions(int n, int m)
{
    [Parameter("n m", Init = Init.Normal)] public partial Tensor Weight { get; }

    [return: Shape("m")]
    public virtual Tensor Forward([Shape("n")] Tensor x) => Tanh(MatMul(x, Weight));

    [return: Shape("")]
    public virtual Tensor Loss([Shape("n")] Tensor x) => Sum(Square(Forward(x))) + Sum(x * x * x) / 3;

    [Vjp(of: nameof(Forward))]
    public virtual partial (Tensor Value, Tensor X) ForwardVjp(Tensor x, [Takes("m")] Tensor cotangent);

    [Vjp(of: nameof(Forward), wrt: "x, Weight")]
    public virtual partial (Tensor Value, Tensor X, Tensor Weight) BothVjp(Tensor x, [Takes("m")] Tensor cotangent);

    [Hvp(of: nameof(Loss), wrt: "x, Weight")]
    public virtual partial (Tensor X, Tensor Weight) LossHvp(Tensor x, [Takes("n")] Tensor direction, [Takes("n m")] Tensor ofWeight);

    [Gradient(of: nameof(Loss), wrt: "Weight, x")]
    public virtual partial (Tensor Weight, Tensor X) Mixed(Tensor x);

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);

    /// <summary>Gradients sample by sample.</summary>
    [Vmap(of: nameof(LossGradient))]
    public virtual partial (Tensor Value, Tensor Weight) PerSample([Takes("b n")] Tensor x);
}

/// <summary>Whole Jacobians, by columns and by rows, and their traces.</summary>
[Network]
public partial class Jacobians(int n, int m)
{
    [Parameter("n m", Init = Init.Normal)] public partial Tensor Weight { get; }

    [Parameter("m n", Init = Init.Normal)] public partial Tensor Back { get; }

    [return: Shape("m")]
    public virtual Tensor Encode([Shape("n")] Tensor x) => Sin(MatMul(x, Weight));

    [return: Shape("n")]
    public virtual Tensor Field([Shape("n")] Tensor x)
    {
        var y = x;
        for (var k = 0; k < 2; k++) y = 0.3f * MatMul(Encode(y), Back) - 0.1f * x;
        return y;
    }

    [return: Shape("")]
    public virtual Tensor Potential([Shape("n")] Tensor x) => Sum(Softplus(MatMul(x, Weight)));

    [Jacobian(of: nameof(Encode), Mode = JacobianMode.Forward)]
    public virtual partial Tensor Columns(Tensor x);

    [Jacobian(of: nameof(Encode), wrt: "x, Weight", Mode = JacobianMode.Reverse)]
    public virtual partial (Tensor X, Tensor Weight) Rows(Tensor x);

    [Vmap(of: nameof(Columns))]
    public virtual partial Tensor BatchedColumns([Takes("b n")] Tensor x);

    [Divergence(of: nameof(Field))]
    public virtual partial Tensor Trace(Tensor x);

    [Divergence(of: nameof(Field), Mode = TraceMode.Hutchinson)]
    public virtual partial Tensor TraceAlong(Tensor x, [Takes("n")] Tensor probe);

    [HessianTrace(of: nameof(Potential))]
    public virtual partial Tensor Laplacian(Tensor x);

    [Vmap(of: nameof(Laplacian))]
    public virtual partial Tensor Laplacians([Takes("b n")] Tensor x);

    /// <summary>A loss of second derivatives: its gradient is of third order.</summary>
    [return: Shape("")]
    public virtual Tensor Residual([Shape("b n")] Tensor x) => Mean(Square(Laplacians(x) - Sum(x, dim: 1)));

    [Gradient(of: nameof(Residual))]
    public virtual partial Gradients ResidualGradient(Tensor x);
}

/// <summary>Methods over a batch: shared and mapped arguments, axes, labels, loops, nested.</summary>
[Network]
public partial class Batches(int n, int layers = 2)
{
    [Parameter("n n", Init = Init.Normal)] public partial Tensor Weight { get; }

    [return: Shape("n"), Shape("")]
    public virtual (Tensor, Tensor) Step([Shape("n")] Tensor x, [Shape("n")] Tensor c)
    {
        var y = x;
        for (var k = 0; k < layers; k++) y = Tanh(MatMul(y, Weight) * 0.5f + c);
        return (y, Sum(y * c));
    }

    [return: Shape("")]
    public virtual Tensor Energy([Shape("n")] Tensor x, [Shape("n")] Tensor c)
    {
        var (y, z) = Step(x, c);
        return Sum(y * y) * z;
    }

    [Vmap(of: nameof(Step))]
    public virtual partial (Tensor, Tensor) Both([Takes("b n")] Tensor x, [Takes("b n")] Tensor c);

    [Vmap(of: nameof(Step), axis: 1, In = "c")]
    public virtual partial (Tensor, Tensor) Second(Tensor x, [Takes("n b")] Tensor c);

    [Gradient(of: nameof(Energy), wrt: "x, c")]
    public virtual partial (Tensor, Tensor) Slopes(Tensor x, Tensor c);

    [Vmap(of: nameof(Slopes), In = "x", Out = 1)]
    public virtual partial (Tensor, Tensor) SlopesOfMany([Takes("b n")] Tensor x, Tensor c);

    [Vmap(of: nameof(Energy), In = "c")]
    public virtual partial Tensor Inner(Tensor x, [Takes("p n")] Tensor c);

    [Vmap(of: nameof(Inner), In = "x")]
    public virtual partial Tensor Table([Takes("b n")] Tensor x, [Takes("p n")] Tensor c);
}

/// <summary>Methods whose values derivatives compute again: in loops, one after another, with several results, to second order.</summary>
[Network]
public partial class Checkpoints(int n, int layers = 3)
{
    [Parameter("n n", Init = Init.Normal)] public partial Tensor Inner { get; }

    [Parameter("n n", Init = Init.Normal)] public partial Tensor Outer { get; }

    [Checkpoint]
    private Tensor Block(Tensor x) => x * 0.5f + MatMul(Tanh(MatMul(x, Inner) * 0.3f), Outer) * 0.2f;

    [Checkpoint]
    [return: Shape("b n"), Shape("b")]
    public virtual (Tensor, Tensor) Normed([Shape("b n")] Tensor x)
    {
        var scale = Rsqrt(1 + Sum(Square(x), dim: 1));
        for (var k = 0; k < 2; k++) x = Block(x);
        return (x * Unsqueeze(scale, 1), scale);
    }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x)
    {
        for (var k = 0; k < layers; k++) x = Block(x);
        var (y, scale) = Normed(x);
        return Sum(Square(Block(y))) + Sum(scale);
    }

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);

    [Hvp(of: nameof(Loss))]
    public virtual partial Tensor LossHvp(Tensor x, [Takes("b n")] Tensor direction);
}
