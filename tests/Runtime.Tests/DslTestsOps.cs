using CsCheck;
using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

public class DslTestsOps
{
    private const float NaN = float.NaN;
    private const float Inf = float.PositiveInfinity;

    private static Tensor V(params float[] values) => Tensor.From(values);

    private static Tensor D(params double[] values) => Tensor.From(values);

    private static Tensor Count(params int[] shape) => Reshape(Arange((int)Tensor.Zeros(shape).Length, DType.Float32), shape);

    private static void Is(float[] expected, Tensor actual) => Assert.Equal(expected, actual.ToArray<float>());

    private static void HasShape(int[] expected, Tensor actual) => Assert.Equal(expected, actual.Shape.ToArray());

    private static string Error(Func<Tensor> run) => Assert.Throws<ArgumentException>(() => run()).Message;

    // ---- pointwise ----

    [Fact]
    public void KinksAndSpecialValues()
    {
        Is([-1, 0, 1, 0], Sign(V(-3, 0, 2, NaN)));
        Is([0, 0, 2, NaN], Relu(V(-3, 0, 2, NaN)));
        Is([0, 0, 0, 1, -1, NaN], SoftThreshold(V(0, 0.5f, -0.5f, 1.5f, -1.5f, NaN), 0.5));
        Is([NaN, NaN, 1], Maximum(V(NaN, 1, 1), V(1, NaN, 0)));
        Is([NaN, NaN, 0], Minimum(V(NaN, 1, 1), V(1, NaN, 0)));
        Is([-1, 0.5f, 1, NaN], Clamp(V(-5, 0.5f, 5, NaN), -1, 1));
        Is([0, 0], Clamp(V(-5, 5), 3, 0));
        Is([NaN, float.NegativeInfinity, 0], Log(V(-1, 0, 1)));
        Is([Inf, 0.5f], Rsqrt(V(0, 4)));
        Is([1, 0.25f, NaN], Pow(V(0, 0.5f, -1), V(0, 2, 0.5f)));
        Assert.Equal([2L, 3], Clamp(Tensor.From([0L, 9]), 1.5, 3.5).ToArray<long>());
        Assert.Equal([long.MinValue, 3], Clamp(Tensor.From([long.MinValue, 9]), max: 3).ToArray<long>());
    }

    [Fact]
    public void SmoothFunctionsStayAccurateInTheTails()
    {
        Is([0, 0, 1, 1], Sigmoid(V(-200, float.NegativeInfinity, 200, Inf)));
        Is([0, 200, Inf], Softplus(V(-200, 200, Inf)));
        Near(Math.Exp(-30) - Math.Exp(-60) / 2, Softplus(D(-30)), 1e-15);
        Near(Math.Exp(-20), Softplus(V(-20)).To(DType.Float64), 1e-6);
        Near(Math.Log(2), Softplus(D(0)), 1e-15);
        Near(0, Silu(V(-200)).To(DType.Float64), 1e-30);
        // Gelu(-10) = -10 Phi(-10), Phi(-10) = 7.619853024160527e-24.
        Near(-7.619853024160527e-23, Gelu(D(-10)), 1e-13);
        Near(0.8413447460685429, Gelu(D(1)), 1e-15);
    }

    [Theory]
    [InlineData(1e-10, 1.1283791670955126e-10)]
    [InlineData(0.1, 0.1124629160182849)]
    [InlineData(0.5, 0.5204998778130465)]
    [InlineData(1, 0.8427007929497149)]
    [InlineData(1.5, 0.9661051464753108)]
    [InlineData(1.999, 0.9953015566513705)]
    [InlineData(2, 0.9953222650189527)]
    [InlineData(2.5, 0.999593047982555)]
    [InlineData(3, 0.9999779095030014)]
    [InlineData(6, 1)]
    public void ErfIsAccurateToDoublePrecision(double x, double expected)
    {
        Near(expected, Erf(D(x)), 1e-15);
        Near(-expected, Erf(D(-x)), 1e-15);
        Assert.Equal((float)Erf(D(x))[0], Erf(D(x).To(DType.Float32))[0].Item<float>(), 1e-6f);
    }

