using static Proxima.Ops;

namespace Proxima.Proximal;

// Functions whose operators of step 1 are activations a (Combettes and Pesquet 2020): ψ - x²/2, where a is the derivative of the conjugate of ψ. For any step the operator is a(t) with
// (1 - step) a(t) + step t = x. From t = x Newton's method goes to it from one side: a is concave above 0 and convex below.

/// <summary>What activations share.</summary>
internal static class Activation
{
    /// <summary>A step of Newton's method to (1 - step) a(t) + step t = x, from the value and the slope of a at t.</summary>
    [TensorFunction]
    internal static Tensor Improved(Tensor t, Tensor x, Tensor step, Tensor value, Tensor slope) => t - ((1 - step) * value + step * t - x) / (step + (1 - step) * slope);
}

/// <summary>The function whose operator of step 1 is tanh.</summary>
public static class TanhPenalty
{
    /// <summary>((1 + x) log(1 + x) + (1 - x) log(1 - x) - x²) / 2, element by element; ∞ where |x| exceeds 1.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => LogCosh.Conjugate(x) - 0.5 * Square(x);

    /// <summary>tanh t with (1 - step) tanh t + step t = x (Combettes and Pesquet 2020).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Combettes and Pesquet 2020")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        Tensor at = StopGradient(x), length = StopGradient(step), t = at + 0 * length;
        for (var k = 0; k < 24; k++) t = Improved(t, at, length);
        return Tanh(Improved(Improved(t, x, step), x, step));
    }

    [TensorFunction]
    private static Tensor Improved(Tensor t, Tensor x, Tensor step) => Activation.Improved(t, x, step, Tanh(t), 1 - Square(Tanh(t)));
}

/// <summary>The function whose operator of step 1 is 1 / (1 + exp(-x)) - 1/2.</summary>
public static class SigmoidPenalty
{
    /// <summary>u log u + (1 - u) log(1 - u) - x²/2 with u = x + 1/2, element by element; ∞ where |x| exceeds 1/2.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => BinaryEntropy.Value(x + 0.5) - 0.5 * Square(x);

    /// <summary>s(t) = 1 / (1 + exp(-t)) - 1/2 with (1 - step) s(t) + step t = x (Combettes and Pesquet 2020).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Combettes and Pesquet 2020")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        Tensor at = StopGradient(x), length = StopGradient(step), t = at + 0 * length;
        for (var k = 0; k < 24; k++) t = Improved(t, at, length);
        return 0.5 * Tanh(0.5 * Improved(Improved(t, x, step), x, step));
    }

    [TensorFunction]
    private static Tensor Improved(Tensor t, Tensor x, Tensor step) => Activation.Improved(t, x, step, 0.5 * Tanh(0.5 * t), 0.25 * (1 - Square(Tanh(0.5 * t))));
}

/// <summary>The function whose operator of step 1 is the arc tangent.</summary>
public static class AtanPenalty
{
    /// <summary>-log cos x - x²/2, element by element; ∞ where |x| is not below π/2.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        var isInside = Abs(x) < 1.5707963267948966;
        return Where(isInside, -Log(Cos(Where(isInside, x, 0))) - 0.5 * Square(x), double.PositiveInfinity);
    }

    /// <summary>atan t with (1 - step) atan t + step t = x (Combettes and Pesquet 2020).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Combettes and Pesquet 2020")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        Tensor at = StopGradient(x), length = StopGradient(step), t = at + 0 * length;
        for (var k = 0; k < 24; k++) t = Improved(t, at, length);
        return Atan(Improved(Improved(t, x, step), x, step));
    }

    [TensorFunction]
    private static Tensor Improved(Tensor t, Tensor x, Tensor step) => Activation.Improved(t, x, step, Atan(t), 1 / (1 + Square(t)));
}

/// <summary>The function whose operator of step 1 is x / (1 + |x|) (Elliot).</summary>
public static class SoftsignPenalty
{
    /// <summary>-|x| - log(1 - |x|) - x²/2, element by element; ∞ where |x| is not below 1.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Fair.Conjugate(x, 1) - 0.5 * Square(x);

