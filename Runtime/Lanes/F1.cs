using System.Runtime.CompilerServices;

namespace Proxima.Runtime;

#pragma warning disable CS1591 // the members are documented by ILane

/// <summary>One float: the narrowest lane, for the last elements of a loop.</summary>
public readonly unsafe struct F1(float value) : ILane<F1, float>
{
    private readonly float v = value;

    private uint Bits => BitConverter.SingleToUInt32Bits(v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] private static F1 OfBits(uint bits) => new(BitConverter.UInt32BitsToSingle(bits));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] private static F1 Mask(bool condition) => OfBits(condition ? uint.MaxValue : 0);

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Load(float* p) => new(*p);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 LoadMasked(float* p, F1 mask) => Any(mask) ? new(*p) : default;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(float* p, F1 v) => *p = v.v;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void StoreMasked(float* p, F1 v, F1 mask) { if (Any(mask)) *p = v.v; }
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Broadcast(float x) => new(x);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Ramp(float start) => new(start);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 operator +(F1 a, F1 b) => new(a.v + b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 operator -(F1 a, F1 b) => new(a.v - b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 operator *(F1 a, F1 b) => new(a.v * b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 operator /(F1 a, F1 b) => new(a.v / b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 operator -(F1 a) => new(-a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 MultiplyAdd(F1 a, F1 b, F1 c) => new(MathF.FusedMultiplyAdd(a.v, b.v, c.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Min(F1 a, F1 b) => new(MathF.Min(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Max(F1 a, F1 b) => new(MathF.Max(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 AtMost(F1 a, F1 limit) => limit.v < a.v ? limit : a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 AtLeast(F1 a, F1 limit) => limit.v > a.v ? limit : a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Abs(F1 a) => new(MathF.Abs(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Sqrt(F1 a) => new(MathF.Sqrt(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Rsqrt(F1 a) => new(1 / MathF.Sqrt(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Reciprocal(F1 a) => new(1 / a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Floor(F1 a) => new(MathF.Floor(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Round(F1 a) => new(MathF.Round(a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Sign(F1 a) => Elementary<F1, float, SingleFormat>.Sign(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Exp(F1 a) => Elementary<F1, float, SingleFormat>.Exp(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Expm1(F1 a) => Elementary<F1, float, SingleFormat>.Expm1(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Log(F1 a) => Elementary<F1, float, SingleFormat>.Log(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Tanh(F1 a) => Elementary<F1, float, SingleFormat>.Tanh(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Sigmoid(F1 a) => Elementary<F1, float, SingleFormat>.Sigmoid(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Erf(F1 a) => Elementary<F1, float, SingleFormat>.Erf(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Sin(F1 a) => Elementary<F1, float, SingleFormat>.Sin(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Cos(F1 a) => Elementary<F1, float, SingleFormat>.Cos(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Pow(F1 a, F1 b) => Elementary<F1, float, SingleFormat>.Pow(a, b);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 SoftThreshold(F1 x, F1 t) => Elementary<F1, float, SingleFormat>.SoftThreshold(x, t);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Scale(F1 x, F1 n) => Elementary<F1, float, SingleFormat>.Scale(x, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Equal(F1 a, F1 b) => Mask(a.v == b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 NotEqual(F1 a, F1 b) => Mask(a.v != b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Less(F1 a, F1 b) => Mask(a.v < b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 LessEqual(F1 a, F1 b) => Mask(a.v <= b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Greater(F1 a, F1 b) => Mask(a.v > b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 GreaterEqual(F1 a, F1 b) => Mask(a.v >= b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 And(F1 a, F1 b) => OfBits(a.Bits & b.Bits);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Or(F1 a, F1 b) => OfBits(a.Bits | b.Bits);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Not(F1 a) => OfBits(~a.Bits);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 ShiftLeft(F1 a, int bits) => OfBits(a.Bits << bits);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 ShiftRight(F1 a, int bits) => OfBits(a.Bits >> bits);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Select(F1 mask, F1 a, F1 b) => OfBits((mask.Bits & a.Bits) | (~mask.Bits & b.Bits));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 First(long count) => Mask(count > 0);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static bool Any(F1 mask) => mask.Bits != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Even(F1 a, F1 b) => a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 Odd(F1 a, F1 b) => b;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 ZipLow(F1 a, F1 b) => a;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F1 ZipHigh(F1 a, F1 b) => b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Sum(F1 a) => a.v;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Max(F1 a) => a.v;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Min(F1 a) => a.v;
}
