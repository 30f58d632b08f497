using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Proxima.Runtime;

#pragma warning disable CS1591 // the members are documented by ILane

/// <summary>16 floats in 512 bits.</summary>
public readonly unsafe struct F512(Vector512<float> value) : ILane<F512, float>
{
    private readonly Vector512<float> v = value;

    public static int Count => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Load(float* p) => new(Vector512.Load(p));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 LoadMasked(float* p, F512 mask) => Avx512F.IsSupported ? new(Avx512F.MaskLoad(p, mask.v, Vector512<float>.Zero)) : Simd.LoadMasked<F512, float>(p, mask);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(float* p, F512 v) => v.v.Store(p);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void StoreMasked(float* p, F512 v, F512 mask) { if (Avx512F.IsSupported) Avx512F.MaskStore(p, mask.v, v.v); else Simd.StoreMasked<F512, float>(p, v, mask); }
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Broadcast(float x) => new(Vector512.Create(x));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Ramp(float start) => new(Vector512.Create(start) + Vector512<float>.Indices);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 operator +(F512 a, F512 b) => new(a.v + b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 operator -(F512 a, F512 b) => new(a.v - b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 operator *(F512 a, F512 b) => new(a.v * b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 operator /(F512 a, F512 b) => new(a.v / b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 operator -(F512 a) => new(-a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 MultiplyAdd(F512 a, F512 b, F512 c) => new(Vector512.FusedMultiplyAdd(a.v, b.v, c.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Min(F512 a, F512 b) => new(Vector512.Min(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Max(F512 a, F512 b) => new(Vector512.Max(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 AtMost(F512 a, F512 limit) => Avx512F.IsSupported ? new(Avx512F.Min(limit.v, a.v)) : Select(Less(limit, a), limit, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 AtLeast(F512 a, F512 limit) => Avx512F.IsSupported ? new(Avx512F.Max(limit.v, a.v)) : Select(Greater(limit, a), limit, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Abs(F512 a) => new(Vector512.Abs(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Sqrt(F512 a) => new(Vector512.Sqrt(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Rsqrt(F512 a) => new(Vector512<float>.One / Vector512.Sqrt(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Reciprocal(F512 a) => new(Vector512<float>.One / a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Floor(F512 a) => new(Vector512.Floor(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Round(F512 a) => new(Vector512.Round(a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Sign(F512 a) => Elementary<F512, float, SingleFormat>.Sign(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Exp(F512 a) => Elementary<F512, float, SingleFormat>.Exp(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Expm1(F512 a) => Elementary<F512, float, SingleFormat>.Expm1(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Log(F512 a) => Elementary<F512, float, SingleFormat>.Log(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Tanh(F512 a) => Elementary<F512, float, SingleFormat>.Tanh(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Sigmoid(F512 a) => Elementary<F512, float, SingleFormat>.Sigmoid(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Erf(F512 a) => Elementary<F512, float, SingleFormat>.Erf(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Sin(F512 a) => Elementary<F512, float, SingleFormat>.Sin(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Cos(F512 a) => Elementary<F512, float, SingleFormat>.Cos(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Pow(F512 a, F512 b) => Elementary<F512, float, SingleFormat>.Pow(a, b);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 SoftThreshold(F512 x, F512 t) => Elementary<F512, float, SingleFormat>.SoftThreshold(x, t);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Scale(F512 x, F512 n) => Avx512F.IsSupported ? new(Avx512F.Scale(x.v, n.v)) : Elementary<F512, float, SingleFormat>.Scale(x, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Equal(F512 a, F512 b) => new(Vector512.Equals(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 NotEqual(F512 a, F512 b) => new(~Vector512.Equals(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Less(F512 a, F512 b) => new(Vector512.LessThan(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 LessEqual(F512 a, F512 b) => new(Vector512.LessThanOrEqual(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Greater(F512 a, F512 b) => new(Vector512.GreaterThan(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 GreaterEqual(F512 a, F512 b) => new(Vector512.GreaterThanOrEqual(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 And(F512 a, F512 b) => new(a.v & b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Or(F512 a, F512 b) => new(a.v | b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Not(F512 a) => new(~a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 ShiftLeft(F512 a, int bits) => new((a.v.AsUInt32() << bits).AsSingle());
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 ShiftRight(F512 a, int bits) => new((a.v.AsUInt32() >>> bits).AsSingle());
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Select(F512 mask, F512 a, F512 b) => new(Vector512.ConditionalSelect(mask.v, a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 First(long count) => new(Vector512.LessThan(Vector512<int>.Indices, Vector512.Create((int)Math.Clamp(count, 0, Count))).AsSingle());
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static bool Any(F512 mask) => Vector512.ExtractMostSignificantBits(mask.v) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Even(F512 a, F512 b) => Avx512F.IsSupported ? new(Avx512F.PermuteVar16x32x2(a.v, Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30), b.v)) : new(Vector512.ConditionalSelect(Vector512.Create(-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0).AsSingle(), Vector512.Shuffle(a.v, Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 0, 2, 4, 6, 8, 10, 12, 14)), Vector512.Shuffle(b.v, Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 0, 2, 4, 6, 8, 10, 12, 14))));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 Odd(F512 a, F512 b) => Avx512F.IsSupported ? new(Avx512F.PermuteVar16x32x2(a.v, Vector512.Create(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31), b.v)) : new(Vector512.ConditionalSelect(Vector512.Create(-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0).AsSingle(), Vector512.Shuffle(a.v, Vector512.Create(1, 3, 5, 7, 9, 11, 13, 15, 1, 3, 5, 7, 9, 11, 13, 15)), Vector512.Shuffle(b.v, Vector512.Create(1, 3, 5, 7, 9, 11, 13, 15, 1, 3, 5, 7, 9, 11, 13, 15))));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 ZipLow(F512 a, F512 b) => Avx512F.IsSupported ? new(Avx512F.PermuteVar16x32x2(a.v, Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), b.v)) : new(Vector512.ConditionalSelect(Vector512.Create(-1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0).AsSingle(), Vector512.Shuffle(a.v, Vector512.Create(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7)), Vector512.Shuffle(b.v, Vector512.Create(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7))));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F512 ZipHigh(F512 a, F512 b) => Avx512F.IsSupported ? new(Avx512F.PermuteVar16x32x2(a.v, Vector512.Create(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), b.v)) : new(Vector512.ConditionalSelect(Vector512.Create(-1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0, -1, 0).AsSingle(), Vector512.Shuffle(a.v, Vector512.Create(8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15)), Vector512.Shuffle(b.v, Vector512.Create(8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Sum(F512 a) => F256.Sum(new F256(a.v.GetLower() + a.v.GetUpper()));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Max(F512 a) => F256.Max(new F256(Vector256.Max(a.v.GetLower(), a.v.GetUpper())));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Min(F512 a) => F256.Min(new F256(Vector256.Min(a.v.GetLower(), a.v.GetUpper())));
}
