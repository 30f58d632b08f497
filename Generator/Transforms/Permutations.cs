using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>
/// Proves that a function commutes with every permutation of a size: elements of arguments in another order along the axes that have this size
/// give the results in that order, and the same ones where they have no such axis.
/// </summary>
/// <remarks>
/// Each axis of a value is followed: in the new order, in the order it had, or with equal elements, which is both. Integers may be places of an axis that is permuted, as the
/// nodes of an edge are. What may stand together is decided op by op; the first that may not is the reason. Parameters keep their order. Sums are those of real numbers: in
/// floating point another order of terms rounds differently.
/// </remarks>
internal sealed class Permutations
{
    private readonly Dim _size;
    private readonly Dictionary<Node, Value> _values = [];
    private readonly Dictionary<Node, ImmutableArray<Value>> _loops = [];

    private Permutations(Dim size) => _size = size;

    /// <summary>The part of an axis that a factor of its size counts: views split and join axes.</summary>
    /// <param name="Order">Which permutation moves it: "" none; null: its elements are equal, so any or none.</param>
    /// <param name="Cause">What keeps its order.</param>
    private readonly record struct Factor(Dim Size, string? Order, Node? Cause)
    {
        public bool IsMoved => Order is { Length: > 0 };
    }

    /// <param name="Axes">The factors of each axis, row-major.</param>
    /// <param name="Places">Of which permuted axis the elements are positions; null: they are plain values.</param>
    private sealed record Value(ImmutableArray<ImmutableArray<Factor>> Axes, string? Places = null);

    /// <summary>Where the order is needed, and in which words.</summary>
    internal sealed class OrderException(Node at, string why) : Exception(why)
    {
        /// <summary>The expression that needs the order.</summary>
        public Origin Origin { get; } = at.Source is { } source ? Expression(source).Origin : Origin.None;
    }

    /// <summary>Throws <see cref="OrderException"/> where a result depends on the order; an <see cref="ArgumentException"/> where no argument has the size.</summary>
    public static void Check(Function function, Dim size)
    {
        var walk = new Permutations(size);
        foreach (var argument in function.Arguments) walk._values[argument.Node] = walk.Argument(argument, function);
        if (!walk._values.Values.Any(value => value.Places is not null || Moved(value.Axes.SelectMany(axis => axis)) is not null)) throw new ArgumentException("no argument has it");
        walk.Run(function.Results.Items);
        var facts = function.Facts();
        foreach (var result in function.Results)
        {
            var value = walk._values[result];
            if (value.Places is not null) throw new OrderException(result, $"{Words(result)} holds positions");
            for (var i = 0; i < result.Rank; i++)
            {
                var isOver = facts.AreSame(result.Shape[i], size) == Answer.Yes;
                foreach (var factor in value.Axes[i])
                {
                    if (factor.IsMoved && !isOver) throw new OrderException(result, $"dimension {i} of the result has the order of '{factor.Order}', and the size {result.Shape[i]}");
                    if (factor.Order == "" && isOver) throw new OrderException(result, $"dimension {i} of the result keeps the order of {Words(factor.Cause)}");
                }
            }
        }
    }

    /// <summary>How a new order of the size reaches an argument. A graph sorts its edges itself, so any order of its own may change them.</summary>
    private Value Argument(FunctionArgument argument, Function function)
    {
        var node = argument.Node;
        var name = _size.ToString();
        if (argument.Kind != ArgumentKind.Input) return Fixed(node);
        if (GraphPart.Find(argument.Name) is not { } part || !SizeOf(part.Counts).Equals(node.Shape[0])) return new([.. node.Shape.Select(dim => One(dim, dim.Equals(_size) ? name : "", node))]);
        var graph = GraphPart.GraphOf(argument.Name);
        if (!GraphPart.Sizes.Select((_, i) => SizeOf(i)).Any(size => size.Equals(_size))) return Fixed(node);
        // Edges and pairs lie in an order of the graph's own, but for what tells of each edge of the user its place.
        string Own(int size) => $"{graph}.{GraphPart.Sizes[size]}";
        string? Moves(int size) => SizeOf(size).Equals(_size) ? name : null;
        var order = part.Name == "Places" ? Moves(1) : part.Counts is 1 or 4 ? Own(part.Counts) : Moves(part.Counts);
        var places = part.Name switch
        {
            "Sources" or "Targets" or "PairSources" => Moves(0),
            "Edges" => Moves(1),
            "Places" => Own(1),
            "Pairs" => Own(4),
            "Types" or "PairTypes" => Moves(2),
            "Membership" => Moves(3),
            _ => null,
        };
        return new([One(node.Shape[0], order ?? "", node), .. node.Shape.Skip(1).Select(dim => One(dim, "", node))], places);

        Dim SizeOf(int counts) => function.Arguments.First(a => a.Name == GraphPart.GraphOf(argument.Name) + "." + GraphPart.Binding(counts)).Node.Shape[0];
    }

