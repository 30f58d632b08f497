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
        ops.Add("ArgMax", c => ArgMax(c, isMax: true));
        ops.Add("ArgMin", c => ArgMax(c, isMax: false));
        ops.Add("Any", c => Keep(c, c.Tensor("x", DType.Bool), (x, axes) => Counted(c, x, axes, Op.NotEqual, Dim.Zero)));
        ops.Add("All", c => Keep(c, c.Tensor("x", DType.Bool), (x, axes) => Counted(c, x, axes, Op.Equal, CountOf(x, axes))));
        ops.Add("Prod", c => Keep(c, c.Numeric("x"), (x, axes) => Prod(c, x, axes)));
        ops.Add("Norm", Norm);
        ops.Add("Variance", c => Keep(c, Float(c), (x, axes) => Variance(c, x, axes)));
        ops.Add("StandardDeviation", c => Keep(c, Float(c), (x, axes) => Root(c, Variance(c, x, axes), Op.Sqrt)));
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

    private static Dim CountOf(Node x, ImmutableArray<int> axes) => Dim.Product(axes.Select(axis => x.Shape[axis]));

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

    private static Value ArgMax(OpCall c, bool isMax)
    {
        var x = c.Tensor("x");
        if (x.Type.DType == DType.Bool) x = c.B.Cast(x, DType.Int64);
        // The smallest integer has no negative; -1 - x reverses the order of all.
        if (!isMax) x = x.Type.IsFloat ? c.B.Neg(x) : c.B.Sub(c.B.Full(-1, x.Type), x);
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
    private static Node Variance(OpCall c, Node x, ImmutableArray<int> axes)
    {
        if (!c.Size("correction").Equals(Dim.Zero) && c.Size("correction").Constant is null or < 0)
            throw Refusal.Of("PRX0114", c.Source("correction").Origin, $"{c.Name}: the correction is a number that is not negative; write dim: for a dimension");
        var centred = c.B.Sub(x, c.B.Unreduce(Mean(c, x, axes), x.Shape, axes));
        var sum = c.B.Sum(c.B.Mul(centred, centred), axes);
        return c.B.Div(sum, c.Count(Dim.Max(CountOf(x, axes) - c.Size("correction"), Dim.Zero), sum.Type));
    }

    /// <summary>A root whose derivative at 0 is 0, as PyTorch takes it.</summary>
    private static Node Root(OpCall c, Node x, Op op, double exponent = 0.5)
    {
        var isZero = c.B.Pointwise(Op.Equal, x, c.B.Zeros(x.Type));
        var safe = c.B.Where(isZero, c.B.Full(1, x.Type), x);
        return c.B.Where(isZero, c.B.Zeros(x.Type), op == Op.Sqrt ? c.B.Pointwise(op, safe) : c.B.Pointwise(op, safe, c.B.Full(exponent, x.Type)));
    }

    /// <summary>How the number of those that hold compares with another.</summary>
    private static Node Counted(OpCall c, Node x, ImmutableArray<int> axes, Op relation, Dim number)
    {
        var count = c.B.Sum(c.B.Cast(x, DType.Int64), axes);
        return c.B.Pointwise(relation, count, c.Count(number, count.Type));
    }

    /// <summary>One factor after the other: derivatives are right where factors are 0.</summary>
    private static Node Prod(OpCall c, Node x, ImmutableArray<int> axes)
    {
        if (axes.Length == 0) return x;
        var rest = Builder.Without(x.Shape, axes);
        var trips = CountOf(x, axes);
        var factors = c.B.Reshape(c.B.Permute(x, [.. axes, .. Enumerable.Range(0, x.Rank).Where(i => !axes.Contains(i))]), [trips, .. rest]);
        var counter = c.Interpreter.NewCounter();
        var body = new Builder { Source = c.B.Source };
        Node product = body.Parameter("product", x.Type.With(rest)), values = body.Parameter("factors", factors.Type);
        var next = body.Mul(product, body.Select(values, 0, Dim.Counter(counter, trips)));
        return c.B.Loop(new LoopInfo(counter, trips, 1, EquatableArray<int>.Empty, 0, new Region([product, values], [next])), [c.B.Full(1, product.Type), factors])[0];
    }

    private static Value Norm(OpCall c)
    {
        if (c.Constant("p") is not { } p || double.IsNaN(p)) throw Refusal.Of("PRX0114", c.Source("p").Origin, "Norm: p is a number that is known at build time");
        return Keep(c, Float(c), (x, axes) =>
        {
            var size = c.B.Pointwise(Op.Abs, x);
            if (double.IsInfinity(p))
            {
                RequireElements(c, x, axes);
                return c.B.Reduce(p > 0 ? Op.ReduceMax : Op.ReduceMin, size, axes);
            }
            return p switch
            {
                0 => c.B.Sum(c.B.Cast(c.B.Pointwise(Op.NotEqual, x, c.B.Zeros(x.Type)), x.Type.DType), axes),
                1 => c.B.Sum(size, axes),
                2 => Root(c, c.B.Sum(c.B.Mul(x, x), axes), Op.Sqrt),
                _ => Root(c, c.B.Sum(c.B.Pointwise(Op.Pow, size, c.B.Full(p, x.Type)), axes), Op.Pow, 1 / p),
            };
        });
    }

    private static Node MaxOver(OpCall c, Node x, ImmutableArray<int> axes) => c.B.Reduce(Op.ReduceMax, x, axes);

    /// <summary>The maximum where it only keeps exponentials in range: results do not depend on it, so derivatives leave it out.</summary>
    private static Node Shift(OpCall c, Node x, ImmutableArray<int> axes) => DerivativeOps.Stopped(c.B, MaxOver(c, x, axes));

    /// <summary>m + log sum exp(x - m) with m the maximum, or 0 where that is infinite: a row of -infinity then gives -infinity, not NaN.</summary>
    private static Node LogSumExp(OpCall c, Node x, ImmutableArray<int> axes)
    {
        var max = Shift(c, x, axes);
        var isInfinite = c.B.Pointwise(Op.Equal, c.B.Pointwise(Op.Abs, max), c.B.Full(double.PositiveInfinity, max.Type));
        var shift = c.B.Where(isInfinite, c.B.Zeros(max.Type), max);
        var exp = c.B.Pointwise(Op.Exp, c.B.Sub(x, c.B.Unreduce(shift, x.Shape, axes)));
        return c.B.Add(shift, c.B.Pointwise(Op.Log, c.B.Sum(exp, axes)));
    }

    private static Node Softmax(OpCall c, Node x)
    {
        var axis = c.Axis("dim", x);
        var exp = c.B.Pointwise(Op.Exp, c.B.Sub(x, c.B.Unreduce(Shift(c, x, [axis]), x.Shape, [axis])));
        return c.B.Div(exp, c.B.Unreduce(c.B.Sum(exp, [axis]), x.Shape, [axis]));
    }

    public static Node LogSoftmax(OpCall c, Node x, int axis)
    {
        var shifted = c.B.Sub(x, c.B.Unreduce(Shift(c, x, [axis]), x.Shape, [axis]));
        var sum = c.B.Sum(c.B.Pointwise(Op.Exp, shifted), [axis]);
        return c.B.Sub(shifted, c.B.Unreduce(c.B.Pointwise(Op.Log, sum), x.Shape, [axis]));
    }
}
