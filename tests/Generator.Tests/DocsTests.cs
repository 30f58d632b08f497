using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Proxima.Generator.Analyzers;
using Proxima.Generator.Ops;
using Proxima.Tests.Infrastructure;

namespace Proxima.Tests;

/// <summary>The documentation against the code: links lead somewhere, declared networks compile, no operation is forgotten.</summary>
public class DocsTests
{
    private static readonly string s_root = Root();

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", ".."));

    private static string Read(string page) => File.ReadAllText(Path.Combine(s_root, page)).ReplaceLineEndings("\n");

    /// <summary>Every page, by its path from the root of the repository.</summary>
    private static readonly ImmutableArray<string> s_pages =
        [.. new[] { "README.md", "CONTRIBUTING.md", "build/README.md" }
            .Concat(Directory.EnumerateFiles(Path.Combine(s_root, "docs"), "*.md", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(s_root, path).Replace('\\', '/')))
            .Order(StringComparer.Ordinal)];

    public static TheoryData<string> Pages => [.. s_pages];

    [Theory, MemberData(nameof(Pages))]
    public void RelativeLinksLeadSomewhere(string page)
    {
        var text = Prose(Read(page));
        var folder = Path.GetDirectoryName(Path.Combine(s_root, page))!;
        foreach (Match link in Regex.Matches(text, @"\]\(([^)\s]+)\)"))
        {
            var target = link.Groups[1].Value;
            if (target.Contains("://") || target.StartsWith("mailto:", StringComparison.Ordinal)) continue;
            var hash = target.IndexOf('#');
            var (file, anchor) = hash < 0 ? (target, null) : (target[..hash], target[(hash + 1)..]);
            var path = file.Length == 0 ? Path.Combine(s_root, page) : Path.GetFullPath(Path.Combine(folder, file));
            Assert.True(File.Exists(path) || Directory.Exists(path), $"{page} links to {target}, which does not exist");
            if (anchor is not null) Assert.True(Anchors(File.ReadAllText(path)).Contains(anchor), $"{page} links to {target}, and there is no such heading");
        }
    }

    /// <summary>The text without code, in which brackets mean something else.</summary>
    private static string Prose(string text) => Regex.Replace(Regex.Replace(text, @"^```.*?^```", "", RegexOptions.Singleline | RegexOptions.Multiline), "`[^`\n]*`", "");

    /// <summary>The anchors of a page's headings, as code forges make them.</summary>
    private static HashSet<string> Anchors(string text) => Regex.Matches(text, @"^#+ +(.+?)\s*$", RegexOptions.Multiline)
        .Select(heading => Regex.Replace(heading.Groups[1].Value.ToLowerInvariant(), @"[^\w\- ]", "").Replace(' ', '-')).ToHashSet();

    /// <summary>Every block of C# that declares a network: its page and its number there. The pages of diagnostics show programs that are wrong.</summary>
    public static TheoryData<string, int> Networks
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var page in s_pages.Where(page => !page.StartsWith("docs/diagnostics/", StringComparison.Ordinal)))
                for (var i = 0; i < Declarations(page).Length; i++) data.Add(page, i);
            return data;
        }
    }

    private static ImmutableArray<string> Declarations(string page) =>
        [.. Regex.Matches(Read(page), @"^```csharp\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)
            .Select(block => block.Groups[1].Value).Where(code => code.Contains("[Network]"))];

    [Theory, MemberData(nameof(Networks))]
    public async Task DeclaredNetworksCompile(string page, int number)
    {
        var code = Declarations(page)[number];
        // Statements show the use of what is declared: here they become the body of a method.
        var file = CSharpSyntaxTree.ParseText(code).GetCompilationUnitRoot();
        var statements = file.Members.OfType<GlobalStatementSyntax>().ToArray();
        if (statements.Length > 0)
            code = file.RemoveNodes(statements, SyntaxRemoveOptions.KeepNoTrivia)!.ToFullString()
                + "\ninternal static class Use\n{\n    public static void Run()\n    {\n" + string.Concat<GlobalStatementSyntax>(statements) + "\n    }\n}\n";
        var run = GeneratorHarness.Run(code);
        var mistakes = await run.Output.WithAnalyzers([new NetworkAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        Assert.True(mistakes.IsEmpty, $"{page}, network {number + 1}:\n{string.Join("\n", mistakes)}");
    }

    /// <summary>The pages that show what is generated for their example.</summary>
    public static TheoryData<string> Printed => [.. s_pages.Where(page => page.StartsWith("docs/transforms/", StringComparison.Ordinal) && Regex.IsMatch(Read(page), PrintedCode, RegexOptions.Singleline | RegexOptions.Multiline))];

    private const string PrintedCode = @"ithout its entry checks:\n\n```csharp\n(.*?)^```";

    [Theory, MemberData(nameof(Printed))]
    public void ThePrintedReferenceIsWhatIsGenerated(string page)
    {
        var generated = GeneratorHarness.Run(Declarations(page)[0]).Result.Results[0].GeneratedSources.Where(file => file.HintName.Contains(".Transforms.")).Select(file => Trimmed(file.SourceText.ToString()));
        var printed = Trimmed(Regex.Match(Read(page), PrintedCode, RegexOptions.Singleline | RegexOptions.Multiline).Groups[1].Value);
        Assert.True(generated.Any(file => file.Contains(printed)), $"{page} shows\n{printed}\nand what is generated is\n{string.Join("\n", generated)}");

        static string Trimmed(string text) => string.Join("\n", text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
    }

    [Fact]
    public void ThereAreNetworksToCompile() => Assert.True(Networks.Count >= 8);

    [Fact]
    public void EveryOperationIsInTheTables()
    {
        var tables = Regex.Match(Read("docs/language.md"), @"^## Operations$(.*?)^## ", RegexOptions.Singleline | RegexOptions.Multiline).Groups[1].Value;
        var named = Regex.Matches(tables, @"`([A-Z]\w*)").Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var declared = typeof(Ops).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).Select(method => method.Name);
        Assert.Empty(declared.Concat(SurfaceOps.Names).Distinct().Where(name => !named.Contains(name)).Order(StringComparer.Ordinal));
    }
}
