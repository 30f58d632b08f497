using Proxima.Generator.Ir;
using Proxima.Generator.Ops;
using Xunit;
using static Proxima.Tests.Declare;

namespace Proxima.Tests;

/// <summary>What the operations are made of computes what they mean: lowered, evaluated in float64, compared with the formula.</summary>
public sealed class LoweringOpTests
{
    private static readonly double[] s_x = [0.5, -1.25, 2, 0, 3, -0.75];

    /// <summary>Runs one expression on x [2 3], y [3 2], v [3] and i [2] (Int64).</summary>
    private static (string Shape, double[] Data) Run(string expression, string result, double[]? x = null)
    {
        var network = Network("Net", "", Method($"Forward(x: 2 3, y: 3 2, v: 3, i: 2:Int64) -> {result}", $"(block (return {expression}))"));
        var function = Function(network, "Forward");
        Verifier.Check(function);
        var value = IrEvaluator.Run(function, new Dictionary<string, IrValue>
        {
            ["x"] = new([2, 3], x ?? s_x),
            ["y"] = new([3, 2], [1, 2, 3, 4, 5, 6]),
            ["v"] = new([3], [1, -2, 0.5]),
            ["i"] = new([2], [2, 0]),
        })[0];
        return (string.Join(' ', value.Shape), value.Data);
    }

    private static void Expect(string expression, string result, params double[] expected)
    {
        var (shape, data) = Run(expression, result);
        Assert.Equal(result.Split(':')[0], shape);
        Assert.Equal(expected, data.Select(d => Math.Round(d, 6)));
    }

    private static double[] Rows(Func<double[], double[]> row) => [.. row(s_x[..3]).Concat(row(s_x[3..])).Select(v => Math.Round(v, 6))];

    private static double[] Each(Func<double, double> f) => [.. s_x.Select(v => Math.Round(f(v), 6))];

    private const string X = "(arg x (local x))";

    private static string Op(string name, string more = "") => $"(op {name} {X} {more})";

    [Fact]
    public void Pointwise()
    {
        Expect(Op("Square"), "2 3", Each(v => v * v));
        Expect(Op("Silu"), "2 3", Each(v => v / (1 + Math.Exp(-v))));
        Expect(Op("Clamp", "(arg min (float -1)) (arg max (int 1))"), "2 3", Each(v => Math.Clamp(v, -1, 1)));
        Expect(Op("Clamp", "(arg min (float -Infinity)) (arg max (float 1))"), "2 3", Each(v => Math.Min(v, 1)));
        Expect(Op("Pow", "(arg exponent (int 2))"), "2 3", Each(v => v * v));
        Expect(Op("Pow", "(arg exponent (int 3))"), "2 3", Each(v => v * v * v));
        Expect("(op Reciprocal (arg x (local v)))", "3", 1, -0.5, 2);
        Expect("(op Gelu (arg x (local v)))", "3", 0.841345, -0.0455, 0.345731);
        Expect("(op SoftThreshold (arg x (local v)) (arg threshold (float 0.75)))", "3", 0.25, -1.25, 0);
        Expect("(op Where (arg condition (binary > (local x) (int 0))) (arg x (local x)) (arg y (int 0)))", "2 3", Each(v => Math.Max(v, 0)));
        Expect("(binary / (local i) (int 4))", "2", 0.5, 0);
        Expect("(op Maximum (arg x (local x)) (arg y (local v)))", "2 3", 1, -1.25, 2, 1, 3, 0.5);
        Expect("(op Map (arg x (local x)) (arg f (lambda (names (local a)) (cond (binary > (local a) (int 0)) (math Sqrt (local a)) (binary * (float -0.5) (local a))))))", "2 3",
            Each(v => v > 0 ? Math.Sqrt(v) : -0.5 * v));
        Expect("(op Map (arg x (local x)) (arg y (local v)) (arg f (lambda (names (local a) (local b)) (binary + (local a) (math Max (local b) (int 0))))))", "2 3",
            1.5, -1.25, 2.5, 1, 3, -0.25);
    }

