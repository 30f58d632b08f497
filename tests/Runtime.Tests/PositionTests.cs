using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>Positions that are computed, from arguments that entry cannot check.</summary>
[Network]
public partial class ComputedPositions
{
    [return: Shape("e d")]
    public virtual Tensor Rows([Shape("n d")] Tensor x, [Shape("e", DType.Int64)] Tensor index) => x[2 * index];

    [return: Shape("n")]
    public virtual Tensor Sums([Shape("n")] Tensor x, [Shape("e")] Tensor source, [Shape("e", DType.Int64)] Tensor index) => ScatterAdd(x, 0, 2 * index, source);

    [return: Shape("e d")]
    public virtual Tensor Checked([Shape("n d")] Tensor x, [Shape("e", DType.Int64)] Tensor index)
    {
        var y = x[index];
        for (var k = 0; k < 2; k++) y = y + x[index];
        return y;
    }
}

/// <summary>Positions that are compared: with data, which may be any whole number, and with each other.</summary>
[Network]
public partial class ComparedPositions
{
    [return: Shape("b n"), Shape("b n"), Shape("b n"), Shape("b n"), Shape("b n"), Shape("b n"), Shape("b n")]
    public virtual (Tensor Equal, Tensor NotEqual, Tensor Less, Tensor LessEqual, Tensor Greater, Tensor GreaterEqual, Tensor Rows) Masked(
        [Shape("b n")] Tensor x, [Shape("b", DType.Int64)] Tensor label)
    {
        Tensor column = Arange(x.Dim(1)), row = Unsqueeze(Arange(x.Dim(0)), 1), given = Unsqueeze(label, 1);
        return (Where(Equal(column, given), x, 0f), Where(NotEqual(given, column), x, 0f), Where(column < row, x, 0f), Where(row <= column, x, 0f), Where(row > column, x, 0f), Where(column >= row, x, 0f),
            Where(Equal(row, given), x, 0f));
    }

    /// <summary>Sums that wrap around are in another order than their terms.</summary>
    [return: Shape("b n")]
    public virtual Tensor Ahead([Shape("b n")] Tensor x, [Shape("b", DType.Int64)] Tensor label)
    {
        var column = Arange(x.Dim(1));
        return Where(column < column + Unsqueeze(label, 1), x, 0f);
    }

    [return: Shape("b"), Shape("b h*w")]
    public virtual (Tensor Sum, Tensor Inner) Flattened([Shape("b h+2 w+2")] Tensor x)
    {
        var inner = Reshape(x[.., 1..^1, 1..^1], x.Dim(0), -1);
        return (Sum(inner, dim: 1), 2 * inner);
    }
}

/// <summary>What lies outside is never read or written: arguments are refused, computed positions stop at the ends.</summary>
[Collection(OpenClDevice.Name)]
public sealed class PositionTests
{
    private static readonly Tensor s_table = Tensor.From(new float[] { 1, 2, 3, 4, 5, 6 }, 3, 2);

    private static ComputedPositions[] Targets => [new ComputedPositions.Cpu(), new ComputedPositions.Gpu(OpenClDevice.Accelerator)];

    private static Tensor Int64(params long[] values) => Tensor.From(values, values.Length);

    [Fact]
    public void ComputedPositionsStopAtTheEnds()
    {
        Tensor outside = Int64(0, -7, 1, 9), x = Tensor.From(new float[] { 10, 20, 30 }, 3), source = Tensor.From(new float[] { 1, 2, 3, 4 }, 4);
        foreach (var target in Targets)
        {
            Assert.Equal(new float[] { 1, 2, 1, 2, 5, 6, 5, 6 }, target.Rows(s_table, outside).ToArray<float>());
            Assert.Equal(new float[] { 13, 20, 37 }, target.Sums(x, source, outside).ToArray<float>());
        }
        Assert.Throws<ArgumentException>(() => new ComputedPositions().Rows(s_table, outside));
    }

    [Fact]
    public void WhereThereAreNoPositionsNoneMayBeAskedFor()
    {
        var empty = Tensor.Zeros(0, 2);
        foreach (var target in Targets.Append(new ComputedPositions()))
        {
            Assert.Throws<ArgumentException>(() => target.Rows(empty, Int64(0)));
            Assert.Equal([0, 2], target.Rows(empty, Int64()).Shape.ToArray());
        }
    }

    [Fact]
    public void ArgumentsAreRefusedAtEntryAlsoWhereALoopReadsThem()
    {
        foreach (var target in Targets.Append(new ComputedPositions()))
        {
            Assert.Equal(new float[] { 15, 18, 3, 6 }, target.Checked(s_table, Int64(2, 0)).ToArray<float>());
            var refusal = Assert.Throws<ArgumentException>(() => target.Checked(s_table, Int64(2, 3)));
            Assert.Contains("3", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ComparedPositionsAreThoseOfTheReference()
    {
        long[] labels = [0, -1, 15, 16, 17, 256, long.MinValue, long.MaxValue, 3, 1];
        var reference = new ComparedPositions();
        foreach (var columns in new[] { 0, 1, 3, 16, 17, 257 })
        {
            var x = Sample.Normal(1, labels.Length, columns);
            foreach (var target in new ComparedPositions[] { new ComparedPositions.Cpu(), new ComparedPositions.Gpu(OpenClDevice.Accelerator) })
            {
                var (expected, actual) = (reference.Masked(x, Int64(labels)), target.Masked(x, Int64(labels)));
                foreach (var (one, other) in new[]
                {
                    (expected.Equal, actual.Equal), (expected.NotEqual, actual.NotEqual), (expected.Less, actual.Less), (expected.LessEqual, actual.LessEqual),
                    (expected.Greater, actual.Greater), (expected.GreaterEqual, actual.GreaterEqual), (expected.Rows, actual.Rows),
                })
                    Assert.Equal(one.ToArray<float>(), other.ToArray<float>());
                // What a device makes of an overflow is its own choice.
                var wrapped = target is ComparedPositions.Cpu ? labels : [.. labels.Select(label => Math.Clamp(label, -1000, 1000))];
                Assert.Equal(reference.Ahead(x, Int64(wrapped)).ToArray<float>(), target.Ahead(x, Int64(wrapped)).ToArray<float>());
            }
        }
    }

    [Fact]
    public void FlattenedImagesAreReadByRows()
    {
        foreach (var width in new[] { 0, 1, 3, 16, 17, 257 })
        {
            var x = Sample.Normal(1, 2, 5, width + 2);
            var (expected, actual) = (new ComparedPositions().Flattened(x), new ComparedPositions.Cpu().Flattened(x));
            Assert.Equal(expected.Inner.ToArray<float>(), actual.Inner.ToArray<float>());
            foreach (var (one, other) in expected.Sum.ToArray<float>().Zip(actual.Sum.ToArray<float>())) Assert.Equal(one, other, 1e-3f);
        }
    }
}
