using System.Collections.Immutable;
using Proxima.Generator;
using Proxima.Generator.Ir;
using Proxima.Generator.Transforms;
using static Proxima.Tests.AutodiffSupport;

namespace Proxima.Tests;

/// <summary>Checkpoints change what is kept, not what is computed.</summary>
public class AutodiffCheckpointTests
{
    private const string Gated =
        """
        func F(x: f32[b n] input, W: f32[n n] input, V: f32[n n] input) {
          (y) = Loop k < layers carry (a = x) capture (w = W, v = V) {
            (s) = Loop once < 1 capture (a2 = a, w2 = w, v2 = v) checkpoint {
              p = Dot(a2, w2) : f32[b n]
              t = Tanh(p) : f32[b n]
              q = Dot(t, v2) : f32[b n]
              g = Sigmoid(q) : f32[b n]
              m = Mul(t, g) : f32[b n]
              r = Add(a2, m) : f32[b n]
              yield r
            }
            c = Reshape(s) : f32[b n]
            yield c
          }
          z = Mul(y, y) : f32[b n]
          e = ReduceSum(z) axes [0 1] : f32[]
          return e
        }
        """;

    private static readonly Dictionary<string, long> s_sizes = new() { ["b"] = 4, ["n"] = 8, ["layers"] = 16 };

    private static readonly ImmutableArray<string> s_names = ["x", "W", "V"];

    private static long Memory(Function function) => NetworkCompiler.Plan(function).Slots.Sum(slot => slot.Evaluate(name => s_sizes[name]));

    private static Function Parsed(bool keeps) => Parse(keeps ? Gated.Replace(" checkpoint {", " {") : Gated);

    [Fact]
    public void ValuesAndDerivativesStayEqual()
    {
        var (with, without) = (Parsed(keeps: false), Parsed(keeps: true));
        var sizes = new Dictionary<string, long>(s_sizes) { ["layers"] = 3, ["batch"] = 2 };
        Check(with, without);
        var (gradient, kept) = (Gradient(with, s_names), Gradient(without, s_names));
        Check(gradient, kept);
        Check(Checked(Hvp.Apply(with, s_names)), Checked(Hvp.Apply(without, s_names)));
        Check(Gradient(Checked(SumOfSquaredGradients(gradient)), s_names), Gradient(Checked(SumOfSquaredGradients(kept)), s_names));
        Check(Checked(Vmap.Apply(gradient, new Batch(Dim.Name("batch"), ["x"]))), Checked(Vmap.Apply(kept, new Batch(Dim.Name("batch"), ["x"]))));

        void Check(Function function, Function expected)
        {
            var arguments = Arguments(function, sizes);
            IrValue[] actual = IrEvaluator.Run(function, arguments, sizes), right = IrEvaluator.Run(expected, arguments, sizes);
            for (var i = 0; i < right.Length; i++) AssertClose(right[i].Data, actual[i].Data, 1e-11, TextPrinter.Print(function));
        }
    }

    [Fact]
    public void ProductsInsideAreNotKept()
    {
        var (with, without) = (Memory(Gradient(Parsed(keeps: false), s_names)), Memory(Gradient(Parsed(keeps: true), s_names)));
        // Two products of every iteration are kept without it; the history of what the loop carries stays.
        const long OneValue = 4 * 8 * sizeof(float);
        Assert.True(without - with >= (2 * 16 - 6) * OneValue, $"{with} bytes instead of {without}");
    }

    [Fact]
    public void WithoutADerivativeTheBodyIsInlined()
    {
        var function = InlineCheckpoints.Apply(Parsed(keeps: false));
        Verifier.Check(function);
        var outer = function.Body.Schedule().Single(node => node.Op == Op.Loop);
        Assert.DoesNotContain(outer.Loop!.Body.Schedule(), node => node.Op == Op.Loop);
        var arguments = Arguments(function, s_sizes);
        AssertClose(IrEvaluator.Run(Parsed(keeps: true), arguments, s_sizes)[0].Data, IrEvaluator.Run(function, arguments, s_sizes)[0].Data, 1e-12, "inlined");
    }
}
