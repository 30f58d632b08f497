using static Proxima.Ops;

namespace Proxima.Proximal;

// Smooth functions of each element. Where the operator solves an equation, Newton's method runs on values that are constant to derivatives, from a side on which it cannot overshoot; two
// more steps, through which derivatives go, make these exact up to the third.

/// <summary>x log x: the negative entropy.</summary>
public static class Entropy
{
    /// <summary>x log x, element by element; 0 at 0 and ∞ below.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Where(x < 0, double.PositiveInfinity, x * Log(Where(x > 0, x, 1)));

    /// <summary>log x + 1.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x) => Log(x) + 1;

    /// <summary>exp(y - 1), the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Exp(y - 1);

    /// <summary>exp(t) with exp(t) + step t = x - step: step W(exp(x / step - 1) / step) with Lambert's function W (Combettes and Pesquet 2011).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Source = "Combettes and Pesquet 2011")]
    public static Tensor Prox(Tensor x, Tensor step) => Exp(Root(x - step, step));

    /// <summary>The t with exp(t) + weight t = right, for a positive weight.</summary>
    [TensorFunction]
    internal static Tensor Root(Tensor right, Tensor weight)
    {
        Tensor constant = StopGradient(right), factor = StopGradient(weight);
        // At least the root: the left side is there at least the right one, and it is convex.
        var t = Minimum(constant / factor, Log(Maximum(constant, 1)));
        for (var k = 0; k < 32; k++) t = Improved(t, constant, factor);
        return Improved(Improved(t, right, weight), right, weight);
    }

    [TensorFunction]
    private static Tensor Improved(Tensor t, Tensor right, Tensor weight) => t - (Exp(t) + weight * t - right) / (Exp(t) + weight);
}

/// <summary>The divergence of Kullback and Leibler from a positive prior.</summary>
public static class RelativeEntropy
{
    /// <summary>x log(x / prior) - x + prior, element by element; ∞ below 0.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor prior) => Where(x < 0, double.PositiveInfinity, x * Log(Where(x > 0, x, 1) / prior) - x + prior);

    /// <summary>log(x / prior).</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor prior) => Log(x / prior);

    /// <summary>prior (exp(y) - 1), the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor prior) => prior * Expm1(y);

    /// <summary>exp(t) with exp(t) + step t = x + step log prior: step W(prior exp(x / step) / step) with Lambert's function W (Combettes and Pesquet 2011).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Source = "Combettes and Pesquet 2011")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor prior) => Exp(Entropy.Root(x + step * Log(prior), step));
}

/// <summary>exp(x).</summary>
public static class Exponential
{
    /// <summary>exp(x), element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Exp(x);

    /// <summary>exp(x).</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x) => Exp(x);

    /// <summary>y log y - y, the conjugate; 0 at 0 and ∞ below.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Entropy.Value(y) - y;

    /// <summary>x - exp(t) with exp(t) + t = x + log step: x - W(step exp(x)) with Lambert's function W (Combettes and Pesquet 2011).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Source = "Combettes and Pesquet 2011")]
    public static Tensor Prox(Tensor x, Tensor step) => x - Exp(Entropy.Root(x + Log(step), 1));
}

/// <summary>log(1 + exp(x)): the logistic loss of a margin -x.</summary>
public static class Logistic
{
    /// <summary>log(1 + exp(x)), element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Softplus(x);

    /// <summary>1 / (1 + exp(-x)).</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x) => Sigmoid(x);

    /// <summary>y log y + (1 - y) log(1 - y), the conjugate; ∞ outside of 0 to 1.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Entropy.Value(y) + Entropy.Value(1 - y);

    /// <summary>The p with p + step / (1 + exp(-p)) = x (from the optimality condition).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Source = "by its optimality condition")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        Tensor at = StopGradient(x), length = StopGradient(step);
        // The slope is concave above 0 and convex below.
        var p = Where(2 * at > length, Relu(at - length), Minimum(at, 0 * length));
        for (var k = 0; k < 24; k++) p = Improved(p, at, length);
        return Improved(Improved(p, x, step), x, step);
    }

    [TensorFunction]
    private static Tensor Improved(Tensor p, Tensor x, Tensor step) => p - (p + step * Sigmoid(p) - x) / (1 + step * Sigmoid(p) * Sigmoid(-p));
}

/// <summary>log cosh x: smooth at 0, linear far out.</summary>
public static class LogCosh
{
    /// <summary>log cosh x, element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Abs(x) + Softplus(-2 * Abs(x)) - 0.69314718055994530942;

