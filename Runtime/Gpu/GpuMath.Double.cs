using ILGPU;
using ILGPU.Algorithms;

namespace Proxima.Gpu;

// Float64. Coefficients and reductions of exp, log, sin and cos are those of fdlibm (Sun Microsystems, 1993).
public static partial class GpuMath
{
    /// <inheritdoc cref="Exp(float)"/>
    public static double Exp(double x)
    {
        x = x > 710 ? 710 : x < -746 ? -746 : x;
        var n = Floor(x * 1.44269504088896338700 + 0.5);
        var high = x - n * 6.93147180369123816490e-1;
        var low = n * 1.90821492927058770002e-10;
        var r = high - low;
        var z = r * r;
        var p = 4.13813679705723846039e-8;
        p = p * z - 1.65339022054652515390e-6;
        p = p * z + 6.61375632143793436117e-5;
        p = p * z - 2.77777777770155933842e-3;
        p = p * z + 1.66666666666666019037e-1;
        var c = r - z * p;
        var half = (int)n / 2;
        return (1 - ((low - r * c / (2 - c)) - high)) * DoublePowerOfTwo(half) * DoublePowerOfTwo((int)n - half);
    }

    /// <inheritdoc cref="Log(float)"/>
    public static double Log(double x)
    {
        if (!(x > 0))
            return x == 0 ? double.NegativeInfinity : double.NaN;
        if (x == double.PositiveInfinity)
            return x;
        var k = 0;
        if (x < 2.2250738585072014e-308) // subnormal
        {
            x *= 18014398509481984.0;
            k = -54;
        }
        const ulong rootHalf = 0x3fe6a09e667f3bcdUL;
        var bits = Interop.FloatAsInt(x) + (0x3ff0000000000000UL - rootHalf);
        k += (int)(bits >> 52) - 1023;
        var f = Interop.IntAsFloat((bits & 0x000fffffffffffffUL) + rootHalf) - 1;
        var s = f / (2 + f);
        var z = s * s;
        var w = z * z;
        var odd = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
        var even = z * (6.666666666666735130e-1 + w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
        var square = 0.5 * f * f;
        return k * 6.93147180369123816490e-1 - ((square - (s * (square + odd + even) + k * 1.90821492927058770002e-10)) - f);
    }

    /// <inheritdoc cref="Tanh(float)"/>
    public static double Tanh(double x)
    {
        var a = Abs(x);
        if (a < 1e-8)
            return x; // x - x^3/3 rounds to x
        var e = Exp(2 * a);
        // For small arguments e^2a - 1 cancels; the error of e cancels too when divided by log e instead of 2a (Kahan).
        var t = a < 0.5 ? (e - 1) * (2 * a) / Log(e) : e - 1;
        t = a > 22 ? 1 : t / (t + 2);
        return x < 0 ? -t : t;
    }

    /// <inheritdoc cref="Erf(float)"/>
    public static double Erf(double x)
    {
        var a = Abs(x);
        if (double.IsNaN(x) || x == 0)
            return x;
        if (a > 6)
            return x < 0 ? -1 : 1;
        // 2/sqrt(pi) e^-x^2 (x + 2 x^3/3 + 4 x^5/15 + ...): every term is positive, so nothing cancels. (Abramowitz and Stegun 7.1.6)
        double term = a, sum = a, odd = 1;
        while (term > sum * 1e-17)
        {
            odd += 2;
            term *= 2 * a * a / odd;
            sum += term;
        }
        var value = 1.12837916709551257390 * Exp(-a * a) * sum;
        return x < 0 ? -value : value;
    }

    /// <summary>The sine of an angle in radians; beyond 10^6 the device's own function.</summary>
    public static double Sin(double x)
    {
        if (!(Abs(x) < 1e6))
            return XMath.Sin(x);
        var r = ReduceAngle(x, out var quadrant, out var tail);
        var value = (quadrant & 1) == 0 ? SinNearZero(r) + tail * CosNearZero(r) : CosNearZero(r) - tail * SinNearZero(r);
        return (quadrant & 2) == 0 ? value : -value;
    }

    /// <summary>The cosine of an angle in radians; beyond 10^6 the device's own function.</summary>
    public static double Cos(double x)
    {
        if (!(Abs(x) < 1e6))
            return XMath.Cos(x);
        var r = ReduceAngle(x, out var quadrant, out var tail);
        var value = (quadrant & 1) == 0 ? CosNearZero(r) - tail * SinNearZero(r) : SinNearZero(r) + tail * CosNearZero(r);
        return ((quadrant + 1) & 2) == 0 ? value : -value;
    }

    private static double DoublePowerOfTwo(int n) => Interop.IntAsFloat((ulong)(n + 1023) << 52);

    /// <summary>x = quadrant pi/2 + result + tail for |x| &lt; 10^6, with pi/2 in three parts of 33, 33 and 53 bits.</summary>
    private static double ReduceAngle(double x, out int quadrant, out double tail)
    {
        var n = Floor(x * 0.63661977236758134308 + 0.5);
        quadrant = (int)n;
        var first = x - n * 1.57079632673412561417;
        var second = n * 6.07710050630396597660e-11;
        var r = first - second;
        var w = n * 2.02226624879595063154e-21 - (first - r - second);
        var result = r - w;
        tail = r - result - w;
        return result;
    }

    /// <summary>sin x for |x| &lt;= pi/4.</summary>
    private static double SinNearZero(double x)
    {
        var z = x * x;
        var p = 1.58969099521155010221e-10;
        p = p * z - 2.50507602534068634195e-8;
        p = p * z + 2.75573137070700676789e-6;
        p = p * z - 1.98412698298579493134e-4;
        p = p * z + 8.33333333332248946124e-3;
        p = p * z - 1.66666666666666324348e-1;
        return x + x * z * p;
    }

    /// <summary>cos x for |x| &lt;= pi/4.</summary>
    private static double CosNearZero(double x)
    {
        var z = x * x;
        var p = -1.13596475577881948265e-11;
        p = p * z + 2.08757232129817482790e-9;
        p = p * z - 2.75573143513906633035e-7;
        p = p * z + 2.48015872894767294178e-5;
        p = p * z - 1.38888888888741095749e-3;
        p = p * z + 4.16666666666666019037e-2;
        var half = 0.5 * z;
        var w = 1 - half;
        return w + (1 - w - half + z * z * p);
    }
}
