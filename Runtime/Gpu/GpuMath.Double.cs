using ILGPU;

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

    /// <inheritdoc cref="Log1p(float)"/>
    public static double Log1p(double x)
    {
        var w = 1 + x;
        if (w == 1)
            return x;
        // The rounding error of 1 + x divides out.
        return x > 9007199254740992.0 ? Log(x) : Log(w) * (x / (w - 1));
    }

    /// <inheritdoc cref="Expm1(float)"/>
    public static double Expm1(double x)
    {
        var u = Exp(x);
        if (Abs(x) < 0.5)
            return u == 1 ? x : (u - 1) * x / Log(u);
        return u - 1;
    }

    /// <inheritdoc cref="Atan2(float, float)"/>
    public static double Atan2(double y, double x)
    {
        double absX = Abs(x), absY = Abs(y), small = Min(absX, absY), large = Max(absX, absY);
        if (double.IsNaN(small))
            return small;
        var a = large == 0 ? 0 : small == double.PositiveInfinity ? 1 : small / large;
        // The arctangent in [0, 1]: the rational function of Cephes (Moshier 1989), about 1 above 0.66.
        var r = a > 0.66 ? (a - 1) / (a + 1) : a;
        var z = r * r;
        var p = -8.750608600031904122785e-1;
        p = p * z - 1.615753718733365076637e1;
        p = p * z - 7.500855792314704667340e1;
        p = p * z - 1.228866684490136173410e2;
        p = p * z - 6.485021904942025371773e1;
        var q = 1.0;
        q = q * z + 2.485846490142306297962e1;
        q = q * z + 1.650270098316988542046e2;
        q = q * z + 4.328810604912902668951e2;
        q = q * z + 4.853903996359136964868e2;
        q = q * z + 1.945506571482613964425e2;
        var angle = r + r * (z * p / q);
        if (a > 0.66)
            angle += Math.PI / 4;
        if (absY > absX)
            angle = Math.PI / 2 - angle;
        if ((Interop.FloatAsInt(x) & 0x8000000000000000UL) != 0)
            angle = Math.PI - angle;
        return (Interop.FloatAsInt(y) & 0x8000000000000000UL) != 0 ? -angle : angle;
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

    /// <inheritdoc cref="Sin(float)"/>
    public static double Sin(double x)
    {
        var r = ReduceAngle(x, out var quadrant, out var tail);
        var value = (quadrant & 1) == 0 ? SinNearZero(r) + tail * CosNearZero(r) : CosNearZero(r) - tail * SinNearZero(r);
        return (quadrant & 2) == 0 ? value : -value;
    }

    /// <inheritdoc cref="Cos(float)"/>
    public static double Cos(double x)
    {
        var r = ReduceAngle(x, out var quadrant, out var tail);
        var value = (quadrant & 1) == 0 ? CosNearZero(r) - tail * SinNearZero(r) : SinNearZero(r) + tail * CosNearZero(r);
        return ((quadrant + 1) & 2) == 0 ? value : -value;
    }

    private static double DoublePowerOfTwo(int n) => Interop.IntAsFloat((ulong)(n + 1023) << 52);

    /// <summary>x = quadrant pi/2 + result + tail, with a result of at most pi/4 in magnitude.</summary>
    private static double ReduceAngle(double x, out int quadrant, out double tail)
    {
        if (!(Abs(x) < 1e6))
            return ReduceLargeAngle(x, out quadrant, out tail);
        // pi/2 in three parts of 33, 33 and 53 bits: the products of the first two with n are exact.
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

    /// <summary>
    /// The same by multiplying with 192 bits of 2/pi. With x = m 2^e for a whole m, the bits of 2/pi before bit e - 2 contribute whole turns, so
    /// only those from there on are needed, and the product only modulo 2^128. (Payne and Hanek, 1983.)
    /// </summary>
    private static double ReduceLargeAngle(double x, out int quadrant, out double tail)
    {
        quadrant = 0;
        tail = 0;
        var bits = Interop.FloatAsInt(x);
        var exponent = (int)(bits >> 52 & 2047);
        if (exponent == 2047)
            return double.NaN;
        var m = bits & 0x000fffffffffffffUL | 0x0010000000000000UL;
        var start = exponent - 1075 - 2;
        ulong word0 = TwoOverPi(start), word1 = TwoOverPi(start + 64), word2 = TwoOverPi(start + 128);
        var low = m * word1 + HighProduct(m, word2);
        var high = m * word0 + HighProduct(m, word1) + (low < m * word1 ? 1UL : 0UL);
        // The two top bits are the quadrant; what follows is a signed fraction of one, because the nearest multiple is at most half away.
        quadrant = (int)(high >> 62);
        var fraction = (long)(high << 2 | low >> 62);
        if (fraction < 0)
            quadrant++;
        var r = (fraction * 5.42101086242752217004e-20 + (low << 2) * 2.93873587705571876992e-39) * 1.57079632679489661923;
        if (bits >> 63 == 0)
            return r;
        quadrant = -quadrant;
        return -r;
    }

    /// <summary>The upper 64 bits of a product.</summary>
    private static ulong HighProduct(ulong x, ulong y)
    {
        ulong xLow = x & 0xffffffff, xHigh = x >> 32, yLow = y & 0xffffffff, yHigh = y >> 32;
        var middle = xHigh * yLow + (xLow * yLow >> 32);
        return xHigh * yHigh + (middle >> 32) + (xLow * yHigh + (middle & 0xffffffff) >> 32);
    }

    /// <summary>64 bits of 2/pi from bit <paramref name="start"/> on, which is at least -64; bit 0 is worth 1/2.</summary>
    private static ulong TwoOverPi(int start)
    {
        var word = (start + 64) / 64;
        var shift = (start + 64) % 64;
        return shift == 0 ? TwoOverPiWord(word) : TwoOverPiWord(word) << shift | TwoOverPiWord(word + 1) >> 64 - shift;
    }

    private static ulong TwoOverPiWord(int word) => word switch
    {
        1 => 0xa2f9836e4e441529UL,
        2 => 0xfc2757d1f534ddc0UL,
        3 => 0xdb6295993c439041UL,
        4 => 0xfe5163abdebbc561UL,
        5 => 0xb7246e3a424dd2e0UL,
        6 => 0x06492eea09d1921cUL,
        7 => 0xfe1deb1cb129a73eUL,
        8 => 0xe88235f52ebb4484UL,
        9 => 0xe99c7026b45f7e41UL,
        10 => 0x3991d639835339f4UL,
        11 => 0x9c845f8bbdf9283bUL,
        12 => 0x1ff897ffde05980fUL,
        13 => 0xef2f118b5a0a6d1fUL,
        14 => 0x6d367ecf27cb09b7UL,
        15 => 0x4f463f669e5fea2dUL,
        16 => 0x7527bac7ebe5f17bUL,
        17 => 0x3d0739f78a5292eaUL,
        18 => 0x6bfb5fb11f8d5d08UL,
        19 => 0x56033046fc7b6babUL,
        _ => 0, // in front of the binary point
    };

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
