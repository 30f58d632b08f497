using Proxima.Generator.Ir;
using Xunit;

namespace Proxima.Tests;

/// <summary>Sizes against enumeration: whatever the normal form does, the value for every small assignment stays.</summary>
public sealed class DimTests
{
    private static readonly string[] s_names = ["a", "b", "n"];

    private static IEnumerable<Func<string, long>> Assignments()
    {
        for (var a = 1; a <= 4; a++)
            for (var b = 1; b <= 4; b++)
                for (var n = 1; n <= 5; n++)
                {
                    var values = new Dictionary<string, long> { ["a"] = a, ["b"] = b, ["n"] = n };
                    yield return name => values[name];
                }
    }

    /// <summary>A random expression and what it means, computed beside it in plain arithmetic.</summary>
    private static (Dim Dim, Func<Func<string, long>, long> Value) Expression(Random random, int depth)
    {
        if (depth == 0 || random.Next(5) == 0)
        {
            if (random.Next(2) == 0)
            {
                long constant = random.Next(-2, 5);
                return (Dim.Of(constant), _ => constant);
            }
            var name = s_names[random.Next(s_names.Length)];
            return (Dim.Name(name), value => value(name));
        }
        var (x, fx) = Expression(random, depth - 1);
        var (y, fy) = Expression(random, depth - 1);
        switch (random.Next(7))
        {
            case 0: return (x + y, v => fx(v) + fy(v));
            case 1: return (x - y, v => fx(v) - fy(v));
            case 2: return (x * y, v => fx(v) * fy(v));
            case 3: return (Dim.Min(x, y), v => Math.Min(fx(v), fy(v)));
            case 4: return (Dim.Max(x, y), v => Math.Max(fx(v), fy(v)));
            case 5:
                var divisor = Positive(random);
                return (Dim.FloorDiv(x, divisor.Dim), v => Floor(fx(v), divisor.Value(v)));
            default:
                var modulus = Positive(random);
                return (Dim.Mod(x, modulus.Dim), v => fx(v) - Floor(fx(v), modulus.Value(v)) * modulus.Value(v));
        }
    }

    private static (Dim Dim, Func<Func<string, long>, long> Value) Positive(Random random)
    {
        var name = s_names[random.Next(s_names.Length)];
        long factor = random.Next(1, 4), offset = random.Next(0, 3);
        return random.Next(3) == 0 ? (Dim.Of(factor), _ => factor) : (Dim.Name(name) * factor + Dim.Of(offset), v => v(name) * factor + offset);
    }

    private static long Floor(long x, long y) => (long)Math.Floor((double)x / y);

    [Fact]
    public void ArithmeticKeepsTheValue()
    {
        var random = new Random(1);
        for (var i = 0; i < 3000; i++)
        {
            var (dim, value) = Expression(random, 4);
            foreach (var assignment in Assignments())
                Assert.True(dim.Evaluate(assignment) == value(assignment), $"{dim}: {dim.Evaluate(assignment)}, not {value(assignment)} at a={assignment("a")} b={assignment("b")} n={assignment("n")}");
        }
    }

    [Fact]
    public void TextReadsBack()
    {
        var random = new Random(2);
        for (var i = 0; i < 1000; i++)
        {
            var (dim, _) = Expression(random, 4);
            Assert.Equal(dim, Dim.Parse(dim.ToString()));
        }
    }

    [Fact]
    public void CSharpTextComputesTheSame()
    {
        // C# rounds towards zero, so only what is not negative throughout can be printed with '/' and '%'.
        var random = new Random(3);
        for (var i = 0; i < 1000; i++)
        {
            var (dim, _) = Expression(random, 3);
            var text = dim.ToCSharp().Replace("Math.Min", "min", StringComparison.Ordinal).Replace("Math.Max", "max", StringComparison.Ordinal);
            Assert.True(dim.Equals(Dim.Parse(text)), $"{dim} prints as {dim.ToCSharp()}");
        }
    }

