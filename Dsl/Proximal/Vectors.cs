using static Proxima.Ops;

namespace Proxima.Proximal;

// Functions of vectors take the last dimension together. Their parameters broadcast against x: one for each vector has a last dimension of size 1.

/// <summary>What the functions of sets share.</summary>
internal static class Indicator
{
    /// <summary>0 where a constraint is violated by at most 1e-5 relative to the sizes that it compares, and so by rounding; ∞ elsewhere.</summary>
    [TensorFunction]
    internal static Tensor Of(Tensor violation, Tensor size) => Where(violation > 1e-5 * (1 + Abs(size)), double.PositiveInfinity, Relu(-Abs(violation)));
}

/// <summary>The Euclidean norm; summed over groups the l2,1 norm (group lasso).</summary>
public static class L2Norm
{
    /// <summary>√Σx² of each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Norm(x, 2, dim: -1);

    /// <summary>x max(1 - step / |x|, 0) (Beck 2017, 6.19; after a positively homogeneous function by Yu 2013, theorem 4).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, FollowsHomogeneous = true, Source = "Beck 2017, 6.19; Yu 2013, theorem 4")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        var norm = Norm(x, 2, dim: -1, keepDim: true);
        var isInside = norm <= step;
        return x * Where(isInside, 0, 1 - step / Where(isInside, 1, norm));
    }

    /// <summary>0 where |y| ≤ 1, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => L2Ball.Value(y, 1);
}

/// <summary>The largest magnitude.</summary>
public static class LInfNorm
{
    /// <summary>max |x| of each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Max(Abs(x), dim: -1);

    /// <summary>x less its projection onto the l1 ball of radius step (Moreau; Beck 2017, 6.48).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, Source = "Beck 2017, 6.48")]
    public static Tensor Prox(Tensor x, Tensor step) => x - L1Ball.Project(x, step);

    /// <summary>0 where Σ|y| ≤ 1, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => L1Ball.Value(y, 1);
}

/// <summary>The largest element.</summary>
public static class LargestElement
{
    /// <summary>max x of each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Max(x, dim: -1);

    /// <summary>x less its projection onto the simplex of total step (Moreau; Beck 2017, 6.4.1).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, Source = "Beck 2017, 6.4.1")]
    public static Tensor Prox(Tensor x, Tensor step) => x - Simplex.Project(x, step);

    /// <summary>0 where y ≥ 0 and Σy = 1, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Simplex.Value(y, 1);
}

/// <summary>Vectors without negative elements that have a given sum.</summary>
public static class Simplex
{
    /// <summary>0 where x ≥ 0 and Σx = total, ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor total)
    {
        var sum = Sum(x, dim: -1, keepDim: true);
        return Squeeze(Indicator.Of(Maximum(Abs(sum - total), Max(-x, dim: -1, keepDim: true)), total), -1);
    }

    /// <summary>max(x - τ, 0), where τ is the one with which it sums to total (Held, Wolfe and Crowder 1974).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, Source = "Held, Wolfe and Crowder 1974")]
    public static Tensor Project(Tensor x, Tensor total) => Relu(x - Level(x, total));

    /// <summary>Where ⟨slope, x⟩ is least: all of total at the least slope.</summary>
    [TensorFunction]
    public static Tensor LinearMinimizer(Tensor slope, Tensor total) => Where(OneHot(ArgMin(slope, dim: -1), slope.Dim(-1), DType.Bool), total, 0 * slope);

    /// <summary>
    /// x exp(-slope / total), scaled to the sum total: the least p of ⟨slope, p⟩ plus total Σ p log(p / x), a divergence that is at least the half of |p - x|₁² (Beck and Teboulle 2003).
    /// </summary>
    [TensorFunction]
    public static Tensor MirrorStep(Tensor x, Tensor slope, Tensor total)
    {
        var exponent = -slope / total;
        var weight = x * Exp(exponent - StopGradient(Max(exponent, dim: -1, keepDim: true)));
        return weight * (total / Sum(weight, dim: -1, keepDim: true));
    }

    /// <summary>The largest of (the sum of the k largest elements - total) / k: what the elements above it exceed it by sums to total.</summary>
    [TensorFunction]
    internal static Tensor Level(Tensor x, Tensor total)
    {
        var (sorted, _) = Sort(x, dim: -1, descending: true);
        return Max((CumSum(sorted, dim: -1) - total) / Arange(1, x.Dim(-1) + 1), dim: -1, keepDim: true);
    }

    /// <summary>total max y, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor total) => Squeeze(total * Max(y, dim: -1, keepDim: true), -1);
}

/// <summary>Vectors of bounded l1 norm.</summary>
public static class L1Ball
{
    /// <summary>0 where Σ|x| ≤ radius, ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor radius) => Squeeze(Indicator.Of(Sum(Abs(x), dim: -1, keepDim: true) - radius, radius), -1);

