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
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, FollowsHomogeneous = true, IsSymmetric = true, IsLength = true, Source = "Beck 2017, 6.19; Yu 2013, theorem 4")]
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

/// <summary>The negative of the Euclidean norm. Not convex.</summary>
public static class NegativeL2Norm
{
    /// <summary>-√Σx² of each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => -Norm(x, 2, dim: -1);

    /// <summary>x (1 + step / |x|) (Beck 2017, 6.21); of 0 the point along the diagonal.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsNonconvex = true, IsHomogeneous = true, IsSymmetric = true, Source = "Beck 2017, 6.21")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        var norm = Norm(x, 2, dim: -1, keepDim: true);
        var isZero = Equal(norm, 0);
        return Where(isZero, step * Rsqrt(Sum(Square(x * 0 + 1), dim: -1, keepDim: true)), x * (1 + step / Where(isZero, 1, norm)));
    }
}

/// <summary>The largest magnitude.</summary>
public static class LInfNorm
{
    /// <summary>max |x| of each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Max(Abs(x), dim: -1);

    /// <summary>x less its projection onto the l1 ball of radius step (Moreau; Beck 2017, 6.48).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, IsSymmetric = true, Source = "Beck 2017, 6.48")]
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

/// <summary>Vectors without negative elements that have at most a given sum.</summary>
public static class SolidSimplex
{
    /// <summary>0 where x ≥ 0 and Σx ≤ total, ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor total) =>
        Squeeze(Indicator.Of(Maximum(Sum(x, dim: -1, keepDim: true) - total, Max(-x, dim: -1, keepDim: true)), total), -1);

    /// <summary>max(x, 0), or the projection onto the simplex where that exceeds total (Beck 2017, 6.4).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, Source = "Beck 2017, 6.4")]
    public static Tensor Project(Tensor x, Tensor total) => Relu(x - Relu(Simplex.Level(x, total)));

    /// <summary>Where ⟨slope, x⟩ is least: all of total at the least slope, or nothing where no slope is negative.</summary>
    [TensorFunction]
    public static Tensor LinearMinimizer(Tensor slope, Tensor total) => Where(slope < 0, Simplex.LinearMinimizer(slope, total), 0 * slope);

    /// <summary>total max(max y, 0), the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor total) => Squeeze(total * Relu(Max(y, dim: -1, keepDim: true)), -1);
}

/// <summary>Vectors without negative elements that have a given sum and few elements that are not 0. Not convex.</summary>
public static class SparseSimplex
{
    /// <summary>0 where x ≥ 0, Σx = total and at most count elements are not 0, ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor count, Tensor total) => Simplex.Value(x, total) + L0Ball.Value(x, count);

    /// <summary>The projection of the count largest elements onto the simplex, 0 elsewhere (Kyrillidis et al. 2013).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, IsNonconvex = true, Source = "Kyrillidis et al. 2013")]
    public static Tensor Project(Tensor x, Tensor count, Tensor total)
    {
        var (sorted, order) = Sort(x, dim: -1, descending: true);
        var isKept = SumOfLargest.Places(sorted) <= count;
        var level = Max(Where(isKept, (CumSum(sorted, dim: -1) - total) / Arange(1, x.Dim(-1) + 1), double.NegativeInfinity), dim: -1, keepDim: true);
        return TakeAlongAxis(Where(isKept, Relu(sorted - level), 0 * sorted), ArgSort(order, dim: -1), dim: -1);
    }
}

/// <summary>Vectors of bounded l1 norm.</summary>
public static class L1Ball
{
    /// <summary>0 where Σ|x| ≤ radius, ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor radius) => Squeeze(Indicator.Of(Sum(Abs(x), dim: -1, keepDim: true) - radius, radius), -1);

    /// <summary>The soft threshold with which the norm is radius, where it exceeds it (Duchi et al. 2008).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, IsSymmetric = true, Source = "Duchi et al. 2008")]
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
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, FollowsHomogeneous = true, IsSymmetric = true, Source = "Beck 2017, 6.4; Yu 2013, theorem 4")]
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
        x - normal * (Relu(Sum(normal * x, dim: -1, keepDim: true) - offset) / Sum(Square(normal + 0 * x), dim: -1, keepDim: true));
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
        x - normal * ((Sum(normal * x, dim: -1, keepDim: true) - offset) / Sum(Square(normal + 0 * x), dim: -1, keepDim: true));
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
        return x - normal * ((height - Minimum(Maximum(height, lower), upper)) / Sum(Square(normal + 0 * x), dim: -1, keepDim: true));
    }
}

/// <summary>Vectors of a given Euclidean norm. Not convex.</summary>
public static class Sphere
{
    /// <summary>0 where |x| = radius, ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor radius) => Squeeze(Indicator.Of(Abs(Norm(x, 2, dim: -1, keepDim: true) - radius), radius), -1);

    /// <summary>x radius / |x| (Beck 2017, 6.4); of 0 the point along the diagonal.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, IsNonconvex = true, IsSymmetric = true, Source = "Beck 2017, 6.4")]
    public static Tensor Project(Tensor x, Tensor radius)
    {
        var norm = Norm(x, 2, dim: -1, keepDim: true);
        var isZero = Equal(norm, 0);
        return Where(isZero, radius * Rsqrt(Sum(Square(x * 0 + 1), dim: -1, keepDim: true)), x * (radius / Where(isZero, 1, norm)));
    }
}

/// <summary>Vectors of a given l1 norm. Not convex.</summary>
public static class L1Sphere
{
    /// <summary>0 where Σ|x| = radius, ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor radius) => Squeeze(Indicator.Of(Abs(Sum(Abs(x), dim: -1, keepDim: true) - radius), radius), -1);

