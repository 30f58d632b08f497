using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>
/// The transpose of a product with windows, as a product with windows. Where y[o, i] = Σ w[o, c k] x[c, i + k], each window would add to what it lies on;
/// x̄[c, j] = Σ w[o, c k] ȳ[o, j - k] reads ȳ, with zeros around it, through windows instead: nothing is laid out, and every element is written once.
/// </summary>
internal static class Correlation
{
    /// <summary>A part of an axis of the factor: an axis of what lies below the windows, the positions of windows along it, or the offsets within them.</summary>
    private sealed record Part(int Axis, PartKind Kind, Dim Size);

    private enum PartKind
    {
        Whole,
        Position,
        Offset,
    }

    /// <summary>What the windows of a factor lie on (within its padding), and its cotangent; null where the factor is no view by windows that lie side by side.</summary>
    /// <param name="operand">Which factor of the product is linear.</param>
    /// <param name="other">The other factor.</param>
    /// <param name="sizes">Replaces what is to be replaced in the sizes of linear nodes.</param>
    public static (Node Of, Node Cotangent)? Transpose(Builder b, Node dot, int operand, Node other, Node cotangent, Func<Dim, Dim> sizes)
    {
        if (BelowWindows(dot.Inputs[operand]) is not { } below || Parts(dot.Inputs[operand], below, sizes) is not { } found) return null;
        var (axes, dilations) = found;
        var rank = axes.Length;
        var (depth, free) = operand == 1 ? (axes[rank - 2], axes[rank - 1]) : (axes[rank - 1], axes[rank - 2]);
        if (free.Any(part => part.Kind == PartKind.Offset) || depth.Any(part => part.Kind == PartKind.Position) || axes.Take(rank - 2).Any(axis => axis.Any(part => part.Kind != PartKind.Whole))) return null;
        // The other factor is [.. outputs depth], the cotangent [.. outputs free].
        if (operand == 0) (other, cotangent) = (b.Transpose(other), b.Transpose(cotangent));
        var outputs = cotangent.Shape[rank - 2];
        var batch = cotangent.Shape.RemoveRange(rank - 2, 2);

        var shape = below.Shape.Select(sizes).ToImmutableArray();
        var starts = shape.Select(_ => Dim.Zero).ToImmutableArray();
        var offsets = depth.Where(part => part.Kind == PartKind.Offset).ToImmutableArray();
        Dim Reach(Part offset) => (offset.Size - Dim.One) * dilations[offset.Axis];
        if (below.Op == Op.Pad && below.Ints.All(step => step == 1))
        {
            // What is around the image needs no cotangent: windows of ȳ begin further in.
            var (inner, at) = (below.Inputs[0].Shape.Select(sizes).ToImmutableArray(), below.Dims.Select(sizes).ToImmutableArray());
            bool Fits(int axis)
            {
                if (offsets.FirstOrDefault(part => part.Axis == axis) is not { } offset) return inner[axis].Equals(shape[axis]);
                return (Reach(offset) - at[axis]).Constant is >= 0 && (Reach(offset) - (shape[axis] - inner[axis] - at[axis])).Constant is >= 0;
            }
            if (Enumerable.Range(0, shape.Length).All(Fits)) (below, shape, starts) = (below.Inputs[0], inner, at);
        }

        var (first, windows) = (rank - 1, b.Reshape(cotangent, [.. batch, outputs, .. free.Select(part => part.Size)]));
        var (padded, begins) = (windows.Shape, windows.Shape.Select(_ => Dim.Zero).ToImmutableArray());
        for (var i = 0; i < free.Count; i++)
        {
            if (free[i].Kind != PartKind.Position) continue;
            var offset = offsets.First(part => part.Axis == free[i].Axis);
            (padded, begins) = (padded.SetItem(first + i, shape[offset.Axis] + Reach(offset)), begins.SetItem(first + i, Reach(offset) - starts[offset.Axis]));
        }
        windows = b.Pad(windows, padded, begins);
        // Each offset comes in front of what is free, the last one first.
        foreach (var offset in offsets.Reverse())
        {
            var axis = windows.Rank - free.Count + free.FindIndex(part => part.Kind == PartKind.Position && part.Axis == offset.Axis);
            windows = b.Window(windows, axis, shape[offset.Axis], offset.Size, Dim.One, dilations[offset.Axis]);
            windows = b.Permute(windows, [.. Enumerable.Range(0, first), axis + 1, .. Enumerable.Range(first, windows.Rank - first).Where(i => i != axis + 1)]);
        }
        var positions = windows.Shape.RemoveRange(0, windows.Rank - free.Count);
        windows = b.Reshape(windows, [.. batch, Dim.Product(offsets.Select(part => part.Size)) * outputs, Dim.Product(positions)]);

        // The windows run the other way: the offsets of the other factor are reversed.
        var weights = b.Reshape(other, [.. batch, outputs, .. depth.Select(part => part.Size)]);
        weights = b.Slice(weights, [.. weights.Shape.Select((size, i) => i >= first && depth[i - first].Kind == PartKind.Offset ? size - Dim.One : Dim.Zero)], weights.Shape,
            [.. weights.Shape.Select((_, i) => i >= first && depth[i - first].Kind == PartKind.Offset ? -1 : 1)]);
        int[] PlacesOf(PartKind kind) => [.. Enumerable.Range(0, depth.Count).Where(i => depth[i].Kind == kind).Select(i => first + i)];
        weights = b.Permute(weights, [.. Enumerable.Range(0, rank - 2), .. PlacesOf(PartKind.Whole), rank - 2, .. PlacesOf(PartKind.Offset)]);
        var inputs = depth.Where(part => part.Kind == PartKind.Whole).ToImmutableArray();
        weights = b.Reshape(weights, [.. batch, Dim.Product(inputs.Select(part => part.Size)), windows.Shape[rank - 2]]);

        ImmutableArray<Part> parts = [.. axes.Take(rank - 2).SelectMany(axis => axis), .. inputs, .. free];
        var sum = b.Reshape(b.Dot(weights, windows), [.. parts.Select(part => shape[part.Axis])]);
        ImmutableArray<int> order = [.. Enumerable.Range(0, parts.Length).OrderBy(i => parts[i].Axis)];
        return (below, b.Reshape(b.Permute(sum, order), shape));
    }


