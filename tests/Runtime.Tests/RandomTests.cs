using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>The numbers are of the distributions that they claim: moments, and counts in cells against their expectations, for fixed keys.</summary>
public sealed class RandomTests
{
    private const int Count = 200_000;

    private static double[] Doubles(Tensor tensor) => tensor.To(DType.Float64).ToArray<double>();

    /// <summary>Mean and variance within five standard errors.</summary>
    private static void Moments(double[] x, double mean, double variance, double kurtosis)
    {
        var m = x.Average();
        var v = x.Sum(value => (value - mean) * (value - mean)) / x.Length;
        Assert.InRange(m, mean - 5 * Math.Sqrt(variance / x.Length), mean + 5 * Math.Sqrt(variance / x.Length));
        var error = variance * Math.Sqrt((kurtosis - 1) / x.Length);
        Assert.InRange(v, variance - 5 * error, variance + 5 * error);
    }

    /// <summary>The statistic is below the 99.99 % point of its distribution (by the cube-root approximation of Wilson and Hilferty), and not suspiciously small.</summary>
    private static void ChiSquare(IReadOnlyList<int> counts, IReadOnlyList<double> probabilities)
    {
        double total = counts.Sum(), statistic = 0, freedom = -1;
        for (var i = 0; i < counts.Count; i++)
        {
            var expected = total * probabilities[i];
            if (expected < 5) continue;
            statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
            freedom++;
        }
        double Point(double z) => freedom * Math.Pow(1 - 2 / (9 * freedom) + z * Math.Sqrt(2 / (9 * freedom)), 3);
        Assert.True(freedom > 0);
        Assert.InRange(statistic, Math.Max(0, Point(-3.72)), Point(3.72));
    }

    private static int[] Cells(double[] x, int cells, Func<double, double> distribution)
    {
        var counts = new int[cells];
        foreach (var value in x) counts[Math.Clamp((int)(distribution(value) * cells), 0, cells - 1)]++;
        return counts;
    }

    [Theory, InlineData(0L), InlineData(1L), InlineData(-5L), InlineData(long.MaxValue)]
    public void UniformNumbersAreUniform(long key)
    {
        var x = Doubles(RandomUniform(key, Count));
        Moments(x, 0.5, 1.0 / 12, 1.8);
        ChiSquare(Cells(x, 256, value => value), Enumerable.Repeat(1.0 / 256, 256).ToArray());
        // Neighbours, four apart and those of the next key are independent.
        foreach (var y in new[] { x[1..], x[4..], Doubles(RandomUniform(unchecked(key + 1), Count)), Doubles(RandomUniform(FoldKey(key, 1), Count)) })
        {
            var pairs = new int[256];
            for (var i = 0; i < y.Length; i++) pairs[(int)(x[i] * 16) * 16 + (int)(y[i] * 16)]++;
            ChiSquare(pairs, Enumerable.Repeat(1.0 / 256, 256).ToArray());
        }
    }

    [Fact]
    public void TheNumbersAreThoseOfPhilox()
    {
        Tensor uniform = RandomUniform(-77, 5, 7), normal = RandomNormal(-77, 5, 7);
        var philox = new Philox(unchecked((ulong)-77L));
        for (var i = 0; i < 35; i++)
        {
            Assert.Equal((float)philox.Uniform((ulong)i), uniform.AsSpan<float>()[i]);
            Assert.Equal(philox.Normal((ulong)i), normal.AsSpan<float>()[i], 1e-6);
        }
    }

    [Theory, InlineData(3L), InlineData(-12345678901L)]
    public void NormalNumbersAreNormal(long key)
    {
        var x = Doubles(RandomNormal(key, [Count], DType.Float64));
        Moments(x, 0, 1, 3);
        Assert.InRange(x.Sum(v => v * v * v) / Count, -0.06, 0.06);
        Assert.InRange(x.Sum(v => v * v * v * v) / Count, 2.8, 3.2);
        ChiSquare(Cells(Doubles(0.5 * (1 + Erf(Tensor.From(x, Count) / Math.Sqrt(2)))), 128, v => v), Enumerable.Repeat(1.0 / 128, 128).ToArray());
    }

    [Fact]
    public void GumbelNumbersAreOfTheirDistribution()
    {
        var x = Doubles(RandomGumbel(11, Count));
        Moments(x, 0.57721566, Math.PI * Math.PI / 6, 5.4);
        ChiSquare(Cells(x, 128, v => Math.Exp(-Math.Exp(-v))), Enumerable.Repeat(1.0 / 128, 128).ToArray());
    }