    [Fact]
    public void ErfOfSpecialValues() => Is([0, 1, -1, NaN], Erf(V(0, Inf, -Inf, NaN)));

    private static void Near(double expected, Tensor actual, double relative) =>
        Assert.InRange((double)actual, expected - Math.Abs(expected) * relative - 1e-300, expected + Math.Abs(expected) * relative + 1e-300);

    [Fact]
    public void OperandsBroadcastFromTheEnd()
    {
        Is([10, 11, 22, 23], Tensor.From([0f, 1, 2, 3], 2, 2) + Tensor.From([10f, 20], 2, 1));
        HasShape([4, 2, 3], Tensor.Zeros(4, 1, 3) * Tensor.Zeros(2, 1));
        HasShape([2, 0], Tensor.Zeros(2, 1) - Tensor.Zeros(0));
        HasShape([1, 1], Tensor.Zeros(1, 1) + Tensor.Zeros(1));
        HasShape([0, 3], Tensor.Zeros(0, 3) + Tensor.Ones(3));
        Is([0, 2, 6, 3, 8, 15], (Count(2, 3) * (V(1, 2, 3))));
        Assert.Equal("Add: x is [2 3], y is [4]; the sizes 3 and 4 do not broadcast.", Error(() => Tensor.Zeros(2, 3) + Tensor.Zeros(4)));
    }

    [Fact]
    public void IntegersAndTruthValues()
    {
        var i = Tensor.From([7L, -7]);
        Is([3.5f, -3.5f], i / 2);
        Assert.Equal([49L, 49], Square(i).ToArray<long>());
        Assert.Equal([343L, -343], Pow(i, 3).ToArray<long>());
        Assert.Contains("no integer power", Error(() => Pow(i, -1)));
        Assert.Equal(DType.Float32, Exp(i).DType);
        Assert.Equal([false, true], (i < 0).ToArray<bool>());
        Assert.Equal([true, false], (!(i < 0) & true).ToArray<bool>());
        Assert.Equal([true, true], ((i < 0) | (i > 0)).ToArray<bool>());
        Assert.Equal([true, false], Equal(i > 0, true).ToArray<bool>());
        Assert.Contains("Bool", Error(() => Tensor.From([true]) + Tensor.From([true])));
        Assert.Equal([false, true], NotEqual(V(1, NaN), V(1, NaN)).ToArray<bool>());
    }

    [Fact]
    public void WhereBroadcastsAllThree()
    {
        var x = Count(2, 3);
        Is([0, 1, 2, -1, -1, -1], Where(Tensor.From([true, false], 2, 1), x, -1));
        Is([0, -1, 2, 3, -1, 5], Where(Tensor.From([true, false, true]), x, -1));
        HasShape([2, 3], Where(x > 2, 1.0, 0));
        Assert.Equal(DType.Float32, Where(x > 2, 1.0, 0).DType);
        Assert.Contains("must be Bool", Error(() => Where(x, x, x)));
        Assert.Equal(
            "Where: the condition is [4], x with y is [2 3]; the sizes 4 and 3 do not broadcast.",
            Error(() => Where(Tensor.Zeros([4], DType.Bool), x, x)));
        HasShape([2, 3], Where(true, x, 0));
        HasShape([4, 2, 3], Where(Tensor.Zeros([4, 1, 1], DType.Bool), x, V(1)));
    }

    [Fact]
    public void MapComputesInFloat32()
    {
        Is([0.5f, -0.5f], Map(V(1, -1), v => v / (1 + MathF.Abs(v))));
        Assert.Equal((double)0.1f, (double)Map(D(0.1), v => v)[0]);
        Is([3, 5], Map(V(1, 2), V(2, 3), (a, b) => a + b));
    }

    // ---- reductions ----

