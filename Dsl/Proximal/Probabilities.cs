using static Proxima.Ops;

namespace Proxima.Proximal;

// Functions of probabilities: vectors of positive numbers that have a given sum.

/// <summary>What entropies of probabilities share.</summary>
internal static class Normalized
{
    /// <summary>
    /// The t with <c>scale t + weight exp(t) = x - τ</c>, where τ is the one with which exp(t) sums to 1, for positive scale and scale + weight. The sum is convex in τ and falls, so Newton's method
    /// goes up to it from below; so it does to each t, on one side.
    /// </summary>
    [TensorFunction]
    internal static Tensor Logarithms(Tensor x, Tensor scale, Tensor weight)
    {
        Tensor at = StopGradient(x), a = StopGradient(scale), b = StopGradient(weight);
        var count = Sum(0 * at + 1, dim: -1, keepDim: true);
        // Where the largest alone would be 1, and where all would be equal: the sum is at least 1 there.
        var level = Maximum(Max(at, dim: -1, keepDim: true) - b, Mean(at, dim: -1, keepDim: true) + a * Log(count) - b / count);
        var t = 0 * at;
        for (var k = 0; k < 20; k++)
        {
            t = Minimum((at - level) / a, 0);
            for (var j = 0; j < 16; j++) t = t - (a * t + b * Exp(t) - (at - level)) / (a + b * Exp(t));
            level = level + (Sum(Exp(t), dim: -1, keepDim: true) - 1) / Sum(Exp(t) / (a + b * Exp(t)), dim: -1, keepDim: true);
        }
        // On both together.
        for (var k = 0; k < 2; k++)
        {
            var slope = scale + weight * Exp(t);
            var rest = scale * t + weight * Exp(t) + level - x;
            var move = (Sum(Exp(t) - Exp(t) * rest / slope, dim: -1, keepDim: true) - 1) / Sum(Exp(t) / slope, dim: -1, keepDim: true);
            t = t - (rest + move) / slope;
            level = level + move;
        }
        return t;
    }
}

/// <summary>The negative entropy of probabilities.</summary>
public static class SimplexEntropy
{
    /// <summary>Σ x log x where x ≥ 0 and Σx = 1, ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => Simplex.Value(x, 1) + Sum(Entropy.Value(x), dim: -1);

    /// <summary>exp(t) with step t + exp(t) = x - τ, where τ is the one with which it sums to 1 (by its optimality condition); by Newton's method.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, Source = "by its optimality condition")]
    public static Tensor Prox(Tensor x, Tensor step) => Exp(Normalized.Logarithms(x, step, 1));

    /// <summary>log Σ exp(y), the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => LogSumExp(y, dim: -1);
}

/// <summary>The logarithm of the sum of exponentials: a smooth largest element.</summary>
public static class SmoothMaximum
{
    /// <summary>log Σ exp(x) of each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => LogSumExp(x, dim: -1);

    /// <summary>The softmax of x.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x) => Softmax(x, dim: -1);

    /// <summary>x less step probabilities p with log p + step p = x - τ: that of the negative entropy, the conjugate (Moreau 1965); by Newton's method.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, Source = "Moreau 1965, from the entropy of probabilities")]
    public static Tensor Prox(Tensor x, Tensor step) => x - step * Exp(Normalized.Logarithms(x, 1, step));

    /// <summary>Σ y log y where y ≥ 0 and Σy = 1, ∞ elsewhere, the conjugate.</summary>
    [TensorFunction]
    public static Tensor Conjugate(Tensor y) => SimplexEntropy.Value(y);
}

/// <summary>The function whose operator of step 1 is the softmax.</summary>
public static class SoftmaxPenalty
{
    /// <summary>Σ x log x - x²/2 where x ≥ 0 and Σx = 1, ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x) => SimplexEntropy.Value(x) - 0.5 * Sum(Square(x), dim: -1);