    /// <summary>The projection of |x| onto the simplex of total radius, with the signs of x (Duchi et al. 2008); 0 counts as positive.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, IsNonconvex = true, IsSymmetric = true, Source = "Duchi et al. 2008")]
    public static Tensor Project(Tensor x, Tensor radius)
    {
        var size = Simplex.Project(Abs(x), radius);
        return Where(x < 0, -size, size);
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

    /// <summary>Isotonic regression: the mean of each piece of neighbours that are out of order (Barlow et al. 1972), in linear time.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, IsHomogeneous = true, PrecedesAlike = true, Source = "Barlow et al. 1972")]
    public static Tensor Project(Tensor x) => Pieces.Means(x, PoolAdjacent(x));
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
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, IsSymmetric = true, Source = "Bogdan et al. 2015")]
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

/// <summary>The vectors that satisfy linear inequalities.</summary>
public static class Polyhedron
{
    /// <summary>0 where <c>matrix x ≤ right</c>, ∞ elsewhere, for each vector; the matrix is [m n], right has m elements for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor matrix, Tensor right)
    {
        var product = MatMul(x, Transpose(matrix));
        return Indicator.Of(Max(product - right, dim: -1), Norm(product, double.PositiveInfinity, dim: -1));
    }

    /// <summary>x - matrixᵀ <see cref="Multipliers"/> (Boyd and Vandenberghe 2004, 5.5.5).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, Source = "Boyd and Vandenberghe 2004, 5.5.5")]
    public static Tensor Project(Tensor x, Tensor matrix, Tensor right) => x - MatMul(Multipliers(x, matrix, right), matrix);

    /// <summary>
    /// The multipliers of the inequalities, none of them negative: the active set method on the dual (Lawson and Hanson 1974) tells which inequalities hold with equality, and these are solved. Exactly, and in a time that
    /// grows with the cube of their number.
    /// </summary>
    [TensorFunction]
    public static Tensor Multipliers(Tensor x, Tensor matrix, Tensor right)
    {
        // Rows of length 1.
        var length = Norm(matrix, 2, dim: -1, keepDim: true);
        var factor = 1 / Where(length > 0, length, 1);
        Tensor rows = matrix * factor, excess = MatMul(x, Transpose(rows)) - right * Transpose(factor), gram = MatMul(rows, Transpose(rows)) + 0 * Unsqueeze(excess, -1);
        var active = ActiveSet(gram, excess) + 0 * excess;
        // Rows may depend on each other: a little of the identity decides, and the rest is solved for again.
        Tensor system = Unsqueeze(active, -1) * gram * Unsqueeze(active, -2) + Diag(1.0001 - active), dual = 0 * excess;
        for (var k = 0; k < 4; k++) dual = dual + Squeeze(Solve(system, Unsqueeze(active * excess, -1) - MatMul(system - 0.0001 * Diag(active), Unsqueeze(dual, -1))), -1);
        return dual * Transpose(factor);
    }

    /// <summary>For multipliers that are not negative, and with them the point x - matrixᵀ multipliers of the set, ⟨multipliers, right - matrix point⟩: no less than the squared distance from the projection.</summary>
    [TensorFunction]
    public static Tensor Gap(Tensor x, Tensor multipliers, Tensor matrix, Tensor right) =>
        Sum(multipliers * (right - MatMul(x - MatMul(multipliers, matrix), Transpose(matrix))), dim: -1);
}

/// <summary>The graph of a linear map: vectors (x, y) with y the product of a matrix and x.</summary>
public static class LinearGraph
{
    /// <summary>0 where the last m elements are <c>matrix x</c> of the first n, ∞ elsewhere, for each vector; the matrix is [m n].</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor matrix) => Indicator.Of(Norm(Excess(x, matrix), double.PositiveInfinity, dim: -1), Norm(x, double.PositiveInfinity, dim: -1));

    /// <summary>(x - matrixᵀ λ, y + λ) with λ = (I + matrix matrixᵀ)⁻¹ (matrix x - y) (Parikh and Boyd 2014, 6.2.1).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, IsHomogeneous = true, Source = "Parikh and Boyd 2014, 6.2.1")]
    public static Tensor Project(Tensor x, Tensor matrix)
    {
        var one = 0 * Squeeze(Slice(matrix, dim: -1, start: 0, end: 1), -1) + 1;
        var multipliers = MatMul(Excess(x, matrix), Inverse(Diag(one) + MatMul(matrix, Transpose(matrix))));
        return x + Concat([-MatMul(multipliers, matrix), multipliers], dim: -1);
    }

    /// <summary>0 where the first n elements are the negative of <c>matrixᵀ</c> times the last m, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor matrix)
    {
        var columns = matrix.Dim(-1);
        var sum = Slice(y, dim: -1, start: 0, end: columns) + MatMul(Slice(y, dim: -1, start: columns, end: y.Dim(-1)), matrix);
        return Indicator.Of(Norm(sum, double.PositiveInfinity, dim: -1), Norm(y, double.PositiveInfinity, dim: -1));
    }

    [TensorFunction]
    private static Tensor Excess(Tensor x, Tensor matrix)
    {
        var columns = matrix.Dim(-1);
        return MatMul(Slice(x, dim: -1, start: 0, end: columns), Transpose(matrix)) - Slice(x, dim: -1, start: columns, end: x.Dim(-1));
    }
}

