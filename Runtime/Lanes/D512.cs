using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Proxima.Runtime;

#pragma warning disable CS1591 // the members are documented by ILane

/// <summary>8 doubles in 512 bits.</summary>
public readonly unsafe struct D512(Vector512<double> value) : ILane<D512, double>
{
    private readonly Vector512<double> v = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Load(double* p) => new(Vector512.Load(p));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 LoadMasked(double* p, D512 mask) => Avx512F.IsSupported ? new(Avx512F.MaskLoad(p, mask.v, Vector512<double>.Zero)) : Simd.LoadMasked<D512, double>(p, mask);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(double* p, D512 v) => v.v.Store(p);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void StoreMasked(double* p, D512 v, D512 mask) { if (Avx512F.IsSupported) Avx512F.MaskStore(p, mask.v, v.v); else Simd.StoreMasked<D512, double>(p, v, mask); }
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Broadcast(double x) => new(Vector512.Create(x));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Ramp(double start) => new(Vector512.Create(start) + Vector512<double>.Indices);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 operator +(D512 a, D512 b) => new(a.v + b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 operator -(D512 a, D512 b) => new(a.v - b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 operator *(D512 a, D512 b) => new(a.v * b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 operator /(D512 a, D512 b) => new(a.v / b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 operator -(D512 a) => new(-a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 MultiplyAdd(D512 a, D512 b, D512 c) => new(Vector512.FusedMultiplyAdd(a.v, b.v, c.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Min(D512 a, D512 b) => new(Vector512.Min(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Max(D512 a, D512 b) => new(Vector512.Max(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 AtMost(D512 a, D512 limit) => Avx512F.IsSupported ? new(Avx512F.Min(limit.v, a.v)) : Select(Less(limit, a), limit, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 AtLeast(D512 a, D512 limit) => Avx512F.IsSupported ? new(Avx512F.Max(limit.v, a.v)) : Select(Greater(limit, a), limit, a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Abs(D512 a) => new(Vector512.Abs(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Sqrt(D512 a) => new(Vector512.Sqrt(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Rsqrt(D512 a) => new(Vector512<double>.One / Vector512.Sqrt(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Reciprocal(D512 a) => new(Vector512<double>.One / a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Floor(D512 a) => new(Vector512.Floor(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Round(D512 a) => new(Vector512.Round(a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Sign(D512 a) => Elementary<D512, double, DoubleFormat>.Sign(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Exp(D512 a) => Elementary<D512, double, DoubleFormat>.Exp(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Expm1(D512 a) => Elementary<D512, double, DoubleFormat>.Expm1(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Log(D512 a) => Elementary<D512, double, DoubleFormat>.Log(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Tanh(D512 a) => Elementary<D512, double, DoubleFormat>.Tanh(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Sigmoid(D512 a) => Elementary<D512, double, DoubleFormat>.Sigmoid(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Erf(D512 a) => Elementary<D512, double, DoubleFormat>.Erf(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Sin(D512 a) => Elementary<D512, double, DoubleFormat>.Sin(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Cos(D512 a) => Elementary<D512, double, DoubleFormat>.Cos(a);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Pow(D512 a, D512 b) => Elementary<D512, double, DoubleFormat>.Pow(a, b);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 SoftThreshold(D512 x, D512 t) => Elementary<D512, double, DoubleFormat>.SoftThreshold(x, t);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Scale(D512 x, D512 n) => Avx512F.IsSupported ? new(Avx512F.Scale(x.v, n.v)) : Elementary<D512, double, DoubleFormat>.Scale(x, n);

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Equal(D512 a, D512 b) => new(Vector512.Equals(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 NotEqual(D512 a, D512 b) => new(~Vector512.Equals(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Less(D512 a, D512 b) => new(Vector512.LessThan(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 LessEqual(D512 a, D512 b) => new(Vector512.LessThanOrEqual(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Greater(D512 a, D512 b) => new(Vector512.GreaterThan(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 GreaterEqual(D512 a, D512 b) => new(Vector512.GreaterThanOrEqual(a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 And(D512 a, D512 b) => new(a.v & b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Or(D512 a, D512 b) => new(a.v | b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Not(D512 a) => new(~a.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 ShiftLeft(D512 a, int bits) => new((a.v.AsUInt64() << bits).AsDouble());
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 ShiftRight(D512 a, int bits) => new((a.v.AsUInt64() >>> bits).AsDouble());
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Select(D512 mask, D512 a, D512 b) => new(Vector512.ConditionalSelect(mask.v, a.v, b.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 First(long count) => new(Vector512.LessThan(Vector512<long>.Indices, Vector512.Create(count)).AsDouble());
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static bool Any(D512 mask) => Vector512.ExtractMostSignificantBits(mask.v) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Even(D512 a, D512 b) => Avx512F.IsSupported ? new(Avx512F.PermuteVar8x64x2(a.v, Vector512.Create(0L, 2, 4, 6, 8, 10, 12, 14), b.v)) : new(Vector512.ConditionalSelect(Vector512.Create(-1L, -1, -1, -1, 0, 0, 0, 0).AsDouble(), Vector512.Shuffle(a.v, Vector512.Create(0L, 2, 4, 6, 0, 2, 4, 6)), Vector512.Shuffle(b.v, Vector512.Create(0L, 2, 4, 6, 0, 2, 4, 6))));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 Odd(D512 a, D512 b) => Avx512F.IsSupported ? new(Avx512F.PermuteVar8x64x2(a.v, Vector512.Create(1L, 3, 5, 7, 9, 11, 13, 15), b.v)) : new(Vector512.ConditionalSelect(Vector512.Create(-1L, -1, -1, -1, 0, 0, 0, 0).AsDouble(), Vector512.Shuffle(a.v, Vector512.Create(1L, 3, 5, 7, 1, 3, 5, 7)), Vector512.Shuffle(b.v, Vector512.Create(1L, 3, 5, 7, 1, 3, 5, 7))));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 ZipLow(D512 a, D512 b) => Avx512F.IsSupported ? new(Avx512F.PermuteVar8x64x2(a.v, Vector512.Create(0L, 8, 1, 9, 2, 10, 3, 11), b.v)) : new(Vector512.ConditionalSelect(Vector512.Create(-1L, 0, -1, 0, -1, 0, -1, 0).AsDouble(), Vector512.Shuffle(a.v, Vector512.Create(0L, 0, 1, 1, 2, 2, 3, 3)), Vector512.Shuffle(b.v, Vector512.Create(0L, 0, 1, 1, 2, 2, 3, 3))));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static D512 ZipHigh(D512 a, D512 b) => Avx512F.IsSupported ? new(Avx512F.PermuteVar8x64x2(a.v, Vector512.Create(4L, 12, 5, 13, 6, 14, 7, 15), b.v)) : new(Vector512.ConditionalSelect(Vector512.Create(-1L, 0, -1, 0, -1, 0, -1, 0).AsDouble(), Vector512.Shuffle(a.v, Vector512.Create(4L, 4, 5, 5, 6, 6, 7, 7)), Vector512.Shuffle(b.v, Vector512.Create(4L, 4, 5, 5, 6, 6, 7, 7))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Sum(D512 a) => D256.Sum(new D256(a.v.GetLower() + a.v.GetUpper()));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Max(D512 a) => D256.Max(new D256(Vector256.Max(a.v.GetLower(), a.v.GetUpper())));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Min(D512 a) => D256.Min(new D256(Vector256.Min(a.v.GetLower(), a.v.GetUpper())));
}
