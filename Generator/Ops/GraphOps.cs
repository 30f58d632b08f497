using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Ops;

/// <summary>Traversals of graphs: reading at the ends of edges, a function of what is read, and a reduction over the edges of each node.</summary>
internal static class GraphOps
{
    public static void Define(Dictionary<string, Func<OpCall, Value>> ops)
    {
        ops.Add("Propagate", Propagate);
        ops.Add("Pool", Pool);
        ops.Add("InDegrees", c => c.Result(Counts(c, "Incoming")));
        ops.Add("OutDegrees", c => c.Result(Counts(c, "Outgoing")));
    }

    private static GraphValue Graph(OpCall c) => c.Of("graph") is GraphValue graph ? graph : throw Interpreter.Wrong(c.Of("graph"), "a graph", c.Source("graph"));

    private static Value Propagate(OpCall c)
    {
        var graph = Graph(c);
        var lambda = c.Source("message");
        if (lambda is not { Kind: "lambda", Count: 2 } || lambda[0] is not { Kind: "names", Count: 3 })
            throw Refusal.Of("PRX0115", lambda.Origin, "Propagate takes a lambda of one expression, as (source, target, edge) => x[source]");
        var value = c.Interpreter.TensorFunction(lambda, [graph.Part("Sources"), graph.Part("Targets"), graph.Part("Edges")]);
        if (value == Value.Error) return value;
        var messages = c.Interpreter.ToTensor(value, lambda[1]);
        Slices(c, lambda[1], messages, graph.Size(1), "PRX0140", "edges", value is not TensorValue);
        return c.Result(Join(c, lambda[1], messages, graph, "Targets", "Incoming"));
    }

    private static Value Pool(OpCall c)
    {
        var graph = Graph(c);
        var x = c.Tensor("x");
        Slices(c, c.Source("x"), x, graph.Size(0), "PRX0104", "nodes", false);
        return c.Result(Join(c, c.Source("x"), x, graph, "Membership", "Graphs"));
    }

    /// <summary>There must be a slice for each edge, or node.</summary>
    private static void Slices(OpCall c, Surface e, Node x, Dim count, string id, string what, bool isNumber)
    {
        string Words() => $"{c.Name}: {(isNumber ? $"{Interpreter.NameOf(e)} is one number" : Interpreter.Describe(e, x))}; its first dimension must be that of the {what}, {count}";
        Finding Refuse() => Finding.Of(id, e.Origin, Words()).With(c.Interpreter.Declarations(x.Rank == 0 ? [count] : [x.Shape[0], count]));
        if (x.Rank == 0) throw new Refusal(Refuse());
        c.Interpreter.RequireEqual(count, x.Shape[0], Words, Refuse);
    }

    /// <summary>The number of each range, Int64.</summary>
    private static Node Counts(OpCall c, string ranges)
    {
        var part = Graph(c).Part(ranges);
        var node = c.Interpreter.ToNode(part, DType.Int64, c.Source("graph"));
        return c.B.Sub(c.B.Select(node, 1, Dim.One), c.B.Select(node, 1, Dim.Zero));
    }

    private static Node Join(OpCall c, Surface e, Node x, GraphValue graph, string index, string ranges)
    {
        var b = c.B;
        var reduce = c.Has("reduce") && c.Of("reduce") is TextValue text ? text.Text : "Sum";
        if (x.Type.DType == DType.Bool) x = b.Cast(x, DType.Int64);
        if (reduce == "Mean" && !x.Type.IsFloat)
            throw new Refusal(Finding.Of("PRX0111", e.Origin, $"{c.Name}: {Interpreter.NameOf(e)} is {x.Type.DType}; convert it with To(DType.Float32)").With(Substitute.Converted(e, DType.Float32)));
        if (reduce is "Max" or "Min" && !x.Type.IsFloat) x = b.Cast(x, DType.Float32);
        var part = graph.Part(index);
        var count = graph.Part(ranges).Type.Shape[0];
        var position = c.Interpreter.ToNode(part, DType.Int64, c.Source("graph"));
        c.Interpreter.RequireIndices(position, count);
        var (segments, inverse) = (b.Broadcast(b.Reshape(position, [x.Shape[0]]), x.Shape, [0]), c.Interpreter.InverseOf(part, count, x.Shape[0]));
        var type = x.Type.With(x.Shape.SetItem(0, count));
        Node Each() => b.Broadcast(Counts(c, ranges), type.Shape, [0]);
        switch (reduce)
        {
            case "Sum": return b.Scatter(Op.ScatterAdd, b.Zeros(type), segments, x, 0, inverse);
            case "Mean":
                var sum = b.Scatter(Op.ScatterAdd, b.Zeros(type), segments, x, 0, inverse);
                return b.Div(sum, b.Cast(b.Pointwise(Op.Max, Each(), b.Full(1, DType.Int64, type.Shape)), type.DType));
            default:
                var (op, nothing) = reduce == "Max" ? (Op.ScatterMax, double.NegativeInfinity) : (Op.ScatterMin, double.PositiveInfinity);
                var extreme = b.Scatter(op, b.Full(nothing, type), segments, x, 0, inverse);
                return b.Where(b.Pointwise(Op.Greater, Each(), b.Full(0, DType.Int64, type.Shape)), extreme, b.Zeros(type));
        }
    }
}
