using System.Numerics;

namespace Proxima;

/// <summary>
/// The operations of the language, with their reference semantics: names and results follow PyTorch. Operands broadcast (aligned at the last
/// dimension, size 1 stretches), every result is a new tensor, NaN propagates.
/// </summary>
/// <remarks>
/// Float32 operations compute in Float32 and sums of them add pairwise; Float64 operations compute in Float64. Functions without an integer result
/// (Exp, Sqrt, division, Softmax, ...) convert Int64 and Bool operands to Float32. Two operands meet in the larger of their types, ordered
/// Bool, Int64, Float32, Float64; a C# number takes the type of the tensor it meets. Integers wrap around on overflow.
/// </remarks>
public static partial class Ops
{
    // ---- one operand ----

    /// <summary>e to the power x.</summary>
    public static Tensor Exp(Tensor x) => Floating(x, float.Exp, double.Exp);

    /// <summary>The natural logarithm: NaN below zero, -infinity at zero.</summary>
    public static Tensor Log(Tensor x) => Floating(x, float.Log, double.Log);

    /// <summary>The square root: NaN below zero.</summary>
    public static Tensor Sqrt(Tensor x) => Floating(x, float.Sqrt, double.Sqrt);

    /// <summary>One over the square root.</summary>
    public static Tensor Rsqrt(Tensor x) => Floating(x, v => 1 / float.Sqrt(v), v => 1 / double.Sqrt(v));

    /// <summary>The absolute value.</summary>
    public static Tensor Abs(Tensor x) => Number("Abs", x, float.Abs, double.Abs, v => v < 0 ? -v : v);

    /// <summary>-1, 0 or 1; 0 for zero and NaN.</summary>
    public static Tensor Sign(Tensor x) => Number("Sign", x, Sign<float>, Sign<double>, Sign<long>);

    /// <summary>1 where x is 0 or above, -1 elsewhere, also for NaN: a sign that one bit holds. Compiled code multiplies matrices of signs bit by bit.</summary>
    public static Tensor Binarize(Tensor x) => Number("Binarize", x, Binarize<float>, Binarize<double>, Binarize<long>);

    /// <summary>x times x.</summary>
    public static Tensor Square(Tensor x) => Number("Square", x, v => v * v, v => v * v, v => v * v);

    /// <summary>One over x.</summary>
    public static Tensor Reciprocal(Tensor x) => Floating(x, v => 1 / v, v => 1 / v);

    /// <summary>The hyperbolic tangent.</summary>
    public static Tensor Tanh(Tensor x) => Floating(x, float.Tanh, double.Tanh);

    /// <summary>The logistic function 1 / (1 + exp(-x)).</summary>
    public static Tensor Sigmoid(Tensor x) => Floating(x, v => 1 / (1 + float.Exp(-v)), v => 1 / (1 + double.Exp(-v)));

    /// <summary>The larger of x and 0.</summary>
    public static Tensor Relu(Tensor x) => Number("Relu", x, Relu<float>, Relu<double>, Relu<long>);

    /// <summary>x times the standard normal distribution function of x (the exact form, not the tanh approximation).</summary>
    public static Tensor Gelu(Tensor x) => Floating(x, v => (float)(v * Special.NormalCdf(v)), v => v * Special.NormalCdf(v));

    /// <summary>x times Sigmoid(x).</summary>
    public static Tensor Silu(Tensor x) => Floating(x, v => v / (1 + float.Exp(-v)), v => v / (1 + double.Exp(-v)));

    /// <summary>log(1 + exp(x)), without overflow.</summary>
    public static Tensor Softplus(Tensor x) => Floating(x, Special.Softplus, Special.Softplus);

    /// <summary>The error function.</summary>
    public static Tensor Erf(Tensor x) => Floating(x, v => (float)Special.Erf(v), Special.Erf);

    /// <summary>The sine of x in radians.</summary>
    public static Tensor Sin(Tensor x) => Floating(x, float.Sin, double.Sin);

    /// <summary>The cosine of x in radians.</summary>
    public static Tensor Cos(Tensor x) => Floating(x, float.Cos, double.Cos);

    /// <summary>log(1 + x), accurate near 0.</summary>
    public static Tensor Log1p(Tensor x) => Floating(x, v => (float)Special.Log1P((double)v), Special.Log1P);

