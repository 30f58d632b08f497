using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>
/// Rebuilds a function with fewer and cheaper nodes: views are composed, broadcasts and transposes move behind arithmetic, transposes move into contractions.
/// Values keep their bits, NaN and infinities included; only sums of equal terms become a product and sums over a batch join their contraction.
/// </summary>
internal sealed class Simplify : Copier
{
    private Simplify(Builder builder) : base(builder)
    {
    }

    public static Function Apply(Function function) => new Simplify(new Builder()).Copy(function);

    protected override Copier Nested(Builder body, Func<string, Dim?>? bodySizes) => new Simplify(body);

    protected override Node Rewrite(Node node, ImmutableArray<Node> inputs)
    {
        var copy = base.Rewrite(node, inputs);
        // Each rule makes a term that is smaller or nearer to its normal form, so this ends.
        while (Step(copy) is { } next && !ReferenceEquals(next, copy)) copy = next;
        if (copy.Op is not (Op.Parameter or Op.Full)) copy.Name ??= node.Name;
        return copy;
    }

    private Node? Step(Node n) => n.Op switch
    {
        Op.Not when n.Inputs[0].Op == Op.Not => n.Inputs[0].Inputs[0],
        Op.Not when n.Inputs[0].Op == Op.Equal => Builder.Pointwise(Op.NotEqual, n.Inputs[0].Inputs),
        Op.Not when n.Inputs[0].Op == Op.NotEqual => Builder.Pointwise(Op.Equal, n.Inputs[0].Inputs),
        Op.Not when n.Inputs[0].Op == Op.Full => Builder.Full(n.Inputs[0].Number == 0 ? 1 : 0, n.Type),
        Op.And => Logic(n, absorbing: 0),
        Op.Or => Logic(n, absorbing: 1),
        Op.Equal or Op.NotEqual or Op.Less or Op.LessEqual or Op.Greater or Op.GreaterEqual => FoldComparison(n) ?? PullBroadcast(n) ?? PullPermute(n),
        Op.Where => Choice(n) ?? PullBroadcast(n) ?? PullPermute(n),
        Op.Broadcast => BroadcastOf(n),
        Op.Permute => PermuteOf(n),
        Op.Reshape => ReshapeOf(n),
        Op.Slice => SliceOf(n),
        Op.Pad => PadOf(n),
        Op.ReduceSum => SumOf(n),
        Op.Dot => DotOf(n),
        _ when n.Op is >= Op.Neg and <= Op.Where => PullBroadcast(n) ?? PullPermute(n),
        _ => null,
    };

    private static Node? Logic(Node n, double absorbing)
    {
        Node x = n.Inputs[0], y = n.Inputs[1];
        if (ReferenceEquals(x, y)) return x;
        if (x.Op == Op.Full) return x.Number == absorbing ? x : y;
        return y.Op == Op.Full ? y.Number == absorbing ? y : x : null;
    }

    private Node? FoldComparison(Node n)
    {
        Node x = n.Inputs[0], y = n.Inputs[1];
        if (x.Op != Op.Full || y.Op != Op.Full) return null;
        var holds = n.Op switch
        {
            Op.Equal => x.Number == y.Number,
            Op.NotEqual => x.Number != y.Number,
            Op.Less => x.Number < y.Number,
            Op.LessEqual => x.Number <= y.Number,
            Op.Greater => x.Number > y.Number,
            _ => x.Number >= y.Number,
        };
        return Builder.Full(holds ? 1 : 0, n.Type);
    }

    private Node? Choice(Node n)
    {
        Node condition = n.Inputs[0], x = n.Inputs[1], y = n.Inputs[2];
        if (condition.Op == Op.Not) return Builder.Where(condition.Inputs[0], y, x);
        if (x.Op == Op.Where && ReferenceEquals(x.Inputs[0], condition)) return Builder.Where(condition, x.Inputs[1], y);
        if (y.Op == Op.Where && ReferenceEquals(y.Inputs[0], condition)) return Builder.Where(condition, x, y.Inputs[2]);
        return null;
    }

    /// <summary>f(broadcast(x), constant) = broadcast(f(x, constant)): computed once per element that differs.</summary>
    private Node? PullBroadcast(Node n)
    {
        Node? model = null;
        foreach (var input in n.Inputs)
        {
            if (input.Op == Op.Full) continue;
            if (input.Op != Op.Broadcast) return null;
            model ??= input;
            if (!input.Ints.SequenceEqual(model.Ints) || !input.Inputs[0].Shape.SequenceEqual(model.Inputs[0].Shape)) return null;
        }
        if (model is null) return null;
        var shape = model.Inputs[0].Shape;
        var small = n.Inputs.Select(input => input.Op == Op.Full ? Builder.Full(input.Number, input.Type.DType, shape) : input.Inputs[0]).ToImmutableArray();
        return Builder.Broadcast(Builder.Rebuild(n, small, n.Type.With(shape), n.Dims), n.Shape, model.Ints);
    }