    [Fact]
    public void ReductionsOverAxes()
    {
        var x = Count(2, 3);
        Assert.Equal(15f, (float)Sum(x));
        Is([3, 5, 7], Sum(x, 0));
        Is([3, 12], Sum(x, -1));
        HasShape([2, 1], Sum(x, dim: -1, keepDim: true));
        HasShape([1, 1], Mean(x, [0, 1], keepDim: true));
        HasShape([], Max(x, [1, 0]));
        Is([2, 5], Max(x, 1));
        Is([0, 1, 2], Min(x, 0));
        Is([0, 1, 2, 3, 4, 5], Sum(x, []));
        HasShape([3], Sum(Count(2, 3, 4), [0, 2]));
        Is([60, 92, 124], Sum(Count(2, 3, 4), [0, 2]));
        Assert.Contains("given twice", Error(() => Sum(x, [0, -2])));
        Assert.Equal("Sum: dim 2 does not exist in [2 3].", Error(() => Sum(x, 2)));
        Assert.Equal(DType.Int64, Sum(x > 2).DType);
        Assert.Equal(3L, (long)Sum(x > 2));
    }

    [Fact]
    public void ReductionsOfNothing()
    {
        var none = Tensor.Zeros(0, 3);
        Assert.Equal(0f, (float)Sum(none));
        Is([0, 0, 0], Sum(none, 0));
        HasShape([0], Sum(none, 1));
        HasShape([0], Max(none, 1));
        Assert.True(float.IsNaN((float)Mean(none)));
        Is([-Inf, -Inf, -Inf], LogSumExp(none, 0));
        HasShape([0, 3], Softmax(none));
        HasShape([0, 3], LogSoftmax(none, 0));
        Assert.Equal("Max: x is [0 3]; dim 0 has no elements to choose from.", Error(() => Max(none, 0)));
        Assert.Contains("ArgMax", Error(() => ArgMax(none)));
        Assert.True(float.IsNaN((float)CrossEntropy(none, Tensor.Zeros([0], DType.Int64))));
    }

    [Fact]
    public void ExtremaPropagateNaNAndTakeTheFirst()
    {
        Assert.True(float.IsNaN((float)Max(V(1, NaN, 2))));
        Assert.True(float.IsNaN((float)Min(V(NaN, 1))));
        Assert.Equal(1L, ArgMax(V(1, 5, 5, 2)).Item<long>());
        Assert.Equal(1L, ArgMax(V(1, NaN, 7, NaN)).Item<long>());
        Assert.Equal([2L, 2], ArgMax(Count(2, 3), 1).ToArray<long>());
        HasShape([1, 3], ArgMax(Count(2, 3), 0, keepDim: true));
    }

    [Fact]
    public void ExponentialsDoNotOverflow()
    {
        Assert.Equal(1000 + MathF.Log(2), (float)LogSumExp(V(1000, 1000)), 1e-3f);
        Is([-Inf, Inf, NaN], LogSumExp(Tensor.From([-Inf, -Inf, Inf, 0, NaN, 0], 3, 2)));
        Is([0.5f, 0.5f], Softmax(V(1000, 1000)));
        Is([0, -1000], LogSoftmax(V(0, -1000)));
        Assert.All(Sum(Softmax(Count(4, 3), dim: 0), 0).ToArray<float>(), sum => Assert.Equal(1, sum, 1e-6f));
    }

    [Fact]
    public void VarianceIsTwoPass()
    {
        Assert.Equal(1f, (float)Variance(V(1, 2, 3)));
        Assert.Equal(2f / 3, (float)Variance(V(1, 2, 3), correction: 0), 1e-7f);
        Assert.Equal(1f, (float)Variance(V(10001, 10002, 10003)));
        Is([1, 1], Variance(Count(2, 3), dim: -1));
        HasShape([1, 3], Variance(Count(2, 3), dim: 0, correction: 0, keepDim: true));
        Assert.True(float.IsNaN((float)Variance(V(1))));
        Assert.Contains("dim: -1", Error(() => Variance(Count(2, 3), -1)));
        Assert.Contains("Int64", Error(() => Variance(Arange(3))));
        Assert.Contains("Bool", Error(() => Mean(Count(3) > 1)));
    }

