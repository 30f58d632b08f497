using System.Runtime.CompilerServices;

namespace Proxima.Runtime;

/// <summary>The constants of a floating-point format and its approximating polynomials.</summary>
/// <remarks>
/// The polynomials are minimax fits of <see cref="Elementary{V, T, TFormat}"/>'s kernels, by the Remez exchange in 50 digits, with
/// a relative error below a tenth of the format's rounding error.
/// </remarks>
internal interface IFormat<T>
    where T : unmanaged
{
    /// <summary>Bits after the point of a significand.</summary>
    static abstract int MantissaBits { get; }
    /// <summary>The sign's position from the right.</summary>
    static abstract int SignBit { get; }
    static abstract T Zero { get; }
    static abstract T Half { get; }
    static abstract T One { get; }
    static abstract T Two { get; }
    static abstract T Infinity { get; }
    static abstract T NaN { get; }
    static abstract T SmallestNormal { get; }
    /// <summary>A power of two that makes every subnormal number normal, and its exponent.</summary>
    static abstract T Lift { get; }
    static abstract T LiftExponent { get; }
    /// <summary>-0: the sign alone.</summary>
    static abstract T SignMask { get; }
    /// <summary>The bits after the point.</summary>
    static abstract T MantissaMask { get; }
    /// <summary>1.5 · 2^MantissaBits: adding it to a small whole number leaves that number in the low bits.</summary>
    static abstract T Magic { get; }
    /// <summary><see cref="Magic"/> plus the exponent's bias.</summary>
    static abstract T BiasedMagic { get; }
    /// <summary>2^MantissaBits, and the same plus the exponent's bias.</summary>
    static abstract T Unit { get; }
    static abstract T BiasedUnit { get; }
    static abstract T Sqrt2 { get; }
    static abstract T Log2E { get; }
    /// <summary>ln 2 = High + Low, to twice the precision.</summary>
    static abstract T Ln2High { get; }
    static abstract T Ln2Low { get; }
    /// <summary>ln 2 again, with a high part so short that its product with any exponent is exact.</summary>
    static abstract T Ln2Short { get; }
    static abstract T Ln2Rest { get; }
    /// <summary>Beyond these, eˣ is infinite or rounds to zero.</summary>
    static abstract T ExpOverflow { get; }
    static abstract T ExpUnderflow { get; }
    /// <summary>tanh x rounds to 1 for 2x above this.</summary>
    static abstract T TanhSaturation { get; }
    /// <summary>erf x rounds to 1 above this.</summary>
    static abstract T InversePi { get; }
    /// <summary>π/2 as a sum of three.</summary>
    static abstract T HalfPi1 { get; }
    static abstract T HalfPi2 { get; }
    static abstract T HalfPi3 { get; }
    /// <summary>Above this, three parts of π/2 no longer suffice.</summary>
    static abstract T AngleLimit { get; }
    static abstract T Sin(T x);
    static abstract T Cos(T x);

    /// <summary>(eʳ - 1 - r) / r² for |r| ≤ ln 2 / 2.</summary>
    static abstract V ExpTail<V>(V r) where V : unmanaged, ILane<V, T>;
    /// <summary>(2 artanh s - 2s) / s³ as a function of z = s², |s| ≤ (√2 - 1)/(√2 + 1).</summary>
    static abstract V LogTail<V>(V z) where V : unmanaged, ILane<V, T>;
    /// <summary>(sin r - r) / r³ as a function of z = r², |r| ≤ π/2.</summary>
    static abstract V SinTail<V>(V z) where V : unmanaged, ILane<V, T>;
    /// <summary>erf a for a ≥ 0.</summary>
    static abstract V Erf<V>(V a) where V : unmanaged, ILane<V, T>;
}

