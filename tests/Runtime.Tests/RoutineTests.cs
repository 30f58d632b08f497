using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>The routines against what they are defined by, computed otherwise.</summary>
public sealed class RoutineTests
{
    private static Tensor Random(int stream, params int[] shape)
    {
        var tensor = Tensor.Empty(DType.Float64, shape);
        new Philox(11, (ulong)stream).FillNormal(tensor);
        return tensor;
    }

    private static void Near(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        double[] a = expected.To(DType.Float64).ToArray<double>(), b = actual.To(DType.Float64).ToArray<double>();
        var scale = Math.Max(1, a.Select(Math.Abs).DefaultIfEmpty().Max());
        for (var i = 0; i < a.Length; i++) Assert.True(Math.Abs(a[i] - b[i]) <= tolerance * scale, $"[{i}]: {b[i]:R} instead of {a[i]:R}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(30)]
    [InlineData(64)]
    [InlineData(97)]
    public void FourierTransformsOfEveryLengthAreTheSumsThatDefineThem(int n)
    {
        var x = Random(n, n, 2);
        var values = x.ToArray<double>();
        var sums = new double[2 * n];
        for (var k = 0; k < n; k++)
        {
            for (var j = 0; j < n; j++)
            {
                var (sin, cos) = Math.SinCos(-2 * Math.PI * (k * j % n) / n);
                sums[2 * k] += values[2 * j] * cos - values[2 * j + 1] * sin;
                sums[2 * k + 1] += values[2 * j] * sin + values[2 * j + 1] * cos;
            }
        }
        Near(Tensor.From(sums, n, 2), Fft(x, [0]), 1e-13);
        Near(x, Ifft(Fft(x, [0], "ortho"), [0], "ortho"), 1e-13);
        var real = Random(n + 1000, 3, n);
        Near(real, Irfft(Rfft(real, [0, 1], "forward"), n, [0, 1], "forward"), 1e-13);
        Near(Slice(Fft(Stack([real, Zeros(3, n).To(DType.Float64)], -1), [1]), 1, 0, n / 2 + 1), Rfft(real, [1]), 1e-13);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 4)]
    [InlineData(40, 40)]
    public void FactorsMultiplyToWhatTheyAreFactorsOf(int m, int n)
    {
        var x = Random(m, 2, m, n);
        var identity = Eye(n, DType.Float64) + Zeros(2, n, n).To(DType.Float64);
        var (q, r) = Qr(x);
        Near(x, MatMul(q, r), 1e-13);
        Near(identity, MatMul(Transpose(q), q), 1e-13);
        Near(r, Triu(r), 0);
        var (u, s, vh) = Svd(x);
        Near(x, MatMul(u * Unsqueeze(s, -2), vh), 1e-13);
        Near(identity, MatMul(Transpose(u), u), 1e-13);
        Near(identity, MatMul(vh, Transpose(vh)), 1e-13);
        Near(Sort(s, descending: true).Values, s, 0);
        var square = MatMul(Transpose(x), x);
        var (w, v) = Eigh(square);
        Near(square, MatMul(v * Unsqueeze(w, -2), Transpose(v)), 1e-13);
        Near(identity, MatMul(Transpose(v), v), 1e-13);
        Near(Square(Flip(s, 1)), w, 1e-12);
        var l = Cholesky(square + identity);
        Near(square + identity, MatMul(l, Transpose(l)), 1e-13);
        Near(2 * Sum(Log(Diagonal(l)), dim: -1), LogDet(square + identity), 1e-12);
        Near(identity, MatMul(square + identity, Inverse(square + identity)), 1e-12);
        Near(MatMul(Diag(Exp(0.1 * w)), identity), MatrixExp(Diag(0.1 * w)), 1e-12);
    }

    [Fact]
    public void MatricesOfLowRankHaveOrthonormalVectorsAllTheSame()
    {
        var x = Zeros(4, 3).To(DType.Float64);
        x.AsSpan<double>()[4] = 2;
        var (u, s, vh) = Svd(x);
        Assert.Equal([2, 0, 0], s.ToArray<double>());
        Near(Eye(3, DType.Float64), MatMul(Transpose(u), u), 1e-14);
        Near(x, MatMul(u * Unsqueeze(s, 0), vh), 1e-14);
    }

    [Fact]
    public void WhatHasNoAnswerIsNotFinite()
    {
        var singular = Ones(2, 2);
        Assert.Contains(Inverse(singular).ToArray<float>(), value => !float.IsFinite(value));
        Assert.True(float.IsNegativeInfinity(LogDet(singular).Item<float>()));
        Assert.Equal(0, Slogdet(singular).Sign.Item<float>());
        Assert.True(float.IsNaN(LogDet(Tensor.From(new float[] { 0, 1, 1, 0 }, 2, 2)).Item<float>()));
        Assert.Contains(Cholesky(Tensor.From(new float[] { 1, 2, 2, 1 }, 2, 2)).ToArray<float>(), float.IsNaN);
    }

    [Fact]
    public void SortsKeepTheOrderOfEqualsAndPutNaNLast()
    {
        var x = Tensor.From(new float[] { 2, float.NaN, 1, 2, float.NegativeInfinity, 1 }, 6);
        Assert.Equal([4L, 2, 5, 0, 3, 1], ArgSort(x).ToArray<long>());
        Assert.Equal([1L, 0, 3, 2, 5, 4], ArgSort(x, descending: true).ToArray<long>());
        Assert.Equal([1L, 0], TopK(x, 2).Indices.ToArray<long>());
        Assert.Equal([0L, 1, 1, 4], Searchsorted(Tensor.From(new float[] { 1, 2, 2, 3 }, 4), Tensor.From(new float[] { 0.5f, 2, 1.5f, 9 }, 4)).ToArray<long>());
        Assert.Equal([0L, 3], Searchsorted(Tensor.From(new float[] { 1, 2, 2, 3 }, 4), Tensor.From(new float[] { 0.5f, 2 }, 2), right: true).ToArray<long>());
        Assert.Equal([0L, 0, 2, 3], CumMax(Tensor.From(new float[] { 1, 0, 1, 4 }, 4), 0).Indices.ToArray<long>());
    }
}
