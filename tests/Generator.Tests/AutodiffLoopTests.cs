using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Transforms;
using static Proxima.Tests.AutodiffSupport;

namespace Proxima.Tests;

/// <summary>Loops, forward, reverse and to second order: values against differences, and the shape of what comes out.</summary>
public class AutodiffLoopTests
{
    private static readonly Dictionary<string, string> s_programs = new()
    {
        ["Lista"] = Lista,
        ["PerIterationWeights"] =
            """
            func F(x: f32[b n] input, W: f32[layers n n] weight, bias: f32[layers n] weight) {
              (y) = Loop k < layers carry (a = x) capture (V = W, c = bias) {
                s = Slice(V) at [k 0 0] step [1 1 1] : f32[1 n n]
                w = Reshape(s) : f32[n n]
                t = Slice(c) at [k 0] step [1 1] : f32[1 n]
                u = Reshape(t) : f32[n]
                v = Broadcast(u) axes [1] : f32[b n]
                d = Dot(a, w) : f32[b n]
                e = Add(d, v) : f32[b n]
                f = Tanh(e) : f32[b n]
                yield f
              }
              q = Mul(y, y) : f32[b n]
              r = ReduceSum(q) axes [0 1] : f32[]
              return r
            }
            """,
        // Both gates are needed backwards and are no carried value: they are kept as scans.
        ["GatedResidual"] =
            """
            func F(x: f32[b n] input, W: f32[n n] weight, V: f32[n n] weight) {
              (y) = Loop k < layers carry (a = x) capture (w = W, v = V) {
                p = Dot(a, w) : f32[b n]
                q = Dot(a, v) : f32[b n]
                t = Tanh(p) : f32[b n]
                g = Sigmoid(q) : f32[b n]
                m = Mul(t, g) : f32[b n]
                r = Add(a, m) : f32[b n]
                yield r
              }
              s = ReduceSum(y) axes [0 1] : f32[]
              z = Sin(s) : f32[]
              return z
            }
            """,
        // The reset state is what a product reads; the sum of four products is one value.
        ["GatedRecurrence"] =
            """
            func F(x: f32[b n] input, U: f32[n n] weight, V: f32[n n] weight, W: f32[n n] weight) {
              (y) = Loop k < layers carry (h = x) capture (u = U, v = V, w = W) {
                p = Dot(h, u) : f32[b n]
                q = Dot(h, v) : f32[b n]
                p2 = Dot(h, w) : f32[b n]
                p3 = Add(p, q) : f32[b n]
                p4 = Add(p3, p2) : f32[b n]
                r = Sigmoid(p4) : f32[b n]
                m = Mul(r, h) : f32[b n]
                d = Dot(m, w) : f32[b n]
                c = Tanh(d) : f32[b n]
                e = Sub(c, h) : f32[b n]
                f = Mul(r, e) : f32[b n]
                g = Add(h, f) : f32[b n]
                yield g
              }
              s = ReduceSum(y) axes [0 1] : f32[]
              z = Sin(s) : f32[]
              return z
            }
            """,
        // What the product reads are windows: views of a value that the history has.
        ["WindowsOfTheCarriedValue"] =
            """
            func F(x: f32[6] input, w: f32[1 3] weight) {
              (y) = Loop k < layers carry (a = x) capture (v = w) {
                p = Pad(a) at [1] step [1] : f32[8]
                q = Window(p) at [1 1] axes [0] : f32[6 3]
                t = Permute(q) axes [1 0] : f32[3 6]
                d = Dot(v, t) : f32[1 6]
                r = Reshape(d) : f32[6]
                s = Tanh(r) : f32[6]
                yield s
              }
              z = ReduceSum(y) axes [0] : f32[]
              return z
            }
            """,
        ["NestedWithTripsOfTheOuterCounter"] =
            """
            func F(x: f32[b n] input, W: f32[n n] weight, T: f32[layers] weight) {
              (y) = Loop k < layers carry (a = x) capture (w = W, t = T) {
                s = Slice(t) at [k] step [1] : f32[1]
                u = Reshape(s) : f32[]
                v = Broadcast(u) axes [] : f32[b n]
                (z) = Loop j < k+1 carry (c = a) capture (w2 = w, v2 = v, a2 = a) {
                  d = Dot(c, w2) : f32[b n]
                  e = Mul(d, v2) : f32[b n]
                  f = Add(e, a2) : f32[b n]
                  g = Tanh(f) : f32[b n]
                  yield g
                }
                h = Add(z, a) : f32[b n]
                yield h
              }
              s2 = ReduceSum(y) axes [0 1] : f32[]
              return s2
            }
            """,
        ["HistoriesAndScansAreResults"] =
            """
            func F(x: f32[n] input, w: f32[n] weight) {
              (y, h, s) = Loop k < layers carry (a = x) capture (v = w) histories [0] {
                b = Mul(a, v) : f32[n]
                c = Sin(b) : f32[n]
                d = Exp(c) : f32[n]
                yield c, d
              }
              q = Mul(h, h) : f32[layers+1 n]
              r = Sin(s) : f32[layers n]
              t = ReduceSum(q) axes [0 1] : f32[]
              u = ReduceSum(r) axes [0 1] : f32[]
              p = Mul(y, x) : f32[n]
              o = ReduceSum(p) axes [0] : f32[]
              z = Add(t, u) : f32[]
              l = Add(z, o) : f32[]
              return l
            }
            """,
        ["CarriesThatSwapRestAndDie"] =
            """
            func F(x: f32[n] input, y: f32[n] input, w: f32[n] weight) {
              one = Full 1 : f32[n]
              (p, q, r, d, i) = Loop k < layers carry (a = x, b = y, rest = w, dead = x, count = one) capture (v = w, v2 = w) {
                c = Mul(b, rest) : f32[n]
                e = Add(c, v) : f32[n]
                f = Mul(a, v2) : f32[n]
                g = Exp(dead) : f32[n]
                o = Add(count, count) : f32[n]
                h = Div(f, o) : f32[n]
                yield e, h, rest, g, o
              }
              m = Mul(p, q) : f32[n]
              n = Mul(m, r) : f32[n]
              s = ReduceSum(n) axes [0] : f32[]
              return s
            }
            """,
        ["SoftmaxAttention"] =
            """
            func F(x: f32[b n] input, K: f32[m n] weight) {
              (y) = Loop k < layers carry (a = x) capture (keys = K) {
                kt = Permute(keys) axes [1 0] : f32[n m]
                s = Dot(a, kt) : f32[b m]
                top = ReduceMax(s) axes [1] : f32[b]
                t = Broadcast(top) axes [0] : f32[b m]
                d = Sub(s, t) : f32[b m]
                e = Exp(d) : f32[b m]
                z = ReduceSum(e) axes [1] : f32[b]
                zb = Broadcast(z) axes [0] : f32[b m]
                p = Div(e, zb) : f32[b m]
                o = Dot(p, keys) : f32[b n]
                yield o
              }
              q = Mul(y, x) : f32[b n]
              r = ReduceSum(q) axes [0 1] : f32[]
              return r
            }
            """,
        // The power W W v is the same in each iteration.
        ["InvariantContraction"] =
            """
            func F(x: f32[b n] input, W: f32[n n] weight) {
              (y) = Loop k < layers carry (a = x) capture (w = W) {
                g = Dot(w, w) : f32[n n]
                h = Exp(g) : f32[n n]
                d = Dot(a, h) : f32[b n]
                e = Tanh(d) : f32[b n]
                yield e
              }
              r = ReduceSum(y) axes [0 1] : f32[]
              return r
            }
            """,
        ["CounterAsNumber"] =
            """
            func F(x: f32[n] input) {
              (y) = Loop k < layers carry (a = x) {
                s = Size [k+1] : f32[]
                t = Broadcast(s) axes [] : f32[n]
                u = Mul(a, t) : f32[n]
                v = Sin(u) : f32[n]
                yield v
              }
              r = ReduceSum(y) axes [0] : f32[]
              return r
            }
            """,
        ["InnerLoopThatKeepsItsHistory"] =
            """
            func F(x: f32[n] input, w: f32[n] weight) {
              (y) = Loop k < layers carry (a = x) capture (v = w) {
                (z, h) = Loop j < 2 carry (c = a) capture (u = v) histories [0] {
                  m = Mul(c, u) : f32[n]
                  s = Sin(m) : f32[n]
                  yield s
                }
                q = Mul(h, h) : f32[3 n]
                t = ReduceSum(q) axes [0] : f32[n]
                o = Add(t, z) : f32[n]
                e = Tanh(o) : f32[n]
                yield e
              }
              r = ReduceSum(y) axes [0] : f32[]
              return r
            }
            """,
    };