/// <summary>The sum of the largest elements.</summary>
public static class SumOfLargest
{
    /// <summary>The sum of the count largest elements of each vector, for a count up to their number; of a fraction of an element its share.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor count)
    {
        var (sorted, _) = Sort(x, dim: -1, descending: true);
        return Sum(sorted * Minimum(Relu(count + 1 - Places(sorted)), 1), dim: -1);
    }

    /// <summary>x less its projection onto the vectors from 0 to step that sum to step count (Moreau; Beck 2017, 6.51).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, Source = "Beck 2017, 6.51")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor count) => x - CappedSimplex.Project(x, step * count, step);

    /// <summary>0 where 0 ≤ y ≤ 1 and Σy = count, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor count) => CappedSimplex.Value(y, count, 1);

    /// <summary>1, 2, 3.. along the last dimension, like x.</summary>
    [TensorFunction]
    internal static Tensor Places(Tensor x) => CumSum(0 * x + 1, dim: -1);
}

/// <summary>The sum of the largest magnitudes: the dual of the k-support norm's ball of one sum (Ky Fan's norm of vectors).</summary>
public static class SumOfLargestMagnitudes
{
    /// <summary>The sum of the count largest |x| of each vector, for a count up to their number.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor count) => SumOfLargest.Value(Abs(x), count);

    /// <summary>x less its projection onto the vectors of magnitudes up to step that sum to at most step count (Moreau; Beck 2017, 6.51).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, IsSymmetric = true, Source = "Beck 2017, 6.51")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor count) => x - Sign(x) * Minimum(Relu(Abs(x) - Relu(CappedSimplex.Level(Abs(x), step * count, step))), step);

    /// <summary>0 where |y| ≤ 1 and Σ|y| ≤ count, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor count) =>
        Squeeze(Indicator.Of(Maximum(Max(Abs(y), dim: -1, keepDim: true) - 1, Sum(Abs(y), dim: -1, keepDim: true) - count), count), -1);
}

/// <summary>Vectors between 0 and a bound that have a given sum.</summary>
public static class CappedSimplex
{
    /// <summary>0 where 0 ≤ x ≤ upper and Σx = total, ∞ elsewhere, for each vector; upper is one for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor total, Tensor upper)
    {
        var beyond = Maximum(Max(-x, dim: -1, keepDim: true), Max(x, dim: -1, keepDim: true) - upper);
        return Squeeze(Indicator.Of(Maximum(Abs(Sum(x, dim: -1, keepDim: true) - total), beyond), total), -1);
    }

    /// <summary>min(max(x - τ, 0), upper), where τ is the one with which it sums to total (Wang and Lu 2015).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, Source = "Wang and Lu 2015")]
    public static Tensor Project(Tensor x, Tensor total, Tensor upper) => Minimum(Relu(x - Level(x, total, upper)), upper);

    /// <summary>The τ with Σ min(max(x - τ, 0), upper) = total.</summary>
    [TensorFunction]
    internal static Tensor Level(Tensor x, Tensor total, Tensor upper) => BoxSection.Level(x, 0 * x, upper + 0 * x, 0 * x + 1, total);
}

/// <summary>Vectors between bounds that have a given weighted sum.</summary>
public static class BoxSection
{
    /// <summary>0 where lower ≤ x ≤ upper and Σ weights x = total, ∞ elsewhere, for each vector; total is one for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor lower, Tensor upper, Tensor weights, Tensor total)
    {
        var beyond = Max(Maximum(lower - x, x - upper), dim: -1, keepDim: true);
        return Squeeze(Indicator.Of(Maximum(Abs(Sum(weights * x, dim: -1, keepDim: true) - total), beyond), total), -1);
    }

    /// <summary>min(max(x - τ weights, lower), upper), where τ is the one with which it has the sum (Brucker 1984), for finite bounds between which there is such a vector.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, Source = "Brucker 1984")]
    public static Tensor Project(Tensor x, Tensor lower, Tensor upper, Tensor weights, Tensor total) =>
        Minimum(Maximum(x - weights * Level(x, lower + 0 * x, upper + 0 * x, weights + 0 * x, total), lower), upper);

    /// <summary>The τ with Σ weights min(max(x - τ weights, lower), upper) = total, all like x: that sum is linear between the corners where an element meets a bound, taken from the largest τ down.</summary>
    [TensorFunction]
    internal static Tensor Level(Tensor x, Tensor lower, Tensor upper, Tensor weights, Tensor total)
    {
        // Elements of weight 0 stay at 0 times anything.
        var isFree = NotEqual(weights, 0);
        var factor = Where(isFree, weights, 1);
        Tensor low = (x - lower) / factor, high = (x - upper) / factor, square = Square(weights), product = weights * x;
        Tensor last = Where(weights > 0, lower, upper) * weights, first = Where(weights > 0, upper, lower) * weights;
        var (corners, order) = Sort(Concat([Maximum(low, high), Minimum(low, high)], dim: -1), dim: -1, descending: true);
        var slope = CumSum(TakeAlongAxis(Concat([square, -square], dim: -1), order, dim: -1), dim: -1);
        // Beyond the last corner every element is at the bound where it ends.
        var sum = CumSum(TakeAlongAxis(Concat([product - last, first - product], dim: -1), order, dim: -1), dim: -1) + Sum(last, dim: -1, keepDim: true);
        var place = SumOfLargest.Places(corners);
        var isHere = Equal(place, Max(Where(sum - slope * corners <= total, place, 0), dim: -1, keepDim: true));
        // Where the sum does not change any τ will do.
        var isFlat = slope <= 1e-6 * Max(square, dim: -1, keepDim: true);
        return Sum(Where(isHere, Where(isFlat, corners, (sum - total) / Where(isFlat, 1, slope)), 0), dim: -1, keepDim: true);
    }
}