    [Fact]
    public void EqualDimsAreEqualEverywhereAndAnswersAreRight()
    {
        var random = new Random(4);
        for (var i = 0; i < 3000; i++)
        {
            var (x, _) = Expression(random, 3);
            var (y, _) = Expression(random, 3);
            var equal = Assignments().All(v => x.Evaluate(v) == y.Evaluate(v));
            if (x.Equals(y)) Assert.True(equal, $"{x} and {y}");
            Assert.Equal(x.Equals(y), Dim.AreEqual(x, y) == Answer.Yes);
            if (Dim.AreEqual(x, y) == Answer.No) Assert.False(equal, $"{x} and {y}");
            // Sums do not depend on how they are put together.
            Assert.Equal(x + y - x, y);
            Assert.Equal((x + y) * x, x * x + y * x);
        }
    }

    [Fact]
    public void OrderAnswersAreRight()
    {
        var random = new Random(5);
        for (var i = 0; i < 3000; i++)
        {
            var (x, _) = Expression(random, 2);
            var (y, _) = Expression(random, 2);
            var answer = Dim.IsLess(x, y);
            if (answer == Answer.Yes) Assert.True(Assignments().All(v => x.Evaluate(v) < y.Evaluate(v)), $"{x} < {y}");
            if (answer == Answer.No) Assert.True(Assignments().All(v => x.Evaluate(v) >= y.Evaluate(v)), $"!({x} < {y})");
        }
    }

    [Fact]
    public void SubstitutionIsEvaluationInTwoSteps()
    {
        var random = new Random(6);
        for (var i = 0; i < 1000; i++)
        {
            var (dim, _) = Expression(random, 3);
            var (replacement, _) = Positive(random);
            var substituted = dim.Substitute(name => name == "a" ? replacement : null);
            foreach (var assignment in Assignments())
                Assert.Equal(dim.Evaluate(name => name == "a" ? replacement.Evaluate(assignment) : assignment(name)), substituted.Evaluate(assignment));
        }
    }

    [Fact]
    public void LinearPartsAddUp()
    {
        var random = new Random(7);
        for (var i = 0; i < 1000; i++)
        {
            var (dim, _) = Expression(random, 3);
            var (stride, offset) = dim.LinearIn("a");
            if (stride is null) continue;
            Assert.False(stride.Mentions("a"));
            Assert.False(offset.Mentions("a"));
            Assert.Equal(dim, stride * Dim.Name("a") + offset);
        }
    }

    [Fact]
    public void ExactDivisionUndoesMultiplication()
    {
        var random = new Random(8);
        for (var i = 0; i < 1000; i++)
        {
            var (x, _) = Positive(random);
            var (y, _) = Positive(random);
            Assert.Equal(x, Dim.ExactDiv(x * y, y));
            Assert.Equal(x, Dim.FloorDiv(x * y, y));
            Assert.Equal(Dim.Zero, Dim.Mod(x * y, y));
        }
        Assert.Null(Dim.ExactDiv(Dim.Name("a"), Dim.Name("b")));
    }

    [Fact]
    public void CountersStayBelowTheirLimits()
    {
        var n = Dim.Name("n");
        Dim i = Dim.Counter("i", Dim.Name("m")), j = Dim.Counter("j", n);
        Assert.Equal(i, Dim.FloorDiv(i * n + j, n));
        Assert.Equal(j, Dim.Mod(i * n + j, n));
        Assert.Equal("m-1", i.Extreme(true).ToString());
        Assert.Equal("0", i.Extreme(false).ToString());
        Assert.Equal("1-n", (-j).Extreme(false).ToString());
        Assert.Equal("m*n+n", (i * n + n * 2).Extreme(true).ToString());
    }

    [Theory]
    [InlineData("2*n+1", "2*n+1")]
    [InlineData("h/2", "((h)/(2))")]
    [InlineData("(n+n)/2", "n")]
    [InlineData("n%1", "0")]
    [InlineData("min(a,a+1)", "a")]
    [InlineData("-(a-b)", "b-a")]
    public void ShapeEntriesParse(string text, string expected) => Assert.Equal(expected, Dim.Parse(text)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("2*")]
    [InlineData("(n")]
    [InlineData("n)")]
    [InlineData("n/0")]
    [InlineData("min(a)")]
    [InlineData("a b")]
    [InlineData("99999999999999999999")]
    public void MalformedEntriesAreRefused(string text) => Assert.Null(Dim.Parse(text));
}