    [Fact]
    public void Reductions()
    {
        Expect(Op("Sum"), "", s_x.Sum());
        Expect(Op("Mean", "(arg dim (int -1)) (arg keepDim (bool true))"), "2 1", Rows(r => [r.Average()]));
        Expect(Op("Max", "(arg dims (array (int 0) (int 1))) (arg keepDim (bool false))"), "", 3);
        Expect(Op("Min", "(arg dim (int 0)) (arg keepDim (bool false))"), "3", 0, -1.25, -0.75);
        Expect(Op("ArgMax", "(arg dim (int 1)) (arg keepDim (bool false))"), "2:Int64", 2, 1);
        Expect(Op("ArgMax"), ":Int64", 4);
        Expect(Op("Variance", "(arg dim (int 1)) (arg correction (int 1)) (arg keepDim (bool false))"), "2", Rows(r => [r.Sum(v => Math.Pow(v - r.Average(), 2)) / 2]));
        Expect(Op("Variance", "(arg correction (int 0))"), "", Math.Round(s_x.Sum(v => Math.Pow(v - s_x.Average(), 2)) / 6, 6));
        Expect(Op("LogSumExp", "(arg dim (int -1)) (arg keepDim (bool false))"), "2", Rows(r => [Math.Log(r.Sum(Math.Exp))]));
        Expect(Op("Softmax", "(arg dim (int -1))"), "2 3", Rows(r => [.. r.Select(v => Math.Exp(v) / r.Sum(Math.Exp))]));
        Expect(Op("LogSoftmax", "(arg dim (int 1))"), "2 3", Rows(r => [.. r.Select(v => v - Math.Log(r.Sum(Math.Exp)))]));
        Expect("(op Sum (arg x (binary > (local x) (int 0))))", ":Int64", 3);
    }

    [Fact]
    public void ExtremesOfExponentials()
    {
        const double inf = double.PositiveInfinity;
        Assert.Equal([-inf, inf], Run(Op("LogSumExp", "(arg dim (int -1)) (arg keepDim (bool false))"), "2", [-inf, -inf, -inf, 0, inf, 1]).Data);
        Assert.Equal([0, 0, 1, 0, 1, 0], Run(Op("Softmax", "(arg dim (int -1))"), "2 3", [-1e5, 0, 1e5, -inf, 0, -1e4]).Data);
        Assert.Equal([-2e5, -1e5, 0, -inf, 0, -1e4], Run(Op("LogSoftmax", "(arg dim (int -1))"), "2 3", [-1e5, 0, 1e5, -inf, 0, -1e4]).Data);
    }

    [Fact]
    public void Products()
    {
        Expect("(op MatMul (arg x (local x)) (arg y (local y)))", "2 2", 6.75, 8, 5.25, 7.5);
        Expect("(op MatMul (arg x (local x)) (arg y (local v)))", "2", 4, -6.375);
        Expect("(op MatMul (arg x (local v)) (arg y (local y)))", "2", -2.5, -3);
        Expect("(op MatMul (arg x (local v)) (arg y (local v)))", "", 5.25);
        // A batch of one beside a batch of two.
        const string xs = "(op Stack (arg tensors (array (local x) (local x))) (arg dim (int 0)))";
        Expect($"(op MatMul (arg x {xs}) (arg y (op Unsqueeze (arg x (local y)) (arg dim (int 0)))))", "2 2 2", 6.75, 8, 5.25, 7.5, 6.75, 8, 5.25, 7.5);
        Expect($"(op MatMul (arg x {xs}) (arg y (local v)))", "2 2", 4, -6.375, 4, -6.375);
    }

    [Fact]
    public void Rearrangements()
    {
        Expect(Op("Transpose", "(arg dim0 (int -2)) (arg dim1 (int -1))"), "3 2", 0.5, 0, -1.25, 3, 2, -0.75);
        Expect(Op("Reshape", "(arg shape (array (int 3) (int -1)))"), "3 2", s_x);
        Expect("(op Expand (arg x (local v)) (arg shape (array (int 2) (int -1))))", "2 3", 1, -2, 0.5, 1, -2, 0.5);
        Expect(Op("Slice", "(arg dim (int 1)) (arg start (int -3)) (arg end (int 3)) (arg step (int 2))"), "2 2", 0.5, 2, 0, -0.75);
        Expect("(index (local x) (at (int -1)) (range (null) (fromend (int 1))))", "2", 0, 3);
        Expect("(index (local x) (range (null) (null)) (at (fromend (int 1))))", "2", 2, -0.75);
        Expect("(op Concat (arg tensors (array (local v) (local i))) (arg dim (int 0)))", "5", 1, -2, 0.5, 2, 0);
        Expect("(op Stack (arg tensors (array (local v) (local v))) (arg dim (int -1)))", "3 2", 1, 1, -2, -2, 0.5, 0.5);
        Expect("(op Squeeze (arg x (op Unsqueeze (arg x (local v)) (arg dim (int -1)))) (arg dim (int 1)))", "3", 1, -2, 0.5);
    }

