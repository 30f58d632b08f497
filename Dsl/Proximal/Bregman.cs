using static Proxima.Ops;

namespace Proxima.Proximal;

// Operators in another geometry, argmin_p step f(p) + D(p, x), where D is the divergence of Bregman of a function of Legendre: |p - x|²/2 is that of half the square. A MirrorStep is the operator of a linear function.

/// <summary>The geometry of x log x on the positive numbers.</summary>
public static class EntropyGeometry
{
    /// <summary>p log(p / x) - p + x, element by element.</summary>
    [TensorFunction]
    public static Tensor Divergence(Tensor p, Tensor x) => RelativeEntropy.Value(p, x);

    /// <summary>x exp(-slope), of a linear function (Kivinen and Warmuth 1997).</summary>
    [TensorFunction]
    public static Tensor MirrorStep(Tensor x, Tensor slope) => NonnegativeOrthant.MirrorStep(x, slope);

    /// <summary>centre, moved to between x exp(-step) and x exp(step), of |p - centre| (Bauschke, Combettes and Noll 2006).</summary>
    [TensorFunction]
    public static Tensor OfAbsolute(Tensor x, Tensor step, Tensor centre) => Minimum(Maximum(centre, x * Exp(-step)), x * Exp(step));

    /// <summary>The p with (1 + step) log p = log x + step (tilt - 1), of p log p - tilt p (Bauschke, Combettes and Noll 2006).</summary>
    [TensorFunction]
    public static Tensor OfEntropy(Tensor x, Tensor step, Tensor tilt) => Where(x > 0, Exp((Log(Where(x > 0, x, 1)) + step * (tilt - 1)) / (1 + step)), 0);

    /// <summary>The p with log p + step p^(power - 1) = log x, of p^power / power, for a power above 1 (Bauschke, Combettes and Noll 2006): by Lambert's equation.</summary>
    [TensorFunction]
    public static Tensor OfPower(Tensor x, Tensor step, Tensor power)
    {
        var shift = Log(step * (power - 1));
        var root = Entropy.Root((power - 1) * Log(Where(x > 0, x, 1)) + shift, 1);
        return Where(x > 0, Exp((root - shift) / (power - 1)), 0);
    }
}

/// <summary>The geometry of -log x on the positive numbers (Burg), in which counts are fitted and spectra compared (Itakura and Saito 1968).</summary>
public static class BurgGeometry
{
    /// <summary>p / x - log(p / x) - 1, element by element; ∞ where p is not positive.</summary>
    [TensorFunction]
    public static Tensor Divergence(Tensor p, Tensor x) => Where(p > 0, p / x - Log(Where(p > 0, p / x, 1)) - 1, double.PositiveInfinity);

    /// <summary>x / (1 + x slope), of a linear function; ∞ where a slope is so negative that it has no minimum (Bauschke, Bolte and Teboulle 2017).</summary>
    [TensorFunction]
    public static Tensor MirrorStep(Tensor x, Tensor slope)
    {
        var rest = 1 + x * slope;
        return Where(rest > 0, x / Where(rest > 0, rest, 1), double.PositiveInfinity);
    }

    /// <summary>centre, moved to between x / (1 + step x) and x / (1 - step x), of |p - centre| (Bauschke, Combettes and Noll 2006).</summary>
    [TensorFunction]
    public static Tensor OfAbsolute(Tensor x, Tensor step, Tensor centre) => Minimum(Maximum(centre, MirrorStep(x, step)), MirrorStep(x, -step));

    /// <summary>2 x / (1 + √(1 + 4 step x²)), of p²/2 (Bauschke, Combettes and Noll 2006).</summary>
    [TensorFunction]
    public static Tensor OfHalfSquare(Tensor x, Tensor step) => 2 * x / (1 + Sqrt(1 + 4 * step * Square(x)));
}

/// <summary>The geometry of x log x + (1 - x) log(1 - x) on the numbers between 0 and 1 (Fermi and Dirac).</summary>
public static class LogisticGeometry
{
    /// <summary>p log(p / x) + (1 - p) log((1 - p) / (1 - x)), element by element.</summary>
    [TensorFunction]
    public static Tensor Divergence(Tensor p, Tensor x) => RelativeEntropy.Value(p, x) + RelativeEntropy.Value(1 - p, 1 - x);

    /// <summary>x exp(-slope) / (x exp(-slope) + 1 - x), of a linear function; what is 0 or 1 stays.</summary>
    [TensorFunction]
    public static Tensor MirrorStep(Tensor x, Tensor slope)
    {
        Tensor yes = x * Exp(-Relu(slope)), no = (1 - x) * Exp(-Relu(-slope));
        return yes / (yes + no);
    }

    /// <summary>
    /// p = 1 / (1 + exp(-t)) with t + step log p = log x - log(1 - x) + step (tilt - 1), of p log p - tilt p (Bauschke, Combettes and Noll 2006): the left side is concave; by Newton's method from below.
    /// </summary>
    [TensorFunction]
    public static Tensor OfEntropy(Tensor x, Tensor step, Tensor tilt)
    {
        var isInside = (x > 0) & (x < 1);
        var inside = Where(isInside, x, 0.5);
        var right = Log(inside) - Log(1 - inside) + step * (tilt - 1);
        Tensor at = StopGradient(right), length = StopGradient(step);
        var t = Maximum(at, at / (1 + length));
        for (var k = 0; k < 24; k++) t = Improved(t, at, length);
        return Where(isInside, Sigmoid(Improved(Improved(t, right, step), right, step)), x);
    }

    [TensorFunction]
    private static Tensor Improved(Tensor t, Tensor right, Tensor step) => t - (t - step * Softplus(-t) - right) / (1 + step * Sigmoid(-t));
}

/// <summary>The geometry of exp(x).</summary>
public static class ExponentialGeometry
{
    /// <summary>exp(p) - exp(x) (1 + p - x), element by element.</summary>
    [TensorFunction]
    public static Tensor Divergence(Tensor p, Tensor x) => Exp(x) * (Expm1(p - x) - (p - x));

    /// <summary>log(exp(x) - slope), of a linear function; -∞ where a slope is so large that it has no minimum.</summary>
    [TensorFunction]
    public static Tensor MirrorStep(Tensor x, Tensor slope)
    {
        var rest = -slope * Exp(-x);
        return Where(rest > -1, x + Log1p(Where(rest > -1, rest, 0)), double.NegativeInfinity);
    }

    /// <summary>x - log(1 + step), of exp(p) (Bauschke, Combettes and Noll 2006).</summary>
    [TensorFunction]
    public static Tensor OfExponential(Tensor x, Tensor step) => x - Log1p(step);
}
