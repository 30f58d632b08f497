using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Proxima.Runtime;

#pragma warning disable CS1591 // the members are documented by ILane

/// <summary>2 doubles in 128 bits.</summary>
public readonly unsafe struct D128(Vector128<double> value) : ILane<D128, double>
{
    private readonly Vector128<double> v = value;

    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Load(double* p) => new(Vector128.Load(p));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 LoadMasked(double* p, D128 mask) => Avx.IsSupported ? new(Avx.MaskLoad(p, mask.v)) : Simd.LoadMasked<D128, double>(p, mask);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(double* p, D128 v) => v.v.Store(p);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void StoreMasked(double* p, D128 v, D128 mask) { if (Avx.IsSupported) Avx.MaskStore(p, mask.v, v.v); else Simd.StoreMasked<D128, double>(p, v, mask); }
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Broadcast(double x) => new(Vector128.Create(x));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Ramp(double start) => new(Vector128.Create(start) + Vector128<double>.Indices);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 operator +(D128 a, D128 b) => new(a.v + b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 operator -(D128 a, D128 b) => new(a.v - b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 operator *(D128 a, D128 b) => new(a.v * b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 operator /(D128 a, D128 b) => new(a.v / b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 operator -(D128 a) => new(-a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 MultiplyAdd(D128 a, D128 b, D128 c) => new(Vector128.FusedMultiplyAdd(a.v, b.v, c.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Min(D128 a, D128 b) => new(Vector128.Min(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Max(D128 a, D128 b) => new(Vector128.Max(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 AtMost(D128 a, D128 limit) => Sse2.IsSupported ? new(Sse2.Min(limit.v, a.v)) : Select(Less(limit, a), limit, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 AtLeast(D128 a, D128 limit) => Sse2.IsSupported ? new(Sse2.Max(limit.v, a.v)) : Select(Greater(limit, a), limit, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Abs(D128 a) => new(Vector128.Abs(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Sqrt(D128 a) => new(Vector128.Sqrt(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Rsqrt(D128 a) => new(Vector128<double>.One / Vector128.Sqrt(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Reciprocal(D128 a) => new(Vector128<double>.One / a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Floor(D128 a) => new(Vector128.Floor(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Round(D128 a) => new(Vector128.Round(a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Sign(D128 a) => Elementary<D128, double, DoubleFormat>.Sign(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Exp(D128 a) => Elementary<D128, double, DoubleFormat>.Exp(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Expm1(D128 a) => Elementary<D128, double, DoubleFormat>.Expm1(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Log(D128 a) => Elementary<D128, double, DoubleFormat>.Log(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Tanh(D128 a) => Elementary<D128, double, DoubleFormat>.Tanh(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Sigmoid(D128 a) => Elementary<D128, double, DoubleFormat>.Sigmoid(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Erf(D128 a) => Elementary<D128, double, DoubleFormat>.Erf(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Sin(D128 a) => Elementary<D128, double, DoubleFormat>.Sin(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Cos(D128 a) => Elementary<D128, double, DoubleFormat>.Cos(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Pow(D128 a, D128 b) => Elementary<D128, double, DoubleFormat>.Pow(a, b);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 SoftThreshold(D128 x, D128 t) => Elementary<D128, double, DoubleFormat>.SoftThreshold(x, t);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Scale(D128 x, D128 n) => Avx512F.VL.IsSupported ? new(Avx512F.VL.Scale(x.v, n.v)) : Elementary<D128, double, DoubleFormat>.Scale(x, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Equal(D128 a, D128 b) => new(Vector128.Equals(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 NotEqual(D128 a, D128 b) => new(~Vector128.Equals(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Less(D128 a, D128 b) => new(Vector128.LessThan(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 LessEqual(D128 a, D128 b) => new(Vector128.LessThanOrEqual(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Greater(D128 a, D128 b) => new(Vector128.GreaterThan(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 GreaterEqual(D128 a, D128 b) => new(Vector128.GreaterThanOrEqual(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 And(D128 a, D128 b) => new(a.v & b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Or(D128 a, D128 b) => new(a.v | b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Not(D128 a) => new(~a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 ShiftLeft(D128 a, int bits) => new((a.v.AsUInt64() << bits).AsDouble());
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 ShiftRight(D128 a, int bits) => new((a.v.AsUInt64() >>> bits).AsDouble());
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Select(D128 mask, D128 a, D128 b) => new(Vector128.ConditionalSelect(mask.v, a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 First(long count) => new(Vector128.LessThan(Vector128<long>.Indices, Vector128.Create(count)).AsDouble());
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static bool Any(D128 mask) => Vector128.ExtractMostSignificantBits(mask.v) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Even(D128 a, D128 b) => new(Vector128.ConditionalSelect(Vector128.Create(-1L, 0).AsDouble(), Vector128.Shuffle(a.v, Vector128.Create(0L, 0)), Vector128.Shuffle(b.v, Vector128.Create(0L, 0))));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 Odd(D128 a, D128 b) => new(Vector128.ConditionalSelect(Vector128.Create(-1L, 0).AsDouble(), Vector128.Shuffle(a.v, Vector128.Create(1L, 1)), Vector128.Shuffle(b.v, Vector128.Create(1L, 1))));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 ZipLow(D128 a, D128 b) => new(Vector128.ConditionalSelect(Vector128.Create(-1L, 0).AsDouble(), Vector128.Shuffle(a.v, Vector128.Create(0L, 0)), Vector128.Shuffle(b.v, Vector128.Create(0L, 0))));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D128 ZipHigh(D128 a, D128 b) => new(Vector128.ConditionalSelect(Vector128.Create(-1L, 0).AsDouble(), Vector128.Shuffle(a.v, Vector128.Create(1L, 1)), Vector128.Shuffle(b.v, Vector128.Create(1L, 1))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Sum(D128 a) => a.v[0] + a.v[1];
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Max(D128 a) => Math.Max(a.v[0], a.v[1]);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Min(D128 a) => Math.Min(a.v[0], a.v[1]);
}
