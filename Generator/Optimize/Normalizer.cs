using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Transforms;

namespace Proxima.Generator.Optimize;

/// <summary>
/// Brings a function into the form the planner expects: reductions over many axes become a reduction of adjacent memory (parallel over rows)
/// and one of what is left; every result and every initial carried value is a node of its own, so that it can be given a destination.
/// </summary>
internal static class Normalizer
{
    // Of what is walked by recursion: an expression may have thousands of terms.
    private const int MaximumDepth = 100;

    public static Function Run(Function function)
    {
        var body = Rewrite(function.Body, []);
        return function with { Results = body.Results };
    }

    /// <param name="signs">What is known of the elements of parameters.</param>
    private static Region Rewrite(Region region, Dictionary<Node, Signs> signs)
    {
        var builder = new Builder();
        var map = new Dictionary<Node, Node>();
        var loops = new Dictionary<Node, ImmutableArray<Node>>();
        var schedule = region.Schedule();
        var uses = CountUses(schedule, region.Results);
        var claimed = new HashSet<Node>();
        foreach (var node in schedule)
        {
            builder.Source = node.Source;
            if (SignsOf(node, signs) is { } own) signs[node] = own;
            switch (node.Op)
            {
                case Op.Parameter:
                    map[node] = node;
                    break;
                case Op.Loop:
                    var loop = node.Loop!;
                    var inputs = node.Inputs.Select(input => map[input]).ToArray();
                    for (var i = 0; i < loop.Carries; i++)
                        if (uses[node.Inputs[i]] > 1 || !claimed.Add(inputs[i]) || !IsFresh(inputs[i])) inputs[i] = Copy(inputs[i], loop.Body.Parameters[i].Name);
                    var inside = new Dictionary<Node, Signs>();
                    for (var i = loop.Carries; i < inputs.Length; i++)
                        if (signs.TryGetValue(node.Inputs[i], out var known)) inside[loop.Body.Parameters[i]] = known;
                    loops[node] = builder.Loop(loop with { Body = Rewrite(loop.Body, inside) }, [.. inputs]);
                    break;
                case Op.Result:
                    map[node] = loops[node.Inputs[0]][node.Ints[0]];
                    map[node].Name ??= node.Name;
                    break;
                case Op.ReduceSum or Op.ReduceMax or Op.ReduceMin:
                    map[node] = Split(builder, node.Op, map[node.Inputs[0]], node.Ints);
                    map[node].Name ??= node.Name;
                    break;
                case Op.Dot when !node.Type.IsFloat:
                    map[node] = SumOfProducts(builder, map[node.Inputs[0]], map[node.Inputs[1]]);
                    map[node].Name ??= node.Name;
                    break;
                case Op.Dot when GroupedRows(node) is { } rows:
                    map[node] = builder.Reshape(builder.GroupedDot(builder.Reshape(map[node.Inputs[0]], [node.Shape[0], node.Inputs[0].Shape[2]]), Matrices(builder, map[rows.Inputs[0]], node.Inputs[1]), Inverse.Of(rows).Select(known => map[known])), node.Shape);
                    map[node].Name ??= node.Name;
                    break;
                case Op.Dot when node.Inputs.All(signs.ContainsKey):
                    map[node] = builder.SignDot(Signed(builder, map, node.Inputs[0]), signs[node.Inputs[0]], Signed(builder, map, node.Inputs[1]), signs[node.Inputs[1]]);
                    map[node].Name ??= node.Name;
                    break;
                case Op.Dot when OneFilter(builder, node, map) is { } filtered:
                    map[node] = filtered;
                    map[node].Name ??= node.Name;
                    break;
                case Op.Permute when Simplify.IsTransposition(node) && Absorbs(node.Inputs[0], 0) is true:
                    map[node] = Transposed(node.Inputs[0]);
                    map[node].Name ??= node.Name;
                    break;
                case Op.ScatterAdd when OuterProducts(node) is { } outer:
                    Node Rows(Node x) => builder.Reshape(map[x], [x.Shape[0], x.Shape[2].IsOne ? x.Shape[1] : x.Shape[2]]);
                    var groups = Inverse.Of(node).Select(known => map[known]);
                    var sums = outer.Select(pair => builder.GroupedOuter(Rows(pair.Left), Rows(pair.Right), groups));
                    if (!Builder.IsFull(map[node.Inputs[0]], 0)) sums = sums.Prepend(map[node.Inputs[0]]);
                    map[node] = sums.Aggregate(builder.Add);
                    map[node].Name ??= node.Name;
                    break;
                case Op.UpdateAdd when IsNearlyWhole(node):
                    // Two values for each element, of which one is zero around the block: what reads them computes the sum.
                    var block = builder.Pad(map[node.Inputs[1]], node.Shape, node.Dims);
                    map[node] = Builder.IsFull(map[node.Inputs[0]], 0) ? block : builder.Add(map[node.Inputs[0]], block);
                    map[node].Name ??= node.Name;
                    break;
                case Op.Call:
                    // What a loop captures may be a view; then it is copied, once it is known to be one.
                    map[node] = builder.Rebuild(node, [.. node.Inputs.Select(input => map[input].Op == Op.Parameter ? Copy(map[input], input.Name) : map[input])]);
                    break;
                default:
                    map[node] = builder.Rebuild(node, [.. node.Inputs.Select(input => map[input])]);
                    break;
            }
        }
        builder.Source = null;

        // Products that nothing else reads are computed transposed, with what follows them, rather than laid out and copied. Null: there is no product.
        bool? Absorbs(Node x, int depth)
        {
            if (depth > MaximumDepth) return false;
            if (x.Op == Op.Full || x.Op == Op.Broadcast && x.Ints.IsEmpty || Simplify.IsTransposition(x)) return null;
            if (uses[x] > 1) return false;
            if (x.Op == Op.Dot) return x.Type.IsFloat && GroupedRows(x) is null && !x.Inputs.All(signs.ContainsKey);
            if (!Emission.IsPointwise(x.Op)) return false;
            var inputs = x.Inputs.Select(input => Absorbs(input, depth + 1)).ToArray();
            return inputs.Contains(false) ? false : inputs.Contains(true) ? true : null;
        }

        Node Transposed(Node x)
        {
            if (Simplify.IsTransposition(x)) return map[x.Inputs[0]];
            var shape = x.Shape.SetItem(x.Rank - 2, x.Shape[x.Rank - 1]).SetItem(x.Rank - 1, x.Shape[x.Rank - 2]);
            var result = x.Op switch
            {
                Op.Dot => builder.Dot(builder.Transpose(map[x.Inputs[1]]), builder.Transpose(map[x.Inputs[0]])),
                Op.Full => builder.Full(x.Number, x.Type.DType, shape),
                Op.Broadcast => builder.Broadcast(map[x.Inputs[0]], shape, []),
                _ => builder.Rebuild(x, [.. x.Inputs.Select(Transposed)], x.Type.With(shape), x.Dims),
            };
            result.Name ??= x.Name;
            return result;
        }

        var results = ImmutableArray.CreateBuilder<Node>(region.Results.Length);
        foreach (var result in region.Results)
        {
            var node = map[result];
            results.Add(IsFresh(node) && claimed.Add(node) ? node : Copy(node, node.Name));
        }
        return new Region(region.Parameters, results.MoveToImmutable());
    }

