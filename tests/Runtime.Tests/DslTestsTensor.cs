using System.Numerics.Tensors;
using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

public unsafe class DslTestsTensor
{
    [Fact]
    public void ArraysKeepShapeTypeAndOrder()
    {
        var x = Tensor.From([1f, 2, 3, 4, 5, 6], 2, 3);
        Assert.Equal([2, 3], x.Shape.ToArray());
        Assert.Equal((2, 6L, DType.Float32), (x.Rank, x.Length, x.DType));
        Assert.Equal((3, 2), (x.Dim(-1), x.Dim(0)));
        Assert.Equal([1f, 2, 3, 4, 5, 6], x.ToArray<float>());
        Assert.Equal([3], Tensor.From([1L, 2, 3]).Shape.ToArray());
        var matrix = Tensor.From(new[,] { { 1.0, 2 }, { 3, 4 }, { 5, 6 } });
        Assert.Equal([3, 2], matrix.Shape.ToArray());
        Assert.Equal([1.0, 2, 3, 4, 5, 6], matrix.ToArray<double>());
        Assert.Equal([true, false], Tensor.From([true, false]).ToArray<bool>());
        Assert.Equal([2, 0], Tensor.From(Array.Empty<float>(), 2, 0).Shape.ToArray());
    }

    [Fact]
    public void ShapesThatDoNotFitAreRefused()
    {
        Assert.Equal("From: the data has 3 elements, the shape [2 2] has 4.", Assert.Throws<ArgumentException>(() => Tensor.From([1f, 2, 3], 2, 2)).Message);
        Assert.Contains("-1", Assert.Throws<ArgumentException>(() => Tensor.Zeros(2, -1)).Message);
        Assert.Contains("64 bits", Assert.Throws<ArgumentException>(() => Tensor.Zeros(int.MaxValue, int.MaxValue, int.MaxValue)).Message);
        Assert.Contains("larger than memory", Assert.Throws<ArgumentException>(() => Tensor.Zeros(int.MaxValue, int.MaxValue)).Message);
        Assert.Equal(0, Tensor.Zeros(int.MaxValue, int.MaxValue, int.MaxValue, 0).Length);
        Assert.Throws<ArgumentException>(() => Tensor.From([1, 2, 3]));
        Assert.Throws<ArgumentException>(() => Tensor.Zeros(2).Dim(1));
    }

    [Fact]
    public void MemoryIsAlignedAndSpansKeepItAlive()
    {
        for (var n = 0; n < 40; n++) Assert.Equal(0u, (nuint)Tensor.Empty(DType.Bool, n).Pointer % 64);
        var span = Filled();
        for (var i = 0; i < 20; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Tensor.Full([1000], -1);
        }
        foreach (var value in span) Assert.Equal(7f, value);

        static Span<float> Filled() => Tensor.Full([1000], 7).AsSpan<float>();
    }

    [Fact]
    public void SpansWriteInPlaceAndCheckTheType()
    {
        var x = Tensor.Zeros(2, 2);
        x.AsSpan<float>()[3] = 5;
        Assert.Equal(5f, x[1, 1].Item<float>());
        Assert.Throws<InvalidOperationException>(() => x.ToArray<double>());
        Assert.Throws<InvalidOperationException>(() => x.Item<float>());
        Assert.Throws<InvalidOperationException>(() => (nint)Tensor.Scalar(1.0).Float32Pointer);
    }

