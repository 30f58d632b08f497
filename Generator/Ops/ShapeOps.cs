using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Ops;

/// <summary>What rearranges elements and computes nothing.</summary>
internal static class ShapeOps
{
    public static void Define(Dictionary<string, Func<OpCall, Value>> ops)
    {
        ops.Add("Transpose", Transpose);
        ops.Add("Permute", Permute);
        ops.Add("Reshape", Reshape);
        ops.Add("ReshapeAs", ReshapeAs);
        ops.Add("Expand", Expand);
        ops.Add("Squeeze", Squeeze);
        ops.Add("Unsqueeze", c => c.Result(Unsqueeze(c, c.Tensor("x"), c.Axis("dim", c.Tensor("x"), extra: 1))));
        ops.Add("Slice", Slice);
        ops.Add("Concat", c => c.Result(Concat(c, Tensors(c), stack: false)));
        ops.Add("Stack", c => c.Result(Concat(c, Tensors(c), stack: true)));
    }

    private static Value Transpose(OpCall c)
    {
        var x = c.Tensor("x");
        int a = c.Axis("dim0", x), b = c.Axis("dim1", x);
        return c.Result(c.B.Permute(x, [.. Enumerable.Range(0, x.Rank).Select(i => i == a ? b : i == b ? a : i)]));
    }

    private static Value Permute(OpCall c)
    {
        var x = c.Tensor("x");
        var axes = c.Axes(x);
        if (axes.Length != x.Rank) throw c.Refuse("PRX0109", $"{c.Describe("x", x)}; {x.Rank} dimensions are to be named, and {axes.Length} are");
        return c.Result(c.B.Permute(x, axes));
    }

    private static Value Reshape(OpCall c)
    {
        var x = c.Tensor("x");
        var shape = c.Sizes("shape");
        var open = shape.Select((dim, i) => (dim, i)).Where(entry => entry.dim.Constant == -1).Select(entry => entry.i).ToList();
        var given = shape;
        string Words() => $"{c.Describe("x", x)}, which has {x.Type.Count} elements; the new shape is [{string.Join(" ", given)}]";
        if (open.Count > 1) throw c.Refuse("PRX0110", $"{Words()}; only one size may be -1");
        if (shape.FirstOrDefault(dim => dim.Constant < -1) is { } negative) throw c.Refuse("PRX0110", $"{Words()}; {negative} is no size");
        if (open.Count == 1)
        {
            var others = Dim.Product(shape.Where(dim => dim.Constant != -1));
            if (others.IsZero) throw c.Refuse("PRX0110", $"{Words()}; the size at -1 does not follow");
            var rest = c.Interpreter.ExactDiv(x.Type.Count, others);
            if (rest is null)
            {
                rest = Dim.FloorDiv(x.Type.Count, others);
                c.Interpreter.RequireEqual(Dim.Mod(x.Type.Count, others), Dim.Zero, () => $"{c.Name}: {Words()}; {others} must divide {x.Type.Count}",
                    () => c.Refuse("PRX0110", $"{Words()}; {others} does not divide {x.Type.Count}", x.Type.Count, others).Finding!);
            }
            shape = shape.SetItem(open[0], rest);
        }
        else
        {
            var count = new TensorType(DType.Float32, shape).Count;
            c.Interpreter.RequireEqual(x.Type.Count, count, () => $"{c.Name}: {Words()}, which has {count}", () => Following(c, x.Type.Count, given, c.Refuse("PRX0110", $"{Words()}, which has {count}", x.Type.Count, count).Finding!));
        }
        return c.Result(c.B.Reshape(x, shape));
    }

    /// <summary>Proposes to let the one size follow that can.</summary>
    private static Finding Following(OpCall c, Dim count, ImmutableArray<Dim> shape, Finding finding)
    {
        var source = c.Source("shape");
        if (source.Count != shape.Length) return finding;
        var free = Enumerable.Range(0, shape.Length).Where(i => Dim.Product(shape.RemoveAt(i)) is { IsZero: false } others && Dim.ExactDiv(count, others) is not null).ToList();
        if (free is not [var only]) return finding;
        var sizes = shape.Select((_, i) => i == only ? "-1" : SurfaceText.ToCSharp(source[i]));
        return finding.With(Repair.Replace("Let the size follow", "Let the size follow", source[only].Origin, "-1"))
            with { Arguments = new([$"{finding.Arguments[0]}. Did you mean Reshape({SurfaceText.ToCSharp(c.Source("x"))}, {string.Join(", ", sizes)})?"]) };
    }