    public static Dictionary<Node, int> CountUses(ImmutableArray<Node> schedule, ImmutableArray<Node> results)
    {
        var uses = new Dictionary<Node, int>();
        foreach (var node in schedule)
        {
            if (!uses.ContainsKey(node)) uses[node] = 0;
            foreach (var input in node.Inputs) uses[input] = uses.TryGetValue(input, out var n) ? n + 1 : 1;
        }
        foreach (var result in results) uses[result]++;
        return uses;
    }

    private static bool IsFresh(Node node) => node.Op != Op.Parameter && !Emission.IsSource(node.Op);

    // An identity that is never shared: the planner gives it memory of its own.
    private static Node Copy(Node node, string? name) => new(Op.Reshape, node.Type, [node], source: node.Source) { Name = name };

    /// <summary>The gather of a matrix for each row, where a product is one of single rows with such and it is known which rows read each matrix.</summary>
    private static Node? GroupedRows(Node dot)
    {
        if (dot.Rank != 3 || !dot.Shape[1].IsOne) return null;
        var matrices = dot.Inputs[1];
        if (IsTransposition(matrices)) matrices = matrices.Inputs[0];
        return matrices.Op == Op.Gather && matrices.Ints[0] == 0 && Inverse.Of(matrices).Ranges is not null ? matrices : null;
    }