    /// <summary>f(permute(x), permute(y), broadcast(z)) = permute(f(x, y, broadcast(z))): computed in the order of memory, and the view moves on towards a contraction.</summary>
    private Node? PullPermute(Node n)
    {
        var model = n.Inputs.FirstOrDefault(input => input.Op == Op.Permute);
        if (model is null || !n.Inputs.All(input => input.Op is Op.Full or Op.Broadcast || input.Op == Op.Permute && input.Ints.SequenceEqual(model.Ints))) return null;
        ImmutableArray<int> back = [.. Enumerable.Range(0, n.Rank).Select(axis => model.Ints.IndexOf(axis))];
        Node Moved(Node x) => x.Op == Op.Permute ? x.Inputs[0] : Builder.Permute(x, back) is var moved && moved.Op == Op.Permute ? PermuteOf(moved)! : moved;
        var inputs = n.Inputs.Select(Moved).ToImmutableArray();
        return Builder.Permute(Builder.Rebuild(n, inputs, n.Type.With(model.Inputs[0].Shape), n.Dims), model.Ints);
    }

    /// <summary>Axes of size 1 that a reshape put in need no reshape: the broadcast leaves them out.</summary>
    private Node? BroadcastOf(Node n)
    {
        var x = n.Inputs[0];
        if (x.Op != Op.Reshape || InsertedAxes(x) is not { } inserted) return null;
        return Builder.Broadcast(x.Inputs[0], n.Shape, [.. n.Ints.Where((_, i) => !inserted.Contains(i))]);
    }

    /// <summary>The axes of size 1 that a reshape adds, where it does nothing else.</summary>
    private static ImmutableArray<int>? InsertedAxes(Node reshape)
    {
        var source = reshape.Inputs[0].Shape;
        var inserted = ImmutableArray.CreateBuilder<int>();
        var at = 0;
        for (var i = 0; i < reshape.Rank; i++)
        {
            if (at < source.Length && source[at].Equals(reshape.Shape[i])) at++;
            else if (reshape.Shape[i].IsOne) inserted.Add(i);
            else return null;
        }
        return at == source.Length ? inserted.ToImmutable() : null;
    }

    private Node? PermuteOf(Node n)
    {
        var x = n.Inputs[0];
        switch (x.Op)
        {
            case Op.Broadcast:
                // Output axis i shows x's axis Ints[i]; the source's axes come in the order in which the output shows them.
                var axes = Enumerable.Range(0, n.Rank).Where(i => x.Ints.Contains(n.Ints[i])).ToImmutableArray();
                var source = Builder.Permute(x.Inputs[0], [.. axes.Select(i => x.Ints.IndexOf(n.Ints[i]))]);
                return Builder.Broadcast(source, n.Shape, axes);
            case Op.Dot when IsTransposition(n) && (IsTransposition(x.Inputs[0]) || IsTransposition(x.Inputs[1])):
                return Builder.Dot(Builder.Transpose(x.Inputs[1]), Builder.Transpose(x.Inputs[0]));
            case Op.Reshape when n.Ints.Where(axis => !x.Shape[axis].IsOne).SequenceEqual(Enumerable.Range(0, n.Rank).Where(axis => !x.Shape[axis].IsOne)):
                return Builder.Reshape(x.Inputs[0], n.Shape);
            default:
                return null;
        }
    }

    /// <summary>Are the last two dimensions exchanged, and no others?</summary>
    public static bool IsTransposition(Node n) =>
        n.Op == Op.Permute && n.Rank >= 2 && n.Ints[n.Rank - 1] == n.Rank - 2 && n.Ints[n.Rank - 2] == n.Rank - 1
        && n.Ints.Take(n.Rank - 2).SequenceEqual(Enumerable.Range(0, n.Rank - 2));