    private static ImmutableArray<Factor> One(Dim size, string? order, Node? cause) => size.IsOne ? [] : [new(size, order, order == "" ? cause : null)];

    private static Value Fixed(Node node) => new([.. node.Shape.Select(dim => One(dim, "", node))]);

    private static Value Equal(Node node) => new([.. node.Shape.Select(dim => One(dim, null, null))]);

    private void Run(IEnumerable<Node> roots)
    {
        foreach (var node in Region.Order(roots))
        {
            if (_values.ContainsKey(node)) continue;
            if (node.Op == Op.Loop) _loops[node] = Loop(node);
            else _values[node] = node.Op == Op.Result ? _loops[node.Inputs[0]][node.Ints[0]] : Of(node, [.. node.Inputs.Select(input => _values[input])]);
        }
    }

    private Value Of(Node node, ImmutableArray<Value> x)
    {
        switch (node.Op)
        {
            case Op.Full or Op.Size or Op.Number:
                return Equal(node);
            case Op.Iota:
                return node.Shape[node.Ints[0]].Equals(_size)
                    ? new([.. node.Shape.Select((dim, i) => One(dim, i == node.Ints[0] ? _size.ToString() : null, node))], _size.ToString())
                    : new([.. node.Shape.Select((dim, i) => One(dim, i == node.Ints[0] ? "" : null, node))]);
            case Op.Broadcast:
                return x[0] with { Axes = [.. node.Shape.Select((dim, i) => node.Ints.IndexOf(i) is >= 0 and var from ? x[0].Axes[from] : One(dim, null, null))] };
            case Op.Permute:
                return x[0] with { Axes = [.. node.Ints.Select(from => x[0].Axes[from])] };
            case Op.Reshape:
                return x[0] with { Axes = Reshaped(node, x[0]) };
            case Op.Slice:
                return x[0] with { Axes = [.. x[0].Axes.Select((axis, i) => IsWhole(node, i, node.Inputs[0].Shape[i], node.Shape[i]) ? axis : Cut(node, axis, node.Shape[i], "takes elements at given positions"))] };
            case Op.Window:
                var windowed = Cut(node, x[0].Axes[node.Ints[0]], Dim.Zero, "depends on which elements are neighbours");
                var spread = windowed.Length > 0 && windowed[0].Order is null ? null : "";
                return x[0] with { Axes = x[0].Axes.SetItem(node.Ints[0], One(node.Shape[node.Ints[0]], spread, node)).Insert(node.Ints[0] + 1, One(node.Shape[node.Ints[0] + 1], spread, node)) };
            case Op.Pad:
                Plain(node, x);
                return new([.. x[0].Axes.Select((axis, i) => IsWhole(node, i, node.Shape[i], node.Inputs[0].Shape[i]) ? axis : Filled(node, axis, node.Shape[i]))]);
            case Op.UpdateAdd:
                Plain(node, x);
                return new([.. x[0].Axes.Select((axis, i) =>
                {
                    if (IsWhole(node, i, node.Shape[i], node.Inputs[1].Shape[i])) return Join(node, axis, x[1].Axes[i]);
                    Filled(node, x[1].Axes[i], node.Shape[i]);
                    return Filled(node, axis, node.Shape[i]);
                })]);
            case Op.Concat:
                foreach (var operand in x) Filled(node, operand.Axes[node.Ints[0]], Dim.Zero);
                return new([.. node.Shape.Select((dim, i) => i == node.Ints[0] ? One(dim, "", node) : x.Select(operand => operand.Axes[i]).Aggregate((a, b) => Join(node, a, b)))], SamePlaces(node, x));
            case Op.Gather:
                return Gather(node, x[0], x[1]);
            case Op.ScatterAdd or Op.ScatterMax or Op.ScatterMin:
                return Scatter(node, x[0], x[1], x[2]);
            case Op.ReduceSum or Op.ReduceMax or Op.ReduceMin:
                Plain(node, x);
                return new([.. x[0].Axes.Where((_, i) => !node.Ints.Contains(i))]);
            case Op.ArgMax:
                Plain(node, x);
                if (Moved(x[0].Axes[node.Ints[0]]) is not null) throw new OrderException(node, $"{Words(node)} gives a position, of equal elements the first");
                return new(x[0].Axes.RemoveAt(node.Ints[0]));
            case Op.Dot:
                Plain(node, x);
                var rank = node.Rank;
                Join(node, x[0].Axes[rank - 1], x[1].Axes[rank - 2]);
                return new([.. Enumerable.Range(0, rank - 2).Select(i => Join(node, x[0].Axes[i], x[1].Axes[i])), x[0].Axes[rank - 2], x[1].Axes[rank - 1]]);
            case Op.Call:
                return Routine(node, x);
            case Op.Ruled:
                return Inside(node.Rule!.Value!, [.. x.Take(node.Rule.RuleCaptures)])[0];
            case Op.RuleTangent:
                throw new OrderException(node, $"nothing is known of the order in the derivative that {node.Rule!.Name} declares");
            case Op.RandomUniform or Op.RandomNormal or Op.RandomPoisson or Op.FoldKey when x.Any(operand => operand.Places is not null || Moved(operand.Axes.SelectMany(axis => axis)) is not null):
                throw new OrderException(node, $"{Words(node)} draws numbers by position");
            default:
                return Pointwise(node, x);
        }
    }

