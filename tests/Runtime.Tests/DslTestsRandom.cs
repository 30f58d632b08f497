using Xunit;

namespace Proxima.Tests;

public class DslTestsRandom
{
    // Known answers published with Random123 (kat_vectors, philox4x32 10).
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void PhiloxGivesThePublishedAnswers(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3) =>
        Assert.Equal((r0, r1, r2, r3), Philox.Block(c0, c1, c2, c3, k0, k1));

    [Fact]
    public void NumbersDependOnKeyStreamAndIndexOnly()
    {
        var random = new Philox(42, 7);
        Assert.Equal(random.Block(3), Philox.Block(3, 0, 7, 0, 42, 0));
        Assert.NotEqual(random.Block(3), new Philox(43, 7).Block(3));
        Assert.NotEqual(random.Block(3), new Philox(42, 8).Block(3));
        var all = Tensor.Empty(DType.Float64, 99);
        random.FillNormal(all);
        for (var i = 0; i < 99; i++) Assert.Equal(random.Normal((ulong)i), all.AsSpan<double>()[i]);
        random.FillUniform(all, -1, 1);
        for (var i = 0; i < 99; i++) Assert.Equal(2 * random.Uniform((ulong)i) - 1, all.AsSpan<double>()[i]);
    }

    [Fact]
    public void SamplesHaveTheirMoments()
    {
        var normal = Sample.Normal(1, 100_000);
        Assert.Equal(0, (float)Ops.Mean(normal), 0.02f);
        Assert.Equal(1, (float)Ops.Variance(normal), 0.02f);
        Assert.Equal(3, (float)Ops.Mean(Ops.Pow(normal, 4)), 0.1f);
        var uniform = Sample.Uniform(1, 100_000);
        Assert.Equal(1 / 12f, (float)Ops.Variance(uniform), 0.002f);
        Assert.InRange((float)Ops.Min(uniform), 0, 0.001f);
        Assert.InRange((float)Ops.Max(uniform), 0.999f, 0.99999999f);
        Assert.Equal(0.1f, (float)Ops.Mean(Sample.Bernoulli(1, 0.1, 1000, 100)), 0.01f);
        Assert.Throws<ArgumentOutOfRangeException>(() => Sample.Bernoulli(1, 1.5, 3));
        Assert.Throws<ArgumentException>(() => new Philox(1).FillNormal(Tensor.Zeros([3], DType.Int64)));
    }

    [Fact]
    public void InitialisersHaveTheirBounds()
    {
        Assert.Equal(1 / Math.Sqrt(300), Bound(Init.Default), 1e-3);
        Assert.Equal(Math.Sqrt(6.0 / 300), Bound(Init.KaimingUniform), 1e-3);
        Assert.Equal(Math.Sqrt(6.0 / 500), Bound(Init.XavierUniform), 1e-3);
        Assert.Equal(2.0 / 300, (double)Ops.Variance(Filled(Init.KaimingNormal, 200, 300)), 2e-4);
        Assert.Equal(2.0 / 500, (double)Ops.Variance(Filled(Init.XavierNormal, 200, 300)), 2e-4);
        Assert.Equal(1.0, (double)Ops.Variance(Filled(Init.Normal, 200, 300)), 0.02);
        Assert.Equal([0f, 0], Filled(Init.Default, 2).ToArray<float>());
        Assert.Equal([0.5f, 0.5f], Filled(0.5, 2).ToArray<float>());
        Assert.Equal([1f, 0, 0, 0, 1, 0], Filled(Init.Identity, 2, 3).ToArray<float>());
        Assert.Contains("at least two dimensions", Assert.Throws<ArgumentException>(() => Filled(Init.KaimingNormal, 3)).Message);
        Assert.Contains("'Kaiming'", Assert.Throws<ArgumentException>(() => Initializer.Parse("Kaiming")).Message);
        Assert.Throws<ArgumentException>(() => Initializer.Parse(new object()));

        static double Bound(string name) => (double)Ops.Max(Ops.Abs(Filled(name, 200, 300)));
    }

    [Theory]
    [InlineData(3, 5)]
    [InlineData(5, 3)]
    [InlineData(4, 4)]
    [InlineData(0, 4)]
    public void OrthogonalHasOrthonormalRowsOrColumns(int rows, int columns)
    {
        var q = Filled(Init.Orthogonal, rows, columns).To(DType.Float64);
        var gram = rows <= columns ? Ops.MatMul(q, Ops.Transpose(q)) : Ops.MatMul(Ops.Transpose(q), q);
        var error = Ops.Sum(Ops.Abs(gram - Ops.Eye(Math.Min(rows, columns))));
        Assert.InRange((double)error, 0, 1e-6);
    }

    private static Tensor Filled(object init, params int[] shape)
    {
        var tensor = Tensor.Zeros(shape);
        Initializer.Parse(init).Fill(tensor, 3, "test");
        return tensor;
    }
}
