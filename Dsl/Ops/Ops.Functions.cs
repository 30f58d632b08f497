namespace Proxima;

// Operations that are made of others: their bodies are compiled like any [TensorFunction], so they are written once, here.
public static partial class Ops
{
    // ---- trigonometry ----

    /// <summary>The tangent of x in radians.</summary>
    [TensorFunction]
    public static Tensor Tan(Tensor x) => Sin(x) / Cos(x);

    /// <summary>The angle in [-π/2, π/2] whose sine is x; NaN beyond -1 and 1.</summary>
    [TensorFunction]
    public static Tensor Asin(Tensor x) => Atan2(x, Sqrt((1 - x) * (1 + x)));

    /// <summary>The angle in [0, π] whose cosine is x; NaN beyond -1 and 1.</summary>
    [TensorFunction]
    public static Tensor Acos(Tensor x) => Atan2(Sqrt((1 - x) * (1 + x)), x);

    /// <summary>The angle in [-π/2, π/2] whose tangent is x.</summary>
    [TensorFunction]
    public static Tensor Atan(Tensor x) => Atan2(x, 1.0);

    /// <summary>The hyperbolic sine.</summary>
    [TensorFunction]
    public static Tensor Sinh(Tensor x)
    {
        var size = Abs(x);
        // Near 0 the difference of exponentials would cancel; far from it half the exponent, squared, does not overflow too early.
        var near = Expm1(Where(size > 1, 0.0, x));
        var half = Exp(size / 2);
        return Where(size > 1, Sign(x) * (0.5 * half * half - 0.5 / half / half), 0.5 * (near + near / (near + 1)));
    }

    /// <summary>The hyperbolic cosine.</summary>
    [TensorFunction]
    public static Tensor Cosh(Tensor x)
    {
        var half = Exp(Abs(x) / 2);
        return 0.5 * half * half + 0.5 / half / half;
    }

    /// <summary>sin(πx) / (πx), and 1 at 0.</summary>
    [TensorFunction]
    public static Tensor Sinc(Tensor x)
    {
        var angle = Math.PI * x;
        var isZero = Equal(x, 0);
        return Where(isZero, 1, Sin(angle) / Where(isZero, 1, angle));
    }

    /// <summary>√(x² + y²) without overflow or underflow between; 0 where both are 0, NaN where one is NaN.</summary>
    [TensorFunction]
    public static Tensor Hypot(Tensor x, Tensor y)
    {
        var largest = Maximum(Abs(x), Abs(y));
        var isZero = Equal(largest, 0);
        var scale = Where(isZero | Equal(largest, double.PositiveInfinity), 1.0, largest);
        var sum = Square(x / scale) + Square(y / scale);
        return Where(isZero, 0.0, scale * Sqrt(Where(isZero, 1.0, sum)));
    }

    // ---- exponentials and logarithms ----

    /// <summary>2 to the power x.</summary>
    [TensorFunction]
    public static Tensor Exp2(Tensor x) => Pow(2.0, x);

    /// <summary>The logarithm to base 2.</summary>
    [TensorFunction]
    public static Tensor Log2(Tensor x) => Log(x) * 1.4426950408889634;

    /// <summary>The logarithm to base 10.</summary>
    [TensorFunction]
    public static Tensor Log10(Tensor x) => Log(x) * 0.4342944819032518;

    // ---- rounding ----

    /// <summary>The smallest whole number that is not below x.</summary>
    [TensorFunction]
    public static Tensor Ceil(Tensor x) => -Floor(-x);

    /// <summary>x without its fraction.</summary>
    [TensorFunction]
    public static Tensor Trunc(Tensor x) => Where(x < 0, Ceil(x), Floor(x));

    /// <summary>The nearest whole number; of two the even one.</summary>
    [TensorFunction]
    public static Tensor Round(Tensor x)
    {
        var below = Floor(x);
        var rest = x - below;
        return Where(Equal(rest, 0.5), 2 * Floor(below / 2 + 0.5), Where(rest > 0.5, below + 1, below));
    }

    /// <summary>The fraction of x, with its sign.</summary>
    [TensorFunction]
    public static Tensor Frac(Tensor x) => x - Trunc(x);

    /// <summary>x - y ⌊x / y⌋: what a division leaves, with the sign of y.</summary>
    [TensorFunction]
    public static Tensor Remainder(Tensor x, Tensor y) => x - y * FloorDivide(x, y);

    // ---- kinds of numbers ----

