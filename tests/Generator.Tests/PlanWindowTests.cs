using Proxima.Generator;
using Proxima.Generator.Ir;
using Proxima.Generator.Optimize;
using Xunit;
using static Proxima.Tests.Declare;

namespace Proxima.Tests;

/// <summary>Convolutions are products of images as they lie in memory, with what follows fused.</summary>
public sealed class PlanWindowTests
{
    private static Plan PlanOf(string signature, string expression)
    {
        var function = Function(Network("Net", "", Method(signature, $"(block (return {expression}))")), "Forward");
        Verifier.Check(function);
        return NetworkCompiler.Plan(function);
    }

    private const string Convolution = "(op Conv2d (arg x (local x)) (arg weight (local k)) (arg bias (local c)) (arg padding (int 1)))";

    [Fact]
    public void AConvolutionIsOneProductWithItsEpilogue()
    {
        var plan = PlanOf("Forward(x: b 3 h w, k: 8 3 3 3, c: 8) -> b 8 h w", $"(op Relu (arg x {Convolution}))");
        var gemm = Assert.Single(plan.Computations.OfType<Gemm>());
        Assert.False(gemm.Left.HasTables);
        Assert.NotNull(gemm.Right.Row.Table);
        Assert.NotNull(gemm.Right.Column.Table);
        Assert.Null(gemm.Right.Batch.Table);
        // The only image beside the arguments is the padded one; bias, sum and ramp are in the epilogue.
        var images = plan.Buffers.Where(buffer => buffer is { Kind: BufferKind.Temporary, DType: Generator.Ir.DType.Float32 } && buffer.Count.Mentions("b")).ToArray();
        Assert.Equal([Dim.Parse("3*b*(h+2)*(w+2)")], images.Select(buffer => buffer.Count));
        Assert.Equal(BufferKind.Output, Assert.Single(gemm.Epilogue).Target.Buffer.Kind);
    }

    [Fact]
    public void AWindowOfOneValueNeedsNoTable()
    {
        var plan = PlanOf("Forward(x: b 3 h w, k: 8 3 1 1) -> b 8 h w", "(op Conv2d (arg x (local x)) (arg weight (local k)))");
        var gemm = (Gemm)Assert.Single(plan.Computations);
        Assert.False(gemm.Left.HasTables || gemm.Right.HasTables);
    }

    [Fact]
    public void ANormWithKnownMomentsIsInTheEpilogueAndItsScaleIsComputedOncePerChannel()
    {
        static string OfChannels(string vector) => $"(op Reshape (arg x {vector}) (arg shape (array (int 8) (int 1) (int 1))))";
        var scale = OfChannels("(op Rsqrt (arg x (binary + (local v) (float 1E-05))))");
        var plan = PlanOf("Forward(x: b 3 h w, k: 8 3 3 3, c: 8, m: 8, v: 8, g: 8, s: 8) -> b 8 h w",
            $"(op Relu (arg x (binary + (binary * (binary * (binary - {Convolution} {OfChannels("(local m)")}) {scale}) {OfChannels("(local g)")}) {OfChannels("(local s)")})))");
        var gemm = Assert.Single(plan.Computations.OfType<Gemm>());
        Assert.Equal(BufferKind.Output, Assert.Single(gemm.Epilogue).Target.Buffer.Kind);
        Assert.DoesNotContain(Exprs.Order(gemm.Epilogue), expr => Emission.IsExpensive(expr.Op));
        // Beside the product nothing but the scale reads the variance, and it comes first.
        var scales = Assert.Single(plan.Computations.OfType<Kernel>(), kernel => kernel.Statements.Any(statement => Exprs.Order([statement]).Any(expr => expr.Op == Op.Rsqrt)));
        Assert.Equal(Dim.Parse("8"), scales.Vector!.Size);
        Assert.True(plan.Computations.ToList().IndexOf(scales) < plan.Computations.ToList().IndexOf(gemm));
    }

    [Fact]
    public void TheGradientOfTheWeightIsOneProductOverBatchAndPositions()
    {
        var function = Function(Network("Net", "", Method("Forward(x: b 3 h w, k: 8 3 3 3, c: 8) -> ", $"(block (return (op Sum (arg x (op Square (arg x {Convolution}))))))")), "Forward");
        var gradient = Generator.Transforms.Gradient.Apply(function, ["k"]);
        Verifier.Check(gradient);
        var products = NetworkCompiler.Plan(gradient).Computations.OfType<Gemm>().ToArray();
        Assert.Equal(2, products.Length);
        Assert.Equal(Dim.Parse("b*h*w"), products[1].Depth);
        Assert.All(products, product => Assert.True(product.Right.HasTables));
    }
}
