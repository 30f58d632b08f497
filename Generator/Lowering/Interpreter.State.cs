using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

/// <summary>
/// Buffers that bodies assign. What is read after an assignment is the new value; the function gives the last values as further results, which the
/// generated method writes to the buffers' memory at its end.
/// </summary>
internal sealed partial class Interpreter
{
    /// <summary>Marks the name of a buffer among names of locals.</summary>
    private const char Buffer = '\0';

    /// <summary>What a local, or a buffer under its marked full name, stands for.</summary>
    private Value? Find(string name) => name[0] != Buffer ? _call.Scope.Find(name) : StateValue(name.Substring(1));

    private void Store(string name, Value value)
    {
        if (name[0] != Buffer) _call.Scope.Assign(name, value);
        else _root.State = _root.State.SetItem(name.Substring(1), value);
    }

    private static string Words(string name) => name[0] == Buffer ? name.Substring(1) : name;

    private Value StateValue(string fullName) =>
        _root.State.TryGetValue(fullName, out var value) ? value : new TensorValue(_root.Weights[fullName].Argument.Node, _root.Frame);

    private Node StateNode(string fullName) => StateValue(fullName) is TensorValue tensor ? _frame.Import(tensor.Node, tensor.Home) : throw new Refusal(null);

    private ImmutableArray<string> StateNames() => [.. _root.State.Keys];

    private ImmutableArray<Node> StateResults() => [.. _root.State.Keys.Select(StateNode)];

    /// <summary>The buffers whose values differ from an earlier state, as marked names.</summary>
    private ImmutableArray<string> AssignedSince(ImmutableSortedDictionary<string, Value> before) =>
        [.. _root.State.Where(pair => !before.TryGetValue(pair.Key, out var value) || !ReferenceEquals(value, pair.Value)).Select(pair => Buffer + pair.Key)];

    private void SetBuffer(Surface s)
    {
        var instance = s.Count > 1 ? Receiver(s[1]) : _call.Instance;
        var parameters = instance.Declaration.Parameters.Items;
        var ordinal = parameters.ToList().FindIndex(p => p.Name == s.Value && p.IsBuffer);
        if (ordinal < 0) throw Refusal.Of("PRX0116", s.Origin, $"{instance.Declaration.Name} has no buffer '{s.Value}'");
        var declaration = parameters[ordinal];
        var type = new TensorType(
            ParseDType(declaration.DType) ?? DType.Float32, Shape(declaration.Shape, declaration.ShapeOrigin, instance, s_none, ParameterNames(instance.Declaration)));
        // In error until the new value is known: what reads it stays silent.
        var value = Evaluate(s[0], s);
        var source = s[0];
        if (value is TensorValue tensor && tensor.Type.DType != type.DType)
        {
            throw new Refusal(Finding.Of("PRX0111", source.Origin, $"{declaration.Name} is declared {type.DType}, and {NameOf(source)} is {tensor.Type.DType}; convert it with To")
                .With([declaration.ShapeOrigin]));
        }
        var node = ToNode(value, type.DType, source);
        string Message(string why) => $"{declaration.Name} is declared [{declaration.Shape}], and {Describe(source, node)}; {why}";
        if (node.Rank != type.Rank)
            throw new Refusal(Finding.Of("PRX0103", source.Origin, Message($"it has {Count(type.Rank, "dimension")} there and {node.Rank} here")).With([declaration.ShapeOrigin]));
        for (var i = 0; i < type.Rank; i++)
        {
            var (expected, actual) = (type.Shape[i], node.Shape[i]);
            RequireEqual(expected, actual, () => Message($"dimension {i} must be {expected}"), () =>
                Finding.Of("PRX0103", source.Origin, Message($"{expected} and {actual} differ")).With([declaration.ShapeOrigin, .. Declarations(expected, actual)]));
        }
        SetState(instance, declaration.Name, Builder.Reshape(node, type.Shape), ArgumentKind.Buffer, [ordinal]);
    }

    /// <summary>Gives a buffer a new value; that of an element of an array of children goes to its row of the stack.</summary>
    private void SetState(Instance instance, string name, Node value, ArgumentKind kind, ImmutableArray<int> path)
    {
        var stack = StackNode(instance, name, value.Type, kind, path);
        var fullName = instance.Prefix + name;
        var b = Builder;
        if (instance.Stack.Length > 0)
        {
            Node? isRow = null;
            for (var level = 0; level < instance.Stack.Length; level++)
            {
                var index = b.Broadcast(b.Size(instance.Stack[level].Index, DType.Int64), stack.Shape, []);
                var here = b.Pointwise(Op.Equal, b.Iota(stack.Shape, level, DType.Int64), index);
                isRow = isRow is null ? here : b.Pointwise(Op.And, isRow, here);
            }
            value = b.Where(isRow!, b.Broadcast(value, stack.Shape, [.. Enumerable.Range(instance.Stack.Length, value.Rank)]), stack);
        }
        if (value.Op is not (Op.Parameter or Op.Full)) value.Name ??= name;
        _root.State = _root.State.SetItem(fullName, Result(value));
    }

    /// <summary>A value under another name or form: still the tensor of a buffer, if it was one.</summary>
    private TensorValue SameTensor(Node node, Value like) => new(node, _frame) { Alias = (like as TensorValue)?.Alias, Inverse = (like as TensorValue)?.Inverse ?? default };

    /// <summary>The body as written reads a buffer's memory wherever a local that holds it is used; here the local holds what was read first.</summary>
    private void RequireFresh(TensorValue tensor, Surface e)
    {
        if (tensor.Alias is not var (buffer, assigned) || ReferenceEquals(_root.State.GetValueOrDefault(buffer), assigned)) return;
        throw Refusal.Of("PRX0006", e.Origin,
            $"'{SurfaceText.ToCSharp(e)}', which is the buffer {buffer} itself and has been assigned since it was read,", "read the buffer again, or keep a value computed from it");
    }
}
