using Proxima.Tests.Infrastructure;
using static Proxima.Tests.DiagnosticsCorpus;

namespace Proxima.Tests;

/// <summary>Networks without a mistake: no diagnostics, and what is generated compiles without a warning.</summary>
public class DiagnosticsMustPassTests
{
    public static TheoryData<string> Names => [.. MustPass.Select(f => f.Name)];

    [Theory, MemberData(nameof(Names))]
    public void NothingIsReportedAndEverythingCompiles(string name)
    {
        var source = MustPass.Single(f => f.Name == name).Source;
        var run = GeneratorHarness.Run(source);
        var found = AnalyzeOnly(run.Output);
        Assert.True(found.IsEmpty, Describe(found));
        var types = run.Output.Assembly.GetTypeByMetadataName("Net");
        Assert.NotNull(types);
        Assert.NotEmpty(types.GetTypeMembers("Cpu"));
    }
}
