using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Proxima.Generator.Analyzers;
using Proxima.Tests.Infrastructure;

namespace Proxima.Tests;

/// <summary>A program of the corpus that must not build: its mistake between <c>[|</c> and <c>|]</c>, what explains it as <c>{|1:..|}</c>.</summary>
/// <remarks>
/// The first comment line is the message; the comment lines after it explain the rule to a reader of its page. <c>PROXIMA_UPDATE=1</c> writes the message
/// and the marks of a new program. An optional section <c>// mended:</c> is
/// the program as it should be; <c>// mended by: TITLE</c> says that the code fix with this title writes it. A section <c>// library:</c> is another
/// assembly, compiled without the generator.
/// </remarks>
internal sealed record MustFailFile(
    string Name, string Id, string Message, string Explanation, string Source, string? Mended, string? Fix, string? Library, TextSpan Primary, ImmutableArray<TextSpan> Additional)
{
    private const string MendedHeader = "// mended";
    private const string LibraryHeader = "// library:";

    public static MustFailFile Read(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var lines = File.ReadAllText(path).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        var comments = lines.TakeWhile(line => line.StartsWith("// ", StringComparison.Ordinal)).Select(line => line[3..]).ToArray();
        var mended = Array.FindIndex(lines, line => line.StartsWith(MendedHeader, StringComparison.Ordinal));
        var library = Array.IndexOf(lines, LibraryHeader);
        var marked = string.Join("\n", lines[comments.Length..(mended >= 0 ? mended : library >= 0 ? library : lines.Length)]).Trim('\n') + "\n";
        var (source, primary, additional) = Unmark(marked, name);
        return new MustFailFile(
            name, name[..7], comments.FirstOrDefault() ?? "", string.Join("\n", comments.Skip(1)), source,
            mended < 0 ? null : string.Join("\n", lines[(mended + 1)..]).Trim('\n') + "\n",
            mended >= 0 && lines[mended].StartsWith(MendedHeader + " by: ", StringComparison.Ordinal) ? lines[mended][(MendedHeader.Length + 5)..] : null,
            library < 0 ? null : string.Join("\n", lines[(library + 1)..]),
            primary, additional);
    }

    /// <summary>What the analyzers say of the program, its own rule switched on where it is not by default.</summary>
    public ImmutableArray<Diagnostic> Analyze()
    {
        var library = Library is null ? null : GeneratorHarness.Compile("Library", [], [Library]).ToMetadataReference();
        var compilation = library is null ? GeneratorHarness.Compile(Source) : GeneratorHarness.Compile("User", [library], [Source]);
        if (!Rule.IsEnabledByDefault)
            compilation = compilation.WithOptions(compilation.Options.WithSpecificDiagnosticOptions([new(Id, ReportDiagnostic.Info)]));
        // The analyzer speaks of locals only where it is asked to.
        return Id == "PRX0190" ? DiagnosticsCorpus.Analyze(compilation, ("proxima_shape_hints", "true")) : DiagnosticsCorpus.Analyze(compilation);
    }

    public DiagnosticDescriptor Rule => Diagnostics.Of(Id);

    /// <summary>Writes the message and the marks as they are found now; everything else of the file stays.</summary>
    public void Update(Diagnostic found)
    {
        var marks = found.AdditionalLocations.Select((location, i) => (Open: $"{{|{i + 1}:", Close: "|}", Span: location.SourceSpan)).Append((Open: "[|", Close: "|]", Span: found.Location.SourceSpan)).ToList();
        // Where marks meet, inner ones close before outer ones, and outer ones open before inner ones.
        var edits = marks.Select(m => (At: m.Span.Start, Order: -m.Span.Length, Text: m.Open)).Concat(marks.Select(m => (At: m.Span.End, Order: m.Span.Length - int.MaxValue, Text: m.Close)))
            .OrderByDescending(e => e.At).ThenByDescending(e => e.Order);
        var marked = new StringBuilder(Source);
        foreach (var edit in edits) marked.Insert(edit.At, edit.Text);
        var path = Path.Combine(DiagnosticsCorpus.Folder(nameof(DiagnosticsCorpus.MustFail)), Name + ".cs");
        var lines = File.ReadAllText(path).ReplaceLineEndings("\n").Split('\n');
        var rest = Array.FindIndex(lines, line => line.StartsWith(MendedHeader, StringComparison.Ordinal) || line == LibraryHeader);
        var explanation = Explanation.Length == 0 ? "" : "// " + Explanation.Replace("\n", "\n// ", StringComparison.Ordinal) + "\n";
        File.WriteAllText(path, $"// {found.GetMessage()}\n{explanation}\n{marked}{(rest < 0 ? "" : "\n" + string.Join("\n", lines[rest..]))}");
    }

    /// <summary>Takes the marks out of a text and says where they were.</summary>
    private static (string Source, TextSpan Primary, ImmutableArray<TextSpan> Additional) Unmark(string marked, string name)
    {
        var text = new StringBuilder();
        var open = new Stack<(int Number, int Start)>();
        var spans = new SortedDictionary<int, TextSpan>();
        for (var at = 0; at < marked.Length;)
        {
            var rest = marked.AsSpan(at);
            if (rest.StartsWith("[|"))
            {
                open.Push((0, text.Length));
                at += 2;
            }
            else if (rest.StartsWith("{|") && rest.Length > 4 && rest[3] == ':')
            {
                open.Push((rest[2] - '0', text.Length));
                at += 4;
            }
            else if (rest.StartsWith("|]") || rest.StartsWith("|}"))
            {
                var (number, start) = open.Pop();
                spans.Add(number, TextSpan.FromBounds(start, text.Length));
                at += 2;
            }
            else
            {
                text.Append(marked[at++]);
            }
        }
        Assert.True(open.Count == 0 && spans.ContainsKey(0), $"{name}: marks must be balanced, and one must be [|..|]");
        return (text.ToString(), spans[0], [.. spans.Where(span => span.Key > 0).Select(span => span.Value)]);
    }
}

