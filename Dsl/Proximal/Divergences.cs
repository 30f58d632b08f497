using static Proxima.Ops;

namespace Proxima.Proximal;

// Divergences and perspectives: functions of two arguments that are positively homogeneous in both together. Divergences are of pairs (p, q) along the last dimension; perspectives of vectors
// whose first element is what the others are divided by.

/// <summary>The divergence q φ(p / q) with φ(t) = (t^order - order t + order - 1) / (order (order - 1)) (Cressie and Read 1984); of the orders 1 and 0 that of Kullback and Leibler and its reverse.</summary>
public static class PowerDivergence
{
    /// <summary>(p^order q^(1 - order) - order p + (order - 1) q) / (order (order - 1)) of each pair; ∞ where one is negative.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor order)
    {
        Tensor p = Epigraph.Top(x), q = Epigraph.Rest(x);
        var isInside = (p > 0) & (q > 0);
        Tensor above = Where(isInside, p, 1), below = Where(isInside, q, 1);
        // q (φ(t) at t = p / q) is p φ'(t) less q (t φ'(t) - φ(t)).
        var ratio = Log(above / below);
        var inside = above * Grown(ratio, order - 1) - below * Grown(ratio, order);
        // Where one of both is 0: q φ(0), and p times the slope of φ at infinity.
        var left = Where(order > 0, Relu(q) / Where(order > 0, order, 1), Where(q > 0, double.PositiveInfinity, 0 * q));
        var right = Where(order < 1, Relu(p) / Where(order < 1, 1 - order, 1), Where(p > 0, double.PositiveInfinity, 0 * p));
        return Squeeze(Where(isInside, inside, Where((p < 0) | (q < 0), double.PositiveInfinity, Where(p > 0, right, left))), -1);
    }

    /// <summary>
    /// With the root t of t (q + step (t φ'(t) - φ(t))) = p - step φ'(t) the pair (t s, s) of s = q + step (t φ'(t) - φ(t)), and 0 where there is none (El Gheche, Chierchia and Pesquet 2018);
    /// by bisection of log t and two steps of Newton's method.
    /// </summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, Source = "El Gheche, Chierchia and Pesquet 2018")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor order) => Near(x, step, order, 0);

    /// <summary>The operator of the divergence, and of the reverse one, that of exchanged pairs, times a factor.</summary>
    [TensorFunction]
    internal static Tensor Near(Tensor x, Tensor step, Tensor order, Tensor reverse)
    {
        Tensor p = Epigraph.Top(x), q = Epigraph.Rest(x);
        Tensor above = StopGradient(p), below = StopGradient(q), length = StopGradient(step), power = StopGradient(order), other = StopGradient(reverse);
        var (lower, upper) = (0 * above - 40, 0 * above + 40);
        for (var k = 0; k < 60; k++)
        {
            var middle = 0.5 * (lower + upper);
            var scale = below + length * Drop(middle, power, other);
            var isBelow = (scale <= 0) | (Exp(middle) * scale < above - length * Slope(middle, power, other));
            lower = Where(isBelow, middle, lower);
            upper = Where(isBelow, upper, middle);
        }
        var root = 0.5 * (lower + upper);
        // At the lower end p is 0. Where no root is, the search ends where the scale becomes positive.
        var isEmpty = (above - length * Slope(root, power, other) <= 0) & (root > -39);
        var isZero = isEmpty | (below + length * Drop(root, power, other) <= 0);
        root = Where(isZero, 0, root);
        var (u, v) = (Where(isZero, 1, p), Where(isZero, 1, q));
        var isInside = root > -39;
        for (var k = 0; k < 2; k++)
        {
            var scale = v + step * Drop(root, order, reverse);
            var bend = step * (Exp((order - 1) * root) + reverse * Exp(-order * root));
            var move = (Exp(root) * scale - u + step * Slope(root, order, reverse)) / (Exp(root) * (scale + Exp(root) * bend) + bend);
            root = Where(isInside, root - move, root);
        }
        // The larger one by its own equation.
        var isSteep = root > 0;
        var ratio = Where(isInside, Exp(root), 0 * root);
        var larger = Relu(Where(isSteep, u - step * Slope(root, order, reverse), v + step * Drop(root, order, reverse)));
        return Where(isZero, 0 * x, Concat([Where(isSteep, larger, ratio * larger), Where(isSteep, larger / Where(isSteep, ratio, 1), larger)], dim: -1));
    }

    /// <summary>(exp(order t) - 1) / order; t where the order is 0.</summary>
    [TensorFunction]
    private static Tensor Grown(Tensor t, Tensor order)
    {
        var isFlat = Equal(order, 0);
        var factor = Where(isFlat, 1, order);
        return Where(isFlat, t, Expm1(factor * t) / factor);
    }

