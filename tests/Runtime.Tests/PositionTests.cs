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
}
