using static Proxima.Ops;

namespace Proxima.Proximal;

/// <summary>|x|; summed over a vector the l1 norm.</summary>
public static class Absolute
{
    /// <summary>|x|, element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Abs(x);

    /// <summary>sign(x) max(|x| - step, 0) (Donoho 1995).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsHomogeneous = true, IsSymmetric = true, Source = "Donoho 1995")]
    public static Tensor Prox(Tensor x, Tensor step) => SoftThreshold(x, step);

    /// <summary>0 where |y| ≤ 1, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Box.Value(y, -1, 1);
}

/// <summary>x²/2 (Tikhonov).</summary>
public static class HalfSquare
{
    /// <summary>x²/2, element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => 0.5 * Square(x);

    /// <summary>x / (1 + step) (Beck 2017, section 6.2).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Beck 2017, 6.2")]
    public static Tensor Prox(Tensor x, Tensor step) => x / (1 + step);

    /// <summary>x.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x) => x;

    /// <summary>y²/2, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => 0.5 * Square(y);
}

/// <summary>The elastic net (Zou and Hastie 2005).</summary>
public static class ElasticNet
{
    /// <summary>absolute |x| + square x²/2, element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor absolute, Tensor square) => absolute * Abs(x) + 0.5 * (square * Square(x));

    /// <summary>sign(x) max(|x| - step absolute, 0) / (1 + step square) (Parikh and Boyd 2014, 6.5.3).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Parikh and Boyd 2014, 6.5.3")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor absolute, Tensor square) => SoftThreshold(x, step * absolute) / (1 + step * square);

    /// <summary>max(|y| - absolute, 0)² / (2 square), the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor absolute, Tensor square) => Square(SoftThreshold(y, absolute)) / (2 * square);
}

/// <summary>The larger of two slopes: the loss of quantiles, and the support function of an interval.</summary>
public static class Pinball
{
    /// <summary>max(lower x, upper x), element by element, for lower ≤ upper.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor lower, Tensor upper) => Maximum(lower * x, upper * x);

    /// <summary>x - min(max(x, step lower), step upper) (Combettes and Pesquet 2007).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsHomogeneous = true, Source = "Combettes and Pesquet 2007")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor lower, Tensor upper) => x - Minimum(Maximum(x, step * lower), step * upper);

    /// <summary>0 where lower ≤ y ≤ upper, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor lower, Tensor upper) => Box.Value(y, lower, upper);
}

/// <summary>Quadratic near zero, linear beyond (Huber 1964).</summary>
public static class Huber
{
    /// <summary>x²/2 where |x| ≤ threshold, threshold (|x| - threshold/2) elsewhere, element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor threshold) => Where(Abs(x) <= threshold, 0.5 * Square(x), threshold * (Abs(x) - 0.5 * threshold));

    /// <summary>x - step min(max(x / (1 + step), -threshold), threshold) (Beck 2017, 6.7.1).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Beck 2017, 6.7.1")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor threshold) => x - step * Minimum(Maximum(x / (1 + step), -threshold), threshold);

    /// <summary>min(max(x, -threshold), threshold).</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor threshold) => Minimum(Maximum(x, -threshold), threshold);

    /// <summary>y²/2 where |y| ≤ threshold, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor threshold) => 0.5 * Square(y) + Box.Value(y, -threshold, threshold);
}

/// <summary>Linear near zero, quadratic beyond: the reverse of Huber's function (Owen 2007).</summary>
public static class BerHu
{
    /// <summary>|x| where |x| ≤ threshold, (x² + threshold²) / (2 threshold) elsewhere, element by element, for a positive threshold.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor threshold) => Where(Abs(x) <= threshold, Abs(x), (Square(x) + Square(threshold)) / (2 * threshold));

    /// <summary>The soft threshold where |x| ≤ threshold + step, threshold x / (threshold + step) elsewhere (from the optimality condition).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Owen 2007, by its optimality condition")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor threshold) => Where(Abs(x) <= threshold + step, SoftThreshold(x, step), threshold * x / (threshold + step));

    /// <summary>threshold max(y² - 1, 0) / 2, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor threshold) => 0.5 * (threshold * Relu(Square(y) - 1));
}

/// <summary>The hinge loss of a margin.</summary>
public static class Hinge
{
    /// <summary>max(1 - x, 0), element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Relu(1 - x);