/// <summary>Half the square of the k-support norm: the tightest convex function below that of vectors of few elements (Argyriou, Foygel and Srebro 2012).</summary>
public static class SquaredKSupportNorm
{
    /// <summary>min Σ x²/(2 θ) over 0 &lt; θ ≤ 1 with Σθ ≤ count, of each vector: half the squared norm of a vector of at most count elements that are not 0.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor count)
    {
        var (sorted, _) = Sort(Abs(x), dim: -1, descending: true);
        var left = count + 1 - SumOfLargest.Places(sorted);
        var rest = Sum(sorted, dim: -1, keepDim: true) - CumSum(sorted, dim: -1) + sorted;
        // θ is 1 for the largest, and proportional to x for the others.
        var isWhole = left * sorted > rest;
        var whole = Sum(Where(isWhole, 0 * sorted + 1, 0), dim: -1, keepDim: true);
        var others = Square(Sum(Where(isWhole, 0, sorted), dim: -1, keepDim: true)) / (count - whole);
        return Squeeze(0.5 * (Sum(Where(isWhole, Square(sorted), 0), dim: -1, keepDim: true) + others), -1);
    }

    /// <summary>x θ / (θ + step) with θ = min(max(|x| / τ - step, 0), 1), where τ is the one with which Σθ = count (McDonald, Pontil and Stamos 2014).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSymmetric = true, Source = "McDonald, Pontil and Stamos 2014")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor count)
    {
        var size = Abs(x);
        // τ (Σθ - count) is linear in τ between corners, and falls where it is 0.
        var (corners, order) = Sort(StopGradient(Concat([size / Maximum(step, 1e-30), size / (1 + step)], dim: -1)), dim: -1, descending: true);
        var sum = CumSum(TakeAlongAxis(Concat([size, -size], dim: -1), order, dim: -1), dim: -1);
        var slope = CumSum(TakeAlongAxis(Concat([step + 0 * size, 0 * size - (1 + step)], dim: -1), order, dim: -1), dim: -1) + count;
        // Where Σθ is count over a range, the corner before it leads to its end.
        var place = SumOfLargest.Places(corners);
        var isLast = Equal(place, Max(Where((sum < slope * corners) & (slope > 1e-6), place, 0), dim: -1, keepDim: true));
        var level = Sum(Where(isLast, sum / Where(isLast, slope, 1), 0), dim: -1, keepDim: true);
        // It is 0 where all of θ are 1.
        var share = Where(level > 0, Minimum(Relu(size - step * level) / Where(level > 0, level, 1), 1), 1);
        return x * (share / Where(share + step > 0, share + step, 1));
    }

    /// <summary>Half the sum of the squares of the count largest |y|, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor count) => 0.5 * SumOfLargest.Value(Square(y), count);
}

/// <summary>
/// The largest function that half the square makes convex and that is below the indicator of vectors of few elements: 0 on these, and never negative (Andersson, Carlsson and Olsson 2017). Not convex. Of the singular
/// values it is that of matrices of low rank.
/// </summary>
public static class SparsityEnvelope
{
    /// <summary>Half the squared k-support norm less half the square, of each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor count) => SquaredKSupportNorm.Value(x, count) - 0.5 * Sum(Square(x), dim: -1);

    /// <summary>For a step below 1 that of the squared k-support norm with step / (1 - step), at x / (1 - step); for a larger one the elements of the count largest magnitudes (Andersson, Carlsson and Olsson 2017).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsNonconvex = true, IsSymmetric = true, Source = "Andersson, Carlsson and Olsson 2017")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor count)
    {
        var isSmall = step < 1;
        var rest = Where(isSmall, 1 - step, 1);
        return Where(isSmall, SquaredKSupportNorm.Prox(x / rest, Where(isSmall, step, 0.5) / rest, count), L0Ball.Project(x, count));
    }
}

/// <summary>The l1 norm less a share of the Euclidean norm. Not convex.</summary>
public static class L1MinusL2
{
    /// <summary>Σ|x| - share √Σx² of each vector, for a share from 0 to 1.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor share) => Sum(Abs(x), dim: -1) - Squeeze(share * Norm(x, 2, dim: -1, keepDim: true), -1);

    /// <summary>
    /// Where some |x| exceeds step the soft threshold z, carried on to z (1 + share step / |z|); else the largest element alone, shortened by (1 - share) step, or 0 (Lou and Yan 2018).
    /// </summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsNonconvex = true, IsHomogeneous = true, IsSymmetric = true, Source = "Lou and Yan 2018")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor share)
    {
        var isLarge = Max(Abs(x), dim: -1, keepDim: true) > step;
        var soft = SoftThreshold(x, step);
        var carried = soft * (1 + share * step / Where(isLarge, Norm(soft, 2, dim: -1, keepDim: true), 1));
        var one = Where(OneHot(ArgMax(Abs(x), dim: -1), x.Dim(-1), DType.Bool), SoftThreshold(x, (1 - share) * step), 0 * x);
        return Where(isLarge, carried, one);
    }
}

