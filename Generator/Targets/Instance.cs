using System.Collections.Immutable;
using Proxima.Generator.Frontend;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Targets;

/// <summary>What a target's constructor takes before the sizes.</summary>
/// <param name="Current">The expression that gives it back, for a twin.</param>
/// <param name="Keep">The statements with which the constructor starts.</param>
internal sealed record LeadingParameter(string Type, string Name, string Current, ImmutableArray<string> Keep);

/// <summary>Prints what every compiled class holds: the sizes of its constructor and the tensors of its parameters.</summary>
internal static class Instance
{
    public static void Print(CodeWriter writer, NetworkDeclaration network, ImmutableArray<CompiledMethod> methods, string type, LeadingParameter? first = null)
    {
        foreach (var size in network.Sizes)
            writer.Line($"private readonly {FieldType(size.Type)} {Names.Identifier(size.Name)};");
        var weights = methods.SelectMany(method => method.Variants).SelectMany(plan => plan.Function.Arguments.Items)
            .Where(argument => argument.Kind != ArgumentKind.Input).Select(argument => argument.Name)
            .Concat(methods.SelectMany(method => method.Function.States.Items)).Distinct().OrderBy(name => name, StringComparer.Ordinal).ToArray();
        foreach (var weight in weights) writer.Line($"private Tensor {Entry.FieldOf(weight)} = null!;");
        var parameters = network.Sizes.Items.Select(size => $"{size.Type} {Names.Identifier(size.Name)}{(size.Default is { } value ? " = " + value : "")}");
        if (first is not null) parameters = parameters.Prepend($"{first.Type} {first.Name}");
        var passed = string.Join(", ", network.Sizes.Items.Select(size => Names.Identifier(size.Name)));
        writer.Blank().Summary("Allocates the parameters and initialises them with seed 0.");
        using (writer.Block($"public {type}({string.Join(", ", parameters)}) : base({passed})"))
        {
            foreach (var statement in first?.Keep ?? []) writer.Line(statement);
            foreach (var size in network.Sizes)
            {
                var name = Names.Identifier(size.Name);
                writer.Line($"this.{name} = {(size.Type == "bool" ? $"{name} ? 1 : 0" : size.Type == "double" ? "(float)" + name : name)};");
            }
            writer.Line("OnParametersChanged();");
        }
        writer.Blank().Summary("Another instance over the same parameters, for another thread.");
        var arguments = network.Sizes.Items.Select(size => size.Type switch { "bool" => $"{Names.Identifier(size.Name)} != 0", "int" => $"(int){Names.Identifier(size.Name)}", _ => Names.Identifier(size.Name) });
        if (first is not null) arguments = arguments.Prepend(first.Current);
        using (writer.Block($"public {type} Share()"))
        {
            writer.Line($"var twin = new {type}({string.Join(", ", arguments)});").Line("twin.ShareFrom(this);").Line("return twin;");
        }
        if (network.With is not null && !FunctionalCalls.Arguments(network).IsEmpty)
            writer.Blank().Doc("<inheritdoc/>").Line("protected override Network CreateTwin() => Share();");
        writer.Blank().Doc("<inheritdoc/>");
        using (writer.Block("protected override void OnParametersChanged()"))
            foreach (var weight in weights) writer.Line($"{Entry.FieldOf(weight)} = Find(\"{weight}\");");
        writer.Blank().Doc("<inheritdoc/>");
        using (writer.Block("protected override void OnConverting(DType dtype)"))
            writer.Line($"throw new NotSupportedException($\"{network.Name}.{type} is compiled for the declared element types; convert the reference instance to {{dtype}} instead.\");");
    }

    private static string FieldType(string type) => type switch { "int" or "bool" => "nint", _ => "float" };
}