    /// <summary>max(x, min(x + step, 1)) (from the optimality condition).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Source = "Cortes and Vapnik 1995, by its optimality condition")]
    public static Tensor Prox(Tensor x, Tensor step) => Maximum(x, Minimum(x + step, 1));

    /// <summary>y where -1 ≤ y ≤ 0, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => y + Box.Value(y, -1, 0);
}

/// <summary>The squared hinge loss of a margin.</summary>
public static class SquaredHinge
{
    /// <summary>max(1 - x, 0)², element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Square(Relu(1 - x));

    /// <summary>x + max(1 - x, 0) 2 step / (1 + 2 step) (from the optimality condition).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Source = "by its optimality condition")]
    public static Tensor Prox(Tensor x, Tensor step) => x + Relu(1 - x) * (2 * step / (1 + 2 * step));

    /// <summary>-2 max(1 - x, 0).</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x) => -2 * Relu(1 - x);

    /// <summary>y + y²/4 where y ≤ 0, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => y + 0.25 * Square(y) + NonnegativeOrthant.Value(-y);
}

/// <summary>The distance from an interval around zero (Vapnik).</summary>
public static class Insensitive
{
    /// <summary>max(|x| - width, 0), element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor width) => Relu(Abs(x) - width);

    /// <summary>x less what exceeds the interval, and at most step (Combettes and Pesquet 2007).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Combettes and Pesquet 2007")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor width) => x - Minimum(Maximum(SoftThreshold(x, width), -step), step);

    /// <summary>width |y| where |y| ≤ 1, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor width) => width * Abs(y) + Box.Value(y, -1, 1);
}

/// <summary>The squared distance from an interval around zero.</summary>
public static class SquaredInsensitive
{
    /// <summary>max(|x| - width, 0)², element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor width) => Square(Relu(Abs(x) - width));

    /// <summary>x less 2 step / (1 + 2 step) of what exceeds the interval (from the optimality condition).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "by its optimality condition")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor width) => x - SoftThreshold(x, width) * (2 * step / (1 + 2 * step));

    /// <summary>2 sign(x) max(|x| - width, 0).</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor width) => 2 * SoftThreshold(x, width);

    /// <summary>width |y| + y²/4, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor width) => width * Abs(y) + 0.25 * Square(y);
}

/// <summary>max(x, 0).</summary>
public static class PositivePart
{
    /// <summary>max(x, 0), element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Relu(x);

    /// <summary>min(x, max(x - step, 0)) (Combettes and Pesquet 2007).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsHomogeneous = true, Source = "Combettes and Pesquet 2007")]
    public static Tensor Prox(Tensor x, Tensor step) => Minimum(x, Relu(x - step));

    /// <summary>0 where 0 ≤ y ≤ 1, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Box.Value(y, 0, 1);
}

/// <summary>|x|³.</summary>
public static class CubedAbsolute
{
    /// <summary>|x|³, element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Abs(x) * Square(x);

    /// <summary>2 x / (1 + √(1 + 12 step |x|)) (Chaux et al. 2007, in the form that does not cancel).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSymmetric = true, Source = "Chaux et al. 2007")]
    public static Tensor Prox(Tensor x, Tensor step) => 2 * x / (1 + Sqrt(1 + 12 * step * Abs(x)));

    /// <summary>3 x |x|.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x) => 3 * (x * Abs(x));

    /// <summary>2 (|y| / 3)^(3/2), the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => 2 * ThreeHalvesPower.Value(y / 3);
}

/// <summary>-log x: a barrier of the positive numbers.</summary>
public static class NegativeLog
{
    /// <summary>-log x, element by element; ∞ at 0 and NaN below.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => -Log(x);

    /// <summary>(x + √(x² + 4 step)) / 2 (Combettes and Pesquet 2007), in the form that does not cancel.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Source = "Combettes and Pesquet 2007")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        var square = Square(x) + 4 * step;
        var isZero = Equal(square, 0);
        var sum = Abs(x) + Where(isZero, 0, Sqrt(Where(isZero, 1, square)));
        return Where(x > 0, sum / 2, 2 * step / Where(isZero, 1, sum));
    }

    /// <summary>-1/x.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x) => -1 / x;

    /// <summary>-1 - log(-y), the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => -1 - Log(-y);
}

