using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>Splits a vector into heads; the sizes fit, or there is no such network.</summary>
[Network, Require("heads * size == width", "width % 4 == 0")]
public partial class RequiredHeads(int width, int heads, int size)
{
    /// <summary>A weight.</summary>
    [Parameter("width width")] public partial Tensor Weight { get; }

    /// <summary>Products of the parts.</summary>
    [return: Shape("t heads heads")]
    public virtual Tensor Forward([Shape("t width")] Tensor x)
    {
        var parts = Reshape(MatMul(x, Weight), x.Dim(0), heads, -1);
        return MatMul(parts, Transpose(parts));
    }

    /// <summary>Four parts.</summary>
    [return: Shape("t 4 width/4")]
    public virtual Tensor Quarters([Shape("t width")] Tensor x) => Reshape(x, x.Dim(0), 4, -1);

    /// <summary>Needs more rows than columns on one side of a choice, and fewer on the other.</summary>
    [return: Shape("width")]
    public virtual Tensor Choice([Shape("t width")] Tensor x, bool tall) => tall ? Tall(x) : Wide(x);

    [Require("n >= m")]
    private Tensor Tall([Shape("n m")] Tensor x) => Sum(x[..x.Dim(1)], dim: 0);

    [Require("n <= m")]
    private Tensor Wide([Shape("n m")] Tensor x) => Mean(x, dim: 0);

    /// <summary>Two rows at a time.</summary>
    [return: Shape("n width")]
    [Require("n > 1")]
    public virtual Tensor Pairs([Shape("2*n width")] Tensor x) => Sum(Reshape(x, -1, 2, width), dim: 1);
}

/// <summary>What [Require] and formulas in shapes refuse, and in which words.</summary>
public class RequirementTests
{
    private static string Refused(Action call) => Assert.ThrowsAny<ArgumentException>(call).Message;

    [Fact]
    public void TheConstructorRefusesSizesThatDoNotFit()
    {
        Assert.Equal("RequiredHeads requires heads * size == width; heads is 3, size is 4, width is 8.", Refused(() => new RequiredHeads(8, 3, 4)));
        Assert.Equal("RequiredHeads requires heads * size == width; heads is 3, size is 4, width is 8.", Refused(() => new RequiredHeads.Cpu(8, 3, 4)));
        Assert.Equal("RequiredHeads requires width % 4 == 0; width is 6.", Refused(() => new RequiredHeads.Cpu(6, 2, 3)));
        Assert.Equal("RequiredHeads: a size must not be negative; width is -8, heads is -2, size is 4.", Refused(() => new RequiredHeads.Cpu(-8, -2, 4)));
        // 65536 * 65536 is 0 in 32 bits.
        Assert.Throws<OverflowException>(() => new RequiredHeads(0, 65536, 65536));
    }

    [Fact]
    public void EntryRefusesArgumentsThatDoNotFit()
    {
        var network = new RequiredHeads.Cpu(8, 2, 4);
        Assert.Equal("x is declared [2*n width]; its dimension 0 must be 2*n: 7 against 6.", Refused(() => network.Pairs(Tensor.Zeros(7, 8))));
        Assert.Equal("Pairs requires n > 1: 2 against 1.", Refused(() => network.Pairs(Tensor.Zeros(2, 8))));
        Assert.Equal([3, 8], network.Pairs(Tensor.Zeros(6, 8)).Shape.ToArray());
    }

    [Fact]
    public void EachChoiceChecksWhatItNeeds()
    {
        var network = new RequiredHeads.Cpu(8, 2, 4);
        Assert.Equal("Tall requires n >= m; here n is t, m is width: 8 against 3.", Refused(() => network.Choice(Tensor.Ones(3, 8), true)));
        Assert.Equal("Wide requires n <= m; here n is t, m is width: 9 against 8.", Refused(() => network.Choice(Tensor.Ones(9, 8), false)));
        Assert.Equal(8, Sum(network.Choice(Tensor.Ones(3, 8), false)).Item<float>());
        Assert.Equal(64, Sum(network.Choice(Tensor.Ones(9, 8), true)).Item<float>());
    }

    [Fact]
    public void WhatIsRequiredIsKnown()
    {
        var (reference, compiled) = (new RequiredHeads(8, 2, 4), new RequiredHeads.Cpu(8, 2, 4));
        reference.CopyTo(compiled);
        var x = Sample.Normal(1, 3, 8);
        Assert.Equal([3, 4, 2], compiled.Quarters(x).Shape.ToArray());
        var (expected, actual) = (reference.Forward(x).ToArray<float>(), compiled.Forward(x).ToArray<float>());
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-4f);
    }
}
