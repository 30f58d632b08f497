using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Transforms;
using static Proxima.Tests.AutodiffSupport;

namespace Proxima.Tests;

/// <summary>The rewrites: what remains, and that values stay.</summary>
public class AutodiffSimplifyTests
{
    private const string Arguments = "x: f32[b n] input, y: f32[n n] input, s: f32[] input, v: f32[n] input, w: f32[1 n 1] input, z: f32[b n n] input";

    [Theory]
    [InlineData("p = Permute(x) axes [1 0] : f32[n b] q = Permute(p) axes [1 0] : f32[b n] r = Exp(q) : f32[b n]", "Exp")]
    [InlineData("p = Reshape(x) : f32[n*b] q = Reshape(p) : f32[b n] r = Exp(q) : f32[b n]", "Exp")]
    [InlineData("p = Broadcast(s) : f32[n] q = Broadcast(p) axes [1] : f32[b n] r = Add(q, x) : f32[b n]", "Broadcast Add")]
    [InlineData("p = Broadcast(v) axes [1] : f32[b n] f = Full 2 : f32[b n] q = Mul(p, f) : f32[b n] r = Exp(q) : f32[b n]", "Full Mul Exp Broadcast")]
    [InlineData("p = Broadcast(v) axes [1] : f32[b n] r = Permute(p) axes [1 0] : f32[n b]", "Broadcast")]
    [InlineData("p = Broadcast(v) axes [1] : f32[b n] r = Reshape(p) : f32[b 1 n]", "Broadcast")]
    [InlineData("p = Reshape(v) : f32[1 n] q = Reshape(p) : f32[n 1] r = Broadcast(q) axes [1 2] : f32[b n 1]", "Broadcast")]
    [InlineData("p = Slice(x) at [0 1] step [1 2] : f32[b 2] r = Slice(p) at [0 1] step [1 1] : f32[b 1]", "Slice")]
    [InlineData("p = Pad(x) at [0 2] step [1 1] : f32[b n+4] r = Slice(p) at [0 2] step [1 1] : f32[b n]", "")]
    [InlineData("p = Pad(x) at [0 2] step [1 1] : f32[b n+4] r = Pad(p) at [1 1] step [1 1] : f32[b+2 n+6]", "Pad")]
    [InlineData("p = Broadcast(v) axes [1] : f32[b n] r = Slice(p) at [0 1] step [1 1] : f32[1 2]", "Slice Broadcast")]
    [InlineData("p = Broadcast(v) axes [1] : f32[b n] r = ReduceSum(p) axes [0] : f32[n]", "Size Broadcast Mul")]
    [InlineData("p = Broadcast(v) axes [1] : f32[b n] r = ReduceSum(p) axes [0 1] : f32[]", "ReduceSum Size Mul")]
    [InlineData("p = Full 3 : f32[b n] r = ReduceSum(p) axes [1] : f32[b]", "Full Size Mul Broadcast")]
    [InlineData("r = ReduceSum(w) axes [0 2] : f32[n]", "Reshape")]
    [InlineData("p = ReduceSum(z) axes [1] : f32[b n] r = ReduceSum(p) axes [0] : f32[n]", "ReduceSum")]
    [InlineData("p = Permute(z) axes [2 1 0] : f32[n n b] r = ReduceSum(p) axes [2] : f32[n n]", "ReduceSum Permute")]
    [InlineData("p = Permute(y) axes [1 0] : f32[n n] q = Dot(x, p) : f32[b n] r = Permute(q) axes [1 0] : f32[n b]", "Permute Dot")]
    [InlineData("p = Broadcast(y) axes [1 2] : f32[b n n] r = Dot(z, p) : f32[b n n]", "Reshape Dot Reshape")]
    [InlineData("c = Less(x, x) : bool[b n] e = Exp(x) : f32[b n] d = Not(c) : bool[b n] r = Where(d, x, e) : f32[b n]", "Less Exp Where")]
    [InlineData("c = Less(x, x) : bool[b n] e = Exp(x) : f32[b n] o = Where(c, x, e) : f32[b n] r = Where(c, e, o) : f32[b n]", "Exp")]
    [InlineData("c = Equal(x, x) : bool[b n] d = Not(c) : bool[b n] r = Cast(d) : f32[b n]", "NotEqual Cast")]
    [InlineData("p = Full 1 : f32[b n] q = Full 2 : f32[b n] c = Less(p, q) : bool[b n] e = Exp(x) : f32[b n] r = Where(c, e, x) : f32[b n]", "Exp")]
    public void BecomesSimplerAndKeepsItsValue(string body, string expected)
    {
        var function = Checked(Parse($"func F({Arguments}) {{ {body} return r }}"));
        var simple = Checked(Cleanup.Apply(function));
        var operations = string.Join(" ", simple.Body.Schedule().Where(n => n.Op != Op.Parameter).Select(n => n.Op));
        Assert.Equal(expected, operations);
        Dictionary<string, long> sizes = new() { ["b"] = 2, ["n"] = 4 };
        var arguments = AutodiffSupport.Arguments(function, sizes);
        AssertClose(IrEvaluator.Run(function, arguments, sizes)[0].Data, IrEvaluator.Run(simple, arguments, sizes)[0].Data, 1e-14, body);
    }

    [Fact]
    public void NothingTimesZeroStaysWhatItIs()
    {
        var function = Cleanup.Apply(Parse("func F(x: f32[n] input) { z = Full 0 : f32[n] y = Mul(x, z) : f32[n] return y }"));
        Assert.Equal(Op.Mul, function.Results[0].Op);
    }

    [Fact]
    public void TheRegistryAnswersInWords()
    {
        static string? Error(string kind, string text, params ImmutableArray<string> wrt)
        {
            var declaration = new TransformDeclaration(kind, "F", wrt, EquatableArray<Surface>.Empty, Origin.None, Origin.None);
            var function = TransformRegistry.Apply(kind, Parse(text), declaration, out var error);
            Assert.Equal(error is null, function is not null);
            if (function is not null) Checked(function);
            return error;
        }
        const string Scalar = "func F(x: f32[n] input, i: i64[n] input, W: f32[n] weight, B: f32[n] buffer) { y = Mul(x, W) : f32[n] s = ReduceSum(y) axes [0] : f32[] return s }";
        const string Vector = "func F(x: f32[n] input) { y = Exp(x) : f32[n] return y }";
        Assert.Null(Error("Gradient", Scalar));
        Assert.Null(Error("Gradient", Scalar, "x"));
        Assert.Null(Error("Jvp", Vector));
        Assert.Contains("F returns f32[n]", Error("Gradient", Vector));
        Assert.Contains("uses no float parameter", Error("Gradient", "func F(x: f32[] input) { return x }"));
        Assert.Contains("has no input and uses no parameter 'q'; it has x, i, W, B", Error("Gradient", Scalar, "q"));
        Assert.Contains("'B' is a buffer", Error("Gradient", Scalar, "B"));
        Assert.Contains("'i' is i64[n]", Error("Gradient", Scalar, "i"));
        Assert.Contains("named twice", Error("Gradient", Scalar, "x", "x"));
        Assert.Contains("no float tensor to differentiate by", Error("Jvp", "func F(i: i64[n] input) { y = Cast(i) : f32[n] return y }"));
        Assert.Contains("no transform 'Hessian'", Error("Hessian", Vector));
    }
}