    /// <summary>φ' at exp(t).</summary>
    [TensorFunction]
    private static Tensor Slope(Tensor t, Tensor order, Tensor reverse) => Grown(t, order - 1) + reverse * Grown(t, -order);

    /// <summary>t φ'(t) - φ(t) at exp(t).</summary>
    [TensorFunction]
    private static Tensor Drop(Tensor t, Tensor order, Tensor reverse) => Grown(t, order) + reverse * Grown(t, 1 - order);
}

/// <summary>The divergence of Kullback and Leibler, of both its arguments.</summary>
public static class KullbackLeibler
{
    /// <summary>p log(p / q) - p + q of each pair; ∞ where one is negative.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => PowerDivergence.Value(x, 1);

    /// <summary>That of the divergence of order 1 (El Gheche, Chierchia and Pesquet 2018).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, Source = "El Gheche, Chierchia and Pesquet 2018")]
    public static Tensor Prox(Tensor x, Tensor step) => PowerDivergence.Prox(x, step, 1);

    /// <summary>0 where exp(y[0]) + y[1] ≤ 1, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Squeeze(Indicator.Of(Expm1(Epigraph.Top(y)) + Epigraph.Rest(y), Epigraph.Rest(y)), -1);
}

/// <summary>The divergence of Kullback and Leibler both ways (Jeffreys 1946).</summary>
public static class Jeffreys
{
    /// <summary>(p - q) log(p / q) of each pair; ∞ where one is negative, or 0 and the other not.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => PowerDivergence.Value(x, 1) + PowerDivergence.Value(x, 0);

    /// <summary>As of <see cref="PowerDivergence"/>, with φ(t) = (t - 1) log t (El Gheche, Chierchia and Pesquet 2018).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, Source = "El Gheche, Chierchia and Pesquet 2018")]
    public static Tensor Prox(Tensor x, Tensor step) => PowerDivergence.Near(x, step, 1, 1);
}

/// <summary>The squared distance of square roots (Hellinger 1909).</summary>
public static class Hellinger
{
    /// <summary>(√p - √q)² of each pair; ∞ where one is negative.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => 0.5 * PowerDivergence.Value(x, 0.5);

    /// <summary>That of half the divergence of order 1/2 (El Gheche, Chierchia and Pesquet 2018).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, Source = "El Gheche, Chierchia and Pesquet 2018")]
    public static Tensor Prox(Tensor x, Tensor step) => PowerDivergence.Prox(x, 0.5 * step, 0.5);

    /// <summary>0 where (1 - y[0]) (1 - y[1]) ≥ 1 and neither exceeds 1, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y)
    {
        Tensor first = 1 - Epigraph.Top(y), second = 1 - Epigraph.Rest(y);
        return Squeeze(Indicator.Of(Maximum(Maximum(-first, -second), 1 - first * second), Abs(first) + Abs(second)), -1);
    }
}

/// <summary>The squared difference relative to the second argument (Pearson 1900).</summary>
public static class ChiSquare
{
    /// <summary>(p - q)² / q of each pair; ∞ where one is negative.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => 2 * PowerDivergence.Value(x, 2);

    /// <summary>That of twice the divergence of order 2 (El Gheche, Chierchia and Pesquet 2018).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, Source = "El Gheche, Chierchia and Pesquet 2018")]
    public static Tensor Prox(Tensor x, Tensor step) => PowerDivergence.Prox(x, 2 * step, 2);

    /// <summary>0 where u + u²/4 + y[1] ≤ 0 with u = max(y[0], -2), ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y)
    {
        var first = Maximum(Epigraph.Top(y), -2);
        return Squeeze(Indicator.Of(first + 0.25 * Square(first) + Epigraph.Rest(y), Square(first)), -1);
    }
}

/// <summary>The perspective of Huber's function of the norm: of (ξ, y) the value ξ h(|y| / ξ).</summary>
public static class PerspectiveOfHuber
{
    /// <summary>|y|²/(2 ξ) where |y| ≤ threshold ξ, threshold |y| - threshold² ξ / 2 elsewhere, for each vector (ξ, y); ∞ where ξ is negative.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor threshold)
    {
        Tensor first = Epigraph.Top(x), norm = Norm(Epigraph.Rest(x), 2, dim: -1, keepDim: true);
        var isNear = (norm <= threshold * first) & (first > 0);
        var value = Where(isNear, 0.5 * Square(norm) / Where(isNear, first, 1), threshold * norm - 0.5 * Square(threshold) * first);
        return Squeeze(Where(first < 0, double.PositiveInfinity, value), -1);
    }

