using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Proxima.Generator.Analyzers;
using Proxima.Tests.Infrastructure;

namespace Proxima.Tests;

/// <summary>A program of the corpus that must not build: its mistake between <c>[|</c> and <c>|]</c>, what explains it as <c>{|1:..|}</c>.</summary>
/// <remarks>
/// The first comment line is the message; the comment lines after it explain the rule to a reader of its page. An optional section <c>// mended:</c> is
/// the program as it should be; <c>// mended by: TITLE</c> says that the code fix with this title writes it.
/// </remarks>
internal sealed record MustFailFile(
    string Name, string Id, string Message, string Explanation, string Source, string? Mended, string? Fix, TextSpan Primary, ImmutableArray<TextSpan> Additional)
{
    private const string MendedHeader = "// mended";

    public static MustFailFile Read(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var lines = File.ReadAllText(path).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        var comments = lines.TakeWhile(line => line.StartsWith("// ", StringComparison.Ordinal)).Select(line => line[3..]).ToArray();
        var mended = Array.FindIndex(lines, line => line.StartsWith(MendedHeader, StringComparison.Ordinal));
        var marked = string.Join("\n", lines[comments.Length..(mended < 0 ? lines.Length : mended)]).Trim('\n') + "\n";
        var (source, primary, additional) = Unmark(marked, name);
        return new MustFailFile(
            name, name[..7], comments.FirstOrDefault() ?? "", string.Join("\n", comments.Skip(1)), source,
            mended < 0 ? null : string.Join("\n", lines[(mended + 1)..]).Trim('\n') + "\n",
            mended >= 0 && lines[mended].StartsWith(MendedHeader + " by: ", StringComparison.Ordinal) ? lines[mended][(MendedHeader.Length + 5)..] : null,
            primary, additional);
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

    /// <summary>The valid networks, by name.</summary>
    public static ImmutableArray<(string Name, string Source)> MustPass { get; } =
        [.. Files(nameof(MustPass)).Select(path => (Path.GetFileNameWithoutExtension(path), File.ReadAllText(path)))];

    private static IEnumerable<string> Files(string folder) => Directory.GetFiles(Folder(folder), "*.cs").Order(StringComparer.Ordinal);

    /// <summary>What the analyzers say of sources, after the generator has added its part. C#'s own diagnostics are not among it.</summary>
    public static ImmutableArray<Diagnostic> Analyze(params string[] sources) => Analyze(GeneratorHarness.Compile(sources));

    /// <inheritdoc cref="Analyze(string[])"/>
    public static ImmutableArray<Diagnostic> Analyze(Compilation compilation)
    {
        GeneratorHarness.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);
        return AnalyzeOnly(output);
    }

    /// <summary>What the analyzers say of a compilation as it is.</summary>
    public static ImmutableArray<Diagnostic> AnalyzeOnly(Compilation compilation)
    {
        var options = new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), onAnalyzerException: null, concurrentAnalysis: true, logAnalyzerExecutionTime: false);
        var found = compilation.WithAnalyzers([new NetworkAnalyzer()], options).GetAnalyzerDiagnosticsAsync(CancellationToken.None).GetAwaiter().GetResult();
        return [.. found.OrderBy(d => d.Location.SourceSpan.Start).ThenBy(d => d.Id, StringComparer.Ordinal)];
    }

    /// <summary>One line per diagnostic, with the text it underlines.</summary>
    public static string Describe(IEnumerable<Diagnostic> diagnostics) => string.Join("\n", diagnostics.Select(d =>
        $"{d.Id} on '{d.Location.SourceTree?.GetText().ToString(d.Location.SourceSpan)}': {d.GetMessage()}"
        + string.Concat(d.AdditionalLocations.Select(a => $"\n    see '{a.SourceTree!.GetText().ToString(a.SourceSpan)}' at {a.SourceSpan.Start}"))));
}