    private static readonly long[] s_layers = [1, 2, 4];

    public static TheoryData<string, long> Programs()
    {
        var data = new TheoryData<string, long>();
        foreach (var name in s_programs.Keys)
            foreach (var layers in s_layers) data.Add(name, layers);
        data.Add("PerIterationWeights", 0);
        data.Add("HistoriesAndScansAreResults", 0);
        data.Add("CarriesThatSwapRestAndDie", 0);
        return data;
    }

    internal static Function Program(string name) => Checked(Parse(s_programs[name]));

    internal static Dictionary<string, long> Sizes(long layers) => new() { ["b"] = 2, ["m"] = 4, ["n"] = 3, ["layers"] = layers };

    [Theory]
    [MemberData(nameof(Programs))]
    public void ReverseModeAgreesWithDifferences(string name, long layers)
    {
        var function = Program(name);
        CheckGradient(function, GradientOfAll(function), Arguments(function, Sizes(layers)), Sizes(layers));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void ForwardModeAgreesWithReverseMode(string name, long layers)
    {
        var function = Program(name);
        var gradient = GradientOfAll(function);
        var jvp = Checked(Jvp.Apply(function, [.. gradient.ResultNames.Where(n => n.Length > 0)]));
        var arguments = Arguments(jvp, Sizes(layers));
        var results = IrEvaluator.Run(jvp, arguments, Sizes(layers));
        var gradients = IrEvaluator.Run(gradient, arguments, Sizes(layers));
        var expected = gradient.ResultNames.Select((n, i) => n.Length == 0 ? 0 : gradients[i].Data.Zip(arguments["d" + n].Data, (a, b) => a * b).Sum()).Sum();
        AssertClose([gradients[0].Data[0], expected], [results[0].Data[0], results[1].Data[0]], 1e-12, name);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void SecondOrderAgreesWithDifferences(string name, long layers)
    {
        var first = Checked(SumOfSquaredGradients(GradientOfAll(Program(name))));
        CheckGradient(first, GradientOfAll(first), Arguments(first, Sizes(layers)), Sizes(layers), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void ForwardOverReverseAgreesWithReverseOverReverse(string name, long layers)
    {
        var first = Checked(SumOfSquaredGradients(GradientOfAll(Program(name))));
        var second = GradientOfAll(first);
        var jvp = Checked(Jvp.Apply(first, [.. second.ResultNames.Where(n => n.Length > 0)]));
        var arguments = Arguments(jvp, Sizes(layers));
        var gradients = IrEvaluator.Run(second, arguments, Sizes(layers));
        var expected = second.ResultNames.Select((n, i) => n.Length == 0 ? 0 : gradients[i].Data.Zip(arguments["d" + n].Data, (a, b) => a * b).Sum()).Sum();
        AssertClose([expected], [IrEvaluator.Run(jvp, arguments, Sizes(layers))[1].Data[0]], 1e-10, name);
    }

    [Fact]
    public void ThirdOrderAgreesWithDifferences()
    {
        var second = Checked(SumOfSquaredGradients(GradientOfAll(Checked(SumOfSquaredGradients(GradientOfAll(Program("CounterAsNumber")))))));
        CheckGradient(second, GradientOfAll(second), Arguments(second, Sizes(2)), Sizes(2), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void EveryPassKeepsTheMeaning(string name, long layers)
    {
        var function = Program(name);
        var arguments = Arguments(function, Sizes(layers));
        var expected = IrEvaluator.Run(function, arguments, Sizes(layers))[0].Data;
        foreach (var pass in new Func<Function, Function>[] { Prune.Apply, Simplify.Apply, Hoist.Apply, Cleanup.Apply })
            AssertClose(expected, IrEvaluator.Run(Checked(pass(function)), arguments, Sizes(layers))[0].Data, 1e-12, name);
    }

    [Fact]
    public void GradientOfListaIsOneLoopThatReadsOneHistory()
    {
        var gradient = Gradient(Program("Lista"));
        var text = TextPrinter.Print(gradient);
        var (forward, backward) = TwoLoops(gradient);
        Assert.True(forward.Histories.Count == 1 && forward.Scans == 0, text);
        Assert.True(backward.Histories.Count == 0 && backward.Scans == 0 && backward.Carries == 4, text);
        var body = backward.Body.Schedule();
        Assert.True(body.Count(n => n.Op == Op.Dot) == 2, text);
        Assert.True(body.Count(n => n.Op == Op.UpdateAdd) == 1, text);
        Assert.True(body.All(n => n.Op is not (Op.Pad or Op.SoftThreshold)), text);
    }

    [Fact]
    public void ContractionsThatTheBackwardLoopNeedsAreKept()
    {
        var gradient = Gradient(Program("GatedResidual"));
        var text = TextPrinter.Print(gradient);
        var (forward, backward) = TwoLoops(gradient);
        Assert.True(forward.Histories.Count == 1 && forward.Scans == 2, text);
        // The cotangent through each gate and the gradient of each weight: nothing is contracted again.
        Assert.True(backward.Body.Schedule().Count(n => n.Op == Op.Dot) == 4, text);
    }

    [Fact]
    public void FewestBytesAreKept()
    {
        var (forward, backward) = TwoLoops(Gradient(Program("GatedRecurrence")));
        // The gate, the reset state and the candidate, not the four products; no exponential is computed again.
        Assert.Equal((1, 3), (forward.Histories.Count, forward.Scans));
        Assert.Equal([Op.Mul, Op.Sigmoid, Op.Tanh], forward.Body.Results.Skip(1).Select(node => node.Op).OrderBy(op => op.ToString(), StringComparer.Ordinal));
        Assert.DoesNotContain(backward.Body.Schedule(), node => node.Op is Op.Sigmoid or Op.Tanh or Op.Exp);
    }

    [Fact]
    public void WindowsAreNotKept()
    {
        var (forward, _) = TwoLoops(Gradient(Program("WindowsOfTheCarriedValue")));
        Assert.DoesNotContain(forward.Body.Results, node => node.Op.IsView());
    }

    [Fact]
    public void InvariantWorkLeavesTheLoop()
    {
        var function = Cleanup.Apply(Program("InvariantContraction"));
        var loop = function.Body.Schedule().Single(n => n.Op == Op.Loop).Loop!;
        Assert.Equal(1, loop.Body.Schedule().Count(n => n.Op == Op.Dot));
        Assert.DoesNotContain(loop.Body.Schedule(), n => n.Op == Op.Exp);
    }

    [Fact]
    public void UnusedCarriesAndCapturesLeaveTheLoop()
    {
        var function = Cleanup.Apply(Program("CarriesThatSwapRestAndDie"));
        var loop = function.Body.Schedule().Single(n => n.Op == Op.Loop);
        // a, b and the count; rest, v and v2 are one captured w.
        Assert.Equal(3, loop.Loop!.Carries);
        Assert.Equal(4, loop.Inputs.Length);
    }

    private static (LoopInfo Forward, LoopInfo Backward) TwoLoops(Function function)
    {
        var loops = function.Body.Schedule().Where(n => n.Op == Op.Loop).Select(n => n.Loop!).ToArray();
        Assert.True(loops.Length == 2, TextPrinter.Print(function));
        return (loops[0], loops[1]);
    }
}
