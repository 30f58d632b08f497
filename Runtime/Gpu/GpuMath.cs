using System.Numerics;
using ILGPU;

namespace Proxima.Gpu;

/// <summary>The functions that kernel bodies use.</summary>
/// <remarks>
/// Written in plain arithmetic, so that they give the same accuracy on every device (and in tests on the host): devices' own versions range from
/// correctly rounded to 11 correct bits. Relative to exact values the Float32 functions are within 2e-7, the Float64 ones within 1e-14, <c>Pow</c>
/// within 2e-13; NaN and infinities follow IEEE 754. Results below the smallest normal number are as exact as the device's subnormals.
/// </remarks>
public static partial class GpuMath
{
    /// <summary>The magnitude of <paramref name="x"/>.</summary>
    public static float Abs(float x) => Interop.IntAsFloat(Interop.FloatAsInt(x) & 0x7fffffffu);

    /// <inheritdoc cref="Abs(float)"/>
    public static double Abs(double x) => Interop.IntAsFloat(Interop.FloatAsInt(x) & 0x7fffffffffffffffUL);

    /// <inheritdoc cref="Abs(float)"/>
    public static long Abs(long x) => x < 0 ? -x : x;

    /// <summary>1, -1, or 0 for zero and NaN.</summary>
    public static T Sign<T>(T x) where T : unmanaged, INumber<T> => x > T.Zero ? T.One : x < T.Zero ? T.Zero - T.One : T.Zero;

    /// <summary>The whole part; the nearest <see cref="long"/> beyond its range, 0 for NaN.</summary>
    public static long ToInt64(double x) =>
        x > -9223372036854775808.0 && x < 9223372036854775808.0 ? (long)x : x >= 9223372036854775808.0 ? long.MaxValue : x <= -9223372036854775808.0 ? long.MinValue : 0;

    /// <summary>The larger value; NaN if either is NaN.</summary>
    public static T Max<T>(T x, T y) where T : unmanaged, INumber<T> => x > y ? x : x <= y ? y : x + y;

    /// <summary>The smaller value; NaN if either is NaN.</summary>
    public static T Min<T>(T x, T y) where T : unmanaged, INumber<T> => x < y ? x : x >= y ? y : x + y;

    /// <summary>The proximal operator of <paramref name="threshold"/> |x|: <paramref name="x"/> moved towards zero by the threshold, and not past it.</summary>
    public static float SoftThreshold(float x, float threshold) => Sign(x) * Max(Abs(x) - threshold, 0);

    /// <inheritdoc cref="SoftThreshold(float, float)"/>
    public static double SoftThreshold(double x, double threshold) => Sign(x) * Max(Abs(x) - threshold, 0);

    /// <summary>The largest whole number that is at most <paramref name="x"/>.</summary>
    public static float Floor(float x) => MathF.Floor(x);

    /// <inheritdoc cref="Floor(float)"/>
    public static double Floor(double x) => Math.Floor(x);

    /// <summary>The square root.</summary>
    public static float Sqrt(float x) => MathF.Sqrt(x);

    /// <inheritdoc cref="Sqrt(float)"/>
    public static double Sqrt(double x) => Math.Sqrt(x);

    /// <summary>One over the square root.</summary>
    public static float Rsqrt(float x) => 1 / MathF.Sqrt(x);

    /// <inheritdoc cref="Rsqrt(float)"/>
    public static double Rsqrt(double x) => 1 / Math.Sqrt(x);

    /// <summary>1 / (1 + e^-x).</summary>
    public static float Sigmoid(float x)
    {
        var e = Exp(-Abs(x)); // of the magnitude: never overflows
        return x < 0 ? e / (1 + e) : 1 / (1 + e);
    }

    /// <inheritdoc cref="Sigmoid(float)"/>
    public static double Sigmoid(double x)
    {
        var e = Exp(-Abs(x));
        return x < 0 ? e / (1 + e) : 1 / (1 + e);
    }

    /// <summary>log(1 + e^x), without overflow and accurate in both tails.</summary>
    public static float Softplus(float x)
    {
        var e = Exp(-Abs(x));
        var sum = 1 + e;
        // Where the sum rounds to 1 its logarithm is e itself; elsewhere the rounding error of the sum divides out.
        return Max(x, 0) + (sum == 1 ? e : Log(sum) * e / (sum - 1));
    }

    /// <inheritdoc cref="Softplus(float)"/>
    public static double Softplus(double x)
    {
        var e = Exp(-Abs(x));
        var sum = 1 + e;
        return Max(x, 0) + (sum == 1 ? e : Log(sum) * e / (sum - 1));
    }

    /// <summary><paramref name="x"/> to the power <paramref name="y"/>, with the special cases of IEEE 754 (as <see cref="Math.Pow"/>).</summary>
    public static float Pow(float x, float y) => (float)Pow((double)x, y);

    /// <inheritdoc cref="Pow(float, float)"/>
    public static double Pow(double x, double y)
    {
        if (y == 0 || x == 1)
            return 1;
        var magnitude = Abs(x);
        if (magnitude == 1 && Abs(y) == double.PositiveInfinity)
            return 1;
        var power = Exp(y * Log(magnitude));
        if ((Interop.FloatAsInt(x) >> 63) == 0 || double.IsNaN(x))
            return power;
        if (y != Floor(y))
            return magnitude == 0 || magnitude == double.PositiveInfinity ? power : double.NaN;
        var half = y * 0.5;
        return half == Floor(half) ? power : -power;
    }
}