/// <summary>
/// Whether a vector is not 0, of pairs of vectors (x, d) where d is a bounded multiple of x: atoms that may move along their slopes. Complex numbers are vectors of two. Not convex.
/// </summary>
public static class ConicCardinality
{
    /// <summary>0 where all is 0; else 1 where d = share x with |share| ≤ bound, ∞ elsewhere, for each vector (x, d) of an even size.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor bound)
    {
        Tensor first = First(x), second = Second(x), square = Sum(Square(first), dim: -1, keepDim: true);
        var share = Sum(first * second, dim: -1, keepDim: true) / Where(square > 0, square, 1);
        var violation = Maximum(Norm(second - share * first, 2, dim: -1, keepDim: true), (Abs(share) - bound) * Norm(first, 2, dim: -1, keepDim: true));
        var size = Norm(x, 2, dim: -1, keepDim: true);
        return Squeeze(Where(size > 0, 1 + Indicator.Of(violation, size), 0), -1);
    }

    /// <summary>
    /// (p, share p) with p = (x + share d) / (1 + share²), where the share between -bound and bound is the one for which |p|² (1 + share²) is largest, if that exceeds 2 step; 0 elsewhere (by its optimality condition).
    /// </summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsNonconvex = true, Source = "by its optimality condition")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor bound)
    {
        Tensor first = First(x), second = Second(x), inner = Sum(first * second, dim: -1, keepDim: true);
        var gap = Sum(Square(second) - Square(first), dim: -1, keepDim: true);
        // The slope of the longer axis of the ellipse, in the forms that do not cancel.
        var square = Square(gap) + 4 * Square(inner);
        var root = Sqrt(Where(square > 0, square, 1));
        var isSteep = gap > 0;
        var isUpright = Equal(inner, 0);
        var steep = Where(isUpright, bound, (gap + root) / (2 * Where(isUpright, 1, inner)));
        var share = Minimum(Maximum(Where(isSteep, steep, 2 * inner / Where(isSteep, 1, root - gap)), -bound), bound);
        var point = (first + share * second) / (1 + Square(share));
        var isKept = Sum(Square(point), dim: -1, keepDim: true) * (1 + Square(share)) > 2 * step;
        return Where(isKept, Concat([point, share * point], dim: -1), 0 * x);
    }

    [TensorFunction]
    private static Tensor First(Tensor x) => Slice(x, dim: -1, start: 0, end: x.Dim(-1) / 2);

    [TensorFunction]
    private static Tensor Second(Tensor x) => Slice(x, dim: -1, start: x.Dim(-1) / 2, end: x.Dim(-1));
}

/// <summary>Vectors of few elements that are not 0. Not convex.</summary>
public static class L0Ball
{
    /// <summary>0 where at most count elements of each vector are not 0, ∞ elsewhere.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor count) => Squeeze(Indicator.Of(Sum(Abs(Sign(x)), dim: -1, keepDim: true) - count, count), -1);

    /// <summary>The elements of the count largest magnitudes, 0 elsewhere (Blumensath and Davies 2008).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, IsNonconvex = true, IsSymmetric = true, Source = "Blumensath and Davies 2008")]
    public static Tensor Project(Tensor x, Tensor count)
    {
        var rank = ArgSort(ArgSort(Abs(x), dim: -1, descending: true), dim: -1);
        return Where(TakeAlongAxis(SumOfLargest.Places(x), rank, dim: -1) <= count, x, 0 * x);
    }
}

/// <summary>The cone of vectors whose first two elements are not negative and have at least half the squared norm of the others as their product.</summary>
public static class RotatedSecondOrderCone
{
    /// <summary>0 where |x[2..]|² ≤ 2 x[0] x[1], x[0] ≥ 0 and x[1] ≥ 0, ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => SecondOrderCone.Value(Turned(x));

    /// <summary>The second order cone, turned by 45 degrees in the first two elements (Boyd and Vandenberghe 2004, 2.2).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, IsHomogeneous = true, Source = "Parikh and Boyd 2014, 6.3.2")]
    public static Tensor Project(Tensor x) => Turned(SecondOrderCone.Project(Turned(x)));

    /// <summary>0 where -y is in the cone, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => Value(-y);

    /// <summary>((x[0] + x[1]) / √2, (x[0] - x[1]) / √2, x[2..]): the inverse of itself.</summary>
    [TensorFunction]
    internal static Tensor Turned(Tensor x)
    {
        var first = Slice(x, dim: -1, start: 0, end: 1);
        var second = Slice(x, dim: -1, start: 1, end: 2);
        return Concat([0.70710678118654752 * (first + second), 0.70710678118654752 * (first - second), Slice(x, dim: -1, start: 2, end: x.Dim(-1))], dim: -1);
    }
}

/// <summary>The perspective of half the square: of (ξ, y) the value |y|²/(2 ξ).</summary>
public static class QuadraticOverLinear
{
    /// <summary>|x[1..]|² / (2 x[0]) for each vector; 0 where all is 0, ∞ where x[0] is not positive otherwise.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        var first = Slice(x, dim: -1, start: 0, end: 1);
        var square = Sum(Square(Slice(x, dim: -1, start: 1, end: x.Dim(-1))), dim: -1, keepDim: true);
        var isInside = first > 0;
        return Squeeze(Where(isInside, square / (2 * Where(isInside, first, 1)), Where((first < 0) | (square > 0), double.PositiveInfinity, square)), -1);
    }

    /// <summary>(ξ, ξ x[1..] / (ξ + step)) with ξ = max(s - step, 0), where s³ - (x[0] + step) s² = step |x[1..]|² / 2 (Combettes and Müller 2018).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsHomogeneous = true, Source = "Combettes and Müller 2018")]
    public static Tensor Prox(Tensor x, Tensor step)
    {
        var first = Slice(x, dim: -1, start: 0, end: 1);
        var rest = Slice(x, dim: -1, start: 1, end: x.Dim(-1));
        var half = 0.5 * step * Sum(Square(rest), dim: -1, keepDim: true);
        var isFlat = Equal(half, 0);
        var sum = Where(isFlat, Relu(first + step), InverseBarrier.Prox(first + step, Where(isFlat, 1, half)));
        var top = Relu(sum - step);
        return Concat([top, rest * (top / Where(sum > 0, sum, 1))], dim: -1);
    }

    /// <summary>0 where y[0] + |y[1..]|²/2 ≤ 0, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y)
    {
        var square = 0.5 * Sum(Square(Slice(y, dim: -1, start: 1, end: y.Dim(-1))), dim: -1, keepDim: true);
        return Squeeze(Indicator.Of(Slice(y, dim: -1, start: 0, end: 1) + square, square), -1);
    }
}

