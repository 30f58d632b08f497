using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Transforms;
using static Proxima.Tests.AutodiffSupport;

namespace Proxima.Tests;

/// <summary>Lipschitz bounds and path norms against what they bound, and against enumeration.</summary>
public class NormTests
{
    private static readonly Dictionary<string, long> s_sizes = new() { ["b"] = 2, ["n"] = 4, ["m"] = 5 };

    private const string Net =
        """
        func F(x: f32[b n] input, W: f32[n m] weight, B: f32[m] weight, V: f32[m m] weight, U: f32[m n] weight) {
          bind b = "x" 0
          p = Dot(x, W) : f32[b m]
          o = Broadcast(B) axes [1] : f32[b m]
          q = Add(p, o) : f32[b m]
          r = Relu(q) : f32[b m]
          s = Dot(r, V) : f32[b m]
          t = Relu(s) : f32[b m]
          k = Add(t, r) : f32[b m]
          y = Dot(k, U) : f32[b n]
          return y
        }
        """;

    private static Function? Apply(string kind, string text, out string? error, params (string Name, string Value)[] options) => TransformRegistry.Apply(kind, Parse(text), new TransformDeclaration(
        kind, "F", EquatableArray<string>.Empty, options.Select(o => Surface.Of("arg", o.Name, null, Surface.Of("string", o.Value))).ToImmutableArray(), Origin.None, Origin.None), out error);

