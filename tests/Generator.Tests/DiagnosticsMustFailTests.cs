using Microsoft.CodeAnalysis;
using Proxima.Generator.Analyzers;
using Proxima.Tests.Infrastructure;
using static Proxima.Tests.DiagnosticsCorpus;

namespace Proxima.Tests;

/// <summary>Programs with one mistake each: one diagnostic, on exactly the marked characters, with the marked declarations, in the words of the first line.</summary>
public class DiagnosticsMustFailTests
{
    public static TheoryData<string> Names => [.. MustFail.Select(f => f.Name)];

    private static MustFailFile Find(string name) => MustFail.Single(f => f.Name == name);

    [Theory, MemberData(nameof(Names))]
    public void OneMistakeIsOneDiagnostic(string name)
    {
        var file = Find(name);
        var found = Analyze(file.Source);
        Assert.True(found.Length == 1, $"expected one diagnostic, found {found.Length}:\n{Describe(found)}");
        var diagnostic = found[0];
        Assert.Equal(file.Id, diagnostic.Id);
        Assert.Equal(file.Message, diagnostic.GetMessage());
        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
        Assert.True(file.Primary == diagnostic.Location.SourceSpan,
            $"expected on '{file.Source.Substring(file.Primary.Start, file.Primary.Length)}' at {file.Primary.Start}\n{Describe(found)} at {diagnostic.Location.SourceSpan.Start}");
        Assert.True(file.Additional.SequenceEqual(diagnostic.AdditionalLocations.Select(l => l.SourceSpan)),
            $"expected to see {string.Join(", ", file.Additional.Select(a => $"'{file.Source.Substring(a.Start, a.Length)}' at {a.Start}"))}\n{Describe(found)}");
    }

    [Theory, MemberData(nameof(Names))]
    public void TheMendedProgramBuilds(string name)
    {
        if (Find(name).Mended is not { } mended) return;
        var found = Analyze(mended);
        Assert.True(found.IsEmpty, Describe(found));
        GeneratorHarness.Run(mended);
    }

    [Fact]
    public void EveryRuleHasAProgram() =>
        Assert.Equal(Diagnostics.All.Select(d => d.Id), MustFail.Select(f => f.Id).Distinct().Order(StringComparer.Ordinal));
}