/// <summary>The negative log-likelihood of counts.</summary>
public static class Poisson
{
    /// <summary>x - count log x, element by element; ∞ below 0.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor count)
    {
        var isEmpty = Equal(count, 0);
        return Where(x < 0, double.PositiveInfinity, x - Where(isEmpty, 0, count * Log(Where(isEmpty, 1, x))));
    }

    /// <summary>(z + √(z² + 4 step count)) / 2 with z = x - step (Combettes and Pesquet 2007).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Source = "Combettes and Pesquet 2007")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor count) => NegativeLog.Prox(x - step, step * count);

    /// <summary>1 - count / x.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor count) => 1 - count / x;

    /// <summary>count log(count / (1 - y)) - count where y is below 1, and 0 where y ≤ 1 and count is 0, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor count) => Where(y > 1, double.PositiveInfinity, Entropy.Value(count) - count - Where(Equal(count, 0), 0, count * Log(Where(Equal(count, 0), 1, 1 - y))));
}

/// <summary>The negative log-likelihood of a label that is true with the probability x.</summary>
public static class BernoulliLoss
{
    /// <summary>-label log x - (1 - label) log(1 - x), element by element, for labels from 0 to 1; ∞ where x is not from 0 to 1.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor label)
    {
        // 0 log 0 is 0.
        var inside = -Where(label > 0, label * Log(Where(label > 0, x, 1)), 0) - Where(label < 1, (1 - label) * Log(Where(label < 1, 1 - x, 1)), 0);
        return Where((x < 0) | (x > 1), double.PositiveInfinity, inside + 0 * x);
    }

    /// <summary>(1 - label) / (1 - x) - label / x.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor label) => (1 - label) / (1 - x) - label / x;

    /// <summary>p y less the value at the p from 0 to 1 with y p² + (1 - y) p = label, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor label)
    {
        // In the forms that do not cancel.
        var root = Sqrt(Square(1 - y) + 4 * y * label);
        var p = Where(y < 1, 2 * label / Where(y < 1, 1 - y + root, 1), (y - 1 + root) / Where(y < 1, 1, 2 * y));
        return p * y - Value(p, label);
    }

    /// <summary>
    /// p = 1 / (1 + exp(-t)) with p - step label / p + step (1 - label) / (1 - p) = x, or the end of the interval where there is none (by its optimality condition): the left side rises with t; by bisection and two steps of
    /// Newton's method.
    /// </summary>
    [TensorFunction, ProxRule(of: nameof(Value), Source = "by its optimality condition")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor label)
    {
        Tensor at = StopGradient(x), yes = StopGradient(step * label), no = StopGradient(step * (1 - label));
        var t = 0 * at + 0 * yes;
        var (lower, upper) = (t - 80, t + 80);
        for (var k = 0; k < 60; k++)
        {
            t = 0.5 * (lower + upper);
            var isBelow = Excess(t, at, yes, no) < 0;
            lower = Where(isBelow, t, lower);
            upper = Where(isBelow, upper, t);
        }
        t = 0.5 * (lower + upper);
        var isInside = Abs(t) < 79;
        for (var k = 0; k < 2; k++)
        {
            Tensor rises = step * label * Exp(-t), falls = step * (1 - label) * Exp(t);
            t = Where(isInside, t - Excess(t, x, step * label, step * (1 - label)) / (Sigmoid(t) * Sigmoid(-t) + rises + falls), t);
        }
        return Sigmoid(t);
    }

    [TensorFunction]
    private static Tensor Excess(Tensor t, Tensor x, Tensor yes, Tensor no) => Sigmoid(t) - yes * (1 + Exp(-t)) + no * (1 + Exp(t)) - x;
}

/// <summary>1 where x differs from 0; summed over a vector the number of such elements. Not convex.</summary>
public static class Cardinality
{
    /// <summary>1 where x differs from 0, element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Abs(Sign(x));

    /// <summary>x where x² > 2 step, 0 elsewhere: the hard threshold (Blumensath and Davies 2008).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, IsSymmetric = true, Source = "Blumensath and Davies 2008")]
    public static Tensor Prox(Tensor x, Tensor step) => Where(Square(x) <= 2 * step, 0, x);
}