    private Value Pointwise(Node node, ImmutableArray<Value> x)
    {
        var axes = x.Select(operand => operand.Axes).Aggregate((a, b) => [.. a.Zip(b, (left, right) => Join(node, left, right))]);
        switch (node.Op)
        {
            case Op.Equal or Op.NotEqual:
                SamePlaces(node, x);
                return new(axes);
            case Op.Where:
                Plain(node, [x[0]]);
                return new(axes, SamePlaces(node, [x[1], x[2]]));
            case Op.Cast when node.Type.DType == DType.Int64:
                return new(axes, x[0].Places);
            default:
                Plain(node, x);
                return new(axes);
        }
    }

    /// <summary>Places may be compared, looked up and chosen; arithmetic on them depends on the order.</summary>
    private static void Plain(Node node, ImmutableArray<Value> x)
    {
        if (x.FirstOrDefault(operand => operand.Places is not null) is { } places) throw new OrderException(node, $"{Words(node)} computes with positions along '{places.Places}'");
    }

    private static string? SamePlaces(Node node, ImmutableArray<Value> x) =>
        x.All(operand => operand.Places == x[0].Places) ? x[0].Places : throw new OrderException(node, $"{Words(node)} compares positions with other numbers");

    private Value Gather(Node node, Value x, Value index)
    {
        var axis = node.Ints[0];
        Meet(node, x.Axes[axis], index.Places);
        return x with { Axes = [.. index.Axes.Select((at, i) => i == axis ? at : Join(node, x.Axes[i], at))] };
    }

    private Value Scatter(Node node, Value target, Value index, Value update)
    {
        Plain(node, [target, update]);
        var axis = node.Ints[0];
        var met = Meet(node, target.Axes[axis], index.Places);
        return new([.. target.Axes.Select((own, i) =>
        {
            var joining = Join(node, index.Axes[i], update.Axes[i]);
            return i == axis ? One(node.Shape[i], met, node) : Join(node, own, joining);
        })]);
    }

    /// <summary>An index finds its elements in any order if it is an index of that order. What the axis is once every place may differ.</summary>
    private static string Meet(Node node, ImmutableArray<Factor> axis, string? places)
    {
        if (IsEqual(axis) || axis.Length == 1 && axis[0].Order == (places ?? "") || places is null && Moved(axis) is null) return places ?? "";
        throw new OrderException(node, places is null ? $"{Words(node)} looks up by numbers what has the order of '{Moved(axis)}'"
            : $"{Words(node)} looks up by positions along '{places}' what keeps its order{Because(axis)}");
    }

