using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Proxima.Runtime;

#pragma warning disable CS1591 // the members are documented by ILane

/// <summary>4 doubles in 256 bits.</summary>
public readonly unsafe struct D256(Vector256<double> value) : ILane<D256, double>
{
    private readonly Vector256<double> v = value;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Load(double* p) => new(Vector256.Load(p));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 LoadMasked(double* p, D256 mask) => Avx.IsSupported ? new(Avx.MaskLoad(p, mask.v)) : Simd.LoadMasked<D256, double>(p, mask);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(double* p, D256 v) => v.v.Store(p);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void StoreMasked(double* p, D256 v, D256 mask) { if (Avx.IsSupported) Avx.MaskStore(p, mask.v, v.v); else Simd.StoreMasked<D256, double>(p, v, mask); }
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Broadcast(double x) => new(Vector256.Create(x));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Ramp(double start) => new(Vector256.Create(start) + Vector256<double>.Indices);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 operator +(D256 a, D256 b) => new(a.v + b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 operator -(D256 a, D256 b) => new(a.v - b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 operator *(D256 a, D256 b) => new(a.v * b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 operator /(D256 a, D256 b) => new(a.v / b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 operator -(D256 a) => new(-a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 MultiplyAdd(D256 a, D256 b, D256 c) => new(Vector256.FusedMultiplyAdd(a.v, b.v, c.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Min(D256 a, D256 b) => new(Vector256.Min(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Max(D256 a, D256 b) => new(Vector256.Max(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 AtMost(D256 a, D256 limit) => Avx.IsSupported ? new(Avx.Min(limit.v, a.v)) : Select(Less(limit, a), limit, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 AtLeast(D256 a, D256 limit) => Avx.IsSupported ? new(Avx.Max(limit.v, a.v)) : Select(Greater(limit, a), limit, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Abs(D256 a) => new(Vector256.Abs(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Sqrt(D256 a) => new(Vector256.Sqrt(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Rsqrt(D256 a) => new(Vector256<double>.One / Vector256.Sqrt(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Reciprocal(D256 a) => new(Vector256<double>.One / a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Floor(D256 a) => new(Vector256.Floor(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Round(D256 a) => new(Vector256.Round(a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Sign(D256 a) => Elementary<D256, double, DoubleFormat>.Sign(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Exp(D256 a) => Elementary<D256, double, DoubleFormat>.Exp(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Expm1(D256 a) => Elementary<D256, double, DoubleFormat>.Expm1(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Log(D256 a) => Elementary<D256, double, DoubleFormat>.Log(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Tanh(D256 a) => Elementary<D256, double, DoubleFormat>.Tanh(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Sigmoid(D256 a) => Elementary<D256, double, DoubleFormat>.Sigmoid(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Erf(D256 a) => Elementary<D256, double, DoubleFormat>.Erf(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Sin(D256 a) => Elementary<D256, double, DoubleFormat>.Sin(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Cos(D256 a) => Elementary<D256, double, DoubleFormat>.Cos(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Pow(D256 a, D256 b) => Elementary<D256, double, DoubleFormat>.Pow(a, b);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 SoftThreshold(D256 x, D256 t) => Elementary<D256, double, DoubleFormat>.SoftThreshold(x, t);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Scale(D256 x, D256 n) => Avx512F.VL.IsSupported ? new(Avx512F.VL.Scale(x.v, n.v)) : Elementary<D256, double, DoubleFormat>.Scale(x, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Equal(D256 a, D256 b) => new(Vector256.Equals(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 NotEqual(D256 a, D256 b) => new(~Vector256.Equals(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Less(D256 a, D256 b) => new(Vector256.LessThan(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 LessEqual(D256 a, D256 b) => new(Vector256.LessThanOrEqual(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Greater(D256 a, D256 b) => new(Vector256.GreaterThan(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 GreaterEqual(D256 a, D256 b) => new(Vector256.GreaterThanOrEqual(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 And(D256 a, D256 b) => new(a.v & b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Or(D256 a, D256 b) => new(a.v | b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Not(D256 a) => new(~a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 ShiftLeft(D256 a, int bits) => new((a.v.AsUInt64() << bits).AsDouble());
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 ShiftRight(D256 a, int bits) => new((a.v.AsUInt64() >>> bits).AsDouble());
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Select(D256 mask, D256 a, D256 b) => new(Vector256.ConditionalSelect(mask.v, a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 First(long count) => new(Vector256.LessThan(Vector256<long>.Indices, Vector256.Create(count)).AsDouble());
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static bool Any(D256 mask) => Vector256.ExtractMostSignificantBits(mask.v) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Even(D256 a, D256 b) => new(Vector256.ConditionalSelect(Vector256.Create(-1L, -1, 0, 0).AsDouble(), Vector256.Shuffle(a.v, Vector256.Create(0L, 2, 0, 2)), Vector256.Shuffle(b.v, Vector256.Create(0L, 2, 0, 2))));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 Odd(D256 a, D256 b) => new(Vector256.ConditionalSelect(Vector256.Create(-1L, -1, 0, 0).AsDouble(), Vector256.Shuffle(a.v, Vector256.Create(1L, 3, 1, 3)), Vector256.Shuffle(b.v, Vector256.Create(1L, 3, 1, 3))));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 ZipLow(D256 a, D256 b) => new(Vector256.ConditionalSelect(Vector256.Create(-1L, 0, -1, 0).AsDouble(), Vector256.Shuffle(a.v, Vector256.Create(0L, 0, 1, 1)), Vector256.Shuffle(b.v, Vector256.Create(0L, 0, 1, 1))));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D256 ZipHigh(D256 a, D256 b) => new(Vector256.ConditionalSelect(Vector256.Create(-1L, 0, -1, 0).AsDouble(), Vector256.Shuffle(a.v, Vector256.Create(2L, 2, 3, 3)), Vector256.Shuffle(b.v, Vector256.Create(2L, 2, 3, 3))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Sum(D256 a) => D128.Sum(new D128(a.v.GetLower() + a.v.GetUpper()));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Max(D256 a) => D128.Max(new D128(Vector128.Max(a.v.GetLower(), a.v.GetUpper())));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Min(D256 a) => D128.Min(new D128(Vector128.Min(a.v.GetLower(), a.v.GetUpper())));
}
