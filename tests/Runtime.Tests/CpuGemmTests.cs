using System.Runtime.InteropServices;
using Proxima.Runtime;
using Xunit;

namespace Proxima.Tests;

/// <summary>Matrix products against a plain loop in double precision.</summary>
[Collection("WorkerPool")]
public unsafe class CpuGemmTests
{
    private static readonly int[] Sizes = [0, 1, 3, 16, 17, 49, 257];

    private struct Heavy<T>(T* c, int* count, nint m, nint n) : IEpilogue<T>
        where T : unmanaged
    {
        private readonly Kept<T> _kept = new(c, count, m, n);

        public static bool IsHeavy => true;

        public readonly void Store<V>(V value, nint batch, nint row, nint column) where V : unmanaged, ILane<V, T> => _kept.Store(value, batch, row, column);
    }

    public static TheoryData<int, int> RowsAndColumns()
    {
        var data = new TheoryData<int, int>();
        foreach (var m in Sizes)
        {
            foreach (var n in Sizes)
                data.Add(m, n);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(RowsAndColumns))]
    public void EveryShapeAndLayout(int m, int n)
    {
        foreach (var k in Sizes)
        {
            foreach (var transposeA in new[] { false, true })
            {
                foreach (var transposeB in new[] { false, true })
                {
                    Check<float>(1, m, n, k, Matrix(m, k, transposeA, 0), Matrix(k, n, transposeB, 0), heavy: (m + k) % 2 == 0);
                    Check<double>(1, m, n, k, Matrix(m, k, transposeA, 0), Matrix(k, n, transposeB, 0), heavy: (m + k) % 2 == 1);
                }
            }
        }
    }

    [Theory]
    [InlineData(64, 100, 1500)]        // several depths
    [InlineData(130, 501, 1025)]
    [InlineData(5, 7, 3000)]
    [InlineData(300, 50, 64)]          // several blocks of rows
    [InlineData(1, 5000, 33)]          // several blocks of a vector
    [InlineData(1000, 1, 50)]
    [InlineData(1000, 3, 50)]
    [InlineData(17, 500, 250)]
    [InlineData(16, 333, 250)]
    public void LargeShapes(int m, int n, int k)
    {
        foreach (var transposeA in new[] { false, true })
        {
            foreach (var transposeB in new[] { false, true })
            {
                Check<float>(1, m, n, k, Matrix(m, k, transposeA, 0), Matrix(k, n, transposeB, 0), heavy: false);
                Check<double>(1, m, n, k, Matrix(m, k, transposeA, 0), Matrix(k, n, transposeB, 0), heavy: true);
            }
        }
    }

    [Theory]
    [InlineData(3, 17, 50, 20)]
    [InlineData(5, 1, 50, 20)]
    [InlineData(7, 40, 2, 9)]
    [InlineData(4, 33, 100, 60)]
    public void BatchesGapsAndBroadcasts(int batches, int m, int n, int k)
    {
        Check<float>(batches, m, n, k, Matrix(m, k, false, m * k), Matrix(k, n, false, k * n), heavy: false);
        Check<float>(batches, m, n, k, Matrix(m, k, true, m * k), Matrix(k, n, true, 0), heavy: true);
        Check<float>(batches, m, n, k, (0, 3 * k, 3), (5 * k * n, 5 * n, 5), heavy: false);
        Check<float>(batches, m, n, k, (k, 0, 1), (n, 0, 1), heavy: false);
        Check<float>(batches, m, n, k, (m, 1, 0), (k, 1, 0), heavy: false);
        Check<float>(batches, m, n, k, (1, 0, 0), (0, 0, 0), heavy: false);
        Check<double>(batches, m, n, k, (0, 3 * k, 3), (5 * k * n, 5 * n, 5), heavy: false);
        Check<double>(batches, m, n, k, Matrix(m, k, true, m * k), Matrix(k, n, false, 0), heavy: false);
    }

