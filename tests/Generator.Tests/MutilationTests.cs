using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Proxima.Generator.Analyzers;
using Proxima.Tests.Infrastructure;
using Xunit.Sdk;
using static Proxima.Tests.DiagnosticsCorpus;

namespace Proxima.Tests;

/// <summary>
/// Half-typed code: whatever is missing, doubled or in the wrong place, neither the analyzer nor the generator throws; and where nothing is wrong after
/// all, what the generator adds compiles. The environment variable <c>PROXIMA_EDITS</c> asks for more edits.
/// </summary>
public class MutilationTests
{
    private static readonly int s_edits = int.TryParse(Environment.GetEnvironmentVariable("PROXIMA_EDITS"), NumberStyles.None, CultureInfo.InvariantCulture, out var edits) ? edits : 600;

    /// <summary>Shapes of code that the corpus has none of: every way to nest, to split, to name.</summary>
    private static readonly (string Name, string Source)[] s_shapes =
    [
        ("Everything",
            """
            namespace Nets;
            [Network, Require("m >= 2", "n % 2 == 0")]
            public partial class Lista(int m, int n, int layers = 16, float scale = 0.5f, bool flag = true)
            {
                [Parameter("m n")] public partial Tensor Encoder { get; }
                [Parameter("layers", Init = 0.1, Constraint = typeof(NonNegative))] public partial Tensor Threshold { get; }
                [Buffer("n")] internal partial Tensor Running { get; set; }
                readonly Linear first = new(m, outputs: n);
                readonly Linear[] blocks = Repeat(layers - 1, _ => new Linear(n, n)), pair = [new(n, n), new(n, n)];
                readonly int half = n / 2;
                [return: Shape("b n")]
                public virtual Tensor Forward([Shape("b m")] Tensor y)
                {
                    var c = MatMul(y, Encoder);
                    var (x, z) = (SoftThreshold(c, Threshold[0]), Map(c, v => v / (1 + MathF.Abs(v))));
                    for (var k = 1; k < layers; k += 2) x = SoftThreshold(c + x[.., ^1..] * z, Threshold[k]);
                    foreach (var block in blocks) { x = block.Forward(x); x += pair[1].Forward(x); }
                    if (half > 3 || flag) x = x * scale; else x -= half > 1 ? x : -x;
                    return Functions.Twice(first.Forward(y)) + x.To(DType.Float32) + Running;
                }
                [return: Shape("k n/2")]
                [Require("k <= m")]
                public virtual Tensor Halves([Shape("2*k n")] Tensor x, int count) => Reshape(Slice(x, 0, 0, x.Dim(0) / 2), -1, n / 2, 2)[.., .., 0][..(x.Dim(0) / 2)];
                [return: Shape("")]
                public virtual Tensor Loss([Shape("b m")] Tensor y, [Shape("b n")] Tensor target) => Mean(Square(Forward(y) - target));
                [Gradient(of: nameof(Loss), wrt: "y")]
                public virtual partial Tensor LossGradient(Tensor y, Tensor target);
                [Jvp(of: nameof(Forward))]
                public virtual partial (Tensor Value, Tensor Change) Push(Tensor y, Tensor direction);
            }
            public static class Functions
            {
                [TensorFunction] public static Tensor Twice(Tensor x) => x + x;
            }
            """),
        ("Nested",
            """
            namespace A.B
            {
                public partial class Outer
                {
                    internal partial struct Middle
                    {
                        [Network] internal partial class Inner(int @class)
                        {
                            [Parameter("class")] public partial Tensor @event { get; }
                            [return: Shape("b class")] public virtual Tensor @in([Shape("b class")] Tensor @out) => @out * @event;
                        }
                    }
                    [Network] public partial class Inner(int n)
                    {
                        [return: Shape("n")] public virtual Tensor Forward([Shape("n")] Tensor x) => Sin(x);
                    }
                }
            }
            namespace A.B.Proxima
            {
                [Network] public partial class Deep { [return: Shape("")] public virtual Tensor One([Shape("")] Tensor x) => Exp(x); }
            }
            """),
        ("Parts",
            """
            [Network]
            public partial class Net(int n)
            {
                [Parameter("n n")] public partial Tensor W { get; }
            }
            public partial class Net
            {
                [return: Shape("n")] public virtual Tensor Forward([Shape("n")] Tensor x) => MatMul(x, W) + Other(x);
            }
            partial class Net
            {
                private Tensor Other(Tensor x) => Relu(x);
                [return: Shape("")] public virtual Tensor Loss([Shape("n")] Tensor x) => Sum(Forward(x));
                [Gradient(of: "Loss")] public virtual partial Gradients Slope(Tensor x);
            }
            """),
        ("SameNames",
            """
            [Network] public partial class Net(int n) { [return: Shape("n")] public virtual Tensor Forward([Shape("n")] Tensor x) => Exp(x); }
            [Network] public partial class NET(int n) { [return: Shape("n")] public virtual Tensor Forward([Shape("n")] Tensor x) => Sin(x); }
            [Network] public partial class nEt(int n) { readonly NET child = new(n); [return: Shape("n")] public virtual Tensor Forward([Shape("n")] Tensor x) => child.Forward(x); }
            namespace Space { [Network] public partial class Net(int n) { [return: Shape("n")] public virtual Tensor Forward([Shape("n")] Tensor x) => Cos(x); } }
            namespace SPACE { [Network] public partial class Net(int n) { [return: Shape("n")] public virtual Tensor Forward([Shape("n")] Tensor x) => Tanh(x); } }
            """),
        ("RuntimeNames",
            """
            public sealed class Arena;
            public static class Math { public static int Twice(int x) => 2 * x; }
            [Network]
            public partial class Gemm(int WorkerPool, int GC = 3)
            {
                [Parameter("WorkerPool GC")] public partial Tensor Guard { get; }
                [Parameter("GC")] public partial Tensor IEpilogue { get; }
                readonly Linear ScalarMath = new(GC, GC);
                private Tensor Sum(Tensor Vector512) => Softmax(Vector512, -1);
                [return: Shape("b GC")]
                public virtual Tensor Forward([Shape("b WorkerPool")] Tensor Arena) => Sum(ScalarMath.Forward(MatMul(Arena, Guard) + IEpilogue));
                [return: Shape("")]
                public virtual Tensor DType([Shape("b WorkerPool")] Tensor Arena) => Mean(Square(Forward(Arena)));
                [Gradient(of: nameof(DType))]
                public virtual partial Gradients MatMul2(Tensor Arena);
                private Tensor Mean(Tensor x) => Ops.Mean(x);
            }
            """),
        ("Recursion",
            """
            [Network] public partial class Left(int n)
            {
                readonly Right right = new(n);
                [return: Shape("n")] public virtual Tensor Forward([Shape("n")] Tensor x) => right.Forward(x);
                [return: Shape("n")] public virtual Tensor Even([Shape("n")] Tensor x) => Odd(x);
                [return: Shape("n")] public virtual Tensor Odd([Shape("n")] Tensor x) => Even(x);
                [return: Shape("")] public virtual Tensor Loss([Shape("n")] Tensor x) => Sum(Slope(x));
                [Gradient(of: nameof(Loss), wrt: "x")] public virtual partial Tensor Slope(Tensor x);
            }
            [Network] public partial class Right(int n)
            {
                readonly Left left = new(n);
                [return: Shape("n")] public virtual Tensor Forward([Shape("n")] Tensor x) => left.Forward(x) + Loop.Round(x);
            }
            public static class Loop
            {
                [TensorFunction] public static Tensor Round(Tensor x) => Trip(x);
                [TensorFunction] public static Tensor Trip(Tensor x) => Round(x);
            }
            """),
        ("Generic",
            """
            [Network] public partial class Net<T>(int n) where T : class { [return: Shape("n")] public virtual Tensor Forward([Shape("n")] Tensor x) => Exp(x); }
            public partial class Box<T> { [Network] public partial class Net(int n) { [return: Shape("n")] public virtual Tensor Forward([Shape("n")] Tensor x) => Exp(x); } }
            [Network] public partial class Plain(int n)
            {
                readonly Net<string> child = new(n);
                [return: Shape("n")] public virtual Tensor Forward<T>([Shape("n")] Tensor x) => x;
                [return: Shape("n")] public virtual Tensor Twice([Shape("n")] Tensor x) => child.Forward(x);
            }
            """),
        ("TwoArgumentsOfOneName",
            """
            [Network]
            public partial class Net(int n)
            {
                [return: Shape("")]
                public virtual Tensor Fit([Shape("n")] Tensor x, [Shape("n")] Tensor y) => 0.5 * Sum(Square(x - y));
                [return: Shape("")]
                public virtual Tensor Prior([Shape("n")] Tensor x) => Sum(Abs(x));
                [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Tolerance = 1e-5)]
                public virtual partial Tensor Solve(Tensor x, Tensor x);
                [Gradient(of: nameof(Fit), wrt: "x")]
                public virtual partial Tensor Slope(Tensor x, Tensor x);
                [return: Shape("n")]
                public virtual Tensor Twice([Shape("n")] Tensor x, [Shape("n")] Tensor x) => x + x;
                [return: Shape("n")]
                public virtual Tensor Wrong([Shape("n")] Tensor x) => Sum(x);
            }
            """),
    ];