/// <summary>The minimax concave penalty (Zhang 2010). Not convex.</summary>
public static class Mcp
{
    /// <summary>slope |x| - x² / (2 width) where |x| ≤ slope width, slope² width / 2 elsewhere, element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor slope, Tensor width) =>
        Where(Abs(x) <= slope * width, slope * Abs(x) - Square(x) / (2 * width), 0.5 * (Square(slope) * width));

    /// <summary>
    /// For a step below width the firm threshold, sign(x) max(|x| - step slope, 0) / (1 - step / width) where |x| ≤ slope width and x elsewhere (Zhang 2010); for a
    /// larger one x where |x| exceeds slope √(step width), 0 elsewhere.
    /// </summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, IsSymmetric = true, Source = "Zhang 2010")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor slope, Tensor width)
    {
        var isSmall = step < width;
        var firm = Where(Abs(x) <= slope * width, SoftThreshold(x, step * slope) * (width / Where(isSmall, width - step, 1)), x);
        return Where(isSmall, firm, Where(Square(x) <= Square(slope) * step * width, 0, x));
    }
}

/// <summary>The smoothly clipped absolute deviation (Fan and Li 2001). Not convex.</summary>
public static class Scad
{
    /// <summary>
    /// slope |x| where |x| ≤ slope, (2 width slope |x| - x² - slope²) / (2 (width - 1)) where |x| ≤ width slope, slope² (width + 1) / 2 elsewhere, element by element, for a width above 1.
    /// </summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor slope, Tensor width)
    {
        var size = Abs(x);
        var bend = (2 * width * slope * size - Square(x) - Square(slope)) / (2 * (width - 1));
        return Where(size <= slope, slope * size, Where(size <= width * slope, bend, 0.5 * (Square(slope) * (width + 1))));
    }

    /// <summary>
    /// For a step below width - 1 the soft threshold where |x| ≤ slope (1 + step), sign(x) ((width - 1) |x| - step width slope) / (width - 1 - step) where |x| ≤ width slope,
    /// x elsewhere (Fan and Li 2001); for a larger one the better of the soft threshold, cut at slope, and x.
    /// </summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, IsSymmetric = true, Source = "Fan and Li 2001")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor slope, Tensor width)
    {
        var size = Abs(x);
        var isSmall = step < width - 1;
        var soft = SoftThreshold(size, step * slope);
        var bend = ((width - 1) * size - step * width * slope) / Where(isSmall, width - 1 - step, 1);
        var near = Minimum(soft, slope);
        var far = Maximum(size, width * slope);
        var isFar = Square(far - size) + 2 * step * Value(far, slope, width) < Square(near - size) + 2 * step * Value(near, slope, width);
        var split = Where(isFar, far, near);
        return Sign(x) * Where(isSmall, Where(size <= slope * (1 + step), soft, Where(size <= width * slope, bend, size)), split);
    }
}

/// <summary>The logarithmic penalty (Candès, Wakin and Boyd 2008). Not convex.</summary>
public static class LogPenalty
{
    /// <summary>log(1 + |x| / width), element by element, for a positive width.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor width) => Log1p(Abs(x) / width);

    /// <summary>The better of 0 and sign(x) max(|x| - width + √((|x| + width)² - 4 step), 0) / 2 (Selesnick and Bayram 2014).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, IsSymmetric = true, Source = "Selesnick and Bayram 2014")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor width)
    {
        var size = Abs(x);
        var square = Square(size + width) - 4 * step;
        var hasRoot = square > 0;
        var root = Relu(size - width + Sqrt(Where(hasRoot, square, 1))) / 2;
        var isBetter = hasRoot & (Square(root - size) + 2 * step * Value(root, width) < Square(size));
        return Where(isBetter, Sign(x) * root, 0 * x);
    }
}

/// <summary>|x| up to a width, then constant. Not convex.</summary>
public static class CappedAbsolute
{
    /// <summary>min(|x|, width), element by element, for a positive width.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor width) => Minimum(Abs(x), width);

    /// <summary>The better of the soft threshold, cut at width, and x (Zhang 2010).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, IsSymmetric = true, Source = "Zhang 2010")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor width)
    {
        var size = Abs(x);
        var near = Minimum(SoftThreshold(size, step), width);
        var far = Maximum(size, width);
        return Sign(x) * Where(Square(far - size) + 2 * step * width < Square(near - size) + 2 * step * near, far, near);
    }
}

