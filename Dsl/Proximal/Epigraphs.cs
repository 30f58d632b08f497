using static Proxima.Ops;

namespace Proxima.Proximal;

// Epigraphs: vectors whose first element is at least a function of the others. That of the Euclidean norm, and of the magnitude of one number, is SecondOrderCone.

/// <summary>What epigraphs share.</summary>
internal static class Epigraph
{
    /// <summary>The first element of each vector.</summary>
    [TensorFunction]
    internal static Tensor Top(Tensor x) => Slice(x, dim: -1, start: 0, end: 1);

    /// <summary>The other elements.</summary>
    [TensorFunction]
    internal static Tensor Rest(Tensor x) => Slice(x, dim: -1, start: 1, end: x.Dim(-1));

    /// <summary>The τ with Σ max(x - τ, 0) = offset + τ: the largest of (the sum of the k largest elements - offset) / (k + 1), with none of them, too.</summary>
    [TensorFunction]
    internal static Tensor Level(Tensor x, Tensor offset)
    {
        var (sorted, _) = Sort(x, dim: -1, descending: true);
        return Max(Concat([-offset, (CumSum(sorted, dim: -1) - offset) / (SumOfLargest.Places(sorted) + 1)], dim: -1), dim: -1, keepDim: true);
    }
}

/// <summary>The epigraph of the l1 norm.</summary>
public static class L1Epigraph
{
    /// <summary>0 where Σ|x[1..]| ≤ x[0], ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        var norm = Sum(Abs(Epigraph.Rest(x)), dim: -1, keepDim: true);
        return Squeeze(Indicator.Of(norm - Epigraph.Top(x), norm), -1);
    }

    /// <summary>x[0] + τ and the soft threshold τ of the others, where τ is the least with which it is in the set (Beck 2017, 6.36).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, IsHomogeneous = true, Source = "Beck 2017, 6.36")]
    public static Tensor Project(Tensor x)
    {
        Tensor top = Epigraph.Top(x), rest = Epigraph.Rest(x);
        var level = Relu(Epigraph.Level(Abs(rest), top));
        return Concat([top + level, SoftThreshold(rest, level)], dim: -1);
    }

    /// <summary>0 where max |y[1..]| ≤ -y[0], ∞ elsewhere, the conjugate: the indicator of the polar cone.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => LInfEpigraph.Value(-y);
}

/// <summary>The epigraph of the largest magnitude.</summary>
public static class LInfEpigraph
{
    /// <summary>0 where max |x[1..]| ≤ x[0], ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        var norm = Norm(Epigraph.Rest(x), double.PositiveInfinity, dim: -1, keepDim: true);
        return Squeeze(Indicator.Of(norm - Epigraph.Top(x), norm), -1);
    }

    /// <summary>A bound s, and the others cut at ± s, where s is x[0] and all that is cut off, and not negative (Beck 2017, 6.36; Moreau 1965).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, IsHomogeneous = true, Source = "Beck 2017, 6.36; Moreau 1965")]
    public static Tensor Project(Tensor x)
    {
        var rest = Epigraph.Rest(x);
        var bound = Relu(Epigraph.Level(Abs(rest), -Epigraph.Top(x)));
        return Concat([bound, Minimum(Maximum(rest, -bound), bound)], dim: -1);
    }

    /// <summary>0 where Σ|y[1..]| ≤ -y[0], ∞ elsewhere, the conjugate: the indicator of the polar cone.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => L1Epigraph.Value(-y);
}

/// <summary>The epigraph of the largest element.</summary>
public static class LargestElementEpigraph
{
    /// <summary>0 where max x[1..] ≤ x[0], ∞ elsewhere, for each vector of two or more.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        var largest = Max(Epigraph.Rest(x), dim: -1, keepDim: true);
        return Squeeze(Indicator.Of(largest - Epigraph.Top(x), largest), -1);
    }

    /// <summary>A bound s, and the others cut at s, where s is x[0] and all that is cut off (by its optimality condition).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, IsHomogeneous = true, Source = "by its optimality condition")]
    public static Tensor Project(Tensor x)
    {
        var rest = Epigraph.Rest(x);
        var bound = Epigraph.Level(rest, -Epigraph.Top(x));
        return Concat([bound, Minimum(rest, bound)], dim: -1);
    }

    /// <summary>0 where y[1..] ≥ 0 and Σ y[1..] = -y[0], ∞ elsewhere, the conjugate: the indicator of the polar cone.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y)
    {
        Tensor rest = Epigraph.Rest(y), sum = Sum(rest, dim: -1, keepDim: true);
        return Squeeze(Indicator.Of(Maximum(Abs(sum + Epigraph.Top(y)), Max(-rest, dim: -1, keepDim: true)), sum), -1);
    }
}

