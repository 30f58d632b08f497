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
        if (IsUpdating) File.WriteAllText(path, text);
        Assert.True(File.Exists(path), $"{name} is missing; PROXIMA_UPDATE=1 writes it");
        Assert.True(File.ReadAllText(path).ReplaceLineEndings("\n") == text, $"{name} is not what the corpus says; PROXIMA_UPDATE=1 writes it");
    }

    private static string Page(DiagnosticDescriptor rule)
    {
        var files = MustFail.Where(f => f.Id == rule.Id).ToList();
        var page = new StringBuilder($"# {rule.Id}: {rule.Title}\n");
        if (!rule.IsEnabledByDefault) page.Append($"\nThis rule is off until it is asked for: `dotnet_diagnostic.{rule.Id}.severity = suggestion` in `.editorconfig`.\n");
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

    /// <summary>The families, in the order of the index.</summary>
    private static readonly (string Category, string About)[] s_families =
    [
        ("Declaration", "What a class, a parameter or a method must look like."),
        ("Children", "Networks inside networks."),
        ("Language", "What a body may contain."),
        ("Shapes", "Sizes that must agree, and axes and indices that must exist."),
        ("Types", "Element types."),
        ("Transforms", "Derived methods."),
        ("Targets", "What a compiled target does differently."),
        ("Performance", "Hints about speed and memory, from the plan of the generated code. All are off: `dotnet_analyzer_diagnostic.category-Proxima.Performance.severity = suggestion` turns them on."),
    ];

    [Fact]
    public void EveryRuleBelongsToAFamily() => Assert.All(Diagnostics.All, d => Assert.Contains(s_families, f => "Proxima." + f.Category == d.Category));

    private static string Index()
    {
        var page = new StringBuilder(
            """
            # Diagnostics

            The analyzer reports while you type, on the smallest wrong expression, with the declarations that explain the mistake as further locations. A rule can be
            silenced by `#pragma warning disable PRX0102`, and configured in `.editorconfig`, alone or with its family: `dotnet_diagnostic.PRX0102.severity = warning`,
            `dotnet_analyzer_diagnostic.category-Proxima.Shapes.severity = warning`. A method with a mistake is left out of the generated code, whatever the severity.

            """.ReplaceLineEndings("\n"));
        foreach (var (category, about) in s_families)
        {
            page.Append($"\n## {category}\n\n{about}\n\n| rule | title | severity | code fix |\n|---|---|---|---|\n");
            foreach (var rule in Diagnostics.All.Where(d => d.Category == "Proxima." + category))
                page.Append($"| [{rule.Id}]({rule.Id}.md) | {rule.Title} | {SeverityOf(rule)} | {(MustFail.Any(f => f.Id == rule.Id && f.Fix is not null) ? "yes" : "")} |\n");
        }
        return page.ToString();
    }

    private static string SeverityOf(DiagnosticDescriptor rule) =>
        rule.IsEnabledByDefault ? rule.DefaultSeverity.ToString().ToLowerInvariant() : "off";
}
