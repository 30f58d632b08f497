using System.Runtime.CompilerServices;

namespace Proxima.Runtime;

/// <summary>Functions composed from the operations of <see cref="ILane{V, T}"/>.</summary>
public static class LaneMath
{
    /// <summary>log(1 + eˣ) without overflow, accurate in both tails.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Softplus<V, T>(V x)
        where V : unmanaged, ILane<V, T>
        where T : unmanaged, System.Numerics.IFloatingPoint<T>
    {
        var one = V.Broadcast(T.One);
        var u = V.Exp(-V.Abs(x));
        // log1p(u): where 1 + u rounds to 1 the logarithm is u itself; elsewhere the rounding error of 1 + u divides out.
        var w = one + u;
        var rounded = V.Equal(w, one);
        var log1p = V.Select(rounded, u, V.Log(w) * u / V.Select(rounded, one, w - one));
        return V.Max(x, V.Broadcast(T.Zero)) + log1p;
    }
}

/// <summary>The lanes' functions on single numbers, by the same formulas: for kernels whose element types or strides rule vectors out.</summary>
#pragma warning disable CS1591 // the functions are those of ILane
public static class ScalarMath
{
    public static float Exp(float x) => F1.Sum(F1.Exp(new(x)));
    public static float Log(float x) => F1.Sum(F1.Log(new(x)));
    public static float Sqrt(float x) => MathF.Sqrt(x);
    public static float Rsqrt(float x) => 1 / MathF.Sqrt(x);
    public static float Abs(float x) => MathF.Abs(x);
    public static float Sign(float x) => F1.Sum(F1.Sign(new(x)));
    public static float Tanh(float x) => F1.Sum(F1.Tanh(new(x)));
    public static float Sigmoid(float x) => F1.Sum(F1.Sigmoid(new(x)));
    public static float Erf(float x) => F1.Sum(F1.Erf(new(x)));
    public static float Sin(float x) => F1.Sum(F1.Sin(new(x)));
    public static float Cos(float x) => F1.Sum(F1.Cos(new(x)));
    public static float Floor(float x) => MathF.Floor(x);
    public static float Softplus(float x) => F1.Sum(LaneMath.Softplus<F1, float>(new(x)));
    public static float Pow(float x, float y) => F1.Sum(F1.Pow(new(x), new(y)));
    public static float Min(float x, float y) => MathF.Min(x, y);
    public static float Max(float x, float y) => MathF.Max(x, y);
    public static float SoftThreshold(float x, float t) => F1.Sum(F1.SoftThreshold(new(x), new(t)));

    public static double Exp(double x) => D1.Sum(D1.Exp(new(x)));
    public static double Log(double x) => D1.Sum(D1.Log(new(x)));
    public static double Sqrt(double x) => Math.Sqrt(x);
    public static double Rsqrt(double x) => 1 / Math.Sqrt(x);
    public static double Abs(double x) => Math.Abs(x);
    public static double Sign(double x) => D1.Sum(D1.Sign(new(x)));
    public static double Tanh(double x) => D1.Sum(D1.Tanh(new(x)));
    public static double Sigmoid(double x) => D1.Sum(D1.Sigmoid(new(x)));
    public static double Erf(double x) => D1.Sum(D1.Erf(new(x)));
    public static double Sin(double x) => D1.Sum(D1.Sin(new(x)));
    public static double Cos(double x) => D1.Sum(D1.Cos(new(x)));
    public static double Floor(double x) => Math.Floor(x);
    public static double Softplus(double x) => D1.Sum(LaneMath.Softplus<D1, double>(new(x)));
    public static double Pow(double x, double y) => D1.Sum(D1.Pow(new(x), new(y)));
    public static double Min(double x, double y) => Math.Min(x, y);
    public static double Max(double x, double y) => Math.Max(x, y);
    public static double SoftThreshold(double x, double t) => D1.Sum(D1.SoftThreshold(new(x), new(t)));

    public static long FoldKey(long key, long data) => Draw.Fold(key, data);
    public static double RandomUniform(long key, long index) => Draw.Uniform(key, index);
    public static double RandomNormal(long key, long index) => Draw.Normal<HostFunctions>(key, index);
    public static double RandomPoisson(long key, long index, double rate) => Draw.Poisson<HostFunctions>(key, index, rate);

    public static long Abs(long x) => Math.Abs(x);
    public static long Sign(long x) => Math.Sign(x);
    public static long Min(long x, long y) => Math.Min(x, y);
    public static long Max(long x, long y) => Math.Max(x, y);
}
