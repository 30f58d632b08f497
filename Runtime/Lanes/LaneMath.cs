using System.Runtime.CompilerServices;

namespace Proxima.Runtime;

/// <summary>Functions composed from the operations of <see cref="ILane{V, T}"/>.</summary>
public static class LaneMath
{
    /// <summary>A vector of a row, with zeros where it reaches beyond: nothing is read there.</summary>
    /// <param name="p">Where the vector starts.</param>
    /// <param name="at">The position of that in the row.</param>
    /// <param name="count">The elements of the row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe V LoadWithin<V, T>(T* p, nint at, nint count)
        where V : unmanaged, ILane<V, T>
        where T : unmanaged =>
        at >= 0 && at <= count - V.Count ? V.Load(p) : V.LoadMasked(p, V.And(V.First(count - at), V.Not(V.First(-at))));

    /// <summary>log(1 + eˣ) without overflow, accurate in both tails.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Softplus<V, T>(V x)
        where V : unmanaged, ILane<V, T>
        where T : unmanaged, System.Numerics.IFloatingPoint<T>
    {
        var u = V.Exp(-V.Abs(x));
        return V.Max(x, V.Broadcast(T.Zero)) + Log1p<V, T>(u);
    }

    /// <summary>log(1 + x), accurate near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log1p<V, T>(V x)
        where V : unmanaged, ILane<V, T>
        where T : unmanaged, System.Numerics.IFloatingPoint<T>
    {
        var one = V.Broadcast(T.One);
        // Where 1 + x rounds to 1 the logarithm is x itself; elsewhere the rounding error of 1 + x divides out.
        var w = one + x;
        var rounded = V.Or(V.Equal(w, one), V.Equal(x + one, x));
        return V.Select(V.Equal(w, one), x, V.Log(w) * V.Select(rounded, one, x / V.Select(rounded, one, w - one)));
    }

    /// <summary>The angle of the point (x, y) in (-π, π].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Atan2<V, T>(V y, V x)
        where V : unmanaged, ILane<V, T>
        where T : unmanaged, System.Numerics.IFloatingPoint<T>
    {
        V zero = V.Broadcast(T.Zero), one = V.Broadcast(T.One), sign = V.Broadcast(-T.Zero), infinity = one / zero;
        V absX = V.Abs(x), absY = V.Abs(y), small = V.Min(absX, absY), large = V.Max(absX, absY);
        // Of two zeros and of two infinities the quotient is that of the axis and of the diagonal.
        var a = V.Select(V.Equal(small, infinity), one, small / V.Select(V.Equal(large, zero), one, large));
        // The arctangent in [0, 1]: the rational function of Cephes (Moshier 1989), about 1 above 0.66.
        var isFar = V.Greater(a, V.Broadcast(T.CreateChecked(0.66)));
        var r = V.Select(isFar, (a - one) / (a + one), a);
        var z = r * r;
        var p = Polynomial<V, T>(z, [-8.750608600031904122785e-1, -1.615753718733365076637e1, -7.500855792314704667340e1, -1.228866684490136173410e2, -6.485021904942025371773e1]);
        var q = Polynomial<V, T>(z, [1, 2.485846490142306297962e1, 1.650270098316988542046e2, 4.328810604912902668951e2, 4.853903996359136964868e2, 1.945506571482613964425e2]);
        var angle = r + r * (z * p / q);
        var quarter = V.Broadcast(T.CreateChecked(Math.PI / 4));
        angle = V.Select(isFar, angle + quarter, angle);
        angle = V.Select(V.Greater(absY, absX), quarter + quarter - angle, angle);
        angle = V.Select(V.Less(V.Or(V.And(x, sign), one), zero), V.Broadcast(T.CreateChecked(Math.PI)) - angle, angle);
        return V.Or(V.And(y, sign), angle);
    }

    /// <summary>A polynomial from its highest coefficient down.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Polynomial<V, T>(V x, ReadOnlySpan<double> coefficients)
        where V : unmanaged, ILane<V, T>
        where T : unmanaged, System.Numerics.IFloatingPoint<T>
    {
        var sum = V.Broadcast(T.CreateChecked(coefficients[0]));
        for (var i = 1; i < coefficients.Length; i++) sum = V.MultiplyAdd(sum, x, V.Broadcast(T.CreateChecked(coefficients[i])));
        return sum;
    }
}

/// <summary>The lanes' functions on single numbers, by the same formulas: for kernels whose element types or strides rule vectors out.</summary>
#pragma warning disable CS1591 // the functions are those of ILane
public static class ScalarMath
{
    // Kernels are compiled in full when they are first called; what they call would else start as slow code of the first tier.
    private const MethodImplOptions Full = MethodImplOptions.AggressiveOptimization;

