using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Ops;

/// <summary>Over axes: sums, extremes, softmax, variance.</summary>
internal static class ReductionOps
{
    public static void Define(Dictionary<string, Func<OpCall, Value>> ops)
    {
        ops.Add("Sum", c => Keep(c, c.Tensor("x") is var x && x.Type.DType == DType.Bool ? c.B.Cast(x, DType.Int64) : x, c.B.Sum));
        ops.Add("Mean", c => Keep(c, Float(c), (x, axes) => Mean(c, x, axes)));
        ops.Add("Max", c => Extreme(c, Op.ReduceMax));
        ops.Add("Min", c => Extreme(c, Op.ReduceMin));
        ops.Add("ArgMax", ArgMax);
        ops.Add("Variance", Variance);
        ops.Add("LogSumExp", c => Keep(c, c.Floating("x"), (x, axes) => LogSumExp(c, x, axes)));
        ops.Add("Softmax", c => c.Result(Softmax(c, c.Floating("x"))));
        ops.Add("LogSoftmax", c => c.Result(LogSoftmax(c, c.Floating("x"), c.Axis("dim", c.Floating("x")))));
    }

    /// <summary>The reference takes means of floating-point tensors only, as PyTorch does.</summary>
    public static Node Float(OpCall c)
    {
        var x = c.Tensor("x");
        if (x.Type.IsFloat) return x;
        throw new Refusal(Finding.Of("PRX0111", c.Source("x").Origin, $"{c.Name}: {SurfaceText.ToCSharp(c.Source("x"))} is {x.Type.DType}; convert it with To(DType.Float32)")
            .With(Substitute.Converted(c.Source("x"), DType.Float32)));
    }

    private static Value Keep(OpCall c, Node x, Func<Node, ImmutableArray<int>, Node> reduce)
    {
        var axes = c.Axes(x);
        var reduced = reduce(x, axes);
        if (!c.Flag("keepDim")) return c.Result(reduced);
        return c.Result(c.B.Reshape(reduced, [.. x.Shape.Select((dim, i) => axes.Contains(i) ? Dim.One : dim)]));
    }

    private static Dim CountOf(Node x, ImmutableArray<int> axes) => axes.Aggregate(Dim.One, (count, axis) => count * x.Shape[axis]);

    /// <summary>Sum over count; nothing has the mean 0/0.</summary>
    public static Node Mean(OpCall c, Node x, ImmutableArray<int> axes)
    {
        var sum = c.B.Sum(x, axes);
        return c.B.Div(sum, c.Count(CountOf(x, axes), sum.Type));
    }

    private static Value Extreme(OpCall c, Op op) => Keep(c, c.Numeric("x"), (x, axes) =>
    {
        RequireElements(c, x, axes);
        return c.B.Reduce(op, x, axes);
    });

    private static void RequireElements(OpCall c, Node x, ImmutableArray<int> axes)
    {
        foreach (var axis in axes)
        {
            string Words() => $"{c.Describe("x", x)}; dimension {axis} must have an element to choose";
            c.Interpreter.RequireAtMost(Dim.One, x.Shape[axis], () => $"{c.Name}: {Words()}", () => c.Refuse("PRX0109", Words(), x.Shape[axis]).Finding!);
        }
    }

    private static Value ArgMax(OpCall c)
    {
        var x = c.Tensor("x");
        if (x.Type.DType == DType.Bool) x = c.B.Cast(x, DType.Int64);
        if (!c.Has("dim"))
        {
            RequireElements(c, x, [.. Enumerable.Range(0, x.Rank)]);
            return c.Result(c.B.ArgMax(c.B.Reshape(x, [x.Type.Count]), 0));
        }
        return Keep(c, x, (t, axes) => ArgMax(c, t, axes));
    }

    public static Node ArgMax(OpCall c, Node x, ImmutableArray<int> axes)
    {
        RequireElements(c, x, axes);
        return c.B.ArgMax(x, axes[0]);
    }

    /// <summary>In two passes: the mean, then the mean square around it.</summary>
    private static Value Variance(OpCall c)
    {
        if (!c.Size("correction").Equals(Dim.Zero) && c.Size("correction").Constant is null or < 0)
            throw Refusal.Of("PRX0114", c.Source("correction").Origin, "Variance: the correction is a number that is not negative; write dim: for a dimension");
        return Keep(c, Float(c), (x, axes) =>
        {
            var centred = c.B.Sub(x, c.B.Unreduce(Mean(c, x, axes), x.Shape, axes));
            var sum = c.B.Sum(c.B.Mul(centred, centred), axes);
            return c.B.Div(sum, c.Count(Dim.Max(CountOf(x, axes) - c.Size("correction"), Dim.Zero), sum.Type));
        });
    }

    private static Node MaxOver(OpCall c, Node x, ImmutableArray<int> axes) => c.B.Reduce(Op.ReduceMax, x, axes);

    /// <summary>m + log sum exp(x - m) with m the maximum, or 0 where that is infinite: a row of -infinity then gives -infinity, not NaN.</summary>
    private static Node LogSumExp(OpCall c, Node x, ImmutableArray<int> axes)
    {
        var max = MaxOver(c, x, axes);
        var isInfinite = c.B.Pointwise(Op.Equal, c.B.Pointwise(Op.Abs, max), c.B.Full(double.PositiveInfinity, max.Type));
        var shift = c.B.Where(isInfinite, c.B.Zeros(max.Type), max);
        var exp = c.B.Pointwise(Op.Exp, c.B.Sub(x, c.B.Unreduce(shift, x.Shape, axes)));
        return c.B.Add(shift, c.B.Pointwise(Op.Log, c.B.Sum(exp, axes)));
    }

    private static Node Softmax(OpCall c, Node x)
    {
        var axis = c.Axis("dim", x);
        var exp = c.B.Pointwise(Op.Exp, c.B.Sub(x, c.B.Unreduce(MaxOver(c, x, [axis]), x.Shape, [axis])));
        return c.B.Div(exp, c.B.Unreduce(c.B.Sum(exp, [axis]), x.Shape, [axis]));
    }

    public static Node LogSoftmax(OpCall c, Node x, int axis)
    {
        var shifted = c.B.Sub(x, c.B.Unreduce(MaxOver(c, x, [axis]), x.Shape, [axis]));
        var sum = c.B.Sum(c.B.Pointwise(Op.Exp, shifted), [axis]);
        return c.B.Sub(shifted, c.B.Unreduce(c.B.Pointwise(Op.Log, sum), x.Shape, [axis]));
    }
}