    private static readonly (string Name, string Source)[] s_files =
        [.. s_shapes, .. MustPass.Select(file => (file.Name, file.Source)), .. MustFail.Where(file => file.Library is null).Select(file => (file.Name, file.Source))];

    private static readonly string[] s_pieces =
    [
        "{", "}", "(", ")", "[", "]", "\"", ";", ",", "=>", "=", "this.", "base.", "new", "null", "default", "0", "-1", "1_000_000_007", "2147483647", "9223372036854775807", "1e400", "\"...\"",
        "\"_\"", "\"b b\"", "\"2*n\"", "\"n/0\"", "\"n%n m-n\"", "\"min(n,m)\"", "\"n*n*n*n*n*n*n\"", "[Network]", "[Require(\"n == n\", \"n > n + 1\")]", "[Require]", "[Require(\"\", null!)]", "partial", "virtual", "static", "async", "await",
        "Tensor", "Gradients", "int", "var", "for (;;)", "while (true)", "foreach (var q in this)", "?", ":", "..", "^1", "x", "n", "Forward(x)", "$\"{n}\"", "@\"\"", "'a'", "1.5f", "1.5m", "typeof(Tensor)", "nameof(Forward)",
        "Repeat(n, _ => new Linear(n, n))", "Map(x, v => v)", "x => x", "(x, x)", "checked(n)", "n++", "!", "&&", "is null", "switch", "record", "struct", "#if X", "#endif", "/*", "//", "\u2028", "ı", "İ", "\0",
    ];

