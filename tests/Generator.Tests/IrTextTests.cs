using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Tests;

/// <summary>The text form: it reads back as it was printed, and what is malformed is refused with its line.</summary>
public class IrTextTests
{
    private const string Example =
        """
        func Forward(y: f32[b ?y1] input, blocks___Weight: f32[depth n n] weight "blocks.*.Weight", Mean: f64[n] buffer) {
          bind b = "y" 0
          bind y1 = "y" 1
          check y1 == n "y is \"wide\" \\ wrong"
          assume depth <= 4
          refuse n < 2
          %1 = Full NaN : f32[b n]
          %2 = Full -0 : f32[b n]
          %3 = Full 1E-45 : f32[b n]
          %4 = Full -Infinity : f32[b n]
          %5 = Add(%1, %2) : f32[b n]
          x = Where(c, %3, %4) : f32[b n]
          return x "Weight", y
        }

        """;

    [Fact]
    public void ReadsBackAsPrinted()
    {
        var text = Example.Replace("\r", "").Replace("x = Where", "c = Less(%5, %3) : bool[b n]\n  x = Where");
        var function = TextParser.Parse(text);
        Assert.Equal("y is \"wide\" \\ wrong", function.Checks[0].Message);
        Assert.True(function.Arguments[0].Node.Shape[1].IsAnonymous);
        Assert.Equal("blocks.*.Weight", function.Arguments[1].Name);
        Assert.Equal("Weight", function.ResultNames[0]);
        Assert.Equal(
            text.Replace("  %5 = Add(%1, %2) : f32[b n]\n  c", "  %3 = Add(%1, %2) : f32[b n]\n  %4 = Full 1E-45 : f32[b n]\n  c")
                .Replace("  %3 = Full 1E-45 : f32[b n]\n  %4 = Full -Infinity : f32[b n]\n", "")
                .Replace("Less(%5, %3) : bool[b n]\n", "Less(%3, %4) : bool[b n]\n  %5 = Full -Infinity : f32[b n]\n").Replace("Where(c, %3, %4)", "Where(c, %4, %5)"),
            TextPrinter.Print(function));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(1.0 / 3)]
    [InlineData(double.MaxValue)]
    [InlineData(double.Epsilon)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-0.0)]
    [InlineData(9007199254740993.0)]
    public void NumbersKeepTheirBits(double value)
    {
        var node = new Builder().Full(value, Generator.Ir.DType.Float64, []);
        var function = new Function(
            "F", EquatableArray<FunctionArgument>.Empty, ImmutableArray.Create(node), ImmutableArray.Create(""), EquatableArray<SizeBinding>.Empty,
            EquatableArray<EntryCheck>.Empty, EquatableArray<Assumption>.Empty);
        Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(TextParser.Parse(TextPrinter.Print(function)).Results[0].Number));
    }

    [Fact]
    public void CountersKnowTheirLimits()
    {
        var function = TextParser.Parse("""
            func F(x: f32[n] input) {
              (y) = Loop k < n carry (a = x) {
                i = Size [(k+n*k)/(n+1)] : f32[]
                j = Broadcast(i) : f32[n]
                b = Add(a, j) : f32[n]
                yield b
              }
              return y
            }
            """);
        Assert.Equal("k", function.Results[0].Inputs[0].Loop!.Body.Schedule().Single(n => n.Op == Op.Size).Dims[0].ToString());
    }

    [Theory]
    [InlineData("", 1, "func")]
    [InlineData("func F(x: f32[n] input) {\n  y = Exp(z) : f32[n]\n  return y\n}", 2, "'z' is not defined")]
    [InlineData("func F(x: f32[n] input) {\n  x = Exp(x) : f32[n]\n  return x\n}", 2, "'x' is defined twice")]
    [InlineData("func F(x: f32[n] input) {\n\n  y = Expo(x) : f32[n]\n  return y\n}", 3, "'Expo' is no operation")]
    [InlineData("func F(x: f32[n] input) {\n  y = Parameter(x) : f32[n]\n  return y\n}", 2, "'Parameter' is no operation")]
    [InlineData("func F(x: f16[n] input) {\n  return x\n}", 1, "'f16' is no element type")]
    [InlineData("func F(x: f32[n+] input) {\n  return x\n}", 1, "'n+' is no size")]
    [InlineData("func F(x: f32[n input) {\n  return x\n}", 1, "is no size")]
    [InlineData("func F(x: f32[n] thing) {\n  return x\n}", 1, "'thing' is no kind of argument")]
    [InlineData("func F(x: f32[n] input) {\n  y = Full abc : f32[n]\n  return y\n}", 2, "'abc' is no number")]
    [InlineData("func F(x: f32[n] input) {\n  return x\n} more", 3, "unexpected text")]
    [InlineData("func F(x: f32[n] input \"unfinished", 1, "'\"' is missing")]
    [InlineData("func F(x: f32[n] input) {\n  (y) = Loop k < n carry (a = x) {\n    yield\n  }\n  return y\n}", 4, "carries 1 values yields 0")]
    [InlineData("func F(x: f32[n] input) {\n  (y, z) = Loop k < n carry (a = x) {\n    yield a\n  }\n  return y\n}", 4, "1 results, not 2")]
    [InlineData("func F(x: f32[n] input) {\n  (y, h) = Loop k < n carry (a = x) histories [3] {\n    yield a\n  }\n  return y\n}", 2, "carries no value 3")]
    [InlineData("func F(x: f32[99999999999999999999] input) {\n  return x\n}", 1, "is no size")]
    [InlineData("func F(x: f32[9223372036854775807+n+9223372036854775807] input) {\n  return x\n}", 1, "overflows")]
    public void MalformedTextIsRefusedWithItsLine(string text, int line, string reason)
    {
        var exception = Assert.Throws<FormatException>(() => TextParser.Parse(text));
        Assert.StartsWith($"line {line}: ", exception.Message);
        Assert.Contains(reason, exception.Message);
    }

    [Fact]
    public void AnyMutilationIsReadOrRefused()
    {
        var text = AutodiffSupport.Lista;
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var start = random.Next(text.Length);
            var count = Math.Min(random.Next(12), text.Length - start);
            var mutilated = random.Next(2) == 0 ? text.Remove(start, count) : text.Insert(start, text.Substring(random.Next(text.Length - 12), random.Next(12)));
            try
            {
                TextParser.Parse(mutilated);
            }
            catch (FormatException)
            {
                // The one way to refuse.
            }
        }
    }
}
