using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Transforms;
using static Proxima.Tests.AutodiffSupport;

namespace Proxima.Tests;

/// <summary>Soundness of bounds by sampling, tightness where it is known, and the refusals.</summary>
public class BoundsTests
{
    private static readonly Dictionary<string, long> s_sizes = new() { ["b"] = 2, ["n"] = 4, ["m"] = 5 };

    private static Function BoundsOf(Function of, string method, out string? error)
    {
        var declaration = new TransformDeclaration(
            "Bounds", of.Name, ImmutableArray.Create("x"), ImmutableArray.Create(Surface.Of("arg", "Method", null, Surface.Of("string", method))), Origin.None, Origin.None);
        return TransformRegistry.Apply("Bounds", of, declaration, out error)!;
    }

    private static Function BoundsOf(string text, string method)
    {
        var result = BoundsOf(Parse(text), method, out var error);
        Assert.Null(error);
        return Checked(result);
    }

    private static string Unary(string statements) =>
        $$"""
        func F(x: f32[b n] input) {
          bind b = "x" 0
          two = Full 2 : f32[b n]
          half = Full 0.5 : f32[b n]
        {{statements}}
          return y
        }
        """;

    private const string Perceptron =
        """
        func F(x: f32[b n] input, W: f32[n m] weight, V: f32[m m] weight, U: f32[m n] weight) {
          bind b = "x" 0
          p = Dot(x, W) : f32[b m]
          r = ACTIVATION(p) : f32[b m]
          q = Dot(r, V) : f32[b m]
          s = ACTIVATION(q) : f32[b m]
          t = Add(s, p) : f32[b m]
          y = Dot(t, U) : f32[b n]
          return y
        }
        """;

