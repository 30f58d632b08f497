using Proxima.Generator;
using Proxima.Generator.Ir;
using Proxima.Generator.Optimize;
using Xunit;
using static Proxima.Tests.Declare;

namespace Proxima.Tests;

/// <summary>Products of matrices whose elements are known to be signs are computed on bits, told from what the signs are made of.</summary>
public sealed class PlanSignTests
{
    private const string Quantised = "(op StraightThrough (arg forward (op Binarize (arg x (local {0})))) (arg backward (local {0})))";

    private static string Binarized(string x) => $"(op Binarize (arg x (local {x})))";

    private static string Product(string x, string y) => $"(op MatMul (arg x {x}) (arg y {y}))";

    private static Function Net(string signature, string expression) => Function(Network("Net", "", Method(signature, $"(block (return {expression}))")), "Forward");

    private static Plan PlanOf(string signature, string expression)
    {
        var function = Net(signature, expression);
        Verifier.Check(function);
        return NetworkCompiler.Plan(function);
    }

    private static Gemm ProductOf(string expression, string signature = "Forward(x: b n, w: n m) -> b m") => Assert.Single(PlanOf(signature, expression).Computations.OfType<Gemm>());

    [Fact]
    public void SignsAreReadFromTheValuesWhoseSignsTheyAre()
    {
        var plan = PlanOf("Forward(x: b n, w: n m) -> b m", Product(Binarized("x"), Binarized("w")));
        var gemm = (Gemm)Assert.Single(plan.Computations);
        Assert.Equal((Signs.Binary, Signs.Binary), gemm.Signs);
        Assert.Equal(["x", "w"], [gemm.Left.Buffer.Name, gemm.Right.Buffer.Name]);
        Assert.DoesNotContain(plan.Buffers, buffer => buffer.Kind == BufferKind.Temporary);
        Verifier.Check(plan.Function);
        Assert.Contains("Dot(x, w) signs [0 0] : f32[b m]", TextPrinter.Print(plan.Function));
    }

    [Theory]
    [InlineData("(op Sign (arg x (local x)))", true)]
    [InlineData("(op Where (arg condition (op Greater (arg x (local x)) (arg y (float 0.5)))) (arg x (float -1)) (arg y (float 1)))", false)]
    [InlineData("(binary * (op Binarize (arg x (local x))) (op Sign (arg x (local x))))", true)]
    [InlineData("(unary - (op Binarize (arg x (local x))))", false)]
    public void WhateverIsMadeOfSignsIsOne(string signs, bool hasZeros) =>
        Assert.Equal((hasZeros ? Signs.Ternary : Signs.Binary, Signs.Binary), ProductOf(Product(signs, Binarized("w"))).Signs);

    [Theory]
    [InlineData("(local x)")]
    [InlineData("(binary * (op Binarize (arg x (local x))) (float 2))")]
    [InlineData("(binary + (op Binarize (arg x (local x))) (op Binarize (arg x (local x))))")]
    [InlineData("(op Where (arg condition (op Greater (arg x (local x)) (arg y (float 0)))) (arg x (local x)) (arg y (float 1)))")]
    [InlineData("(op Floor (arg x (op Binarize (arg x (local x)))))")]
    public void OthersAreMultipliedAsNumbers(string factor) => Assert.Null(ProductOf(Product(factor, Binarized("w"))).Signs);

    [Fact]
    public void WhatPassesStraightThroughIsStillASign() =>
        Assert.Equal((Signs.Binary, Signs.Binary), ProductOf(Product(string.Format(Quantised, "x"), string.Format(Quantised, "w"))).Signs);

    [Fact]
    public void TheForwardPassOfAGradientStaysOnBits()
    {
        var function = Net("Forward(x: b n, w: n m) -> ", $"(op Sum (arg x (op Square (arg x {Product(string.Format(Quantised, "x"), string.Format(Quantised, "w"))}))))");
        var gradient = Generator.Transforms.Gradient.Apply(function, ["w"]);
        Verifier.Check(gradient);
        var products = NetworkCompiler.Plan(gradient).Computations.OfType<Gemm>().ToArray();
        // The cotangents are numbers.
        Assert.Equal([(Signs.Binary, Signs.Binary), null], products.Select(product => product.Signs));
    }

    [Fact]
    public void TheZerosAroundAnImageAreKnown()
    {
        var gemm = ProductOf("(op Conv2d (arg x (op Binarize (arg x (local x)))) (arg weight (op Binarize (arg x (local k)))) (arg padding (int 1)))", "Forward(x: b 3 h w, k: 8 3 3 3) -> b 8 h w");
        Assert.Equal((Signs.Binary, Signs.Ternary), gemm.Signs);
        Assert.Equal("k", gemm.Left.Buffer.Name);
    }

    [Fact]
    public void ALoopKnowsTheSignsItCaptures()
    {
        var loop = "(block (let z (local x)) (for k (int 0) (int 3) (int 1) (block (assign z (op MatMul (arg x (op Binarize (arg x (local z)))) (arg y (op Binarize (arg x (local w)))))))) (return (local z)))";
        var function = Function(Network("Net", "", Method("Forward(x: b n, w: n n) -> b n", loop)), "Forward");
        var gemm = Assert.Single(NetworkCompiler.Plan(function).Computations.OfType<Gemm>());
        Assert.Equal((Signs.Binary, Signs.Binary), gemm.Signs);
    }
}