    /// <summary>What the rows of a grouped product multiply by: the matrices before they were gathered, transposed where they were after that.</summary>
    private static Node Matrices(Builder builder, Node table, Node gathered) => IsTransposition(gathered) ? builder.Transpose(table) : table;

    /// <summary>The factors of the outer products that a scatter adds up, where it is known which of them meet: one pair for each use of the matrices.</summary>
    private static List<(Node Left, Node Right)>? OuterProducts(Node scatter)
    {
        if (scatter.Rank != 3 || scatter.Ints[0] != 0 || !scatter.Type.IsFloat || Inverse.Of(scatter).Ranges is null) return null;
        var pairs = new List<(Node, Node)>();
        return Collect(scatter.Inputs[2], false) ? pairs : null;

        bool Collect(Node sum, bool isTransposed)
        {
            if (IsTransposition(sum)) (sum, isTransposed) = (sum.Inputs[0], !isTransposed);
            if (sum.Op == Op.Add) return sum.Inputs.All(term => Collect(term, isTransposed));
            if (sum.Op != Op.Dot || !sum.Inputs[0].Shape[2].IsOne) return false;
            pairs.Add(isTransposed ? (sum.Inputs[1], sum.Inputs[0]) : (sum.Inputs[0], sum.Inputs[1]));
            return true;
        }
    }

    private static bool IsTransposition(Node node) => node.Op == Op.Permute && node.Ints.SequenceEqual([0, 2, 1]);

    /// <summary>What is known of the elements of a node from what it is made of; null where they may be others than -1, 0 and 1.</summary>
    private static Signs? SignsOf(Node node, Dictionary<Node, Signs> signs)
    {
        Signs? Of(Node x) => signs.TryGetValue(x, out var known) ? known : null;
        Signs? All(IEnumerable<Signs?> parts) => parts.Aggregate((Signs?)Signs.Binary, (all, part) => all is null || part is null ? null : (Signs)Math.Max((int)all, (int)part));
        Signs? Constant(double value) => value is 1 or -1 ? Signs.Binary : value == 0 ? Signs.Ternary : null;
        return node.Op switch
        {
            Op.Full => Constant(node.Number),
            Op.Sign => Signs.Ternary,
            Op.Where => All([Of(node.Inputs[1]), Of(node.Inputs[2])]),
            Op.Mul or Op.Concat => All(node.Inputs.Select(Of)),
            Op.Pad => All([Of(node.Inputs[0]), Constant(node.Number)]),
            Op.Neg or Op.Gather => Of(node.Inputs[0]),
            Op.Cast when node.Type.IsFloat => Of(node.Inputs[0]),
            _ when node.Op.IsView() => Of(node.Inputs[0]),
            _ => Of(node),
        };
    }

    /// <summary>What the signs of an operand can be told from while it is packed: the signs, or the values whose signs they are, so that signs are never laid out.</summary>
    private static Node Signed(Builder builder, Dictionary<Node, Node> map, Node operand)
    {
        if (operand.Op.IsView()) return builder.Rebuild(operand, [Signed(builder, map, operand.Inputs[0])]);
        var isBinary = operand.Op == Op.Where && Builder.IsFull(operand.Inputs[1], 1) && Builder.IsFull(operand.Inputs[2], -1)
            && operand.Inputs[0] is { Op: Op.GreaterEqual } condition && Builder.IsFull(condition.Inputs[1], 0);
        var value = isBinary ? operand.Inputs[0].Inputs[0] : operand.Op == Op.Sign ? operand.Inputs[0] : operand;
        return map[value.Type.Equals(operand.Type) ? value : operand];
    }

