using Proxima.Generator.Ir;
using Xunit;
using static Proxima.Tests.AutodiffSupport;

namespace Proxima.Tests;

public class AutodiffLoopTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void GradientOfLista(long layers)
    {
        var function = Checked(Parse(Lista));
        Dictionary<string, long> sizes = new() { ["b"] = 3, ["m"] = 4, ["n"] = 5, ["layers"] = layers };
        CheckGradient(function, GradientOfAll(function), Arguments(function, sizes), sizes);
    }

    [Fact]
    public void GradientOfListaIsOneLoopThatReadsOneHistory()
    {
        var gradient = Gradient(Parse(Lista));
        var text = TextPrinter.Print(gradient);
        var loops = gradient.Body.Schedule().Where(n => n.Op == Op.Loop).Select(n => n.Loop!).ToArray();
        Assert.True(loops.Length == 2, text);
        var (forward, backward) = (loops[0], loops[1]);
        Assert.True(forward.Histories.Count == 1 && forward.Scans == 0, text);
        Assert.True(backward.Histories.Count == 0 && backward.Scans == 0 && backward.Carries == 4, text);
        var body = backward.Body.Schedule();
        Assert.True(body.Count(n => n.Op == Op.Dot) == 2, text);
        Assert.True(body.Count(n => n.Op == Op.UpdateAdd) == 1, text);
        Assert.True(body.All(n => n.Op is not (Op.Pad or Op.SoftThreshold)), text);
    }
}
