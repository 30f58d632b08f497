using Proxima.Tests.Corpus;
using Xunit;

namespace Proxima.Tests;

/// <summary>With from outside of bodies: a twin on given tensors. Inside, the corpus compares it with differences and on every target.</summary>
public sealed class FunctionalTests
{
    private static Tensor Drawn(ulong stream, params int[] shape)
    {
        var tensor = Tensor.Empty(DType.Float32, shape);
        new Philox(5, stream).FillNormal(tensor);
        return tensor;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ATwinComputesOnWhatItWasGivenAndSharesTheRest(bool compiled)
    {
        Adapting network = compiled ? new Adapting.Cpu(3) : new Adapting(3), other = new Adapting(3);
        other.Initialize(9);
        network.Bias.CopyFrom(Drawn(1, 3));
        other.Bias.CopyFrom(network.Bias);
        var x = Drawn(2, 4, 3);
        var before = network.Forward(x).ToArray<float>();
        var twin = network.With(weight: other.Weight);
        Assert.Equal(network.GetType(), twin.GetType());
        Assert.Same(other.Weight, twin.Weight);
        Assert.Same(network.Bias, twin.Bias);
        Close(other.Forward(x), twin.Forward(x));
        Assert.Equal(before, network.Forward(x).ToArray<float>());
        network.Bias.Fill(2);
        other.Bias.Fill(2);
        Close(other.Forward(x), twin.Forward(x));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GradientsOfATwinGoByTheNamesOfTheOriginal(bool compiled)
    {
        Adapting network = compiled ? new Adapting.Cpu(3) : new Adapting(3), other = new Adapting(3);
        other.Initialize(9);
        Tensor x = Drawn(1, 4, 3), t = Drawn(2, 4, 3);
        var expected = other.LossGradient(x, t);
        var twin = network.With(weight: other.Weight).With(bias: other.Bias);
        var actual = twin.LossGradient(x, t);
        Close(expected.Value, actual.Value);
        Close(expected[other.Weight], actual[network.Weight]);
        Close(expected[other.Weight], actual[twin.Weight]);
        Close(expected[other.Bias], actual[network.Bias]);
    }

    [Fact]
    public void ChildrenTakeTheTensorsOfOtherNetworks()
    {
        Hyper network = new Hyper.Cpu(2), other = new Hyper(2);
        Tensor x = Drawn(1, 3, 2), z = Drawn(2, 2);
        var code = new Linear(2, 2);
        code.Initialize(4);
        var twin = network.With(code: code);
        // The array of children and the other child are the network's own.
        network.CopyTo(other);
        other.Find("code.Weight").CopyFrom(code.Weight);
        other.Find("code.Bias").CopyFrom(code.Bias);
        Close(other.Coded(x, z), twin.Coded(x, z));
        Close(other.Loss(x, z), twin.Loss(x, z));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ArraysOfChildrenTakeTheTensorsOfOtherNetworks(bool compiled)
    {
        HyperStack network = compiled ? new HyperStack.Cpu(2) : new HyperStack(2), other = new HyperStack(2);
        var weights = Drawn(1, 3, 2, 2);
        var layers = Enumerable.Range(0, 3).Select(_ => new Adapting(2)).ToArray();
        var shift = Drawn(3, 2);
        var twin = network.With(stack: [.. layers.Select((layer, k) => layer.With(weight: weights[k], bias: shift))], pair: [layers[0], layers[2]]);
        network.CopyTo(other);
        for (var k = 0; k < 3; k++)
        {
            other.Find($"stack.{k}.Weight").CopyFrom(weights[k]);
            other.Find($"stack.{k}.Bias").CopyFrom(shift);
        }
        for (var k = 0; k < 2; k++)
            foreach (var name in new[] { "Weight", "Bias" }) other.Find($"pair.{k}.{name}").CopyFrom(layers[2 * k].Find(name));
        var x = Drawn(4, 3, 2);
        Close(other.Deep(x), twin.Deep(x));
        Close(other.DeepGradient(x).Of("stack.1.Weight"), twin.DeepGradient(x).Of("stack.1.Weight"));
        Close(other.Loss(x, weights, shift), twin.Loss(x, weights, shift));
        Assert.Equal("With: 'stack' has 3 elements, and 2 are given.", Assert.Throws<ArgumentException>(() => network.With(stack: layers[1..])).Message);
        Assert.Contains("'stack.1.Weight' is Float32 [2 2]", Assert.Throws<ArgumentException>(() => network.With(stack: [layers[0], new(3), layers[2]])).Message);
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        var network = new Adapting(3);
        Assert.Equal("With: 'Weight' is Float32 [3 3], and the given tensor is Float32 [3 2].", Assert.Throws<ArgumentException>(() => network.With(weight: Drawn(1, 3, 2))).Message);
        Assert.Contains("Float64", Assert.Throws<ArgumentException>(() => network.With(bias: Drawn(1, 3).To(DType.Float64))).Message);
        Assert.Contains("'code.Weight' is Float32 [3 3]", Assert.Throws<ArgumentException>(() => new Hyper(3).With(code: new Linear(2, 2))).Message);
    }

    [Fact]
    public void NumbersFollowAConvertedNetwork()
    {
        var network = new Adapting(3);
        network.To(DType.Float64);
        Assert.Equal(DType.Float64, network.With(weight: Drawn(1, 3, 3)).Forward(Drawn(2, 1, 3)).DType);
    }

    private static void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        foreach (var (a, b) in expected.ToArray<float>().Zip(actual.ToArray<float>())) Assert.Equal(a, b, 1e-4f * (1 + Math.Abs(a)));
    }
}