    [Theory]
    [InlineData(64, 500, 500)]
    [InlineData(257, 257, 257)]
    [InlineData(1, 3000, 700)]
    [InlineData(4, 1000, 1100)]
    [InlineData(90, 700, 1300)]
    public void ThreadsDoNotChangeABit(int m, int n, int k)
    {
        foreach (var transposeB in new[] { false, true })
        {
            float[]? first = null;
            foreach (var threads in new[] { 1, 2, 3, 7 })
            {
                WorkerPool.Threads = threads;
                var c = Check<float>(1, m, n, k, Matrix(m, k, false, 0), Matrix(k, n, transposeB, 0), heavy: false);
                first ??= c;
                Assert.True(MemoryMarshal.AsBytes<float>(first).SequenceEqual(MemoryMarshal.AsBytes<float>(c)));
                // Packed before: the same products in the same order.
                c = Check<float>(1, m, n, k, Matrix(m, k, false, 0), Matrix(k, n, transposeB, 0), heavy: false, (operands, epilogue) =>
                {
                    var panels = new Panels();
                    panels.Pack(m, n, k, operands.Right.Data, operands.BRow, operands.BColumn, products: 100);
                    Gemm.Run(1, m, n, k, operands.Left.Data, 0, operands.ARow, operands.AColumn, operands.Right.Data, 0, operands.BRow, operands.BColumn, ref epilogue, panels);
                });
                Assert.True(MemoryMarshal.AsBytes<float>(first).SequenceEqual(MemoryMarshal.AsBytes<float>(c)));
            }
        }
        WorkerPool.Threads = Environment.ProcessorCount;
    }

    [Fact]
    public void EveryVectorWidth()
    {
        foreach (var (m, n, k) in new[] { (20, 70, 40), (13, 33, 1100), (1, 100, 30), (1, 203, 100), (6, 32, 9), (3, 5, 7), (50, 5, 1100), (150, 67, 20) })
        {
            Narrow<F512, F128, F1, float>(m, n, k);
            Narrow<F256, F128, F1, float>(m, n, k);
            Narrow<F128, F128, F1, float>(m, n, k);
            Narrow<F1, F1, F1, float>(m, n, k);
            Narrow<D512, D128, D1, double>(m, n, k);
            Narrow<D256, D128, D1, double>(m, n, k);
            Narrow<D128, D128, D1, double>(m, n, k);
        }
    }

    [Fact]
    public void SpecialValuesPassThrough()
    {
        var a = new[] { float.NaN, 1f, float.PositiveInfinity, 0f };
        var b = new[] { 1f, 2f };
        var c = new float[8];
        fixed (float* pa = a, pb = b, pc = c)
        {
            var count = stackalloc int[8];
            new Span<int>(count, 8).Clear();
            var epilogue = new Kept<float>(pc, count, 4, 2);
            Gemm.Run(1, 4, 2, 1, pa, 0, 1, 1, pb, 0, 2, 1, ref epilogue);
        }
        Assert.Equal([float.NaN, float.NaN, 1f, 2f, float.PositiveInfinity, float.PositiveInfinity, 0f, 0f], c);
    }

    [Fact]
    public void NothingIsAllocatedInSteadyState()
    {
        var a = new float[64 * 500];
        var b = new float[500 * 500];
        var c = new float[64 * 500];
        var counts = new int[64 * 500];
        fixed (float* pa = a, pb = b, pc = c)
        fixed (int* count = counts)
        {
            var epilogue = new Kept<float>(pc, count, 64, 500);
            Gemm.Run(1, 64, 500, 500, pa, 0, 500, 1, pb, 0, 500, 1, ref epilogue);
            var allocations = new Allocations();
            while (allocations.Next()) Gemm.Run(1, 64, 500, 500, pa, 0, 500, 1, pb, 0, 500, 1, ref epilogue);
            Assert.Equal(0, allocations.Bytes);
        }
    }

    private static (nint Batch, nint Row, nint Column) Matrix(int rows, int columns, bool transposed, int batch) =>
        transposed ? (batch, 1, rows) : (batch, columns, 1);

