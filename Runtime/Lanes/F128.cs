using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Proxima.Runtime;

#pragma warning disable CS1591 // the members are documented by ILane

/// <summary>4 floats in 128 bits.</summary>
public readonly unsafe struct F128(Vector128<float> value) : ILane<F128, float>
{
    private readonly Vector128<float> v = value;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Load(float* p) => new(Vector128.Load(p));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 LoadMasked(float* p, F128 mask) => Avx.IsSupported ? new(Avx.MaskLoad(p, mask.v)) : Simd.LoadMasked<F128, float>(p, mask);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(float* p, F128 v) => v.v.Store(p);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void StoreMasked(float* p, F128 v, F128 mask) { if (Avx.IsSupported) Avx.MaskStore(p, mask.v, v.v); else Simd.StoreMasked<F128, float>(p, v, mask); }
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Broadcast(float x) => new(Vector128.Create(x));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Ramp(float start) => new(Vector128.Create(start) + Vector128<float>.Indices);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 operator +(F128 a, F128 b) => new(a.v + b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 operator -(F128 a, F128 b) => new(a.v - b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 operator *(F128 a, F128 b) => new(a.v * b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 operator /(F128 a, F128 b) => new(a.v / b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 operator -(F128 a) => new(-a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 MultiplyAdd(F128 a, F128 b, F128 c) => new(Vector128.FusedMultiplyAdd(a.v, b.v, c.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Min(F128 a, F128 b) => new(Vector128.Min(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Max(F128 a, F128 b) => new(Vector128.Max(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 AtMost(F128 a, F128 limit) => Sse.IsSupported ? new(Sse.Min(limit.v, a.v)) : Select(Less(limit, a), limit, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 AtLeast(F128 a, F128 limit) => Sse.IsSupported ? new(Sse.Max(limit.v, a.v)) : Select(Greater(limit, a), limit, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Abs(F128 a) => new(Vector128.Abs(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Sqrt(F128 a) => new(Vector128.Sqrt(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Rsqrt(F128 a) => new(Vector128<float>.One / Vector128.Sqrt(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Reciprocal(F128 a) => new(Vector128<float>.One / a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Floor(F128 a) => new(Vector128.Floor(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Round(F128 a) => new(Vector128.Round(a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Sign(F128 a) => Elementary<F128, float, SingleFormat>.Sign(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Exp(F128 a) => Elementary<F128, float, SingleFormat>.Exp(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Expm1(F128 a) => Elementary<F128, float, SingleFormat>.Expm1(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Log(F128 a) => Elementary<F128, float, SingleFormat>.Log(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Tanh(F128 a) => Elementary<F128, float, SingleFormat>.Tanh(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Sigmoid(F128 a) => Elementary<F128, float, SingleFormat>.Sigmoid(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Erf(F128 a) => Elementary<F128, float, SingleFormat>.Erf(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Sin(F128 a) => Elementary<F128, float, SingleFormat>.Sin(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Cos(F128 a) => Elementary<F128, float, SingleFormat>.Cos(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Pow(F128 a, F128 b) => Elementary<F128, float, SingleFormat>.Pow(a, b);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 SoftThreshold(F128 x, F128 t) => Elementary<F128, float, SingleFormat>.SoftThreshold(x, t);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Scale(F128 x, F128 n) => Avx512F.VL.IsSupported ? new(Avx512F.VL.Scale(x.v, n.v)) : Elementary<F128, float, SingleFormat>.Scale(x, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Equal(F128 a, F128 b) => new(Vector128.Equals(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 NotEqual(F128 a, F128 b) => new(~Vector128.Equals(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Less(F128 a, F128 b) => new(Vector128.LessThan(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 LessEqual(F128 a, F128 b) => new(Vector128.LessThanOrEqual(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Greater(F128 a, F128 b) => new(Vector128.GreaterThan(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 GreaterEqual(F128 a, F128 b) => new(Vector128.GreaterThanOrEqual(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 And(F128 a, F128 b) => new(a.v & b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Or(F128 a, F128 b) => new(a.v | b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Not(F128 a) => new(~a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 ShiftLeft(F128 a, int bits) => new((a.v.AsUInt32() << bits).AsSingle());
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 ShiftRight(F128 a, int bits) => new((a.v.AsUInt32() >>> bits).AsSingle());
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Select(F128 mask, F128 a, F128 b) => new(Vector128.ConditionalSelect(mask.v, a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 First(long count) => new(Vector128.LessThan(Vector128<int>.Indices, Vector128.Create((int)Math.Clamp(count, 0, Count))).AsSingle());
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static bool Any(F128 mask) => Vector128.ExtractMostSignificantBits(mask.v) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Even(F128 a, F128 b) => new(Vector128.ConditionalSelect(Vector128.Create(-1, -1, 0, 0).AsSingle(), Vector128.Shuffle(a.v, Vector128.Create(0, 2, 0, 2)), Vector128.Shuffle(b.v, Vector128.Create(0, 2, 0, 2))));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 Odd(F128 a, F128 b) => new(Vector128.ConditionalSelect(Vector128.Create(-1, -1, 0, 0).AsSingle(), Vector128.Shuffle(a.v, Vector128.Create(1, 3, 1, 3)), Vector128.Shuffle(b.v, Vector128.Create(1, 3, 1, 3))));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 ZipLow(F128 a, F128 b) => new(Vector128.ConditionalSelect(Vector128.Create(-1, 0, -1, 0).AsSingle(), Vector128.Shuffle(a.v, Vector128.Create(0, 0, 1, 1)), Vector128.Shuffle(b.v, Vector128.Create(0, 0, 1, 1))));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static F128 ZipHigh(F128 a, F128 b) => new(Vector128.ConditionalSelect(Vector128.Create(-1, 0, -1, 0).AsSingle(), Vector128.Shuffle(a.v, Vector128.Create(2, 2, 3, 3)), Vector128.Shuffle(b.v, Vector128.Create(2, 2, 3, 3))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Sum(F128 a) => (a.v[0] + a.v[2]) + (a.v[1] + a.v[3]);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Max(F128 a) => MathF.Max(MathF.Max(a.v[0], a.v[2]), MathF.Max(a.v[1], a.v[3]));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static float Min(F128 a) => MathF.Min(MathF.Min(a.v[0], a.v[2]), MathF.Min(a.v[1], a.v[3]));
}