    /// <summary>A reshape that drops or adds axes of size 1 is a broadcast of the same source.</summary>
    private Node? ReshapeOf(Node n)
    {
        var x = n.Inputs[0];
        if (x.Op == Op.Permute && MovesUnitsOnly(x)) return Builder.Reshape(x.Inputs[0], n.Shape);
        if (x.Op != Op.Broadcast) return null;
        // What is repeated as a whole is reshaped before.
        var repeats = 0;
        while (repeats < x.Rank - x.Ints.Length && repeats < n.Rank && !x.Ints.Contains(repeats) && x.Shape[repeats].Equals(n.Shape[repeats])) repeats++;
        if (repeats > 0 && x.Ints.SequenceEqual(Enumerable.Range(repeats, x.Rank - repeats)))
            return Builder.Broadcast(Builder.Reshape(x.Inputs[0], n.Shape.RemoveRange(0, repeats)), n.Shape, [.. Enumerable.Range(repeats, n.Rank - repeats)]);
        var axes = ImmutableArray.CreateBuilder<int>();
        int from = 0, to = 0;
        var mapped = new Dictionary<int, int>();
        while (from < x.Rank || to < n.Rank)
        {
            if (from < x.Rank && to < n.Rank && x.Shape[from].Equals(n.Shape[to])) mapped.Add(from++, to++);
            else if (to < n.Rank && n.Shape[to].IsOne) to++;
            else if (from < x.Rank && x.Shape[from].IsOne && !x.Ints.Contains(from)) from++;
            else return null;
        }
        foreach (var axis in x.Ints) axes.Add(mapped[axis]);
        return Builder.Broadcast(x.Inputs[0], n.Shape, axes.ToImmutable());
    }

    /// <summary>Does a permutation leave the elements in their order, because all that it moves are axes of size 1?</summary>
    private static bool MovesUnitsOnly(Node permute)
    {
        var others = permute.Ints.Where(axis => !permute.Inputs[0].Shape[axis].IsOne);
        return others.SequenceEqual(others.OrderBy(axis => axis));
    }

    private Node? SliceOf(Node n)
    {
        var x = n.Inputs[0];
        switch (x.Op)
        {
            case Op.Slice:
                return Builder.Slice(
                    x.Inputs[0], [.. n.Dims.Select((start, i) => x.Dims[i] + start * x.Ints[i])], n.Shape, [.. n.Ints.Select((step, i) => step * x.Ints[i])]);
            case Op.Pad when n.Dims.SequenceEqual(x.Dims) && n.Ints.SequenceEqual(x.Ints) && n.Shape.SequenceEqual(x.Inputs[0].Shape):
                return x.Inputs[0];
            case Op.Broadcast:
                var source = Builder.Slice(
                    x.Inputs[0], [.. x.Ints.Select(axis => n.Dims[axis])], [.. x.Ints.Select(axis => n.Shape[axis])], [.. x.Ints.Select(axis => n.Ints[axis])]);
                return Builder.Broadcast(source, n.Shape, x.Ints);
            default:
                return null;
        }
    }

    private Node? PadOf(Node n)
    {
        var x = n.Inputs[0];
        return x.Op != Op.Pad || x.Number != n.Number ? null : Builder.Pad(
            x.Inputs[0], n.Shape, [.. n.Dims.Select((start, i) => start + x.Dims[i] * n.Ints[i])], [.. n.Ints.Select((step, i) => step * x.Ints[i])], n.Number);
    }

