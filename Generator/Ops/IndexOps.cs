using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Ops;

/// <summary>Reading and writing at positions that a tensor of Int64 holds, and what is computed over segments.</summary>
internal static class IndexOps
{
    public static void Define(Dictionary<string, Func<OpCall, Value>> ops)
    {
        ops.Add("IndexSelect", c => c.Result(Select(c, c.Tensor("x"), c.Axis("dim", c.Tensor("x")))));
        ops.Add("Gather", Gather);
        ops.Add("TakeAlongAxis", TakeAlongAxis);
        ops.Add("Embedding", Embedding);
        ops.Add("Scatter", c => Scatter(c, null));
        ops.Add("ScatterAdd", c => Scatter(c, Op.ScatterAdd));
        ops.Add("ScatterMax", c => Scatter(c, Op.ScatterMax));
        ops.Add("ScatterMin", c => Scatter(c, Op.ScatterMin));
        ops.Add("IndexAdd", IndexAdd);
        ops.Add("SegmentSum", c => c.Result(Segments(c, c.Tensor("x") is var x && x.Type.DType == DType.Bool ? c.B.Cast(x, DType.Int64) : x).Sum()));
        ops.Add("SegmentMean", Mean);
        ops.Add("SegmentMax", c => c.Result(Segments(c, c.Floating("x")).Max()));
        ops.Add("SegmentMin", c => c.Result(Segments(c, c.Floating("x")).Min()));
        ops.Add("SegmentLogSumExp", LogSumExp);
        ops.Add("SegmentSoftmax", Softmax);
        ops.Add("SegmentMatMul", Product);
    }

    // ---- Positions ----

    /// <summary>An operand that holds positions along an axis of x. An argument is checked at entry; in compiled code a computed one stops at the ends of the axis.</summary>
    private static Node Positions(OpCall c, string argument, Node x, int axis)
    {
        var index = c.Tensor(argument);
        if (index.Type.DType != DType.Int64)
            throw Refusal.Of("PRX0111", c.Source(argument).Origin, $"{c.Name}: {SurfaceText.ToCSharp(c.Source(argument))} is {index.Type.DType}; positions are Int64");
        var (size, count) = (x.Shape[axis], index.Type.Count);
        c.Interpreter.RequireIndices(index, size);
        // A graph without nodes has no edges.
        if (!c.Interpreter.InverseOf(c.Of(argument), size, count).IsNone) return index;
        // Where there is no position, none may be asked for.
        string Words() => $"{c.Describe(argument, index)}; dimension {axis} is {size}, and a position must be within it";
        c.Interpreter.RequireAtMost(count, count * size, () => $"{c.Name}: {Words()}", () => c.Refuse("PRX0113", Words(), size).Finding!);
        return index;
    }

    private static Func<Node, int, Node> Vector(OpCall c, string argument) => (x, axis) =>
    {
        var index = Positions(c, argument, x, axis);
        return index.Rank == 1 ? index : throw c.Refuse("PRX0109", $"{c.Describe(argument, index)}; it must have one dimension");
    };

    /// <summary>The same positions everywhere but along the axis.</summary>
    private static Node Along(OpCall c, Node index, ImmutableArray<Dim> shape, int axis) => c.B.Broadcast(index, shape.SetItem(axis, index.Shape[0]), [axis]);

    private static Node Select(OpCall c, Node x, int axis)
    {
        var index = Vector(c, "index")(x, axis);
        return c.B.Gather(x, Along(c, index, x.Shape, axis), axis, c.Interpreter.InverseOf(c.Of("index"), x.Shape[axis], index.Shape[0]));
    }

    private static string Words(OpCall c, Node x, Node index) => $"{c.Describe("x", x)}, {c.Describe("index", index)}";

    private static void RequireRank(OpCall c, Node x, Node index)
    {
        if (index.Rank != x.Rank) throw c.Refuse("PRX0109", $"{Words(c, x, index)}; they must have equally many dimensions");
    }

    // ---- Reading ----

    private static Value Gather(OpCall c)
    {
        var x = c.Tensor("x");
        var axis = c.Axis("dim", x);
        var index = Positions(c, "index", x, axis);
        RequireRank(c, x, index);
        for (var i = 0; i < x.Rank; i++)
        {
            var (have, asked, at) = (x.Shape[i], index.Shape[i], i);
            if (i == axis || c.Interpreter.AreEqual(have, asked) == Answer.Yes) continue;
            string Larger() => $"{Words(c, x, index)}; index must not be larger in dimension {at}";
            c.Interpreter.RequireAtMost(asked, have, () => $"{c.Name}: {Larger()}", () => c.Refuse("PRX0104", Larger(), asked, have).Finding!);
        }
        var block = c.B.Slice(x, [.. x.Shape.Select(_ => Dim.Zero)], index.Shape.SetItem(axis, x.Shape[axis]));
        return c.Result(c.B.Gather(block, index, axis));
    }