    /// <summary>One to three edits: what is deleted, doubled, swapped, cut off, put where it does not belong, or renamed to something else that is there.</summary>
    private static string Mutilate(string source, Random random)
    {
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var tokens = CSharpSyntaxTree.ParseText(source).GetRoot().DescendantTokens().Where(token => token.Span.Length > 0).ToArray();
            if (tokens.Length < 2) return source;
            var at = random.Next(tokens.Length);
            var token = tokens[at];
            SyntaxToken Other() => tokens[random.Next(tokens.Length)];
            var end = tokens[Math.Min(tokens.Length - 1, at + random.Next(random.Next(2) == 0 ? 3 : 12))].Span.End;
            switch (random.Next(12))
            {
                case 0:
                    source = source.Remove(token.SpanStart, end - token.SpanStart);
                    break;
                case 1:
                    source = source.Insert(end, " " + source[token.SpanStart..end]);
                    break;
                case 2:
                    var other = Other();
                    if (other == token) break;
                    var (first, second) = token.SpanStart < other.SpanStart ? (token, other) : (other, token);
                    source = string.Concat(source.AsSpan(0, first.SpanStart), second.Text, source.AsSpan(first.Span.End, second.SpanStart - first.Span.End)) + first.Text + source[second.Span.End..];
                    break;
                case 3:
                    source = source[..random.Next(source.Length)];
                    break;
                case 4:
                    source = source.Insert(token.Span.End, " " + s_pieces[random.Next(s_pieces.Length)] + " ");
                    break;
                case 5:
                    source = source.Remove(token.SpanStart, token.Span.Length).Insert(token.SpanStart, s_pieces[random.Next(s_pieces.Length)]);
                    break;
                case 6:
                    // A name half typed.
                    source = source.Remove(token.SpanStart + random.Next(token.Span.Length), 1);
                    break;
                case 7:
                    source = source.Insert(token.Span.End, " " + Other().Text + " ");
                    break;
                case 8 when random.Next(4) == 0:
                    var brace = tokens.Where(t => t.Kind() is SyntaxKind.OpenBraceToken or SyntaxKind.CloseBraceToken or SyntaxKind.CloseParenToken or SyntaxKind.SemicolonToken).ToArray();
                    if (brace.Length > 0) source = source.Remove(brace[random.Next(brace.Length)].SpanStart, 1);
                    break;
                default:
                    // One name, string or number for another: calls of itself, shapes of others, sizes out of range.
                    var alike = tokens.Where(t => t.RawKind == token.RawKind && t.Text != token.Text).ToArray();
                    if (alike.Length > 0) source = source.Remove(token.SpanStart, token.Span.Length).Insert(token.SpanStart, alike[random.Next(alike.Length)].Text);
                    break;
            }
        }
        return source;
    }

    [Fact]
    public void NoEditMakesAnythingThrow()
    {
        var failures = new ConcurrentQueue<string>();
        var counts = new int[2];
        Parallel.For(0, s_files.Length, index =>
        {
            var (name, source) = s_files[index];
            // The other targets print the same plans: few edits run them, and the analyzer's own driver.
            var (light, full) = (Start(source, s_otherTargets), Start(source));
            // The shapes are where most surprises are.
            var share = Math.Max(1, s_edits * (index < s_shapes.Length ? 6 : 1) / (s_files.Length + 5 * s_shapes.Length));
            for (var edit = 0; edit < share && failures.Count < 20; edit++)
            {
                var mutant = Mutilate(source, new Random(HashCode(name) + edit));
                var isThorough = edit % 12 == 0;
                var (original, driver) = isThorough ? full : light;
                var tree = original.SyntaxTrees.Single(t => t.FilePath == "File0.cs");
                if (Problem(original.ReplaceSyntaxTree(tree, GeneratorHarness.Parse(mutant, tree.FilePath)), driver, edit % 6 == 0, isThorough, ref counts[1]) is { } problem)
                    failures.Enqueue($"{name}, edit {edit}: {problem}\n{mutant}");
                Interlocked.Increment(ref counts[0]);
            }
        });
        Assert.True(failures.IsEmpty, $"{failures.Count} of {counts[0]} edits:\n\n{string.Join("\n\n", failures)}");
        Assert.True(counts[0] >= s_edits / 2 && counts[1] > counts[0] / 200, $"{counts[0]} edits, {counts[1]} of them without a mistake");
    }

    private static readonly string[] s_otherTargets = ["Proxima.Runtime.Gpu", "Proxima.Runtime.Torch", "TorchSharp", "ILGPU", "ILGPU.Algorithms"];

    private static (Compilation, GeneratorDriver) Start(string source, params string[] without)
    {
        var compilation = GeneratorHarness.Compile("User", [], [source], without);
        return (compilation, GeneratorHarness.Driver().RunGenerators(compilation));
    }

    /// <summary>What the analyzer does, without its driver: an exception comes as it is.</summary>
    private static IEnumerable<Diagnostic> Check(Compilation compilation)
    {
        var found = new List<Diagnostic>();
        var checker = new CompilationChecker(compilation, new AnalyzerOptions([]).AnalyzerConfigOptionsProvider);
        foreach (var tree in compilation.SyntaxTrees.Where(tree => tree.FilePath == "File0.cs"))
        {
            var model = compilation.GetSemanticModel(tree);
            foreach (var declaration in tree.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>())
                if (model.GetDeclaredSymbol(declaration) is { } type) checker.Check(type, found.Add, CancellationToken.None);
        }
        return found;
    }

    /// <summary>What goes wrong with a program, if anything does.</summary>
    private static string? Problem(Compilation compilation, GeneratorDriver driver, bool compiles, bool isThorough, ref int clean)
    {
        try
        {
            driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out var output, out var reported);
            var result = driver.GetRunResult().Results[0];
            if (result.Exception is { } exception) return exception.ToString();
            if (!reported.IsEmpty) return "the generator reports " + reported[0];
            if (result.GeneratedSources.FirstOrDefault(s => s.HintName.Contains(".Failure.")) is { SourceText: { } failure }) return failure.ToString();
            var diagnostics = isThorough ? AnalyzeOnly(output) : [.. Check(output)];
            if (diagnostics.FirstOrDefault(d => d.Id == "AD0001") is { } crash) return crash.ToString();
            if (!compiles || diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error)) return null;
            var errors = output.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
            if (errors.Any(d => d.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) != true)) return null;
            Interlocked.Increment(ref clean);
            if (errors.Count == 0) return null;
            var where = errors[0].Location.SourceTree!;
            return $"no diagnostic, and the generated code does not compile: {errors[0]}\n{where.GetText().Lines[errors[0].Location.GetLineSpan().StartLinePosition.Line]}";
        }
        catch (Exception exception) when (exception is not XunitException)
        {
            return exception.ToString();
        }
    }

    /// <summary>The same in every run, as string's own is not.</summary>
    private static int HashCode(string text) => text.Aggregate(17, (hash, c) => unchecked(hash * 31 + c));

    public static TheoryData<string> Shapes => [.. s_shapes.Select(shape => shape.Name)];

    /// <summary>As written, the shapes are programs that build, or that have mistakes of which none is the generator's.</summary>
    [Theory, MemberData(nameof(Shapes))]
    public void TheShapesThemselvesAreFine(string name)
    {
        var source = s_shapes.Single(shape => shape.Name == name).Source;
        if (name is "Recursion" or "Generic" or "TwoArgumentsOfOneName")
        {
            RequireNoProblem(source, true);
            Assert.NotEmpty(Analyze(source));
            return;
        }
        Assert.Empty(AnalyzeOnly(GeneratorHarness.Run(source).Output));
    }

    private static void RequireNoProblem(string source, bool compiles)
    {
        var clean = 0;
        if (Problem(GeneratorHarness.Compile(source), GeneratorHarness.Driver(), compiles, true, ref clean) is { } problem) throw new XunitException(problem);
    }

    [Fact]
    public void EveryNetworkHasFilesOfItsOwn()
    {
        var run = GeneratorHarness.Run(s_shapes.Single(shape => shape.Name == "SameNames").Source);
        var files = run.Result.Results[0].GeneratedSources.Select(s => s.HintName).ToList();
        Assert.Equal(files.Count, files.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(5, files.Count(file => file.EndsWith(".Cpu.proxima.g.cs", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("[Network] public partial class Net(int n) { } [Network] public partial class Net { }")]
    [InlineData("[Network] public partial class Net(int n) { } [Network] public partial class Net(int n) { }")]
    [InlineData("[Network] public class Net(int n) { } [Network] public class Net(int n) { }")]
    [InlineData("[Network, Network] public partial class Net(int n) { }")]
    [InlineData("[Network] public partial class Cpu(int n) { [return: Shape(\"n\")] public virtual Tensor Forward([Shape(\"n\")] Tensor x) => x; }")]
    [InlineData("[Network] public partial class Net(int n) { public void Torch() { } public int Gpu; [return: Shape(\"n\")] public virtual Tensor Forward([Shape(\"n\")] Tensor x) => x; }")]
    [InlineData("file partial class Net(int n) { } [Network] file partial class Net { }")]
    [InlineData("[Network] public partial class A(int n) { readonly A a = new(n); } [Network] public partial class B(int n) { readonly B[] b = Repeat(n, _ => new B(n)); }")]
    [InlineData("[Network] public partial class A(int n) { } [Network] public partial class B(int n) { readonly A[] a, = Repeat(3, _ => new A(n)); readonly A = new(n); }")]
    [InlineData("[Network] public partial class A(int n) { } [Network] public partial class B(int n) { readonly A[] a = Repeat(3, _ => new A(n)); readonly A[] a = Repeat(2, _ => new A(n)); readonly A a = new(n); }")]
    public void OddDeclarationsAreNoneOfTheGeneratorsTrouble(string source) => RequireNoProblem(source, true);

    [Theory]
    [InlineData("x", " + x")]
    [InlineData("x", " * 2 - x")]
    [InlineData("n", " + n", "Zeros(", ")")]
    [InlineData("x", ")", "", "", "Exp(")]
    [InlineData("x", "", "", "", "-")]
    public void LongExpressionsEnd(string start, string more, string before = "", string after = "", string lead = "")
    {
        const int Terms = 5000;
        var expression = new StringBuilder(before);
        for (var i = 0; i < Terms && lead.Length > 0; i++) expression.Append(lead);
        expression.Append(start);
        for (var i = 0; i < Terms; i++) expression.Append(more);
        expression.Append(after);
        var source = $"[Network] public partial class Net(int n) {{ private Tensor Neg(Tensor y) => -y; [return: Shape(\"n\")] public virtual Tensor Forward([Shape(\"n\")] Tensor x) => {expression}; }}";
        var clean = 0;
        var (compilation, driver) = Start(source, s_otherTargets);
        if (Problem(compilation, driver, false, false, ref clean) is { } problem) throw new XunitException(problem);
    }

    /// <summary>Finnish writes minus as another character, and Turkish has four letters i.</summary>
    [Theory]
    [InlineData("fi-FI")]
    [InlineData("tr-TR")]
    [InlineData("ar-SA")]
    public void TheCultureOfTheMachineIsNoMatter(string culture)
    {
        var saved = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = Foreign(culture);
        try
        {
            Assert.Equal(s_everything.Value, s_some.Select(Everything));
        }
        finally
        {
            CultureInfo.CurrentCulture = saved;
        }

        static CultureInfo Foreign(string name)
        {
            CultureInfo foreign;
            try
            {
                foreign = new CultureInfo(name);
            }
            catch (CultureNotFoundException)
            {
                // A machine without culture data: the signs at least are foreign.
                foreign = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            }
            (foreign.NumberFormat.NegativeSign, foreign.NumberFormat.NumberDecimalSeparator) = ("\u2212", ",");
            return foreign;
        }
    }

    private static readonly string[] s_some = [.. s_files.Where((_, i) => i % 16 == 0).Select(file => file.Source)];

    private static readonly Lazy<string[]> s_everything = new(() =>
    {
        var saved = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            return [.. s_some.Select(Everything)];
        }
        finally
        {
            CultureInfo.CurrentCulture = saved;
        }
    });

    private static string Everything(string source)
    {
        var driver = GeneratorHarness.Driver().RunGeneratorsAndUpdateCompilation(GeneratorHarness.Compile(source), out var output, out _);
        return string.Join("\n", driver.GetRunResult().Results[0].GeneratedSources.Select(s => s.HintName + "\n" + s.SourceText)) + Describe(AnalyzeOnly(output));
    }
}