/// <summary>The corpus, and how it is analyzed: as a user's build does it.</summary>
internal static class DiagnosticsCorpus
{
    public static string Folder(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Corpus", name);

    public static ImmutableArray<MustFailFile> MustFail { get; } = [.. Files(nameof(MustFail)).Select(MustFailFile.Read)];

    /// <summary>True where the files that follow from the corpus are to be written instead of compared.</summary>
    public static bool IsUpdating => Environment.GetEnvironmentVariable("PROXIMA_UPDATE") == "1";

    /// <summary>The valid networks, by name.</summary>
    public static ImmutableArray<(string Name, string Source)> MustPass { get; } =
        [.. Files(nameof(MustPass)).Select(path => (Path.GetFileNameWithoutExtension(path), File.ReadAllText(path)))];

    /// <summary>The files of the gallery that declare networks or functions on tensors.</summary>
    public static ImmutableArray<(string Name, string Source)> Gallery { get; } =
        [.. Directory.GetFiles(Folder("../../../Examples"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/") && !path.Contains("/bin/")).Order(StringComparer.Ordinal)
            .Select(path => (Name: Path.GetFileNameWithoutExtension(path), Source: File.ReadAllText(path)))
            .Where(file => file.Source.Contains("[Network]") || file.Source.Contains("[Network, ") || file.Source.Contains("[TensorFunction]"))];

    private static IEnumerable<string> Files(string folder) => Directory.GetFiles(Folder(folder), "*.cs").Order(StringComparer.Ordinal);

    /// <summary>What the analyzers say of sources, after the generator has added its part. C#'s own diagnostics are not among it.</summary>
    public static ImmutableArray<Diagnostic> Analyze(params string[] sources) => Analyze(GeneratorHarness.Compile(sources));

    /// <inheritdoc cref="Analyze(string[])"/>
    public static ImmutableArray<Diagnostic> Analyze(Compilation compilation, params (string Key, string Value)[] config)
    {
        GeneratorHarness.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);
        return AnalyzeOnly(output, config);
    }

    /// <summary>What the analyzers say of a compilation as it is.</summary>
    /// <param name="config">What the .editorconfig says.</param>
    public static ImmutableArray<Diagnostic> AnalyzeOnly(Compilation compilation, params (string Key, string Value)[] config)
    {
        var options = new CompilationWithAnalyzersOptions(new AnalyzerOptions([], new EditorConfig(config)), onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false);
        var found = compilation.WithAnalyzers([new NetworkAnalyzer(), new PerformanceAnalyzer()], options).GetAnalyzerDiagnosticsAsync(CancellationToken.None).GetAwaiter().GetResult();
        return [.. found.OrderBy(d => d.Location.SourceSpan.Start).ThenBy(d => d.Id, StringComparer.Ordinal)];
    }

    private sealed class EditorConfig((string Key, string Value)[] config) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Options(config);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;
    }

    private sealed class Options((string Key, string Value)[] config) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value)
        {
            value = config.FirstOrDefault(option => option.Key == key).Value;
            return value is not null;
        }
    }

    /// <summary>One line per diagnostic, with the text it underlines.</summary>
    public static string Describe(IEnumerable<Diagnostic> diagnostics) => string.Join("\n", diagnostics.Select(d =>
        $"{d.Id} on '{d.Location.SourceTree?.GetText().ToString(d.Location.SourceSpan)}': {d.GetMessage()}"
        + string.Concat(d.AdditionalLocations.Select(a => $"\n    see '{a.SourceTree!.GetText().ToString(a.SourceSpan)}' at {a.SourceSpan.Start}"))));
}

