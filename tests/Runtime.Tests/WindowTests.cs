using System.Runtime.InteropServices;
using Proxima.Runtime;
using Xunit;

namespace Proxima.Tests;

/// <summary>Convolutions of each channel: equal, to the last bit, to a loop that adds the terms of a window row by row.</summary>
[Collection("WorkerPool")]
public sealed unsafe class WindowTests : IDisposable
{
    public void Dispose() => WorkerPool.Threads = Environment.ProcessorCount;

    /// <summary>Keeps the sums, and how often each arrives.</summary>
    private struct Keep<T>(T* sums, int* counts, nint rows, nint columns, nint imageSize, nint weights) : IWindowSum<T>
        where T : unmanaged
    {
        private nint _image;

        public (nint Image, nint Weights) Enter(nint image)
        {
            _image = image;
            return (image * imageSize, image * weights);
        }

        public readonly void Store<V>(V sum, nint row, nint column) where V : unmanaged, ILane<V, T>
        {
            if (row < 0 || row >= rows || column < 0 || column > columns - V.Count)
                throw new InvalidOperationException($"({row}, {column}) lies outside of {rows} x {columns}.");
            var at = (_image * rows + row) * columns + column;
            V.Store(sums + at, sum);
            for (var i = 0; i < V.Count; i++)
                Interlocked.Increment(ref counts[at + i]);
        }
    }

    private delegate void Runner<T>(nint images, nint rows, nint columns, nint height, nint width, T* image, nint imageRow, T* weights, nint weightRow, nint weightColumn, Keep<T> sum) where T : unmanaged;

    private static void Floats(nint images, nint rows, nint columns, nint height, nint width, float* image, nint imageRow, float* weights, nint weightRow, nint weightColumn, Keep<float> sum) =>
        Windows.Run(images, rows, columns, height, width, image, imageRow, weights, weightRow, weightColumn, ref sum);

    private static void Doubles(nint images, nint rows, nint columns, nint height, nint width, double* image, nint imageRow, double* weights, nint weightRow, nint weightColumn, Keep<double> sum) =>
        Windows.Run(images, rows, columns, height, width, image, imageRow, weights, weightRow, weightColumn, ref sum);

    private static T[] Check<T>(nint images, nint rows, nint columns, nint height, nint width, Runner<T> run)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        var random = new Random((int)(rows + 7 * columns + 31 * height + 101 * width));
        var imageRow = columns + width - 1 + 2;
        var imageSize = (rows + height - 1) * imageRow;
        // The memory page ends behind the last window.
        using var x = new GuardedBuffer<T>(Math.Max(images * imageSize - 2, 0), random);
        using var w = new GuardedBuffer<T>(images * height * width, random);
        if (images * rows * columns > 0)
            x.Data[images * imageSize / 2] = T.NaN;
        var sums = new T[images * rows * columns];
        var counts = new int[sums.Length];
        fixed (T* ps = sums)
        fixed (int* pc = counts)
            run(images, rows, columns, height, width, x.Data, imageRow, w.Data, 1, height, new(ps, pc, rows, columns, imageSize, height * width));
        for (nint at = 0; at < sums.Length; at++)
        {
            var (image, row, column) = (at / columns / rows, at / columns % rows, at % columns);
            var sum = T.Zero;
            for (nint i = 0; i < height; i++)
            {
                for (nint j = 0; j < width; j++)
                    sum = T.FusedMultiplyAdd(x.Data[image * imageSize + (row + i) * imageRow + column + j], w.Data[image * height * width + i + j * height], sum);
            }
            Assert.True(counts[at] > 0);
            Assert.Equal(sum, sums[at]);
        }
        return sums;
    }

    [Fact]
    public void EverySizeOfImagesAndWindows()
    {
        foreach (var rows in new[] { 0, 1, 3, 4, 5, 11 })
        {
            foreach (var columns in new[] { 0, 1, 3, 5, 8, 15, 16, 17, 31, 32, 33, 57 })
            {
                foreach (var (height, width) in new[] { (1, 3), (3, 3), (2, 5), (5, 5), (7, 7), (9, 3) })
                {
                    Check<float>(2, rows, columns, height, width, Floats);
                    Check<double>(1, rows, columns, height, width, Doubles);
                }
            }
        }
        Check<float>(0, 3, 3, 3, 3, Floats);
    }

    [Fact]
    public void ThreadsDoNotChangeABit()
    {
        float[]? first = null;
        foreach (var threads in new[] { 1, 2, 3, 7 })
        {
            WorkerPool.Threads = threads;
            var sums = Check<float>(33, 30, 41, 7, 7, Floats);
            first ??= sums;
            Assert.True(MemoryMarshal.AsBytes<float>(first).SequenceEqual(MemoryMarshal.AsBytes<float>(sums)));
        }
    }
}