/// <summary>The closure of the triples (x, y, z) with y exp(x / y) ≤ z and y above 0.</summary>
public static class ExponentialCone
{
    /// <summary>0 where x[1] exp(x[0] / x[1]) ≤ x[2] with x[1] &gt; 0, or x[0] ≤ 0, x[1] = 0 and x[2] ≥ 0, ∞ elsewhere, for each vector of three.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x)
    {
        Tensor r = Slice(x, dim: -1, start: 0, end: 1), s = Slice(x, dim: -1, start: 1, end: 2), t = Slice(x, dim: -1, start: 2, end: 3);
        var isOpen = s > 0;
        var violation = Where(isOpen, s * Exp(r / Where(isOpen, s, 1)) - t, Maximum(Maximum(-s, r), -t));
        return Squeeze(Indicator.Of(violation, Where(isOpen, t, 0)), -1);
    }

    /// <summary>
    /// x within, 0 within the polar cone, (min(x[0], 0), max(x[1], 0), max(x[2], 0)) where that is the nearest; else the point (ρ, 1, exp(ρ)) ((ρ - 1) x[0] + x[1]) / (ρ² - ρ + 1), where ρ is
    /// the root of an increasing function (Friberg 2023); by bisection and two steps of Newton's method.
    /// </summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, IsHomogeneous = true, Source = "Friberg 2023")]
    public static Tensor Project(Tensor x)
    {
        Tensor r = Slice(x, dim: -1, start: 0, end: 1), s = Slice(x, dim: -1, start: 1, end: 2), t = Slice(x, dim: -1, start: 2, end: 3);
        var isInside = (s > 0) & (s * Exp(r / Where(s > 0, s, 1)) <= t);
        var isPolar = (r > 0) & (t + r * Exp(s / Where(r > 0, r, 1) - 1) <= 0);
        // Far out along the faces exp(-64) is nothing.
        var isFace = Where(s > 0, r <= -64 * s, 64 * r <= -s);
        var isKnown = isInside | isPolar | isFace;
        var (u, v, w) = (Where(isKnown, 0, r), Where(isKnown, 1, s), Where(isKnown, 0, t));
        Tensor a = StopGradient(u), b = StopGradient(v), c = StopGradient(w);
        // Both factors of the function are positive between these.
        var lower = Where(a > 0, 1 - b / Where(a > 0, a, 1), -1e30);
        var upper = Where(b > 0, a / Where(b > 0, b, 1), 1e30);
        upper = Minimum(upper, Maximum(lower, 0) + 64);
        lower = Maximum(lower, Minimum(upper, 0) - 64);
        for (var k = 0; k < 56; k++)
        {
            var middle = 0.5 * (lower + upper);
            var isBelow = Excess(middle, a, b, c) < 0;
            lower = Where(isBelow, middle, lower);
            upper = Where(isBelow, upper, middle);
        }
        var root = Improved(Improved(0.5 * (lower + upper), u, v, w), u, v, w);
        var scale = ((root - 1) * u + v) / (Square(root) - root + 1);
        var point = Concat([root * scale, scale, Exp(root) * scale], dim: -1);
        return Where(isInside, x, Where(isPolar, 0 * x, Where(isFace, Concat([Minimum(r, 0), Relu(s), Relu(t)], dim: -1), point)));
    }

    /// <summary>0 where -y is in the dual cone, ∞ elsewhere, the conjugate: the indicator of the polar cone.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y)
    {
        Tensor r = Slice(y, dim: -1, start: 0, end: 1), s = Slice(y, dim: -1, start: 1, end: 2), t = Slice(y, dim: -1, start: 2, end: 3);
        var isOpen = r > 0;
        return Squeeze(Indicator.Of(Where(isOpen, t + r * Exp(s / Where(isOpen, r, 1) - 1), Maximum(Maximum(-r, s), t)), Where(isOpen, t, 0)), -1);
    }

    [TensorFunction]
    private static Tensor Excess(Tensor root, Tensor r, Tensor s, Tensor t) =>
        ((root - 1) * r + s) * Exp(root) - (r - root * s) * Exp(-root) - t * (Square(root) - root + 1);

    [TensorFunction]
    private static Tensor Improved(Tensor root, Tensor r, Tensor s, Tensor t)
    {
        var slope = (root * r + s) * Exp(root) + (r + s - root * s) * Exp(-root) - t * (2 * root - 1);
        return root - Excess(root, r, s, t) / Where(slope > 0, slope, 1);
    }
}

/// <summary>The triples (x, y, z) with x^share y^(1 - share) ≥ |z| and neither x nor y negative, for a share between 0 and 1.</summary>
public static class PowerCone
{
    /// <summary>0 where x[0]^share x[1]^(1 - share) ≥ |x[2]|, x[0] ≥ 0 and x[1] ≥ 0, ∞ elsewhere, for each vector of three.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor share)
    {
        Tensor r = Slice(x, dim: -1, start: 0, end: 1), s = Slice(x, dim: -1, start: 1, end: 2), t = Slice(x, dim: -1, start: 2, end: 3);
        var mean = Mean(r, s, share);
        return Squeeze(Indicator.Of(Maximum(Abs(t) - mean, Maximum(-r, -s)), mean), -1);
    }

