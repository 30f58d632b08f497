using ILGPU;
using ILGPU.Runtime;
using Proxima.Gpu;
using Proxima.Runtime;
using Xunit;

namespace Proxima.Tests;

/// <summary>The kernel templates on a device whose groups have as many work items as the kernels ask for.</summary>
[Collection(OpenClDevice.Name)]
public sealed class GpuKernelTests() : GpuKernelTestsOn(OpenClDevice.Accelerator)
{
    [Fact]
    public void ALaunchAllocatesNextToNothing()
    {
        using var x = Buffer(new float[64]);
        var kernel = new ShrinkSum(x.View, x.View, x.View, 0);
        for (var i = 0; i < 50; i++) Device.Launch(kernel, 64);
        Device.Synchronize();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Device.Launch(kernel, 64);
        var perLaunch = (GC.GetAllocatedBytesForCurrentThread() - before) / 100.0;
        Device.Synchronize();
        Assert.True(perLaunch < 512, $"{perLaunch} bytes per launch");
    }
}

/// <summary>The kernel templates in groups of few work items, products without tiles.</summary>
public sealed class GpuSmallGroupTests(GpuSmallGroupTests.Host host) : GpuKernelTestsOn(host.Device.Accelerator), IClassFixture<GpuSmallGroupTests.Host>
{
    /// <summary>One device for all tests.</summary>
    public sealed class Host : IDisposable
    {
        internal HostDevice Device { get; } = new();

        public void Dispose() => Device.Dispose();
    }
}

/// <summary>The kernel templates with bodies such as the generator prints.</summary>
public abstract class GpuKernelTestsOn(Accelerator accelerator)
{
    protected GpuDevice Device { get; } = GpuDevice.For(accelerator);

    private static readonly int[] s_sizes = [0, 1, 3, 16, 17, 257];

    public static TheoryData<int> Sizes => [.. s_sizes];

    public static TheoryData<int, int> SizePairs
    {
        get
        {
            var pairs = new TheoryData<int, int>();
            foreach (var x in s_sizes)
                foreach (var y in s_sizes)
                    pairs.Add(x, y);
            return pairs;
        }
    }