    /// <summary>Whether x is no number (Bool).</summary>
    [TensorFunction]
    public static Tensor IsNan(Tensor x) => NotEqual(x, x);

    /// <summary>Whether x is infinite (Bool).</summary>
    [TensorFunction]
    public static Tensor IsInf(Tensor x) => Equal(Abs(x), double.PositiveInfinity);

    /// <summary>Whether x is neither infinite nor NaN (Bool).</summary>
    [TensorFunction]
    public static Tensor IsFinite(Tensor x) => Abs(x) < double.PositiveInfinity;

    /// <summary>From start to end: start + weight (end - start).</summary>
    [TensorFunction]
    public static Tensor Lerp(Tensor start, Tensor end, Tensor weight) => start + weight * (end - start);

    // ---- activations ----

    /// <summary>x above 0, slope times x below.</summary>
    [TensorFunction]
    public static Tensor LeakyRelu(Tensor x, double slope = 0.01) => Where(x > 0, x, slope * x);

    /// <summary>x above 0, weight times x below; weight has one value, or one for each channel (dimension 1 of x).</summary>
    [TensorFunction]
    public static Tensor PRelu(Tensor x, Tensor weight) => Where(x > 0, x, Transpose(weight * Transpose(x, 1, -1), 1, -1));

    /// <summary>x above 0, alpha (eˣ - 1) below.</summary>
    [TensorFunction]
    public static Tensor Elu(Tensor x, double alpha = 1) => Where(x > 0, x, alpha * Expm1(Where(x > 0, 0, x)));

    /// <summary>x above 0, alpha (exp(x / alpha) - 1) below: smooth at 0 for every alpha.</summary>
    [TensorFunction]
    public static Tensor Celu(Tensor x, double alpha = 1) => Where(x > 0, x, alpha * Expm1(Where(x > 0, 0, x) / alpha));

    /// <summary>The self-normalising form of <see cref="Elu"/> (Klambauer et al. 2017).</summary>
    [TensorFunction]
    public static Tensor Selu(Tensor x) => 1.0507009873554805 * Elu(x, 1.6732632423543772);

    /// <summary>x limited to [min, max].</summary>
    [TensorFunction]
    public static Tensor Hardtanh(Tensor x, double min = -1, double max = 1) => Clamp(x, min, max);

    /// <summary>x limited to [0, 6].</summary>
    [TensorFunction]
    public static Tensor Relu6(Tensor x) => Clamp(x, 0, 6);

    /// <summary>x / 6 + 1/2, limited to [0, 1].</summary>
    [TensorFunction]
    public static Tensor Hardsigmoid(Tensor x) => Clamp(x / 6 + 0.5, 0, 1);

    /// <summary>x times <see cref="Hardsigmoid"/> of x.</summary>
    [TensorFunction]
    public static Tensor Hardswish(Tensor x) => x * Hardsigmoid(x);

    /// <summary>The logarithm of <see cref="Sigmoid"/>, without its underflow.</summary>
    [TensorFunction]
    public static Tensor LogSigmoid(Tensor x) => -Softplus(-x);

    /// <summary>x tanh(log(1 + eˣ)).</summary>
    [TensorFunction]
    public static Tensor Mish(Tensor x) => x * Tanh(Softplus(x));

    /// <summary>x / (1 + |x|).</summary>
    [TensorFunction]
    public static Tensor Softsign(Tensor x) => x / (1 + Abs(x));

    // ---- normalisation ----

    /// <summary>The last dimension brought to mean 0 and variance 1, then scaled and shifted.</summary>
    /// <param name="x">The values.</param>
    /// <param name="weight">The scale of each position; none where null.</param>
    /// <param name="bias">The shift of each position; none where null.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    [TensorFunction]
    public static Tensor LayerNorm(Tensor x, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        var centred = x - Mean(x, -1, keepDim: true);
        var y = centred * Rsqrt(Mean(Square(centred), -1, keepDim: true) + epsilon);
        var scaled = weight == null ? y : y * weight;
        return bias == null ? scaled : scaled + bias;
    }

    /// <summary>The last dimension divided by the root of its mean square, then scaled.</summary>
    /// <param name="x">The values.</param>
    /// <param name="weight">The scale of each position; none where null.</param>
    /// <param name="epsilon">What is added to the mean square.</param>
    [TensorFunction]
    public static Tensor RmsNorm(Tensor x, Tensor? weight = null, double epsilon = 1e-6)
    {
        var y = x * Rsqrt(Mean(Square(x), -1, keepDim: true) + epsilon);
        return weight == null ? y : y * weight;
    }