    /// <summary>
    /// x within, 0 within the polar cone, (max(x[0], 0), max(x[1], 0), 0) where x[2] is 0; else (x₀, x₁, sign(x[2]) ρ) with xᵢ = (x[i] + √(x[i]² + 4 shareᵢ ρ (|x[2]| - ρ))) / 2, where ρ is the
    /// root of x₀^share x₁^(1 - share) - ρ between 0 and |x[2]| (Hien 2015); by bisection and two steps of Newton's method.
    /// </summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, IsHomogeneous = true, Source = "Hien 2015")]
    public static Tensor Project(Tensor x, Tensor share)
    {
        Tensor r = Slice(x, dim: -1, start: 0, end: 1), s = Slice(x, dim: -1, start: 1, end: 2), t = Slice(x, dim: -1, start: 2, end: 3), rest = 1 - share;
        var isInside = (r >= 0) & (s >= 0) & (Mean(r, s, share) >= Abs(t));
        var isPolar = (r <= 0) & (s <= 0) & (Mean(-r / share, -s / rest, share) >= Abs(t));
        var isFlat = Equal(t, 0);
        var isKnown = isInside | isPolar | isFlat;
        var (u, v, w) = (Where(isKnown, 0, r), Where(isKnown, 0, s), Where(isKnown, 1, Abs(t)));
        Tensor a = StopGradient(u), b = StopGradient(v), c = StopGradient(w), power = StopGradient(share);
        var (lower, upper) = (0 * c, c);
        for (var k = 0; k < 56; k++)
        {
            var middle = 0.5 * (lower + upper);
            var isBelow = Mean(Side(a, middle * (c - middle), power), Side(b, middle * (c - middle), 1 - power), power) > middle;
            lower = Where(isBelow, middle, lower);
            upper = Where(isBelow, upper, middle);
        }
        var root = Improved(Improved(0.5 * (lower + upper), u, v, w, share), u, v, w, share);
        var point = Concat([Side(u, root * (w - root), share), Side(v, root * (w - root), rest), Where(t < 0, -root, root)], dim: -1);
        return Where(isInside, x, Where(isPolar, 0 * x, Where(isFlat, Concat([Relu(r), Relu(s), 0 * t], dim: -1), point)));
    }

    /// <summary>x^share y^(1 - share); 0 where one is not positive.</summary>
    [TensorFunction]
    private static Tensor Mean(Tensor x, Tensor y, Tensor share)
    {
        var isOpen = (x > 0) & (y > 0);
        return Where(isOpen, Exp(share * Log(Where(isOpen, x, 1)) + (1 - share) * Log(Where(isOpen, y, 1))), 0 * x);
    }

    /// <summary>(x + √(x² + 4 share product)) / 2, in the form that does not cancel.</summary>
    [TensorFunction]
    private static Tensor Side(Tensor x, Tensor product, Tensor share)
    {
        var half = 0.5 * (Abs(x) + Sqrt(Square(x) + 4 * share * product));
        return Where(x > 0, half, share * product / half);
    }

    [TensorFunction]
    private static Tensor Improved(Tensor root, Tensor r, Tensor s, Tensor t, Tensor share)
    {
        var product = root * (t - root);
        Tensor x = Side(r, product, share), y = Side(s, product, 1 - share);
        var mean = Mean(x, y, share);
        // Of a side by the product: share / √(..), and √(..) = 2 x - r.
        var slope = mean * (t - 2 * root) * (Square(share) / (x * (2 * x - r)) + Square(1 - share) / (y * (2 * y - s))) - 1;
        return root - (mean - root) / slope;
    }
}

/// <summary>Half the squared distance of a circular convolution from measurements: deblurring with periodic borders.</summary>
public static class CircularFit
{
    /// <summary>Σ(kernel ⊛ x - measured)²/2 of each vector; kernel and measured are like x, and the kernel starts at its first element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor kernel, Tensor measured) => 0.5 * Sum(Square(Convolved(x, kernel) - measured), dim: -1);

    /// <summary>Of the Fourier transforms (x + step conj(kernel) measured) / (1 + step |kernel|²): the map is diagonal there (Afonso, Bioucas-Dias and Figueiredo 2010).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, Source = "Afonso, Bioucas-Dias and Figueiredo 2010")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor kernel, Tensor measured)
    {
        Tensor filter = Rfft(kernel, [-1]), length = Unsqueeze(step + 0 * Slice(x, dim: -1, start: 0, end: 1), -1);
        var right = Rfft(x, [-1]) + length * ComplexMul(ComplexConj(filter), Rfft(measured, [-1]));
        return Irfft(right / (1 + length * Sum(Square(filter), dim: -1, keepDim: true)), x.Dim(-1), [-1]);
    }

    /// <summary>The residual, convolved with the kernel turned round.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor kernel, Tensor measured) =>
        Irfft(ComplexMul(ComplexConj(Rfft(kernel, [-1])), Rfft(Convolved(x, kernel) - measured, [-1])), x.Dim(-1), [-1]);

    [TensorFunction]
    internal static Tensor Convolved(Tensor x, Tensor kernel) => Irfft(ComplexMul(Rfft(x, [-1]), Rfft(kernel, [-1])), x.Dim(-1), [-1]);
}

