using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Ops;

/// <summary>Tensors made from sizes and numbers.</summary>
internal static class CreateOps
{
    public static void Define(Dictionary<string, Func<OpCall, Value>> ops)
    {
        ops.Add("Zeros", c => c.Result(c.B.Full(0, c.DTypeOf("dtype", DType.Float32), Shape(c))));
        ops.Add("Ones", c => c.Result(c.B.Full(1, c.DTypeOf("dtype", DType.Float32), Shape(c))));
        ops.Add("Full", c => c.Result(c.B.BroadcastTo(c.Tensor("value", c.DTypeOf("dtype", DType.Float32)), Shape(c))));
        ops.Add("Arange", Arange);
        ops.Add("Eye", c => c.Result(Eye(c)));
        ops.Add("OneHot", c => c.Result(c.B.Cast(OneHot(c, Indices(c, "indices"), Positive(c, c.Size("classes"), "classes")), c.DTypeOf("dtype", DType.Int64))));
    }

    public static ImmutableArray<Dim> Shape(OpCall c)
    {
        var shape = c.Sizes("shape");
        foreach (var dim in shape) Positive(c, dim, "shape");
        return shape;
    }

    public static Dim Positive(OpCall c, Dim dim, string argument)
    {
        c.Interpreter.RequireAtMost(Dim.Zero, dim, () => $"{c.Name}: the size {dim} must not be negative",
            () => Finding.Of("PRX0110", c.Source(argument).Origin, $"{c.Name}: the size {dim} is negative"));
        return dim;
    }

    private static Value Arange(OpCall c)
    {
        var dtype = c.DTypeOf("dtype", DType.Int64);
        var start = c.Has("start") ? c.Size("start") : Dim.Zero;
        var end = c.Size("end");
        var step = c.Has("step") ? c.Size("step") : Dim.One;
        if (step.Constant is not { } by || by == 0)
            throw Refusal.Of("PRX0114", c.Source("step").Origin, "Arange: the step is a number other than 0, known at build time");
        var words = $"steps of {step} do not lead from {start} to {end}";
        var (low, high) = by > 0 ? (start, end) : (end, start);
        c.Interpreter.RequireAtMost(low, high, () => $"Arange: {words}", () => c.Refuse("PRX0110", words, start, end).Finding!);
        var count = by > 0 ? Dim.CeilDiv(end - start, step) : Dim.CeilDiv(start - end, -step);
        // Positions are integers; they become the element type last, as the reference does it.
        var exact = dtype == DType.Bool ? DType.Int64 : dtype;
        Node iota = c.B.Iota([count], 0, exact);
        if (by != 1) iota = c.B.Scale(iota, by);
        if (!start.IsZero) iota = c.B.Add(iota, c.B.BroadcastTo(c.B.Size(start, exact), [count]));
        return c.Result(c.B.Cast(iota, dtype));
    }

    private static Node Eye(OpCall c)
    {
        var n = Positive(c, c.Size("n"), "n");
        var diagonal = c.B.Pointwise(Op.Equal, c.B.Iota([n, n], 0, DType.Int64), c.B.Iota([n, n], 1, DType.Int64));
        return c.B.Cast(diagonal, c.DTypeOf("dtype", DType.Float32));
    }

    public static Node Indices(OpCall c, string argument)
    {
        var indices = c.Tensor(argument);
        if (indices.Type.DType == DType.Int64) return indices;
        throw new Refusal(Finding.Of("PRX0111", c.Source(argument).Origin, $"{c.Name}: {SurfaceText.ToCSharp(c.Source(argument))} is {indices.Type.DType}; classes are Int64")
            .With(Substitute.Converted(c.Source(argument), DType.Int64)));
    }

    /// <summary>Bool: [.. classes], true where the position is the index.</summary>
    public static Node OneHot(OpCall c, Node indices, Dim classes)
    {
        c.Interpreter.RequireIndices(indices, classes);
        ImmutableArray<Dim> shape = [.. indices.Shape, classes];
        var positions = c.B.Iota(shape, shape.Length - 1, DType.Int64);
        return c.B.Pointwise(Op.Equal, positions, c.B.Unreduce(indices, shape, [shape.Length - 1]));
    }
}
