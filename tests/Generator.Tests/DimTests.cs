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
    public void TheCanonicalFormKeepsTheValue()
    {
        var random = new Random(11);
        for (var i = 0; i < 3000; i++)
        {
            var (dim, value) = Expression(random, 4);
            var canonical = dim.Canonical();
            foreach (var assignment in Assignments())
                Assert.True(canonical.Evaluate(assignment) == value(assignment), $"{dim} became {canonical} at a={assignment("a")} b={assignment("b")} n={assignment("n")}");
            Assert.Equal(canonical, canonical.Canonical());
        }
    }

    [Theory]
    [InlineData("n%4+4*(n/4)", "n")]
    [InlineData("(n+1)/2", "(n-1)/2+1")]
    [InlineData("min(a,n)+max(a,n)", "a+n")]
    [InlineData("max(a+1,n+1)", "1+max(n,a)")]
    [InlineData("min(2*a,2*n)", "2*min(a,n)")]
    [InlineData("(n/2)/3", "n/6")]
    [InlineData("((n+1)/2+1)/2", "(n+3)/4")]
    [InlineData("((a+1)*n+a)/(a+1)", "n")]
    public void DifferentWordsForOneSizeAreEqual(string x, string y) => Assert.Equal(Answer.Yes, Dim.AreEqual(Dim.Parse(x)!, Dim.Parse(y)!));

    [Theory]
    [InlineData("2*(n/2)", "n", Answer.Yes)]
    [InlineData("n", "4*((n+3)/4)", Answer.Yes)]
    [InlineData("4*((n+3)/4)", "n+3", Answer.Yes)]
    [InlineData("min(a,n)", "a", Answer.Yes)]
    [InlineData("max(a,n)+1", "a", Answer.No)]
    [InlineData("n%4", "3", Answer.Yes)]
    [InlineData("4", "n%4", Answer.No)]
    [InlineData("min(a,b)+n", "max(a,b)+n", Answer.Yes)]
    [InlineData("a", "n", Answer.Unknown)]
    public void OrderIsProved(string x, string y, object expected) =>
        Assert.Equal((Answer)expected, Dim.Facts.None.IsAtMost(Dim.Parse(x)!, Dim.Parse(y)!));

    /// <summary>Facts as declarations state them, questions about them, and the answers.</summary>
    [Theory]
    [InlineData("h % 4 == 0", "4*(h/4) == h", Answer.Yes)]
    [InlineData("h % 4 == 0", "h/2 == 2*(h/4)", Answer.Yes)]
    [InlineData("h % 4 == 1", "h%2 == 1", Answer.Yes)]
    [InlineData("h % k == 0", "(h/k)*k == h", Answer.Yes)]
    [InlineData("heads*d == width", "width/heads*b == d*b", Answer.Yes)]
    [InlineData("a*b == c*d", "a*b*n == d*n*c", Answer.Yes)]
    [InlineData("2*a == 3*b", "4*a == 6*b", Answer.Yes)]
    [InlineData("2*a == 3*b", "a%3 == 0", Answer.Yes)]
    [InlineData("n >= 3", "n*m >= 3*m", Answer.Yes)]
    [InlineData("n >= 1, m >= 1", "n*m >= 1", Answer.Yes)]
    [InlineData("a <= b, b <= c", "a <= c", Answer.Yes)]
    [InlineData("a <= b, b <= a", "a*n == b*n", Answer.Yes)]
    [InlineData("a < b", "a == b", Answer.No)]
    [InlineData("a == b", "a == c", Answer.No)]
    [InlineData("n <= 4", "n*n <= 16", Answer.Yes)]
    [InlineData("n == 2*k", "n%2 == 0", Answer.Yes)]
    [InlineData("n <= 8", "min(n,8) == n", Answer.Yes)]
    [InlineData("a*b % 4 == 0", "a*b/4*4 == a*b", Answer.Yes)]
    [InlineData("h % 4 == 0", "h%8 == 0", Answer.Unknown)]
    public void FactsAreUsed(string facts, string question, object expected)
    {
        var known = Dim.Facts.None;
        foreach (var fact in facts.Split(", ")) known = Learn(known, fact);
        var (left, relation, right) = Relation(question);
        Assert.Equal(expected, relation == "==" ? known.AreEqual(left, right) : relation == "<=" ? known.IsAtMost(left, right) : known.IsAtMost(right, left));
    }

    private static (Dim Left, string Relation, Dim Right) Relation(string text)
    {
        var words = text.Split([" == ", " <= ", " >= ", " < "], StringSplitOptions.None);
        return (Dim.Parse(words[0])!, text[words[0].Length..^words[1].Length].Trim(), Dim.Parse(words[1])!);
    }

    private static Dim.Facts Learn(Dim.Facts known, string fact) => Relation(fact) switch
    {
        var (left, relation, right) when relation == "==" => known.AddEqual(left, right),
        var (left, relation, right) when relation == "<=" => known.AddAtMost(left, right),
        var (left, relation, right) when relation == "<" => known.AddAtMost(left + Dim.One, right),
        var (left, _, right) => known.AddAtMost(right, left),
    };

    /// <summary>Random facts, and every answer about random sizes against all small assignments that the facts allow.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnswersUnderFactsAreRight(int seed)
    {
        var random = new Random(seed);
        var (said, asked) = (0, 0);
        var all = AllAssignments().ToArray();
        for (var i = 0; i < 1200; i++)
        {
            var facts = Dim.Facts.None;
            var allowed = all;
            var words = "";
            for (var count = random.Next(1, 4); count > 0; count--)
            {
                var (left, relation, right) = RandomFact(random);
                words += $"{left} {relation} {right}, ";
                facts = relation == "==" ? facts.AddEqual(left, right) : facts.AddAtMost(left, right);
                allowed = [.. allowed.Where(v => relation == "==" ? left.Evaluate(v) == right.Evaluate(v) : left.Evaluate(v) <= right.Evaluate(v))];
            }
            if (allowed.Length == 0) continue;
            for (var question = 0; question < 4; question++)
            {
                var (x, _) = Expression(random, 2);
                var (y, _) = random.Next(3) == 0 ? (facts.Simplify(x), null!) : Expression(random, 2);
                var simple = facts.Simplify(x);
                Func<string, long>[] defined = [.. allowed.Where(v => v("a") > 0 && v("b") > 0 && v("n") > 0)];
                if (defined.Length == 0) continue;
                var what = $"{x}, {y} where {words}";
                Assert.True(defined.All(v => simple.Evaluate(v) == x.Evaluate(v)), $"{x} became {simple} where {words}");
                bool Always(Func<long, long, bool> holds) => defined.All(v => holds(x.Evaluate(v), y.Evaluate(v)));
                var same = facts.AreSame(x, y);
                if (same == Answer.Yes) Assert.True(Always((p, q) => p == q), "always equal: " + what);
                if (same == Answer.No) Assert.True(Always((p, q) => p != q), "never equal: " + what);
                if (facts.AreEqual(x, y) == Answer.Yes) Assert.True(Always((p, q) => p == q), "equal: " + what);
                if (facts.AreEqual(x, y) == Answer.No && defined.Length > 20) Assert.False(Always((p, q) => p == q), "not equal: " + what);
                var order = facts.IsAtMost(x, y);
                if (order == Answer.Yes) Assert.True(Always((p, q) => p <= q), "at most: " + what);
                if (order == Answer.No) Assert.True(Always((p, q) => p > q), "above: " + what);
                asked++;
                if (order != Answer.Unknown) said++;
            }
        }
        // A comparison that never answers is never wrong.
        Assert.True(said * 3 > asked, $"{said} answers to {asked} questions");
    }

    private static IEnumerable<Func<string, long>> AllAssignments()
    {
        for (var a = 0; a <= 6; a++)
            for (var b = 0; b <= 6; b++)
                for (var n = 0; n <= 6; n++)
                {
                    var values = new Dictionary<string, long> { ["a"] = a, ["b"] = b, ["n"] = n };
                    yield return name => values[name];
                }
    }

    private static (Dim Left, string Relation, Dim Right) RandomFact(Random random)
    {
        Dim Pick() => Dim.Name(s_names[random.Next(s_names.Length)]);
        Dim small = Dim.Of(random.Next(0, 4)), factor = Dim.Of(random.Next(1, 4));
        return random.Next(8) switch
        {
            0 => (Dim.Mod(Pick(), Dim.Of(random.Next(2, 5))), "==", Dim.Of(random.Next(2))),
            1 => (Pick() * Pick(), "==", Pick() * factor),
            2 => (Pick() * factor, "==", Pick() * Dim.Of(random.Next(1, 4)) + small),
            3 => (small, "<=", Pick()),
            4 => (Pick(), "<=", Pick() + small),
            5 => (Pick() * factor, "<=", small + Dim.Of(3)),
            6 => (Dim.FloorDiv(Pick(), factor), "==", Pick()),
            _ => (Dim.Min(Pick(), Pick() + small), "<=", Dim.Max(Pick(), small)),
        };
    }

    [Fact]
    public void CountersAreBelowTheirLimitsInProofs()
    {
        var n = Dim.Name("n");
        var facts = Dim.Facts.None;
        Dim i = Dim.Counter("i", n), j = Dim.Counter("j", Dim.FloorDiv(n, 2));
        Assert.Equal(Answer.Yes, facts.IsAtMost(i + 1, n));
        Assert.Equal(Answer.Yes, facts.IsAtMost(j * 2 + 2, n));
        Assert.Equal(Answer.Yes, facts.IsAtMost(n * i + n, n * n));
        Assert.Equal(Answer.No, facts.IsAtMost(n, i));
        Assert.Equal(Answer.Unknown, facts.IsAtMost(j * 2 + 3, n));
    }

    [Fact]
    public void ComparisonsOfLongFormulasEnd()
    {
        var sum = Dim.Zero;
        for (var k = 0; k < 60; k++) sum += Dim.Mod(Dim.Name("n" + k), Dim.Of(k + 2)) * Dim.Max(Dim.Name("m" + k), Dim.Name("n" + k));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(Answer.Unknown, Dim.AreEqual(sum, Dim.Name("a")));
        Assert.Equal(Answer.Unknown, Dim.Facts.None.IsAtMost(sum, Dim.Name("a")));
        Assert.True(clock.ElapsedMilliseconds < 2000, $"{clock.ElapsedMilliseconds} ms");
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
            if (x.Equals(y)) Assert.Equal(Answer.Yes, Dim.AreEqual(x, y));
            if (Dim.AreEqual(x, y) == Answer.Yes) Assert.True(equal, $"{x} and {y}");
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
    [InlineData("h/2", "h/2")]
    [InlineData("3*(h/2)", "3*(h/2)")]
    [InlineData("3*h/2", "3*h/2")]
    [InlineData("(h-1)/2%n", "((h-1)/2)%n")]
    [InlineData("(2*h+2*n)/(4*n)", "(h+n)/(2*n)")]
    [InlineData("6*n%(4*n)", "2*n")]
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