    [Fact]
    public void RowsShareMemoryAndCopiesDoNot()
    {
        var x = Tensor.From([1f, 2, 3, 4, 5, 6], 3, 2);
        var row = x.Row(1);
        var copy = x[1];
        row.AsSpan<float>()[0] = 30;
        Assert.Equal(30f, x[1, 0].Item<float>());
        Assert.Equal([3f, 4], copy.ToArray<float>());
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Row(3));
        Assert.Throws<InvalidOperationException>(() => Tensor.Scalar(1f).Row(0));
        Assert.Throws<ArgumentException>(() => x.View(5, 2));
        Assert.Throws<ArgumentException>(() => x.View(-1, 2));
    }

    [Fact]
    public void ForeignMemoryIsSeenNotCopied()
    {
        float[] data = GC.AllocateArray<float>(4, pinned: true);
        fixed (float* p = data)
        {
            var x = Tensor.FromPointer(p, DType.Float32, data, 2, 2);
            data[2] = 9;
            Assert.Equal(9f, x[1, 0].Item<float>());
            x.Row(0).AsSpan<float>().Fill(4);
            Assert.Equal([4f, 4, 9, 0], data);
        }
        Assert.Throws<ArgumentNullException>(() => Tensor.FromPointer(null, DType.Float32, null, 1));
    }

    [Fact]
    public void ConversionsTruncateAndSaturate()
    {
        Assert.Equal([-1L, 1, long.MaxValue, 0], Tensor.From([-1.9, 1.9, 1e30, double.NaN]).To(DType.Int64).ToArray<long>());
        Assert.Equal([true, false, true], Tensor.From([0.5f, 0, float.NaN]).To(DType.Bool).ToArray<bool>());
        Assert.Equal([1f, 0], Tensor.From([true, false]).To(DType.Float32).ToArray<float>());
        Assert.Equal(3.5f, (float)Tensor.Scalar(3.5));
        Assert.Equal(3L, (long)Tensor.Scalar(3.5));
        Assert.True((bool)Tensor.Scalar(3L));
        var x = Tensor.Zeros(2);
        Assert.NotSame(x, x.To(DType.Float32));
        Assert.Contains("Float64 [2]", Assert.Throws<ArgumentException>(() => x.CopyFrom(Tensor.Zeros([2], DType.Float64))).Message);
        Assert.Throws<ArgumentException>(() => x.CopyFrom(Tensor.Zeros(1, 2)));
    }

    [Fact]
    public void NumericsTensorsConvertBothWays()
    {
        var x = Tensor.From([1f, 2, 3, 4, 5, 6], 2, 3);
        x.AsTensorSpan<float>()[[1, 0]] = 40;
        Assert.Equal(40f, x[1, 0].Item<float>());
        Assert.Equal((nint)3, x.AsReadOnlyTensorSpan<float>().Lengths[1]);
        var numerics = System.Numerics.Tensors.Tensor.Create([1.0, 2, 3, 4], [2, 2]);
        Assert.Equal([1.0, 2, 3, 4], Tensor.From(numerics).ToArray<double>());
        Assert.Equal([2, 2], Tensor.From(numerics).Shape.ToArray());
    }

    [Fact]
    public void NumbersTakeTheTypeOfTheTensorTheyMeet()
    {
        var (f, d, l, b) = (Tensor.Ones(2), Tensor.Ones([2], DType.Float64), Tensor.Ones([2], DType.Int64), Tensor.Ones([2], DType.Bool));
        Assert.Equal(DType.Float32, (f * 2).DType);
        Assert.Equal(DType.Float32, (0.1 + f).DType);
        Assert.Equal(0.1, (d * 0.1)[0].Item<double>());
        Assert.Equal(DType.Int64, (l * 2).DType);
        Assert.Equal(DType.Float32, (l * 0.5).DType);
        Assert.Equal(DType.Int64, (b * 2).DType);
        Assert.Equal(DType.Float32, (b * 0.5).DType);
        Assert.Equal(DType.Float64, (f + d).DType);
        Assert.Equal(DType.Float32, (f + l).DType);
        Assert.Equal(long.MaxValue, (Tensor.Scalar(0L) + long.MaxValue).Item<long>());
        // A tensor of rank 0 that is not a C# number promotes like any other.
        Assert.Equal(DType.Float64, (f * Tensor.Scalar(2.0)).DType);
        Tensor sum = 0;
        Assert.Equal(DType.Float64, (sum + d).DType);
    }

    [Fact]
    public void IndexersPickAndSlice()
    {
        var x = Arange(24, DType.Float32);
        x = Reshape(x, 2, 3, 4);
        Assert.Equal([3, 4], x[1].Shape.ToArray());
        Assert.Equal(23f, x[^1, ^1, ^1].Item<float>());
        Assert.Equal(23f, x[-1, -1, -1].Item<float>());
        Assert.Equal([1f, 5, 9], x[0, .., 1].ToArray<float>());
        Assert.Equal([2, 1, 2], x[.., 1..2, ^2..].Shape.ToArray());
        Assert.Equal([6f, 7, 18, 19], x[.., 1..2, ^2..].ToArray<float>());
        Assert.Equal([2, 0, 4], x[.., 3..3].Shape.ToArray());
        Assert.Equal("Index: [3] does not lie in dim 1 of [2 3 4].", Assert.Throws<ArgumentException>(() => x[0, 3]).Message);
        Assert.Throws<ArgumentException>(() => x[0, 2..5]);
        Assert.Throws<ArgumentException>(() => x[-3]);
        Assert.Throws<ArgumentException>(() => Tensor.Zeros(2)[0, 0]);
    }

    [Fact]
    public void TextShowsTypeShapeAndFirstValues()
    {
        Assert.Equal("Float32 [2 1]: 1.5, NaN", Tensor.From([1.5f, float.NaN], 2, 1).ToString());
        Assert.Equal("Int64 [10]: 0, 1, 2, 3, 4, 5, 6, 7, ...", Arange(10).ToString());
        Assert.Equal("Bool []: True", Tensor.Scalar(true).ToString());
    }
}