    /// <summary>eˣ - 1, accurate near 0.</summary>
    public static Tensor Expm1(Tensor x) => Floating(x, v => (float)Special.ExpM1(v), Special.ExpM1);

    /// <summary>The largest integer that is not above x, in the type of x.</summary>
    public static Tensor Floor(Tensor x) => Number("Floor", x, float.Floor, double.Floor, v => v);

    /// <summary>Whether x is false (for numbers: zero).</summary>
    public static Tensor LogicalNot(Tensor x) => Apply<bool, bool>(x.As(DType.Bool), v => !v);

    /// <summary>x limited to [min, max]; max wins where min is larger.</summary>
    /// <remarks>Int64 stays Int64: fractional bounds move inwards to the next integer.</remarks>
    public static Tensor Clamp(Tensor x, double min = double.NegativeInfinity, double max = double.PositiveInfinity)
    {
        var (low, high) = ((float)min, (float)max);
        var (first, last) = (long.CreateSaturating(Math.Ceiling(min)), long.CreateSaturating(Math.Floor(max)));
        return Number("Clamp", x, v => Clamp(v, low, high), v => Clamp(v, min, max), v => Clamp(v, first, last));
    }

    /// <summary>A scalar function of each element. It computes in Float32, whatever the type of x.</summary>
    public static Tensor Map(Tensor x, Func<float, float> f) => Floating(x, f, v => f((float)v));

    /// <summary>A scalar function of each pair of elements. It computes in Float32, whatever the types.</summary>
    public static Tensor Map(Tensor x, Tensor y, Func<float, float, float> f) =>
        Floating("Map", x, y, f, (a, b) => f((float)a, (float)b));

    /// <summary>The elements converted to another type. Used by generated code; the same as <see cref="Tensor.To"/>.</summary>
    public static Tensor Cast(Tensor x, DType dtype) => x.To(dtype);

    // ---- two operands ----

    /// <summary>x to the power of the exponent.</summary>
    /// <exception cref="ArgumentException">An integer is raised to a negative integer.</exception>
    public static Tensor Pow(Tensor x, Tensor exponent) => Number("Pow", x, exponent, float.Pow, double.Pow, Power);

    /// <summary>The angle of the point (x, y) in (-π, π].</summary>
    public static Tensor Atan2(Tensor y, Tensor x) => Floating("Atan2", y, x, float.Atan2, double.Atan2);

    /// <summary>The smaller of x and y.</summary>
    public static Tensor Minimum(Tensor x, Tensor y) => Number("Minimum", x, y, float.Min, double.Min, long.Min);

    /// <summary>The larger of x and y.</summary>
    public static Tensor Maximum(Tensor x, Tensor y) => Number("Maximum", x, y, float.Max, double.Max, long.Max);

    /// <summary>sign(x) max(|x| - threshold, 0): the proximal operator of threshold times the absolute value.</summary>
    public static Tensor SoftThreshold(Tensor x, Tensor threshold) =>
        Number("SoftThreshold", x, threshold, SoftThreshold<float>, SoftThreshold<double>, SoftThreshold<long>);

    /// <summary>Whether x equals y (Bool). NaN equals nothing.</summary>
    public static Tensor Equal(Tensor x, Tensor y) => Compare("Equal", x, y, (a, b) => a == b, (a, b) => a == b, (a, b) => a == b);

    /// <summary>Whether x differs from y (Bool).</summary>
    public static Tensor NotEqual(Tensor x, Tensor y) => Compare("NotEqual", x, y, (a, b) => a != b, (a, b) => a != b, (a, b) => a != b);

    /// <summary>Whether x is less than y (Bool).</summary>
    public static Tensor Less(Tensor x, Tensor y) => Compare("Less", x, y, (a, b) => a < b, (a, b) => a < b, (a, b) => a < b);

    /// <summary>Whether x is at most y (Bool).</summary>
    public static Tensor LessEqual(Tensor x, Tensor y) => Compare("LessEqual", x, y, (a, b) => a <= b, (a, b) => a <= b, (a, b) => a <= b);

    /// <summary>Whether x is greater than y (Bool).</summary>
    public static Tensor Greater(Tensor x, Tensor y) => Compare("Greater", x, y, (a, b) => a > b, (a, b) => a > b, (a, b) => a > b);

