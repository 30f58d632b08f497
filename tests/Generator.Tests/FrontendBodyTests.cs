using static Proxima.Tests.FrontendReading;

namespace Proxima.Tests;

/// <summary>Every construct of the language, as the Surface that it becomes.</summary>
public class FrontendBodyTests
{
    private const string Signature = "[return: Shape(\"b n\")] public virtual Tensor F([Shape(\"b m\")] Tensor x) ";

    [Theory]
    [InlineData("x + 1", "(binary + (local x) (int 1))")]
    [InlineData("2.5f * x", "(binary * (float 2.5) (local x))")]
    [InlineData("x * n", "(binary * (local x) (size n))")]
    [InlineData("x * scale", "(binary * (local x) (size scale))")]
    [InlineData("x * (1f / n)", "(binary * (local x) (binary / (float 1) (number float (size n))))")]
    [InlineData("x * (int)(scale * 2)", "(binary * (local x) (number int (binary * (size scale) (float 2))))")]
    [InlineData("-x", "(unary - (local x))")]
    [InlineData("x < 0.1", "(binary < (local x) (float 0.1))")]
    [InlineData("0.1f * x", "(binary * (float 0.10000000149011612) (local x))")]
    [InlineData("MatMul(y: Encoder, x: x)", "(op MatMul (arg x (local x)) (arg y (param Encoder)))")]
    [InlineData("Sum(x, dim: -1)", "(op Sum (arg x (local x)) (arg dim (int -1)) (arg keepDim (bool false)))")]
    [InlineData("Clamp(x, min: 0)", "(op Clamp (arg x (local x)) (arg min (float 0)) (arg max (float Infinity)))")]
    [InlineData("Concat([x, x], dim: 1)", "(op Concat (arg tensors (array (local x) (local x))) (arg dim (int 1)))")]
    [InlineData("Permute(x, 1, 0)", "(op Permute (arg x (local x)) (arg dims (array (int 1) (int 0))))")]
    [InlineData("Zeros(x.Dim(0), n)", "(op Zeros (arg shape (array (dim (local x) (int 0)) (size n))))")]
    [InlineData("x.To(DType.Float64)", "(cast Float64 (local x))")]
    [InlineData("x[0]", "(index (local x) (at (int 0)))")]
    [InlineData("x[^1, 1..n]", "(index (local x) (at (fromend (int 1))) (range (int 1) (size n)))")]
    [InlineData("x[.., ..^2]", "(index (local x) (range (null) (null)) (range (null) (fromend (int 2))))")]
    [InlineData("x * x.Rank", "(binary * (local x) (rank (local x)))")]
    [InlineData("Map(x, v => v / (1 + MathF.Abs(v)))", "(op Map (arg x (local x)) (arg f (lambda (names (local v)) (binary / (local v) (binary + (float 1) (math Abs (local v)))))))")]
    [InlineData("Map(x, MathF.Exp)", "(op Map (arg x (local x)) (arg f (lambda (names (local x)) (math Exp (local x)))))")]
    [InlineData("Map(x, v => v > 0 ? v : 0)", "(op Map (arg x (local x)) (arg f (lambda (names (local v)) (cond (binary > (local v) (float 0)) (local v) (float 0)))))")]
    [InlineData("child.Forward(x)", "(child Forward (field child) (arg x (local x)) (arg times (int 2)))")]
    [InlineData("blocks[1].Forward(times: n, x: x)", "(child Forward (element blocks (int 1)) (arg x (local x)) (arg times (size n)))")]
    [InlineData("blocks[^1].Forward(x)", "(child Forward (element blocks (binary - (binary - (size m) (int 1)) (int 1))) (arg x (local x)) (arg times (int 2)))")]
    [InlineData("x * blocks.Length", "(binary * (local x) (binary - (size m) (int 1)))")]
    [InlineData("x * child.Weight", "(binary * (local x) (childparam Weight (field child)))")]
    [InlineData("Functions.Twice(x)", "(function Functions.Twice (arg x (local x)))")]
    [InlineData("n > 3 ? x : -x", "(cond (binary > (size n) (int 3)) (local x) (unary - (local x)))")]
    [InlineData("x * Running", "(binary * (local x) (buffer Running))")]
    [InlineData("x * nameof(x).Length", null)]
    public void Expression(string csharp, string? surface)
    {
        var reading = Read("Net", Network(Signature + $"=> {csharp};"));
        if (surface is null) Assert.Equal("PRX0006", Assert.Single(reading.Diagnostics.Items).Id);
        else Assert.Equal($"(return {surface})", BodyOf(reading));
    }