    private static void Narrow<V, N, S, T>(int m, int n, int k)
        where V : unmanaged, ILane<V, T>
        where N : unmanaged, ILane<N, T>
        where S : unmanaged, ILane<S, T>
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        foreach (var transposeB in new[] { false, true })
        {
            Check<T>(1, m, n, k, Matrix(m, k, false, 0), Matrix(k, n, transposeB, 0), heavy: false, (operands, epilogue) =>
                GemmJob<V, N, S, T, Kept<T>>.Dispatch(operands, epilogue));
            Check<T>(1, m, n, k, Matrix(m, k, false, 0), Matrix(k, n, transposeB, 0), heavy: false, (operands, epilogue) =>
            {
                var panels = new Panels();
                GemmJob<V, N, S, T, TileStore<T>>.Pack(panels, operands, products: 100);
                GemmJob<V, N, S, T, Kept<T>>.Dispatch(operands, epilogue, panels);
            });
        }
    }

    /// <summary>Rows, columns and batches that lie by tables, as the windows of an image do.</summary>
    [Theory]
    [InlineData(2, 17, 50, 40)]
    [InlineData(1, 130, 501, 1025)]
    [InlineData(3, 1, 49, 9)]
    [InlineData(1, 100, 3, 600)]
    [InlineData(2, 5, 0, 4)]
    public void MatricesThatLieByTables(int batches, int m, int n, int k)
    {
        foreach (var (left, right) in new[] { (false, true), (true, false), (true, true) })
        {
            long[] aRows = Table(m, 3, 1, 90), aColumns = Table(k, 5, 2, 37), bRows = Table(k, 3, 1, 29), bColumns = Table(n, 14, 1, 40), aBatches = Table(batches, 1, 1, 7), bBatches = Table(batches, 1, 1, 3);
            var random = new Random(m + n + k);
            using var a = new GuardedBuffer<float>(End(aBatches) + End(aRows) + End(aColumns) + 1, random);
            using var b = new GuardedBuffer<float>(End(bBatches) + End(bRows) + End(bColumns) + 1, random);
            // Without its tables a matrix is a plain one in the same memory.
            var (ar, ac, br, bc) = left ? (aRows, aColumns, bRows, bColumns) : ([.. aRows.Select((_, i) => (long)i)], [.. aColumns.Select((_, i) => 0L)], bRows, bColumns);
            if (!right) (br, bc) = ([.. bRows.Select(_ => 0L)], [.. bColumns.Select((_, i) => (long)i)]);
            var c = new float[batches * m * n];
            var counts = new int[c.Length];
            fixed (float* pc = c)
            fixed (int* count = counts)
            fixed (long* ra = aRows, ca = aColumns, rb = bRows, cb = bColumns, pa = aBatches, pb = bBatches)
            {
                var epilogue = new Kept<float>(pc, count, m, n);
                var x = left ? new GemmMatrix<float>(a.Data, 0, 0, 0) { Batches = pa, Rows = ra, Columns = ca } : new(a.Data, 0, 1, 0) { Batches = pa };
                var y = right ? new GemmMatrix<float>(b.Data, 0, 0, 0) { Batches = pb, Rows = rb, Columns = cb } : new(b.Data, 0, 0, 1) { Batches = pb };
                Gemm.Run(batches, m, n, k, x, y, ref epilogue);
            }
            Assert.All(counts, one => Assert.Equal(1, one));
            for (var i = 0; i < c.Length; i++)
            {
                var (p, row, column) = (i / n / m, i / n % m, i % n);
                double sum = 0, size = 0;
                for (var q = 0; q < k; q++)
                {
                    var term = (double)a.Data[aBatches[p] + ar[row] + ac[q]] * b.Data[bBatches[p] + br[q] + bc[column]];
                    (sum, size) = (sum + term, size + Math.Abs(term));
                }
                Assert.True(Math.Abs(c[i] - sum) <= 1e-6 * (k + 4) * size, $"{i}: {c[i]} instead of {sum}");
            }
        }

        long[] Table(int count, int run, int step, int jump) => [.. Enumerable.Range(0, count).Select(i => i / run * (long)jump + i % run * step)];
        nint End(long[] table) => table.Length == 0 ? 0 : (nint)table.Max();
    }

    private delegate void Product<T>(GemmOperands<T> operands, Kept<T> epilogue) where T : unmanaged;

    private static T[] Check<T>(
        int batches, int m, int n, int k, (nint Batch, nint Row, nint Column) sa, (nint Batch, nint Row, nint Column) sb, bool heavy, Product<T>? product = null)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        var random = new Random(m * 31 + n * 7 + k);
        nint Extent((nint Batch, nint Row, nint Column) s, int rows, int columns) =>
            rows == 0 || columns == 0 ? 0 : (batches - 1) * s.Batch + (rows - 1) * s.Row + (columns - 1) * s.Column + 1;
        using var a = new GuardedBuffer<T>(Extent(sa, m, k), random);
        using var b = new GuardedBuffer<T>(Extent(sb, k, n), random);
        var c = new T[batches * m * n];
        var counts = new int[c.Length];
        fixed (T* pc = c)
        fixed (int* count = counts)
        {
            if (product != null)
                product(new GemmOperands<T>(batches, m, n, k, a.Data, sa.Batch, sa.Row, sa.Column, b.Data, sb.Batch, sb.Row, sb.Column), new Kept<T>(pc, count, m, n));
            else if (heavy)
                Run(new Heavy<T>(pc, count, m, n));
            else
                Run(new Kept<T>(pc, count, m, n));
        }

        void Run<TEpilogue>(TEpilogue epilogue) where TEpilogue : struct, IEpilogue<T>
        {
            if (typeof(T) == typeof(float))
            {
                var e = (IEpilogue<float>)epilogue;
                if (e is Kept<float> light)
                    Gemm.Run(batches, m, n, k, (float*)a.Data, sa.Batch, sa.Row, sa.Column, (float*)b.Data, sb.Batch, sb.Row, sb.Column, ref light);
                else if (e is Heavy<float> heavyOne)
                    Gemm.Run(batches, m, n, k, (float*)a.Data, sa.Batch, sa.Row, sa.Column, (float*)b.Data, sb.Batch, sb.Row, sb.Column, ref heavyOne);
            }
            else
            {
                var e = (IEpilogue<double>)epilogue;
                if (e is Kept<double> light)
                    Gemm.Run(batches, m, n, k, (double*)a.Data, sa.Batch, sa.Row, sa.Column, (double*)b.Data, sb.Batch, sb.Row, sb.Column, ref light);
                else if (e is Heavy<double> heavyOne)
                    Gemm.Run(batches, m, n, k, (double*)a.Data, sa.Batch, sa.Row, sa.Column, (double*)b.Data, sb.Batch, sb.Row, sb.Column, ref heavyOne);
            }
        }

        Assert.All(counts, x => Assert.Equal(1, x));
        var tolerance = double.CreateChecked(T.BitIncrement(T.One) - T.One) * (k + 4);
        for (var p = 0; p < batches; p++)
        {
            for (var i = 0; i < m; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    double sum = 0, size = 0;
                    for (var q = 0; q < k; q++)
                    {
                        var term = double.CreateChecked(a.Data[p * sa.Batch + i * sa.Row + q * sa.Column]) * double.CreateChecked(b.Data[p * sb.Batch + q * sb.Row + j * sb.Column]);
                        sum += term;
                        size += Math.Abs(term);
                    }
                    var got = double.CreateChecked(c[(p * m + i) * n + j]);
                    if (!(Math.Abs(got - sum) <= tolerance * size))
                        Assert.Fail($"[{p}, {i}, {j}] of {batches} x {m} x {n} x {k}, strides {sa}, {sb}: {got} instead of {sum}");
                }
            }
        }
        return c;
    }
}

