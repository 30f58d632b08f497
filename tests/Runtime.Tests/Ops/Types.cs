using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Element types other than Float32, and conversions between them.</summary>
[Network]
public partial class ElementTypes(int n)
{
    [Parameter("n n", DType.Float64)] public partial Tensor Weight { get; }

    [return: Shape("b n", DType.Float64)]
    public virtual Tensor Doubles([Shape("b n", DType.Float64)] Tensor x) => Tanh(MatMul(x, Weight)) * Softmax(x) + Gelu(x) / (1 + Square(x));

    [return: Shape("")]
    public virtual Tensor DoublesAsSingle([Shape("b n", DType.Float64)] Tensor x) => Sum(x * x).To(DType.Float32);

    [return: Shape("", DType.Float64)]
    public virtual Tensor Loss([Shape("b n", DType.Float64)] Tensor x) => Sum(Square(Doubles(x)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x);

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor InputGradient(Tensor x);

    [return: Shape("b n", DType.Float64)]
    public virtual Tensor Mixed([Shape("b n")] Tensor x, [Shape("n", DType.Float64)] Tensor y) => x * y + x;

    [return: Shape("b n", DType.Int64)]
    public virtual Tensor Integers([Shape("b n", DType.Int64)] Tensor x, [Shape("n", DType.Int64)] Tensor y) => x * y - Abs(x) + Maximum(x, y) * 3 - Sign(x) + Square(y);

    [return: Shape("b n", DType.Int64)]
    public virtual Tensor Divisions([Shape("b n", DType.Int64)] Tensor x, [Shape("n", DType.Int64)] Tensor y) => FloorDivide(x, y) + 100 * Remainder(x, y) + 10_000 * FloorDivide(x, -3) + FloorDivide(x, 0);

    [return: Shape("b n", DType.Int64)]
    public virtual Tensor BitsOfIntegers([Shape("b n", DType.Int64)] Tensor x, [Shape("n", DType.Int64)] Tensor y) =>
        BitwiseAnd(x, y) + 3 * BitwiseOr(x, y) - 7 * BitwiseXor(x, BitwiseNot(y)) + BitwiseLeftShift(x, BitwiseAnd(y, 67)) + BitwiseRightShift(x, 1) + BitwiseAnd(x > y, 1);

    [return: Shape("b (n+63)/64", DType.Int64)]
    public virtual Tensor Packed([Shape("b n")] Tensor x) => PackBits(x < 0);

    [return: Shape("b n")]
    public virtual Tensor PackedAndBack([Shape("b n")] Tensor x) => Where(UnpackBits(PackBits(x < 0), n), -1f, 1f);

    [return: Shape("b b")]
    public virtual Tensor PackedProducts([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => MatMul(Binarize(x), Transpose(Where(UnpackBits(PackBits(y < 0), n), -1f, 1f)));

    [return: Shape("b n")]
    public virtual Tensor FloorsOfQuotients([Shape("b n")] Tensor x, [Shape("n")] Tensor y) => FloorDivide(x, y) + Remainder(x, y);

    [return: Shape("b", DType.Int64)]
    public virtual Tensor IntegerSums([Shape("b n", DType.Int64)] Tensor x) => Sum(x, dim: 1) * 2;

    [return: Shape("n", DType.Int64)]
    public virtual Tensor IntegerColumns([Shape("b n", DType.Int64)] Tensor x) => Max(x, dim: 0) - Min(x, dim: 0);

    [return: Shape("b b", DType.Int64)]
    public virtual Tensor IntegerProducts([Shape("b n", DType.Int64)] Tensor x) => MatMul(x, Transpose(x)) + 1;

    [return: Shape("b n")]
    public virtual Tensor Quotients([Shape("b n", DType.Int64)] Tensor x) => x / 2 + Exp(x * 0.25);

    [return: Shape("b n", DType.Bool)]
    public virtual Tensor Logic([Shape("b n", DType.Bool)] Tensor x, [Shape("n", DType.Bool)] Tensor y) => (x & y) | !x;

    [return: Shape("b", DType.Int64)]
    public virtual Tensor Counts([Shape("b n", DType.Bool)] Tensor x) => Sum(x, dim: 1);

    [return: Shape("b n")]
    public virtual Tensor Masked([Shape("b n", DType.Bool)] Tensor mask, [Shape("b n")] Tensor x) => Where(mask, x, -x) + mask.To(DType.Float32);

    [return: Shape("b n", DType.Int64)]
    public virtual Tensor Truncated([Shape("b n")] Tensor x) => (x * 3).To(DType.Int64);

    [return: Shape("n b", DType.Int64)]
    public virtual Tensor Moved([Shape("b n", DType.Int64)] Tensor x) => Transpose(Concat([x[.., ..], x])[..x.Dim(0)]);
}

/// <summary>Names that generated code must keep apart from its own.</summary>
[Network]
public partial class AwkwardNames(int column, int row = 3)
{
    [Parameter("column", Init = 0.5)] public partial Tensor Slot0 { get; }

    [Parameter("row column", Init = Init.Normal)] public partial Tensor Into { get; }

    [return: Shape("b column")]
    public virtual Tensor Keywords([Shape("b column")] Tensor @checked, [Shape("b column")] Tensor @for) => @checked * @for + Slot0;

    [return: Shape("b column")]
    public virtual Tensor Destinations([Shape("b column")] Tensor into, [Shape("b column")] Tensor result) => Sum(into, dim: 1, keepDim: true) * result;

    [return: Shape("b column")]
    [return: Shape("b")]
    public virtual (Tensor result1, Tensor into) Tuples([Shape("b column")] Tensor result1, [Shape("b column")] Tensor result2)
    {
        var into = Tanh(result1);
        return (into * result2, Sum(into, dim: -1));
    }

    [return: Shape("b row")]
    public virtual Tensor Locals([Shape("b column")] Tensor arena, [Shape("column")] Tensor slot0, [Shape("b column")] Tensor pArena, [Shape("b column")] Tensor resultTensor)
    {
        var end = MatMul(arena + slot0, Transpose(Into));
        var begin = Softmax(end);
        var value = Sum(begin * end, dim: 1, keepDim: true);
        var V = value + Sum(Exp(pArena) * resultTensor, dim: 1, keepDim: true);
        return V * begin;
    }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b column")] Tensor gradients, [Shape("column")] Tensor twin, [Shape("dot column")] Tensor batch) =>
        Sum(Square(Locals(gradients, twin, gradients, gradients))) + Sum(Destinations(batch, batch));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor gradients, Tensor twin, Tensor batch);

    [Gradient(of: nameof(Loss), wrt: "gradients, batch")]
    public virtual partial (Tensor gradients, Tensor result) InputGradient(Tensor gradients, Tensor twin, Tensor batch);
}

/// <summary>Names that C# keeps for itself, wherever a declaration has a name.</summary>
[Network]
public partial class @static(int @base, int @in = 2, float @float = 0.5f, bool @is = true)
{
    readonly int @long = @base + 1;
    readonly Linear @lock = new(@base + 1, @base);
    readonly Linear[] @new = Repeat(@in, _ => new Linear(@base, @base));

    [Parameter("in base", Init = Init.Normal)] public partial Tensor @class { get; }

    [Buffer("base")] public partial Tensor @event { get; set; }

    [return: Shape("out base")]
    [Require("base + in >= base")]
    public virtual Tensor @do([Shape("out base")] Tensor @object, [Shape("base")] Tensor @case, bool @volatile = false)
    {
        var @else = @object;
        for (var @for = 0; @for < @in; @for++)
        {
            var @while = Tanh(@new[@for].Forward(@else) + @class[@for]);
            @else = @else + (@float * @while);
        }
        var (@try, @catch) = @this(@else, @long);
        return (@is && !@volatile ? @try : @catch) * @case + Map(@event, @ref => 1 + (@ref * @float));
    }

    [return: Shape("params base")]
    [return: Shape("params base")]
    public virtual (Tensor @checked, Tensor @unchecked) @this([Shape("params base")] Tensor @params, int @uint)
    {
        var @string = @lock.Forward(Concat([@params, Sum(@params, dim: 1, keepDim: true) / @uint], dim: 1));
        return (@string, Softmax(@string));
    }

    [return: Shape("")]
    public virtual Tensor @null([Shape("out base")] Tensor @object, [Shape("base")] Tensor @case, bool @volatile = true) => Sum(Square(@do(@object, @case, @volatile)));

    [Gradient(of: nameof(@null))]
    public virtual partial Gradients @operator(Tensor @object, Tensor @case, bool @volatile = true);

    [Gradient(of: nameof(@null), wrt: "object, case")]
    public virtual partial (Tensor @byte, Tensor @char) @using(Tensor @object, Tensor @double, bool @volatile = true);
}
