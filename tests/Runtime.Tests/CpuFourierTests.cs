using System.Numerics;
using Proxima.Runtime;
using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>The transforms in lanes against the routines that do one line after another.</summary>
public sealed unsafe class CpuFourierTests
{
    /// <summary>Every way in which lines lie: adjacent (a vector of them, more, not a multiple), one after another, few between; lengths with small factors and without.</summary>
    public static TheoryData<int, int, int> Items()
    {
        var items = new TheoryData<int, int, int>();
        foreach (var (before, after) in ((int, int)[])[(1, 1), (17, 1), (40, 1), (2, 3), (1, 16), (2, 17), (1, 33), (0, 1), (3, 0)])
        {
            foreach (var n in (int[])[1, 2, 3, 8, 12, 16, 17, 35, 64, 97, 143, 256]) items.Add(before, n, after);
        }
        items.Add(3, 0, 2);
        return items;
    }

    [Theory]
    [MemberData(nameof(Items))]
    public void LanesGiveWhatTheRoutinesGive(int before, int n, int after)
    {
        Agrees<double>(before, n, after, 1e-14, Fourier.Fft, Fourier.Rfft, Fourier.Irfft);
        Agrees<float>(before, n, after, 1e-6, Fourier.Fft, Fourier.Rfft, Fourier.Irfft);
    }

    private delegate void Complex<T>(T* x, T* result, nint batch, nint before, nint n, nint after, nint inverse) where T : unmanaged;

    private delegate void Real<T>(T* x, T* result, nint batch, nint before, nint n, nint after) where T : unmanaged;

    private delegate void Step<T>(T* x, T* result) where T : unmanaged;

    private static void Agrees<T>(int before, int n, int after, double tolerance, Complex<T> fft, Real<T> rfft, Real<T> irfft) where T : unmanaged, INumber<T>
    {
        const int batch = 2;
        var half = n / 2 + 1;
        int[] complex = [batch, 2, before, n, after], real = [batch, before, n, after], halves = [batch, 2, before, half, after];
        foreach (var inverse in (int[])[0, 1])
            Near("Fft", complex, complex, [inverse], (x, result) => fft(x, result, batch, before, n, after, inverse));
        if (n == 0) return;
        Near("Rfft", real, halves, [], (x, result) => rfft(x, result, batch, before, n, after));
        Near("Irfft", halves, real, [], (x, result) => irfft(x, result, batch, before, n, after));

        void Near(string routine, int[] from, int[] to, int[] numbers, Step<T> step)
        {
            var x = Tensor.Empty(DType.Float64, from);
            new Philox(1, (ulong)n).FillNormal(x);
            var expected = before * n * after == 0 ? [] : Routine(routine, to, DType.Float64, [x], numbers).ToArray<double>();
            var operand = Array.ConvertAll(x.ToArray<double>(), T.CreateTruncating);
            // What lies behind the result stays as it is.
            var result = new T[expected.Length + 1];
            result[^1] = T.CreateTruncating(42);
            fixed (T* p = operand, q = result) step(p, q);
            for (var i = 0; i < expected.Length; i++)
                Assert.True(Math.Abs(double.CreateTruncating(result[i]) - expected[i]) <= tolerance * Math.Sqrt(n) * 4, $"{routine}, {i}: {result[i]} instead of {expected[i]}");
            Assert.Equal(T.CreateTruncating(42), result[^1]);
        }
    }
}