    [MethodImpl(Full)] public static float Exp(float x) => F1.Sum(F1.Exp(new(x)));
    [MethodImpl(Full)] public static float Log(float x) => F1.Sum(F1.Log(new(x)));
    public static float Sqrt(float x) => MathF.Sqrt(x);
    public static float Rsqrt(float x) => 1 / MathF.Sqrt(x);
    public static float Abs(float x) => MathF.Abs(x);
    [MethodImpl(Full)] public static float Sign(float x) => F1.Sum(F1.Sign(new(x)));
    [MethodImpl(Full)] public static float Tanh(float x) => F1.Sum(F1.Tanh(new(x)));
    [MethodImpl(Full)] public static float Sigmoid(float x) => F1.Sum(F1.Sigmoid(new(x)));
    [MethodImpl(Full)] public static float Erf(float x) => F1.Sum(F1.Erf(new(x)));
    [MethodImpl(Full)] public static float Sin(float x) => F1.Sum(F1.Sin(new(x)));
    [MethodImpl(Full)] public static float Cos(float x) => F1.Sum(F1.Cos(new(x)));
    public static float Floor(float x) => MathF.Floor(x);
    [MethodImpl(Full)] public static float Log1p(float x) => F1.Sum(LaneMath.Log1p<F1, float>(new(x)));
    [MethodImpl(Full)] public static float Expm1(float x) => F1.Sum(F1.Expm1(new(x)));
    [MethodImpl(Full)] public static float Atan2(float y, float x) => F1.Sum(LaneMath.Atan2<F1, float>(new(y), new(x)));
    [MethodImpl(Full)] public static float Softplus(float x) => F1.Sum(LaneMath.Softplus<F1, float>(new(x)));
    [MethodImpl(Full)] public static float Pow(float x, float y) => F1.Sum(F1.Pow(new(x), new(y)));
    public static float Min(float x, float y) => MathF.Min(x, y);
    public static float Max(float x, float y) => MathF.Max(x, y);
    [MethodImpl(Full)] public static float SoftThreshold(float x, float t) => F1.Sum(F1.SoftThreshold(new(x), new(t)));

    [MethodImpl(Full)] public static double Exp(double x) => D1.Sum(D1.Exp(new(x)));
    [MethodImpl(Full)] public static double Log(double x) => D1.Sum(D1.Log(new(x)));
    public static double Sqrt(double x) => Math.Sqrt(x);
    public static double Rsqrt(double x) => 1 / Math.Sqrt(x);
    public static double Abs(double x) => Math.Abs(x);
    [MethodImpl(Full)] public static double Sign(double x) => D1.Sum(D1.Sign(new(x)));
    [MethodImpl(Full)] public static double Tanh(double x) => D1.Sum(D1.Tanh(new(x)));
    [MethodImpl(Full)] public static double Sigmoid(double x) => D1.Sum(D1.Sigmoid(new(x)));
    [MethodImpl(Full)] public static double Erf(double x) => D1.Sum(D1.Erf(new(x)));
    [MethodImpl(Full)] public static double Sin(double x) => D1.Sum(D1.Sin(new(x)));
    [MethodImpl(Full)] public static double Cos(double x) => D1.Sum(D1.Cos(new(x)));
    public static double Floor(double x) => Math.Floor(x);
    [MethodImpl(Full)] public static double Log1p(double x) => D1.Sum(LaneMath.Log1p<D1, double>(new(x)));
    [MethodImpl(Full)] public static double Expm1(double x) => D1.Sum(D1.Expm1(new(x)));
    [MethodImpl(Full)] public static double Atan2(double y, double x) => D1.Sum(LaneMath.Atan2<D1, double>(new(y), new(x)));
    [MethodImpl(Full)] public static double Softplus(double x) => D1.Sum(LaneMath.Softplus<D1, double>(new(x)));
    [MethodImpl(Full)] public static double Pow(double x, double y) => D1.Sum(D1.Pow(new(x), new(y)));
    public static double Min(double x, double y) => Math.Min(x, y);
    public static double Max(double x, double y) => Math.Max(x, y);
    [MethodImpl(Full)] public static double SoftThreshold(double x, double t) => D1.Sum(D1.SoftThreshold(new(x), new(t)));

    public static long FoldKey(long key, long data) => Draw.Fold(key, data);
    public static double RandomUniform(long key, long index) => Draw.Uniform(key, index);
    public static double RandomNormal(long key, long index) => Draw.Normal<HostFunctions>(key, index);
    public static double RandomPoisson(long key, long index, double rate) => Draw.Poisson<HostFunctions>(key, index, rate);

    public static long Abs(long x) => Math.Abs(x);
    public static long Sign(long x) => Math.Sign(x);
    public static long Min(long x, long y) => Math.Min(x, y);
    public static long Max(long x, long y) => Math.Max(x, y);
}