    /// <summary>Whether x is at least y (Bool).</summary>
    public static Tensor GreaterEqual(Tensor x, Tensor y) => Compare("GreaterEqual", x, y, (a, b) => a >= b, (a, b) => a >= b, (a, b) => a >= b);

    /// <summary>Whether both x and y are true (for numbers: not zero).</summary>
    public static Tensor LogicalAnd(Tensor x, Tensor y) => Apply<bool, bool>("LogicalAnd", x.As(DType.Bool), y.As(DType.Bool), (a, b) => a && b);

    /// <summary>Whether x or y is true (for numbers: not zero).</summary>
    public static Tensor LogicalOr(Tensor x, Tensor y) => Apply<bool, bool>("LogicalOr", x.As(DType.Bool), y.As(DType.Bool), (a, b) => a || b);

    internal static Tensor Add(Tensor x, Tensor y) => Number("Add", x, y, (a, b) => a + b, (a, b) => a + b, (a, b) => a + b);

    internal static Tensor Subtract(Tensor x, Tensor y) => Number("Subtract", x, y, (a, b) => a - b, (a, b) => a - b, (a, b) => a - b);

    internal static Tensor Multiply(Tensor x, Tensor y) => Number("Multiply", x, y, (a, b) => a * b, (a, b) => a * b, (a, b) => a * b);

    internal static Tensor Divide(Tensor x, Tensor y) => Floating("Divide", x, y, (a, b) => a / b, (a, b) => a / b);

    internal static Tensor Negate(Tensor x) => Number("Negate", x, v => -v, v => -v, v => -v);

    // ---- three operands ----

    /// <summary>x where the condition holds, y elsewhere; the three broadcast together.</summary>
    /// <param name="condition">A Bool tensor.</param>
    /// <param name="x">The values where it holds.</param>
    /// <param name="y">The values where it does not.</param>
    public static Tensor Where(Tensor condition, Tensor x, Tensor y)
    {
        if (condition.DType != DType.Bool)
            throw new ArgumentException($"Where: the condition is {condition.DType}; it must be Bool.");
        var shape = Shapes.Broadcast("Where", x.Shape, y.Shape);
        shape = Shapes.Broadcast("Where", condition.Shape, shape, "the condition", "x with y");
        condition = Stretch(condition, shape);
        var dtype = DTypes.Promote(x, y);
        (x, y) = (Stretch(x.As(dtype), shape), Stretch(y.As(dtype), shape));
        return dtype switch
        {
            DType.Float32 => Select<float>(),
            DType.Float64 => Select<double>(),
            DType.Int64 => Select<long>(),
            _ => Select<bool>(),
        };

        Tensor Select<T>() where T : unmanaged
        {
            var result = Tensor.Empty(dtype, shape);
            var chosen = condition.AsSpan<bool>();
            var a = x.AsSpan<T>();
            var b = y.AsSpan<T>();
            var to = result.AsSpan<T>();
            for (var i = 0; i < to.Length; i++) to[i] = chosen[i] ? a[i] : b[i];
            return result;
        }
    }

    /// <summary>x plus a mask; where the mask is Bool, x where it holds and -infinity elsewhere.</summary>
    public static Tensor ApplyMask(Tensor x, Tensor mask)
    {
        x = x.As(FloatingType(x.DType));
        return mask.DType == DType.Bool ? Where(mask, x, double.NegativeInfinity) : x + mask.As(x.DType);
    }

    // ---- scalar definitions for every number type ----

    private static T Sign<T>(T v) where T : INumber<T> => v > T.Zero ? T.One : v < T.Zero ? -T.One : T.Zero;

    private static T Binarize<T>(T v) where T : INumber<T> => v >= T.Zero ? T.One : -T.One;

    private static T Relu<T>(T v) where T : INumber<T> => v < T.Zero ? T.Zero : v;

    private static T Clamp<T>(T v, T min, T max) where T : INumber<T>
    {
        if (v < min) v = min;
        return v > max ? max : v;
    }

    private static T SoftThreshold<T>(T x, T t) where T : INumber<T> => Sign(x) * T.Max(T.Max(x, -x) - t, T.Zero);

