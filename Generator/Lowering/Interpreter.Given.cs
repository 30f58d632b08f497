using System.Collections.Immutable;
using Proxima.Generator.Frontend;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

/// <summary>Networks on computed parameters: <c>net.With(weight: w)</c>.</summary>
internal sealed partial class Interpreter
{
    private Instance With(Instance instance, Surface e)
    {
        var given = instance.Given;
        foreach (var argument in e.Items.Skip(1))
        {
            if (argument is not { Kind: "arg", Count: 1 }) throw Malformed(e);
            var value = Evaluate(argument[0]);
            if (value == Value.Error) throw new Refusal(null);
            if (value == Value.Nothing) continue;
            var member = FunctionalCalls.Arguments(instance.Declaration).FirstOrDefault(a => a.Argument == argument.Value).Member
                ?? throw Refusal.Of("PRX0116", e.Origin, $"{instance.Declaration.Name} has no parameter or child for the argument '{argument.Value}' of With");
            given = given.SetItem(member, instance.Declaration.Parameters.Items.FirstOrDefault(p => p.Name == member) is { } parameter
                ? Fitting(instance, parameter, value, argument, e)
                : Fitting(instance, instance.Declaration.Children.Items.First(c => c.Name == member), value, argument));
        }
        return instance.With(given);
    }

    /// <summary>A computed tensor in the form of the parameter that it stands for.</summary>
    private TensorValue Fitting(Instance instance, ParameterDeclaration parameter, Value value, Surface argument, Surface e)
    {
        var what = $"{instance.Declaration.Name}.{parameter.Name}";
        var dtype = ParseDType(parameter.DType) ?? DType.Float32;
        if (value is TensorValue tensor && tensor.Type.DType != dtype)
        {
            throw new Refusal(Finding.Of("PRX0111", argument.Origin, $"With: {what} is declared {dtype}, and {NameOf(argument)} is {tensor.Type.DType}; convert it with To")
                .With([parameter.ShapeOrigin]).With(Substitute.Converted(argument, dtype)));
        }
        var node = ToNode(value, dtype, argument);
        var shape = Shape(parameter.Shape, parameter.ShapeOrigin, instance, s_none, ParameterNames(instance.Declaration));
        if (node.Rank != shape.Length) throw new Refusal(Differs($"it has {Count(shape.Length, "dimension")} there and {node.Rank} here"));
        for (var axis = 0; axis < shape.Length; axis++)
        {
            var (expected, actual) = (shape[axis], node.Shape[axis]);
            RequireEqual(expected, actual, () => $"With: {what} is declared [{parameter.Shape}], and {Describe(argument, node)}; dimension {axis} must be {expected}",
                () => Differs($"{expected} and {actual} differ", expected, actual));
        }
        return Result(Builder.Reshape(node, shape));

        Finding Differs(string why, params Dim[] dims) => Suggest(
            Finding.Of("PRX0103", argument.Origin, $"With: {what} is declared [{parameter.Shape}], and {Describe(argument, node)}; {why}").With([parameter.ShapeOrigin, .. Declarations(dims)]),
            e, [("x", argument[0], node)], (_, to) => to.Length == shape.Length && to.Zip(shape, AreEqual).All(answer => answer == Answer.Yes), others: false);
    }

    /// <summary>A child on the tensors of another network of its class, which has its sizes.</summary>
    private ChildValue Fitting(Instance instance, ChildDeclaration child, Value value, Surface argument)
    {
        if (value is not ChildValue { Instance: var other }) throw Wrong(value, "a child network", argument[0]);
        var own = InDeclaration(instance, () => Receiver(Surface.Of("field", child.Name, argument.Origin)));
        foreach (var size in own.Declaration.Sizes)
        {
            if (size.Type != "int" || own.Sizes[size.Name] is not SizeValue { Dim: var expected } || other.Sizes[size.Name] is not SizeValue { Dim: var actual }) continue;
            string Words() => $"With: {size.Name} of {instance.Declaration.Name}.{child.Name} is {expected}, and that of {NameOf(argument)} is {actual}";
            RequireEqual(expected, actual, Words, () => Finding.Of("PRX0103", argument.Origin, Words()).With([child.Origin, .. Declarations(expected, actual)]));
        }
        return new ChildValue(own.On(other));
    }

    /// <summary>Whose tensor a name from a network on means, and its name there: what With has given lies elsewhere.</summary>
    private static (Instance Owner, string Name) Owner(Instance instance, string name)
    {
        for (var dot = name.IndexOf('.'); dot > 0 && instance.Given.TryGetValue(name.Substring(0, dot), out var given) && given is ChildValue child; dot = name.IndexOf('.'))
            (instance, name) = (child.Instance, name.Substring(dot + 1));
        return (instance, name);
    }
}
