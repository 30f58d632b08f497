using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Optimize;

/// <summary>Products whose rows are shared out among groups: the rows of a group are gathered while they are packed, and are never stored side by side.</summary>
internal sealed partial class Planner
{
    /// <summary>The matrix whose rows an operand has, and the index that tells which; null where it has them as they lie.</summary>
    private (Node Matrix, Node? Index) Gathered(Node operand)
    {
        var node = Resolve(operand);
        return !IsLeaf(node) && node.Op == Op.Gather && node.Ints[0] == 0 && Resolve(node.Inputs[1]) is { Op: Op.Broadcast, Inputs: [{ Rank: 1 } index] } broadcast && !IsLeaf(broadcast) && broadcast.Ints.SequenceEqual([0])
            ? (node.Inputs[0], index)
            : (operand, null);
    }

    /// <summary>The operand of a grouped product: rows at even distances, or what is gathered of such.</summary>
    private void RequireRows(RegionPlan plan, Node operand)
    {
        var matrix = Gathered(operand).Matrix;
        RequireView(plan, matrix, matrix: true);
        if (Matrix(matrix) is { Row.Length: > 1 }) AddRoot(plan, matrix, mustStore: true);
    }

    private Groups GroupsOf(Node product)
    {
        var inverse = Inverse.Of(product);
        return new(inverse.Ranges!.Shape[0], Memory(inverse.Ranges), inverse.Order is { } order ? Memory(order) : null);

        Access Memory(Node node)
        {
            var storage = _storage[Contiguous(node)];
            return new(storage.Buffer, storage.Offset);
        }
    }

    /// <summary>An operand in the order of the groups: where its rows do not lie so, a table says what each adds to the offset.</summary>
    private Operand RowsOf(Node operand, Node product, ImmutableArray<Step>.Builder steps)
    {
        var (matrix, index) = Gathered(operand);
        var rows = OperandOf(matrix, product);
        var order = Inverse.Of(product).Order;
        if (index is null && order is null) return rows;
        var writer = new Writer(this, null, null);
        var count = operand.Shape[0];
        var axes = Axes([count], "i");
        var row = order is null ? axes[0].Index : writer.Position(order, [axes[0].Index], count);
        if (index is not null) row = writer.Position(index, [row], matrix.Shape[0]);
        var table = NewBuffer("rows", DType.Int64, count, BufferKind.Temporary);
        steps.Add(Map(KernelName("Rows"), axes, [new(new(table, axes[0].Index), writer.Exprs.Index(row * rows.Row.Stride, DType.Int64))], writer.Exprs, SourcesOf([product])));
        return rows with { Row = new(Dim.Zero, table) };
    }
}
