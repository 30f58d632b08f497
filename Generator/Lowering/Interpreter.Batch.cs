using System.Collections.Immutable;
using System.Globalization;
using Proxima.Generator.Ir;
using Proxima.Generator.Transforms;

namespace Proxima.Generator.Lowering;

/// <summary>Methods over a batch: which arguments have a further dim, and where.</summary>
internal sealed partial class Interpreter
{
    /// <summary>The batches around an argument of the compiled method, outermost first: where each is inserted, and its size.</summary>
    private readonly Dictionary<string, ImmutableArray<(int Axis, string Size)>> _batches = new(StringComparer.Ordinal);

    /// <summary>Where an axis of an argument is once the batches around it are in place.</summary>
    private int Place(string argument, int axis)
    {
        if (axis < 0 || !_batches.TryGetValue(argument, out var batches)) return axis;
        for (var i = batches.Length - 1; i >= 0; i--)
            if (axis >= batches[i].Axis) axis++;
        return axis;
    }

    /// <summary>A declared shape with the batches around it.</summary>
    private string WithBatches(string argument, string shape)
    {
        if (!_batches.TryGetValue(argument, out var batches)) return shape;
        var entries = shape.Split([' '], StringSplitOptions.RemoveEmptyEntries).ToList();
        for (var i = batches.Length - 1; i >= 0; i--) entries.Insert(System.Math.Min(batches[i].Axis, entries.Count), batches[i].Size);
        return string.Join(" ", entries);
    }

    /// <summary>The arguments that a [Vmap] maps and where; null for other transforms.</summary>
    private static (int Axis, int Out, ImmutableArray<int> Arguments)? Mapped(TransformDeclaration transform, MethodDeclaration of)
    {
        if (transform.Kind != "Vmap") return null;
        var axis = Axis("axis");
        var result = Axis("Out");
        var tensors = Enumerable.Range(0, of.Arguments.Count).Where(i => of.Arguments[i].Type == "Tensor").ToImmutableArray();
        if (transform.Option("In") is { Length: > 0 } names)
        {
            var mapped = ImmutableArray.CreateBuilder<int>();
            foreach (var name in names.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
            {
                var i = of.Arguments.Items.ToList().FindIndex(a => a.Name == name);
                if (i < 0) throw Refusal.Of("PRX0122", transform.OptionOrigin("In"), $"'{name}' is no argument of {of.Name}; it has {string.Join(", ", of.Arguments.Select(a => a.Name))}");
                if (!tensors.Contains(i)) throw Refusal.Of("PRX0122", transform.OptionOrigin("In"), $"'{name}' of {of.Name} is no tensor, so all samples share it");
                mapped.Add(i);
            }
            tensors = mapped.ToImmutable();
        }
        if (tensors.IsEmpty) throw Refusal.Of("PRX0121", transform.OfOrigin, $"{of.Name} takes no tensor, so there is nothing to map over");
        return (axis, result, tensors);

        int Axis(string option)
        {
            var written = transform.Option(option);
            if (written.Length == 0) return 0;
            var value = int.Parse(written, CultureInfo.InvariantCulture);
            return value >= 0 ? value : throw Refusal.Of("PRX0121", transform.OptionOrigin(option), $"{option} = {written}: the axis of a batch is counted from the front, from 0");
        }
    }

    /// <summary>Declares the batch of a compiled [Vmap], before its source is read; null for other transforms.</summary>
    private Batch? EnterBatch(NetworkDeclaration network, TransformDeclaration transform, MethodDeclaration of, EquatableArray<ArgumentDeclaration> names)
    {
        if (Mapped(transform, of) is not { } mapped) return null;
        // The sizes of the source keep their names.
        var source = of;
        while (source.Transform is { } inner && network.Method(inner.Of) is { } next && next != source) source = next;
        foreach (var argument in source.Arguments)
        {
            var entries = argument.Shape is null ? [] : ShapeEntry.Parse(argument.Shape);
            if (entries.Any(entry => entry.Kind == ShapeEntryKind.Leading))
                throw new Refusal(Finding.Of("PRX0121", transform.OfOrigin, $"{argument.Name} of {source.Name} is declared [{argument.Shape}], which takes a batch already").With([argument.ShapeOrigin]));
            foreach (var name in entries.Where(entry => entry.Kind == ShapeEntryKind.Size).SelectMany(entry => entry.Dim.Names())) _names.Add(name);
        }
        var size = Unique("batch");
        foreach (var i in mapped.Arguments)
        {
            var name = names[i].Name;
            var place = Place(name, mapped.Axis);
            if (i == mapped.Arguments[0]) _bindings.Add(new(size, name, place));
            _batches[name] = (_batches.TryGetValue(name, out var outer) ? outer : []).Add((mapped.Axis, size));
            if (i != mapped.Arguments[0])
                CheckAxis(name, place, Dim.Name(size), $"{name} has the batch of {names[mapped.Arguments[0]].Name}: its dimension {place.ToString(CultureInfo.InvariantCulture)} must be the same");
        }
        return new Batch(Dim.Name(size), [.. mapped.Arguments.Select(i => names[i].Name)], mapped.Axis, mapped.Out);
    }

    /// <summary>The batch of a [Vmap] that a body calls; null for other transforms.</summary>
    private Batch? BatchOf(MethodDeclaration method, MethodDeclaration of, IReadOnlyList<(Surface Source, Value Value)> values)
    {
        if (Mapped(method.Transform!, of) is not { } mapped) return null;
        Dim? size = null;
        foreach (var i in mapped.Arguments)
        {
            if (i >= values.Count) break;
            var source = values[i].Source;
            if (values[i].Value is not TensorValue { Type: var type })
                throw Refusal.Of("PRX0103", source.Origin, $"{method.Name}: {NameOf(source)} is {values[i].Value.Kind}, and a tensor with a dimension for the batch is needed");
            if (mapped.Axis >= type.Rank)
                throw Refusal.Of("PRX0103", source.Origin, $"{method.Name}: {NameOf(source)} is {type.ShapeText} and has no dimension {mapped.Axis.ToString(CultureInfo.InvariantCulture)} for the batch");
            var own = type.Shape[mapped.Axis];
            if (size is null) size = own;
            else
            {
                var (expected, text) = (size, $"{method.Name}: {NameOf(source)} is {type.ShapeText}; its batch is {own}, and that of the arguments before is {size}");
                RequireEqual(expected, own, () => text, () => Finding.Of("PRX0103", source.Origin, text).With([.. Declarations(expected, own)]));
            }
        }
        return size is null ? null : new Batch(size, [.. mapped.Arguments.Select(i => of.Arguments[i].Name)], mapped.Axis, mapped.Out);
    }
}
