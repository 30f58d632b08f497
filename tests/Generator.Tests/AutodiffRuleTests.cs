using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Transforms;
using static Proxima.Tests.AutodiffSupport;

namespace Proxima.Tests;

/// <summary>Every derivative rule, forward, reverse and to second order, against central differences away from kinks, and its value at them.</summary>
public class AutodiffRuleTests
{
    private const string Vectors = "x: f32[n] input, y: f32[n] input";

    private const string Squares = "x: f32[2 3 3] input, y: f32[2 3 3] input";

    /// <summary>a = x xᵀ + 1, positive definite.</summary>
    private const string Positive =
        "t = Permute(x) axes [0 2 1] : f32[2 3 3] d = Dot(x, t) : f32[2 3 3] i = Iota axes [1] : i64[2 3 3] j = Iota axes [2] : i64[2 3 3] e = Equal(i, j) : bool[2 3 3] f = Cast(e) : f32[2 3 3] a = Add(d, f) : f32[2 3 3] ";

    /// <summary>Operation, domain (an offset added to values in [-1, 1] and a factor) and the text that computes <c>r</c> from <c>x</c> and <c>y</c>.</summary>
    public static TheoryData<string, double, string, string> Rules() => new()
    {
        { "Neg", 0, Vectors, "r = Neg(x) : f32[n]" },
        { "Exp", 0, Vectors, "r = Exp(x) : f32[n]" },
        { "Log", 2, Vectors, "r = Log(x) : f32[n]" },
        { "Sqrt", 2, Vectors, "r = Sqrt(x) : f32[n]" },
        { "Rsqrt", 2, Vectors, "r = Rsqrt(x) : f32[n]" },
        { "Abs", 0, Vectors, "r = Abs(x) : f32[n]" },
        { "Sign", 0, Vectors, "s = Sign(x) : f32[n] r = Mul(s, x) : f32[n]" },
        { "Tanh", 0, Vectors, "r = Tanh(x) : f32[n]" },
        { "Sigmoid", 0, Vectors, "r = Sigmoid(x) : f32[n]" },
        { "Erf", 0, Vectors, "r = Erf(x) : f32[n]" },
        { "Sin", 0, Vectors, "r = Sin(x) : f32[n]" },
        { "Cos", 0, Vectors, "r = Cos(x) : f32[n]" },
        { "Log1p", 1, Vectors, "r = Log1p(x) : f32[n]" },
        { "Expm1", 0, Vectors, "r = Expm1(x) : f32[n]" },
        { "Floor", 0, Vectors, "s = Floor(x) : f32[n] r = Mul(s, x) : f32[n]" },
        { "Relu", 0, Vectors, "r = Relu(x) : f32[n]" },
        { "Softplus", 0, Vectors, "r = Softplus(x) : f32[n]" },
        { "Cast", 0, Vectors, "s = Cast(x) : f64[n] t = Mul(s, s) : f64[n] r = Cast(t) : f32[n]" },
        { "CastToInt", 3, Vectors, "s = Cast(x) : i64[n] t = Cast(s) : f32[n] r = Add(t, x) : f32[n]" },
        { "Add", 0, Vectors, "r = Add(x, y) : f32[n]" },
        { "Sub", 0, Vectors, "r = Sub(x, y) : f32[n]" },
        { "Mul", 0, Vectors, "r = Mul(x, y) : f32[n]" },
        { "Div", 2, Vectors, "r = Div(x, y) : f32[n]" },
        { "Pow", 2, Vectors, "r = Pow(x, y) : f32[n]" },
        { "Atan2", 2, Vectors, "r = Atan2(x, y) : f32[n]" },
        { "Cube", 0, Vectors, "p = Full 3 : f32[n] r = Pow(x, p) : f32[n]" },
        { "Square", 0, Vectors, "p = Full 2 : f32[n] r = Pow(x, p) : f32[n]" },
        { "Max", 0, Vectors, "r = Max(x, y) : f32[n]" },
        { "Min", 0, Vectors, "r = Min(x, y) : f32[n]" },
        { "SoftThreshold", 0, Vectors, "f = Full 0.2 : f32[n] t = Mul(y, f) : f32[n] r = SoftThreshold(x, t) : f32[n]" },
        { "Where", 0, Vectors, "c = Less(x, y) : bool[n] r = Where(c, x, y) : f32[n]" },
        { "WhereOfOne", 0, Vectors, "c = GreaterEqual(x, y) : bool[n] z = Full 0 : f32[n] r = Where(c, z, y) : f32[n]" },
        { "StraightThrough", 0, Vectors, "s = Mul(x, y) : f32[n] t = Mul(y, x) : f32[n] u = StraightThrough(s, t) : f32[n] r = Mul(u, x) : f32[n]" },
        { "Ruled", 0, Vectors,
          "s = Ruled(x) rule \"ExpGradient\" value (v: f32[n], w = y) { e = Exp(v) : f32[n] p = Mul(e, w) : f32[n] yield p } back (g: f32[n], q: f32[n]) { h = Mul(g, q) : f32[n] yield h } : f32[n] r = Mul(s, x) : f32[n]" },
        { "Broadcast", 0, Vectors, "b = Broadcast(x) axes [1] : f32[3 n] c = Broadcast(y) axes [0] : f32[n 3] d = Dot(b, c) : f32[3 3] e = ReduceSum(d) axes [0 1] : f32[] r = Broadcast(e) : f32[n]" },
        { "Permute", 0, "x: f32[2 3 4] input, y: f32[4 2 3] input", "p = Permute(x) axes [2 0 1] : f32[4 2 3] r = Mul(p, y) : f32[4 2 3]" },
        { "Reshape", 0, "x: f32[2 6] input, y: f32[3 4] input", "p = Reshape(x) : f32[3 4] r = Mul(p, y) : f32[3 4]" },
        { "Slice", 0, "x: f32[4 6] input, y: f32[2 3] input", "p = Slice(x) at [1 5] step [2 -2] : f32[2 3] r = Mul(p, y) : f32[2 3]" },
        { "Pad", 0, "x: f32[2 3] input, y: f32[4 6] input", "p = Pad(x) at [1 0] step [2 2] : f32[4 6] r = Mul(p, y) : f32[4 6]" },
        { "PadWithConstant", 0, "x: f32[2 3] input, y: f32[4 6] input", "p = Pad(x) fill 2 at [1 0] step [2 2] : f32[4 6] r = Mul(p, y) : f32[4 6]" },
        { "Window", 0, "x: f32[2 7 3] input, y: f32[2 3] input", "p = Window(x) at [2 1] axes [1] : f32[2 3 3 3] b = Broadcast(y) axes [0 3] : f32[2 3 3 3] q = Mul(p, b) : f32[2 3 3 3] r = Mul(q, p) : f32[2 3 3 3]" },
        { "WindowDilated", 0, "x: f32[8] input, y: f32[3] input", "p = Window(x) at [1 3] axes [0] : f32[2 3] b = Broadcast(y) axes [1] : f32[2 3] q = Mul(p, b) : f32[2 3] r = Mul(q, q) : f32[2 3]" },
        { "WindowOfWindow", 0, "x: f32[5 6] input, y: f32[2 2] input", "p = Window(x) at [2 1] axes [1] : f32[5 3 2] q = Window(p) at [1 2] axes [0] : f32[3 2 3 2] b = Broadcast(y) axes [1 3] : f32[3 2 3 2] s = Mul(q, b) : f32[3 2 3 2] t = ReduceSum(s) axes [1 3] : f32[3 3] r = Mul(t, t) : f32[3 3]" },
        { "Concat", 0, "x: f32[2 3] input, y: f32[2 4] input", "p = Concat(x, y, x) axes [1] : f32[2 10] r = Mul(p, p) : f32[2 10]" },
        { "UpdateAdd", 0, "x: f32[4 6] input, y: f32[2 3] input", "p = UpdateAdd(x, y) at [1 5] step [2 -2] : f32[4 6] r = Mul(p, p) : f32[4 6]" },
        { "UpdateAddToConstant", 0, "x: f32[4] input, y: f32[2] input", "z = Full 2 : f32[4] p = UpdateAdd(z, y) at [1] step [1] : f32[4] r = Mul(p, x) : f32[4]" },
        { "UpdateAddOfConstant", 0, "x: f32[4] input, y: f32[2] input", "z = Full 2 : f32[2] p = UpdateAdd(x, z) at [1] step [2] : f32[4] r = Mul(p, p) : f32[4]" },
        { "ReduceSum", 0, "x: f32[2 3 4] input, y: f32[3] input", "p = ReduceSum(x) axes [0 2] : f32[3] r = Mul(p, y) : f32[3]" },
        { "ReduceMax", 0, "x: f32[2 3 4] input, y: f32[3] input", "p = ReduceMax(x) axes [0 2] : f32[3] r = Mul(p, y) : f32[3]" },
        { "ReduceMin", 0, "x: f32[2 3 4] input, y: f32[3] input", "p = ReduceMin(x) axes [0 2] : f32[3] r = Mul(p, y) : f32[3]" },
        { "Gather", 0, "x: f32[5 3] input, y: f32[4 3] input", "i = Iota axes [0] : i64[4 3] t = Full 2 : i64[4 3] j = Min(i, t) : i64[4 3] p = Gather(x, j) axes [0] : f32[4 3] r = Mul(p, y) : f32[4 3]" },
        { "GatherOfInner", 0, "x: f32[5 3] input, y: f32[5 2] input", "i = Iota axes [1] : i64[5 2] j = Iota axes [0] : i64[5 2] m = Mul(i, j) : i64[5 2] t = Full 2 : i64[5 2] k = Min(m, t) : i64[5 2] p = Gather(x, k) axes [1] : f32[5 2] q = Mul(p, p) : f32[5 2] r = Mul(q, y) : f32[5 2]" },
        { "ScatterAdd", 0, "x: f32[3 2] input, y: f32[5 2] input", "i = Iota axes [0] : i64[5 2] t = Full 2 : i64[5 2] k = Min(i, t) : i64[5 2] p = ScatterAdd(x, k, y) axes [0] : f32[3 2] r = Mul(p, p) : f32[3 2]" },
        { "ScatterAddOfConstant", 0, "x: f32[3 2] input, y: f32[3 2] input", "i = Iota axes [0] : i64[5 2] t = Full 2 : i64[5 2] k = Min(i, t) : i64[5 2] u = Full 2 : f32[5 2] p = ScatterAdd(x, k, u) axes [0] : f32[3 2] q = Mul(p, p) : f32[3 2] r = Mul(q, y) : f32[3 2]" },
        { "ScatterMax", 0, "x: f32[3 2] input, y: f32[5 2] input", "i = Iota axes [0] : i64[5 2] t = Full 2 : i64[5 2] k = Min(i, t) : i64[5 2] p = ScatterMax(x, k, y) axes [0] : f32[3 2] r = Mul(p, p) : f32[3 2]" },
        { "ScatterMin", 0, "x: f32[3 2] input, y: f32[5 2] input", "i = Iota axes [0] : i64[5 2] t = Full 2 : i64[5 2] k = Min(i, t) : i64[5 2] z = Full 1 : f32[3 2] p = ScatterMin(z, k, y) axes [0] : f32[3 2] q = Mul(p, x) : f32[3 2] r = Mul(q, q) : f32[3 2]" },
        { "CumSum", 0, "x: f32[2 5] input, y: f32[2 5] input", "c = Call \"CumSum\" (x) axes [0] : f32[2 5] q = Mul(c, c) : f32[2 5] r = Mul(q, y) : f32[2 5]" },
        { "LinearScan", 0, "x: f32[2 5] input, y: f32[2 5] input", "c = Call \"LinearScan\" (x, y) axes [0] : f32[2 5] r = Mul(c, c) : f32[2 5]" },
        { "LogCumSumExp", 0, "x: f32[2 5] input, y: f32[2 5] input", "c = Call \"LogCumSumExp\" (x) : f32[2 5] r = Mul(c, y) : f32[2 5]" },
        { "ArgCumMax", 0, "x: f32[2 5] input, y: f32[2 5] input", "c = Call \"ArgCumMax\" (x) axes [0] : i64[2 5] g = Gather(x, c) axes [1] : f32[2 5] r = Mul(g, y) : f32[2 5]" },
        { "ArgSort", 0, "x: f32[2 5] input, y: f32[2 5] input", "c = Call \"ArgSort\" (x) axes [1] : i64[2 5] g = Gather(x, c) axes [1] : f32[2 5] q = Mul(g, g) : f32[2 5] r = Mul(q, y) : f32[2 5]" },
        { "Fft", 0, "x: f32[2 2 6 3] input, y: f32[2 2 6 3] input", "c = Call \"Fft\" (x) axes [0] : f32[2 2 6 3] q = Mul(c, c) : f32[2 2 6 3] r = Mul(q, y) : f32[2 2 6 3]" },
        { "FftOfPowerOfTwo", 0, "x: f32[2 1 8 1] input, y: f32[2 1 8 1] input", "c = Call \"Fft\" (x) axes [1] : f32[2 1 8 1] q = Mul(c, c) : f32[2 1 8 1] r = Mul(q, y) : f32[2 1 8 1]" },
        { "RfftOfEvenLength", 0, "x: f32[2 6 1] input, y: f32[2 2 4 1] input", "c = Call \"Rfft\" (x) : f32[2 2 4 1] q = Mul(c, c) : f32[2 2 4 1] r = Mul(q, y) : f32[2 2 4 1]" },
        { "RfftOfOddLength", 0, "x: f32[1 5 2] input, y: f32[2 1 3 2] input", "c = Call \"Rfft\" (x) : f32[2 1 3 2] q = Mul(c, c) : f32[2 1 3 2] r = Mul(q, y) : f32[2 1 3 2]" },
        { "IrfftOfEvenLength", 0, "x: f32[2 2 4 1] input, y: f32[2 6 1] input", "c = Call \"Irfft\" (x) : f32[2 6 1] q = Mul(c, c) : f32[2 6 1] r = Mul(q, y) : f32[2 6 1]" },
        { "IrfftOfOddLength", 0, "x: f32[2 1 3 2] input, y: f32[1 5 2] input", "c = Call \"Irfft\" (x) : f32[1 5 2] q = Mul(c, c) : f32[1 5 2] r = Mul(q, y) : f32[1 5 2]" },
        { "Cholesky", 0, Squares, Positive + "c = Call \"Cholesky\" (a) : f32[2 3 3] r = Mul(c, y) : f32[2 3 3]" },
        { "Solve", 0, Squares, Positive + "c = Call \"Solve\" (a, y) : f32[2 3 3] r = Mul(c, c) : f32[2 3 3]" },
        { "TriangularSolve", 0, Squares, Positive + "c = Call \"TriangularSolve\" (a, y) axes [1 0] : f32[2 3 3] r = Mul(c, c) : f32[2 3 3]" },
        { "TriangularSolveOfOnes", 0, Squares, "c = Call \"TriangularSolve\" (x, y) axes [0 1] : f32[2 3 3] r = Mul(c, c) : f32[2 3 3]" },
        { "SlogDet", 0, Squares, Positive + "c = Call \"SlogDet\" (a) : f32[2 2] r = Mul(c, c) : f32[2 2]" },
        { "Qr", 0, "x: f32[4 3] input, y: f32[7 3] input", "c = Call \"Qr\" (x) : f32[7 3] r = Mul(c, y) : f32[7 3]" },
        { "Eigh", 0, "x: f32[3 3] input, y: f32[4 3] input", "t = Permute(x) axes [1 0] : f32[3 3] a = Add(x, t) : f32[3 3] c = Call \"Eigh\" (a) : f32[4 3] q = Mul(c, c) : f32[4 3] r = Mul(q, y) : f32[4 3]" },
        { "Svd", 0, "x: f32[4 3] input, y: f32[8 3] input", "c = Call \"Svd\" (x) : f32[8 3] q = Mul(c, c) : f32[8 3] r = Mul(q, y) : f32[8 3]" },
        { "MatrixExp", 0, Squares, "c = Call \"MatrixExp\" (x) : f32[2 3 3] r = Mul(c, y) : f32[2 3 3]" },
        { "ArgMax", 0, "x: f32[2 3] input, y: f32[2] input", "p = ArgMax(x) axes [1] : i64[2] q = Cast(p) : f32[2] s = ReduceSum(x) axes [1] : f32[2] t = Mul(q, s) : f32[2] r = Mul(t, y) : f32[2]" },
        { "Dot", 0, "x: f32[2 3] input, y: f32[3 4] input", "r = Dot(x, y) : f32[2 4]" },
        { "BatchedDot", 0, "x: f32[2 3 4] input, y: f32[2 4 5] input", "r = Dot(x, y) : f32[2 3 5]" },
        { "DotOfSharedMatrix", 0, "x: f32[b 3 4] input, y: f32[4 5] input", "w = Broadcast(y) axes [1 2] : f32[b 4 5] r = Dot(x, w) : f32[b 3 5]" },
        { "DotOfItself", 0, "x: f32[3 3] input, y: f32[3 3] input", "d = Dot(x, x) : f32[3 3] t = Permute(d) axes [1 0] : f32[3 3] r = Dot(t, y) : f32[3 3]" },
        { "Gelu", 0, Vectors, "h = Full 0.5 : f32[n] o = Full 1 : f32[n] a = Mul(x, h) : f32[n] e = Erf(a) : f32[n] f = Add(e, o) : f32[n] r = Mul(f, x) : f32[n]" },
        { "Softmax", 0, "x: f32[2 n] input, y: f32[2 n] input",
          "m = ReduceMax(x) axes [1] : f32[2] mb = Broadcast(m) axes [0] : f32[2 n] d = Sub(x, mb) : f32[2 n] e = Exp(d) : f32[2 n] s = ReduceSum(e) axes [1] : f32[2] sb = Broadcast(s) axes [0] : f32[2 n] p = Div(e, sb) : f32[2 n] r = Mul(p, y) : f32[2 n]" },
    };