    [Fact]
    public void Positions()
    {
        Expect("(op IndexSelect (arg x (local x)) (arg dim (int 1)) (arg index (local i)))", "2 2", 2, 0.5, -0.75, 0);
        Expect("(op Embedding (arg weight (local y)) (arg indices (local i)))", "2 2", 5, 6, 1, 2);
        Expect("(op Embedding (arg weight (local v)) (arg indices (op Stack (arg tensors (array (local i) (local i))) (arg dim (int 1)))))", "2 2", 0.5, 0.5, 1, 1);
        Expect("(op Gather (arg x (local v)) (arg dim (int 0)) (arg index (local i)))", "2", 0.5, 1);
        Expect("(op TakeAlongAxis (arg x (local x)) (arg index (op Unsqueeze (arg x (local i)) (arg dim (int 0)))) (arg dim (int 1)))", "2 2", 2, 0.5, -0.75, 0);
        const string two = "(arg dim (int 0)) (arg index (local i)) (arg src (op Slice (arg x (local v)) (arg dim (int 0)) (arg start (int 0)) (arg end (int 2))))";
        Expect($"(op ScatterAdd (arg x (local v)) {two})", "3", -1, -2, 1.5);
        Expect($"(op ScatterMax (arg x (local v)) {two})", "3", 1, -2, 1);
        Expect($"(op ScatterMin (arg x (local v)) {two})", "3", -2, -2, 0.5);
        Expect($"(op Scatter (arg x (local v)) {two})", "3", -2, -2, 1);
        Expect("(op Scatter (arg x (local v)) (arg dim (int 0)) (arg index (binary * (local i) (int 0))) (arg src (local i)))", "3", 0, -2, 0.5);
        Expect("(op IndexAdd (arg x (local x)) (arg dim (int 1)) (arg index (local i)) (arg source (op Transpose (arg x (op Slice (arg x (local y)) (arg dim (int 0)) (arg start (int 0)) (arg end (int 2)) (arg step (int 1)))) (arg dim0 (int 0)) (arg dim1 (int 1)))))", "2 3",
            3.5, -1.25, 3, 4, 3, 1.25);
    }

    [Fact]
    public void Segments()
    {
        const string segments = "(arg segments (op Concat (arg tensors (array (local i) (op Arange (arg start (int 2)) (arg end (int 3)) (arg step (int 1)) (arg dtype (string Int64))))) (arg dim (int 0)))) (arg count (int 4))";
        const double inf = double.PositiveInfinity;
        Expect($"(op SegmentSum (arg x (local v)) {segments})", "4", -2, 0, 1.5, 0);
        Expect($"(op SegmentMean (arg x (local v)) {segments})", "4", -2, double.NaN, 0.75, double.NaN);
        Expect($"(op SegmentMax (arg x (local v)) {segments})", "4", -2, -inf, 1, -inf);
        Expect($"(op SegmentMin (arg x (local y)) {segments})", "4 2", 3, 4, inf, inf, 1, 2, inf, inf);
        Expect($"(op SegmentLogSumExp (arg x (local v)) {segments})", "4", -2, -inf, Math.Round(Math.Log(Math.Exp(1) + Math.Exp(0.5)), 6), -inf);
        Expect("(op SegmentMatMul (arg x (local x)) (arg weight (op Stack (arg tensors (array (local y) (op Zeros (arg shape (array (int 3) (int 2)))))) (arg dim (int 0)))) (arg segments (op Arange (arg start (int 0)) (arg end (int 2)) (arg step (int 1)) (arg dtype (string Int64)))))", "2 2",
            6.75, 8, 0, 0);
        Expect($"(op SegmentSoftmax (arg x (local v)) {segments})", "3", Math.Round(1 / (1 + Math.Exp(-0.5)), 6), 1, Math.Round(1 / (1 + Math.Exp(0.5)), 6));
    }