    /// <summary>The soft threshold with which the norm is radius, where it exceeds it (Duchi et al. 2008).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, Source = "Duchi et al. 2008")]
    public static Tensor Project(Tensor x, Tensor radius) => SoftThreshold(x, Relu(Simplex.Level(Abs(x), radius)));

    /// <summary>Where ⟨slope, x⟩ is least: radius against the largest slope.</summary>
    [TensorFunction]
    public static Tensor LinearMinimizer(Tensor slope, Tensor radius) => Where(OneHot(ArgMax(Abs(slope), dim: -1), slope.Dim(-1), DType.Bool), -radius * Sign(slope), 0 * slope);

    /// <summary>radius max |y|, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor radius) => Squeeze(radius * Max(Abs(y), dim: -1, keepDim: true), -1);
}

/// <summary>Vectors of bounded Euclidean norm.</summary>
public static class L2Ball
{
    /// <summary>0 where |x| ≤ radius, ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor radius) => Squeeze(Indicator.Of(Norm(x, 2, dim: -1, keepDim: true) - radius, radius), -1);

    /// <summary>x min(1, radius / |x|) (Beck 2017, 6.4; after a positively homogeneous function by Yu 2013, theorem 4).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, FollowsHomogeneous = true, Source = "Beck 2017, 6.4; Yu 2013, theorem 4")]
    public static Tensor Project(Tensor x, Tensor radius)
    {
        var norm = Norm(x, 2, dim: -1, keepDim: true);
        var isInside = norm <= radius;
        return x * Where(isInside, 1, radius / Where(isInside, 1, norm));
    }

    /// <summary>Where ⟨slope, x⟩ is least: -radius slope / |slope|, and 0 where there is no slope.</summary>
    [TensorFunction]
    public static Tensor LinearMinimizer(Tensor slope, Tensor radius)
    {
        var norm = Norm(slope, 2, dim: -1, keepDim: true);
        return -radius * slope / Where(Equal(norm, 0), 1, norm);
    }

    /// <summary>radius |y|, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor radius) => Squeeze(radius * Norm(y, 2, dim: -1, keepDim: true), -1);
}

/// <summary>The vectors on one side of a hyperplane.</summary>
public static class Halfspace
{
    /// <summary>0 where ⟨normal, x⟩ ≤ offset, ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor normal, Tensor offset) => Squeeze(Indicator.Of(Sum(normal * x, dim: -1, keepDim: true) - offset, Norm(normal * x, 2, dim: -1, keepDim: true)), -1);

    /// <summary>x - normal max(⟨normal, x⟩ - offset, 0) / |normal|² (Beck 2017, 6.4).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, Source = "Beck 2017, 6.4")]
    public static Tensor Project(Tensor x, Tensor normal, Tensor offset) =>
        x - normal * (Relu(Sum(normal * x, dim: -1, keepDim: true) - offset) / Sum(Square(normal), dim: -1, keepDim: true));
}

/// <summary>The vectors of a hyperplane.</summary>
public static class Hyperplane
{
    /// <summary>0 where ⟨normal, x⟩ = offset, ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor normal, Tensor offset) => Squeeze(Indicator.Of(Abs(Sum(normal * x, dim: -1, keepDim: true) - offset), Norm(normal * x, 2, dim: -1, keepDim: true)), -1);

    /// <summary>x - normal (⟨normal, x⟩ - offset) / |normal|² (Beck 2017, 6.4).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, Source = "Beck 2017, 6.4")]
    public static Tensor Project(Tensor x, Tensor normal, Tensor offset) =>
        x - normal * ((Sum(normal * x, dim: -1, keepDim: true) - offset) / Sum(Square(normal), dim: -1, keepDim: true));
}

/// <summary>The vectors between two parallel hyperplanes.</summary>
public static class Slab
{
    /// <summary>0 where lower ≤ ⟨normal, x⟩ ≤ upper, ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor normal, Tensor lower, Tensor upper)
    {
        var height = Sum(normal * x, dim: -1, keepDim: true);
        return Squeeze(Indicator.Of(Maximum(lower - height, height - upper), Norm(normal * x, 2, dim: -1, keepDim: true)), -1);
    }

    /// <summary>x - normal (⟨normal, x⟩ less its nearest value within the bounds) / |normal|² (Bauschke and Combettes 2017, 29.22).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, Source = "Bauschke and Combettes 2017, 29.22")]
    public static Tensor Project(Tensor x, Tensor normal, Tensor lower, Tensor upper)
    {
        var height = Sum(normal * x, dim: -1, keepDim: true);
        return x - normal * ((height - Minimum(Maximum(height, lower), upper)) / Sum(Square(normal), dim: -1, keepDim: true));
    }
}

/// <summary>Vectors of a given Euclidean norm. Not convex.</summary>
public static class Sphere
{
    /// <summary>0 where |x| = radius, ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor radius) => Squeeze(Indicator.Of(Abs(Norm(x, 2, dim: -1, keepDim: true) - radius), radius), -1);

