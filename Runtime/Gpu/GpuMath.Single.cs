using ILGPU;

namespace Proxima.Gpu;

// Float32. Polynomials without a named source are Chebyshev fits computed to 40 digits, with their error over the interval beside them.
public static partial class GpuMath
{
    /// <summary>e to the power <paramref name="x"/>.</summary>
    public static float Exp(float x)
    {
        // x = n ln 2 + r; ln 2 in two parts, the first so short that n times it is exact.
        x = x > 89 ? 89 : x < -105 ? -105 : x;
        var n = Floor(x * 1.44269504f + 0.5f);
        var r = x - n * 0.693359375f + n * 2.12194440e-4f;
        // (e^r - 1 - r) / r^2 on |r| < 0.347, 6.6e-8
        var p = 0.001392626805f;
        p = p * r + 0.00836324667f;
        p = p * r + 0.04166655411f;
        p = p * r + 0.1666657658f;
        p = p * r + 0.5f;
        // 2^n in two factors: each is a normal number for every result, subnormal and infinite ones too.
        var half = (int)n / 2;
        return (1 + (r + r * r * p)) * PowerOfTwo(half) * PowerOfTwo((int)n - half);
    }

    /// <summary>The natural logarithm.</summary>
    public static float Log(float x)
    {
        if (!(x > 0))
            return x == 0 ? float.NegativeInfinity : float.NaN;
        if (x == float.PositiveInfinity)
            return x;
        var k = 0;
        if (x < 1.17549435e-38f) // subnormal
        {
            x *= 33554432f;
            k = -25;
        }
        // x = 2^k (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2)
        var bits = Interop.FloatAsInt(x) + (0x3f800000u - 0x3f3504f3u);
        k += (int)(bits >> 23) - 127;
        var f = Interop.IntAsFloat((bits & 0x007fffffu) + 0x3f3504f3u) - 1;
        // log(1 + f) by s = f / (2 + f): coefficients of FreeBSD's e_logf.c, 2^-34
        var s = f / (2 + f);
        var z = s * s;
        var w = z * z;
        var r = z * (0.66666662693f + w * 0.28498786688f) + w * (0.40000972152f + w * 0.24279078841f);
        var square = 0.5f * f * f;
        return k * 0.69313812256f - ((square - (s * (square + r) + k * 9.0580006145e-6f)) - f);
    }

    /// <summary>log(1 + x), accurate near 0.</summary>
    public static float Log1p(float x)
    {
        var w = 1 + x;
        if (w == 1)
            return x;
        // The rounding error of 1 + x divides out.
        return x > 16777216f ? Log(x) : Log(w) * (x / (w - 1));
    }

    /// <summary>e to the power x, less 1; accurate near 0.</summary>
    public static float Expm1(float x)
    {
        var u = Exp(x);
        if (Abs(x) < 0.5f)
            return u == 1 ? x : (u - 1) * x / Log(u);
        return u - 1;
    }

    /// <summary>The angle of the point (x, y), from -π to π.</summary>
    public static float Atan2(float y, float x)
    {
        float absX = Abs(x), absY = Abs(y), small = Min(absX, absY), large = Max(absX, absY);
        if (float.IsNaN(small))
            return small;
        var a = large == 0 ? 0 : small == float.PositiveInfinity ? 1 : small / large;
        // The arctangent in [0, 1]: the rational function of Cephes (Moshier 1989), about 1 above 0.66.
        var r = a > 0.66f ? (a - 1) / (a + 1) : a;
        var z = r * r;
        var p = -8.750608600031904122785e-1f;
        p = p * z - 1.615753718733365076637e1f;
        p = p * z - 7.500855792314704667340e1f;
        p = p * z - 1.228866684490136173410e2f;
        p = p * z - 6.485021904942025371773e1f;
        var q = 1f;
        q = q * z + 2.485846490142306297962e1f;
        q = q * z + 1.650270098316988542046e2f;
        q = q * z + 4.328810604912902668951e2f;
        q = q * z + 4.853903996359136964868e2f;
        q = q * z + 1.945506571482613964425e2f;
        var angle = r + r * (z * p / q);
        if (a > 0.66f)
            angle += MathF.PI / 4;
        if (absY > absX)
            angle = MathF.PI / 2 - angle;
        if ((Interop.FloatAsInt(x) & 0x80000000u) != 0)
            angle = MathF.PI - angle;
        return (Interop.FloatAsInt(y) & 0x80000000u) != 0 ? -angle : angle;
    }

    /// <summary>The hyperbolic tangent.</summary>
    public static float Tanh(float x)
    {
        var a = Abs(x);
        if (a < 0.6f)
        {
            // (tanh x / x - 1) / x^2 in x^2, 3.0e-8
            var z = x * x;
            var p = -0.00626911972f;
            p = p * z + 0.02111095905f;
            p = p * z - 0.05387394885f;
            p = p * z + 0.1333291537f;
            p = p * z - 0.3333333033f;
            return x + x * z * p;
        }
        var t = 1 - 2 / (Exp(2 * a) + 1);
        return x < 0 ? -t : t;
    }

    /// <summary>The error function.</summary>
    public static float Erf(float x)
    {
        var a = Abs(x);
        float p;
        if (a < 0.92f)
        {
            // erf x / x - 1 in x^2, 1.7e-8
            var z = x * x;
            p = -0.0006003721979f;
            p = p * z + 0.004995951236f;
            p = p * z - 0.026768711f;
            p = p * z + 0.112818811f;
            p = p * z - 0.3761250078f;
            p = p * z + 0.1283791508f;
            return x + x * p;
        }
        if (a > 4)
            return x < 0 ? -1 : 1;
        // log(1 - erf x), 1.9e-8
        p = 1.643569654e-6f;
        p = p * a - 4.617791279e-5f;
        p = p * a + 0.000597743472f;
        p = p * a - 0.004763575249f;
        p = p * a + 0.0264310176f;
        p = p * a - 0.1100944808f;
        p = p * a - 0.6318145167f;
        p = p * a - 1.130237616f;
        p = p * a + 0.0003204415313f;
        var t = 1 - Exp(p);
        return x < 0 ? -t : x > 0 ? t : x;
    }

    /// <summary>The sine of an angle in radians.</summary>
    public static float Sin(float x) => (float)Sin((double)x);

    /// <summary>The cosine of an angle in radians.</summary>
    public static float Cos(float x) => (float)Cos((double)x);

    /// <summary>2^n for -126 &lt;= n &lt;= 127.</summary>
    private static float PowerOfTwo(int n) => Interop.IntAsFloat((uint)(n + 127) << 23);
}