    private static Function Derived(string kind, string text, params (string Name, string Value)[] options)
    {
        var function = Apply(kind, text, out var error, options);
        Assert.Null(error);
        return Checked(function!);
    }

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(v => v * v));

    [Fact]
    public void NoPairOfPointsIsFartherApartThanTheBound()
    {
        Function of = Parse(Net), bound = Derived("Lipschitz", Net);
        for (var seed = 0; seed < 100; seed++)
        {
            Dictionary<string, IrValue> x = Arguments(of, s_sizes, seed), y = new(x) { ["x"] = Arguments(of, s_sizes, seed + 1000)["x"] };
            double distance = Norm(x["x"].Data.Zip(y["x"].Data, (a, b) => a - b));
            var moved = Norm(IrEvaluator.Run(of, x, s_sizes)[0].Data.Zip(IrEvaluator.Run(of, y, s_sizes)[0].Data, (a, b) => a - b));
            Assert.True(moved <= IrEvaluator.Run(bound, x, s_sizes)[0].Data[0] * distance);
        }
    }

    /// <summary>The bound of one matrix comes down to its largest singular value, and never passes it.</summary>
    [Fact]
    public void TheNormOfAMatrixIsBoundedFromAbove()
    {
        const string Text = "func F(x: f32[b n] input, W: f32[n m] weight) { bind b = \"x\" 0 y = Dot(x, W) : f32[b m] return y }";
        var of = Parse(Text);
        for (var seed = 0; seed < 20; seed++)
        {
            var arguments = Arguments(of, s_sizes, seed);
            var w = arguments["W"];
            double[] v = [1, 0.3, -0.2, 0.5, 0.1];
            var norm = 0.0;
            for (var k = 0; k < 5000; k++)
            {
                double[] u = [.. Enumerable.Range(0, 4).Select(i => Enumerable.Range(0, 5).Sum(j => w[i, j] * v[j]))];
                v = [.. Enumerable.Range(0, 5).Select(j => Enumerable.Range(0, 4).Sum(i => w[i, j] * u[i]))];
                norm = Math.Sqrt(Norm(v));
                v = [.. v.Select(e => e / (norm * norm))];
            }
            double coarse = IrEvaluator.Run(Derived("Lipschitz", Text, ("Iterations", "2")), arguments, s_sizes)[0].Data[0];
            double fine = IrEvaluator.Run(Derived("Lipschitz", Text, ("Iterations", "12")), arguments, s_sizes)[0].Data[0];
            Assert.InRange(fine, norm * (1 - 1e-9), norm * 1.001);
            Assert.InRange(coarse, fine, norm * Math.Pow(4, 1.0 / 8));
        }
    }

    /// <summary>Maps without a matrix: the bound is at least the norm after one round, and the norm itself after many where no factor is negative.</summary>
    [Theory]
    [InlineData("gather", "y: f32[4 3] weight", "i = Iota axes [0] : i64[4 3] t = Full 2 : i64[4 3] j = Min(i, t) : i64[4 3] p = Gather(x, j) axes [0] : f32[4 3] q = Mul(p, y) : f32[4 3] r = ReduceSum(q) axes [1] : f32[4]")]
    [InlineData("scatter", "y: f32[5 3] weight", "i = Iota axes [0] : i64[5 3] t = Full 2 : i64[5 3] j = Min(i, t) : i64[5 3] z = Full 1 : f32[3 3] p = Mul(x, y) : f32[5 3] r = ScatterAdd(z, j, p) axes [0] : f32[3 3]")]
    [InlineData("window", "y: f32[3] weight", "w = Window(x) at [1 1] axes [0] : f32[3 3 3] b = Broadcast(y) axes [1] : f32[3 3 3] p = Mul(w, b) : f32[3 3 3] q = ReduceSum(p) axes [1] : f32[3 3] n = Neg(q) : f32[3 3] c = Slice(x) at [1 0] step [1 1] : f32[3 3] r = Sub(n, c) : f32[3 3]")]
    [InlineData("product", "y: f32[3 2] weight", "i = Iota axes [0] : i64[4 3] t = Full 2 : i64[4 3] j = Min(i, t) : i64[4 3] p = Gather(x, j) axes [0] : f32[4 3] d = Dot(p, y) : f32[4 2] f = Pad(d) at [1 0] step [1 1] : f32[6 2] q = Full 2 : f32[6 2] s = Div(f, q) : f32[6 2] o = Full 5 : f32[6 2] r = Concat(s, o) axes [0] : f32[12 2]")]
    public void TheNormOfALinearMapWithoutAMatrixIsMeasuredFromAbove(string what, string factor, string body)
    {
        var text = $"func F(x: f32[5 3] input, {factor}) {{ {body} return r }}";
        var of = Parse(text);
        for (var seed = 0; seed < 6; seed++)
        {
            Dictionary<string, IrValue> arguments = new(Arguments(of, s_sizes, seed));
            var y = arguments["y"];
            if (seed % 2 == 0) arguments["y"] = new(y.Shape, [.. y.Data.Select(Math.Abs)]);
            double[] At(int i) => IrEvaluator.Run(of, new Dictionary<string, IrValue>(arguments) { ["x"] = new([5, 3], [.. Enumerable.Range(0, 15).Select(j => i == j ? 1.0 : 0)]) }, s_sizes)[0].Data;
            var offset = At(-1);
            double[][] columns = [.. Enumerable.Range(0, 15).Select(i => At(i).Zip(offset, (a, b) => a - b).ToArray())];
            double Bound(int iterations) => IrEvaluator.Run(Derived("Lipschitz", text, ("Iterations", $"{iterations}")), arguments, s_sizes)[0].Data[0];
            double norm = Largest(columns), coarse = Bound(1), fine = Bound(12);
            Assert.True(coarse >= fine * (1 - 1e-9) && fine >= norm * (1 - 1e-9), $"{what}: {coarse} {fine} {norm}");
            // Where nothing cancels, the bound is the norm.
            if (seed % 2 == 0) Assert.InRange(fine, norm * (1 - 1e-9), norm * 1.05);
        }

    }

    /// <summary>The transpose of windows is a loop that adds up.</summary>
    [Fact]
    public void TheSlopeOfWindowsHasANorm()
    {
        const string Text =
            """
            func F(x: f32[5 3] input, y: f32[3] weight) {
              w = Window(x) at [1 1] axes [0] : f32[3 3 3]
              b = Broadcast(y) axes [1] : f32[3 3 3]
              p = Mul(w, b) : f32[3 3 3]
              q = ReduceSum(p) axes [1] : f32[3 3]
              s = Mul(q, q) : f32[3 3]
              r = ReduceSum(s) axes [0 1] : f32[]
              return r
            }
            """;
        var slope = Generator.Transforms.Gradient.ByNames(Parse(Text), ["x"]);
        Assert.Contains(slope.Body.Schedule(), node => node.Op == Op.Loop);
        var bound = Checked(Lipschitz.Apply(slope, ["x"], 12, out _)!);
        var arguments = new Dictionary<string, IrValue>(Arguments(slope, s_sizes)) { ["y"] = new([3], [0.2, 0.5, 0.4]) };
        var norm = Largest([.. Enumerable.Range(0, 15).Select(i => IrEvaluator.Run(slope, new Dictionary<string, IrValue>(arguments) { ["x"] = new([5, 3], [.. Enumerable.Range(0, 15).Select(j => i == j ? 1.0 : 0)]) }, s_sizes)[0].Data)]);
        Assert.InRange(IrEvaluator.Run(bound, arguments, s_sizes)[0].Data[0], norm * (1 - 1e-9), norm * 1.01);
    }

    /// <summary>The largest singular value, by power iteration from a point of no symmetry.</summary>
    private static double Largest(double[][] columns)
    {
        var v = columns.Select((_, i) => 1 + 0.1 * i).ToArray();
        var norm = 0.0;
        for (var k = 0; k < 2000; k++)
        {
            double[] image = [.. Enumerable.Range(0, columns[0].Length).Select(row => columns.Select((column, i) => column[row] * v[i]).Sum())];
            v = [.. columns.Select(column => column.Zip(image, (a, b) => a * b).Sum())];
            norm = Math.Sqrt(v.Sum(e => e * e));
            if (norm == 0) return 0;
            v = [.. v.Select(e => e / norm)];
        }
        return Math.Sqrt(norm);
    }

    [Fact]
    public void WhatIsNotLinearMultipliesMeasuredNorms()
    {
        const string Text =
            """
            func F(x: f32[5 3] input, y: f32[4 3] weight) {
              i = Iota axes [0] : i64[4 3]
              t = Full 2 : i64[4 3]
              j = Min(i, t) : i64[4 3]
              p = Gather(x, j) axes [0] : f32[4 3]
              q = Mul(p, y) : f32[4 3]
              h = Tanh(q) : f32[4 3]
              z = Full 0 : f32[5 3]
              r = ScatterAdd(z, j, h) axes [0] : f32[5 3]
              return r
            }
            """;
        Function of = Parse(Text), bound = Derived("Lipschitz", Text);
        for (var seed = 0; seed < 50; seed++)
        {
            Dictionary<string, IrValue> x = Arguments(of, s_sizes, seed), y = new(x) { ["x"] = Arguments(of, s_sizes, seed + 1000)["x"] };
            double distance = Norm(x["x"].Data.Zip(y["x"].Data, (a, b) => a - b)), least = Math.Sqrt(x["y"].Data.Max(v => v * v));
            var moved = Norm(IrEvaluator.Run(of, x, s_sizes)[0].Data.Zip(IrEvaluator.Run(of, y, s_sizes)[0].Data, (a, b) => a - b));
            var most = IrEvaluator.Run(bound, x, s_sizes)[0].Data[0];
            // The places 2 and 3 of the index are one: both maps double there at most.
            Assert.InRange(most, moved / distance, 2.001 * least);
        }
        CheckGradient(bound, Gradient(bound, "y"), Arguments(bound, s_sizes), s_sizes, 1e-5);
    }

    [Fact]
    public void BoundsAreDifferentiated()
    {
        var bound = Derived("Lipschitz", Net);
        CheckGradient(bound, Gradient(bound, "W", "V", "U"), Arguments(bound, s_sizes), s_sizes, 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void PathNormsAreSumsOverPaths(int power)
    {
        var norm = Derived("PathNorm", Net, ("Power", $"{power}"));
        var arguments = Arguments(norm, s_sizes, given: new() { ["x"] = new([2, 4], [.. Enumerable.Repeat(1.0, 8)]) });
        var result = IrEvaluator.Run(norm, arguments, s_sizes)[0];
        double Size(double value) => Math.Pow(Math.Abs(value), power);
        IrValue w = arguments["W"], bias = arguments["B"], v = arguments["V"], u = arguments["U"];
        for (var o = 0; o < 4; o++)
        {
            // A path starts at an input or an offset, passes the second layer or goes around it.
            double sum = 0;
            for (var i = 0; i <= 4; i++)
                for (var h = 0; h < 5; h++)
                {
                    var first = Size(i < 4 ? w[i, h] : bias[h]);
                    sum += first * Size(u[h, o]);
                    for (var g = 0; g < 5; g++) sum += first * Size(v[h, g]) * Size(u[g, o]);
                }
            Assert.Equal(sum, result[0, o], 9);
            Assert.Equal(sum, result[1, o], 9);
        }
    }

    [Theory]
    [InlineData("Lipschitz", "y = Exp(x) : f32[b n]", "Exp has no rule for Lipschitz constants")]
    [InlineData("PathNorm", "y = Tanh(x) : f32[b n]", "Tanh has no rule for path norms")]
    public void AnOperationWithoutARuleIsNamed(string kind, string statement, string words)
    {
        Assert.Null(Apply(kind, $"func F(x: f32[b n] input) {{ bind b = \"x\" 0 {statement} return y }}", out var error));
        Assert.Contains(words, error);
    }
}