    /// <summary>x radius / |x| (Beck 2017, 6.4); of 0 the point along the diagonal.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, IsNonconvex = true, Source = "Beck 2017, 6.4")]
    public static Tensor Project(Tensor x, Tensor radius)
    {
        var norm = Norm(x, 2, dim: -1, keepDim: true);
        var isZero = Equal(norm, 0);
        return Where(isZero, radius * Rsqrt(Sum(Square(x * 0 + 1), dim: -1, keepDim: true)), x * (radius / Where(isZero, 1, norm)));
    }
}

/// <summary>Vectors whose elements do not decrease.</summary>
public static class MonotoneCone
{
    /// <summary>0 where no element is below one before it, ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        var (largest, _) = CumMax(x, dim: -1);
        return Indicator.Of(Max(largest - x, dim: -1), Max(Abs(x), dim: -1));
    }

    /// <summary>
    /// Isotonic regression: of element i the largest over j ≤ i of the least over k ≥ i of the mean of elements j to k (Barlow et al. 1972). It compares all means: time and memory are
    /// the square of the length.
    /// </summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, IsHomogeneous = true, Source = "Barlow et al. 1972")]
    public static Tensor Project(Tensor x)
    {
        var sums = CumSum(x, dim: -1);
        Tensor first = Unsqueeze(Arange(x.Dim(-1)), 1), last = Unsqueeze(Arange(x.Dim(-1)), 0);
        var means = (Unsqueeze(sums, -2) - Unsqueeze(sums - x, -1)) / Maximum(last - first + 1, 1);
        var (least, _) = CumMin(Flip(means, -1), dim: -1);
        return Max(Where(first <= last, Flip(least, -1), double.NegativeInfinity), dim: -2);
    }
}

/// <summary>The sorted l1 norm (OWL, SLOPE): the largest magnitude has the first weight, the next one the second.</summary>
public static class SortedL1Norm
{
    /// <summary>Σ weights |x| with the magnitudes in descending order, for each vector, for weights that do not increase and are not negative.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor weights)
    {
        var (sorted, _) = Sort(Abs(x), dim: -1, descending: true);
        return Sum(weights * sorted, dim: -1);
    }

    /// <summary>Of the magnitudes in order, less step weights, the nearest ones that do not increase and are not negative (Bogdan et al. 2015).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, Source = "Bogdan et al. 2015")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor weights)
    {
        var (sorted, order) = Sort(Abs(x), dim: -1, descending: true);
        var fitted = Relu(-MonotoneCone.Project(step * weights - sorted));
        return Sign(x) * TakeAlongAxis(fitted, ArgSort(order, dim: -1), dim: -1);
    }
}

/// <summary>The cone of vectors whose first element is at least the Euclidean norm of the others.</summary>
public static class SecondOrderCone
{
    /// <summary>0 where |x[1..]| ≤ x[0], ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        var first = Slice(x, dim: -1, start: 0, end: 1);
        var norm = Norm(Slice(x, dim: -1, start: 1, end: x.Dim(-1)), 2, dim: -1, keepDim: true);
        return Squeeze(Indicator.Of(norm - first, norm), -1);
    }

    /// <summary>x within, 0 within the polar cone, else (1 + x[0] / |x[1..]|) / 2 times (|x[1..]|, x[1..]) (Parikh and Boyd 2014, 6.3.2).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, IsHomogeneous = true, Source = "Parikh and Boyd 2014, 6.3.2")]
    public static Tensor Project(Tensor x)
    {
        var first = Slice(x, dim: -1, start: 0, end: 1);
        var rest = Slice(x, dim: -1, start: 1, end: x.Dim(-1));
        var norm = Norm(rest, 2, dim: -1, keepDim: true);
        var isInside = norm <= first;
        var half = Relu(first + norm) / 2;
        return Concat([Where(isInside, first, half), rest * Where(isInside, 1, half / Where(Equal(norm, 0), 1, norm))], dim: -1);
    }

    /// <summary>0 where -y is in the cone, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Value(-y);
}

/// <summary>The solutions of linear equations.</summary>
public static class AffineSet
{
    /// <summary>0 where x solves <c>matrix x = right</c>, ∞ elsewhere, for each vector; the matrix is [m n], right has m elements for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor matrix, Tensor right)
    {
        var product = MatMul(x, Transpose(matrix));
        return Indicator.Of(Norm(product - right, double.PositiveInfinity, dim: -1), Norm(product, double.PositiveInfinity, dim: -1));
    }

    /// <summary>x - matrixᵀ (matrix matrixᵀ)⁻¹ (matrix x - right), for a matrix of independent rows (Parikh and Boyd 2014, 6.2.1).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, Source = "Parikh and Boyd 2014, 6.2.1")]
    public static Tensor Project(Tensor x, Tensor matrix, Tensor right) =>
        x - MatMul(MatMul(MatMul(x, Transpose(matrix)) - right, Inverse(MatMul(matrix, Transpose(matrix)))), matrix);
}
