using System.Collections.Immutable;
using System.Globalization;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

/// <summary>What could stand in the place of an operand whose shape does not fit: the operand rearranged, or another value that is in scope.</summary>
/// <param name="Argument">The operand that is replaced.</param>
/// <param name="Expression">What stands in its place; its text is what messages propose.</param>
internal sealed record Substitute(string Argument, Surface Expression, ImmutableArray<Dim> Shape, Repair Repair)
{
    /// <summary>The operand transposed. Two transpositions are none.</summary>
    public static IEnumerable<Substitute> Transposed(string argument, Surface e, ImmutableArray<Dim> shape)
    {
        var rank = shape.Length;
        if (rank < 2) yield break;
        var exchanged = shape.SetItem(rank - 1, shape[rank - 2]).SetItem(rank - 2, shape[rank - 1]);
        var title = $"Transpose '{Short(e)}'";
        if (e is { Kind: "op", Value: "Transpose" } && e.Items.Count(a => a.Origin.IsWritten) == 1 && e.Arg("x") is { } inner)
            yield return new(argument, inner, exchanged, new(title, "Transpose", new([Between(e.Origin.Start, inner.Origin.Start, e.Origin), Between(End(inner.Origin), End(e.Origin), e.Origin)])));
        else
            yield return new(argument, Call("Transpose", e), exchanged, Repair.Wrap(title, "Transpose", e.Origin, "Transpose(", ")"));
    }

    /// <summary>The operand with a dim of size 1 more, or with one less.</summary>
    public static IEnumerable<Substitute> Resized(string argument, Surface e, ImmutableArray<Dim> shape)
    {
        var rank = shape.Length;
        for (var i = 0; i <= rank; i++)
        {
            // The last place is named from the end, because that is how it is thought of.
            var at = i == rank && rank > 0 ? -1 : i;
            yield return Wrapped("Unsqueeze", at, shape.Insert(i, Dim.One));
        }
        for (var i = 0; i < rank; i++)
            if (shape[i].IsOne) yield return Wrapped("Squeeze", i == rank - 1 ? -1 : i, shape.RemoveAt(i));

        Substitute Wrapped(string op, int dim, ImmutableArray<Dim> result)
        {
            var text = dim.ToString(CultureInfo.InvariantCulture);
            return new(argument, Call(op, e, Surface.Of("int", text)), result, Repair.Wrap($"{op} '{Short(e)}'", op, e.Origin, op + "(", $", {text})"));
        }
    }

    /// <summary>Another value in the place of the operand.</summary>
    public static Substitute Named(string argument, Surface e, string name, ImmutableArray<Dim> shape) =>
        new(argument, Surface.Of("local", name), shape, Repair.Replace($"Use '{name}' instead of '{Short(e)}'", "Other value", e.Origin, name));

    /// <summary>The expression in another element type.</summary>
    public static Repair Converted(Surface e, DType dtype)
    {
        var binds = e is { Kind: "arg", Count: 1 } ? e[0].Kind : e.Kind;
        var isLoose = binds is "binary" or "unary" or "cond" or "number" or "lambda";
        return Repair.Wrap($"Convert to {dtype}", $"Convert to {dtype}", e.Origin, isLoose ? "(" : "", $"{(isLoose ? ")" : "")}.To(DType.{dtype})");
    }

    private static Surface Call(string op, params Surface[] arguments) =>
        Surface.Of("op", op, null, [.. arguments.Select(a => Surface.Of("arg", "x", a.Origin, a))]);

    private static Edit Between(int start, int end, Origin file) => new(file with { Start = start, Length = end - start }, "");

    private static int End(Origin origin) => origin.Start + origin.Length;

    private static string Short(Surface e) => Interpreter.NameOf(e);
}

