using System.Runtime.CompilerServices;

namespace Proxima.Runtime;

#pragma warning disable CS1591 // the members are documented by ILane

/// <summary>One double: the narrowest lane, for the last elements of a loop.</summary>
public readonly unsafe struct D1(double value) : ILane<D1, double>
{
    private readonly double v = value;

    private ulong Bits => BitConverter.DoubleToUInt64Bits(v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] private static D1 OfBits(ulong bits) => new(BitConverter.UInt64BitsToDouble(bits));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] private static D1 Mask(bool condition) => OfBits(condition ? ulong.MaxValue : 0);

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Load(double* p) => new(*p);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 LoadMasked(double* p, D1 mask) => Any(mask) ? new(*p) : default;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(double* p, D1 v) => *p = v.v;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void StoreMasked(double* p, D1 v, D1 mask) { if (Any(mask)) *p = v.v; }
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Broadcast(double x) => new(x);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Ramp(double start) => new(start);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 operator +(D1 a, D1 b) => new(a.v + b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 operator -(D1 a, D1 b) => new(a.v - b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 operator *(D1 a, D1 b) => new(a.v * b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 operator /(D1 a, D1 b) => new(a.v / b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 operator -(D1 a) => new(-a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 MultiplyAdd(D1 a, D1 b, D1 c) => new(Math.FusedMultiplyAdd(a.v, b.v, c.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Min(D1 a, D1 b) => new(Math.Min(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Max(D1 a, D1 b) => new(Math.Max(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 AtMost(D1 a, D1 limit) => limit.v < a.v ? limit : a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 AtLeast(D1 a, D1 limit) => limit.v > a.v ? limit : a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Abs(D1 a) => new(Math.Abs(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Sqrt(D1 a) => new(Math.Sqrt(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Rsqrt(D1 a) => new(1 / Math.Sqrt(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Reciprocal(D1 a) => new(1 / a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Floor(D1 a) => new(Math.Floor(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Round(D1 a) => new(Math.Round(a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Sign(D1 a) => Elementary<D1, double, DoubleFormat>.Sign(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Exp(D1 a) => Elementary<D1, double, DoubleFormat>.Exp(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Expm1(D1 a) => Elementary<D1, double, DoubleFormat>.Expm1(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Log(D1 a) => Elementary<D1, double, DoubleFormat>.Log(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Tanh(D1 a) => Elementary<D1, double, DoubleFormat>.Tanh(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Sigmoid(D1 a) => Elementary<D1, double, DoubleFormat>.Sigmoid(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Erf(D1 a) => Elementary<D1, double, DoubleFormat>.Erf(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Sin(D1 a) => Elementary<D1, double, DoubleFormat>.Sin(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Cos(D1 a) => Elementary<D1, double, DoubleFormat>.Cos(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Pow(D1 a, D1 b) => Elementary<D1, double, DoubleFormat>.Pow(a, b);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 SoftThreshold(D1 x, D1 t) => Elementary<D1, double, DoubleFormat>.SoftThreshold(x, t);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Scale(D1 x, D1 n) => Elementary<D1, double, DoubleFormat>.Scale(x, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Equal(D1 a, D1 b) => Mask(a.v == b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 NotEqual(D1 a, D1 b) => Mask(a.v != b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Less(D1 a, D1 b) => Mask(a.v < b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 LessEqual(D1 a, D1 b) => Mask(a.v <= b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Greater(D1 a, D1 b) => Mask(a.v > b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 GreaterEqual(D1 a, D1 b) => Mask(a.v >= b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 And(D1 a, D1 b) => OfBits(a.Bits & b.Bits);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Or(D1 a, D1 b) => OfBits(a.Bits | b.Bits);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Not(D1 a) => OfBits(~a.Bits);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 ShiftLeft(D1 a, int bits) => OfBits(a.Bits << bits);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 ShiftRight(D1 a, int bits) => OfBits(a.Bits >> bits);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Select(D1 mask, D1 a, D1 b) => OfBits((mask.Bits & a.Bits) | (~mask.Bits & b.Bits));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 First(long count) => Mask(count > 0);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static bool Any(D1 mask) => mask.Bits != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Even(D1 a, D1 b) => a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 Odd(D1 a, D1 b) => b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 ZipLow(D1 a, D1 b) => a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D1 ZipHigh(D1 a, D1 b) => b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Sum(D1 a) => a.v;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Max(D1 a) => a.v;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Min(D1 a) => a.v;
}
