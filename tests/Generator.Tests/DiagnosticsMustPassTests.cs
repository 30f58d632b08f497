using Microsoft.CodeAnalysis;
using Proxima.Tests.Infrastructure;
using static Proxima.Tests.DiagnosticsCorpus;

namespace Proxima.Tests;

/// <summary>Networks without a mistake: no diagnostics, and what is generated compiles without a warning.</summary>
public class DiagnosticsMustPassTests
{
    private static readonly Lazy<CorpusBuild> s_build = new(() => new(MustPass));

    public static TheoryData<string> Names => [.. MustPass.Select(f => f.Name)];

    [Theory, MemberData(nameof(Names))]
    public void NothingIsReportedAndEverythingCompiles(string name)
    {
        var mistakes = s_build.Value.Mistakes(name);
        Assert.True(mistakes.Length == 0, mistakes);
        Assert.NotEmpty(s_build.Value.Networks(name));
        Assert.All(s_build.Value.Networks(name), network => Assert.NotEmpty(network.GetTypeMembers("Cpu")));
    }

    private static readonly Lazy<ILookup<string, Diagnostic>> s_gallery = new(() =>
        AnalyzeOnly(GeneratorHarness.Compile(Gallery.Select(f => GeneratorHarness.Parse(f.Source, f.Name)))).ToLookup(d => d.Location.SourceTree!.FilePath));

    public static TheoryData<string> Models => [.. Gallery.Select(f => f.Name)];

    /// <summary>What else the files need is not here, so C# has complaints; the networks are read all the same.</summary>
    [Theory, MemberData(nameof(Models))]
    public void NothingIsReportedInTheGallery(string name) => Assert.True(!s_gallery.Value.Contains(name), Describe(s_gallery.Value[name]));

    [Fact]
    public void TheGalleryIsFound() => Assert.True(Gallery.Length >= 2);
}
