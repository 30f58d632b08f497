using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Proxima.Generator.Analyzers;
using Proxima.Tests.Infrastructure;
using static Proxima.Tests.DiagnosticsCorpus;

namespace Proxima.Tests;

/// <summary>Where mistakes are reported that several classes have a part in, and how a user silences them.</summary>
public class DiagnosticsPlaceTests
{
    private const string Product =
        """
        [Network]
        public partial class Product(int k)
        {
            [return: Shape("_ _")] public virtual Tensor Forward([Shape("_ k")] Tensor x, [Shape("_ _")] Tensor y) => MatMul(x, y);
        }
        """;

    private const string UseOfProduct =
        """
        [Network]
        public partial class Net(int m, int n)
        {
            readonly Product product = new(m);
            [return: Shape("b n")] public virtual Tensor Forward([Shape("b m")] Tensor x, [Shape("n m")] Tensor y) => product.Forward(x, y);
        }
        """;

    [Fact]
    public void AHelperIsReportedOnceInTheHelper()
    {
        var diagnostic = Single(
            """
            [Network]
            public partial class Net(int m, int n)
            {
                [return: Shape("b n")] public virtual Tensor F([Shape("b m")] Tensor x, [Shape("n m")] Tensor y) => Helper(x, y);
                [return: Shape("b n")] public virtual Tensor G([Shape("b m")] Tensor x, [Shape("n m")] Tensor y) => Helper(2 * x, y);
                Tensor Helper(Tensor x, Tensor y) => MatMul(x, y);
            }
            """);
        Assert.Equal("MatMul(x, y)", Text(diagnostic.Location));
        Assert.Equal("Helper(x, y)", Text(diagnostic.AdditionalLocations[^1]));
    }

    [Fact]
    public void WhatOnlyThisCallGetsWrongIsReportedAtTheCall()
    {
        var diagnostic = Single(Product + UseOfProduct);
        Assert.Equal("product.Forward(x, y)", Text(diagnostic.Location));
        Assert.Equal("MatMul(x, y)", Text(diagnostic.AdditionalLocations[0]));
    }

    [Fact]
    public void AChildFromAnotherAssemblyIsReportedAtTheCall()
    {
        using var image = new MemoryStream();
        var library = GeneratorHarness.Run(GeneratorHarness.Compile("Library", [], [Product]));
        Assert.True(library.Output.Emit(image).Success);
        var reference = MetadataReference.CreateFromImage(image.ToArray());
        var diagnostic = Assert.Single(Analyze(GeneratorHarness.Compile("User", [reference], [UseOfProduct])));
        Assert.Equal("PRX0102", diagnostic.Id);
        Assert.Equal("product.Forward(x, y)", Text(diagnostic.Location));
    }

    [Fact]
    public void AMistakeOfTheChildItselfIsReportedInTheChildOnly()
    {
        var diagnostic = Single(
            """
            [Network]
            public partial class Child(int n)
            {
                [return: Shape("b")] public virtual Tensor Forward([Shape("b n")] Tensor x) => Sum(x, dim: 7);
            }
            [Network]
            public partial class Net(int n)
            {
                readonly Child child = new(n);
                [return: Shape("b")] public virtual Tensor Forward([Shape("b n")] Tensor x) => child.Forward(x);
            }
            """);
        Assert.Equal("7", Text(diagnostic.Location));
    }

    [Fact]
    public void ATensorFunctionIsReportedAtTheCall()
    {
        var diagnostic = Single(
            """
            public static class Functions
            {
                [TensorFunction] public static Tensor Gram(Tensor x) => MatMul(x, x);
            }
            [Network]
            public partial class Net(int m, int n)
            {
                [return: Shape("m n")] public virtual Tensor Forward([Shape("m n")] Tensor x) => Functions.Gram(x);
            }
            """);
        Assert.Equal("Functions.Gram(x)", Text(diagnostic.Location));
    }

    [Fact]
    public void WhatIsDerivedFromAMistakeAddsNothing()
    {
        var diagnostic = Single(
            """
            [Network]
            public partial class Net(int m, int n)
            {
                [Parameter("m n")] public partial Tensor Weight { get; }
                [return: Shape("")] public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(MatMul(x, Weight));
                [Gradient(of: nameof(Loss))] public virtual partial Gradients LossGradient(Tensor x);
                [Gradient(of: nameof(Loss), wrt: "x")] public virtual partial Tensor Slope(Tensor v);
                [return: Shape("b n")] public virtual Tensor Step([Shape("b n")] Tensor x) => x - Slope(x);
            }
            """);
        Assert.Equal("MatMul(x, Weight)", Text(diagnostic.Location));
    }