    /// <summary>tanh x.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x) => Tanh(x);

    /// <summary>((1 + y) log(1 + y) + (1 - y) log(1 - y)) / 2, the conjugate; ∞ where |y| exceeds 1.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => 0.5 * (Entropy.Value(1 + y) + Entropy.Value(1 - y));

    /// <summary>The p with p + step tanh p = x (from the optimality condition).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "by its optimality condition")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        Tensor at = StopGradient(x), length = StopGradient(step);
        var p = SoftThreshold(at, length);
        for (var k = 0; k < 24; k++) p = Improved(p, at, length);
        return Improved(Improved(p, x, step), x, step);
    }

    [TensorFunction]
    private static Tensor Improved(Tensor p, Tensor x, Tensor step) => p - (p + step * Tanh(p) - x) / (1 + step * (1 - Square(Tanh(p))));
}

/// <summary>√(x² + width²): |x| without its corner.</summary>
public static class SmoothAbsolute
{
    /// <summary>√(x² + width²), element by element, for a width that is not 0.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor width) => Sqrt(Square(x) + Square(width));

    /// <summary>x / √(x² + width²).</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor width) => x / Sqrt(Square(x) + Square(width));

    /// <summary>-|width| √(1 - y²), the conjugate; ∞ where |y| exceeds 1.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor width) => Where(Abs(y) > 1, double.PositiveInfinity, -Abs(width) * Sqrt(Relu(1 - Square(y))));

    /// <summary>The p with p + step p / √(p² + width²) = x (from the optimality condition).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "by its optimality condition")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor width)
    {
        Tensor at = StopGradient(x), length = StopGradient(step), square = StopGradient(Square(width));
        var p = SoftThreshold(at, length + 0 * square);
        for (var k = 0; k < 24; k++) p = Improved(p, at, length, square);
        return Improved(Improved(p, x, step, Square(width)), x, step, Square(width));
    }

    [TensorFunction]
    private static Tensor Improved(Tensor p, Tensor x, Tensor step, Tensor square)
    {
        var share = Rsqrt(Square(p) + square);
        return p - (p + step * p * share - x) / (1 + step * square * share * Square(share));
    }
}

/// <summary>slope |x| - log(1 + slope |x|): quadratic near zero, nearly linear beyond (Fair 1974).</summary>
public static class Fair
{
    /// <summary>slope |x| - log(1 + slope |x|), element by element, for a positive slope.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor slope) => slope * Abs(x) - Log1p(slope * Abs(x));

    /// <summary>slope² x / (1 + slope |x|).</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor slope) => Square(slope) * x / (1 + slope * Abs(x));

    /// <summary>-u - log(1 - u) with u = |y| / slope, the conjugate; ∞ where |y| is not below the slope.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor slope) => Where(Abs(y) >= slope, double.PositiveInfinity, -Abs(y) / slope - Log1p(-Abs(y) / slope));

    /// <summary>The root of slope p² + p (1 + step slope² - slope |x|) - |x| that is not negative, with the sign of x (Combettes and Pesquet 2007), in the form that does not cancel.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Combettes and Pesquet 2007")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor slope)
    {
        var size = Abs(x);
        var half = 1 + step * Square(slope) - slope * size;
        var root = Sqrt(Square(half) + 4 * slope * size);
        return Where(half > 0, 2 * x / Where(half > 0, half + root, 1), Sign(x) * (root - half) / (2 * slope));
    }
}

/// <summary>|x|^(3/2).</summary>
public static class ThreeHalvesPower
{
    /// <summary>|x|^(3/2), element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Abs(x) * Sqrt(Where(Equal(x, 0), 1, Abs(x)));

    /// <summary>3/2 sign(x) √|x|.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x) => 1.5 * (Sign(x) * Sqrt(Where(Equal(x, 0), 1, Abs(x))));

    /// <summary>4/27 |y|³, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => 4.0 / 27 * (Abs(y) * Square(y));

    /// <summary>sign(x) s² with s² + 3/2 step s = |x| (Chaux et al. 2007), in the form that does not cancel.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Chaux et al. 2007")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        var root = 2 * x / (1.5 * step + Sqrt(2.25 * Square(step) + 4 * Abs(x)));
        return root * Abs(root);
    }
}

/// <summary>x⁴.</summary>
public static class FourthPower
{
    /// <summary>x⁴, element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Square(Square(x));