    /// <summary>What the lowest windows of a chain of views lie on.</summary>
    private static Node? BelowWindows(Node node)
    {
        Node? below = null;
        for (; node.Op is Op.Reshape or Op.Permute or Op.Window; node = node.Inputs[0])
            if (node.Op == Op.Window) below = node.Inputs[0];
        return below;
    }

    /// <summary>What each axis of a view is made of, and how far apart the values of windows lie along each axis below them.</summary>
    private static (ImmutableArray<List<Part>> Axes, Dictionary<int, Dim> Dilations)? Parts(Node view, Node below, Func<Dim, Dim> sizes)
    {
        var chain = new Stack<Node>();
        for (var node = view; node != below; node = node.Inputs[0]) chain.Push(node);
        // An axis of one element has no index.
        var axes = below.Shape.Select((size, axis) => Axis(axis, PartKind.Whole, size)).ToImmutableArray();
        var dilations = new Dictionary<int, Dim>();
        foreach (var node in chain)
        {
            if (node.Op == Op.Permute) axes = [.. node.Ints.Select(axis => axes[axis])];
            else if (node.Op == Op.Window)
            {
                var axis = node.Ints[0];
                // Windows that leave elements out, or of a size to be known later only, add to what they lie on.
                if (axes[axis] is not [{ Kind: PartKind.Whole } part] || !sizes(node.Dims[0]).IsOne || sizes(node.Dims[1]) is not { Constant: not null } dilation || node.Shape[axis + 1] is not { Constant: not null } kernel) return null;
                dilations.Add(part.Axis, dilation);
                axes = axes.SetItem(axis, [new(part.Axis, PartKind.Position, sizes(node.Shape[axis]))]).Insert(axis + 1, [new(part.Axis, PartKind.Offset, kernel)]);
            }
            else
            {
                var parts = new Queue<Part>(axes.SelectMany(axis => axis));
                var regrouped = ImmutableArray.CreateBuilder<List<Part>>();
                foreach (var size in node.Shape.Select(sizes))
                {
                    var (axis, count) = (new List<Part>(), Dim.One);
                    while (!count.Equals(size))
                    {
                        if (parts.Count == 0) return null;
                        axis.Add(parts.Dequeue());
                        count *= axis[axis.Count - 1].Size;
                    }
                    regrouped.Add(axis);
                }
                if (parts.Count > 0) return null;
                axes = regrouped.ToImmutable();
            }
        }
        return (axes, dilations);

        List<Part> Axis(int axis, PartKind kind, Dim size) => sizes(size).IsOne ? [] : [new(axis, kind, sizes(size))];
    }
}
