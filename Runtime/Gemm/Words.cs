using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Proxima.Runtime;

/// <summary>Some words of 64 bits that one instruction works on, down to a single one: what <see cref="ILane{V,T}"/> is for numbers.</summary>
internal unsafe interface IWords<W>
    where W : unmanaged, IWords<W>
{
    /// <summary>The number of words.</summary>
    static abstract int Count { get; }

    static abstract W Load(ulong* p);

    /// <summary>Stores each word, a count, as a number of 32 bits.</summary>
    static abstract void StoreCounts(int* p, W counts);

    /// <summary>The sum of words, and of their parts while these hold it.</summary>
    static abstract W operator +(W a, W b);
    static abstract W operator <<(W a, int bits);

    /// <summary>Where the bits of a word in memory differ from those of each word of b.</summary>
    static abstract W Differ(ulong* a, W b);

    /// <summary>The same, but only where b and c agree.</summary>
    static abstract W Differ(ulong* a, W b, W c);

    /// <summary>The last bit of the sum of three bits.</summary>
    static abstract W Sum(W a, W b, W c);

    /// <summary>The bit that the sum of three bits carries.</summary>
    static abstract W Carry(W a, W b, W c);

    /// <summary>How many bits are set, in parts of a word that <see cref="Total(W)"/> adds up. A part holds up to 255.</summary>
    static abstract W Ones(W a);

    /// <summary>The sum of the parts of each word.</summary>
    static abstract W Total(W parts);

    /// <summary>How many ones each word has, where those of the first count one, those of the others two, four and eight.</summary>
    static abstract W Total(W ones, W twos, W fours, W eights);
}

