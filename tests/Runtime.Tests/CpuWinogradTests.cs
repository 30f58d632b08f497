using System.Runtime.InteropServices;
using Proxima.Runtime;
using Xunit;

namespace Proxima.Tests;

/// <summary>Convolutions by fewer products against a plain loop in double precision.</summary>
[Collection("WorkerPool")]
public unsafe class CpuWinogradTests
{
    /// <summary>A convolution whose images and weights end where memory does.</summary>
    private sealed class Problem<T> : IDisposable
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        private readonly nint _batches, _outputs, _channels, _height, _width;
        private readonly long[] _rows, _columns;
        private readonly bool _flipped;

        public GuardedBuffer<T> Images { get; }

        public GuardedBuffer<T> Weights { get; }

        private nint ImageRow => _width + 2;

        private nint Channel => (_height + 2) * ImageRow;

        public Problem(int seed, nint batches, nint outputs, nint channels, nint height, nint width)
        {
            (_batches, _outputs, _channels, _height, _width) = (batches, outputs, channels, height, width);
            var random = new Random(seed);
            _flipped = seed % 2 == 1;
            Images = new(batches * channels * Channel, random);
            Weights = new(outputs * channels * 9, random);
            _rows = [.. Enumerable.Range(0, (int)channels * 9).Select(k => k / 9 * Channel + k % 9 / 3 * ImageRow + k % 3)];
            _columns = [.. Enumerable.Range(0, (int)(height * width)).Select(p => p / width * ImageRow + p % width)];
        }

        public static Problem<T> Random(int seed)
        {
            var random = new Random(seed);
            return new(seed, random.Next(1, 4), random.Next(8, 30), random.Next(8, 30), random.Next(2, 24), random.Next(2, seed % 3 == 0 ? 80 : 24));
        }

        /// <summary>By the given widths; null where these do not make fewer products of it.</summary>
        public T[]? Run<V, N, S>()
            where V : unmanaged, ILane<V, T>
            where N : unmanaged, ILane<N, T>
            where S : unmanaged, ILane<S, T>
        {
            var n = _height * _width;
            var c = new T[_batches * _outputs * n];
            var counts = new int[c.Length];
            fixed (T* pc = c)
            fixed (int* count = counts)
            fixed (long* rows = _rows, columns = _columns)
            fixed (long* turned = Enumerable.Range(0, (int)_channels * 9).Select(k => k / 9 * 9L + 8 - k % 9).ToArray())
            {
                var weights = _flipped ? new GemmMatrix<T>(Weights.Data, 0, _channels * 9, 0) { Columns = turned } : new(Weights.Data, 0, _channels * 9, 1);
                var images = new GemmMatrix<T>(Images.Data, _channels * Channel, 0, 0) { Rows = rows, Columns = columns, Windows = _width };
                var operands = new GemmOperands<T>(_batches, _outputs, n, _channels * 9, weights, images);
                if (!WinogradJob<V, N, S, T, Kept<T>>.Pays(operands))
                    return null;
                GemmJob<V, N, S, T, Kept<T>>.DispatchTabled(operands, new Kept<T>(pc, count, _outputs, n));
            }
            Assert.All(counts, x => Assert.Equal(1, x));
            return c;
        }

        /// <summary>A sum, and that of the sizes of its terms.</summary>
        public (double Sum, double Size) Expected(nint at)
        {
            var (image, output, p) = (at / (_height * _width) / _outputs, at / (_height * _width) % _outputs, at % (_height * _width));
            double sum = 0, size = 0;
            for (nint k = 0; k < 9 * _channels; k++)
            {
                var weight = Weights.Data[output * _channels * 9 + (_flipped ? k / 9 * 9 + 8 - k % 9 : k)];
                var term = double.CreateChecked(Images.Data[image * _channels * Channel + _rows[k] + _columns[p]]) * double.CreateChecked(weight);
                (sum, size) = (sum + term, size + Math.Abs(term));
            }
            return (sum, size);
        }

        public override string ToString() => $"{_batches} images of {_channels} x {_height} x {_width} to {_outputs}";