    [Theory]
    [InlineData("for (var k = 1; k < n; k++) x += k;", "(for k (int 1) (size n) (int 1) (block (assign x (binary + (local x) (local k)))))")]
    [InlineData("for (int k = 1; k <= n; k += 2) x = -x;", "(for k (int 1) (binary + (size n) (int 1)) (int 2) (block (assign x (unary - (local x)))))")]
    [InlineData("for (var k = n - 1; k >= 0; k--) x = -x;", "(for k (binary - (size n) (int 1)) (binary - (int 0) (int 1)) (int -1) (block (assign x (unary - (local x)))))")]
    [InlineData("for (var k = n; 0 < k; k = k - 3) x = -x;", "(for k (size n) (int 0) (int -3) (block (assign x (unary - (local x)))))")]
    [InlineData("foreach (var b in blocks) x = b.Forward(x);", "(foreach b (field blocks) (block (assign x (child Forward (local b) (arg x (local x)) (arg times (int 2))))))")]
    [InlineData("if (n > m) { x = -x; } else if (n == 1) x = x + 1;", "(if (binary > (size n) (size m)) (block (assign x (unary - (local x)))) (block (if (binary == (size n) (int 1)) (block (assign x (binary + (local x) (int 1)))) (block))))")]
    [InlineData("var (a, b) = (x, -x); (a, b) = (b, a); x = a;",
        "(lettuple (names (local a) (local b)) (tuple (local x) (unary - (local x))))\n(assigntuple (names (local a) (local b)) (tuple (local b) (local a)))\n(assign x (local a))")]
    [InlineData("var t = (x, y: -x); x = t.Item1 + t.y;", "(let t (tuple (local x) (unary - (local x))))\n(assign x (binary + (item (local t) (int 0)) (item (local t) (int 1))))")]
    [InlineData("Tensor a; if (n > 1) a = x; else a = -x; x = a;", "(let a (null))\n(if (binary > (size n) (int 1)) (block (assign a (local x))) (block (assign a (unary - (local x)))))\n(assign x (local a))")]
    [InlineData("const int k = 3; int a = 2, c = k; c++; x *= a * c;", "(let a (int 2))\n(let c (int 3))\n(assign c (binary + (local c) (int 1)))\n(assign x (binary * (local x) (binary * (local a) (local c))))")]
    [InlineData("var b = blocks[0]; x = b.Forward(x);", "(let b (element blocks (int 0)))\n(assign x (child Forward (local b) (arg x (local x)) (arg times (int 2))))")]
    [InlineData("float s = n; x = x * s;", "(let s (number float (size n)))\n(assign x (binary * (local x) (local s)))")]
    public void Statement(string csharp, string surface)
    {
        Assert.Equal(surface + "\n(return (local x))", Body(Signature + $"{{ {csharp} return x; }}"));
    }

    [Fact]
    public void BuffersAreAssigned() =>
        Assert.Equal("(setbuffer Running (binary * (buffer Running) (float 0.5)))\n(return (local x))", Body(Signature + "{ Running *= 0.5; return x; }"));

    [Fact]
    public void DerivedSizesStandForTheirExpressions() =>
        Assert.Equal("(return (binary * (local x) (binary + (binary / (size n) (int 2)) (int 1))))",
            Body(Signature + "=> x * Quarter;", "readonly int half = n / 2; int Quarter => half + 1;"));

    [Fact]
    public void HelpersAndMethodsAreCalled() =>
        Assert.Equal("(return (method Helper (arg x (local x)) (arg k (int 3))))",
            Body(Signature + "=> Helper(k: 3, x: x);", "Tensor Helper(Tensor x, int k) => x * k;"));

    [Fact]
    public void GradientsAreRead()
    {
        const string members =
            """
            [return: Shape("")] public virtual Tensor Loss([Shape("b m")] Tensor x) => Mean(x);
            [Gradient(of: nameof(Loss))] public virtual partial Gradients LossGradient(Tensor x);
            """;
        Assert.Equal(
            "(let g (method LossGradient (arg x (local x))))\n(return (binary + (gradient Encoder (local g)) (binary * (gradientvalue (local g)) (gradient child.Weight (local g)))))",
            Body(Signature + "{ var g = LossGradient(x); return g[Encoder] + g.Value * g.Of(\"child.Weight\"); }", members));
    }

    [Fact]
    public void AChainOfFiveThousandTermsIsCutIntoLocals()
    {
        var body = Read("Net", Network(Signature + "=> x" + string.Concat(Enumerable.Repeat(" + x", 5000)) + ";")).Declaration!.Methods[0].Body!;
        Assert.Equal(5000 / 64 + 1, body.Count);
        Assert.Equal(body, Proxima.Generator.Ir.Surface.Parse(body.ToString()));
    }

    [Fact]
    public void OriginsAreExact()
    {
        var source = Network(Signature + "\n=> x + MatMul(x, Encoder);");
        var sum = Read("Net", source).Declaration!.Methods[0].Body![0][0];
        Assert.Equal("File0.cs", sum.Origin.File);
        Assert.Equal("x + MatMul(x, Encoder)", source.Substring(sum.Origin.Start, sum.Origin.Length));
        Assert.Equal("Encoder", source.Substring(sum[1].Arg("y")!.Origin.Start, sum[1].Arg("y")!.Origin.Length));
        Assert.Equal(source.Split('\n').ToList().FindIndex(l => l.Contains("=> x + MatMul")) + 1, sum.Origin.Line);
    }

    [Theory]
    [InlineData("=> x + Unknown(x);")]
    [InlineData("=> x + \"text\";")]
    [InlineData("{ var a = x; a.Missing(); return a; }")]
    [InlineData("{ return x +; }")]
    [InlineData("{ for (var k = 0; k < ; k++) x = -x; return x; }")]
    [InlineData("{ foreach (var b in missing) x = -x; return x; }")]
    public void CodeThatCSharpRejectsIsLeftToCSharp(string body)
    {
        var reading = Read("Net", Network(Signature + body));
        Assert.Empty(reading.Diagnostics);
        Assert.Null(reading.Declaration!.Methods[0].Body);
    }
}
