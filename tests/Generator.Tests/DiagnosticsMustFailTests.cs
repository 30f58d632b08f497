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
        var found = file.Analyze();
        Assert.True(found.Length == 1, $"expected one diagnostic, found {found.Length}:\n{Describe(found)}");
        var diagnostic = found[0];
        Assert.Equal(file.Id, diagnostic.Id);
        if (IsUpdating)
        {
            file.Update(diagnostic);
            return;
        }
        Assert.Equal(file.Message, diagnostic.GetMessage());
        Assert.Equal(file.Rule.IsEnabledByDefault ? file.Rule.DefaultSeverity : DiagnosticSeverity.Info, diagnostic.Severity);
        Assert.True(file.Primary == diagnostic.Location.SourceSpan,
            $"expected on '{file.Source.Substring(file.Primary.Start, file.Primary.Length)}' at {file.Primary.Start}\n{Describe(found)} at {diagnostic.Location.SourceSpan.Start}");
        Assert.True(file.Additional.SequenceEqual(diagnostic.AdditionalLocations.Select(l => l.SourceSpan)),
            $"expected to see {string.Join(", ", file.Additional.Select(a => $"'{file.Source.Substring(a.Start, a.Length)}' at {a.Start}"))}\n{Describe(found)}");
    }

    private static readonly Lazy<CorpusBuild> s_mended = new(() => new(MustFail.Where(f => f.Mended is not null).Select(f => (f.Name, f.Mended!))));

    public static TheoryData<string> Mended => [.. MustFail.Where(f => f.Mended is not null).Select(f => f.Name)];

    [Theory, MemberData(nameof(Mended))]
    public void TheMendedProgramBuilds(string name)
    {
        var mistakes = s_mended.Value.Mistakes(name);
        Assert.True(mistakes.Length == 0, mistakes);
    }

    [Fact]
    public void TheCorporaAreLarge()
    {
        Assert.True(MustFail.Length >= 200);
        Assert.True(MustPass.Length + Gallery.Length >= 150);
    }

    [Fact]
    public void EveryRuleHasAProgram() =>
        Assert.Equal(Diagnostics.All.Select(d => d.Id), MustFail.Select(f => f.Id).Distinct().Order(StringComparer.Ordinal));
}
