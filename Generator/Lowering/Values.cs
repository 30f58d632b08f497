using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

/// <summary>What an expression of a body stands for while the body is interpreted.</summary>
internal abstract class Value
{
    /// <summary>The value of an expression that has already been reported; whatever uses it stays silent.</summary>
    public static readonly Value Error = new ErrorValue();

    /// <summary>The value of <c>null</c> and of a local that is declared but not assigned.</summary>
    public static readonly Value Nothing = new NothingValue();

    /// <summary>What messages call it.</summary>
    public abstract string Kind { get; }

    private sealed class ErrorValue : Value
    {
        public override string Kind => "an error";
    }

    private sealed class NothingValue : Value
    {
        public override string Kind => "nothing";
    }
}

/// <summary>A tensor: a node and the frame whose graph it belongs to.</summary>
internal sealed class TensorValue(Node node, Frame home) : Value
{
    public Node Node { get; } = node;

    public Frame Home { get; } = home;

    public TensorType Type => Node.Type;

    /// <summary>Where the value is the very tensor of a buffer: its full name, and the value that it had been assigned by then.</summary>
    public (string Buffer, Value? Assigned)? Alias { get; init; }

    /// <summary>Where it is an index of a graph: how that is known the other way round.</summary>
    public (TensorValue? Order, TensorValue? Ranges) Inverse { get; init; }

    public override string Kind => "a tensor";
}

/// <summary>A graph: its tensors, by the names of the properties that hold them.</summary>
internal sealed class GraphValue : Value
{
    private readonly Dictionary<string, TensorValue> _parts;

    public GraphValue(Func<string, TensorValue> part)
    {
        _parts = GraphPart.Names.ToDictionary(name => name, part, StringComparer.Ordinal);
        foreach (var name in GraphPart.Names.Where(GraphPart.IsIndex))
        {
            var (order, ranges) = GraphPart.InverseOf(name);
            _parts[name] = new(_parts[name].Node, _parts[name].Home) { Inverse = (order is null ? null : _parts[order], ranges is null ? null : _parts[ranges]) };
        }
    }

    public TensorValue Part(string name) => _parts[name];

    /// <summary>The number of nodes, edges, relations or graphs.</summary>
    public Dim Size(int what) => _parts[GraphPart.Binding(what)].Type.Shape[0];

    public override string Kind => "a graph";
}

/// <summary>An int: a polynomial over the named sizes.</summary>
internal sealed class SizeValue(Dim dim) : Value
{
    public Dim Dim { get; } = dim;

    public override string Kind => "a size";
}

/// <summary>A float or double of C#: a rank-0 Float64 node that no tensor goes into. It takes the element type of the tensor it meets.</summary>
internal sealed class NumberValue(Node node, Frame home) : Value
{
    public Node Node { get; } = node;

    public Frame Home { get; } = home;

    public double? Constant => Node.Op == Op.Full ? Node.Number : null;

    public override string Kind => "a number";
}

/// <summary>A bool of C#: a condition on sizes.</summary>
internal sealed class ConditionValue(Condition condition) : Value
{
    public Condition Condition { get; } = condition;

    public override string Kind => "a condition";
}

internal sealed class TextValue(string text) : Value
{
    public string Text { get; } = text;

    public override string Kind => "a string";
}

internal sealed class TupleValue(ImmutableArray<Value> items) : Value
{
    public ImmutableArray<Value> Items { get; } = items;

    public override string Kind => "a tuple";
}

/// <summary>A collection of tensors or sizes, as Concat or Reshape take it.</summary>
internal sealed class ListValue(ImmutableArray<Value> items) : Value
{
    public ImmutableArray<Value> Items { get; } = items;

    public override string Kind => "a list";
}

/// <summary>An array of child networks that With is given: how many there are, and the one at an index.</summary>
internal sealed class ChildrenValue(Dim count, Func<Dim, Instance> element) : Value
{
    public Dim Count { get; } = count;

    public Func<Dim, Instance> Element { get; } = element;

    public override string Kind => "an array of child networks";
}

/// <summary>A child network.</summary>
internal sealed class ChildValue(Instance instance) : Value
{
    public Instance Instance { get; } = instance;

    public override string Kind => "a child network";
}

/// <summary>What a gradient method returns: the value and one tensor per parameter, by full name.</summary>
/// <param name="prefix">How the caller names the network whose parameters these are: "" for its own, "first." for a child.</param>
internal sealed class GradientsValue(Value value, ImmutableDictionary<string, Value> items, string prefix) : Value
{
    public Value Value { get; } = value;

    public ImmutableDictionary<string, Value> Items { get; } = items;

    public string Prefix { get; } = prefix;

    public override string Kind => "Gradients";
}

/// <summary>A condition on sizes, in terms of two relations: equal, and less or equal.</summary>
internal abstract record Condition
{
    public static Condition Of(bool value) => new Known(value);

    public static Condition Compare(string op, Dim a, Dim b) => op switch
    {
        "==" => new Atom(a, "==", b),
        "!=" => new Not(new Atom(a, "==", b)),
        "<=" => new Atom(a, "<=", b),
        ">=" => new Atom(b, "<=", a),
        "<" => new Not(new Atom(b, "<=", a)),
        _ => new Not(new Atom(a, "<=", b)),
    };

    /// <summary>Every dim the condition mentions.</summary>
    public abstract IEnumerable<Dim> Dims();

    public sealed record Known(bool Value) : Condition
    {
        public override IEnumerable<Dim> Dims() => [];
    }

    public sealed record Atom(Dim Left, string Relation, Dim Right) : Condition
    {
        public override IEnumerable<Dim> Dims() => [Left, Right];
    }

    public sealed record Not(Condition Operand) : Condition
    {
        public override IEnumerable<Dim> Dims() => Operand.Dims();
    }

    /// <summary><c>&amp;&amp;</c> or <c>||</c>, evaluated from the left and no further than needed.</summary>
    public sealed record Both(bool IsAnd, Condition Left, Condition Right) : Condition
    {
        public override IEnumerable<Dim> Dims() => Left.Dims().Concat(Right.Dims());
    }
}