    [Fact]
    public void LongSumsStayAccurate()
    {
        var sum = (float)Sum(Full([1 << 20], 0.1));
        Assert.Equal(0.1f * (double)(1 << 20), sum, 0.05);
    }

    // ---- MatMul ----

    [Fact]
    public void MatMulFollowsTorchShapes()
    {
        Is([10, 13, 28, 40], MatMul(Count(2, 3), Count(3, 2)));
        HasShape([], MatMul(Count(3), Count(3)));
        Assert.Equal(5f, (float)MatMul(Count(3), Count(3)));
        Is([5, 14], MatMul(Count(2, 3), Count(3)));
        Is([10, 13], MatMul(Count(3), Count(3, 2)));
        HasShape([5, 2, 4], MatMul(Count(5, 2, 3), Count(3, 4)));
        HasShape([5, 2, 4], MatMul(Count(2, 3), Count(5, 3, 4)));
        HasShape([7, 5, 2, 4], MatMul(Count(7, 1, 2, 3), Count(5, 3, 4)));
        HasShape([5, 4], MatMul(Count(3), Count(5, 3, 4)));
        HasShape([5, 2], MatMul(Count(5, 2, 3), Count(3)));
        HasShape([0, 4], MatMul(Count(0, 3), Count(3, 4)));
        Is([0, 0], MatMul(Count(2, 0), Count(0)));
    }

    [Fact]
    public void BatchesOfMatMulAreTheirMatrices()
    {
        var (x, y) = (Count(2, 1, 2, 3), Count(3, 3, 2));
        var z = MatMul(x, y);
        for (var i = 0; i < 2; i++)
            for (var j = 0; j < 3; j++)
                Is(MatMul(x[i, 0], y[j]).ToArray<float>(), z[i, j]);
    }

    [Fact]
    public void MatMulErrorsNameShapes()
    {
        Assert.Equal("MatMul: x is [2 3], y is [4 5]; the inner sizes 3 and 4 differ.", Error(() => MatMul(Count(2, 3), Count(4, 5))));
        Assert.Equal("MatMul: x is [2 1 3], y is [3 3 1]; the batches [2] and [3] do not broadcast.", Error(() => MatMul(Count(2, 1, 3), Count(3, 3, 1))));
        Assert.Contains("scalar", Error(() => MatMul(2, Count(3))));
    }

    // ---- shapes ----

    [Fact]
    public void TransposePermuteReshape()
    {
        Is([0, 3, 1, 4, 2, 5], Transpose(Count(2, 3)));
        HasShape([4, 3, 2], Transpose(Count(2, 3, 4), 0, -1));
        var p = Permute(Count(2, 3, 4), 2, 0, 1);
        HasShape([4, 2, 3], p);
        Assert.Equal((float)Count(2, 3, 4)[1, 2, 3], (float)p[3, 1, 2]);
        Assert.Contains("once", Error(() => Permute(Count(2, 3), 0, 0)));
        HasShape([3, 2], Reshape(Count(2, 3), 3, -1));
        HasShape([], Reshape(Count(1)));
        HasShape([0, 5], Reshape(Count(0, 3), 0, 5));
        Assert.Contains("do not fit", Error(() => Reshape(Count(2, 3), 4, -1)));
        Assert.Contains("do not fit", Error(() => Reshape(Count(0, 3), 0, -1)));
        Assert.Contains("negative", Error(() => Reshape(Count(2, 3), -1, -1)));
    }

    [Fact]
    public void ResultsNeverAliasOperands()
    {
        var x = Count(2, 3);
        foreach (var y in new[] { Reshape(x, 6), Transpose(x, 0, 0), Expand(x, 2, 3), Unsqueeze(x, 0), x[..], Sum(x, []), Slice(x, 0, 0, 2), Concat([x]) })
        {
            y.Fill(-1);
            Is([0, 1, 2, 3, 4, 5], x);
        }
    }

