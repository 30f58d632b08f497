using System.Runtime.InteropServices;
using Proxima.Runtime;
using Xunit;

namespace Proxima.Tests;

/// <summary>Products of signs on bits: equal, to the last bit, to the products of the signs as numbers.</summary>
[Collection("WorkerPool")]
public sealed unsafe class BitGemmTests : IDisposable
{
    private static readonly Signs[] s_signs = [Signs.Binary, Signs.Ternary];

    public void Dispose() => WorkerPool.Threads = Environment.ProcessorCount;

    private delegate void Product<T>(nint batches, nint m, nint n, nint k, GemmMatrix<T> a, Signs aSigns, GemmMatrix<T> b, Signs bSigns, Kept<T> epilogue) where T : unmanaged;

    private static void Floats(nint batches, nint m, nint n, nint k, GemmMatrix<float> a, Signs aSigns, GemmMatrix<float> b, Signs bSigns, Kept<float> epilogue) =>
        BitGemm.Run(batches, m, n, k, a, aSigns, b, bSigns, ref epilogue);

    private static void Doubles(nint batches, nint m, nint n, nint k, GemmMatrix<double> a, Signs aSigns, GemmMatrix<double> b, Signs bSigns, Kept<double> epilogue) =>
        BitGemm.Run(batches, m, n, k, a, aSigns, b, bSigns, ref epilogue);

    private static int Sign(double x, Signs signs) => signs == Signs.Binary ? x >= 0 ? 1 : -1 : x > 0 ? 1 : x < 0 ? -1 : 0;