    private static long Power(long x, long exponent)
    {
        if (exponent < 0) throw new ArgumentException($"Pow: the integer {x} has no integer power {exponent}; convert x to floating point.");
        var power = 1L;
        for (; exponent > 0; exponent >>= 1, x *= x)
            if ((exponent & 1) == 1) power *= x;
        return power;
    }

    // ---- choosing the element type ----

    /// <summary>The type in which functions without an integer result compute.</summary>
    private static DType FloatingType(DType dtype) => dtype == DType.Float64 ? DType.Float64 : DType.Float32;

    private static Tensor Floating(Tensor x, Func<float, float> f, Func<double, double> g) =>
        FloatingType(x.DType) == DType.Float32 ? Apply(x.As(DType.Float32), f) : Apply(x, g);

    private static Tensor Floating(string op, Tensor x, Tensor y, Func<float, float, float> f, Func<double, double, double> g)
    {
        var dtype = FloatingType(DTypes.Promote(x, y));
        (x, y) = (x.As(dtype), y.As(dtype));
        return dtype == DType.Float32 ? Apply(op, x, y, f) : Apply(op, x, y, g);
    }

    private static Tensor Number(string op, Tensor x, Func<float, float> f, Func<double, double> g, Func<long, long> h) => x.DType switch
    {
        DType.Float32 => Apply(x, f),
        DType.Float64 => Apply(x, g),
        DType.Int64 => Apply(x, h),
        _ => throw NotNumbers(op),
    };

    private static Tensor Number(
        string op, Tensor x, Tensor y, Func<float, float, float> f, Func<double, double, double> g, Func<long, long, long> h)
    {
        var dtype = DTypes.Promote(x, y);
        (x, y) = (x.As(dtype), y.As(dtype));
        return dtype switch
        {
            DType.Float32 => Apply(op, x, y, f),
            DType.Float64 => Apply(op, x, y, g),
            DType.Int64 => Apply(op, x, y, h),
            _ => throw NotNumbers(op),
        };
    }

    private static Tensor Compare(
        string op, Tensor x, Tensor y, Func<float, float, bool> f, Func<double, double, bool> g, Func<long, long, bool> h)
    {
        var dtype = DTypes.Promote(x, y);
        if (dtype == DType.Bool) dtype = DType.Int64;
        (x, y) = (x.As(dtype), y.As(dtype));
        return dtype switch
        {
            DType.Float32 => Apply(op, x, y, f),
            DType.Float64 => Apply(op, x, y, g),
            _ => Apply(op, x, y, h),
        };
    }

    private static ArgumentException NotNumbers(string op) =>
        new($"{op}: the elements are Bool, not numbers; convert them with To(...), or use &, | and !.");

    // ---- the loops ----

    private static Tensor Apply<T, R>(Tensor x, Func<T, R> f) where T : unmanaged where R : unmanaged
    {
        var result = Tensor.Empty(DTypes.Of<R>(), x.Shape.ToArray());
        var from = x.AsSpan<T>();
        var to = result.AsSpan<R>();
        for (var i = 0; i < to.Length; i++) to[i] = f(from[i]);
        return result;
    }

    private static Tensor Apply<T, R>(string op, Tensor x, Tensor y, Func<T, T, R> f) where T : unmanaged where R : unmanaged
    {
        var shape = Shapes.Broadcast(op, x.Shape, y.Shape);
        var result = Tensor.Empty(DTypes.Of<R>(), shape);
        // A single element is read again and again, anything else that stretches is written out first.
        var (stepX, stepY) = (x.Length == 1 ? 0 : 1, y.Length == 1 ? 0 : 1);
        if (stepX == 1) x = Stretch(x, shape);
        if (stepY == 1) y = Stretch(y, shape);
        var a = x.AsSpan<T>();
        var b = y.AsSpan<T>();
        var to = result.AsSpan<R>();
        for (int i = 0, j = 0, k = 0; i < to.Length; i++, j += stepX, k += stepY) to[i] = f(a[j], b[k]);
        return result;
    }

    /// <summary>An operand at the full shape of the result: itself, or a copy that repeats elements.</summary>
    private static Tensor Stretch(Tensor x, int[] shape) =>
        x.Shape.SequenceEqual(shape) ? x : Strided.Read(x, 0, shape, Shapes.BroadcastStrides(x.Shape, shape));
}