    [Fact]
    public void ExpandSqueezeUnsqueeze()
    {
        Is([0, 0, 1, 1], Expand(Count(2, 1), 2, 2));
        Is([0, 1, 0, 1], Expand(Count(2), 2, 2));
        HasShape([4, 2, 3], Expand(Count(2, 1), 4, -1, 3));
        Assert.Contains("does not broadcast", Error(() => Expand(Count(2, 3), 2, 4)));
        Assert.Contains("does not broadcast", Error(() => Expand(Count(2, 3), 3)));
        HasShape([2, 3], Squeeze(Count(2, 1, 3), 1));
        Assert.Contains("not 1", Error(() => Squeeze(Count(2, 3), 0)));
        HasShape([2, 3, 1], Unsqueeze(Count(2, 3), -1));
        HasShape([2, 1, 3], Unsqueeze(Count(2, 3), 1));
        Assert.Contains("no place", Error(() => Unsqueeze(Count(2, 3), 3)));
    }

    [Fact]
    public void SliceAndItsInverses()
    {
        var x = Count(5);
        Is([1, 3], Slice(x, 0, 1, 4, 2));
        Is([0, 2, 4], Slice(x, 0, 0, 5, 2));
        Is([3, 4], Slice(x, 0, -2, 5));
        HasShape([0], Slice(x, 0, 5, 5));
        Assert.Contains("does not lie", Error(() => Slice(x, 0, 2, 6)));
        Is([4, 5], Slice(Count(2, 3), [1, 1], [1, 2], [1, 1]));
        Assert.Contains("does not lie", Error(() => Slice(Count(2, 3), [1, 1], [1, 2], [1, 2])));
        Is([0, 0, 1, 0, 0], Pad(V(0, 1), [1, 2]));
        Is([0, 0, 0, 0, 0, 0, 1, 0, 0, 2, 3, 0], Pad(Count(2, 2), [1, 1, 1, 0]));
        Is([0, 1, 12, 3, 14, 5], UpdateAdd(Count(3, 2), Tensor.From([10f, 10], 2, 1), [1, 0]));
        Assert.Contains("does not lie", Error(() => UpdateAdd(Count(3, 2), Count(2, 2), [2, 0])));
        Is([0, 0, 0, 1, 1, 1], Broadcast(Count(2), [2, 3], [0]));
        Is([0, 1, 0, 1, 0, 1], Broadcast(Count(2), [3, 2], [1]));
        Is([0, 2, 1, 3], Broadcast(Count(2, 2), [2, 2], [1, 0]));
        HasShape([2, 3], Broadcast(Tensor.Scalar(1f), [2, 3], []));
        Assert.Contains("does not go", Error(() => Broadcast(Count(2), [3, 3], [1])));
    }

    [Fact]
    public void ConcatAndStack()
    {
        Is([0, 1, 0, 1, 2, 3, 2, 3], Concat([Count(2, 2), Count(2, 2)], dim: -1));
        HasShape([3, 2], Concat([Count(1, 2), Count(0, 2), Count(2, 2)]));
        HasShape([2, 3, 1], Stack([Count(2, 3)], -1));
        Is([0, 5, 1, 6], Stack([V(0, 1), V(5, 6)], 1));
        Assert.Equal(DType.Float64, Concat([V(1), D(2)]).DType);
        Assert.Contains("differ", Error(() => Concat([Count(2, 2), Count(2, 3)])));
        Assert.Contains("differ", Error(() => Stack([Count(2), Count(3)])));
        Assert.Contains("no tensors", Error(() => Concat([])));
        Assert.Contains("no tensors", Error(() => Stack([])));
    }