    /// <summary>exp(t) with step t + (1 - step) exp(t) = x - τ, where τ is the one with which it sums to 1 (Combettes and Pesquet 2020); by Newton's method.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, Source = "Combettes and Pesquet 2020")]
    public static Tensor Prox(Tensor x, Tensor step) => Exp(Normalized.Logarithms(x, step, 1 - step));
}

/// <summary>The negative entropy of Burg on the simplex: a barrier of its faces.</summary>
public static class SimplexBarrier
{
    /// <summary>-Σ log x where x is positive and Σx = total, ∞ elsewhere, for each vector.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor total) => Simplex.Value(x, total) + Sum(Where(x > 0, -Log(Where(x > 0, x, 1)), double.PositiveInfinity), dim: -1);

    /// <summary>
    /// (x - τ + √((x - τ)² + 4 step)) / 2, where τ is the one with which it sums to total (by its optimality condition). The sum is convex in τ and falls: by Newton's method from below.
    /// </summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, Source = "by its optimality condition")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor total)
    {
        Tensor at = StopGradient(x), length = StopGradient(step), sum = StopGradient(total);
        var count = Sum(0 * at + 1, dim: -1, keepDim: true);
        // Where the largest alone would be total, and where all would be equal.
        var level = Maximum(Max(at, dim: -1, keepDim: true) - sum + length / sum, Mean(at, dim: -1, keepDim: true) - sum / count + length * count / sum);
        for (var k = 0; k < 30; k++) level = Improved(level, at, length, sum);
        return NegativeLog.Prox(x - Improved(Improved(level, x, step, total), x, step, total), step);
    }

    [TensorFunction]
    private static Tensor Improved(Tensor level, Tensor x, Tensor step, Tensor total)
    {
        var p = NegativeLog.Prox(x - level, step);
        return level + (Sum(p, dim: -1, keepDim: true) - total) / Sum(Square(p) / (Square(p) + step), dim: -1, keepDim: true);
    }
}

/// <summary>Vectors whose divergence from counts, the negative log-likelihood of Poisson, is bounded.</summary>
public static class PoissonBall
{
    /// <summary>0 where Σ x - count + count log(count / x) ≤ bound, ∞ elsewhere, for each vector, for a positive bound.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor count, Tensor bound) => Squeeze(Indicator.Of(Divergence(x, count) - bound, bound), -1);

    /// <summary>x within; else that of the divergence with the step with which it is bound (by its optimality condition); by bisection of its logarithm and two steps of Newton's method.</summary>
    [TensorFunction, ProxRule(of: nameof(Value), Dims = 1, IsSet = true, Source = "by its optimality condition")]
    public static Tensor Project(Tensor x, Tensor count, Tensor bound)
    {
        var isInside = Divergence(x, count) <= bound;
        Tensor at = StopGradient(x), goal = StopGradient(count), limit = StopGradient(bound);
        var lower = 0 * Sum(at, dim: -1, keepDim: true) - 40;
        var upper = lower + 100;
        for (var k = 0; k < 60; k++)
        {
            var middle = 0.5 * (lower + upper);
            var isFar = Divergence(Poisson.Prox(at, Exp(middle), goal), goal) > limit;
            lower = Where(isFar, middle, lower);
            upper = Where(isFar, upper, middle);
        }
        var step = Exp(0.5 * (lower + upper));
        // Where counts are 0, what is negative may be all that is out of bounds.
        var isFree = isInside | (lower <= -40);
        for (var k = 0; k < 2; k++)
        {
            var p = Poisson.Prox(x, step, count);
            var length = Sqrt(Square(x - step) + 4 * step * count);
            // How fast the divergence falls with the step.
            var falls = Sum(Square(p - count) / Where(p * length > 0, p * length, 1), dim: -1, keepDim: true);
            step = Where(isFree, step, step + (Divergence(p, count) - bound) / Where(falls > 0, falls, 1));
        }
        return Where(isInside, x, Poisson.Prox(x, step, count));
    }

    [TensorFunction]
    private static Tensor Divergence(Tensor x, Tensor count) => Sum(Poisson.Value(x, count) - Poisson.Value(count, count), dim: -1, keepDim: true);
}