    public static TheoryData<string, string> Programs
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var op in new[] { "Neg", "Exp", "Abs", "Sign", "Tanh", "Sigmoid", "Erf", "Sin", "Cos", "Floor", "Relu", "Softplus" })
                data.Add(op, Unary($"  y = {op}(x) : f32[b n]"));
            foreach (var op in new[] { "Log", "Sqrt", "Rsqrt" })
                data.Add(op, Unary($"  a = Add(x, two) : f32[b n]\n  y = {op}(a) : f32[b n]"));
            data.Add("Square", Unary("  y = Mul(x, x) : f32[b n]"));
            data.Add("Cube", Unary("  c = Full 3 : f32[b n]\n  y = Pow(x, c) : f32[b n]"));
            data.Add("Fourth", Unary("  c = Full 4 : f32[b n]\n  y = Pow(x, c) : f32[b n]"));
            data.Add("InversePower", Unary("  a = Add(x, two) : f32[b n]\n  c = Full -1.5 : f32[b n]\n  y = Pow(a, c) : f32[b n]"));
            data.Add("Product", Unary("  s = Sin(x) : f32[b n]\n  a = Sub(x, half) : f32[b n]\n  y = Mul(s, a) : f32[b n]"));
            data.Add("Quotient", Unary("  a = Add(x, two) : f32[b n]\n  y = Div(x, a) : f32[b n]"));
            data.Add("QuotientByWhatMayBeZero", Unary("  y = Div(two, x) : f32[b n]"));
            data.Add("Shrunk", Unary("  s = Neg(x) : f32[b n]\n  y = SoftThreshold(s, half) : f32[b n]"));
            data.Add("ShrunkByARange", Unary("  t = Abs(x) : f32[b n]\n  y = SoftThreshold(two, t) : f32[b n]"));
            data.Add("Larger", Unary("  s = Sin(x) : f32[b n]\n  m = Max(s, x) : f32[b n]\n  k = Min(m, half) : f32[b n]\n  y = Sub(k, x) : f32[b n]"));
            data.Add("Chosen", Unary("  c = Less(x, half) : bool[b n]\n  s = Sin(x) : f32[b n]\n  y = Where(c, s, x) : f32[b n]"));
            data.Add("Views",
                """
                func F(x: f32[b n] input) {
                  bind b = "x" 0
                  s = Slice(x) at [0 n-1] step [1 -1] : f32[b n]
                  t = Permute(s) axes [1 0] : f32[n b]
                  q = Permute(x) axes [1 0] : f32[n b]
                  c = Concat(t, q) axes [0] : f32[2*n b]
                  p = Pad(c) at [1 0] step [1 1] : f32[2*n+2 b]
                  u = UpdateAdd(p, q) at [2 0] step [1 1] : f32[2*n+2 b]
                  g = Broadcast(u) axes [0 2] : f32[2*n+2 n b]
                  r = Reshape(g) : f32[(2*n+2)*n b]
                  y = ReduceSum(r) axes [0] : f32[b]
                  return y
                }
                """);
            data.Add("Extremes",
                """
                func F(x: f32[b n] input) {
                  bind b = "x" 0
                  h = ReduceMax(x) axes [1] : f32[b]
                  l = ReduceMin(x) axes [1] : f32[b]
                  w = Broadcast(l) axes [0] : f32[b n]
                  d = Sub(x, w) : f32[b n]
                  e = Exp(d) : f32[b n]
                  s = ReduceSum(e) axes [1] : f32[b]
                  k = Log(s) : f32[b]
                  y = Sub(k, h) : f32[b]
                  return y
                }
                """);
            data.Add("BothSides",
                """
                func F(x: f32[b n] input, W: f32[n n] weight) {
                  bind b = "x" 0
                  p = Dot(x, W) : f32[b n]
                  t = Permute(x) axes [1 0] : f32[n b]
                  y = Dot(p, t) : f32[b b]
                  return y
                }
                """);
            data.Add("Loop",
                """
                func F(x: f32[b n] input, W: f32[n n] weight) {
                  bind b = "x" 0
                  z0 = Full 0 : f32[b n]
                  (z) = Loop k < 4 carry (z1 = z0) capture (x1 = x, W1 = W) {
                    p = Dot(z1, W1) : f32[b n]
                    q = Add(p, x1) : f32[b n]
                    h = Full 0.3 : f32[b n]
                    r = SoftThreshold(q, h) : f32[b n]
                    yield r
                  }
                  return z
                }
                """);
            foreach (var op in new[] { "Relu", "Tanh", "Sigmoid", "Abs", "Softplus" }) data.Add("Net" + op, Perceptron.Replace("ACTIVATION", op));
            return data;
        }
    }

    private static (Dictionary<string, IrValue> Box, Dictionary<string, IrValue> Point) Draw(Function bounds, int seed)
    {
        var random = new Random(seed);
        var box = Arguments(bounds, s_sizes, seed);
        double[] lower = box["x"].Data, upper = [.. lower.Select(l => l + random.NextDouble() * (seed % 3 == 0 ? 0.01 : 1))];
        box["upperx"] = box["x"] with { Data = upper };
        double[] point = [.. lower.Zip(upper, (l, u) => random.Next(4) switch { 0 => l, 1 => u, _ => l + (u - l) * random.NextDouble() })];
        return (box, new(box) { ["x"] = box["x"] with { Data = point } });
    }

    [Theory, MemberData(nameof(Programs))]
    public void NoSampleLeavesItsBounds(string name, string text)
    {
        var of = Parse(text);
        Function interval = BoundsOf(text, "Interval"), crown = BoundsOf(text, "Crown");
        for (var seed = 0; seed < 60; seed++)
        {
            var (box, point) = Draw(interval, seed);
            var value = IrEvaluator.Run(of, point, s_sizes)[0].Data;
            IrValue[] wide = IrEvaluator.Run(interval, box, s_sizes), tight = IrEvaluator.Run(crown, box, s_sizes);
            for (var i = 0; i < value.Length; i++)
            {
                var slack = 1e-6 * Math.Max(1, Math.Abs(value[i]));
                Assert.True(wide[0].Data[i] - slack <= value[i] && value[i] <= wide[1].Data[i] + slack, $"{name}, seed {seed}: interval [{wide[0].Data[i]}, {wide[1].Data[i]}] misses {value[i]}");
                Assert.True(tight[0].Data[i] - slack <= value[i] && value[i] <= tight[1].Data[i] + slack, $"{name}, seed {seed}: lines [{tight[0].Data[i]}, {tight[1].Data[i]}] miss {value[i]}");
                Assert.True(tight[0].Data[i] >= wide[0].Data[i] - slack && tight[1].Data[i] <= wide[1].Data[i] + slack, $"{name}, seed {seed}: lines are looser than the interval");
            }
        }
    }

    /// <summary>Affine maps are bounded exactly: c x plus or minus |c| r. Cancellation is seen by lines, not by intervals.</summary>
    [Fact]
    public void LinesAreExactForAffineMaps()
    {
        const string Text =
            """
            func F(x: f32[b n] input, W: f32[n m] weight, V: f32[m n] weight) {
              bind b = "x" 0
              p = Dot(x, W) : f32[b m]
              q = Dot(p, V) : f32[b n]
              y = Sub(q, x) : f32[b n]
              return y
            }
            """;
        Function interval = BoundsOf(Text, "Interval"), crown = BoundsOf(Text, "Crown");
        var (box, _) = Draw(crown, 1);
        IrValue[] wide = IrEvaluator.Run(interval, box, s_sizes), tight = IrEvaluator.Run(crown, box, s_sizes);
        for (var i = 0; i < 2; i++)
        {
            for (var j = 0; j < 4; j++)
            {
                double centre = 0, radius = 0;
                for (var k = 0; k < 4; k++)
                {
                    var slope = Enumerable.Range(0, 5).Sum(h => box["W"][k, h] * box["V"][h, j]) - (k == j ? 1 : 0);
                    centre += slope * (box["x"][i, k] + box["upperx"][i, k]) / 2;
                    radius += Math.Abs(slope) * (box["upperx"][i, k] - box["x"][i, k]) / 2;
                }
                Assert.Equal(centre - radius, tight[0][i, j], 9);
                Assert.Equal(centre + radius, tight[1][i, j], 9);
                Assert.True(wide[1][i, j] - wide[0][i, j] > 1.2 * 2 * radius);
            }
        }
    }

    /// <summary>On a box where every unit stays on its side, a network of ramps is affine, and lines are exact.</summary>
    [Fact]
    public void LinesOfANetworkInsideALinearRegionAreExact()
    {
        var text = Perceptron.Replace("ACTIVATION", "Relu");
        Function of = Parse(text), crown = BoundsOf(text, "Crown");
        var (box, _) = Draw(crown, 4);
        box["upperx"] = box["x"] with { Data = [.. box["x"].Data.Select(l => l + 1e-4)] };
        var bounds = IrEvaluator.Run(crown, box, s_sizes);
        double[] low = [.. bounds[0].Data.Select(_ => double.PositiveInfinity)], high = [.. bounds[0].Data.Select(_ => double.NegativeInfinity)];
        for (var corner = 0; corner < 16; corner++)
        {
            var at = box["x"] with { Data = [.. box["x"].Data.Select((l, i) => (corner >> (i % 4) & 1) != 0 ? l + 1e-4 : l)] };
            var value = IrEvaluator.Run(of, new Dictionary<string, IrValue>(box) { ["x"] = at }, s_sizes)[0].Data;
            for (var i = 0; i < value.Length; i++) (low[i], high[i]) = (Math.Min(low[i], value[i]), Math.Max(high[i], value[i]));
        }
        for (var i = 0; i < low.Length; i++)
        {
            Assert.Equal(low[i], bounds[0].Data[i], 9);
            Assert.Equal(high[i], bounds[1].Data[i], 9);
        }
    }

    [Theory]
    [InlineData("Relu")]
    [InlineData("Tanh")]
    [InlineData("Sigmoid")]
    public void LinesAreTighterThanIntervalsOnNetworks(string activation)
    {
        var text = Perceptron.Replace("ACTIVATION", activation);
        Function interval = BoundsOf(text, "Interval"), crown = BoundsOf(text, "Crown");
        double wide = 0, tight = 0;
        for (var seed = 1; seed < 9; seed++)
        {
            var (box, _) = Draw(crown, seed);
            IrValue[] x = IrEvaluator.Run(interval, box, s_sizes), y = IrEvaluator.Run(crown, box, s_sizes);
            wide += x[1].Data.Sum() - x[0].Data.Sum();
            tight += y[1].Data.Sum() - y[0].Data.Sum();
        }
        Assert.True(tight < 0.8 * wide, $"{tight} against {wide}");
    }

    [Theory]
    [InlineData("Interval")]
    [InlineData("Crown")]
    public void BoundsAreDifferentiated(string method)
    {
        foreach (var activation in new[] { "Relu", "Tanh" })
        {
            var bounds = BoundsOf(Perceptron.Replace("ACTIVATION", activation), method);
            var b = new Builder();
            var width = b.Sub(bounds.Results[1], bounds.Results[0]);
            var loss = b.Sum(b.Mul(width, b.Add(width, bounds.Results[0])), [0, 1]);
            var function = Checked(bounds with { Name = "Loss", Results = ImmutableArray.Create(loss), ResultNames = ImmutableArray.Create("") });
            var (box, _) = Draw(function, 5);
            CheckGradient(function, Gradient(function, "x", "upperx", "W", "V"), box, s_sizes, 1e-5);
        }
    }

    [Fact]
    public void AnOperationWithoutARuleIsNamed()
    {
        var of = Parse(
            """
            func F(x: f32[b n] input) {
              bind b = "x" 0
              i = ArgMax(x) axes [1] : i64[b]
              y = Cast(i) : f32[b]
              return y
            }
            """);
        Assert.Null(BoundsOf(of, "Interval", out var error));
        Assert.Equal("F: ArgMax has no interval rule (ArgMax)", error);
    }
}