    [Fact]
    public void StridedOperationsAgreeWithIndexArithmetic() =>
        Gen.Int[0, 4].Array[1, 4].SelectMany(
            shape => Gen.Shuffle(Enumerable.Range(0, shape.Length).ToArray()), (shape, order) => (shape, order)).Sample(
            (shape, order) =>
            {
                var x = Count(shape);
                var half = Array.ConvertAll(shape, size => size / 2);
                var step = Array.ConvertAll(order, axis => 1 + axis % 2);
                var start = half.Zip(step, (h, s) => h / s).ToArray();
                var size = half.Zip(step, (h, s) => (h + s - 1) / s).ToArray();
                var sliced = Slice(x, start, size, step);
                var permuted = Permute(sliced, order);
                var summed = Sum(permuted, dim: 0);
                var expected = new float[summed.Length];
                var seen = 0;
                for (var flat = 0; flat < sliced.Length; flat++)
                {
                    var position = Position(flat, size);
                    var source = position.Select((p, i) => start[i] + p * step[i]).ToArray();
                    var target = order.Select(axis => position[axis]).ToArray();
                    var value = (float)Flat(source, shape);
                    Assert.Equal(value, sliced.AsSpan<float>()[flat]);
                    Assert.Equal(value, permuted.AsSpan<float>()[Flat(target, permuted.Shape)]);
                    expected[Flat(target[1..], summed.Shape)] += value;
                    seen++;
                }
                Assert.Equal(permuted.Length, seen);
                Is(expected, summed);
            });

    private static int[] Position(int flat, int[] shape)
    {
        var position = new int[shape.Length];
        for (var i = shape.Length - 1; i >= 0; flat /= shape[i], i--) position[i] = flat % shape[i];
        return position;
    }

    private static int Flat(int[] position, ReadOnlySpan<int> shape)
    {
        var flat = 0;
        for (var i = 0; i < position.Length; i++) flat = flat * shape[i] + position[i];
        return flat;
    }

    // ---- creation and losses ----

    [Fact]
    public void Creation()
    {
        Assert.Equal([0L, 1, 2], Arange(3).ToArray<long>());
        Is([5, 3], Arange(5, 1, -2, DType.Float32));
        Is([1, 3, 5], Arange(1, 6, 2, DType.Float32));
        HasShape([0], Arange(2, 2));
        Assert.Contains("do not lead", Error(() => Arange(0, 5, -1)));
        Is([1, 0, 0, 1], Eye(2));
        HasShape([0, 0], Eye(0));
        Assert.Equal([0L, 0, 1, 1, 0, 0], OneHot(Tensor.From([2L, 0]), 3).ToArray<long>());
        Assert.Contains("index 3", Error(() => OneHot(Tensor.From([3L]), 3)));
        Assert.Contains("must be Int64", Error(() => OneHot(V(1), 3)));
        Is([0, 0, 1, 1], Iota([2, 2], 0, DType.Float32));
        Is([0, 1, 0, 1], Iota([2, 2], 1, DType.Float32));
        Assert.Equal([0, 1, 4], Repeat(3, i => i * i));
        Assert.Throws<ArgumentOutOfRangeException>(() => Repeat(-1, i => i));
    }

    [Fact]
    public void Losses()
    {
        Assert.Equal(2.5f, (float)MseLoss(V(1, 2), V(0, 4)));
        Assert.Contains("differ", Error(() => MseLoss(Count(2, 1), Count(2))));
        var logits = Tensor.From([0f, 0, 100, -100], 2, 2);
        Assert.Equal(MathF.Log(2) / 2, (float)CrossEntropy(logits, Tensor.From([1L, 0])), 1e-6f);
        Assert.Equal(0f, (float)CrossEntropy(Tensor.From([0f, -Inf], 1, 2), Tensor.From([0L])));
        Assert.Contains("index 2", Error(() => CrossEntropy(logits, Tensor.From([1L, 2]))));
        Assert.Contains("must be [b c] and [b]", Error(() => CrossEntropy(logits, Tensor.From([1L]))));
    }
}