    private static Value TakeAlongAxis(OpCall c)
    {
        var x = c.Tensor("x");
        var axis = c.Axis("dim", x);
        var index = Positions(c, "index", x, axis);
        RequireRank(c, x, index);
        var shape = c.Broadcast(("x", Without(x)), ("index", Without(index)));
        return c.Result(c.B.Gather(c.Stretch(x, shape.SetItem(axis, x.Shape[axis])), c.Stretch(index, shape.SetItem(axis, index.Shape[axis])), axis));

        Node Without(Node node) => new(node.Op, node.Type.With(node.Shape.SetItem(axis, Dim.One)), []);
    }

    private static Value Embedding(OpCall c)
    {
        var weight = c.Tensor("weight");
        if (weight.Rank == 0) throw c.Refuse("PRX0109", $"{c.Describe("weight", weight)}; a scalar has no rows");
        var indices = Positions(c, "indices", weight, 0);
        var rows = Along(c, c.B.Reshape(indices, [indices.Type.Count]), weight.Shape, 0);
        var inverse = c.Interpreter.InverseOf(c.Of("indices"), weight.Shape[0], indices.Type.Count);
        return c.Result(c.B.Reshape(c.B.Gather(weight, rows, 0, inverse), [.. indices.Shape, .. weight.Shape.RemoveAt(0)]));
    }

    // ---- Writing ----

    private static (Node X, Node Source) Operands(OpCall c, string source)
    {
        var dtype = Interpreter.Promote(c.Of("x"), c.Of(source));
        return (c.Tensor("x", dtype), c.Tensor(source, dtype));
    }

    private static Value Scatter(OpCall c, Op? op)
    {
        var (x, src) = Operands(c, "src");
        if (op is not null && x.Type.DType == DType.Bool) throw c.NotNumbers(c.Source("x"));
        var axis = c.Axis("dim", x);
        var index = Positions(c, "index", x, axis);
        RequireRank(c, x, index);
        for (var i = 0; i < x.Rank; i++)
        {
            var at = i;
            if (i != axis)
                c.RequireEqual(x.Shape[i], index.Shape[i], "PRX0104", () => $"{Words(c, x, index)}; they must be equally large in dimension {at}");
        }
        if (src.Rank == 0) src = c.B.Broadcast(src, index.Shape, []);
        return c.Result(Write(c, op, x, axis, c.B.Reshape(index, x.Shape.SetItem(axis, index.Shape[axis])), "index", src, "src"));
    }

    private static Value IndexAdd(OpCall c)
    {
        var (x, source) = Operands(c, "source");
        if (x.Type.DType == DType.Bool) throw c.NotNumbers(c.Source("x"));
        var axis = c.Axis("dim", x);
        var index = Along(c, Vector(c, "index")(x, axis), x.Shape, axis);
        return c.Result(Write(c, Op.ScatterAdd, x, axis, index, "index", source, "source", c.Interpreter.InverseOf(c.Of("index"), x.Shape[axis], index.Shape[axis])));
    }

    private static Node Write(OpCall c, Op? op, Node x, int axis, Node index, string positions, Node src, string source, Inverse inverse = default)
    {
        string Words() => $"{c.Describe(positions, index)}, {c.Describe(source, src)}; the shapes must be equal";
        if (src.Rank != index.Rank) throw c.Refuse("PRX0104", Words());
        for (var i = 0; i < index.Rank; i++) c.RequireEqual(index.Shape[i], src.Shape[i], "PRX0104", Words);
        src = c.B.Reshape(src, index.Shape);
        if (op is { } known) return c.B.Scatter(known, x, index, src, axis, inverse);
        // Of several elements for a place the one with the largest position joins it, where nothing is any more: the others have no part in the derivative either.
        var (dtype, number) = (x.Type.DType, x.Type.DType == DType.Bool ? DType.Int64 : x.Type.DType);
        var (none, own) = (c.B.Full(-1, DType.Int64, x.Shape), c.B.Iota(index.Shape, axis, DType.Int64));
        var last = c.B.Scatter(Op.ScatterMax, none, index, own, axis);
        var kept = c.B.Where(c.B.Pointwise(Op.Equal, last, none), c.B.Cast(x, number), c.B.Full(-0.0, number, x.Shape));
        var joining = c.B.Where(c.B.Pointwise(Op.Equal, c.B.Gather(last, index, axis), own), c.B.Cast(src, number), c.B.Full(-0.0, number, src.Shape));
        return c.B.Cast(c.B.Scatter(Op.ScatterAdd, kept, index, joining, axis), dtype);
    }

    // ---- Segments ----

    /// <summary>Slices along axis 0 and the segment of each.</summary>
    private sealed class Segmented(OpCall c, Node x, Node index, Inverse inverse, Dim count)
    {
        public Node X => x;

        private TensorType Type => x.Type.With(x.Shape.SetItem(0, count));

        public Node Sum() => Sum(x);

        public Node Sum(Node values) => c.B.Scatter(Op.ScatterAdd, c.B.Zeros(Type), index, values, 0, inverse);

        public Node Max() => c.B.Scatter(Op.ScatterMax, c.B.Full(double.NegativeInfinity, Type), index, x, 0, inverse);

        public Node Min() => c.B.Scatter(Op.ScatterMin, c.B.Full(double.PositiveInfinity, Type), index, x, 0, inverse);