    [Fact]
    public void Creation()
    {
        Expect("(op Eye (arg n (int 2)) (arg dtype (string Float32)))", "2 2", 1, 0, 0, 1);
        Expect("(op OneHot (arg indices (local i)) (arg classes (int 3)) (arg dtype (int 2)))", "2 3:Int64", 0, 0, 1, 1, 0, 0);
        Expect("(op Arange (arg start (int 5)) (arg end (int 0)) (arg step (int -2)) (arg dtype (string Float32)))", "3", 5, 3, 1);
        Expect("(op Full (arg shape (array (int 2))) (arg value (float 0.5)) (arg dtype (string Float32)))", "2", 0.5, 0.5);
    }

    [Fact]
    public void Losses()
    {
        Expect("(op MseLoss (arg input (local v)) (arg target (int 0)))".Replace("(int 0)", "(op Zeros (arg shape (array (int 3))))", StringComparison.Ordinal), "", 1.75);
        var log = Rows(r => [.. r.Select(v => v - Math.Log(r.Sum(Math.Exp)))]);
        var (_, data) = Run("(op CrossEntropy (arg logits (local x)) (arg target (local i)))", "");
        Assert.Equal(-(log[2] + log[3]) / 2, data[0], 5);
    }

    [Fact]
    public void EveryOperationOfTheLanguageIsDefined()
    {
        string[] names = ["Exp", "Log", "Sqrt", "Rsqrt", "Abs", "Sign", "Binarize", "Square", "Reciprocal", "Tanh", "Sigmoid", "Relu", "Gelu", "Silu", "Softplus", "Erf", "Sin", "Cos", "Log1p", "Expm1",
            "Floor", "LogicalNot", "Pow", "Atan2", "ApplyMask", "Minimum", "Maximum", "Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual", "LogicalAnd", "LogicalOr",
            "SoftThreshold", "FloorDivide", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitwiseNot", "BitwiseLeftShift", "BitwiseRightShift", "Clamp", "Where", "MatMul", "Einsum", "Transpose", "Permute", "Reshape", "ReshapeAs", "IndexSelect", "Gather", "TakeAlongAxis", "Embedding", "Scatter",
            "ScatterAdd", "ScatterMax", "ScatterMin", "IndexAdd", "SegmentSum", "SegmentMean", "SegmentMax", "SegmentMin", "SegmentLogSumExp", "SegmentSoftmax", "SegmentMatMul", "Expand", "Squeeze",
            "Unsqueeze", "Slice", "Concat", "Stack", "Pad", "Unfold", "Fold", "Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d",
            "AvgPool2d", "AvgPool3d", "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d", "PixelShuffle", "Interpolate", "Sum", "Mean", "Max", "Min", "ArgMax", "ArgMin",
            "Any", "All", "Prod", "Norm", "LogSumExp", "Softmax", "LogSoftmax", "Variance", "StandardDeviation", "Zeros", "Ones", "Full", "Arange", "Eye", "OneHot", "MseLoss", "L1Loss",
            "HuberLoss", "BinaryCrossEntropyWithLogits", "KlDivergence", "NllLoss", "CrossEntropy", "CumSum", "CumProd", "CumMax", "CumMin", "LogCumSumExp", "Scan", "ArgSort", "Sort", "TopK", "TautString", "PoolAdjacent", "ActiveSet",
            "Searchsorted", "Flip", "Roll", "Tril", "Triu", "Diagonal", "Diag", "Trace", "Outer", "Kron", "Cholesky", "Solve", "TriangularSolve", "Inverse", "Slogdet", "LogDet", "Qr",
            "Eigh", "Svd", "MatrixExp", "ComplexMul", "ComplexConj", "ComplexAbs", "Fft", "Ifft", "Rfft", "Irfft", "StopGradient", "StraightThrough", "FoldKey", "RandomUniform",
            "RandomNormal", "RandomGumbel", "RandomBernoulli", "RandomCategorical", "RandomPoisson", "Dropout", "Map", "Propagate", "Pool", "InDegrees", "OutDegrees"];
        Assert.Equal(names.Order(StringComparer.Ordinal), SurfaceOps.Names.Order(StringComparer.Ordinal));
    }
}