    internal static readonly Dictionary<string, long> Sizes = new() { ["n"] = 7, ["b"] = 2 };

    /// <summary>The weighted sum of <c>r</c>'s elements, the weights all different.</summary>
    internal static Function Weighted(string name, string arguments, string body)
    {
        var type = body[(body.LastIndexOf(" : ", StringComparison.Ordinal) + 3)..];
        var shape = type[3..];
        var rank = shape[1..^1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        var axes = string.Join(" ", Enumerable.Range(0, rank));
        return Checked(Parse(
            $$"""
            func {{name}}({{arguments}}) {
              {{body}}
              %1 = Iota axes [{{rank - 1}}] : {{type}}
              %2 = Full 0.7 : {{type}}
              %3 = Add(%1, %2) : {{type}}
              %4 = Mul(r, %3) : {{type}}
              %5 = ReduceSum(%4) axes [{{axes}}] : f32[]
              return %5
            }
            """));
    }

    internal static Dictionary<string, IrValue> Shifted(Function function, double offset) =>
        Arguments(function, Sizes).ToDictionary(pair => pair.Key, pair => pair.Value with { Data = [.. pair.Value.Data.Select(v => v + offset)] });

    [Theory]
    [MemberData(nameof(Rules))]
    public void ReverseModeAgreesWithDifferences(string name, double offset, string arguments, string body)
    {
        var function = Weighted(name, arguments, body);
        CheckGradient(function, GradientOfAll(function), Shifted(function, offset), Sizes);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void ForwardModeAgreesWithReverseMode(string name, double offset, string arguments, string body)
    {
        var function = Weighted(name, arguments, body);
        var values = Shifted(function, offset);
        var gradient = IrEvaluator.Run(GradientOfAll(function), values, Sizes);
        var jvp = Checked(Jvp.Apply(function, ["x", "y"]));
        IrValue dx = Arguments(function, Sizes, 5)["x"], dy = Arguments(function, Sizes, 6)["y"];
        var results = IrEvaluator.Run(jvp, new Dictionary<string, IrValue>(values) { ["dx"] = dx, ["dy"] = dy }, Sizes);
        var expected = gradient[1].Data.Zip(dx.Data, (a, b) => a * b).Sum() + gradient[2].Data.Zip(dy.Data, (a, b) => a * b).Sum();
        AssertClose([gradient[0].Data[0], expected], [results[0].Data[0], results[1].Data[0]], 1e-12, name);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void SecondOrderAgreesWithDifferences(string name, double offset, string arguments, string body)
    {
        var first = SumOfSquaredGradients(GradientOfAll(Weighted(name, arguments, body)));
        CheckGradient(first, GradientOfAll(first), Shifted(first, offset), Sizes);
    }

    [Theory]
    [InlineData("Relu", "r = Relu(x) : f32[n]", 0, 0.0)]
    [InlineData("Abs", "r = Abs(x) : f32[n]", 0, 0.0)]
    [InlineData("SoftThreshold", "t = Full 0.25 : f32[n] r = SoftThreshold(x, t) : f32[n]", 0.25, 0.0)]
    [InlineData("Max", "z = Full 0 : f32[n] r = Max(x, z) : f32[n]", 0, 0.5)]
    [InlineData("Min", "z = Full 0 : f32[n] r = Min(x, z) : f32[n]", 0, 0.5)]
    [InlineData("Square", "p = Full 2 : f32[n] r = Pow(x, p) : f32[n]", 0, 0.0)]
    [InlineData("Constant", "p = Full 0 : f32[n] r = Pow(x, p) : f32[n]", 0, 0.0)]
    [InlineData("PowOfExponent", "p = Full 0 : f32[n] z = Sub(x, x) : f32[n] q = Add(p, x) : f32[n] r = Pow(z, q) : f32[n]", 1.5, 0.0)]
    [InlineData("ReduceMax", "m = ReduceMax(x) axes [0] : f32[] r = Broadcast(m) : f32[n]", 1, 1.0)]
    [InlineData("ReduceMin", "m = ReduceMin(x) axes [0] : f32[] r = Broadcast(m) : f32[n]", 1, 1.0)]
    public void DerivativesAtKinksAreFinite(string name, string body, double at, double expected)
    {
        var function = Checked(Parse($$"""
            func {{name}}(x: f32[n] input) {
              {{body}}
              s = ReduceSum(r) axes [0] : f32[]
              return s
            }
            """));
        var result = IrEvaluator.Run(GradientOfAll(function), new Dictionary<string, IrValue> { ["x"] = IrValue.Of(at, at, at) }, new Dictionary<string, long> { ["n"] = 3 });
        Assert.Equal([expected, expected, expected], result[1].Data);
    }

    [Fact]
    public void VectorJacobianProductsTakeOneCotangentPerFloatResult()
    {
        var function = Checked(Parse("""
            func Two(x: f32[n] input, W: f32[n n] weight, Mean: f32[n] buffer) {
              bind n = "x" 0
              a = Exp(x) : f32[n]
              k = ArgMax(x) axes [0] : i64[]
              r = Reshape(x) : f32[1 n]
              d = Dot(r, W) : f32[1 n]
              m = Broadcast(Mean) axes [1] : f32[1 n]
              e = Mul(d, m) : f32[1 n]
              return a, k, e
            }
            """));
        var vjp = Checked(Vjp.Apply(function));
        Assert.Equal(["x", "W", "Mean", "ct0", "ct1"], vjp.Arguments.Select(a => a.Name));
        Assert.Equal(["x", "W"], vjp.ResultNames);
        Dictionary<string, long> sizes = new() { ["n"] = 3 };
        var arguments = Arguments(vjp, sizes);
        var results = IrEvaluator.Run(vjp, arguments);
        double[] x = arguments["x"].Data, c0 = arguments["ct0"].Data, c1 = arguments["ct1"].Data, mean = arguments["Mean"].Data;
        var w = arguments["W"];
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(Math.Exp(x[i]) * c0[i] + Enumerable.Range(0, 3).Sum(j => w[i, j] * c1[j] * mean[j]), results[0].Data[i], 12);
            for (var j = 0; j < 3; j++) Assert.Equal(x[i] * c1[j] * mean[j], results[1][i, j], 12);
        }
    }

    [Fact]
    public void UnusedParametersHaveZeroGradients()
    {
        var function = Checked(Parse("func F(x: f32[] input, W: f32[m n] weight) { y = Exp(x) : f32[] return y }"));
        var gradient = Gradient(function);
        Assert.Equal(["", "W"], gradient.ResultNames);
        Assert.True(Builder.IsFull(gradient.Results[1], 0));
        Assert.Equal("f32[m n]", gradient.Results[1].Type.ToString());
    }

    [Fact]
    public void OnlyOneFloatHasAGradient()
    {
        Assert.Throws<ArgumentException>(() => Generator.Transforms.Gradient.Apply(Parse("func F(x: f32[n] input) { y = Exp(x) : f32[n] return y }"), ["x"]));
        Assert.Throws<ArgumentException>(() => Generator.Transforms.Gradient.Apply(Parse("func F(x: f32[] input) { y = Exp(x) : f32[] return y, y }"), ["x"]));
        Assert.Throws<ArgumentException>(() => Generator.Transforms.Gradient.Apply(Parse("func F(x: i64[] input) { y = Neg(x) : i64[] return y }"), ImmutableArray<string>.Empty));
    }
}