        /// <summary>To each slice what its segment has.</summary>
        public Node Spread(Node perSegment) => c.B.Gather(perSegment, index, 0, inverse);
    }

    private static Segmented Segments(OpCall c, Node x)
    {
        var count = CreateOps.Positive(c, c.Size("count"), "count");
        var segments = c.Tensor("segments");
        string Words() => $"{c.Describe("x", x)}, {c.Describe("segments", segments)}; there must be one segment for each slice of x";
        if (x.Rank == 0 || segments.Rank != 1) throw c.Refuse("PRX0109", Words());
        c.RequireEqual(x.Shape[0], segments.Shape[0], "PRX0104", Words);
        var table = new Node(Op.Full, x.Type.With(x.Shape.SetItem(0, count)), []);
        var index = c.B.Reshape(Positions(c, "segments", table, 0), [x.Shape[0]]);
        return new(c, x, c.B.Broadcast(index, x.Shape, [0]), c.Interpreter.InverseOf(c.Of("segments"), count, x.Shape[0]), count);
    }

    private static Value Mean(OpCall c)
    {
        var segments = Segments(c, ReductionOps.Float(c));
        return c.Result(c.B.Div(segments.Sum(), segments.Sum(c.B.Full(1, segments.X.Type))));
    }

    /// <summary>As LogSumExp does it: a segment of -infinity, or of nothing, gives -infinity, not NaN.</summary>
    private static Value LogSumExp(OpCall c)
    {
        var segments = Segments(c, c.Floating("x"));
        var max = DerivativeOps.Stopped(c.B, segments.Max());
        var isInfinite = c.B.Pointwise(Op.Equal, c.B.Pointwise(Op.Abs, max), c.B.Full(double.PositiveInfinity, max.Type));
        var shift = c.B.Where(isInfinite, c.B.Zeros(max.Type), max);
        var exp = c.B.Pointwise(Op.Exp, c.B.Sub(segments.X, segments.Spread(shift)));
        return c.Result(c.B.Add(shift, c.B.Pointwise(Op.Log, segments.Sum(exp))));
    }

    private static Value Softmax(OpCall c)
    {
        var segments = Segments(c, c.Floating("x"));
        var exp = c.B.Pointwise(Op.Exp, c.B.Sub(segments.X, segments.Spread(DerivativeOps.Stopped(c.B, segments.Max()))));
        return c.Result(c.B.Div(exp, segments.Spread(segments.Sum(exp))));
    }

    /// <summary>A batch of rows times matrices that are gathered: the planner takes the rows of each segment together, for which it needs to know which these are.</summary>
    private static Value Product(OpCall c)
    {
        var dtype = Interpreter.Promote(c.Of("x"), c.Of("weight"));
        if (dtype == DType.Bool) throw c.NotNumbers(c.Source("x"));
        Node x = c.Tensor("x", dtype), weight = c.Tensor("weight", dtype);
        string Words() => $"{c.Describe("x", x)}, {c.Describe("weight", weight)}; they must be [e k] and [count k m]";
        if (x.Rank != 2 || weight.Rank != 3) throw c.Refuse("PRX0109", Words());
        c.RequireEqual(x.Shape[1], weight.Shape[1], "PRX0104", Words);
        var index = Vector(c, "segments")(weight, 0);
        c.RequireEqual(x.Shape[0], index.Shape[0], "PRX0104", () => $"{c.Describe("x", x)}, {c.Describe("segments", index)}; there must be one segment for each row of x");
        Dim e = x.Shape[0], k = x.Shape[1], m = weight.Shape[2];
        weight = c.B.Reshape(weight, [weight.Shape[0], k, m]);
        index = c.B.Reshape(index, [e]);
        var known = c.Interpreter.InverseOf(c.Of("segments"), weight.Shape[0], e);
        var matrices = c.B.Gather(weight, c.B.Broadcast(index, [e, k, m], [0]), 0, known.Ranges is null ? Sorted(c.B, index, weight.Shape[0]) : known);
        return c.Result(c.B.Reshape(c.B.Dot(c.B.Reshape(x, [e, Dim.One, k]), matrices), [e, m]));
    }

    /// <summary>The elements of an index in the order of their places, and the range of each place; what is out of range belongs to the nearest, as it does to a Gather.</summary>
    private static Inverse Sorted(Builder b, Node index, Dim count)
    {
        var (e, last) = (index.Shape[0], b.BroadcastTo(b.Size(count - Dim.One, DType.Int64), index.Shape));
        index = b.Pointwise(Op.Max, b.Pointwise(Op.Min, index, last), b.Zeros(index.Type));
        var each = b.Scatter(Op.ScatterAdd, b.Zeros(new TensorType(DType.Int64, [count])), index, b.Full(1, DType.Int64, [e]), 0);
        var ends = b.Call("CumSum", each.Type, [each], [1]);
        ImmutableArray<Dim> column = [count, Dim.One];
        return new(b.Call("ArgSort", index.Type, [index], [0]), b.Concat([b.Reshape(b.Sub(ends, each), column), b.Reshape(ends, column)], 1));
    }
}