    /// <summary>Numbers among which are zeros of both signs, infinities and NaN. The memory page ends behind them.</summary>
    private static GuardedBuffer<T> Numbers<T>(nint count, Random random)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        var buffer = new GuardedBuffer<T>(count, random);
        for (nint i = 0; i < count; i++)
        {
            if (random.Next(8) == 0)
                buffer.Data[i] = random.Next(6) switch { 0 => T.NaN, 1 => T.PositiveInfinity, 2 => T.NegativeInfinity, 3 => T.NegativeZero, _ => T.Zero };
        }
        return buffer;
    }

    private static T[] Check<T>(Random random, int batches, int m, int n, int k, Signs aSigns, Signs bSigns, Product<T> product, int layout)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        // Rows or columns adjacent, or neither; one matrix for all batches, or a matrix for each.
        (int Batch, int Row, int Column) Layout(int rows, int columns, int kind) => kind switch
        {
            0 => (rows * columns, columns, 1),
            1 => (rows * columns, 1, rows),
            2 => (0, columns, 1),
            3 => (0, 1, rows),
            _ => (2 * rows * columns + 1, 2 * columns, 2),
        };
        var (sa, sb) = (Layout(m, k, layout % 5), Layout(k, n, layout / 5 % 5));
        nint End((int Batch, int Row, int Column) s, int rows, int columns) => rows == 0 || columns == 0 ? 0 : (batches - 1) * s.Batch + (rows - 1) * s.Row + (columns - 1) * s.Column + 1;
        using var a = Numbers<T>(End(sa, m, k), random);
        using var b = Numbers<T>(End(sb, k, n), random);
        var c = new T[batches * m * n];
        var counts = new int[c.Length];
        fixed (T* pc = c)
        fixed (int* count = counts)
            product(batches, m, n, k, new(a.Data, sa.Batch, sa.Row, sa.Column), aSigns, new(b.Data, sb.Batch, sb.Row, sb.Column), bSigns, new(pc, count, m, n));
        for (var i = 0; i < c.Length; i++)
        {
            var (p, row, column) = (i / n / m, i / n % m, i % n);
            var sum = 0;
            for (var q = 0; q < k; q++)
                sum += Sign(double.CreateChecked(a.Data[p * sa.Batch + row * sa.Row + q * sa.Column]), aSigns) * Sign(double.CreateChecked(b.Data[p * sb.Batch + q * sb.Row + column * sb.Column]), bSigns);
            if (counts[i] != 1 || double.CreateChecked(c[i]) != sum)
                Assert.Fail($"[{p}, {row}, {column}] of {batches} x {m} x {n} x {k}, {aSigns} {sa}, {bSigns} {sb}: {c[i]} instead of {sum}, stored {counts[i]} times");
        }
        return c;
    }

    [Fact]
    public void TenThousandRandomProductsAreExact()
    {
        WorkerPool.Threads = 2;
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            // Depths around whole words, small sizes around whole panels.
            var k = random.Next(3) switch { 0 => random.Next(20), 1 => 64 * random.Next(12) + random.Next(-3, 4), _ => random.Next(700) };
            int batches = random.Next(1, 3), m = random.Next(1, 12), n = random.Next(1, 20);
            Check<float>(random, batches, m, n, Math.Max(k, 0), s_signs[random.Next(2)], s_signs[random.Next(2)], Floats, random.Next(25));
        }
    }

    public static TheoryData<int, int, int> Sizes()
    {
        var data = new TheoryData<int, int, int>();
        int[] sizes = [0, 1, 3, 16, 17, 257];
        foreach (var m in sizes)
            foreach (var n in sizes)
                foreach (var k in sizes) data.Add(m, n, k);
        return data;
    }

    [Theory, MemberData(nameof(Sizes))]
    public void EverySizeAndLayout(int m, int n, int k)
    {
        var random = new Random(m + 7 * n + 31 * k);
        for (var layout = 0; layout < 25; layout += m * n * k > 10_000 ? 6 : 1)
        {
            foreach (var left in s_signs)
            {
                foreach (var right in s_signs)
                {
                    Check<float>(random, 2, m, n, k, left, right, Floats, layout);
                    if (layout % 6 == 0) Check<double>(random, 2, m, n, k, left, right, Doubles, layout);
                }
            }
        }
    }

    [Fact]
    public void EveryWidthOfWords()
    {
        var random = new Random(2);
        foreach (var (m, n, k) in new[] { (3, 5, 7), (9, 17, 64), (20, 33, 1100), (5, 8, 2048 * 9 + 77) })
        {
            foreach (var left in s_signs)
            {
                foreach (var right in s_signs)
                {
                    Check<float>(random, 1, m, n, k, left, right, (batches, m, n, k, a, aSigns, b, bSigns, epilogue) => BitGemmJob<W64, F128, F1, float, Kept<float>>.Dispatch(batches, m, n, k, a, aSigns, b, bSigns, epilogue), 0);
                    Check<double>(random, 1, m, n, k, left, right, (batches, m, n, k, a, aSigns, b, bSigns, epilogue) => BitGemmJob<W64, D128, D1, double, Kept<double>>.Dispatch(batches, m, n, k, a, aSigns, b, bSigns, epilogue), 6);
                    if (System.Runtime.Intrinsics.X86.Avx2.IsSupported)
                        Check<float>(random, 1, m, n, k, left, right, (batches, m, n, k, a, aSigns, b, bSigns, epilogue) => BitGemmJob<W256, F256, F1, float, Kept<float>>.Dispatch(batches, m, n, k, a, aSigns, b, bSigns, epilogue), 0);
                    if (System.Runtime.Intrinsics.X86.Avx512BW.IsSupported)
                        Check<float>(random, 1, m, n, k, left, right, (batches, m, n, k, a, aSigns, b, bSigns, epilogue) => BitGemmJob<W512, F256, F1, float, Kept<float>>.Dispatch(batches, m, n, k, a, aSigns, b, bSigns, epilogue), 0);
                }
            }
        }
    }

    [Fact]
    public void ThreadsDoNotChangeABit()
    {
        float[]? first = null;
        foreach (var threads in new[] { 1, 2, 3, 7 })
        {
            WorkerPool.Threads = threads;
            var c = Check<float>(new Random(3), 2, 150, 70, 500, Signs.Binary, Signs.Ternary, Floats, 0);
            first ??= c;
            Assert.True(MemoryMarshal.AsBytes<float>(first).SequenceEqual(MemoryMarshal.AsBytes<float>(c)));
        }
    }

    /// <summary>Rows, columns and batches that lie by tables, as the windows of an image do: runs of all lengths.</summary>
    [Theory]
    [InlineData(2, 17, 50, 140, 14)]
    [InlineData(1, 13, 60, 100, 3)]
    [InlineData(3, 1, 49, 9, 7)]
    [InlineData(1, 100, 3, 600, 1)]
    [InlineData(2, 9, 130, 65, 64)]
    public void MatricesThatLieByTables(int batches, int m, int n, int k, int run)
    {
        foreach (var signs in s_signs)
        {
            long[] aRows = Table(m, 3, 90), aColumns = Table(k, 5, 37), bRows = Table(k, 3, 29), bColumns = Table(n, run, run + 2), aBatches = Table(batches, 1, 7), bBatches = Table(batches, 1, 3);
            var random = new Random(m + n + k);
            using var a = Numbers<float>(End(aBatches) + End(aRows) + End(aColumns) + 1, random);
            using var b = Numbers<float>(End(bBatches) + End(bRows) + End(bColumns) + 1, random);
            var c = new float[batches * m * n];
            var counts = new int[c.Length];
            fixed (float* pc = c)
            fixed (int* count = counts)
            fixed (long* ra = aRows, ca = aColumns, rb = bRows, cb = bColumns, pa = aBatches, pb = bBatches)
            {
                var epilogue = new Kept<float>(pc, count, m, n);
                BitGemm.Run(batches, m, n, k, new(a.Data, 0, 0, 0) { Batches = pa, Rows = ra, Columns = ca }, Signs.Binary, new(b.Data, 0, 0, 0) { Batches = pb, Rows = rb, Columns = cb }, signs, ref epilogue);
            }
            Assert.All(counts, one => Assert.Equal(1, one));
            for (var i = 0; i < c.Length; i++)
            {
                var (p, row, column) = (i / n / m, i / n % m, i % n);
                var sum = 0;
                for (var q = 0; q < k; q++) sum += Sign(a.Data[aBatches[p] + aRows[row] + aColumns[q]], Signs.Binary) * Sign(b.Data[bBatches[p] + bRows[q] + bColumns[column]], signs);
                Assert.Equal(sum, c[i]);
            }
        }

        long[] Table(int count, int run, int jump) => [.. Enumerable.Range(0, count).Select(i => i / run * (long)jump + i % run)];
        nint End(long[] table) => table.Length == 0 ? 0 : (nint)table.Max();
    }

    /// <summary>Windows of images with many channels, whose places are packed once: strides, gaps between rows, borders of zeros, columns in any order.</summary>
    [Theory]
    [InlineData(1, 9, 64, 3, 3, 10, 12, 1)]
    [InlineData(2, 17, 32, 3, 3, 7, 9, 1)]
    [InlineData(2, 8, 65, 2, 3, 9, 7, 2)]
    [InlineData(1, 5, 130, 1, 4, 3, 40, 1)]
    [InlineData(3, 1, 33, 5, 1, 8, 5, 1)]
    [InlineData(1, 12, 31, 3, 3, 8, 8, 1)]
    public void WindowsOfChannels(int batches, int m, int channels, int height, int width, int imageRows, int imageColumns, int step)
    {
        int rows = (imageRows - height) / step + 1, columns = (imageColumns - width) / step + 1, n = rows * columns, k = channels * height * width, plane = imageRows * imageColumns;
        long[] offsets = [.. Enumerable.Range(0, k).Select(q => q / (height * width) * (long)plane + q / width % height * imageColumns + q % width)];
        long[] places = [.. Enumerable.Range(0, n).Select(i => i / columns * step * (long)imageColumns + i % columns * step)];
        var random = new Random(m + n + k);
        foreach (var (aSigns, bSigns, isShuffled) in new[] { (Signs.Binary, Signs.Binary, false), (Signs.Binary, Signs.Ternary, false), (Signs.Ternary, Signs.Ternary, true), (Signs.Ternary, Signs.Binary, true) })
        {
            if (isShuffled) random.Shuffle(places);
            using var a = Numbers<float>(m * k, random);
            using var b = Numbers<float>(batches * channels * plane, random);
            for (var i = 0; i < batches * channels * plane; i++)
                if (i % imageColumns == 0 || i / imageColumns % imageRows == 0) b.Data[i] = 0;
            var c = new float[batches * m * n];
            var counts = new int[c.Length];
            fixed (float* pc = c)
            fixed (int* count = counts)
            fixed (long* po = offsets, pp = places)
            {
                Assert.Equal(channels >= 32, BitOrder<float>.Of(batches, m, n, k, new(a.Data, 0, k, 1), aSigns, new(b.Data, channels * plane, 0, 0) { Rows = po, Columns = pp }, bSigns).IsChanged);
                var epilogue = new Kept<float>(pc, count, m, n);
                BitGemm.Run(batches, m, n, k, new(a.Data, 0, k, 1), aSigns, new(b.Data, channels * plane, 0, 0) { Rows = po, Columns = pp }, bSigns, ref epilogue);
            }
            Assert.All(counts, one => Assert.Equal(1, one));
            for (var i = 0; i < c.Length; i++)
            {
                var (p, row, column) = (i / n / m, i / n % m, i % n);
                var sum = 0;
                for (var q = 0; q < k; q++) sum += Sign(a.Data[row * k + q], aSigns) * Sign(b.Data[p * channels * plane + offsets[q] + places[column]], bSigns);
                Assert.Equal(sum, c[i]);
            }
        }
    }

    [Fact]
    public void NothingIsAllocatedInSteadyState()
    {
        var a = new float[64 * 500];
        var b = new float[500 * 50];
        var c = new float[64 * 50];
        var counts = new int[64 * 50];
        fixed (float* pa = a, pb = b, pc = c)
        fixed (int* count = counts)
        {
            var epilogue = new Kept<float>(pc, count, 64, 50);
            BitGemm.Run(1, 64, 50, 500, new(pa, 0, 500, 1), Signs.Binary, new(pb, 0, 50, 1), Signs.Binary, ref epilogue);
            var allocations = new Allocations();
            while (allocations.Next()) BitGemm.Run(1, 64, 50, 500, new(pa, 0, 500, 1), Signs.Binary, new(pb, 0, 50, 1), Signs.Binary, ref epilogue);
            Assert.Equal(0, allocations.Bytes);
        }
    }
}
