using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Proxima.Generator.Analyzers;
using Proxima.Generator.CodeFixes;
using Proxima.Tests.Infrastructure;
using static Proxima.Tests.DiagnosticsCorpus;

namespace Proxima.Tests;

/// <summary>What the code fixes write.</summary>
public class DiagnosticsCodeFixTests
{
    public static TheoryData<string> Fixed => [.. MustFail.Where(f => f.Fix is not null).Select(f => f.Name)];

    [Theory, MemberData(nameof(Fixed))]
    public async Task TheFixWritesTheMendedProgram(string name)
    {
        var file = MustFail.Single(f => f.Name == name);
        var document = Document(file.Source);
        var actions = await Actions(document, Assert.Single(await Diagnose(document)));
        var action = Assert.Single(actions, a => a.Title == file.Fix);
        Assert.Equal(file.Mended, await Apply(document, action));
    }

    [Theory]
    [InlineData("Add [Shape]", "Tensor x", "[Shape(\"\")] Tensor x")]
    [InlineData("Add [return: Shape]", "    [return: Shape(\"b n\")]\n    public virtual Tensor", "    [return: Shape(\"\")]\n    public virtual Tensor")]
    [InlineData("Add [return: Shape]", "    /// <summary>Text.</summary>\n    public virtual Tensor", "    /// <summary>Text.</summary>\n    [return: Shape(\"\")]\n    public virtual Tensor")]
    public async Task SkeletonsOfShapes(string title, string signature, string expected)
    {
        // The first case lacks the shape of the argument, the others that of the result.
        var argument = title == "Add [Shape]" ? signature : "[Shape(\"b n\")] Tensor x";
        var method = title == "Add [Shape]" ? "    [return: Shape(\"b n\")]\n    public virtual Tensor" : signature.Replace("    [return: Shape(\"b n\")]\n", "", StringComparison.Ordinal);
        var source = $"[Network]\npublic partial class Net(int n)\n{{\n{method} Forward({argument}) => Relu(x);\n}}\n";
        var document = Document(source);
        var action = Assert.Single(await Actions(document, Assert.Single(await Diagnose(document))));
        Assert.Equal(title, action.Title);
        Assert.Contains(expected, await Apply(document, action), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATupleGetsTheShapesItLacks()
    {
        const string Source = "[Network]\npublic partial class Net(int n)\n{\n    public virtual (Tensor, Tensor) Forward([Shape(\"n\")] Tensor x) => (x, x);\n}\n";
        var document = Document(Source);
        var action = Assert.Single(await Actions(document, Assert.Single(await Diagnose(document))));
        Assert.Contains("    [return: Shape(\"\"), Shape(\"\")]\n    public virtual (Tensor, Tensor) Forward(", await Apply(document, action), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AllAtOnce()
    {
        var method = (string name, string modifier) => $"    [return: Shape(\"n\")] public {modifier}Tensor {name}([Shape(\"n\")] Tensor x) => Relu(x);\n";
        string Source(string modifier) => $"[Network]\npublic partial class Net(int n)\n{{\n{method("A", modifier)}{method("B", modifier)}{method("C", modifier)}}}\n";
        var document = Document(Source(""));
        var diagnostics = await Diagnose(document);
        Assert.Equal(3, diagnostics.Length);
        var provider = new NetworkCodeFixes();
        var context = new FixAllContext(document, provider, FixAllScope.Document, "Add 'virtual'", ["PRX0002"], new Known(diagnostics), CancellationToken.None);
        var action = await provider.GetFixAllProvider().GetFixAsync(context);
        Assert.Equal(Source("virtual "), await Apply(document, action!));
    }

    /// <summary>What a fix names may differ from place to place: one kind of repair is applied to all.</summary>
    [Theory]
    [InlineData("Transpose", "PRX0102", "MatMul(x, A) + MatMul(x, B)", "MatMul(x, Transpose(A)) + MatMul(x, Transpose(B))")]
    [InlineData("Use Equal", "PRX0030", "Where(x == y, x, 0) + Where(y == x, y, 0)", "Where(Equal(x, y), x, 0) + Where(Equal(y, x), y, 0)")]
    [InlineData("Count from the end", "PRX0109", "x + Sum(x, dim: 1, keepDim: true) + Max(y, dim: 1, keepDim: true)", "x + Sum(x, dim: -1, keepDim: true) + Max(y, dim: -1, keepDim: true)")]
    [InlineData("Convert to Float32", "PRX0111", "x * Mean(i) * Mean(2 * i)", "x * Mean(i.To(DType.Float32)) * Mean((2 * i).To(DType.Float32))")]
    public async Task AllOfAKindAtOnce(string key, string id, string wrong, string mended)
    {
        var dots = key == "Count from the end";
        string Source(string body) =>
            "[Network]\npublic partial class Net(int m, int n)\n{\n    [Parameter(\"n m\")] public partial Tensor A { get; }\n    [Parameter(\"n m\")] public partial Tensor B { get; }\n"
            + $"    [return: Shape(\"{(dots ? "... m" : key == "Transpose" ? "b n" : "b m")}\")] public virtual Tensor Forward([Shape(\"{(dots ? "... m" : "b m")}\")] Tensor x, [Shape(\"{(dots ? "... m" : "b m")}\")] Tensor y, [Shape(\"k\", DType.Int64)] Tensor i) => {body};\n"
            + "    [return: Shape(\"n n\")] public virtual Tensor Gram() => MatMul(A, Transpose(B));\n}\n";
        var document = Document(Source(wrong));
        var diagnostics = await Diagnose(document);
        Assert.Equal([id, id], diagnostics.Select(d => d.Id));
        var provider = new NetworkCodeFixes();
        var action = await provider.GetFixAllProvider().GetFixAsync(new FixAllContext(document, provider, FixAllScope.Document, key, [id], new Known(diagnostics), CancellationToken.None));
        Assert.Equal(Source(mended), await Apply(document, action!));
    }

    [Fact]
    public void ManyRulesHaveAFix() => Assert.True(MustFail.Where(f => f.Fix is not null).Select(f => f.Id).Distinct().Count() >= 30);

    [Fact]
    public async Task TransposingATransposedOperandTakesTheTranspositionAway()
    {
        const string Source = "[Network]\npublic partial class Net(int m, int n)\n{\n    [Parameter(\"m n\")] public partial Tensor W { get; }\n"
            + "    [return: Shape(\"b n\")] public virtual Tensor Forward([Shape(\"b m\")] Tensor x) => MatMul(x, Transpose(W));\n}\n";
        var document = Document(Source);
        var action = Assert.Single(await Actions(document, Assert.Single(await Diagnose(document))));
        Assert.Contains("=> MatMul(x, W);", await Apply(document, action), StringComparison.Ordinal);
    }

    internal static Document Document(string source)
    {
        var compilation = GeneratorHarness.Compile(source);
        var workspace = new AdhocWorkspace();
        var project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "User", "User", LanguageNames.CSharp, compilationOptions: compilation.Options,
            parseOptions: compilation.SyntaxTrees.First().Options, metadataReferences: compilation.References));
        var solution = project.Solution;
        foreach (var tree in compilation.SyntaxTrees)
            solution = solution.AddDocument(DocumentId.CreateNewId(project.Id), tree.FilePath, tree.GetText(), filePath: tree.FilePath);
        return solution.GetProject(project.Id)!.Documents.Single(d => d.Name == "File0.cs");
    }

    private static async Task<ImmutableArray<Diagnostic>> Diagnose(Document document) => AnalyzeOnly((await document.Project.GetCompilationAsync())!);

    private static async Task<List<CodeAction>> Actions(Document document, Diagnostic diagnostic)
    {
        var actions = new List<CodeAction>();
        await new NetworkCodeFixes().RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), CancellationToken.None));
        return actions;
    }

    internal static async Task<string> Apply(Document document, CodeAction action)
    {
        var operations = await action.GetOperationsAsync(CancellationToken.None);
        var solution = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution;
        return (await solution.GetDocument(document.Id)!.GetTextAsync()).ToString();
    }

    private sealed class Known(ImmutableArray<Diagnostic> diagnostics) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult(diagnostics.AsEnumerable());

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult(diagnostics.Where(d => d.Location.SourceTree!.FilePath == document.FilePath));

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult(Enumerable.Empty<Diagnostic>());
    }
}
