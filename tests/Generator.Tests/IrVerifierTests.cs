using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Tests;

/// <summary>Every broken invariant is found, and the message names the node.</summary>
public class IrVerifierTests
{
    [Theory]
    [InlineData("y = Add(x, w) : f32[n]", "needs equal sizes")]
    [InlineData("y = Add(x, x) : f32[m]", "needs equal sizes")]
    [InlineData("y = Exp(x, x) : f32[n]", "must have 1 operands")]
    [InlineData("y = Exp(i) : i64[n]", "float element type")]
    [InlineData("y = Add(x, d) : f32[n]", "one element type")]
    [InlineData("y = Less(x, x) : f32[n]", "give Bool")]
    [InlineData("y = Where(x, x, x) : f32[n]", "choose by Bool")]
    [InlineData("y = Not(x) : bool[n]", "must be Bool")]
    [InlineData("y = Broadcast(x) axes [2] : f32[m n]", "names axis 2 of 2")]
    [InlineData("y = Broadcast(x) axes [0] : f32[m n]", "needs equal sizes")]
    [InlineData("y = Broadcast(a) axes [1 0] : f32[n m]", "increasing order")]
    [InlineData("y = Permute(a) axes [0 0] : f32[m n]", "every axis once")]
    [InlineData("y = Permute(a) axes [1 0] : f32[m n]", "needs equal sizes")]
    [InlineData("y = Reshape(a) : f32[m m]", "number of elements")]
    [InlineData("y = Slice(a) at [0] step [1] : f32[n]", "keep the rank")]
    [InlineData("y = Slice(x) at [0 0] step [1] : f32[n]", "1 sizes, not 1, 1 and 2")]
    [InlineData("y = Slice(x) at [0] step [0] : f32[n]", "step by 0")]
    [InlineData("y = UpdateAdd(x, a) at [0] step [1] : f32[n]", "block of its rank")]
    [InlineData("y = Concat(x, x) axes [0] : f32[n]", "needs equal sizes")]
    [InlineData("y = Concat(x, a) axes [0] : f32[n+m]", "one rank")]
    [InlineData("y = ReduceSum(a) axes [0] : f32[m]", "needs equal sizes")]
    [InlineData("y = ReduceSum(a) axes [1 0] : f32[]", "increasing order")]
    [InlineData("y = ReduceSum(a) axes [2] : f32[m n]", "names axis 2")]
    [InlineData("y = ArgMax(a) axes [1] : f32[m]", "must be Int64")]
    [InlineData("y = Dot(a, a) : f32[m n]", "needs equal sizes")]
    [InlineData("y = Dot(x, x) : f32[n]", "at least 2")]
    [InlineData("y = Size [n] : f32[n]", "rank 0")]
    [InlineData("y = Iota axes [1] : f32[n]", "names axis 1 of 1")]
    [InlineData("y = Full 1 : f32[unknown]", "unbound size unknown")]
    [InlineData("(y) = Loop k < n carry (c = x) { e = Full 1 : f32[m] yield e }", "unchanging types")]
    [InlineData("(y) = Loop k < n carry (c = x) { e = Exp(x) : f32[n] yield e }", "bodies are closed")]
    [InlineData("(y, s) = Loop k < n carry (c = x) { e = Full 1 : f32[k+1] yield c, e }", "mentions the counter")]
    [InlineData("(z) = Loop k < n carry (c = x) { yield c } (y) = Loop j < k carry (e = z) { yield e }", "outside of its loop")]
    [InlineData("(z) = Loop k < n carry (c = x) { yield c } (y) = Loop k < n carry (e = z) { yield e }", "reuses the counter k")]
    [InlineData("(z) = Loop k < n carry (c = x) { yield c } s = Slice(z) at [k] step [1] : f32[1] y = Broadcast(s) : f32[n 1]", "outside of its loop")]
    [InlineData("(z, y, h) = Loop k < n carry (c = x) histories [0 0] { yield c }", "histories once")]
    public void BrokenInvariantsAreNamed(string body, string reason)
    {
        var text = $"func F(x: f32[n] input, w: f32[m] input, a: f32[m n] input, i: i64[n] input, d: f64[n] input) {{ bind n = \"x\" 0 bind m = \"w\" 0 {body} return y }}";
        var function = TextParser.Parse(text);
        var exception = Assert.Throws<InvalidOperationException>(() => Verifier.Check(function, []));
        Assert.Contains(reason, exception.Message);
    }

    [Fact]
    public void AnEqualityCheckedAtEntryIsOne()
    {
        const string Text = "func F(x: f32[n] input, w: f32[m] input) { check n == m \"differ\" y = Add(x, w) : f32[n] return y }";
        Verifier.Check(TextParser.Parse(Text));
        Assert.Throws<InvalidOperationException>(() => Verifier.Check(TextParser.Parse(Text.Replace("check n == m \"differ\" ", ""))));
    }

    [Fact]
    public void AnUnknownArgumentBindsNothing() =>
        Assert.Throws<InvalidOperationException>(() => Verifier.Check(TextParser.Parse("func F(x: f32[n] input) { bind n = \"z\" 0 return x }")));
}