    /// <summary>Each channel brought to mean 0 and variance 1, then scaled and shifted.</summary>
    /// <param name="x">[b c ..].</param>
    /// <param name="mean">[c]: the means to subtract; those of the batch where null.</param>
    /// <param name="variance">[c]: the variances to divide by; those of the batch where null.</param>
    /// <param name="weight">[c]: the scale of each channel; none where null.</param>
    /// <param name="bias">[c]: the shift of each channel; none where null.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    [TensorFunction]
    public static Tensor BatchNorm(Tensor x, Tensor? mean = null, Tensor? variance = null, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        var flat = Reshape(x, x.Dim(0), x.Dim(1), -1);
        var centred = flat - Unsqueeze(mean == null ? Mean(flat, [0, 2]) : mean, -1);
        var scale = Rsqrt((variance == null ? Mean(Square(centred), [0, 2]) : variance) + epsilon);
        var y = centred * Unsqueeze(weight == null ? scale : scale * weight, -1);
        return ReshapeAs(bias == null ? y : y + Unsqueeze(bias, -1), x);
    }

    /// <summary>Each of some equal groups of channels brought to mean 0 and variance 1, then scaled and shifted.</summary>
    /// <param name="x">[b c ..].</param>
    /// <param name="groups">The number of groups, which divides c.</param>
    /// <param name="weight">[c]: the scale of each channel; none where null.</param>
    /// <param name="bias">[c]: the shift of each channel; none where null.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    [TensorFunction]
    public static Tensor GroupNorm(Tensor x, int groups, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5)
    {
        var flat = Reshape(x, x.Dim(0), x.Dim(1), -1);
        var parts = Reshape(flat, x.Dim(0), groups, x.Dim(1) / groups * flat.Dim(2));
        var centred = parts - Mean(parts, -1, keepDim: true);
        var y = ReshapeAs(centred * Rsqrt(Mean(Square(centred), -1, keepDim: true) + epsilon), flat);
        var scaled = weight == null ? y : y * Unsqueeze(weight, -1);
        return ReshapeAs(bias == null ? scaled : scaled + Unsqueeze(bias, -1), x);
    }

    /// <summary>Each channel of each sample brought to mean 0 and variance 1, then scaled and shifted.</summary>
    /// <param name="x">[b c ..].</param>
    /// <param name="weight">[c]: the scale of each channel; none where null.</param>
    /// <param name="bias">[c]: the shift of each channel; none where null.</param>
    /// <param name="epsilon">What is added to the variance.</param>
    [TensorFunction]
    public static Tensor InstanceNorm(Tensor x, Tensor? weight = null, Tensor? bias = null, double epsilon = 1e-5) => GroupNorm(x, x.Dim(1), weight, bias, epsilon);

    // ---- random ----

    /// <summary>The numbers from 0 to n - 1 in random order; all orders are equally likely. <c>IndexSelect(x, 0, RandomPermutation(key, n))</c> shuffles rows.</summary>
    /// <param name="key">An Int64 scalar.</param>
    /// <param name="n">How many numbers.</param>
    /// <returns>[n], Int64.</returns>
    [TensorFunction]
    public static Tensor RandomPermutation(Tensor key, int n) => ArgSort(FoldKey(key, Arange(n)));

    // ---- attention ----

    /// <summary>softmax(q kᵀ / √d) v: for each query the values, weighted by how well their keys fit.</summary>
    /// <param name="q">[.. l d]: the queries.</param>
    /// <param name="k">[.. s d]: the keys.</param>
    /// <param name="v">[.. s e]: the values.</param>
    /// <param name="mask">Broadcasts to [.. l s]. Bool: which keys a query sees; otherwise added to the scores.</param>
    /// <param name="isCausal">Whether query i sees the keys 0 to i only.</param>
    /// <returns>[.. l e]; NaN for a query that sees nothing.</returns>
    [TensorFunction]
    public static Tensor ScaledDotProductAttention(Tensor q, Tensor k, Tensor v, Tensor? mask = null, bool isCausal = false)
    {
        var scores = MatMul(q, Transpose(k)) / Math.Sqrt(q.Dim(-1));
        if (isCausal)
        {
            var sees = Arange(k.Dim(-2), DType.Float32) <= Unsqueeze(Arange(q.Dim(-2), DType.Float32), -1);
            scores = Where(sees, scores, double.NegativeInfinity);
        }
        if (mask != null) scores = ApplyMask(scores, mask);
        return MatMul(Softmax(scores), v);
    }
}