    /// <summary>
    /// (s, y (1 - step threshold / |y|)) with s = max(ξ + step threshold² / 2, 0) where that is far out, |y| ≥ threshold (s + step), and that of the quadratic function over ξ elsewhere
    /// (Combettes and Müller 2018).
    /// </summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, Source = "Combettes and Müller 2018")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor threshold)
    {
        Tensor rest = Epigraph.Rest(x), norm = Norm(rest, 2, dim: -1, keepDim: true);
        var scale = Relu(Epigraph.Top(x) + 0.5 * step * Square(threshold));
        var isFar = (norm > 0) & (norm >= threshold * (scale + step));
        var far = Concat([scale, rest * (1 - step * threshold / Where(isFar, norm, 1))], dim: -1);
        return Where(isFar, far, QuadraticOverLinear.Prox(x, step));
    }
}

/// <summary>The perspective of the distance of the norm from an interval (Vapnik): of (ξ, y) the value max(|y| - width ξ, 0).</summary>
public static class PerspectiveOfInsensitive
{
    /// <summary>max(|y| - width ξ, 0) for each vector (ξ, y); ∞ where ξ is negative.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor width)
    {
        var first = Epigraph.Top(x);
        return Squeeze(Where(first < 0, double.PositiveInfinity, Relu(Norm(Epigraph.Rest(x), 2, dim: -1, keepDim: true) - width * first)), -1);
    }

    /// <summary>
    /// (s, y (1 - step / |y|)) with s = max(ξ + step width, 0) where that is still outside of the cone |y| ≤ width ξ, the projection onto the cone elsewhere (Combettes and Müller 2018).
    /// </summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, Source = "Combettes and Müller 2018")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor width)
    {
        Tensor first = Epigraph.Top(x), rest = Epigraph.Rest(x), norm = Norm(rest, 2, dim: -1, keepDim: true);
        var scale = Relu(first + step * width);
        var isFar = norm - step >= width * scale;
        var inside = Relu((first + width * norm) / (1 + Square(width)));
        var isCone = (norm > width * first) | (first < 0);
        var (bottom, size) = (Where(isFar, scale, Where(isCone, inside, first)), Where(isFar, norm - step, Where(isCone, width * inside, norm)));
        return Concat([bottom, rest * Where(norm > 0, size / Where(norm > 0, norm, 1), 1)], dim: -1);
    }
}

/// <summary>The perspective of -√(1 - |y|²): of (ξ, y) the value -√(ξ² - |y|²). Turned by 45 degrees it is the negative of the geometric mean.</summary>
public static class PerspectiveOfRoot
{
    /// <summary>-√(ξ² - |y|²) where |y| ≤ ξ, ∞ elsewhere, for each vector (ξ, y).</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        Tensor first = Epigraph.Top(x), norm = Norm(Epigraph.Rest(x), 2, dim: -1, keepDim: true);
        return Squeeze(Where(norm <= first, -Sqrt(Relu((first - norm) * (first + norm))), double.PositiveInfinity), -1);
    }

    /// <summary>
    /// r (√(1 + t²), t y / |y|) with r = step + ξ / √(1 + t²) and the root t of 2 step t + ξ t / √(1 + t²) = |y|, and 0 where ξ ≤ -√(step² + |y|²) (Combettes and Müller 2018); by Newton's method, from below where
    /// the left side is concave and from above where it is convex.
    /// </summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, Source = "Combettes and Müller 2018")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        Tensor first = Epigraph.Top(x), rest = Epigraph.Rest(x), norm = Norm(rest, 2, dim: -1, keepDim: true);
        var isZero = first <= -Sqrt(Square(step) + Square(norm));
        // A point that is known stands for those that need no root.
        var (top, size) = (Where(isZero, 0, first), Where(isZero, 0, norm));
        Tensor a = StopGradient(top), b = StopGradient(size), length = StopGradient(step);
        var t = Where(a < 0, (b - a) / (2 * length), 0);
        for (var k = 0; k < 40; k++) t = Improved(t, a, b, length);
        t = Improved(Improved(t, top, size, step), top, size, step);
        var share = Rsqrt(1 + Square(t));
        var scale = Relu(step + top * share);
        return Where(isZero, 0 * x, Concat([scale / share, rest * (scale * t / Where(size > 0, size, 1))], dim: -1));
    }

    /// <summary>0 where y[0] + √(1 + |y[1..]|²) ≤ 0, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y)
    {
        var root = Sqrt(1 + Sum(Square(Epigraph.Rest(y)), dim: -1, keepDim: true));
        return Squeeze(Indicator.Of(Epigraph.Top(y) + root, root), -1);
    }

    [TensorFunction]
    private static Tensor Improved(Tensor t, Tensor first, Tensor norm, Tensor step)
    {
        var share = Rsqrt(1 + Square(t));
        return t - (2 * step * t + first * t * share - norm) / (2 * step + first * share * Square(share));
    }
}
