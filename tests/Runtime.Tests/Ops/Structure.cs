using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Functions that networks inline.</summary>
public static class Functions
{
    [TensorFunction]
    public static Tensor Swish(Tensor x, float slope) => x * Sigmoid(slope * x);

    [TensorFunction]
    public static (Tensor Sum, Tensor Difference) Butterfly(Tensor x, Tensor y) => (x + y, x - y);
}

/// <summary>One step of a residual network.</summary>
/// <param name="width">The size of the last dimension.</param>
/// <param name="scale">What the change is multiplied with.</param>
[Network]
public partial class Block(int width, float scale = 0.5f)
{
    [Parameter("width width")] public partial Tensor Weight { get; }

    [Parameter("width", Init = 0.1)] public partial Tensor Bias { get; }

    [return: Shape("b width")]
    public virtual Tensor Forward([Shape("b width")] Tensor x) => x + scale * Tanh(MatMul(x, Weight) + Bias);
}

/// <summary>Children: one, an array in a foreach, an array by index, elements of different sizes, grandchildren.</summary>
[Network]
public partial class Children(int width, int depth = 3)
{
    readonly Block first = new(width, 0.25f);
    readonly Block[] blocks = Repeat(depth, _ => new Block(width));
    readonly Linear[] ends = [new(width, 3), new(3, width)];

    [return: Shape("b width")]
    public virtual Tensor Forward([Shape("b width")] Tensor x)
    {
        x = first.Forward(x);
        foreach (var block in blocks) x = block.Forward(x);
        return ends[1].Forward(Relu(ends[0].Forward(x)));
    }

    [return: Shape("b width")]
    public virtual Tensor Indexed([Shape("b width")] Tensor x)
    {
        for (var i = 0; i < depth; i++) x = blocks[depth - 1 - i].Forward(x) - blocks[i].Bias;
        return blocks[^1].Forward(x) + blocks[0].Weight[0];
    }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b width")] Tensor x) => Sum(Square(Forward(x)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);

    [return: Shape("")]
    public virtual Tensor IndexedLoss([Shape("b width")] Tensor x) => Mean(Square(Indexed(x)));

    [Gradient(of: nameof(IndexedLoss))]
    public virtual partial Gradients IndexedGradient(Tensor x);

    [Gradient(of: nameof(IndexedLoss), wrt: "x")]
    public virtual partial Tensor IndexedInputGradient(Tensor x);
}

/// <summary>Calls: tensor functions, private methods, scalar lambdas, tuples, derived methods in bodies.</summary>
[Network]
public partial class Calls(int n, float slope = 1.5f, bool doubled = true)
{
    [Parameter("n", Init = 0.3)] public partial Tensor Shift { get; }

    [return: Shape("b n")]
    public virtual Tensor Inlined([Shape("b n")] Tensor x) => Functions.Swish(x, slope) + Functions.Swish(x + Shift, 0.5f);

    [return: Shape("b n")]
    public virtual Tensor Mapped([Shape("b n")] Tensor x) => Map(x, v => v / (1 + MathF.Abs(v))) + Map(x, Shift, (v, s) => v > s ? MathF.Exp(-v * v) : s);

    [return: Shape("b n")]
    public virtual Tensor Numbers([Shape("b n")] Tensor x, float gain, int times) => (gain * x + slope) * times - (doubled ? x : 0 * x);

    [return: Shape("b n")]
    [return: Shape("b")]
    public virtual (Tensor Values, Tensor Norms) Pair([Shape("b n")] Tensor x)
    {
        var (sum, difference) = Functions.Butterfly(x, Shift);
        (sum, difference) = (difference, sum);
        return (sum * difference, Sqrt(Sum(Square(difference), dim: 1) + 1));
    }

    private Tensor Helper(Tensor x, int k) => x[.., k..] * (k + 1);

    [return: Shape("b n-1")]
    public virtual Tensor Helped([Shape("b n")] Tensor x) => Helper(x, 1);

    [return: Shape("b n")]
    public virtual Tensor Same([Shape("b n")] Tensor x) => x;

    [return: Shape("n")]
    public virtual Tensor Weight() => Shift;

    [return: Shape("b n")]
    [return: Shape("b n")]
    public virtual (Tensor A, Tensor B) Twice([Shape("b n")] Tensor x)
    {
        var y = Tanh(x);
        return (y, y);
    }

    [Single]
    [return: Shape("")]
    public virtual Tensor MappedLoss([Shape("b n")] Tensor x) => Sum(Square(Mapped(x)));

    [Gradient(of: nameof(MappedLoss), wrt: "x")]
    public virtual partial Tensor MappedGradient(Tensor x);

    [return: Shape("")]
    public virtual Tensor Energy([Shape("b n")] Tensor x) => Sum(Inlined(x) * x) + Sum(Pair(x).Norms) + Sum(Pair(x).Values * 0.1);

    [Gradient(of: nameof(Energy))]
    public virtual partial Gradients EnergyGradient(Tensor x);

    [Gradient(of: nameof(Energy), wrt: "x")]
    public virtual partial Tensor Force(Tensor x);

    [return: Shape("b n")]
    public virtual Tensor Descent([Shape("b n")] Tensor x) => x - 0.1 * Force(x);

    [return: Shape("")]
    public virtual Tensor DescentLoss([Shape("b n")] Tensor x) => Sum(Square(Descent(x)));

    [Gradient(of: nameof(DescentLoss), wrt: "x")]
    public virtual partial Tensor DescentGradient(Tensor x);

    [Jvp(of: nameof(Inlined))]
    public virtual partial (Tensor Value, Tensor Change) InlinedJvp(Tensor x, Tensor direction);
}