    private ImmutableArray<Value> Loop(Node node)
    {
        var loop = node.Loop!;
        ImmutableArray<Value> inputs = [.. node.Inputs.Select(input => _values[input])];
        // Until what is carried settles: each round, equal elements may turn out to have an order.
        while (true)
        {
            var results = Inside(loop.Body, inputs);
            var carried = results.Take(loop.Carries).Select((next, i) =>
                inputs[i] with { Axes = [.. inputs[i].Axes.Zip(next.Axes, (a, b) => Join(loop.Body.Results[i], a, b))], Places = SamePlaces(loop.Body.Results[i], [inputs[i], next]) }).ToImmutableArray();
            if (carried.Select((value, i) => IsSame(value, inputs[i])).All(same => same))
            {
                if (loop.Solver is not null) return [carried[0], new([]), new([])];
                Value Stacked(Value value, Dim count) => value with { Axes = value.Axes.Insert(0, One(count, "", node)) };
                return [.. carried, .. loop.Histories.Select(i => Stacked(carried[i], loop.Trips + Dim.One)), .. results.Skip(loop.Carries).Select(scan => Stacked(scan, loop.Trips))];
            }
            inputs = carried.AddRange(inputs.Skip(loop.Carries));
        }

        static bool IsSame(Value a, Value b) => a.Axes.Zip(b.Axes, (x, y) => x.Length == y.Length && x.Zip(y, (f, g) => f.Order == g.Order).All(same => same)).All(same => same);
    }

    private ImmutableArray<Value> Inside(Region body, ImmutableArray<Value> inputs)
    {
        var inner = new Permutations(_size);
        for (var i = 0; i < inputs.Length; i++) inner._values[body.Parameters[i]] = inputs[i];
        inner.Run(body.Results);
        return [.. body.Results.Select(result => inner._values[result])];
    }

    /// <summary>The batch of a routine may be in any order; its items may not, but for systems of equations, whose unknowns and equations may be.</summary>
    private Value Routine(Node node, ImmutableArray<Value> x)
    {
        Plain(node, x);
        var routine = Ir.Routine.Of(node);
        var batch = node.Rank - routine.Result;
        var lead = Enumerable.Range(0, batch).Select(i => x.Select(operand => operand.Axes[i]).Aggregate((a, b) => Join(node, a, b)));
        var items = x.Select((operand, i) => operand.Axes.RemoveRange(0, operand.Axes.Length - routine.Operands[i])).ToImmutableArray();
        if (node.Text == "Solve")
        {
            // The unknowns are in the order of the columns, and the equations in that of the right sides.
            Join(node, items[0][0], items[1][0]);
            return new([.. lead, items[0][1], items[1][1]]);
        }
        if (Moved(items.SelectMany(item => item.SelectMany(axis => axis))) is not null) throw new OrderException(node, $"{Words(node)} depends on the order");
        return new([.. lead, .. node.Shape.Skip(batch).Select(dim => One(dim, "", node))]);
    }

    private ImmutableArray<ImmutableArray<Factor>> Reshaped(Node node, Value x)
    {
        var factors = new Stack<Factor>(x.Axes.SelectMany(axis => axis).Reverse());
        var axes = ImmutableArray.CreateBuilder<ImmutableArray<Factor>>();
        foreach (var dim in node.Shape)
        {
            var axis = ImmutableArray.CreateBuilder<Factor>();
            var rest = dim;
            while (!rest.IsOne && factors.Count > 0)
            {
                var factor = factors.Pop();
                if (Dim.ExactDiv(rest, factor.Size) is { } left)
                {
                    axis.Add(factor);
                    rest = left;
                    continue;
                }
                if (factor.IsMoved || Dim.ExactDiv(factor.Size, rest) is not { } remains) return Ends(node, x);
                axis.Add(factor with { Size = rest });
                factors.Push(factor with { Size = remains });
                rest = Dim.One;
            }
            if (!rest.IsOne) return Ends(node, x);
            axes.Add(axis.ToImmutable());
        }
        return factors.Count == 0 ? axes.ToImmutable() : Ends(node, x);
    }