    private static Value ReshapeAs(OpCall c)
    {
        Node x = c.Tensor("x"), like = c.Tensor("like");
        c.RequireEqual(x.Type.Count, like.Type.Count, "PRX0110", () => $"{c.Describe("x", x)}, which has {x.Type.Count} elements; {c.Describe("like", like)}, which has {like.Type.Count}");
        return c.Result(c.B.Reshape(x, like.Shape));
    }

    private static Value Expand(OpCall c)
    {
        var x = c.Tensor("x");
        var shape = c.Sizes("shape");
        var given = shape;
        string Words() => $"{c.Describe("x", x)}, the new shape is [{string.Join(" ", given)}]";
        if (shape.Length < x.Rank) throw c.Refuse("PRX0104", $"{Words()}; it has fewer dimensions");
        var lead = shape.Length - x.Rank;
        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i].Constant is < 0)
            {
                if (i < lead || shape[i].Constant != -1) throw c.Refuse("PRX0104", $"{Words()}; {shape[i]} is no size of a new dimension");
                shape = shape.SetItem(i, x.Shape[i - lead]);
            }
            else if (i >= lead && !x.Shape[i - lead].IsOne)
            {
                var (own, wanted) = (x.Shape[i - lead], shape[i]);
                c.RequireEqual(own, wanted, "PRX0104", () => $"{Words()}; {own} and {wanted} differ, and only a written 1 is repeated");
            }
        }
        return c.Result(c.Stretch(x, shape));
    }

    private static Value Squeeze(OpCall c)
    {
        var x = c.Tensor("x");
        var axis = c.Axis("dim", x);
        c.RequireEqual(x.Shape[axis], Dim.One, "PRX0110", () => $"{c.Describe("x", x)}; dimension {axis} is {x.Shape[axis]}, and only a 1 is squeezed");
        return c.Result(c.B.Reshape(x, x.Shape.RemoveAt(axis)));
    }

    private static Node Unsqueeze(OpCall c, Node x, int axis) => c.B.Reshape(x, x.Shape.Insert(axis, Dim.One));

    private static Value Slice(OpCall c)
    {
        var x = c.Tensor("x");
        var axis = c.Axis("dim", x);
        var size = x.Shape[axis];
        var start = c.Interpreter.FromEnd(c.Size("start"), size);
        var end = c.Interpreter.FromEnd(c.Size("end"), size);
        var step = c.Has("step") ? c.Size("step") : Dim.One;
        if (step.Constant is not (>= 1 and <= int.MaxValue and var by))
            throw Refusal.Of("PRX0113", c.Source("step").Origin, $"{c.Name}: the step is {step}; it must be a number from 1 on, known at build time");
        c.Interpreter.RequireSlice(start, end, size, c.Call, () => $"{c.Name}: {c.Describe("x", x)}", axis);
        return c.Result(c.B.Slice(
            x,
            [.. x.Shape.Select((_, i) => i == axis ? start : Dim.Zero)],
            x.Shape.SetItem(axis, Dim.CeilDiv(end - start, step)),
            [.. x.Shape.Select((_, i) => i == axis ? (int)by : 1)]));
    }

    private static ImmutableArray<(Surface Source, Value Value)> Tensors(OpCall c)
    {
        var source = c.Source("tensors");
        if (c.Of("tensors") is not ListValue list) throw Interpreter.Wrong(c.Of("tensors"), "a list of tensors, as [x, y]", source);
        if (list.Items.IsEmpty) throw c.Refuse("PRX0112", "there are no tensors");
        return [.. list.Items.Select((item, i) => (source.Count > i ? source[i] : source, item))];
    }

    private static Node Concat(OpCall c, ImmutableArray<(Surface Source, Value Value)> tensors, bool stack)
    {
        var dtype = Interpreter.Promote(tensors.Select(t => t.Value));
        var parts = tensors.Select(t => c.Interpreter.ToNode(t.Value, dtype, t.Source)).ToImmutableArray();
        var first = parts[0];
        var axis = c.Has("dim") ? c.Interpreter.Axis(c.Of("dim"), c.Source("dim"), first, () => $"{c.Name}: {Interpreter.Describe(tensors[0].Source, first)}", stack ? 1 : 0) : 0;
        if (!stack && first.Rank == 0) throw c.Refuse("PRX0112", $"{Interpreter.Describe(tensors[0].Source, first)}; scalars are put together with Stack");
        for (var i = 1; i < parts.Length; i++)
        {
            string Words() => $"{Interpreter.Describe(tensors[0].Source, first)} and {Interpreter.Describe(tensors[i].Source, parts[i])}";
            if (parts[i].Rank != first.Rank) throw new Refusal(AlongAnother(c, parts, tensors, stack, axis, c.Refuse("PRX0112", $"{Words()}; the numbers of dimensions differ").Finding!));
            var shape = parts[i].Shape;
            for (var d = 0; d < first.Rank; d++)
            {
                if (d == axis && !stack) continue;
                var (a, b) = (first.Shape[d], shape[d]);
                string Differ() => stack ? $"{Words()}; {a} and {b} differ" : $"{Words()}; they may differ in dimension {axis} only, and {a} and {b} differ";
                c.Interpreter.RequireEqual(a, b, () => $"{c.Name}: {Differ()}", () => AlongAnother(c, parts, tensors, stack, axis, c.Refuse("PRX0112", Differ(), a, b).Finding!));
                shape = shape.SetItem(d, a);
            }
            parts = parts.SetItem(i, c.B.Reshape(parts[i], shape));
        }
        return c.B.Concat(stack ? [.. parts.Select(part => Unsqueeze(c, part, axis))] : parts, axis);
    }

    /// <summary>Proposes the one other dimension along which the tensors fit, or the operand that fits when it is given a dim of size 1.</summary>
    private static Finding AlongAnother(OpCall c, ImmutableArray<Node> parts, ImmutableArray<(Surface Source, Value Value)> tensors, bool stack, int axis, Finding finding)
    {
        if (stack) return finding;
        bool Fit(int along, IEnumerable<ImmutableArray<Dim>> shapes) => shapes.All(shape => shape.Length == parts[0].Rank
            && Enumerable.Range(0, shape.Length).All(d => d == along || c.Interpreter.AreEqual(shape[d], parts[0].Shape[d]) == Answer.Yes));
        if (parts.Any(part => part.Rank != parts[0].Rank))
        {
            return c.Interpreter.Suggest(finding, c.Call, [.. parts.Select((part, i) => (i.ToString(System.Globalization.CultureInfo.InvariantCulture), tensors[i].Source, part))],
                (changed, to) => changed != "0" && Fit(axis, parts.Select((part, i) => i.ToString(System.Globalization.CultureInfo.InvariantCulture) == changed ? to : part.Shape)), transpose: false, others: false);
        }
        var along = Enumerable.Range(0, parts[0].Rank).Where(d => d != axis && Fit(d, parts.Select(part => part.Shape))).ToList();
        if (along is not [var only]) return finding;
        var dim = $"dim: {only}";
        var end = c.Call.Origin with { Start = c.Call.Origin.Start + c.Call.Origin.Length - 1, Length = 0 };
        var isWritten = c.Call.Items.FirstOrDefault(a => a.Value == "dim") is { Origin.IsWritten: true };
        var repair = isWritten ? Repair.Replace($"Use {dim}", "Other dimension", c.Source("dim").Origin, only.ToString(System.Globalization.CultureInfo.InvariantCulture)) : Repair.Insert($"Use {dim}", "Other dimension", end, $", {dim}");
        return finding.With(repair) with { Arguments = new([$"{finding.Arguments[0]}. Did you mean Concat([{string.Join(", ", tensors.Select(t => SurfaceText.ToCSharp(t.Source)))}], {dim})?"]) };
    }
}
