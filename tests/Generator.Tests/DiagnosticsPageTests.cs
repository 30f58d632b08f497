using System.Text;
using Microsoft.CodeAnalysis;
using Proxima.Generator.Analyzers;
using static Proxima.Tests.DiagnosticsCorpus;

namespace Proxima.Tests;

/// <summary>
/// The pages under docs/diagnostics are written from the corpus: <c>PROXIMA_UPDATE=1 dotnet test tests/Generator.Tests --filter DiagnosticsPage</c>.
/// </summary>
public class DiagnosticsPageTests
{
    public static TheoryData<string> Ids => [.. Diagnostics.All.Select(d => d.Id)];

    private static string Pages => Path.GetFullPath(Folder("../../../docs/diagnostics"));

    [Theory, MemberData(nameof(Ids))]
    public void EveryRuleHasItsPage(string id) => Verify(id + ".md", Page(Diagnostics.Of(id)));

    [Fact]
    public void TheIndexNamesEveryRule() => Verify("README.md", Index());

    [Fact]
    public void NoPageIsLeftOver() => Assert.Empty(Directory.GetFiles(Pages).Select(Path.GetFileName)
        .Except(Diagnostics.All.Select(d => d.Id + ".md")).Except(["README.md"]));

    [Fact]
    public void EveryRuleLinksToItsPage() =>
        Assert.All(Diagnostics.All, d => Assert.EndsWith($"docs/diagnostics/{d.Id}.md", d.HelpLinkUri, StringComparison.Ordinal));

    private static void Verify(string name, string text)
    {
        var path = Path.Combine(Pages, name);
        if (Environment.GetEnvironmentVariable("PROXIMA_UPDATE") == "1") File.WriteAllText(path, text);
        Assert.True(File.Exists(path), $"{name} is missing; PROXIMA_UPDATE=1 writes it");
        Assert.True(File.ReadAllText(path).ReplaceLineEndings("\n") == text, $"{name} is not what the corpus says; PROXIMA_UPDATE=1 writes it");
    }

    private static string Page(DiagnosticDescriptor rule)
    {
        var files = MustFail.Where(f => f.Id == rule.Id).ToList();
        var page = new StringBuilder($"# {rule.Id}: {rule.Title}\n");
        foreach (var file in files.Where(f => f.Explanation.Length > 0)) page.Append('\n').Append(file.Explanation.Replace('\n', ' ')).Append('\n');
        foreach (var file in files)
        {
            page.Append($"\n## {Heading(file)}\n\nWrong:\n\n```csharp\n{file.Source}```\n\n> {file.Message}\n");
            if (file.Mended is not null) page.Append($"\nMended{(file.Fix is null ? "" : $" (the code fix *{file.Fix}* does it)")}:\n\n```csharp\n{file.Mended}```\n");
        }
        return page.ToString();
    }

    /// <summary><c>PRX0102-inner-dims</c> becomes <c>Inner dims</c>.</summary>
    private static string Heading(MustFailFile file)
    {
        var words = file.Name[8..].Replace('-', ' ');
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    private static string Index()
    {
        var page = new StringBuilder("# Diagnostics\n\nEvery rule is an error. The analyzer reports it while you type, on the smallest wrong expression.\n\n| rule | title |\n|---|---|\n");
        foreach (var rule in Diagnostics.All) page.Append($"| [{rule.Id}]({rule.Id}.md) | {rule.Title} |\n");
        return page.ToString();
    }
}