internal readonly struct SingleFormat : IFormat<float>
{
    public static int MantissaBits => 23;
    public static int SignBit => 31;
    public static float Zero => 0f;
    public static float Half => 0.5f;
    public static float One => 1f;
    public static float Two => 2f;
    public static float Infinity => float.PositiveInfinity;
    public static float NaN => float.NaN;
    public static float SmallestNormal => 1.17549435e-38f;
    public static float Lift => 16777216f;
    public static float LiftExponent => 24f;
    public static float SignMask => -0f;
    public static float MantissaMask => BitConverter.UInt32BitsToSingle(0x007F_FFFF);
    public static float Magic => 12582912f;
    public static float BiasedMagic => 12582912f + 127f;
    public static float Unit => 8388608f;
    public static float BiasedUnit => 8388608f + 127f;
    public static float Sqrt2 => 1.41421356f;
    public static float Log2E => 1.44269504f;
    public static float Ln2High => 0.693147182f;
    public static float Ln2Low => -1.90465421e-9f;
    public static float Ln2Short => 0.693359375f;
    public static float Ln2Rest => -2.12194442e-4f;
    public static float ExpOverflow => 89f;
    public static float ExpUnderflow => -104f;
    public static float TanhSaturation => 20f;
    public static float InversePi => 0.318309886f;
    public static float HalfPi1 => 1.57079637f;
    public static float HalfPi2 => -4.37113883e-8f;
    public static float HalfPi3 => -1.71512451e-15f;
    public static float AngleLimit => 65536f;
    public static float Sin(float x) => (float)Math.Sin(x);
    public static float Cos(float x) => (float)Math.Cos(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpTail<V>(V r) where V : unmanaged, ILane<V, float>
    {
        var p = V.Broadcast(0.0013814494f);
        p = V.MultiplyAdd(p, r, V.Broadcast(0.00836877991f));
        p = V.MultiplyAdd(p, r, V.Broadcast(0.0416683927f));
        p = V.MultiplyAdd(p, r, V.Broadcast(0.166665196f));
        return V.MultiplyAdd(p, r, V.Broadcast(0.49999994f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LogTail<V>(V z) where V : unmanaged, ILane<V, float>
    {
        var p = V.Broadcast(0.235822648f);
        p = V.MultiplyAdd(p, z, V.Broadcast(0.285373032f));
        p = V.MultiplyAdd(p, z, V.Broadcast(0.400003344f));
        return V.MultiplyAdd(p, z, V.Broadcast(0.666666627f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SinTail<V>(V z) where V : unmanaged, ILane<V, float>
    {
        var p = V.Broadcast(-2.38886813e-08f);
        p = V.MultiplyAdd(p, z, V.Broadcast(2.75253728e-06f));
        p = V.MultiplyAdd(p, z, V.Broadcast(-0.000198408685f));
        p = V.MultiplyAdd(p, z, V.Broadcast(0.00833333097f));
        return V.MultiplyAdd(p, z, V.Broadcast(-0.166666672f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erf<V>(V a) where V : unmanaged, ILane<V, float>
    {
        // a P(a²) / Q(a²), of least relative error up to 3.93, from where on erf rounds to 1: within 5 units in the last place.
        a = V.AtMost(a, V.Broadcast(3.93f));
        var z = a * a;
        var p = V.Broadcast(2.04192338e-06f);
        p = V.MultiplyAdd(p, z, V.Broadcast(0.000284770882f));
        p = V.MultiplyAdd(p, z, V.Broadcast(0.00377862994f));
        p = V.MultiplyAdd(p, z, V.Broadcast(0.0527872071f));
        p = V.MultiplyAdd(p, z, V.Broadcast(0.190763146f));
        p = V.MultiplyAdd(p, z, V.Broadcast(1.12837911f));
        var q = V.Broadcast(3.80016427e-05f);
        q = V.MultiplyAdd(q, z, V.Broadcast(0.00116494554f));
        q = V.MultiplyAdd(q, z, V.Broadcast(0.0149954874f));
        q = V.MultiplyAdd(q, z, V.Broadcast(0.114248678f));
        q = V.MultiplyAdd(q, z, V.Broadcast(0.502392113f));
        q = V.MultiplyAdd(q, z, V.Broadcast(One));
        return V.AtMost(a * p / q, V.Broadcast(One));
    }
}

internal readonly struct DoubleFormat : IFormat<double>
{
    public static int MantissaBits => 52;
    public static int SignBit => 63;
    public static double Zero => 0;
    public static double Half => 0.5;
    public static double One => 1;
    public static double Two => 2;
    public static double Infinity => double.PositiveInfinity;
    public static double NaN => double.NaN;
    public static double SmallestNormal => 2.2250738585072014e-308;
    public static double Lift => 18014398509481984;
    public static double LiftExponent => 54;
    public static double SignMask => -0.0;
    public static double MantissaMask => BitConverter.UInt64BitsToDouble(0x000F_FFFF_FFFF_FFFF);
    public static double Magic => 6755399441055744;
    public static double BiasedMagic => 6755399441055744 + 1023d;
    public static double Unit => 4503599627370496;
    public static double BiasedUnit => 4503599627370496 + 1023d;
    public static double Sqrt2 => 1.4142135623730951;
    public static double Log2E => 1.4426950408889634;
    public static double Ln2High => 0.6931471805599453;
    public static double Ln2Low => 2.3190468138462996e-17;
    public static double Ln2Short => 0.6931471804855391;
    public static double Ln2Rest => 7.440617110012397e-11;
    public static double ExpOverflow => 710;
    public static double ExpUnderflow => -746;
    public static double TanhSaturation => 40;
    public static double InversePi => 0.3183098861837907;
    public static double HalfPi1 => 1.5707963267948966;
    public static double HalfPi2 => 6.123233995736766e-17;
    public static double HalfPi3 => -1.4973849048591698e-33;
    public static double AngleLimit => 1048576;
    public static double Sin(double x) => Math.Sin(x);
    public static double Cos(double x) => Math.Cos(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpTail<V>(V r) where V : unmanaged, ILane<V, double>
    {
        var p = V.Broadcast(2.082653975271958e-09);
        p = V.MultiplyAdd(p, r, V.Broadcast(2.51121428095328e-08));
        p = V.MultiplyAdd(p, r, V.Broadcast(2.7557582763104594e-07));
        p = V.MultiplyAdd(p, r, V.Broadcast(2.755723456432718e-06));
        p = V.MultiplyAdd(p, r, V.Broadcast(2.4801586924684833e-05));
        p = V.MultiplyAdd(p, r, V.Broadcast(0.00019841269896674426));
        p = V.MultiplyAdd(p, r, V.Broadcast(0.0013888888889117183));
        p = V.MultiplyAdd(p, r, V.Broadcast(0.008333333333316921));
        p = V.MultiplyAdd(p, r, V.Broadcast(0.04166666666666609));
        p = V.MultiplyAdd(p, r, V.Broadcast(0.16666666666666682));
        return V.MultiplyAdd(p, r, V.Broadcast(0.5));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V LogTail<V>(V z) where V : unmanaged, ILane<V, double>
    {
        var p = V.Broadcast(0.14796065351913607);
        p = V.MultiplyAdd(p, z, V.Broadcast(0.1531404017959013));
        p = V.MultiplyAdd(p, z, V.Broadcast(0.1818356468006091));
        p = V.MultiplyAdd(p, z, V.Broadcast(0.22222198567504825));
        p = V.MultiplyAdd(p, z, V.Broadcast(0.2857142874242988));
        p = V.MultiplyAdd(p, z, V.Broadcast(0.39999999999414565));
        return V.MultiplyAdd(p, z, V.Broadcast(0.6666666666666734));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V SinTail<V>(V z) where V : unmanaged, ILane<V, double>
    {
        var p = V.Broadcast(-7.981339522656328e-18);
        p = V.MultiplyAdd(p, z, V.Broadcast(2.8102023997856e-15));
        p = V.MultiplyAdd(p, z, V.Broadcast(-7.647127235147646e-13));
        p = V.MultiplyAdd(p, z, V.Broadcast(1.6059043195564826e-10));
        p = V.MultiplyAdd(p, z, V.Broadcast(-2.505210837848317e-08));
        p = V.MultiplyAdd(p, z, V.Broadcast(2.7557319223940157e-06));
        p = V.MultiplyAdd(p, z, V.Broadcast(-0.0001984126984126967));
        p = V.MultiplyAdd(p, z, V.Broadcast(0.008333333333333333));
        return V.MultiplyAdd(p, z, V.Broadcast(-0.16666666666666666));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erf<V>(V a) where V : unmanaged, ILane<V, double> =>
        V.Select(V.Less(a, V.Broadcast(One)), V.MultiplyAdd(a, ErfNear(a * a), a), Elementary<V, double, DoubleFormat>.OneLessExp(ErfFar(V.AtMost(a, V.Broadcast(6)))));

    /// <summary>erf(x)/x - 1 as a function of z = x², |x| ≤ 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ErfNear<V>(V z) where V : unmanaged, ILane<V, double>
    {
        var p = V.Broadcast(5.945262640753955e-11);
        p = V.MultiplyAdd(p, z, V.Broadcast(-1.1365666624567702e-09));
        p = V.MultiplyAdd(p, z, V.Broadcast(1.465788005199366e-08));
        p = V.MultiplyAdd(p, z, V.Broadcast(-1.6350025260055095e-07));
        p = V.MultiplyAdd(p, z, V.Broadcast(1.6460972821184672e-06));
        p = V.MultiplyAdd(p, z, V.Broadcast(-1.4925593507190661e-05));
        p = V.MultiplyAdd(p, z, V.Broadcast(0.00012055331036913794));
        p = V.MultiplyAdd(p, z, V.Broadcast(-0.0008548326978742633));
        p = V.MultiplyAdd(p, z, V.Broadcast(0.005223977624780875));
        p = V.MultiplyAdd(p, z, V.Broadcast(-0.026866170645072896));
        p = V.MultiplyAdd(p, z, V.Broadcast(0.11283791670954857));
        p = V.MultiplyAdd(p, z, V.Broadcast(-0.3761263890318375));
        return V.MultiplyAdd(p, z, V.Broadcast(0.1283791670955126));
    }

    /// <summary>ln erfc x for 1 ≤ x ≤ 6.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V ErfFar<V>(V x) where V : unmanaged, ILane<V, double>
    {
        var t = x - V.Broadcast(1);
        var p = V.Broadcast(-4.928401852424733e-12);
        p = V.MultiplyAdd(p, t, V.Broadcast(1.207052373553301e-10));
        p = V.MultiplyAdd(p, t, V.Broadcast(-1.3325731898319608e-09));
        p = V.MultiplyAdd(p, t, V.Broadcast(8.596886993474168e-09));
        p = V.MultiplyAdd(p, t, V.Broadcast(-3.369128349082722e-08));
        p = V.MultiplyAdd(p, t, V.Broadcast(5.881761013678059e-08));
        p = V.MultiplyAdd(p, t, V.Broadcast(2.0325255223058573e-07));
        p = V.MultiplyAdd(p, t, V.Broadcast(-2.129735837651882e-06));
        p = V.MultiplyAdd(p, t, V.Broadcast(9.669092181022e-06));
        p = V.MultiplyAdd(p, t, V.Broadcast(-2.719724343262036e-05));
        p = V.MultiplyAdd(p, t, V.Broadcast(2.629538377760383e-05));
        p = V.MultiplyAdd(p, t, V.Broadcast(0.0002373167971847076));
        p = V.MultiplyAdd(p, t, V.Broadcast(-0.001977901310537312));
        p = V.MultiplyAdd(p, t, V.Broadcast(0.01003382519509102));
        p = V.MultiplyAdd(p, t, V.Broadcast(-0.041561098026676103));
        p = V.MultiplyAdd(p, t, V.Broadcast(-0.8431072563593307));
        p = V.MultiplyAdd(p, t, V.Broadcast(-2.6389675142347775));
        return V.MultiplyAdd(p, t, V.Broadcast(-1.8496055099332482));
    }
}