    /// <summary>4 x³.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x) => 4 * (x * Square(x));

    /// <summary>3 (|y| / 4)^(4/3), the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => 3 * Pow(Where(Equal(y, 0), 1, Abs(y) / 4), 4.0 / 3) * Abs(Sign(y));

    /// <summary>The p with p + 4 step p³ = x (Chaux et al. 2007), by Newton's method from x.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Chaux et al. 2007")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        Tensor at = StopGradient(x), length = StopGradient(step);
        var p = at + 0 * length;
        for (var k = 0; k < 40; k++) p = Improved(p, at, length);
        return Improved(Improved(p, x, step), x, step);
    }

    [TensorFunction]
    private static Tensor Improved(Tensor p, Tensor x, Tensor step) => p - (p + 4 * step * p * Square(p) - x) / (1 + 12 * step * Square(p));
}

/// <summary>|x|^(4/3).</summary>
public static class FourThirdsPower
{
    /// <summary>|x|^(4/3), element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Pow(Where(Equal(x, 0), 1, Abs(x)), 4.0 / 3) * Abs(Sign(x));

    /// <summary>4/3 sign(x) |x|^(1/3).</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x) => 4.0 / 3 * (Sign(x) * Pow(Where(Equal(x, 0), 1, Abs(x)), 1.0 / 3));

    /// <summary>(3 |y| / 4)⁴ / 3, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Square(Square(0.75 * y)) / 3;

    /// <summary>sign(x) q³ with q³ + 4/3 step q = |x| (Chaux et al. 2007), by Newton's method from above.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Chaux et al. 2007")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        Tensor at = StopGradient(Abs(x)), length = StopGradient(step);
        var q = Pow(Where(Equal(at, 0), 1, at), 1.0 / 3) * Sign(at) + 0 * length;
        for (var k = 0; k < 24; k++) q = Improved(q, at, length);
        q = Improved(Improved(q, Abs(x), step), Abs(x), step);
        return Sign(x) * (q * Square(q));
    }

    [TensorFunction]
    private static Tensor Improved(Tensor q, Tensor size, Tensor step)
    {
        var slope = 3 * Square(q) + 4.0 / 3 * step;
        return q - (q * Square(q) + 4.0 / 3 * step * q - size) / Where(slope > 0, slope, 1);
    }
}

/// <summary>x log x + (1 - x) log(1 - x): the negative entropy of a probability (Fermi and Dirac).</summary>
public static class BinaryEntropy
{
    /// <summary>x log x + (1 - x) log(1 - x), element by element; 0 at 0 and 1, ∞ beyond.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Entropy.Value(x) + Entropy.Value(1 - x);

    /// <summary>log x - log(1 - x).</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x) => Log(x) - Log(1 - x);

    /// <summary>log(1 + exp(y)), the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Softplus(y);

    /// <summary>1 / (1 + exp(-t)) with the t that the operator of the conjugate gives: step t + 1 / (1 + exp(-t)) = x (Moreau 1965).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Source = "Moreau 1965, from the logistic loss")]
    public static Tensor Prox(Tensor x, Tensor step) => Sigmoid(Logistic.Prox(x / step, 1 / step));
}

/// <summary>1/x: a barrier of the positive numbers.</summary>
public static class InverseBarrier
{
    /// <summary>1/x, element by element; ∞ at 0 and below.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Where(x > 0, 1 / Where(x > 0, x, 1), double.PositiveInfinity);

    /// <summary>-1/x².</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x) => -1 / Square(x);

    /// <summary>-2 √(-y), the conjugate; ∞ above 0.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Where(y > 0, double.PositiveInfinity, -2 * Sqrt(Relu(-y)));

    /// <summary>The positive p with p - step / p² = x (Combettes and Pesquet 2007), by Newton's method from below.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Source = "Combettes and Pesquet 2007")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        Tensor at = StopGradient(x), length = StopGradient(step);
        var root = Pow(length, 1.0 / 3);
        var p = Where(at > 0, Maximum(at, root), Sqrt(length / (root + Abs(at))));
        for (var k = 0; k < 40; k++) p = Improved(p, at, length);
        return Improved(Improved(p, x, step), x, step);
    }

    [TensorFunction]
    private static Tensor Improved(Tensor p, Tensor x, Tensor step) => p - (p - step / Square(p) - x) / (1 + 2 * step / (p * Square(p)));
}