    [Fact]
    public void CodeThatCSharpRejectsIsSilent() => Assert.Empty(Analyze(
        """
        [Network]
        public partial class Net(int n)
        {
            [return: Shape("b n")] public virtual Tensor Forward([Shape("b n")] Tensor x) => Undefined(x) + Helper(x);
            Tensor Helper(Tensor x) => x.Missing;
            [return: Shape("")] public virtual Tensor Loss([Shape("b n")] Tensor x) => Sum(Forward(x));
        }
        """));

    [Fact]
    public void ASecondFileIsUnderlinedInTheSecondFile()
    {
        var found = Analyze(
            "[Network] public partial class Net(int n) { }",
            "public partial class Net { [return: Shape(\"n\")] public virtual Tensor Forward([Shape(\"b n\")] Tensor x) => x; }");
        Assert.Equal("File1.cs", Assert.Single(found).Location.SourceTree!.FilePath);
    }

    [Fact]
    public void PragmasAndOptionsSilence()
    {
        const string Source =
            """
            #pragma warning disable PRX0002
            [Network]
            public partial class Net(int n)
            {
                [return: Shape("n")] public Tensor A([Shape("n")] Tensor x) => x;
            #pragma warning restore PRX0002
                [return: Shape("n")] public Tensor B([Shape("n")] Tensor x) => x;
            }
            """;
        Assert.Equal("B", Text(Single(Source).Location));
        var compilation = GeneratorHarness.Compile(Source);
        Assert.Empty(Analyze(compilation.WithOptions(compilation.Options.WithSpecificDiagnosticOptions(
            ImmutableDictionary<string, ReportDiagnostic>.Empty.Add("PRX0002", ReportDiagnostic.Suppress)))));
    }

    [Theory]
    [InlineData("none", null)]
    [InlineData("warning", DiagnosticSeverity.Warning)]
    [InlineData("suggestion", DiagnosticSeverity.Info)]
    public void EditorConfigDecides(string severity, DiagnosticSeverity? expected)
    {
        var config = AnalyzerConfigSet.Create(new[] { AnalyzerConfig.Parse($"root = true\n[*.cs]\ndotnet_diagnostic.PRX0102.severity = {severity}\n", "/.editorconfig") });
        var compilation = GeneratorHarness.Compile([GeneratorHarness.Parse(
            """
            [Network]
            public partial class Net(int m, int n)
            {
                [return: Shape("b n")] public virtual Tensor Forward([Shape("b m")] Tensor x, [Shape("n m")] Tensor y) => MatMul(x, y);
            }
            """, "/Net.cs")]);
        var found = Analyze(compilation.WithOptions(compilation.Options.WithSyntaxTreeOptionsProvider(new Configured(config))));
        Assert.Equal(expected is { } one ? [one] : [], found.Select(d => d.Severity));
    }

    private sealed class Configured(AnalyzerConfigSet config) : SyntaxTreeOptionsProvider
    {
        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) => GeneratedKind.Unknown;

        public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity) =>
            config.GetOptionsForSourcePath(tree.FilePath).TreeOptions.TryGetValue(diagnosticId, out severity);

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity)
        {
            severity = default;
            return false;
        }
    }

    [Fact]
    public void TheFamilyIsTheCategory() => Assert.All(Diagnostics.All, rule => Assert.StartsWith("Proxima.", rule.Category, StringComparison.Ordinal));

    [Fact]
    public void HintsAreSilentUntilAskedFor() => Assert.Empty(Analyze(
        """
        [Network]
        public partial class Net(int n)
        {
            [return: Shape("b n")] public virtual Tensor Forward([Shape("b n")] Tensor x)
            {
                for (var k = 0; k < 4; k++) x = k == 0 ? Sin(x) : Cos(x);
                return x / Sum(x, dim: 0);
            }
        }
        """));

    private static Diagnostic Single(string source)
    {
        var found = Analyze(source);
        Assert.True(found.Length == 1, Describe(found));
        return found[0];
    }

    private static string Text(Location location) => location.SourceTree!.GetText().ToString(location.SourceSpan);
}