    private Node? SumOf(Node n)
    {
        var x = n.Inputs[0];
        var units = n.Ints.Where(axis => x.Shape[axis].IsOne).ToImmutableArray();
        if (units.Length > 0)
        {
            var rest = n.Ints.Where(axis => !units.Contains(axis)).Select(axis => axis - units.Count(unit => unit < axis));
            return Builder.Sum(Builder.Reshape(x, Builder.Without(x.Shape, units)), [.. rest]);
        }
        switch (x.Op)
        {
            case Op.ReduceSum:
                var kept = Enumerable.Range(0, x.Inputs[0].Rank).Where(axis => !x.Ints.Contains(axis)).ToArray();
                return Builder.Sum(x.Inputs[0], [.. x.Ints, .. n.Ints.Select(axis => kept[axis])]);
            case Op.Full when !Builder.IsFull(x, 0):
                return Times(Builder.Full(x.Number, n.Type), Dim.Product(n.Ints.Select(axis => x.Shape[axis])));
            case Op.Broadcast when n.Ints.Any(axis => !x.Ints.Contains(axis)):
                var repeated = Dim.Product(n.Ints.Where(axis => !x.Ints.Contains(axis)).Select(axis => x.Shape[axis]));
                var sum = Builder.Sum(x.Inputs[0], [.. Enumerable.Range(0, x.Inputs[0].Rank).Where(i => n.Ints.Contains(x.Ints[i]))]);
                var axes = x.Ints.Where(axis => !n.Ints.Contains(axis)).Select(axis => axis - n.Ints.Count(reduced => reduced < axis));
                return Builder.Broadcast(Times(sum, repeated), n.Shape, [.. axes]);
            case Op.Permute:
                var source = Builder.Sum(x.Inputs[0], [.. n.Ints.Select(axis => x.Ints[axis])]);
                var order = Enumerable.Range(0, x.Rank).Where(axis => !n.Ints.Contains(axis)).Select(axis => x.Ints[axis]).ToArray();
                return Builder.Permute(source, [.. order.Select(axis => order.Count(other => other < axis))]);
            case Op.Dot when x.Rank > 2 && n.Ints.SequenceEqual(Enumerable.Range(0, x.Rank - 2)):
                // Sum over the batch of x_i y_i: one contraction over batch and inner axis together.
                Node a = Builder.Transpose(x.Inputs[0]), b = x.Inputs[1];
                var inner = Dim.Product(a.Shape.RemoveAt(a.Rank - 1));
                return Builder.Dot(
                    Builder.Transpose(Builder.Reshape(a, [inner, a.Shape[a.Rank - 1]])), Builder.Reshape(b, [inner, b.Shape[b.Rank - 1]]));
            case Op.Neg or Op.Where:
                return SumOfOne(n, x);
            default:
                return null;
        }
    }

    /// <summary>Where all terms but one of a known place are zero, that one: the sum of a row of a one-hot matrix.</summary>
    private Node? SumOfOne(Node n, Node terms)
    {
        var choice = terms.Op == Op.Neg ? terms.Inputs[0] : terms;
        if (n.Ints.Length != 1 || choice is not { Op: Op.Where, Inputs: [{ Op: Op.Equal } test, var value, var other] } || !Builder.IsFull(other, 0)) return null;
        var axis = n.Ints[0];
        var position = test.Inputs.FirstOrDefault(x => x is { Op: Op.Iota, Type.DType: DType.Int64 } && x.Ints[0] == axis);
        if (position is null || OfRow(test.Inputs.First(x => x != position)) is not { } at || OfRow(value) is not { } one) return null;
        var isPlace = Builder.Pointwise(Op.And,
            Builder.Pointwise(Op.GreaterEqual, at, Builder.Zeros(at.Type)),
            Builder.Pointwise(Op.Less, at, Builder.BroadcastTo(Builder.Size(terms.Shape[axis], at.Type.DType), at.Shape)));
        return Builder.Where(isPlace, terms.Op == Op.Neg ? Builder.Pointwise(Op.Neg, one) : one, Builder.Zeros(n.Type));

        // What is the same along the axis, without it.
        Node? OfRow(Node x) => x.Op switch
        {
            Op.Full => Builder.Full(x.Number, x.Type.DType, n.Shape),
            Op.Broadcast when !x.Ints.Contains(axis) => Builder.Broadcast(x.Inputs[0], n.Shape, [.. x.Ints.Select(kept => kept > axis ? kept - 1 : kept)]),
            _ => null,
        };
    }

    private Node Times(Node x, Dim count) => Builder.Mul(x, Builder.Broadcast(Builder.Size(count, x.Type.DType), x.Shape, []));

    /// <summary>A matrix that is repeated over the batch contracts with all rows, or with all single columns, of the batch at once.</summary>
    private Node? DotOf(Node n)
    {
        Node x = n.Inputs[0], y = n.Inputs[1];
        if (n.Rank > 2 && n.Shape[n.Rank - 1].IsOne && x.Op == Op.Broadcast && x.Ints.SequenceEqual([n.Rank - 2, n.Rank - 1]))
        {
            var columns = Dim.Product(Builder.Without(y.Shape, [n.Rank - 2, n.Rank - 1]));
            return Builder.Reshape(Builder.Dot(Builder.Reshape(y, [columns, y.Shape[n.Rank - 2]]), Builder.Transpose(x.Inputs[0])), n.Shape);
        }
        if (n.Rank == 2 || y.Op != Op.Broadcast || !y.Ints.SequenceEqual([n.Rank - 2, n.Rank - 1])) return null;
        var rows = Dim.Product(x.Shape.RemoveAt(x.Rank - 1));
        return Builder.Reshape(Builder.Dot(Builder.Reshape(x, [rows, x.Shape[x.Rank - 1]]), y.Inputs[0]), n.Shape);
    }
}
