using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Proxima.Generator.Frontend;
using Proxima.Tests.Infrastructure;

namespace Proxima.Tests;

/// <summary>Half-typed code: the reader and the generator stay silent, whatever is missing.</summary>
public class FrontendMutilationTests
{
    private const string Source =
        """
        namespace Nets;
        [Network]
        public partial class Lista(int m, int n, int layers = 16)
        {
            [Parameter("m n")] public partial Tensor Encoder { get; }
            [Parameter("layers", Init = 0.1, Constraint = typeof(NonNegative))] public partial Tensor Threshold { get; }
            [Buffer("n")] internal partial Tensor Running { get; set; }
            readonly Linear first = new(m, outputs: n);
            readonly Linear[] blocks = Repeat(layers - 1, _ => new Linear(n, n)), pair = [new(n, n), new(n, n)];
            readonly int half = n / 2;
            [return: Shape("b n")]
            public virtual Tensor Forward([Shape("b m")] Tensor y)
            {
                var c = MatMul(y, Encoder);
                var (x, z) = (SoftThreshold(c, Threshold[0]), Map(c, v => v / (1 + MathF.Abs(v))));
                for (var k = 1; k < layers; k += 2) x = SoftThreshold(c + x[.., ^1] * z, Threshold[k]);
                foreach (var block in blocks) { x = block.Forward(x); x += pair[1].Forward(x); }
                if (half > 3 && n != m) Running = Mean(x, dim: 0); else x -= half > 1 ? x : -x;
                return Functions.Twice(first.Forward(y)) + x.To(DType.Float32);
            }
            [return: Shape("")]
            public virtual Tensor Loss([Shape("b m")] Tensor y, [Shape("b n")] Tensor target) => Mean(Square(Forward(y) - target));
            [Gradient(of: nameof(Loss), wrt: "y")]
            public virtual partial Tensor LossGradient(Tensor y, Tensor target);
        }
        public static class Functions
        {
            [TensorFunction] public static Tensor Twice(Tensor x) => x + x;
        }
        """;

    [Fact]
    public void TheWholeIsClean()
    {
        var reading = FrontendReading.Read("Nets.Lista", Source);
        Assert.Empty(reading.Diagnostics.Items);
        Assert.Equal(3, reading.Declaration!.Methods.Count);
        Assert.All(reading.Declaration.Methods.Items, m => Assert.True(m.Body is null != m.Transform is null));
    }

    [Theory]
    [InlineData(1, 1, 300)]
    [InlineData(2, 3, 150)]
    [InlineData(3, 12, 100)]
    public void NoEditMakesTheReaderOrTheGeneratorThrow(int seed, int mostTokens, int edits)
    {
        var tokens = CSharpSyntaxTree.ParseText(Source).GetRoot().DescendantTokens().ToArray();
        var random = new Random(seed);
        for (var i = 0; i < edits; i++)
        {
            var from = random.Next(tokens.Length - 1);
            var to = Math.Min(tokens.Length - 1, from + random.Next(mostTokens));
            var source = Source.Remove(tokens[from].SpanStart, tokens[to].Span.End - tokens[from].SpanStart);
            // Some edits also put a token where it does not belong.
            if (random.Next(3) == 0) source = source.Insert(random.Next(source.Length), " " + tokens[random.Next(tokens.Length)].Text + " ");
            try
            {
                var compilation = GeneratorHarness.Compile(source);
                foreach (var name in new[] { "Nets.Lista", "Nets.Functions" })
                    if (compilation.GetTypeByMetadataName(name) is { } type) NetworkReader.Read(type, compilation, CancellationToken.None);
                if (i % 10 != 0) continue;
                var result = GeneratorHarness.Driver().RunGenerators(compilation).GetRunResult().Results[0];
                Assert.Null(result.Exception);
                Assert.Empty(result.Diagnostics);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                throw new Xunit.Sdk.XunitException($"seed {seed}, edit {i}:\n{source}\n{e}");
            }
        }
    }
}