/// <summary>√|x|. Not convex.</summary>
public static class SquareRoot
{
    /// <summary>√|x|, element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Sqrt(Where(Equal(x, 0), 1, Abs(x))) * Abs(Sign(x));

    /// <summary>2/3 x (1 + cos(2/3 (π - arccos(step/4 (|x|/3)^(-3/2))))) where |x| exceeds 3/2 step^(2/3), 0 elsewhere (Xu et al. 2012).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, IsSymmetric = true, Source = "Xu et al. 2012")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        var size = Abs(x);
        var isLarge = size > 1.5 * Pow(step, 2.0 / 3);
        var third = Where(isLarge, size, 3 + 3 * step) / 3;
        var angle = Acos(step / 4 / (third * Sqrt(third)));
        return Where(isLarge, x * (2.0 / 3) * (1 + Cos(2.0 / 3 * (3.14159265358979323846 - angle))), 0 * x);
    }
}

/// <summary>|x|^(2/3). Not convex.</summary>
public static class TwoThirdsPower
{
    /// <summary>|x|^(2/3), element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Pow(Where(Equal(x, 0), 1, Abs(x)), 2.0 / 3) * Abs(Sign(x));

    /// <summary>sign(x) q³ with the largest root of q⁴ - |x| q + 2/3 step where |x| exceeds 2 (2/3 step)^(3/4), 0 elsewhere (Cao, Sun and Xu 2013); by Newton's method from above.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, IsSymmetric = true, Source = "Cao, Sun and Xu 2013")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        var limit = 2 * Pow(2.0 / 3 * step, 0.75);
        var isLarge = Abs(x) > limit;
        var (size, constant) = (Where(isLarge, Abs(x), limit + 1), 2.0 / 3 * step);
        Tensor at = StopGradient(size), length = StopGradient(constant);
        var q = Pow(at, 1.0 / 3);
        for (var k = 0; k < 16; k++) q = Improved(q, at, length);
        q = Improved(Improved(q, size, constant), size, constant);
        return Where(isLarge, Sign(x) * (q * Square(q)), 0 * x);
    }

    [TensorFunction]
    private static Tensor Improved(Tensor q, Tensor size, Tensor constant) => q - (Square(Square(q)) - size * q + constant) / (4 * q * Square(q) - size);
}

/// <summary>|x| / (|x| + width) (Geman and McClure 1985). Not convex.</summary>
public static class Geman
{
    /// <summary>|x| / (|x| + width), element by element, for a positive width.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor width) => Abs(x) / (Abs(x) + width);

    /// <summary>The better of 0 and sign(x) (s - width) with the largest root of s³ - (|x| + width) s² + step width (by its optimality condition); by Newton's method from above.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, IsSymmetric = true, Source = "Geman and McClure 1985, by its optimality condition")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor width)
    {
        var (size, constant) = (Abs(x), step * width);
        var hasRoot = 4 * (size + width) * Square(size + width) > 27 * constant;
        var sum = Where(hasRoot, size + width, 2 * Pow(27 * constant + 1, 1.0 / 3));
        Tensor at = StopGradient(sum), length = StopGradient(constant);
        var s = at;
        for (var k = 0; k < 32; k++) s = Improved(s, at, length);
        var root = Relu(Improved(Improved(s, sum, constant), sum, constant) - width);
        var isBetter = hasRoot & (Square(root - size) + 2 * step * Value(root, width) < Square(size));
        return Where(isBetter, Sign(x) * root, 0 * x);
    }

    [TensorFunction]
    private static Tensor Improved(Tensor s, Tensor sum, Tensor constant) => s - (s * Square(s) - sum * Square(s) + constant) / (s * (3 * s - 2 * sum));
}

/// <summary>1 - exp(-|x| / width): the exponential penalty (Bradley and Mangasarian 1998). Not convex.</summary>
public static class ExponentialPenalty
{
    /// <summary>1 - exp(-|x| / width), element by element, for a positive width.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor width) => -Expm1(-Abs(x) / width);