/// <summary>Random numbers that end where the memory page ends: reading one element further is a crash.</summary>
internal sealed unsafe class GuardedBuffer<T> : IDisposable
    where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
{
    private readonly void* _pages;
    private readonly nuint _size;

    public T* Data { get; }

    public GuardedBuffer(nint count, Random random)
    {
        var page = (nuint)Environment.SystemPageSize;
        var bytes = (nuint)(count * sizeof(T));
        _size = (bytes + page - 1) / page * page + page;
        if (OperatingSystem.IsLinux())
        {
            _pages = Pages.Map(null, _size, 3, 0x22, -1, 0);
            Assert.NotEqual(-1, (nint)_pages);
            Assert.Equal(0, Pages.Protect((byte*)_pages + _size - page, page, 0));
        }
        else
            _pages = NativeMemory.AlignedAlloc(_size, page);
        Data = (T*)((byte*)_pages + _size - page - bytes);
        for (nint i = 0; i < count; i++)
            Data[i] = T.CreateChecked(random.NextDouble() * 2 - 1);
    }

    public void Dispose()
    {
        if (OperatingSystem.IsLinux())
            Pages.Unmap(_pages, _size);
        else
            NativeMemory.AlignedFree(_pages);
    }
}

internal static unsafe class Pages
{
    [DllImport("libc", EntryPoint = "mmap")]
    public static extern void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "mprotect")]
    public static extern int Protect(void* address, nuint length, int protection);

    [DllImport("libc", EntryPoint = "munmap")]
    public static extern int Unmap(void* address, nuint length);
}