        public void Dispose()
        {
            Images.Dispose();
            Weights.Dispose();
        }
    }

    [Fact]
    public void EveryShapeAndVectorWidth()
    {
        var runs = Check<F512, F128, F1, float>() + Check<F256, F128, F1, float>() + Check<F128, F128, F1, float>();
        runs += Check<D512, D128, D1, double>() + Check<D256, D128, D1, double>() + Check<D128, D128, D1, double>();
        Assert.True(runs > 200, $"only {runs} of the shapes are computed with fewer products");

        static int Check<V, N, S, T>()
            where V : unmanaged, ILane<V, T>
            where N : unmanaged, ILane<N, T>
            where S : unmanaged, ILane<S, T>
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        {
            var runs = 0;
            for (var seed = 0; seed < 60; seed++)
            {
                using var problem = Problem<T>.Random(seed);
                if (problem.Run<V, N, S>() is not { } c) continue;
                runs++;
                // Sixteen combinations of up to four numbers each are multiplied.
                var tolerance = 40 * double.CreateChecked(T.BitIncrement(T.One) - T.One);
                for (nint i = 0; i < c.Length; i += 1 + i % 3)
                {
                    var (sum, size) = problem.Expected(i);
                    if (!(Math.Abs(double.CreateChecked(c[i]) - sum) <= tolerance * size))
                        Assert.Fail($"{i} of {problem}: {c[i]} instead of {sum}");
                }
            }
            return runs;
        }
    }

    [Fact]
    public void ThreadsDoNotChangeABit()
    {
        try
        {
            foreach (var seed in new[] { 3, 6, 9 })
            {
                float[]? first = null;
                foreach (var threads in new[] { 1, 2, 3, 7 })
                {
                    WorkerPool.Threads = threads;
                    using var problem = new Problem<float>(seed, 2, 17, 20, 31 + seed, 30 + seed);
                    var c = problem.Run<F256, F128, F1>()!;
                    first ??= c;
                    Assert.True(MemoryMarshal.AsBytes<float>(first).SequenceEqual(MemoryMarshal.AsBytes<float>(c)));
                }
            }
        }
        finally
        {
            WorkerPool.Threads = Environment.ProcessorCount;
        }
    }

    /// <summary>A sum is NaN where a term is, and nowhere else.</summary>
    [Fact]
    public void NaNStaysWhereItBelongs()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            using var problem = new Problem<float>(seed, 1, 16, 16, 15, 18 + seed % 2);
            var random = new Random(seed);
            for (var i = 0; i < 5; i++) problem.Images.Data[random.Next(16 * 17 * (20 + seed % 2))] = float.NaN;
            var c = problem.Run<F512, F128, F1>()!;
            for (var i = 0; i < c.Length; i++)
                Assert.True(float.IsNaN(c[i]) == double.IsNaN(problem.Expected(i).Sum), $"{i} of {problem}: {c[i]} instead of {problem.Expected(i).Sum}");
        }
    }

    [Fact]
    public void NothingIsAllocatedInSteadyState()
    {
        var images = new float[16 * 34 * 34];
        var weights = new float[16 * 16 * 9];
        var c = new float[16 * 32 * 32];
        var counts = new int[c.Length];
        fixed (float* b = images, a = weights, pc = c)
        fixed (int* count = counts)
        fixed (long* rows = Enumerable.Range(0, 144).Select(k => k / 9 * 1156L + k % 9 / 3 * 34 + k % 3).ToArray(), columns = Enumerable.Range(0, 1024).Select(p => p / 32 * 34L + p % 32).ToArray())
        {
            var epilogue = new Kept<float>(pc, count, 16, 1024);
            var windows = new GemmMatrix<float>(b, 0, 0, 0) { Rows = rows, Columns = columns, Windows = 32 };
            Gemm.Run(1, 16, 1024, 144, new(a, 0, 144, 1), windows, ref epilogue);
            var allocations = new Allocations();
            while (allocations.Next()) Gemm.Run(1, 16, 1024, 144, new(a, 0, 144, 1), windows, ref epilogue);
            Assert.Equal(0, allocations.Bytes);
        }
    }
}