/// <summary>The epigraph of the positive part, in pairs.</summary>
public static class PositivePartEpigraph
{
    /// <summary>0 where max(x[1], 0) ≤ x[0], ∞ elsewhere, for each pair.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Squeeze(Indicator.Of(Relu(Epigraph.Rest(x)) - Epigraph.Top(x), Epigraph.Rest(x)), -1);

    /// <summary>max(x[0], (x[0] + x[1]) / 2, 0), and x[1] cut at it (by inspection).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, IsHomogeneous = true, Source = "by inspection")]
    public static Tensor Project(Tensor x)
    {
        Tensor top = Epigraph.Top(x), rest = Epigraph.Rest(x);
        var bound = Relu(Maximum(top, 0.5 * (top + rest)));
        return Concat([bound, Minimum(rest, bound)], dim: -1);
    }

    /// <summary>0 where 0 ≤ y[1] ≤ -y[0], ∞ elsewhere, the conjugate: the indicator of the polar cone.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Squeeze(Indicator.Of(Maximum(-Epigraph.Rest(y), Epigraph.Rest(y) + Epigraph.Top(y)), Epigraph.Top(y)), -1);
}

/// <summary>The epigraph of the larger of two slopes, in pairs: that of the support function of an interval.</summary>
public static class PinballEpigraph
{
    /// <summary>0 where max(lower x[1], upper x[1]) ≤ x[0], ∞ elsewhere, for each pair, for lower ≤ upper.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor lower, Tensor upper)
    {
        var height = Pinball.Value(Epigraph.Rest(x), lower, upper);
        return Squeeze(Indicator.Of(height - Epigraph.Top(x), height), -1);
    }

    /// <summary>x within; else the nearer of the projections onto the edges (Chierchia et al. 2015).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, IsHomogeneous = true, Source = "Chierchia et al. 2015")]
    public static Tensor Project(Tensor x, Tensor lower, Tensor upper)
    {
        Tensor top = Epigraph.Top(x), rest = Epigraph.Rest(x);
        var isInside = Pinball.Value(rest, lower, upper) <= top;
        Tensor right = Relu(upper * top + rest) / (1 + Square(upper)), left = Relu(-lower * top - rest) / (1 + Square(lower));
        var isRight = Square(right) * (1 + Square(upper)) >= Square(left) * (1 + Square(lower));
        return Where(isInside, x, Where(isRight, Concat([upper * right, right], dim: -1), Concat([-lower * left, -left], dim: -1)));
    }

    /// <summary>0 where -lower y[0] ≤ y[1] ≤ -upper y[0] and y[0] ≤ 0, ∞ elsewhere, the conjugate: the indicator of the polar cone.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor lower, Tensor upper)
    {
        Tensor top = Epigraph.Top(y), rest = Epigraph.Rest(y);
        return Squeeze(Indicator.Of(Maximum(top, Maximum(-lower * top - rest, rest + upper * top)), rest), -1);
    }
}

/// <summary>The epigraph of the squared hinge loss, in pairs.</summary>
public static class SquaredHingeEpigraph
{
    /// <summary>0 where max(1 - x[1], 0)² ≤ x[0], ∞ elsewhere, for each pair.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        var height = SquaredHinge.Value(Epigraph.Rest(x));
        return Squeeze(Indicator.Of(height - Epigraph.Top(x), height), -1);
    }

    /// <summary>That of the square, of what x[1] lacks to 1; where it lacks nothing max(x[0], 0) (Chierchia et al. 2015).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, Source = "Chierchia et al. 2015")]
    public static Tensor Project(Tensor x)
    {
        Tensor top = Epigraph.Top(x), rest = Epigraph.Rest(x);
        var near = PowerEpigraph.Project(Concat([top, Relu(1 - rest)], dim: -1), 2);
        return Where(SquaredHinge.Value(rest) <= top, x, Where(rest < 1, Concat([Epigraph.Top(near), 1 - Epigraph.Rest(near)], dim: -1), Concat([Relu(top), rest], dim: -1)));
    }
}