    /// <summary>The better of 0 and sign(x) times the largest root of p - |x| + step / width exp(-p / width) (by its optimality condition); by Newton's method from above.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, IsSymmetric = true, Source = "Bradley and Mangasarian 1998, by its optimality condition")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor width)
    {
        var size = Abs(x);
        // The left side is least here, or rises from 0 on.
        var bend = width * Log(Maximum(step / Square(width), 1));
        var limit = bend + Minimum(step / width, width);
        var hasRoot = size > limit;
        var sum = Where(hasRoot, size, limit + width);
        Tensor at = StopGradient(sum), length = StopGradient(step / width), scale = StopGradient(width);
        var p = at;
        for (var k = 0; k < 32; k++) p = Improved(p, at, length, scale);
        var root = Improved(Improved(p, sum, step / width, width), sum, step / width, width);
        var isBetter = hasRoot & (Square(root - size) + 2 * step * Value(root, width) < Square(size));
        return Where(isBetter, Sign(x) * root, 0 * x);
    }

    [TensorFunction]
    private static Tensor Improved(Tensor p, Tensor sum, Tensor length, Tensor width)
    {
        var slope = length * Exp(-p / width);
        return p - (p - sum + slope) / (1 - slope / width);
    }
}

/// <summary>log(1 + x²/width²): the negative log-likelihood of Cauchy's distribution (Black and Anandan 1996). Not convex.</summary>
public static class CauchyPenalty
{
    /// <summary>log(1 + (x / width)²), element by element, for a width that is not 0.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor width) => Log1p(Square(x / width));

    /// <summary>2 x / (x² + width²).</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor width) => 2 * x / (Square(x) + Square(width));

    /// <summary>
    /// width p with p + 2 r p / (1 + p²) = x / width, r = step / width² (by its optimality condition): the left side falls between two turns where r exceeds 4, and the better of the roots beside them is taken;
    /// by bisection and two steps of Newton's method.
    /// </summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, IsSymmetric = true, Source = "by its optimality condition")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor width)
    {
        Tensor size = Abs(x / width), rate = step / Square(width);
        Tensor at = StopGradient(size), length = StopGradient(rate);
        var isBent = length > 4;
        var root = Sqrt(Relu(length * (length - 4)));
        Tensor near = 0 * at + 0 * length, far = Where(isBent, Sqrt(Relu(length + root - 1)), near);
        Tensor nearEnd = Where(isBent, Sqrt(Relu(4 * length / Maximum(length + root, 1) - 1)), at), farEnd = Maximum(at, far);
        for (var k = 0; k < 52; k++)
        {
            Tensor nearMiddle = 0.5 * (near + nearEnd), farMiddle = 0.5 * (far + farEnd);
            Tensor isNearBelow = Excess(nearMiddle, at, length) < 0, isFarBelow = Excess(farMiddle, at, length) < 0;
            (near, nearEnd) = (Where(isNearBelow, nearMiddle, near), Where(isNearBelow, nearEnd, nearMiddle));
            (far, farEnd) = (Where(isFarBelow, farMiddle, far), Where(isFarBelow, farEnd, farMiddle));
        }
        var isFarBetter = Square(far - at) + 2 * length * Log1p(Square(far)) < Square(near - at) + 2 * length * Log1p(Square(near));
        var p = Where(isFarBetter, far, near);
        return Sign(x) * Abs(width) * Improved(Improved(p, size, rate), size, rate);
    }

    [TensorFunction]
    private static Tensor Excess(Tensor p, Tensor size, Tensor rate) => p + 2 * rate * p / (1 + Square(p)) - size;

    [TensorFunction]
    private static Tensor Improved(Tensor p, Tensor size, Tensor rate)
    {
        var slope = 1 + 2 * rate * (1 - Square(p)) / Square(1 + Square(p));
        return p - Excess(p, size, rate) / Where(slope > 0, slope, 1);
    }
}

/// <summary>x²/2 up to a height, then constant. Not convex.</summary>
public static class TruncatedSquare
{
    /// <summary>min(x²/2, height), element by element, for a height that is not negative.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor height) => Minimum(0.5 * Square(x), height);

    /// <summary>x / (1 + step) where x² ≤ 2 height (1 + step), x elsewhere: the better of the two (Blake and Zisserman 1987).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, IsSymmetric = true, Source = "Blake and Zisserman 1987")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor height) => Where(Square(x) <= 2 * height * (1 + step), x / (1 + step), x);
}