    /// <summary>Of sizes whose products are not seen to be equal (a width of as many heads times their size) those at both ends may still be the same; between them no order may be another.</summary>
    private static ImmutableArray<ImmutableArray<Factor>> Ends(Node node, Value x)
    {
        var from = node.Inputs[0].Shape;
        int least = System.Math.Min(from.Length, node.Rank), head = 0, tail = 0;
        while (head < least && from[head].Equals(node.Shape[head])) head++;
        while (tail < least - head && from[from.Length - 1 - tail].Equals(node.Shape[node.Rank - 1 - tail])) tail++;
        var between = x.Axes.Skip(head).Take(from.Length - head - tail).SelectMany(axis => axis).ToList();
        if (Moved(between) is { } moved) throw new OrderException(node, $"{Words(node)} splits or joins what has the order of '{moved}'");
        var order = IsEqual(between) ? null : "";
        return [.. x.Axes.Take(head), .. node.Shape.Skip(head).Take(node.Rank - head - tail).Select(dim => One(dim, order, node)), .. x.Axes.Skip(from.Length - tail)];
    }

    /// <summary>The order of the first factor that a permutation moves; null: of none.</summary>
    private static string? Moved(IEnumerable<Factor> factors) => factors.FirstOrDefault(factor => factor.IsMoved).Order;

    private static bool IsEqual(IEnumerable<Factor> factors) => factors.All(factor => factor.Order is null);

    private static bool IsWhole(Node node, int axis, Dim whole, Dim part) => whole.Equals(part) && node.Dims[axis].IsZero && node.Ints[axis] == 1;

    /// <summary>An axis of which some elements remain.</summary>
    private static ImmutableArray<Factor> Cut(Node node, ImmutableArray<Factor> axis, Dim size, string why)
    {
        if (Moved(axis) is { } moved) throw new OrderException(node, $"{Words(node)} {why} along '{moved}'");
        return One(size, IsEqual(axis) ? null : "", node);
    }

    /// <summary>An axis of which some elements are given and the others are not.</summary>
    private static ImmutableArray<Factor> Filled(Node node, ImmutableArray<Factor> axis, Dim size)
    {
        Cut(node, axis, size, "puts elements at given positions");
        return One(size, "", node);
    }

    private static ImmutableArray<Factor> Join(Node node, ImmutableArray<Factor> a, ImmutableArray<Factor> b)
    {
        if (IsEqual(a)) return b;
        if (IsEqual(b)) return a;
        if (a.Length == b.Length && a.Zip(b, (x, y) => x.Size.Equals(y.Size)).All(same => same)) return [.. a.Zip(b, (x, y) => Join(node, x, y))];
        var moved = a.Concat(b).FirstOrDefault(factor => factor.IsMoved);
        return moved.IsMoved ? throw Apart(node, moved, a.Concat(b).FirstOrDefault(factor => factor.Order == "")) : [new(Dim.Product(a.Select(factor => factor.Size)), "", node)];
    }

    private static Factor Join(Node node, Factor a, Factor b) =>
        a.Order is null ? b : b.Order is null || a.Order == b.Order ? a : throw Apart(node, a.IsMoved ? a : b, a.IsMoved ? b : a);

    private static OrderException Apart(Node node, Factor moved, Factor other) => new(node, other.IsMoved
        ? $"{Words(node)} puts what has the order of '{moved.Order}' beside what has that of '{other.Order}'"
        : $"{Words(node)} puts what has the order of '{moved.Order}' beside {Words(other.Cause)}, which keeps its own");

    private static string Because(ImmutableArray<Factor> axis) => axis.FirstOrDefault(factor => factor.Cause is not null).Cause is { } cause ? $": {Words(cause)}" : "";

    private static string Words(Node? node) => node is null ? "another value" : node.Op == Op.Parameter ? node.Text : node.Source is { } source ? SurfaceText.ToCSharp(Expression(source)) : node.Name ?? "a value";

    /// <summary>What a statement gives a name to, or returns.</summary>
    private static Surface Expression(Surface source) => source is { Kind: "let" or "assign" or "return" or "setbuffer", Count: > 0 } ? source[0] : source;
}
