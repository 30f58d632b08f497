using System.Numerics;

namespace Proxima;

/// <summary>Scalar functions that .NET does not have, or not accurately.</summary>
internal static class Special
{
    /// <summary>log(1 + x) without cancellation near 0, by Kahan's correction of log(u) with u = 1 + x rounded.</summary>
    public static T Log1P<T>(T x) where T : IFloatingPointIeee754<T>
    {
        var u = T.One + x;
        return u == T.One || T.IsPositiveInfinity(u) ? x : T.Log(u) * x / (u - T.One);
    }

    /// <summary>exp(x) - 1 without cancellation near 0, by Kahan's correction.</summary>
    public static double ExpM1(double x)
    {
        var u = Math.Exp(x);
        return Math.Abs(x) >= 0.5 || u == 1 ? Math.Abs(x) >= 0.5 || double.IsNaN(x) ? u - 1 : x : (u - 1) * x / Math.Log(u);
    }

    /// <summary>log(1 + exp(x)), accurate in both tails.</summary>
    public static T Softplus<T>(T x) where T : IFloatingPointIeee754<T> =>
        T.Max(x, T.Zero) + Log1P(T.Exp(-T.Abs(x)));

    /// <summary>The error function, to about 1e-15 relative.</summary>
    public static double Erf(double x) => Math.Abs(x) < Crossover ? ErfSeries(x) : x > 0 ? 1 - ErfcFraction(x) : ErfcFraction(-x) - 1;

    /// <summary>The complement 1 - erf(x), relatively accurate for large positive x.</summary>
    public static double Erfc(double x) => Math.Abs(x) < Crossover ? 1 - ErfSeries(x) : x > 0 ? ErfcFraction(x) : 2 - ErfcFraction(-x);

    /// <summary>The standard normal distribution function.</summary>
    public static double NormalCdf(double x) => 0.5 * Erfc(-x / Math.Sqrt(2));

    // Below, the series converges fast; above, the continued fraction does.
    private const double Crossover = 2;

    // Abramowitz and Stegun 7.1.6: all terms have one sign, so nothing cancels.
    private static double ErfSeries(double x)
    {
        double term = x, sum = x;
        for (var n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-17; n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    // Abramowitz and Stegun 7.1.14, from the inside out, with the levels that double precision needs from x = 2 on. NaN passes through.
    private static double ErfcFraction(double x)
    {
        var tail = x;
        for (var k = 12 + (int)(200 / (x * x)); k > 0; k--) tail = x + 0.5 * k / tail;
        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * tail);
    }
}