/// <summary>
/// The epigraph of a multiple of the distance from a point; where the point is the projection of x[1..] onto a convex set, such as <c>Simplex.Project(x[.., 1..], 1)</c>, its members are those of the epigraph of the distance
/// from that set.
/// </summary>
public static class DistanceEpigraph
{
    /// <summary>0 where weight |x[1..] - nearest| ≤ x[0], ∞ elsewhere, for each vector, for a weight that is not negative.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor nearest, Tensor weight)
    {
        var height = weight * Norm(Epigraph.Rest(x) - nearest, 2, dim: -1, keepDim: true);
        return Squeeze(Indicator.Of(height - Epigraph.Top(x), height), -1);
    }

    /// <summary>x within; else with the distance d of x[1..] the new one (d + weight x[0]) / (1 + weight²), or 0 where that is negative, and the height that it has there (Chierchia et al. 2015).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, Source = "Chierchia et al. 2015")]
    public static Tensor Project(Tensor x, Tensor nearest, Tensor weight)
    {
        Tensor top = Epigraph.Top(x), away = Epigraph.Rest(x) - nearest, distance = Norm(away, 2, dim: -1, keepDim: true);
        var isInside = weight * distance <= top;
        var size = Relu(distance + weight * top) / (1 + Square(weight));
        return Concat([Where(isInside, top, weight * size), nearest + away * Where(isInside, 1, size / Where(distance > 0, distance, 1))], dim: -1);
    }
}

/// <summary>The epigraph of a multiple of the squared distance from a point, and as <see cref="DistanceEpigraph"/> from any convex set.</summary>
public static class SquaredDistanceEpigraph
{
    /// <summary>0 where weight |x[1..] - nearest|² ≤ x[0], ∞ elsewhere, for each vector, for a positive weight.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor nearest, Tensor weight)
    {
        var height = weight * Sum(Square(Epigraph.Rest(x) - nearest), dim: -1, keepDim: true);
        return Squeeze(Indicator.Of(height - Epigraph.Top(x), height), -1);
    }

    /// <summary>
    /// x within; else with the distance d of x[1..] the new one r with r + 2 weight r (weight r² - x[0]) = d, and the height that it has there (Chierchia et al. 2015): the largest root, as of <see cref="Intensity"/>.
    /// </summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, Source = "Chierchia et al. 2015")]
    public static Tensor Project(Tensor x, Tensor nearest, Tensor weight)
    {
        Tensor top = Epigraph.Top(x), away = Epigraph.Rest(x) - nearest, distance = Norm(away, 2, dim: -1, keepDim: true);
        var isInside = weight * Square(distance) <= top;
        var size = Intensity.Prox(Where(isInside, 1, distance), 2 * Square(weight), Where(isInside, 0, top / weight));
        return Concat([Where(isInside, top, weight * Square(size)), nearest + away * Where(isInside, 1, size / Where(distance > 0, distance, 1))], dim: -1);
    }
}

/// <summary>The epigraph of the distance from a box; with bounds that are equal from a point, with infinite ones from an orthant.</summary>
public static class BoxDistanceEpigraph
{
    /// <summary>0 where the distance of x[1..] from the vectors between lower and upper is at most x[0], ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor lower, Tensor upper)
    {
        var rest = Epigraph.Rest(x);
        var distance = Norm(rest - Box.Project(rest, lower, upper), 2, dim: -1, keepDim: true);
        return Squeeze(Indicator.Of(distance - Epigraph.Top(x), distance), -1);
    }

    /// <summary>As of <see cref="DistanceEpigraph"/>, with the projection onto the box (Chierchia et al. 2015).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, Source = "Chierchia et al. 2015")]
    public static Tensor Project(Tensor x, Tensor lower, Tensor upper) => DistanceEpigraph.Project(x, Box.Project(Epigraph.Rest(x), lower, upper), 1);
}

/// <summary>The epigraph of the distance from a ball.</summary>
public static class BallDistanceEpigraph
{
    /// <summary>0 where max(|x[1..]| - radius, 0) ≤ x[0], ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor radius)
    {
        var distance = Relu(Norm(Epigraph.Rest(x), 2, dim: -1, keepDim: true) - radius);
        return Squeeze(Indicator.Of(distance - Epigraph.Top(x), distance), -1);
    }

    /// <summary>As of <see cref="DistanceEpigraph"/>, with the projection onto the ball (Chierchia et al. 2015).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, Source = "Chierchia et al. 2015")]
    public static Tensor Project(Tensor x, Tensor radius) => DistanceEpigraph.Project(x, L2Ball.Project(Epigraph.Rest(x), radius), 1);
}