    /// <summary>t / (1 + |t|) with (1 - step) t / (1 + |t|) + step t = x (Combettes and Pesquet 2020): the root of a quadratic equation in |t|, in the form that does not cancel.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Combettes and Pesquet 2020")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        // step t² + (1 - |x|) t = |x|.
        var half = 1 - Abs(x);
        var root = Sqrt(Square(half) + 4 * step * Abs(x));
        var t = Where(half > 0, 2 * x / Where(half > 0, half + root, 1), Sign(x) * (root - half) / (2 * step));
        return t / (1 + Abs(t));
    }
}

/// <summary>The function whose operator of step 1 is x / √(1 + x²) (inverse square root unit).</summary>
public static class IsruPenalty
{
    /// <summary>-√(1 - x²) - x²/2, element by element; ∞ where |x| exceeds 1.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => SmoothAbsolute.Conjugate(x, 1) - 0.5 * Square(x);

    /// <summary>t / √(1 + t²) with (1 - step) t / √(1 + t²) + step t = x (Combettes and Pesquet 2020).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Combettes and Pesquet 2020")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        Tensor at = StopGradient(x), length = StopGradient(step), t = at + 0 * length;
        for (var k = 0; k < 24; k++) t = Improved(t, at, length);
        t = Improved(Improved(t, x, step), x, step);
        return t * Rsqrt(1 + Square(t));
    }

    [TensorFunction]
    private static Tensor Improved(Tensor t, Tensor x, Tensor step)
    {
        var share = Rsqrt(1 + Square(t));
        return Activation.Improved(t, x, step, t * share, share * Square(share));
    }
}

/// <summary>The function whose operator of step 1 is the exponential linear unit.</summary>
public static class EluPenalty
{
    /// <summary>0 where x ≥ 0, (1 + x) log(1 + x) - x - x²/2 below, element by element; ∞ below -1.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Where(x >= 0, 0 * x, Entropy.Value(1 + Minimum(x, 0)) - x - 0.5 * Square(x));

    /// <summary>x where x ≥ 0, exp(t) - 1 with (1 - step) (exp(t) - 1) + step t = x below (Combettes and Pesquet 2020).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Source = "Combettes and Pesquet 2020")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        var below = Minimum(x, 0);
        Tensor at = StopGradient(below), length = StopGradient(step), t = at + 0 * length;
        for (var k = 0; k < 32; k++) t = Improved(t, at, length);
        return Where(x >= 0, x, Expm1(Improved(Improved(t, below, step), below, step)));
    }

    [TensorFunction]
    private static Tensor Improved(Tensor t, Tensor x, Tensor step) => Activation.Improved(t, x, step, Expm1(t), Exp(t));
}

/// <summary>The function whose operator of step 1 is a ramp with a slope below 0, from 0 to 1.</summary>
public static class LeakyPenalty
{
    /// <summary>0 where x ≥ 0, (1 / slope - 1) x²/2 below, element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor slope) => 0.5 * ((1 / slope - 1) * Square(Minimum(x, 0)));

    /// <summary>x where x ≥ 0, x slope / (slope + step (1 - slope)) below (Combettes and Pesquet 2020).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Source = "Combettes and Pesquet 2020")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor slope) => Where(x >= 0, x, x * (slope / (slope + step * (1 - slope))));

    /// <summary>0 where x ≥ 0, (1 / slope - 1) x below.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor slope) => (1 / slope - 1) * Minimum(x, 0);
}

/// <summary>The function whose operator of step 1 is x above 0 and x / √(1 + x²) below (inverse square root linear unit).</summary>
public static class IsrluPenalty
{
    /// <summary>0 where x ≥ 0, 1 - √(1 - x²) - x²/2 below, element by element; ∞ below -1.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Where(x >= 0, 0 * x, 1 + IsruPenalty.Value(Minimum(x, 0)));

    /// <summary>x where x ≥ 0, the operator of the inverse square root unit below (Combettes and Pesquet 2020).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Source = "Combettes and Pesquet 2020")]
    public static Tensor Prox(Tensor x, Tensor step) => Where(x >= 0, x, IsruPenalty.Prox(Minimum(x, 0), step));
}

