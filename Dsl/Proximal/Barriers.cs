using static Proxima.Ops;

namespace Proxima.Proximal;

// An entropy or a logarithmic barrier of positive numbers beside a penalty that is not convex; of the eigenvalues of a matrix what models of covariances and precisions are made of (Benfenati, Chouzenoux and Pesquet 2020).

/// <summary>What such sums share.</summary>
internal static class Bent
{
    /// <summary>
    /// The log u with <c>u + barrier - x + pull h'(u) = 0</c> for which the objective is least, where the barrier is rate log u of an entropy, and -rate / u of a logarithm, and h is log(1 + u²) or log(1 + u). The left side
    /// falls at most between two turns around a known bottom, so there are at most two minima, one on each side: by bisection of the turn between the bottom and the side with two roots or none, and of both roots,
    /// and two steps of Newton's method.
    /// </summary>
    [TensorFunction]
    internal static Tensor Root(Tensor x, Tensor rate, Tensor pull, int isEntropy, int isSquare)
    {
        Tensor at = StopGradient(x), barrier = StopGradient(rate), weight = StopGradient(pull);
        var zero = 0 * at + 0 * barrier + 0 * weight;
        var bottom = Bottom(barrier, isEntropy, isSquare) + zero;
        var isLeft = Excess(bottom, at, barrier, weight, isEntropy, isSquare) <= 0;
        Tensor lower = Where(isLeft, zero - 80, bottom), upper = Where(isLeft, bottom, zero + 80);
        for (var k = 0; k < 60; k++)
        {
            var middle = 0.5 * (lower + upper);
            var rises = Slope(middle, barrier, weight, isEntropy, isSquare) > 0;
            var isBefore = (isLeft & rises) | (!isLeft & !rises);
            lower = Where(isBefore, middle, lower);
            upper = Where(isBefore, upper, middle);
        }
        var turn = 0.5 * (lower + upper);
        Tensor near = zero - 80, nearEnd = Where(isLeft, turn, bottom), far = Where(isLeft, bottom, turn), farEnd = zero + 80;
        for (var k = 0; k < 60; k++)
        {
            Tensor nearMiddle = 0.5 * (near + nearEnd), farMiddle = 0.5 * (far + farEnd);
            var isNearBelow = Excess(nearMiddle, at, barrier, weight, isEntropy, isSquare) < 0;
            var isFarBelow = Excess(farMiddle, at, barrier, weight, isEntropy, isSquare) < 0;
            (near, nearEnd) = (Where(isNearBelow, nearMiddle, near), Where(isNearBelow, nearEnd, nearMiddle));
            (far, farEnd) = (Where(isFarBelow, farMiddle, far), Where(isFarBelow, farEnd, farMiddle));
        }
        var isFarBetter = Objective(far, at, barrier, weight, isEntropy, isSquare) < Objective(near, at, barrier, weight, isEntropy, isSquare);
        var t = Where(isFarBetter, far, near);
        for (var k = 0; k < 2; k++)
        {
            var slope = Slope(t, rate, pull, isEntropy, isSquare);
            t = t - Excess(t, x, rate, pull, isEntropy, isSquare) / Where(slope > 0, slope, 1);
        }
        return t;
    }

    /// <summary>The left side.</summary>
    [TensorFunction]
    private static Tensor Excess(Tensor t, Tensor x, Tensor rate, Tensor pull, int isEntropy, int isSquare)
    {
        var u = Exp(t);
        return u - x + rate * (isEntropy == 1 ? t : -Exp(-t)) + pull * (isSquare == 1 ? 2 * u / (1 + Square(u)) : 1 / (1 + u));
    }

    /// <summary>Its derivative by t.</summary>
    [TensorFunction]
    private static Tensor Slope(Tensor t, Tensor rate, Tensor pull, int isEntropy, int isSquare)
    {
        var u = Exp(t);
        var share = isSquare == 1 ? 1 / (1 + Square(u)) : 1 / (1 + u);
        return u + rate * (isEntropy == 1 ? 1 + 0 * t : Exp(-t)) + pull * u * (isSquare == 1 ? 2 * share * (2 * share - 1) : -Square(share));
    }

    [TensorFunction]
    private static Tensor Objective(Tensor t, Tensor x, Tensor rate, Tensor pull, int isEntropy, int isSquare)
    {
        var u = Exp(t);
        return u * (0.5 * u - x) + rate * (isEntropy == 1 ? u * (t - 1) : -t) + pull * Log1p(isSquare == 1 ? Square(u) : u);
    }

    /// <summary>Where the pull has to be least for the left side to fall.</summary>
    [TensorFunction]
    private static Tensor Bottom(Tensor rate, int isEntropy, int isSquare)
    {
        if (isSquare == 0) return isEntropy == 1 ? Log(2 * rate / (rate + Sqrt(rate * (rate + 8)))) : Log(rate) / 3;
        // The largest root of a polynomial, of u or of u², from above.
        var v = isEntropy == 1 ? 2.4142135623730950 + 0 * rate : 3 + Sqrt(3 * rate);
        for (var k = 0; k < 12; k++)
        {
            v = isEntropy == 1
                ? v - (Square(v) * (v * (2 * Square(v) - 6) + rate * (Square(v) - 6)) + rate) / (Square(v) * (10 * Square(v) - 18) + 4 * rate * v * (Square(v) - 3))
                : v - (v * (v * (v - 3) - 3 * rate) + rate) / (3 * (v * (v - 2) - rate));
        }
        return isEntropy == 1 ? Log(v) : 0.5 * Log(v);
    }
}