/// <summary>The epigraph of a power of the Euclidean norm; with the power 2 that of the square.</summary>
public static class PowerEpigraph
{
    /// <summary>0 where |x[1..]|^power ≤ x[0], ∞ elsewhere, for each vector, for a power of at least 1.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor power)
    {
        var height = Height(Norm(Epigraph.Rest(x), 2, dim: -1, keepDim: true), power);
        return Squeeze(Indicator.Of(height - Epigraph.Top(x), height), -1);
    }

    /// <summary>
    /// x within; else (r^power, x[1..] r / |x[1..]|) with the root r of r + power r^(power - 1) (r^power - x[0]) = |x[1..]| (by its optimality condition); by bisection and two steps of
    /// Newton's method.
    /// </summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, Source = "by its optimality condition")]
    public static Tensor Project(Tensor x, Tensor power)
    {
        Tensor top = Epigraph.Top(x), rest = Epigraph.Rest(x), norm = Norm(rest, 2, dim: -1, keepDim: true);
        var isInside = Height(norm, power) <= top;
        // A point that is known stands for those that need no root, or where the root is at the tip.
        var isTip = !isInside & (norm <= Where(Equal(power, 1), -top, 0));
        var isKnown = isInside | isTip;
        var (height, size) = (Where(isKnown, 0, top), Where(isKnown, 1, norm));
        Tensor a = StopGradient(height), b = StopGradient(size), exponent = StopGradient(power + 0 * size);
        var (lower, upper) = (0 * b, b);
        for (var k = 0; k < 56; k++)
        {
            var middle = 0.5 * (lower + upper);
            var isBelow = (Height(middle, exponent) < a) | (Excess(middle, a, b, exponent) < 0);
            lower = Where(isBelow, middle, lower);
            upper = Where(isBelow, upper, middle);
        }
        var root = Improved(Improved(0.5 * (lower + upper), height, size, power), height, size, power);
        var point = Concat([Height(root, power), rest * (root / Where(isKnown, 1, norm))], dim: -1);
        return Where(isInside, x, Where(isTip, 0 * x, point));
    }

    /// <summary>size^power; 0 at 0.</summary>
    [TensorFunction]
    private static Tensor Height(Tensor size, Tensor power) => Where(size > 0, Exp(power * Log(Where(size > 0, size, 1))), 0 * size);

    [TensorFunction]
    private static Tensor Excess(Tensor root, Tensor height, Tensor size, Tensor power) => root + power * Pow(root, power - 1) * (Height(root, power) - height) - size;

    [TensorFunction]
    private static Tensor Improved(Tensor root, Tensor height, Tensor size, Tensor power)
    {
        var steep = power * Pow(root, power - 1);
        return root - Excess(root, height, size, power) / (1 + Square(steep) + steep * ((power - 1) / root) * (Height(root, power) - height));
    }
}

/// <summary>The epigraph of the exponential function, in pairs; that of -log is the same with the pair exchanged and the new second element's sign turned.</summary>
public static class ExponentialEpigraph
{
    /// <summary>0 where exp(x[1]) ≤ x[0], ∞ elsewhere, for each pair.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        var height = Exp(Epigraph.Rest(x));
        return Squeeze(Indicator.Of(height - Epigraph.Top(x), height), -1);
    }

    /// <summary>x within; else (exp(z), z) with z + exp(z) (exp(z) - x[0]) = x[1] (by its optimality condition); by Newton's method from above.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, Source = "by its optimality condition")]
    public static Tensor Project(Tensor x)
    {
        Tensor top = Epigraph.Top(x), rest = Epigraph.Rest(x);
        var isInside = Exp(rest) <= top;
        var (height, right) = (Where(isInside, 0, top), Where(isInside, 0, rest));
        Tensor a = StopGradient(height), b = StopGradient(right);
        // At least the root: where exp(z) (exp(z) - x[0]) alone is max(x[1], 0), or 0.
        var z = Minimum(b, Relu(Log(Maximum(0.5 * (a + Sqrt(Square(a) + 4 * Relu(b))), 1))));
        for (var k = 0; k < 32; k++) z = Improved(z, a, b);
        z = Improved(Improved(z, height, right), height, right);
        return Where(isInside, x, Concat([Exp(z), z], dim: -1));
    }

    [TensorFunction]
    private static Tensor Improved(Tensor z, Tensor height, Tensor right) => z - (z + Exp(z) * (Exp(z) - height) - right) / (1 + Exp(z) * (2 * Exp(z) - height));
}