/// <summary>Proposals for operands that do not fit.</summary>
internal sealed partial class Interpreter
{
    /// <summary>
    /// Adds to a finding about shapes what would fit: an operand transposed, else one with a dim of size 1 more or less, else another value in scope. One
    /// that is the only one of its kind is proposed in words; each becomes a code fix.
    /// </summary>
    /// <param name="whole">The expression that a proposal shows.</param>
    /// <param name="fits">Whether all is well when an operand has another shape.</param>
    /// <param name="exchange">What exchanges the operands, where that is a proposal.</param>
    public Finding Suggest(
        Finding finding, Surface whole, ImmutableArray<(string Argument, Surface Source, Node Node)> operands, Func<string, ImmutableArray<Dim>, bool> fits,
        bool transpose = true, bool resize = true, bool others = true, (Surface Whole, Repair Repair)? exchange = null)
    {
        // Where numbers of dimensions differ, one is missing; else they are in another order.
        var proposals = resize && operands.Any(o => o.Node.Rank != operands[0].Node.Rank) ? Resized() : [];
        if (proposals.Count == 0 && transpose) proposals = Proposals(o => Substitute.Transposed(o.Argument, o.Source, o.Node.Shape));
        if (exchange is { } both) proposals.Add((SurfaceText.ToCSharp(both.Whole), both.Repair));
        if (proposals.Count == 0 && resize) proposals = Resized();
        if (proposals.Count == 0 && others)
        {
            var named = operands.Select(o => SurfaceText.ToCSharp(o.Source)).ToList();
            proposals = Proposals(o => (o.Source.Kind is "local" or "param" or "buffer" ? Visible(o.Node.Type.DType) : []).Where(v => !named.Contains(v.Name))
                .Select(v => Substitute.Named(o.Argument, o.Source, v.Name, v.Shape)));
        }
        // A choice among many is none.
        if (proposals.Count > 3) return finding;
        if (proposals.Count == 1 && proposals[0].Text.Length <= 80)
            finding = finding with { Arguments = new([finding.Arguments[0] + $". Did you mean {proposals[0].Text}?", .. finding.Arguments.Items.Skip(1)]) };
        return finding.With([.. proposals.Select(p => p.Repair)]);

        List<(string Text, Repair Repair)> Resized() => Proposals(o => Substitute.Resized(o.Argument, o.Source, o.Node.Shape));

        List<(string Text, Repair Repair)> Proposals(Func<(string Argument, Surface Source, Node Node), IEnumerable<Substitute>> all) =>
            [.. operands.SelectMany(o => all(o).Where(s => fits(s.Argument, s.Shape)).Select(s => (SurfaceText.ToCSharp(Replace(whole, o.Source, s.Expression)), s.Repair)))];
    }

    private static Surface Replace(Surface node, Surface old, Surface with) =>
        ReferenceEquals(node, old) ? with : new(node.Kind, node.Value, [.. node.Items.Select(item => Replace(item, old, with))], node.Origin);

    /// <summary>The tensors that a body can name here, with their shapes: locals and arguments, then the parameters of the class.</summary>
    public IEnumerable<(string Name, ImmutableArray<Dim> Shape)> Visible(DType dtype)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var scope = _call.Scope; scope is not null; scope = scope.Outer)
        {
            foreach (var (name, value) in scope.Locals)
                if (names.Add(name) && value is TensorValue tensor && tensor.Type.DType == dtype) yield return (name, tensor.Type.Shape);
        }
        foreach (var parameter in _call.Instance.Declaration.Parameters)
        {
            if (!names.Add(parameter.Name) || ParseDType(parameter.DType) != dtype || ShapeOf(parameter) is not { } shape) continue;
            yield return (parameter.Name, shape);
        }
    }

    /// <summary>The shape of a parameter of the class; null where it has a mistake of its own.</summary>
    private ImmutableArray<Dim>? ShapeOf(ParameterDeclaration parameter)
    {
        try
        {
            return Shape(parameter.Shape, parameter.ShapeOrigin, _call.Instance, s_none, "");
        }
        catch (Refusal)
        {
            return null;
        }
    }
}