    // The GEMM is for floating point; integers are multiplied out and summed.
    private static Node SumOfProducts(Builder builder, Node x, Node y)
    {
        var rank = x.Rank;
        var batch = Enumerable.Range(0, rank - 2).ToImmutableArray();
        ImmutableArray<Dim> shape = [.. x.Shape.RemoveAt(rank - 1), y.Shape[rank - 1], x.Shape[rank - 1]];
        var rows = builder.Broadcast(x, shape, [.. batch, rank - 2, rank]);
        var columns = builder.Broadcast(builder.Permute(y, [.. batch, rank - 1, rank - 2]), shape, [.. batch, rank - 1, rank]);
        return builder.Sum(builder.Mul(rows, columns), [rank]);
    }

    /// <summary>A block that leaves a few rows and columns of its target, however large both are.</summary>
    private static bool IsNearlyWhole(Node update) => update.Type.IsFloat && update.Ints.All(step => step == 1)
        && update.Shape.Zip(update.Inputs[1].Shape, (whole, part) => (whole - part).Constant is >= 0 && (part.Constant is null || whole.Equals(part))).All(isNear => isNear);

    // Lanes run along the positions of the windows: along fewer than a vector has, a product is faster.
    private const int FewestPositions = 16;

    /// <summary>One filter over windows is a sum over its offsets: as a product, each window would be laid out for the sake of a single row.</summary>
    private static Node? OneFilter(Builder builder, Node dot, Dictionary<Node, Node> map)
    {
        var rank = dot.Rank;
        if (!dot.Type.IsFloat || !dot.Shape[rank - 2].IsOne || dot.Inputs[1] is not { Op: Op.Reshape, Inputs: [{ Rank: > 0 } windows] } columns || !HasWindows(windows)) return null;
        if (windows.Shape[windows.Rank - 1].Constant < FewestPositions) return null;
        // The axes of the windows are those of the batch, of the depth and of the positions, in this order.
        var first = AxesOf(windows.Shape, 0, Dim.Product(columns.Shape.RemoveRange(rank - 2, 2)));
        var last = first is { } begin ? AxesOf(windows.Shape, begin, columns.Shape[rank - 2]) : null;
        if (last is not { } end || !Dim.Product(windows.Shape.Skip(end)).Equals(columns.Shape[rank - 1])) return null;
        var filter = builder.Reshape(map[dot.Inputs[0]], [.. windows.Shape.Take(end)]);
        var products = builder.Mul(builder.Broadcast(filter, windows.Shape, [.. Enumerable.Range(0, end)]), map[windows]);
        return builder.Reshape(builder.Sum(products, [.. Enumerable.Range(first!.Value, end - first.Value)]), dot.Shape);
    }

    /// <summary>Up to which axis, from another on, the sizes multiply to a number; null where none do.</summary>
    private static int? AxesOf(ImmutableArray<Dim> shape, int from, Dim product)
    {
        var size = Dim.One;
        for (var i = from; i < shape.Length && !size.Equals(product); i++, from++) size *= shape[i];
        return size.Equals(product) ? from : null;
    }

    /// <summary>A view of windows, which may overlap.</summary>
    public static bool HasWindows(Node view)
    {
        while (view.Op.IsView() && view.Op != Op.Window) view = view.Inputs[0];
        return view.Op == Op.Window;
    }

    private static Node Split(Builder builder, Op op, Node x, ImmutableArray<int> axes)
    {
        if (axes.Length < 2 || !axes.Contains(x.Rank - 1)) return builder.Reduce(op, x, axes);
        var first = x.Rank;
        while (first > 0 && axes.Contains(first - 1)) first--;
        // A reduction of everything keeps one axis for the rows.
        if (first == 0) first = 1;
        var trailing = Enumerable.Range(first, x.Rank - first).ToImmutableArray();
        var rest = axes.Where(axis => axis < first).ToImmutableArray();
        return Split(builder, op, builder.Reduce(op, x, trailing), rest);
    }
}