/// <summary>Half the squared distance of a circular convolution, of which every k-th element is kept, from measurements: super-resolution with periodic borders.</summary>
public static class DownsampledFit
{
    /// <summary>Σ((kernel ⊛ x)[::i] - measured)²/2 of each vector, where i is the size of x divided by that of measured; the kernel is like x and starts at its first element.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor kernel, Tensor measured) => 0.5 * Sum(Square(Lacking(x, kernel, measured)), dim: -1);

    /// <summary>x + step Aᵀ (I + step A Aᵀ)⁻¹ (measured - A x) with the map A, whose A Aᵀ is diagonal under a Fourier transform (Zhao et al. 2016).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, Source = "Zhao et al. 2016")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor kernel, Tensor measured)
    {
        Tensor filter = Rfft(kernel, [-1]), length = Unsqueeze(step + 0 * Slice(x, dim: -1, start: 0, end: 1), -1);
        // What is convolved, thinned out, spread and convolved back is a circular convolution with what is kept of this.
        var both = Irfft(ComplexMul(filter, ComplexConj(filter)), x.Dim(-1), [-1]);
        var gram = Slice(Rfft(Sampling.Thinned(both, measured, -1), [-1]), dim: -1, start: 0, end: 1);
        var rest = Rfft(Lacking(x, kernel, measured), [-1]) / (1 + length * gram);
        return x + Back(Irfft(-length * rest, measured.Dim(-1), [-1]), x, filter);
    }

    /// <summary>The residual, spread and convolved with the kernel turned round.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor kernel, Tensor measured) => Back(Lacking(x, kernel, measured), x, Rfft(kernel, [-1]));

    [TensorFunction]
    private static Tensor Lacking(Tensor x, Tensor kernel, Tensor measured) => Sampling.Thinned(CircularFit.Convolved(x, kernel), measured, -1) - measured;

    [TensorFunction]
    private static Tensor Back(Tensor rest, Tensor x, Tensor filter) => Irfft(ComplexMul(ComplexConj(filter), Rfft(Sampling.Spread(rest, x, -1), [-1])), x.Dim(-1), [-1]);
}

/// <summary>Every k-th element, and the transpose.</summary>
internal static class Sampling
{
    /// <summary>As many elements as like has.</summary>
    [TensorFunction]
    internal static Tensor Thinned(Tensor x, Tensor like, int dim) => Slice(x, dim, 0, x.Dim(dim), x.Dim(dim) / like.Dim(dim));

    /// <summary>As many elements as like has, with 0 between them.</summary>
    [TensorFunction]
    internal static Tensor Spread(Tensor x, Tensor like, int dim)
    {
        var isTaken = Equal(Remainder(Arange(like.Dim(dim)), like.Dim(dim) / x.Dim(dim)), 0);
        return IndexSelect(Concat([0 * Slice(x, dim, 0, 1), x], dim), dim, Where(isTaken, CumSum(Where(isTaken, 1, 0), dim: 0), 0));
    }
}

/// <summary>Half the squared distance of a convolution with reflected borders from measurements: its matrix is diagonal under a cosine transform.</summary>
public static class ReflectedFit
{
    /// <summary>
    /// Σ(kernel ∗ x - measured)²/2 of each vector, where x goes on as in a mirror at both ends; kernel and measured are like x. The kernel is the same both ways: its element i weighs what is
    /// i elements away.
    /// </summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor kernel, Tensor measured) => 0.5 * CircularFit.Value(Mirrored(x), Even(kernel), Mirrored(measured));

    /// <summary>That of the circular convolution of twice the length, which keeps mirrored vectors (Ng, Chan and Tang 1999).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, Source = "Ng, Chan and Tang 1999")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor kernel, Tensor measured) =>
        Slice(CircularFit.Prox(Mirrored(x), step, Even(kernel), Mirrored(measured)), dim: -1, start: 0, end: x.Dim(-1));

    /// <summary>The residual, convolved with the kernel.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor kernel, Tensor measured) => Slice(CircularFit.Gradient(Mirrored(x), Even(kernel), Mirrored(measured)), dim: -1, start: 0, end: x.Dim(-1));

    [TensorFunction]
    internal static Tensor Mirrored(Tensor x) => Concat([x, Flip(x, -1)], dim: -1);

    /// <summary>All elements of a kernel that is the same both ways, the first one in the middle.</summary>
    [TensorFunction]
    internal static Tensor Even(Tensor kernel) => Concat([kernel, 0 * Slice(kernel, dim: -1, start: 0, end: 1), Flip(Slice(kernel, dim: -1, start: 1, end: kernel.Dim(-1)), -1)], dim: -1);
}

/// <summary>Half a quadratic form.</summary>
public static class QuadraticForm
{
    /// <summary>xᵀ matrix x / 2 of each vector, for a symmetric matrix without negative eigenvalues.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor matrix) => 0.5 * Sum(x * MatMul(x, matrix), dim: -1);

    /// <summary>(I + step matrix)⁻¹ x (Parikh and Boyd 2014, 6.1.1).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, Source = "Parikh and Boyd 2014, 6.1.1")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor matrix)
    {
        var length = Unsqueeze(step + 0 * Slice(x, dim: -1, start: 0, end: 1), -1);
        return Squeeze(Solve(Diag(0 * x + 1) + length * matrix, Unsqueeze(x, -1)), -1);
    }

    /// <summary>matrix x.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor matrix) => MatMul(x, matrix);

    /// <summary>yᵀ matrix⁻¹ y / 2, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y, Tensor matrix) => Value(y, Inverse(matrix));
}
