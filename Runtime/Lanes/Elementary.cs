using System.Runtime.CompilerServices;

namespace Proxima.Runtime;

/// <summary>The elementary functions, each once for every width and both formats, without branches but for huge angles.</summary>
internal static unsafe class Elementary<V, T, TFormat>
    where V : unmanaged, ILane<V, T>
    where T : unmanaged
    where TFormat : IFormat<T>
{
    // Without the attribute the JIT calls them, and every call spills the registers of the loop around it.
    private static V Zero { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => V.Broadcast(TFormat.Zero); }
    private static V Half { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => V.Broadcast(TFormat.Half); }
    private static V One { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => V.Broadcast(TFormat.One); }
    private static V Two { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => V.Broadcast(TFormat.Two); }
    private static V Infinity { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => V.Broadcast(TFormat.Infinity); }
    private static V NaN { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => V.Broadcast(TFormat.NaN); }

    /// <summary>The magnitude of a number that has no sign, with the sign of another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V WithSign(V magnitude, V sign) => V.Or(magnitude, V.And(sign, V.Broadcast(TFormat.SignMask)));

    /// <summary>Changes the sign where a number is odd. The number is whole.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V NegateIfOdd(V x, V whole)
    {
        var flip = V.ShiftLeft(whole + V.Broadcast(TFormat.Magic), TFormat.SignBit);
        return V.Or(V.And(x, V.Not(flip)), V.And(V.Not(x), flip));
    }

    /// <summary>2ⁿ for whole n whose power is a normal number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V PowerOfTwo(V n) => V.ShiftLeft(n + V.Broadcast(TFormat.BiasedMagic), TFormat.MantissaBits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Scale(V x, V n)
    {
        var half = V.Floor(n * Half);
        return x * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sign(V x) => V.Select(V.Greater(x, Zero), One, V.Select(V.Less(x, Zero), -One, Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SoftThreshold(V x, V t)
    {
        // Written so that NaN fails both tests and passes through; the second one matters for a negative threshold only.
        var excess = V.Abs(x) - t;
        var vanishes = V.Or(V.LessEqual(excess, Zero), V.And(V.Equal(x, Zero), V.Less(t, Zero)));
        return V.Select(vanishes, Zero, WithSign(excess, x));
    }

    /// <summary>x = n·ln 2 + r with whole n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Remainder(V x, out V n)
    {
        n = V.Round(x * V.Broadcast(TFormat.Log2E));
        return V.MultiplyAdd(n, -V.Broadcast(TFormat.Ln2Low), V.MultiplyAdd(n, -V.Broadcast(TFormat.Ln2High), x));
    }

    /// <summary>eʳ - 1 for the remainder of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Reduced(V x, out V n)
    {
        var r = Remainder(x, out n);
        return V.MultiplyAdd(r * r, TFormat.ExpTail(r), r);
    }

    /// <summary>eˣ does not change beyond these limits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ExpRange(V x) => V.AtLeast(V.AtMost(x, V.Broadcast(TFormat.ExpOverflow)), V.Broadcast(TFormat.ExpUnderflow));

    /// <summary>2ⁿ eʳ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Power(V r, V n) => V.Scale(V.MultiplyAdd(r, V.MultiplyAdd(r, TFormat.ExpTail(r), One), One), n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp(V x)
    {
        var r = Remainder(ExpRange(x), out var n);
        return Power(r, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Expm1(V x)
    {
        // 2ⁿ·(eʳ - 1) + (2ⁿ - 1), halved on the way: 2ⁿ itself overflows first.
        var a = V.AtLeast(V.AtMost(x, V.Broadcast(TFormat.ExpOverflow)), -V.Broadcast(TFormat.TanhSaturation));
        var p = Reduced(a, out var n);
        var s = PowerOfTwo(n - One);
        var m = V.MultiplyAdd(s, p, s - Half);
        return WithSign(m + m, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid(V x)
    {
        // The exponential of -|x| never overflows, so small values keep their relative accuracy.
        var e = V.Exp(-V.Abs(x));
        return V.Select(V.Less(x, Zero), e, One) / (One + e);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh(V x)
    {
        // tanh a = m / (m + 2) with m = e²ᵃ - 1 = 2ⁿ·(eʳ - 1) + (2ⁿ - 1), which is accurate near zero as well.
        var a = V.Abs(x);
        a = V.AtMost(a + a, V.Broadcast(TFormat.TanhSaturation));
        var p = Reduced(a, out var n);
        var s = PowerOfTwo(n);
        var m = V.MultiplyAdd(s, p, s - One);
        return WithSign(m / (m + Two), x);
    }

    /// <summary>x = 2ᵉ·(1 + f) with √½ ≤ 1 + f &lt; √2, for positive finite x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Split(V x, out V e, out V f)
    {
        var subnormal = V.Less(x, V.Broadcast(TFormat.SmallestNormal));
        x = V.Select(subnormal, x * V.Broadcast(TFormat.Lift), x);
        e = V.Or(V.ShiftRight(x, TFormat.MantissaBits), V.Broadcast(TFormat.Unit)) - V.Broadcast(TFormat.BiasedUnit);
        e = V.Select(subnormal, e - V.Broadcast(TFormat.LiftExponent), e);
        var m = V.Or(V.And(x, V.Broadcast(TFormat.MantissaMask)), One);
        var upper = V.GreaterEqual(m, V.Broadcast(TFormat.Sqrt2));
        m = V.Select(upper, m * Half, m);
        e = V.Select(upper, e + One, e);
        f = m - One;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log(V x)
    {
        // ln(1 + f) = f - f²/2 + s·(f²/2 + R(s²)) with s = f / (2 + f): the large part is exact.
        Split(x, out var e, out var f);
        var s = f / (Two + f);
        var z = s * s;
        var square = Half * f * f;
        var r = V.MultiplyAdd(e, V.Broadcast(TFormat.Ln2Rest), s * V.MultiplyAdd(z, TFormat.LogTail(z), square));
        r = V.MultiplyAdd(e, V.Broadcast(TFormat.Ln2Short), f - (square - r));
        var ordinary = V.And(V.Greater(x, Zero), V.Less(x, Infinity));
        return V.Select(ordinary, r, V.Select(V.Less(x, Zero), NaN, V.Select(V.Equal(x, Zero), -Infinity, x)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Pow(V x, V y)
    {
        // y·ln|x| in twice the precision: an error there is multiplied by up to the largest exponent.
        var a = V.Abs(x);
        Split(a, out var e, out var f);
        var d = Two + f;
        var dLow = f - (d - Two);
        var s = f / d;
        var sLow = (V.MultiplyAdd(-s, d, f) - s * dLow) / d;
        var z = s * s;
        var tail = V.MultiplyAdd(s * z, TFormat.LogTail(z), Two * sLow);
        var large = e * V.Broadcast(TFormat.Ln2Short);
        var twoS = Two * s;
        var high = large + twoS;
        var low = twoS - (high - large) + V.MultiplyAdd(e, V.Broadcast(TFormat.Ln2Rest), tail);
        var log = high + low;
        var logLow = low - (log - high);
        var p = y * log;
        var pLow = V.MultiplyAdd(y, logLow, V.MultiplyAdd(y, log, -p));
        pLow = V.Select(V.Less(V.Abs(p), -V.Broadcast(TFormat.ExpUnderflow)), pLow, Zero);      // beyond, the result is 0 or infinity anyway
        var power = Power(Remainder(ExpRange(p), out var n) + pLow, n);

        var positive = V.Greater(y, Zero);
        power = V.Select(V.Equal(a, Zero), V.Select(positive, Zero, Infinity), power);
        power = V.Select(V.Equal(a, Infinity), V.Select(positive, Infinity, Zero), power);
        power = V.Select(V.NotEqual(x, x), x, V.Select(V.NotEqual(y, y), y, power));
        power = V.Select(V.Equal(a, One), One, power);

        // A negative base: whole exponents give a sign, others NaN. -0 has a sign but no NaN.
        var whole = V.Equal(V.Floor(y), y);
        var half = y * Half;
        var odd = V.And(whole, V.NotEqual(V.Floor(half), half));
        power = V.Or(power, V.And(V.And(x, V.Broadcast(TFormat.SignMask)), odd));
        power = V.Select(V.And(V.And(V.Less(x, Zero), V.Greater(x, -Infinity)), V.Not(whole)), NaN, power);
        return V.Select(V.Equal(y, Zero), One, power);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erf(V x) => WithSign(TFormat.Erf(V.Abs(x)), x);

    /// <summary>1 - eˣ for x below 0 that is neither small nor so large that the power underflows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V OneLessExp(V x)
    {
        var p = Reduced(x, out var n);
        return One - V.MultiplyAdd(PowerOfTwo(n), p, PowerOfTwo(n));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sin(V x)
    {
        var n = V.Round(x * V.Broadcast(TFormat.InversePi));
        var y = NegateIfOdd(SinReduced(x, n + n), n);
        return V.Any(IsHugeAngle(x)) ? HugeSin(x, y) : y;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Cos(V x)
    {
        // cos x = -(-1)ⁿ sin(x - (2n + 1)·π/2), which keeps the relative accuracy at the zeros.
        var n = V.Round(V.MultiplyAdd(x, V.Broadcast(TFormat.InversePi), -Half));
        var y = NegateIfOdd(SinReduced(x, n + n + One), n + One);
        return V.Any(IsHugeAngle(x)) ? HugeCos(x, y) : y;
    }

    /// <summary>sin(x - n·π/2), the difference being at most π/2 in size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V SinReduced(V x, V n)
    {
        var r = V.MultiplyAdd(n, -V.Broadcast(TFormat.HalfPi1), x);
        r = V.MultiplyAdd(n, -V.Broadcast(TFormat.HalfPi2), r);
        r = V.MultiplyAdd(n, -V.Broadcast(TFormat.HalfPi3), r);
        var z = r * r;
        return V.MultiplyAdd(r * z, TFormat.SinTail(z), r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V IsHugeAngle(V x) => V.Greater(V.Abs(x), V.Broadcast(TFormat.AngleLimit));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V HugeSin(V x, V ordinary)
    {
        var angles = stackalloc T[V.Count];
        V.Store(angles, x);
        for (var i = 0; i < V.Count; i++)
            angles[i] = TFormat.Sin(angles[i]);
        return V.Select(IsHugeAngle(x), V.Load(angles), ordinary);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V HugeCos(V x, V ordinary)
    {
        var angles = stackalloc T[V.Count];
        V.Store(angles, x);
        for (var i = 0; i < V.Count; i++)
            angles[i] = TFormat.Cos(angles[i]);
        return V.Select(IsHugeAngle(x), V.Load(angles), ordinary);
    }
}