/// <summary>Half the squared distance of a magnitude from a measured one. Not convex.</summary>
public static class Amplitude
{
    /// <summary>(|x| - measured)²/2, element by element, for measurements that are not negative.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor measured) => 0.5 * Square(Abs(x) - measured);

    /// <summary>sign(x) (|x| + step measured) / (1 + step); of 0 the positive one of two minimisers (Soulez et al. 2016).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, IsSymmetric = true, Source = "Soulez et al. 2016")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor measured)
    {
        var size = (Abs(x) + step * measured) / (1 + step);
        return Where(x < 0, -size, size);
    }
}

/// <summary>A quarter of the squared distance of a square from a measured intensity. Not convex.</summary>
public static class Intensity
{
    /// <summary>(x² - measured)²/4, element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor measured) => 0.25 * Square(Square(x) - measured);

    /// <summary>x (x² - measured).</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor measured) => x * (Square(x) - measured);

    /// <summary>The largest root of step p³ + (1 - step measured) p - |x| with the sign of x; of 0 the positive one of two minimisers (by its optimality condition); by Newton's method from above.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, IsSymmetric = true, Source = "by its optimality condition")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor measured)
    {
        var size = Abs(x);
        Tensor at = StopGradient(size), length = StopGradient(step), goal = StopGradient(measured);
        var p = Maximum(at + 0 * length, Sqrt(Relu(goal)));
        for (var k = 0; k < 40; k++) p = Improved(p, at, length, goal);
        p = Improved(Improved(p, size, step, measured), size, step, measured);
        return Where(x < 0, -p, p);
    }

    [TensorFunction]
    private static Tensor Improved(Tensor p, Tensor size, Tensor step, Tensor measured)
    {
        var slope = 1 + step * (3 * Square(p) - measured);
        return p - (step * p * (Square(p) - measured) + p - size) / Where(slope > 0, slope, 1);
    }
}

/// <summary>One of two numbers: not convex.</summary>
public static class Binary
{
    /// <summary>0 where x is lower or upper, ∞ elsewhere, element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor lower, Tensor upper) => Where(Equal(x, lower) | Equal(x, upper), Relu(-Abs(x)), double.PositiveInfinity);

    /// <summary>The nearer of the two, for lower ≤ upper; in the middle the lower one.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSet = true, IsNonconvex = true, Source = "by inspection")]
    public static Tensor Project(Tensor x, Tensor lower, Tensor upper) => Where(2 * x > lower + upper, upper + 0 * x, lower + 0 * x);
}

/// <summary>The numbers between two bounds.</summary>
public static class Box
{
    /// <summary>0 where lower ≤ x ≤ upper, ∞ elsewhere, element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor lower, Tensor upper) => Where((x < lower) | (x > upper), double.PositiveInfinity, Relu(-Abs(x)));

    /// <summary>min(max(x, lower), upper) (Beck 2017, 6.4).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSet = true, FollowsSeparable = true, Source = "Beck 2017, 6.4")]
    public static Tensor Project(Tensor x, Tensor lower, Tensor upper) => Minimum(Maximum(x, lower), upper);

    /// <summary>Where slope x is least: lower where the slope is positive, upper elsewhere.</summary>
    [TensorFunction]
    public static Tensor LinearMinimizer(Tensor slope, Tensor lower, Tensor upper) => Where(slope > 0, lower + 0 * slope, upper + 0 * slope);

    /// <summary>max(lower y, upper y), the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor lower, Tensor upper) => Pinball.Value(y, lower, upper);
}

/// <summary>The numbers that are not negative.</summary>
public static class NonnegativeOrthant
{
    /// <summary>0 where x ≥ 0, ∞ elsewhere, element by element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Where(x < 0, double.PositiveInfinity, Relu(-Abs(x)));

    /// <summary>max(x, 0) (Beck 2017, 6.4).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsSet = true, IsHomogeneous = true, FollowsSeparable = true, Source = "Beck 2017, 6.4")]
    public static Tensor Project(Tensor x) => Relu(x);

    /// <summary>x exp(-slope): the least p of slope p plus the divergence p log(p / x) - p + x (Kivinen and Warmuth 1997).</summary>
    [TensorFunction]
    public static Tensor MirrorStep(Tensor x, Tensor slope) => x * Exp(-slope);

    /// <summary>0 where y ≤ 0, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Value(-y);
}