/// <summary>Many programs built at once, each in a namespace of its own: as good as one by one, and far faster.</summary>
internal sealed class CorpusBuild
{
    private readonly ILookup<string, Diagnostic> _mistakes;
    private readonly Dictionary<string, SyntaxTree> _files;

    public CorpusBuild(IEnumerable<(string Name, string Source)> programs)
    {
        _files = programs.ToDictionary(p => p.Name, p => GeneratorHarness.Parse(Wrap(p.Source, SpaceOf(p.Name)), p.Name + ".cs"));
        GeneratorHarness.Driver().RunGeneratorsAndUpdateCompilation(GeneratorHarness.Compile(_files.Values), out var output, out _);
        Output = output;
        var names = _files.Keys.ToDictionary(SpaceOf);
        var found = output.WithAnalyzers([new NetworkAnalyzer(), new ConstructorCaptureSuppressor()]).GetAllDiagnosticsAsync().GetAwaiter().GetResult();
        _mistakes = found.Where(GeneratorRun.IsUnclean).ToLookup(d => d.Location.SourceTree is not { } tree ? ""
            : _files.ContainsKey(Path.GetFileNameWithoutExtension(tree.FilePath)) ? Path.GetFileNameWithoutExtension(tree.FilePath)
            : names.GetValueOrDefault(SpaceIn(tree), ""));
    }

    public Compilation Output { get; }

    /// <summary>What is wrong with a program, with what is generated for it, or with all of them together.</summary>
    public string Mistakes(string name) => DiagnosticsCorpus.Describe(_mistakes[name].Concat(_mistakes[""]).Take(20));

    /// <summary>The networks that a program declares.</summary>
    public IEnumerable<INamedTypeSymbol> Networks(string name) => _files[name].GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>()
        .Select(declaration => (INamedTypeSymbol)Output.GetSemanticModel(_files[name]).GetDeclaredSymbol(declaration)!)
        .Where(type => type.GetAttributes().Any(a => a.AttributeClass?.Name == "NetworkAttribute"));

    private static string SpaceOf(string name) => "Corpus." + name.Replace('-', '_');

    /// <summary>A program that has a namespace of its own keeps it.</summary>
    private static string Wrap(string source, string space) =>
        source.StartsWith("namespace ", StringComparison.Ordinal) || source.Contains("\nnamespace ") ? source : $"namespace {space};\n{source}";

    private static string SpaceIn(SyntaxTree tree) => tree.GetRoot().DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().FirstOrDefault()?.Name.ToString() ?? "";
}