/// <summary>Eight words in 512 bits; the parts are bytes.</summary>
internal readonly unsafe struct W512(Vector512<ulong> value) : IWords<W512>
{
    private readonly Vector512<ulong> v = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W512 Load(ulong* p) => new(Vector512.Load(p));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void StoreCounts(int* p, W512 counts) => Avx512F.ConvertToVector256Int32(counts.v).Store(p);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W512 operator +(W512 a, W512 b) => new(a.v + b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W512 operator <<(W512 a, int bits) => new(a.v << bits);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W512 Differ(ulong* a, W512 b) => new(b.v ^ Vector512.Create(*a));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W512 Differ(ulong* a, W512 b, W512 c) => new(Avx512F.TernaryLogic(b.v, c.v, Vector512.Create(*a), 0x42));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W512 Sum(W512 a, W512 b, W512 c) => new(Avx512F.TernaryLogic(a.v, b.v, c.v, 0x96));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W512 Carry(W512 a, W512 b, W512 c) => new(Avx512F.TernaryLogic(a.v, b.v, c.v, 0xE8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static W512 Ones(W512 a)
    {
        var table = Vector512.Create(W256.Few, W256.Many, W256.Few, W256.Many, W256.Few, W256.Many, W256.Few, W256.Many).AsByte();
        var low = a.v.AsByte() & Vector512.Create((byte)15);
        var high = (a.v.AsUInt16() >>> 4).AsByte() & Vector512.Create((byte)15);
        return new((Avx512BW.Shuffle(table, low) + Avx512BW.Shuffle(table, high)).AsUInt64());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W512 Total(W512 parts) => new(Avx512BW.SumAbsoluteDifferences(parts.v.AsByte(), default).AsUInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static W512 Total(W512 ones, W512 twos, W512 fours, W512 eights)
    {
        if (!Avx512Vbmi.IsSupported)
            return Total(Twice(Twice(Twice(Ones(eights)) + Ones(fours)) + Ones(twos)) + Ones(ones));
        // A table of 128 counts knows seven bits of a byte; the last bits of all four are a number of their own.
        const ulong each = 0x01_01_01_01_01_01_01_01;
        var first = Vector512.Create(W256.Few, W256.Few + each, W256.Few + each, W256.Few + 2 * each, W256.Few + each, W256.Few + 2 * each, W256.Few + 2 * each, W256.Few + 3 * each).AsByte();
        var second = first + Vector512<byte>.One;
        var last = Vector512.ConditionalSelect(Vector512.Create(0x80 * each), eights.v, fours.v >>> 1);
        last = Vector512.ConditionalSelect(Vector512.Create(0xC0 * each), last, twos.v >>> 2);
        last = Vector512.ConditionalSelect(Vector512.Create(0xE0 * each), last, ones.v >>> 3);
        W512 lasts = new((last >>> 4) & Vector512.Create(0x0F * each));
        return Total(Twice(Twice(Twice(Seven(eights)) + Seven(fours)) + Seven(twos)) + (Seven(ones) + lasts));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        W512 Seven(W512 bits) => new(Avx512Vbmi.PermuteVar64x8x2(first, bits.v.AsByte(), second).AsUInt64());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] private static W512 Twice(W512 a) => a + a;
}

/// <summary>Four words in 256 bits; the parts are bytes.</summary>
internal readonly unsafe struct W256(Vector256<ulong> value) : IWords<W256>
{
    private readonly Vector256<ulong> v = value;

    /// <summary>How many bits are set in 0, 1, ... 7, a byte each, and in 8 to 15.</summary>
    internal const ulong Few = 0x03_02_02_01_02_01_01_00, Many = 0x04_03_03_02_03_02_02_01;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W256 Load(ulong* p) => new(Vector256.Load(p));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void StoreCounts(int* p, W256 counts) =>
        Avx2.PermuteVar8x32(counts.v.AsInt32(), Vector256.Create(0, 2, 4, 6, 0, 2, 4, 6)).GetLower().Store(p);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W256 operator +(W256 a, W256 b) => new(a.v + b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W256 operator <<(W256 a, int bits) => new(a.v << bits);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W256 Differ(ulong* a, W256 b) => new(b.v ^ Vector256.Create(*a));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W256 Differ(ulong* a, W256 b, W256 c) => new(Vector256.AndNot(b.v ^ Vector256.Create(*a), b.v ^ c.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W256 Sum(W256 a, W256 b, W256 c) => new(a.v ^ b.v ^ c.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W256 Carry(W256 a, W256 b, W256 c) => new((a.v & b.v) | ((a.v ^ b.v) & c.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static W256 Ones(W256 a)
    {
        var table = Vector256.Create(Few, Many, Few, Many).AsByte();
        var low = a.v.AsByte() & Vector256.Create((byte)15);
        var high = (a.v.AsUInt16() >>> 4).AsByte() & Vector256.Create((byte)15);
        return new((Avx2.Shuffle(table, low) + Avx2.Shuffle(table, high)).AsUInt64());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W256 Total(W256 parts) => new(Avx2.SumAbsoluteDifferences(parts.v.AsByte(), Vector256<byte>.Zero).AsUInt64());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static W256 Total(W256 ones, W256 twos, W256 fours, W256 eights) =>
        Total((Ones(eights) << 3) + (Ones(fours) << 2) + (Ones(twos) << 1) + Ones(ones));
}

/// <summary>One word; it is its only part.</summary>
internal readonly unsafe struct W64(ulong value) : IWords<W64>
{
    private readonly ulong v = value;

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W64 Load(ulong* p) => new(*p);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void StoreCounts(int* p, W64 counts) => *p = (int)counts.v;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W64 operator +(W64 a, W64 b) => new(a.v + b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W64 operator <<(W64 a, int bits) => new(a.v << bits);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W64 Differ(ulong* a, W64 b) => new(*a ^ b.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W64 Differ(ulong* a, W64 b, W64 c) => new((*a ^ b.v) & ~(b.v ^ c.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W64 Sum(W64 a, W64 b, W64 c) => new(a.v ^ b.v ^ c.v);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W64 Carry(W64 a, W64 b, W64 c) => new((a.v & b.v) | ((a.v ^ b.v) & c.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W64 Ones(W64 a) => new((ulong)BitOperations.PopCount(a.v));
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W64 Total(W64 parts) => parts;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static W64 Total(W64 ones, W64 twos, W64 fours, W64 eights) => (Ones(eights) << 3) + (Ones(fours) << 2) + (Ones(twos) << 1) + Ones(ones);
}