/// <summary>The logarithmic barrier beside the penalty of Cauchy. Not convex.</summary>
public static class BurgCauchy
{
    /// <summary>-log x + weight log(1 + (x / width)²), element by element, for a weight that is not negative and a positive width; ∞ at 0 and below.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor weight, Tensor width) => Where(x > 0, weight * CauchyPenalty.Value(x, width) - Log(Where(x > 0, x, 1)), double.PositiveInfinity);

    /// <summary>2 weight x / (x² + width²) - 1 / x.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor weight, Tensor width) => weight * CauchyPenalty.Gradient(x, width) - 1 / x;

    /// <summary>The better of the roots p of p - step / p + 2 step weight p / (p² + width²) = x at which it rises (Benfenati, Chouzenoux and Pesquet 2020).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, Source = "Benfenati, Chouzenoux and Pesquet 2020")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor weight, Tensor width) => width * Exp(Bent.Root(x / width, step / Square(width), step * weight / Square(width), 0, 1));
}

/// <summary>The logarithmic barrier beside the logarithmic penalty. Not convex.</summary>
public static class BurgLogSum
{
    /// <summary>-log x + weight log(1 + x / width), element by element, for a weight that is not negative and a positive width; ∞ at 0 and below.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor weight, Tensor width) => Where(x > 0, weight * LogPenalty.Value(x, width) - Log(Where(x > 0, x, 1)), double.PositiveInfinity);

    /// <summary>weight / (x + width) - 1 / x.</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor weight, Tensor width) => weight / (x + width) - 1 / x;

    /// <summary>The better of the roots p of p - step / p + step weight / (p + width) = x at which it rises (Benfenati, Chouzenoux and Pesquet 2020).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, Source = "Benfenati, Chouzenoux and Pesquet 2020")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor weight, Tensor width) => width * Exp(Bent.Root(x / width, step / Square(width), step * weight / Square(width), 0, 0));
}

/// <summary>The negative entropy beside the penalty of Cauchy. Not convex.</summary>
public static class EntropyCauchy
{
    /// <summary>x log x + weight log(1 + (x / width)²), element by element, for a weight that is not negative and a positive width; ∞ below 0.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor weight, Tensor width) => Entropy.Value(x) + weight * CauchyPenalty.Value(x, width);

    /// <summary>log x + 1 + 2 weight x / (x² + width²).</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor weight, Tensor width) => Entropy.Gradient(x) + weight * CauchyPenalty.Gradient(x, width);

    /// <summary>The better of the roots p of p + step (log p + 1) + 2 step weight p / (p² + width²) = x at which it rises (Benfenati, Chouzenoux and Pesquet 2020).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, Source = "Benfenati, Chouzenoux and Pesquet 2020")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor weight, Tensor width) =>
        width * Exp(Bent.Root((x - step * (1 + Log(width))) / width, step / width, step * weight / Square(width), 1, 1));
}

/// <summary>The negative entropy beside the logarithmic penalty. Not convex.</summary>
public static class EntropyLogSum
{
    /// <summary>x log x + weight log(1 + x / width), element by element, for a weight that is not negative and a positive width; ∞ below 0.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor weight, Tensor width) => Entropy.Value(x) + weight * LogPenalty.Value(x, width);

    /// <summary>log x + 1 + weight / (x + width).</summary>
    [TensorFunction]
    public static Tensor Gradient(Tensor x, Tensor weight, Tensor width) => Entropy.Gradient(x) + weight / (x + width);

    /// <summary>The better of the roots p of p + step (log p + 1) + step weight / (p + width) = x at which it rises (Benfenati, Chouzenoux and Pesquet 2020).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, Source = "Benfenati, Chouzenoux and Pesquet 2020")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor weight, Tensor width) =>
        width * Exp(Bent.Root((x - step * (1 + Log(width))) / width, step / width, step * weight / Square(width), 1, 0));
}

/// <summary>The negative entropy beside a price of numbers that are not 0. Not convex.</summary>
public static class EntropyCardinality
{
    /// <summary>x log x + weight where x is positive, 0 at 0, element by element; ∞ below 0.</summary>
    [TensorFunction]
    public static Tensor Value(Tensor x, Tensor weight) => Entropy.Value(x) + weight * Cardinality.Value(x);

    /// <summary>The better of 0 and the operator of the entropy (Benfenati, Chouzenoux and Pesquet 2020).</summary>
    [TensorFunction, ProxRule(of: nameof(Value), IsNonconvex = true, Source = "Benfenati, Chouzenoux and Pesquet 2020")]
    public static Tensor Prox(Tensor x, Tensor step, Tensor weight)
    {
        var p = Entropy.Prox(x, step);
        return Where(2 * step * (Entropy.Value(p) + weight) + p * (p - 2 * x) < 0, p, 0 * x);
    }
}
