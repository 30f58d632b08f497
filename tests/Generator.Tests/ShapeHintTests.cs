using Microsoft.CodeAnalysis;
using Proxima.Tests.Infrastructure;
using static Proxima.Tests.DiagnosticsCorpus;

namespace Proxima.Tests;

/// <summary>With <c>proxima_shape_hints = true</c> the analyzer says what every local is, in the user's names.</summary>
public class ShapeHintTests
{
    private const string Source =
        """
        [Network]
        public partial class Net(int m, int n, int steps = 3)
        {
            [Parameter("m n")] public partial Tensor W { get; }
            [Parameter("n n")] public partial Tensor V { get; }

            [return: Shape("b n")]
            public virtual Tensor Forward([Shape("b m")] Tensor x, [Shape("b", DType.Int64)] Tensor kinds)
            {
                var h = MatMul(x, W);
                var half = n / 2;
                var rate = 0.5f;
                var (left, right) = (h[.., ..half], OneHot(kinds, 4));
                var pair = (h, left);
                for (var k = 0; k < steps; k++)
                {
                    var next = MatMul(h, V);
                    h = next * rate;
                }
                return Twice(h) + Sum(Twice(x)) + Sum(left) + Sum(right) + Sum(pair.Item1);
            }

            private Tensor Twice(Tensor y)
            {
                var z = 2 * y;
                return z;
            }
        }
        """;

    private static Diagnostic[] Hints(params (string, string)[] config)
    {
        GeneratorHarness.Driver().RunGeneratorsAndUpdateCompilation(GeneratorHarness.Compile(Source), out var output, out _);
        return [.. AnalyzeOnly(output, config)];
    }

    [Fact]
    public void EveryLocalHasItsShape() => Assert.Equal(
        [
            "h is [b n]", "half is n/2", "left is [b n/2]", "right is Int64 [b 4]", "pair is ([b n], [b n/2])", "next is [b n]", "z is [b n] or [b m]",
        ],
        Hints(("proxima_shape_hints", "true")).Select(hint => hint.GetMessage()));

    [Fact]
    public void HintsStandOnTheNamesAndAreNoMoreThanInformation() => Assert.All(Hints(("proxima_shape_hints", "true")), hint =>
    {
        Assert.Equal("PRX0190", hint.Id);
        Assert.Equal(DiagnosticSeverity.Info, hint.Severity);
        Assert.Equal(hint.GetMessage().Split(' ')[0], hint.Location.SourceTree!.GetText().ToString(hint.Location.SourceSpan));
    });

    [Fact]
    public void WhoDoesNotAskHearsNothing()
    {
        Assert.Empty(Hints());
        Assert.Empty(Hints(("proxima_shape_hints", "false")));
    }
}
