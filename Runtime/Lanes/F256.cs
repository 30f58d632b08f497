using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Proxima.Runtime;

#pragma warning disable CS1591 // the members are documented by ILane

/// <summary>8 floats in 256 bits.</summary>
public readonly unsafe struct F256(Vector256<float> value) : ILane<F256, float>
{
    private readonly Vector256<float> v = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Load(float* p) => new(Vector256.Load(p));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 LoadMasked(float* p, F256 mask) => Avx.IsSupported ? new(Avx.MaskLoad(p, mask.v)) : Simd.LoadMasked<F256, float>(p, mask);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(float* p, F256 v) => v.v.Store(p);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void StoreMasked(float* p, F256 v, F256 mask) { if (Avx.IsSupported) Avx.MaskStore(p, mask.v, v.v); else Simd.StoreMasked<F256, float>(p, v, mask); }
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Broadcast(float x) => new(Vector256.Create(x));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Ramp(float start) => new(Vector256.Create(start) + Vector256<float>.Indices);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 operator +(F256 a, F256 b) => new(a.v + b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 operator -(F256 a, F256 b) => new(a.v - b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 operator *(F256 a, F256 b) => new(a.v * b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 operator /(F256 a, F256 b) => new(a.v / b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 operator -(F256 a) => new(-a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 MultiplyAdd(F256 a, F256 b, F256 c) => new(Vector256.FusedMultiplyAdd(a.v, b.v, c.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Min(F256 a, F256 b) => new(Vector256.Min(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Max(F256 a, F256 b) => new(Vector256.Max(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 AtMost(F256 a, F256 limit) => Avx.IsSupported ? new(Avx.Min(limit.v, a.v)) : Select(Less(limit, a), limit, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 AtLeast(F256 a, F256 limit) => Avx.IsSupported ? new(Avx.Max(limit.v, a.v)) : Select(Greater(limit, a), limit, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Abs(F256 a) => new(Vector256.Abs(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Sqrt(F256 a) => new(Vector256.Sqrt(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Rsqrt(F256 a) => new(Vector256<float>.One / Vector256.Sqrt(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Reciprocal(F256 a) => new(Vector256<float>.One / a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Floor(F256 a) => new(Vector256.Floor(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Round(F256 a) => new(Vector256.Round(a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Sign(F256 a) => Elementary<F256, float, SingleFormat>.Sign(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Exp(F256 a) => Elementary<F256, float, SingleFormat>.Exp(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Expm1(F256 a) => Elementary<F256, float, SingleFormat>.Expm1(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Log(F256 a) => Elementary<F256, float, SingleFormat>.Log(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Tanh(F256 a) => Elementary<F256, float, SingleFormat>.Tanh(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Sigmoid(F256 a) => Elementary<F256, float, SingleFormat>.Sigmoid(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Erf(F256 a) => Elementary<F256, float, SingleFormat>.Erf(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Sin(F256 a) => Elementary<F256, float, SingleFormat>.Sin(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Cos(F256 a) => Elementary<F256, float, SingleFormat>.Cos(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Pow(F256 a, F256 b) => Elementary<F256, float, SingleFormat>.Pow(a, b);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 SoftThreshold(F256 x, F256 t) => Elementary<F256, float, SingleFormat>.SoftThreshold(x, t);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Scale(F256 x, F256 n) => Avx512F.VL.IsSupported ? new(Avx512F.VL.Scale(x.v, n.v)) : Elementary<F256, float, SingleFormat>.Scale(x, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Equal(F256 a, F256 b) => new(Vector256.Equals(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 NotEqual(F256 a, F256 b) => new(~Vector256.Equals(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Less(F256 a, F256 b) => new(Vector256.LessThan(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 LessEqual(F256 a, F256 b) => new(Vector256.LessThanOrEqual(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Greater(F256 a, F256 b) => new(Vector256.GreaterThan(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 GreaterEqual(F256 a, F256 b) => new(Vector256.GreaterThanOrEqual(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 And(F256 a, F256 b) => new(a.v & b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Or(F256 a, F256 b) => new(a.v | b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Not(F256 a) => new(~a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 ShiftLeft(F256 a, int bits) => new((a.v.AsUInt32() << bits).AsSingle());
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 ShiftRight(F256 a, int bits) => new((a.v.AsUInt32() >>> bits).AsSingle());
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Select(F256 mask, F256 a, F256 b) => new(Vector256.ConditionalSelect(mask.v, a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 First(long count) => new(Vector256.LessThan(Vector256<int>.Indices, Vector256.Create((int)Math.Clamp(count, 0, Count))).AsSingle());
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static bool Any(F256 mask) => Vector256.ExtractMostSignificantBits(mask.v) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Even(F256 a, F256 b) => new(Vector256.ConditionalSelect(Vector256.Create(-1, -1, -1, -1, 0, 0, 0, 0).AsSingle(), Vector256.Shuffle(a.v, Vector256.Create(0, 2, 4, 6, 0, 2, 4, 6)), Vector256.Shuffle(b.v, Vector256.Create(0, 2, 4, 6, 0, 2, 4, 6))));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 Odd(F256 a, F256 b) => new(Vector256.ConditionalSelect(Vector256.Create(-1, -1, -1, -1, 0, 0, 0, 0).AsSingle(), Vector256.Shuffle(a.v, Vector256.Create(1, 3, 5, 7, 1, 3, 5, 7)), Vector256.Shuffle(b.v, Vector256.Create(1, 3, 5, 7, 1, 3, 5, 7))));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 ZipLow(F256 a, F256 b) => new(Vector256.ConditionalSelect(Vector256.Create(-1, 0, -1, 0, -1, 0, -1, 0).AsSingle(), Vector256.Shuffle(a.v, Vector256.Create(0, 0, 1, 1, 2, 2, 3, 3)), Vector256.Shuffle(b.v, Vector256.Create(0, 0, 1, 1, 2, 2, 3, 3))));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F256 ZipHigh(F256 a, F256 b) => new(Vector256.ConditionalSelect(Vector256.Create(-1, 0, -1, 0, -1, 0, -1, 0).AsSingle(), Vector256.Shuffle(a.v, Vector256.Create(4, 4, 5, 5, 6, 6, 7, 7)), Vector256.Shuffle(b.v, Vector256.Create(4, 4, 5, 5, 6, 6, 7, 7))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Sum(F256 a) => F128.Sum(new F128(a.v.GetLower() + a.v.GetUpper()));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Max(F256 a) => F128.Max(new F128(Vector128.Max(a.v.GetLower(), a.v.GetUpper())));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Min(F256 a) => F128.Min(new F128(Vector128.Min(a.v.GetLower(), a.v.GetUpper())));
}