/// <summary>The function whose operator of step 1 is the inverse hyperbolic sine.</summary>
public static class AsinhPenalty
{
    /// <summary>cosh x - 1 - x²/2, element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => 0.5 * (Square(2 * Sinh(0.5 * x)) - Square(x));

    /// <summary>asinh t with (1 - step) asinh t + step t = x (Combettes and Pesquet 2020).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Combettes and Pesquet 2020")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        Tensor at = StopGradient(x), length = StopGradient(step), t = at + 0 * length;
        for (var k = 0; k < 32; k++) t = Improved(t, at, length);
        return Asinh(Improved(Improved(t, x, step), x, step));
    }

    [TensorFunction]
    private static Tensor Improved(Tensor t, Tensor x, Tensor step) => Activation.Improved(t, x, step, Asinh(t), Rsqrt(1 + Square(t)));

    /// <summary>In the form that does not cancel.</summary>
    [TensorFunction]
    private static Tensor Asinh(Tensor t) => Sign(t) * Log1p(Abs(t) + Square(t) / (1 + Sqrt(1 + Square(t))));
}

/// <summary>The function whose operator of step 1 is sign(x) log(1 + |x|).</summary>
public static class LogarithmPenalty
{
    /// <summary>exp |x| - 1 - |x| - x²/2, element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Expm1(Abs(x)) - Abs(x) - 0.5 * Square(x);

    /// <summary>a(t) = sign(t) log(1 + |t|) with (1 - step) a(t) + step t = x (Combettes and Pesquet 2020).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Combettes and Pesquet 2020")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        Tensor at = StopGradient(x), length = StopGradient(step), t = at + 0 * length;
        for (var k = 0; k < 32; k++) t = Improved(t, at, length);
        t = Improved(Improved(t, x, step), x, step);
        return Sign(t) * Log1p(Abs(t));
    }

    [TensorFunction]
    private static Tensor Improved(Tensor t, Tensor x, Tensor step) => Activation.Improved(t, x, step, Sign(t) * Log1p(Abs(t)), 1 / (1 + Abs(t)));
}

/// <summary>The function whose operator of step 1 is the redescending unit c sign(x) x² / (1 + x²) with c = 8 / (3 √3), whose slope is at most 1 (Geman and McClure).</summary>
public static class GemanMcClurePenalty
{
    /// <summary>c atan √(|x| / (c - |x|)) - √(|x| (c - |x|)) - x²/2, element by element; ∞ where |x| is not below c.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        Tensor size = Abs(x), rest = 1.5396007178390020 - size;
        var isInside = (rest > 0) & (size > 0);
        Tensor below = Where(isInside, size, 1), above = Where(isInside, rest, 1);
        var inside = 1.5396007178390020 * Atan(Sqrt(below / above)) - Sqrt(below * above) - 0.5 * Square(below);
        return Where(isInside, inside, Where(size > 0, double.PositiveInfinity, size));
    }

    /// <summary>a(t) = c sign(t) t² / (1 + t²) with (1 - step) a(t) + step t = x (Combettes and Pesquet 2020); by bisection and two steps of Newton's method.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Combettes and Pesquet 2020")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        Tensor at = StopGradient(Abs(x)), length = StopGradient(step);
        // a(t) ≤ t.
        var (lower, upper) = (0 * at + 0 * length, at / Minimum(length, 1));
        for (var k = 0; k < 56; k++)
        {
            var middle = 0.5 * (lower + upper);
            var isBelow = (1 - length) * Unit(middle) + length * middle < at;
            lower = Where(isBelow, middle, lower);
            upper = Where(isBelow, upper, middle);
        }
        return Sign(x) * Unit(Improved(Improved(0.5 * (lower + upper), Abs(x), step), Abs(x), step));
    }

    /// <summary>Of t that are not negative.</summary>
    [TensorFunction]
    private static Tensor Unit(Tensor t) => 1.5396007178390020 * Square(t) / (1 + Square(t));

    [TensorFunction]
    private static Tensor Improved(Tensor t, Tensor x, Tensor step) => Activation.Improved(t, x, step, Unit(t), 3.0792014356780041 * t / Square(1 + Square(t)));
}