    [Fact]
    public void CoinsFallAsTheyShould()
    {
        Moments(Doubles(RandomBernoulli(4, 0.3, Count)), 0.3, 0.21, 1 / 0.21 - 3);
        Assert.All(Doubles(RandomBernoulli(4, 0, 1000)), v => Assert.Equal(0, v));
        Assert.All(Doubles(RandomBernoulli(4, 1, 1000)), v => Assert.Equal(1, v));
        var p = Tensor.From([0f, 0.5f, 1f, float.NaN], 4);
        Assert.Equal([0f, 1f], new[] { 0, 2 }.Select(i => RandomBernoulli(9, p).ToArray<float>()[i]));
    }

    [Fact]
    public void OrdersAreEquallyLikely()
    {
        var counts = new int[24];
        for (var key = 0; key < 24_000; key++)
        {
            var order = RandomPermutation(key, 4).ToArray<long>();
            Assert.Equal([0, 1, 2, 3], order.Order());
            // The number of the order: its digits to the bases 4, 3, 2.
            counts[order.SkipLast(1).Select((value, i) => (int)(value - order.Take(i).Count(earlier => earlier < value))).Zip([6, 2, 1]).Sum(digit => digit.First * digit.Second)]++;
        }
        ChiSquare(counts, [.. Enumerable.Repeat(1.0 / 24, 24)]);
        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => (long)i), RandomPermutation(3, 10_000).ToArray<long>().Order());
        Assert.Empty(RandomPermutation(3, 0).ToArray<long>());
    }

    [Fact]
    public void ClassesComeWithTheirProbabilities()
    {
        double[] probabilities = [0.5, 0.25, 0.2, 0.05];
        var logits = Expand(Log(Tensor.From([.. probabilities.Select(p => (float)p)], 4)), 50_000, 4);
        var counts = new int[4];
        foreach (var c in RandomCategorical(21, logits).ToArray<long>()) counts[c]++;
        ChiSquare(counts, probabilities);
    }

    [Theory, InlineData(0.05), InlineData(1.5), InlineData(9.99), InlineData(10), InlineData(42), InlineData(5000)]
    public void CountsAreOfTheirDistribution(double rate)
    {
        var x = Doubles(RandomPoisson(5, Full([100_000], rate, DType.Float64)));
        Moments(x, rate, rate, 3 + 1 / rate);
        var low = (int)Math.Max(0, rate - 6 * Math.Sqrt(rate) - 5);
        var cells = (int)(12 * Math.Sqrt(rate) + 20);
        var counts = new int[cells];
        foreach (var value in x) counts[Math.Clamp((int)value - low, 0, cells - 1)]++;
        double log = 0;
        for (var k = 1; k <= low; k++) log += Math.Log(k);
        var probabilities = new double[cells];
        for (var i = 0; i < cells; i++)
        {
            if (low + i > low) log += Math.Log(low + i);
            probabilities[i] = Math.Exp(-rate + (low + i) * Math.Log(rate) - log);
        }
        ChiSquare(counts, probabilities);
    }

    [Fact]
    public void CountsOfExtremeRates()
    {
        var counts = RandomPoisson(5, Tensor.From([0f, -1f, float.NaN, float.PositiveInfinity, 1e-30f], 5)).ToArray<float>();
        Assert.Equal([0f, float.NaN, float.NaN, float.PositiveInfinity, 0f], counts);
    }

    [Fact]
    public void DropoutKeepsTheExpectation()
    {
        var x = Doubles(Dropout(Ones(Count), 0.2, 8));
        Assert.All(x, v => Assert.True(v == 0 || Math.Abs(v - 1.25) < 1e-6));
        Moments(x, 1, 0.25, (0.2 + 0.8 * Math.Pow(0.25, 4)) / (0.25 * 0.25));
        Assert.All(Doubles(Dropout(Ones(100), 1, 8)), v => Assert.Equal(0, v));
        Assert.All(Doubles(Dropout(Ones(100), 0, 8)), v => Assert.Equal(1, v));
    }

    [Fact]
    public void KeysDoNotMeet()
    {
        var keys = FoldKey(FoldKey(1, Unsqueeze(Arange(300), 1)), Arange(300)).ToArray<long>();
        Assert.Equal(keys.Length, keys.Distinct().Count());
        var ones = keys.Sum(key => System.Numerics.BitOperations.PopCount((ulong)key)) / (64.0 * keys.Length);
        Assert.InRange(ones, 0.499, 0.501);
    }

    [Fact]
    public void WhatIsNoKeyIsRefused()
    {
        Assert.Contains("RandomUniform: the key is Float32 []", Assert.Throws<ArgumentException>(() => RandomUniform(0.5f, 3)).Message);
        Assert.Contains("a key is an Int64 scalar", Assert.Throws<ArgumentException>(() => RandomNormal(Arange(2), 3)).Message);
        Assert.Contains("not Int64", Assert.Throws<ArgumentException>(() => RandomNormal(1, [3], DType.Int64)).Message);
    }
}
