using static Proxima.Ops;

namespace Proxima.Proximal;

// Powers of one number, and logarithms beside them: all their operators are the root of one equation.

/// <summary>What functions of powers share.</summary>
internal static class Powers
{
    /// <summary>
    /// The positive p with <c>p - log / p + rate p^(power - 1) = x</c>, whose left side rises with p: by bisection of log p and two steps of Newton's method. What has no root gives nearly 0.
    /// </summary>
    [TensorFunction]
    internal static Tensor Root(Tensor x, Tensor log, Tensor rate, Tensor power)
    {
        Tensor at = StopGradient(x), a = StopGradient(log), b = StopGradient(rate), q = StopGradient(power);
        var middle = 0 * at + 0 * a + 0 * b + 0 * q;
        var (lower, upper) = (middle - 80, middle + 80);
        for (var k = 0; k < 60; k++)
        {
            middle = 0.5 * (lower + upper);
            var isBelow = Excess(middle, at, a, b, q) < 0;
            lower = Where(isBelow, middle, lower);
            upper = Where(isBelow, upper, middle);
        }
        return Exp(Improved(Improved(0.5 * (lower + upper), x, log, rate, power), x, log, rate, power));
    }

    /// <summary>The left side less the right one, at p = exp(t).</summary>
    [TensorFunction]
    private static Tensor Excess(Tensor t, Tensor x, Tensor log, Tensor rate, Tensor power) => Exp(t) - log * Exp(-t) + rate * Exp((power - 1) * t) - x;

    [TensorFunction]
    private static Tensor Improved(Tensor t, Tensor x, Tensor log, Tensor rate, Tensor power) =>
        t - Excess(t, x, log, rate, power) / (Exp(t) + log * Exp(-t) + rate * (power - 1) * Exp((power - 1) * t));
}

/// <summary>|x| to any power above 1.</summary>
public static class AbsolutePower
{
    /// <summary>|x|^power, element by element, for a power above 1.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor power) => Pow(Where(Equal(x, 0), 1, Abs(x)), power) * Abs(Sign(x));

    /// <summary>power sign(x) |x|^(power - 1).</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor power) => power * Sign(x) * Pow(Where(Equal(x, 0), 1, Abs(x)), power - 1);

    /// <summary>(power - 1) (|y| / power)^(power / (power - 1)), the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor power) => (power - 1) * Value(y / power, power / (power - 1));

    /// <summary>sign(x) p with p + step power p^(power - 1) = |x| (Chaux et al. 2007).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Chaux et al. 2007")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor power) => Sign(x) * Powers.Root(Where(Equal(x, 0), 1, Abs(x)), 0, step * power, power);
}

/// <summary>1 / x to any power: a barrier of the positive numbers.</summary>
public static class InversePower
{
    /// <summary>x^-power, element by element, for a positive power; ∞ at 0 and below.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor power) => Where(x > 0, Pow(Where(x > 0, x, 1), -power), double.PositiveInfinity);

    /// <summary>-power x^(-power - 1).</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor power) => -power * Pow(x, -power - 1);

    /// <summary>-(1 + power) (-y / power)^(power / (1 + power)), the conjugate; ∞ above 0.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor power) => Where(y > 0, double.PositiveInfinity, -(1 + power) * Pow(Relu(-y) / power, power / (1 + power)));

    /// <summary>The positive p with p - step power p^(-power - 1) = x (Combettes and Pesquet 2007).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Source = "Combettes and Pesquet 2007")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor power) => Powers.Root(x, 0, -step * power, -power);
}

/// <summary>The negative of a root, such as -√x: large where x is.</summary>
public static class NegativePower
{
    /// <summary>-x^power, element by element, for a power between 0 and 1; 0 at 0 and ∞ below.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor power) => Where(x < 0, double.PositiveInfinity, -Pow(Where(x > 0, x, 1), power) * Abs(Sign(x)));

    /// <summary>-power x^(power - 1).</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor power) => -power * Pow(x, power - 1);

    /// <summary>(1 - power) (-y / power)^(power / (power - 1)), the conjugate; ∞ where y is not negative.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor power) => Where(y < 0, (1 - power) * Pow(Where(y < 0, -y, 1) / power, power / (power - 1)), double.PositiveInfinity);

    /// <summary>The positive p with p - step power p^(power - 1) = x (Combettes and Pesquet 2007).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Source = "Combettes and Pesquet 2007")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor power) => Powers.Root(x, 0, -step * power, power);
}

/// <summary>A logarithm and a power: with a power of -1 the negative log-likelihood of a variance, with 1 that of a rate.</summary>
public static class LogPower
{
    /// <summary>-log x + weight x^power, element by element, for a weight that is not negative and a power of at least 1 or at most 0; ∞ at 0 and below.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor weight, Tensor power)
    {
        var inside = Where(x > 0, x, 1);
        return Where(x > 0, weight * Pow(inside, power) - Log(inside), double.PositiveInfinity);
    }

    /// <summary>weight power x^(power - 1) - 1 / x.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor weight, Tensor power) => weight * power * Pow(x, power - 1) - 1 / x;

    /// <summary>The positive p with p - step / p + step weight power p^(power - 1) = x (Combettes and Pesquet 2007).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Source = "Combettes and Pesquet 2007")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor weight, Tensor power) => Powers.Root(x, step, step * weight * power, power);
}

/// <summary>-log(radius² - x²): a barrier of an interval around 0; of a length that of a ball.</summary>
public static class LogBarrier
{
    /// <summary>-log(radius² - x²), element by element; ∞ where |x| is not below radius.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor radius)
    {
        var isInside = Abs(x) < radius;
        var size = Where(isInside, Abs(x), 0);
        return Where(isInside, -Log((radius - size) * (radius + size)), double.PositiveInfinity);
    }

    /// <summary>2 x / (radius² - x²).</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor radius) => 2 * x / (Square(radius) - Square(x));

    /// <summary>w - 1 - log((1 + w) / (2 radius²)) with w = √(1 + radius² y²), the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor radius)
    {
        var root = Sqrt(1 + Square(radius * y));
        return root - 1 - Log((1 + root) / (2 * Square(radius)));
    }

    /// <summary>x / (1 + v) with v (radius² - x² / (1 + v)²) = 2 step, within the interval (Chouzenoux, Corbineau and Pesquet 2020); by bisection and two steps of Newton's method.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Chouzenoux, Corbineau and Pesquet 2020")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor radius)
    {
        Tensor square = StopGradient(Square(x)), length = StopGradient(step), limit = StopGradient(Square(radius));
        var lower = Relu(Sqrt(square / limit) - 1) + 0 * length;
        // v / (1 + v)² is at most 1/4.
        var upper = Maximum((2 * length + 0.25 * square) / limit, lower);
        for (var k = 0; k < 56; k++)
        {
            var middle = 0.5 * (lower + upper);
            var isBelow = Excess(middle, square, length, limit) < 0;
            lower = Where(isBelow, middle, lower);
            upper = Where(isBelow, upper, middle);
        }
        return x / (1 + Improved(Improved(0.5 * (lower + upper), Square(x), step, Square(radius)), Square(x), step, Square(radius)));
    }

    [TensorFunction]
    private static Tensor Excess(Tensor v, Tensor square, Tensor step, Tensor limit) => v * (limit - square / Square(1 + v)) - 2 * step;

    [TensorFunction]
    private static Tensor Improved(Tensor v, Tensor square, Tensor step, Tensor limit) =>
        v - Excess(v, square, step, limit) / (limit + square * (v - 1) / (Square(1 + v) * (1 + v)));
}
