using System.Net;
using Proxima.Generator.Ir;
using Proxima.Tests.Infrastructure;

namespace Proxima.Tests;

/// <summary>What the backward pass of an unrolled algorithm keeps of each iteration: the iterate, of which every mask is told, and no mask beside it.</summary>
public class KeptValuesTests
{
    private const string Source =
        """
        [Network]
        public partial class Coder(int m, int n)
        {
            [Buffer("n m")] public partial Tensor A { get; }

            [Parameter("8")] public partial Tensor LogThresholds { get; }

            [return: Shape("")]
            public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, A) - y));

            [return: Shape("")]
            public virtual Tensor Sparse([Shape("b n")] Tensor x, int k) => Exp(LogThresholds[k]) * Sum(Abs(x));

            [return: Shape("")]
            public virtual Tensor Positive([Shape("b n")] Tensor x, int k) => Exp(LogThresholds[k]) * Sum(x) + Sum(Proxima.Proximal.NonnegativeOrthant.Value(x));

            [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Sparse), Iterations = 8, Counter = "k", Step = 0.1)]
            public virtual partial Tensor Encode(Tensor x, Tensor y);

            [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Positive), Iterations = 8, Counter = "k", Step = 0.1)]
            public virtual partial Tensor EncodePositive(Tensor x, Tensor y);

            [return: Shape("")]
            public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Square(Encode(0 * x, y) - x));

            [return: Shape("")]
            public virtual Tensor PositiveLoss([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Square(EncodePositive(0 * x, y) - x));

            [Gradient(of: nameof(Loss))]
            public virtual partial Gradients SoftGradient(Tensor x, Tensor y);

            [Gradient(of: nameof(PositiveLoss))]
            public virtual partial Gradients RampGradient(Tensor x, Tensor y);
        }
        """;

    [Theory]
    [InlineData("SoftGradient")]
    [InlineData("RampGradient")]
    public void TheIterateIsAllThatIsKept(string method)
    {
        var code = GeneratorHarness.Run(Source)["Coder.Cpu.proxima.g.cs"];
        var lines = code.Split('\n').SkipWhile(line => !line.Contains($"func {method}(")).TakeWhile(line => line.TrimStart().StartsWith("///")).Select(line => WebUtility.HtmlDecode(line[(line.IndexOf("///", StringComparison.Ordinal) + 3)..]));
        var text = string.Join('\n', lines);
        var function = TextParser.Parse(text[..(text.IndexOf("\n }", StringComparison.Ordinal) + 3)]);
        var loop = function.Body.Schedule().First(node => node.Op == Op.Loop).Loop!;
        // Nine iterates of b n floats, the first one too; nothing else, not even a bit for each element.
        Assert.True(loop.Histories.Count == 1 && loop.Scans == 0, text);
        Assert.Equal("f32[b n]", loop.Body.Results[loop.Histories[0]].Type.ToString());
    }
}
