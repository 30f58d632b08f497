using System.Collections.Immutable;
using System.Globalization;
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
            var member = FunctionalCalls.Arguments(instance.Declaration).FirstOrDefault(a => a.Argument == argument.Value).Member
                ?? throw Refusal.Of("PRX0116", e.Origin, $"{instance.Declaration.Name} has no parameter or child for the argument '{argument.Value}' of With");
            var child = instance.Declaration.Children.Items.FirstOrDefault(c => c.Name == member);
            if (child is { Count: not null } && argument[0].Kind != "null")
            {
                given = given.SetItem(member, Fitting(instance, child, ElementsOf(argument[0]), argument));
                continue;
            }
            var value = Evaluate(argument[0]);
            if (value == Value.Error) throw new Refusal(null);
            if (value == Value.Nothing) continue;
            given = given.SetItem(member, child is null ? Fitting(instance, instance.Declaration.Parameters.Items.First(p => p.Name == member), value, argument, e) : Fitting(instance, child, value, argument));
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
        return new ChildValue(On(instance, child, InDeclaration(instance, () => Receiver(Surface.Of("field", child.Name, argument.Origin))), other, argument));
    }

    /// <summary>A child, or an element of an array, on the tensors of another network that has its sizes.</summary>
    private Instance On(Instance instance, ChildDeclaration child, Instance own, Instance other, Surface argument)
    {
        foreach (var size in own.Declaration.Sizes)
        {
            if (size.Type != "int" || own.Sizes[size.Name] is not SizeValue { Dim: var expected } || other.Sizes[size.Name] is not SizeValue { Dim: var actual }) continue;
            string Words() => $"With: {size.Name} of {instance.Declaration.Name}.{child.Name} is {expected}, and that of {NameOf(argument)} is {actual}";
            RequireEqual(expected, actual, Words, () => Finding.Of("PRX0103", argument.Origin, Words()).With([child.Origin, .. Declarations(expected, actual)]));
        }
        return own.On(other);
    }

    // ---- Arrays of children ----

    /// <summary>The networks for an array of children: those of an array, written one by one, or by Repeat as a function of the index.</summary>
    private ChildrenValue ElementsOf(Surface e)
    {
        switch (e.Kind)
        {
            case "array":
                var items = e.Items.Select(Receiver).ToImmutableArray();
                return new(Dim.Of(items.Length), index => index.Constant is { } i && i >= 0 && i < items.Length ? items[(int)i]
                    : throw Refusal.Of("PRX0114", e.Origin, "which element this is must be known at build time; write Repeat(count, k => ..) for the elements of an array that Repeat has made"));
            case "field" when Child(e.Value) is { Count: not null } own:
                return new(CountOf(own, e), Later(index => ElementOf(own, index, e)));
            case "op" when e.Value == "Repeat" && Argument("count") is { } count && Argument("create") is { Kind: "lambda" } create && create[0].Count == 1:
                return new(ToSize(Evaluate(count), count), Later(index =>
                {
                    _call.Scope.Declare(create[0][0].Value, new SizeValue(index));
                    return Receiver(create[1]);
                }));
            default:
                throw Refusal.Of("PRX0114", e.Origin, $"the argument of an array of children is an array of this class, [a, b], or Repeat(count, k => ..), and not {SurfaceText.ToCSharp(e)}");
        }

        Surface? Argument(string name) => e.Items.FirstOrDefault(a => a.Kind == "arg" && a.Value == name && a.Count == 1)?[0];
    }

    /// <summary>A function of an index that is evaluated where an element is used, with the values of locals and buffers that there are here.</summary>
    private Func<Dim, Instance> Later(Func<Dim, Instance> element)
    {
        var (call, state, locals) = (_call, _root.State, new Scope(null));
        for (var scope = call.Scope; scope is not null; scope = scope.Outer)
            foreach (var (name, value) in scope.Locals)
                if (locals.Find(name) is null) locals.Declare(name, value);
        return index =>
        {
            var now = (Call: _call, call.Scope, _root.State, InLambda: _inLambda, Warnings: _warnings.Count);
            (_call, call.Scope, _root.State, _inLambda) = (call, new Scope(locals), state, false);
            try
            {
                return element(index);
            }
            finally
            {
                (call.Scope, _root.State, _inLambda) = (now.Scope, now.State, now.InLambda);
                _call = now.Call;
                _warnings.RemoveRange(now.Warnings, _warnings.Count - now.Warnings);
            }
        };
    }

    /// <summary>Networks in the places of the elements of an array, as many, of the same sizes.</summary>
    private ChildrenValue Fitting(Instance instance, ChildDeclaration child, ChildrenValue given, Surface argument)
    {
        var count = InDeclaration(instance, () => CountOf(child, argument));
        string Words() => $"With: {instance.Declaration.Name}.{child.Name} has {count} elements, and {NameOf(argument)} has {given.Count}";
        RequireEqual(count, given.Count, Words, () => Finding.Of("PRX0103", argument.Origin, Words()).With([child.Origin, .. Declarations(count, given.Count)]));
        var own = instance.With(instance.Given.Remove(child.Name));
        var fitting = new ChildrenValue(count, Later(index => On(instance, child, InDeclaration(own, () => OwnElement(child, index, argument)), given.Element(index), argument)));
        // Mistakes are those of the With, whether an element is used or not.
        if (child.Elements.Count > 0)
            for (var i = 0; i < child.Elements.Count; i++) fitting.Element(Dim.Of(i));
        else if (count.Constant is not <= 0)
            InBody(count, counter => fitting.Element(counter));
        return fitting;
    }

    /// <summary>Evaluates something for an element whose index is a counter, in a frame of its own.</summary>
    private (T Value, Frame Inner, string Counter) InBody<T>(Dim count, Func<Dim, T> evaluate)
    {
        var (outer, counter) = (_frame, Unique("k"));
        _counters.Add(counter);
        _frame = new Frame(outer);
        _frame.Builder.Source = outer.Builder.Source;
        _call.Inside++;
        try
        {
            return (evaluate(Dim.Counter(counter, count)), _frame, counter);
        }
        finally
        {
            _counters.Remove(counter);
            _names.Remove(counter);
            _frame = outer;
            _call.Inside--;
        }
    }

    /// <summary>The tensor that a name from a network on means, for a function that takes it as an argument: what With has given lies elsewhere, and that of an array is stacked.</summary>
    private Node ArgumentNode(Instance instance, string name, TensorType type, ArgumentKind kind, Surface e)
    {
        if (Given(instance, name) is not var (given, rest)) return WeightNode(instance, name, type, kind, PathOf(instance.Declaration, name));
        if (given is ChildValue child) return ArgumentNode(child.Instance, rest, type, kind, e);
        var (children, dot) = ((ChildrenValue)given, rest.IndexOf('.'));
        var (place, member) = (rest.Substring(0, dot), rest.Substring(dot + 1));
        if (place != "*") return ArgumentNode(children.Element(Dim.Of(int.Parse(place, CultureInfo.InvariantCulture))), member, type, kind, e);
        var rowType = type.With(type.Shape.RemoveAt(0));
        var (row, inner, counter) = InBody(type.Shape[0], index => ArgumentNode(children.Element(index), member, rowType, kind, e));
        // All rows of one tensor, in order, are that tensor.
        for (var i = 0; i < inner.Inner.Length; i++)
            if (inner.Inner[i].Rank == type.Rank && inner.Builder.Select(inner.Inner[i], 0, Dim.Counter(counter, type.Shape[0])) == row) return Builder.Reshape(inner.Outer[i], type.Shape);
        _names.Add(counter);
        return Builder.Loop(new LoopInfo(counter, type.Shape[0], 0, EquatableArray<int>.Empty, 1, new Region([.. inner.Inner], [row])), [.. inner.Outer])[0];
    }

    /// <summary>Whose buffer a name from a network on means, and its name there: what With has given lies elsewhere.</summary>
    private static (Instance Owner, string Name) Owner(Instance instance, string name, Surface e)
    {
        while (Given(instance, name) is var (given, rest))
        {
            if (given is not ChildValue child) throw Refusal.Of("PRX0114", e.Origin, "a derived method of a network on given arrays of children cannot assign the buffers of their elements");
            (instance, name) = (child.Instance, rest);
        }
        return (instance, name);
    }

    /// <summary>What stands for the child that a name starts with, and the rest of the name; null where the child is the network's own.</summary>
    private static (Value Given, string Within)? Given(Instance instance, string name) =>
        name.IndexOf('.') is > 0 and var dot && instance.Given.TryGetValue(name.Substring(0, dot), out var given) ? (given, name.Substring(dot + 1)) : null;
}