    private static float[] Random(long length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, (int)length).Select(_ => random.NextSingle() * 4 - 2)];
    }

    /// <summary>A buffer of at least one element, because devices do not allocate nothing.</summary>
    protected MemoryBuffer1D<T, Stride1D.Dense> Buffer<T>(T[] data) where T : unmanaged
    {
        var buffer = accelerator.Allocate1D<T>(Math.Max(1, data.Length));
        buffer.View.SubView(0, data.Length).CopyFromCPU(data);
        return buffer;
    }

    private static T[] Read<T>(MemoryBuffer1D<T, Stride1D.Dense> buffer, int length) where T : unmanaged => buffer.GetAsArray1D()[..length];

    internal readonly struct ShrinkSum(ArrayView<float> x, ArrayView<float> y, ArrayView<float> into, float threshold) : IMapKernel
    {
        private readonly ArrayView<float> _x = x, _y = y, _into = into;
        private readonly float _threshold = threshold;

        public void Run(long index) => _into[index] = GpuMath.SoftThreshold(_x[index] + _y[index], _threshold);
    }

    [Theory, MemberData(nameof(Sizes))]
    public void MapVisitsEveryIndexOnce(int n)
    {
        float[] x = Random(n, 1), y = Random(n, 2);
        using var dx = Buffer(x);
        using var dy = Buffer(y);
        using var into = Buffer(Enumerable.Repeat(-7f, n + 300).ToArray());
        Device.Launch(new ShrinkSum(dx.View, dy.View, into.View, 0.5f), n);
        var result = Read(into, n + 300);
        for (var i = 0; i < n; i++)
        {
            var sum = x[i] + y[i];
            Assert.Equal(MathF.CopySign(MathF.Max(MathF.Abs(sum) - 0.5f, 0), sum), result[i], 1e-6f);
        }
        Assert.All(result[n..], untouched => Assert.Equal(-7, untouched));
    }

    internal readonly struct SoftmaxRows(ArrayView<float> x, ArrayView<float> into, long n) : IRowKernel
    {
        private readonly ArrayView<float> _x = x, _into = into;
        private readonly long _n = n;

        public void Run(GpuRow row)
        {
            var start = row.Index * _n;
            var max = float.NegativeInfinity;
            for (long j = row.Lane; j < _n; j += row.Lanes)
                max = GpuMath.Max(max, _x[start + j]);
            max = row.Max(max);
            var sum = 0f;
            for (long j = row.Lane; j < _n; j += row.Lanes)
                sum += GpuMath.Exp(_x[start + j] - max);
            sum = row.Sum(sum);
            for (long j = row.Lane; j < _n; j += row.Lanes)
                _into[start + j] = GpuMath.Exp(_x[start + j] - max) / sum;
        }
    }

    [Theory, MemberData(nameof(SizePairs))]
    public void RowsReduceOverTheirLanes(int rows, int n)
    {
        var x = Random(rows * n, 3);
        using var dx = Buffer(x);
        using var into = Buffer(new float[rows * n]);
        Device.LaunchRows(new SoftmaxRows(dx.View, into.View, n), rows);
        var result = Read(into, rows * n);
        for (var i = 0; i < rows; i++)
        {
            var row = x[(i * n)..((i + 1) * n)];
            var sum = row.Sum(v => Math.Exp(v));
            for (var j = 0; j < n; j++)
                Assert.Equal(Math.Exp(row[j]) / sum, result[i * n + j], 1e-6);
        }
    }

    internal readonly struct Statistics(ArrayView<float> x, ArrayView<double> floats, ArrayView<long> integers, long n) : IRowKernel
    {
        private readonly ArrayView<float> _x = x;
        private readonly ArrayView<double> _floats = floats;
        private readonly ArrayView<long> _integers = integers;
        private readonly long _n = n;

        public void Run(GpuRow row)
        {
            double sum = 0;
            var min = float.PositiveInfinity;
            double max = double.NegativeInfinity;
            for (long j = row.Lane; j < _n; j += row.Lanes)
            {
                sum += _x[row.Index * _n + j];
                min = GpuMath.Min(min, _x[row.Index * _n + j]);
                max = GpuMath.Max(max, _x[row.Index * _n + j]);
            }
            sum = row.Sum(sum);
            min = row.Min(min);
            max = row.Max(max);
            // The first position of the maximum: the least of those that hold it.
            var first = _n;
            long count = 0;
            for (long j = row.Lane; j < _n; j += row.Lanes)
            {
                if (_x[row.Index * _n + j] == max)
                    first = GpuMath.Min(first, j);
                count++;
            }
            first = row.Min(first);
            count = row.Sum(count);
            var last = row.Max((long)row.Lane);
            if (row.Lane == 0)
            {
                _floats[row.Index * 3] = sum;
                _floats[row.Index * 3 + 1] = min;
                _floats[row.Index * 3 + 2] = max;
                _integers[row.Index * 3] = first;
                _integers[row.Index * 3 + 1] = count;
                _integers[row.Index * 3 + 2] = last + 1 - row.Lanes;
            }
        }
    }

    [Theory, MemberData(nameof(SizePairs))]
    public void RowsReduceEveryType(int rows, int n)
    {
        var x = Random(rows * n, 4);
        using var dx = Buffer(x);
        using var floats = Buffer(new double[rows * 3]);
        using var integers = Buffer(new long[rows * 3]);
        Device.LaunchRows(new Statistics(dx.View, floats.View, integers.View, n), rows);
        var (f, l) = (Read(floats, rows * 3), Read(integers, rows * 3));
        for (var i = 0; i < rows; i++)
        {
            var row = x[(i * n)..((i + 1) * n)];
            Assert.Equal(row.Sum(v => (double)v), f[i * 3], 1e-9);
            Assert.Equal(row.Append(float.PositiveInfinity).Min(), f[i * 3 + 1]);
            Assert.Equal(row.Append(float.NegativeInfinity).Max(), f[i * 3 + 2]);
            Assert.Equal(n == 0 ? 0 : Array.IndexOf(row, row.Max()), l[i * 3]);
            Assert.Equal(n, l[i * 3 + 1]);
            Assert.Equal(0, l[i * 3 + 2]);
        }
    }

    [Fact]
    public void ReductionsCarryNaN()
    {
        var x = Random(200, 5);
        x[150] = float.NaN;
        using var dx = Buffer(x);
        using var floats = Buffer(new double[3]);
        using var integers = Buffer(new long[3]);
        Device.LaunchRows(new Statistics(dx.View, floats.View, integers.View, 200), 1);
        Assert.All(Read(floats, 3), value => Assert.Equal(double.NaN, value));
    }

    internal readonly struct StoreScaled<T>(ArrayView<T> into, long m, long n, T scale) : IGemmEpilogue<T> where T : unmanaged, System.Numerics.INumber<T>
    {
        private readonly ArrayView<T> _into = into;
        private readonly long _m = m, _n = n;
        private readonly T _scale = scale;

        public void Store(T value, long batch, long row, long column) => _into[(batch * _m + row) * _n + column] += _scale * value;
    }

    public static TheoryData<int, int, int> Products => new()
    {
        { 0, 3, 4 }, { 3, 0, 4 }, { 3, 4, 0 }, { 1, 1, 1 }, { 1, 257, 17 }, { 257, 1, 16 }, { 3, 17, 257 }, { 16, 16, 16 }, { 17, 3, 1 },
        { 64, 64, 16 }, { 65, 63, 33 }, { 128, 64, 15 }, { 100, 130, 70 }, { 257, 257, 257 },
    };

    [Theory, MemberData(nameof(Products))]
    public void GemmMatchesTheDefinition(int m, int n, int k)
    {
        foreach (var (aTransposed, bTransposed) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            float[] a = Random(m * k, 6), b = Random(k * n, 7);
            using var da = Buffer(a);
            using var db = Buffer(b);
            using var into = Buffer(Enumerable.Repeat(1f, m * n).ToArray()); // added to: an element stored twice shows
            var (aRow, aColumn) = aTransposed ? (1, m) : (k, 1);
            var (bRow, bColumn) = bTransposed ? (1, k) : (n, 1);
            Device.Gemm<float, StoreScaled<float>>(1, m, n, k, new(da.View.AsContiguous().SubView(0, m * k), 0, 0, aRow, aColumn),
                new(db.View.AsContiguous().SubView(0, k * n), 0, 0, bRow, bColumn), new(into.View, m, n, 2));
            var result = Read(into, m * n);
            for (var i = 0; i < m; i++)
                for (var j = 0; j < n; j++)
                {
                    double exact = 0, magnitude = 0;
                    for (var l = 0; l < k; l++)
                    {
                        var term = (double)a[i * aRow + l * aColumn] * b[l * bRow + j * bColumn];
                        exact += term;
                        magnitude += Math.Abs(term);
                    }
                    Assert.Equal(1 + 2 * exact, result[i * n + j], 1e-6 + 1e-6 * magnitude);
                }
        }
    }

    [Theory, MemberData(nameof(Products))]
    public void BitGemmCountsSigns(int m, int n, int k)
    {
        float[] a = Random(m * k, 6), b = Random(k * n, 7);
        // Zeros of both signs, NaN and infinities among them.
        foreach (var values in new[] { a, b })
            for (var i = 0; i < values.Length; i += 5) values[i] = (i % 25) switch { 0 => 0f, 5 => -0f, 10 => float.NaN, 15 => float.PositiveInfinity, _ => float.NegativeInfinity };
        using var da = Buffer(a);
        using var db = Buffer(b);
        static int Sign(float x, Signs signs) => signs == Signs.Binary ? x >= 0 ? 1 : -1 : x > 0 ? 1 : x < 0 ? -1 : 0;
        foreach (var (left, right, transposed) in new[] { (Signs.Binary, Signs.Binary, false), (Signs.Ternary, Signs.Binary, true), (Signs.Binary, Signs.Ternary, false), (Signs.Ternary, Signs.Ternary, true) })
        {
            using var into = Buffer(Enumerable.Repeat(1f, m * n).ToArray()); // added to: an element stored twice shows
            var (bRow, bColumn) = transposed ? (1, k) : (n, 1);
            Device.BitGemm<float, GpuFloats, GpuMatrix<float>, GpuMatrix<float>, StoreScaled<float>>(1, m, n, k, new(da.View.AsContiguous().SubView(0, m * k), 0, 0, k, 1), left,
                new(db.View.AsContiguous().SubView(0, k * n), 0, 0, bRow, bColumn), right, new(into.View, m, n, 2));
            var result = Read(into, m * n);
            for (var i = 0; i < m; i++)
                for (var j = 0; j < n; j++)
                    Assert.Equal(1 + 2 * Enumerable.Range(0, k).Sum(l => Sign(a[i * k + l], left) * Sign(b[l * bRow + j * bColumn], right)), result[i * n + j]);
        }
    }

    [Theory, InlineData(1), InlineData(3), InlineData(17)]
    public void GemmRunsBatchesWithSharedAndStridedOperands(int batches)
    {
        const int M = 5, N = 66, K = 19;
        var a = Random(batches * M * K * 2, 8).Select(v => (double)v).ToArray(); // every other element of each row
        var b = Random(K * N, 9).Select(v => (double)v).ToArray();               // one matrix for all
        using var da = Buffer(a);
        using var db = Buffer(b);
        using var into = Buffer(new double[batches * M * N]);
        Device.Gemm<double, StoreScaled<double>>(batches, M, N, K, new(da.View.AsContiguous(), 0, M * K * 2, K * 2, 2), new(db.View.AsContiguous(), 0, 0, N, 1), new(into.View, M, N, 1));
        var result = Read(into, batches * M * N);
        for (var t = 0; t < batches; t++)
            for (var i = 0; i < M; i++)
                for (var j = 0; j < N; j++)
                    Assert.Equal(Enumerable.Range(0, K).Sum(l => a[((t * M + i) * K + l) * 2] * b[l * N + j]), result[(t * M + i) * N + j], 1e-12);
    }

    [Theory, InlineData(1, 1), InlineData(5, 3), InlineData(70, 66)]
    public void GroupsOfRowsHaveAMatrixEach(int n, int k)
    {
        // The second group has no rows, the last one fills a tile and a part of another; the rows lie in another order.
        long[] sizes = [3, 0, 1, 100], ranges = [0, 3, 3, 3, 3, 4, 4, 104];
        const int Rows = 104;
        var order = Enumerable.Range(0, Rows).Select(i => (long)(i * 5 % Rows)).ToArray();
        float[] a = Random(Rows * k, 8), b = Random(sizes.Length * k * n, 9);
        using var da = Buffer(a);
        using var db = Buffer(b);
        using var dRanges = Buffer(ranges);
        using var dOrder = Buffer(order);
        using var dOffsets = Buffer(order.Select(row => row * k).ToArray());
        using var rows = Buffer(new float[Rows * n]);
        using var outer = Buffer(new float[sizes.Length * k * n]);
        Device.GemmRows<float, GpuTabledMatrix<float>, GpuMatrix<float>, StoreScaled<float>>(sizes.Length, dRanges.View, dOrder.View, true, Rows, n, k,
            new(da.View.AsContiguous(), 0, new(dOrder.View, 0), new(dOffsets.View), new(dOrder.View, 1)), new(db.View.AsContiguous(), 0, k * n, n, 1), new(rows.View, 0, n, 1));
        Device.GemmOuter<float, GpuMatrix<float>, GpuMatrix<float>, StoreScaled<float>>(sizes.Length, dRanges.View, k, n, new(da.View.AsContiguous(), 0, 0, 1, k), new(rows.View.AsContiguous(), 0, 0, n, 1), new(outer.View, k, n, 1));
        float[] product = Read(rows, Rows * n), sums = Read(outer, sizes.Length * k * n);
        for (var group = 0; group < sizes.Length; group++)
        {
            var places = Enumerable.Range((int)ranges[2 * group], (int)sizes[group]).ToArray();
            for (var j = 0; j < n; j++)
            {
                foreach (var row in places.Select(place => (int)order[place]))
                    Assert.Equal(Enumerable.Range(0, k).Sum(l => (double)a[row * k + l] * b[(group * k + l) * n + j]), product[row * n + j], 1e-4);
                for (var l = 0; l < k; l++)
                    Assert.Equal(places.Sum(place => (double)a[place * k + l] * product[place * n + j]), sums[(group * k + l) * n + j], 1e-2);
            }
        }
    }

    [Fact]
    public void GemmRefusesToReadOutsideItsOperands()
    {
        using var a = Buffer(new float[12]);
        using var b = Buffer(new float[20]);
        var error = Assert.Throws<ArgumentException>(() => Device.Gemm<float, StoreScaled<float>>(1, 3, 5, 4, new(a.View.AsContiguous(), 0, 0, 4, 1), new(b.View.AsContiguous(), 0, 0, 5, 2), default));
        Assert.Contains("[4, 5]", error.Message);
        Assert.Throws<ArgumentException>(() => Device.Gemm<float, StoreScaled<float>>(1, 3, 5, 4, new(a.View.AsContiguous(), 0, 0, -4, 1), new(b.View.AsContiguous(), 0, 0, 5, 1), default));
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Gemm<float, StoreScaled<float>>(1, 3, -5, 4, new(a.View.AsContiguous(), 0, 0, 4, 1), new(b.View.AsContiguous(), 0, 0, 5, 1), default));
    }

    [Fact]
    public void LaunchesRefuseNegativeAndOversizedCounts()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.Launch(default(ShrinkSum), -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Device.LaunchRows(default(SoftmaxRows), 1L << 31));
    }

    [Fact]
    public void OneDeviceServesSeveralThreads()
    {
        Parallel.For(0, 8, thread =>
        {
            var x = Random(500, thread);
            using var dx = Buffer(x);
            for (var i = 0; i < 20; i++)
                Device.Launch(new ShrinkSum(dx.View, dx.View, dx.View, 0), 500); // doubles every element
            Assert.Equal(x.Select(v => v * 1048576), Read(dx, 500));
        });
    }

    [Fact]
    public void AnArenaGrowsAndHandsOutTypedViews()
    {
        using var arena = new GpuArena(Device);
        arena.Reserve(100);
        arena.Reserve(4 * GpuArena.Alignment);
        Tensor[] tensors =
        [
            Tensor.From<float>([1, -2, 3]), Tensor.From<double>([4, 5]), Tensor.From<long>([6, long.MinValue]), Tensor.From<bool>([true, false, true]), Tensor.Zeros(0),
        ];
        for (var i = 0; i < tensors.Length; i++)
            arena.Upload(tensors[i], i * GpuArena.Alignment);
        Device.Launch(new ShrinkSum(arena.View<float>(0, 3), arena.View<float>(0, 3), arena.View<float>(0, 3), 0), 3);
        for (var i = 0; i < tensors.Length; i++)
        {
            var copy = Tensor.Empty(tensors[i].DType, tensors[i].Shape.ToArray());
            arena.Download(i * GpuArena.Alignment, copy);
            Assert.Equal((i == 0 ? Tensor.From<float>([2, -4, 6]) : tensors[i]).ToString(), copy.ToString());
        }
        arena.Clear(4, 4);
        var cleared = Tensor.Zeros(3);
        arena.Download(0, cleared);
        Assert.Equal([2f, 0, 6], cleared.ToArray<float>());
    }

    [Fact]
    public void AnArenaRefusesWhatDoesNotFit()
    {
        using var arena = new GpuArena(Device);
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.View<float>(0, 1));
        arena.Reserve(64);
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.View<float>(4, 16));
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.View<float>(-4, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.View<double>(0, long.MaxValue));
        Assert.Throws<ArgumentException>(() => arena.View<double>(4, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.Upload(Tensor.Zeros(17), 0));
    }
}
