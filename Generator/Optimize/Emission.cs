using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Optimize;

/// <summary>Memory of a node: row-major from an offset of a buffer.</summary>
internal sealed record Storage(Buffer Buffer, Dim Offset);

/// <summary>
/// Turns nodes into scalar expressions at given indices: views become index arithmetic, pointwise nodes become operations, and what a caller
/// declares a leaf becomes a load (or whatever the caller makes of it).
/// </summary>
internal static class Emission
{
    public static bool IsPointwise(Op op) => op is >= Op.Neg and <= Op.Where;

    /// <summary>Folds axes away.</summary>
    public static bool IsReduction(Op op) => op is Op.ReduceSum or Op.ReduceMax or Op.ReduceMin or Op.ArgMax;

    public static bool IsSource(Op op) => op is Op.Full or Op.Size or Op.Number or Op.Iota;

    /// <summary>One number that sizes and constants tell, whatever shape it is spread to.</summary>
    public static bool IsOfSizes(Node node)
    {
        var seen = new HashSet<Node>();
        var stack = new Stack<Node>([node]);
        while (stack.Count > 0)
        {
            var next = stack.Pop();
            if (next.Op is Op.Full or Op.Size or Op.Number || !seen.Add(next)) continue;
            if (!IsPointwise(next.Op) && next.Op is not (Op.Broadcast or Op.Reshape)) return false;
            foreach (var input in next.Inputs) stack.Push(input);
        }
        return true;
    }

    /// <summary>Computed wherever it is needed instead of in memory.</summary>
    public static bool IsInline(Op op) => IsPointwise(op) || op.IsView() || IsSource(op) || op == Op.Gather;

    /// <summary>A GEMM computes it.</summary>
    public static bool IsProduct(Op op) => op is Op.Dot or Op.GroupedDot or Op.GroupedOuter;

    public static bool IsScatter(Op op) => op is Op.ScatterAdd or Op.ScatterMax or Op.ScatterMin;

    /// <summary>A scatter that knows what joins each place: a reduction over a range.</summary>
    public static bool IsRanged(Node node) => IsScatter(node.Op) && !Inverse.Of(node).IsNone;

    /// <summary>So costly that computing it twice loses against a trip to memory; also what must not be computed twice and compared.</summary>
    public static bool IsExpensive(Op op) => op is Op.Exp or Op.Log or Op.Sqrt or Op.Rsqrt or Op.Tanh or Op.Sigmoid or Op.Erf or Op.Sin or Op.Cos
        or Op.Log1p or Op.Expm1 or Op.Softplus or Op.Div or Op.Pow or Op.Atan2 or Op.FoldKey or Op.RandomUniform or Op.RandomNormal or Op.RandomPoisson;

    /// <summary>Scalar operations that one element costs, for cost formulas.</summary>
    public static int Cost(Op op) => op switch
    {
        Op.Exp or Op.Log or Op.Tanh or Op.Sigmoid or Op.Erf or Op.Sin or Op.Cos or Op.Log1p or Op.Expm1 or Op.Softplus or Op.Pow or Op.Atan2 => 10,
        Op.FoldKey or Op.RandomUniform => 20,
        Op.RandomNormal or Op.RandomPoisson => 60,
        Op.Div or Op.Sqrt or Op.Rsqrt or Op.FloorDivide => 4,
        Op.SoftThreshold => 3,
        _ => 1,
    };

    /// <summary>The row-major position of an index.</summary>
    public static Dim Linear(ImmutableArray<Dim> index, ImmutableArray<Dim> shape)
    {
        var position = Dim.Zero;
        for (var i = 0; i < shape.Length; i++) position = position * shape[i] + index[i];
        return position.Recombine();
    }

    /// <summary>The index of a row-major position.</summary>
    public static ImmutableArray<Dim> Delinear(Dim position, ImmutableArray<Dim> shape)
    {
        var index = new Dim[shape.Length];
        for (var i = shape.Length - 1; i > 0; i--)
        {
            index[i] = shape[i].IsOne ? Dim.Zero : Dim.Mod(position, shape[i]);
            position = Dim.FloorDiv(position, shape[i]);
        }
        if (shape.Length > 0) index[0] = shape[0].IsOne ? Dim.Zero : position;
        return [.. index];
    }

    /// <summary>The index into the input of a view, or of a pad whose elements lie side by side (or of a pointwise node: the same).</summary>
    public static ImmutableArray<Dim> InputIndex(Node node, ImmutableArray<Dim> index)
    {
        switch (node.Op)
        {
            case Op.Broadcast:
                return [.. node.Ints.Select(axis => index[axis])];
            case Op.Permute:
                var permuted = new Dim[index.Length];
                for (var i = 0; i < index.Length; i++) permuted[node.Ints[i]] = index[i];
                return [.. permuted];
            case Op.Reshape:
                return ReshapeIndex(index, node.Shape, node.Inputs[0].Shape);
            case Op.Slice:
                return [.. index.Select((dim, i) => node.Dims[i] + dim * Dim.Of(node.Ints[i]))];
            case Op.Pad:
                return [.. index.Select((dim, i) => dim - node.Dims[i])];
            case Op.Window:
                var axis = node.Ints[0];
                return [.. index.Take(axis), index[axis] * node.Dims[0] + index[axis + 1] * node.Dims[1], .. index.Skip(axis + 2)];
            default:
                return index;
        }
    }

    /// <summary>
    /// The index into a shape from that into another of as many elements. Runs of axes that match are passed through; only what was really merged or
    /// split pays a division.
    /// </summary>
    /// <param name="split">Splits the index of one axis into those of several sizes without a division; null where it cannot.</param>
    public static ImmutableArray<Dim> ReshapeIndex(
        ImmutableArray<Dim> index, ImmutableArray<Dim> from, ImmutableArray<Dim> to, Func<Dim, ImmutableArray<Dim>, ImmutableArray<Dim>?>? split = null)
    {
        var result = ImmutableArray.CreateBuilder<Dim>(to.Length);
        int i = 0, j = 0;
        while (i < from.Length || j < to.Length)
        {
            // The shortest run of axes on both sides with equal products.
            int iEnd = i, jEnd = j;
            Dim left = Dim.One, right = Dim.One;
            do
            {
                if (jEnd < to.Length && (iEnd >= from.Length || TermSize(right) <= TermSize(left))) right *= to[jEnd++];
                else if (iEnd < from.Length) left *= from[iEnd++];
            }
            while (!left.Equals(right) && (iEnd < from.Length || jEnd < to.Length));
            if (iEnd - i == 1 && jEnd - j == 1) result.Add(index[i]);
            else if (iEnd - i == 1 && split?.Invoke(index[i], [.. to.Skip(j).Take(jEnd - j)]) is { } parts) result.AddRange(parts);
            else
            {
                var position = Linear([.. index.Skip(i).Take(iEnd - i)], [.. from.Skip(i).Take(iEnd - i)]);
                result.AddRange(Delinear(position, [.. to.Skip(j).Take(jEnd - j)]));
            }
            i = iEnd;
            j = jEnd;
        }
        return result.ToImmutable();
    }

    // A monotone measure that lets the run search grow the side with fewer factors first.
    private static long TermSize(Dim dim) => dim.Evaluate(_ => 3);
}

/// <summary>Makes the expressions of one kernel, sharing equal ones.</summary>
/// <param name="isTaken">The names that mean something else.</param>
internal sealed class ExprBuilder(Func<string, bool> isTaken, ExprBuilder? before = null)
{
    private readonly Dictionary<string, Expr> _shared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Expr> _positions = new(StringComparer.Ordinal);

    /// <summary>What is made now tells a position in memory; see <see cref="Expr.IsScalar"/>.</summary>
    public bool IsScalar { get; set; }

    private Expr Share(ExprKind kind, DType dtype, string key, Func<int, Expr> make)
    {
        var full = $"{(IsScalar ? "@" : "")}{kind}{dtype} {key}";
        if (_shared.TryGetValue(full, out var existing)) return existing;
        var expr = make(_shared.Count);
        _shared.Add(full, expr);
        return expr;
    }

    private string Key(ImmutableArray<Expr> inputs) => string.Concat(inputs.Select(input => "," + input.Number.ToString(CultureInfo.InvariantCulture)));

    public Expr Load(Access access, DType dtype, string? name = null)
    {
        var positions = PositionsIn(access.Offset);
        return Share(ExprKind.Load, dtype, access + Key(positions), number => new(ExprKind.Load, dtype, number) { Access = access, Inputs = positions, Name = name, IsScalar = IsScalar });
    }

    public Expr Constant(double value, DType dtype) =>
        Share(ExprKind.Constant, dtype, BitConverter.DoubleToInt64Bits(value).ToString(CultureInfo.InvariantCulture), number => new(ExprKind.Constant, dtype, number) { Value = value, IsScalar = IsScalar });

    public Expr Index(Dim index, DType dtype)
    {
        if (index.Constant is { } value) return Constant(value, dtype);
        var positions = PositionsIn(index);
        return Share(ExprKind.Index, dtype, index + Key(positions), number => new(ExprKind.Index, dtype, number) { Index = index, Inputs = positions, IsScalar = IsScalar });
    }

    public Expr Number(string name, DType dtype) => Share(ExprKind.Number, dtype, name, number => new(ExprKind.Number, dtype, number) { Text = name, IsScalar = IsScalar });

    public Expr Accumulator(string name, DType dtype) => Share(ExprKind.Accumulator, dtype, name, number => new(ExprKind.Accumulator, dtype, number) { Text = name, IsScalar = IsScalar });

    public Expr Operation(Op op, DType dtype, ImmutableArray<Expr> inputs, string? name = null)
    {
        // A cast of an index is an index of the other type.
        if (op == Op.Cast && inputs[0].Kind == ExprKind.Index && dtype != DType.Bool) return Index(inputs[0].Index, dtype);
        return Share(ExprKind.Operation, dtype, op + Key(inputs), number => new(ExprKind.Operation, dtype, number) { Op = op, Inputs = inputs, Name = name, IsScalar = IsScalar });
    }

    /// <summary>A position that data tell, from 0 to below <paramref name="size"/>, as a formula for offsets.</summary>
    public Dim Position(Expr value, Dim size)
    {
        if (value.Kind == ExprKind.Constant) return Dim.Of((long)value.Value);
        if (value.Kind == ExprKind.Index) return value.Index;
        var stem = value.Kind == ExprKind.Load ? value.Access!.Buffer.Name + "At" : "at";
        var name = stem;
        // A buffer keeps its stem free; see Planner.Derived.
        for (var i = 2; _positions.TryGetValue(name, out var other) ? other.Inputs[0] != value : before?.HasPosition(name) == true || ((i > 2 || value.Kind != ExprKind.Load) && isTaken(name)); i++)
            name = stem + i.ToString(CultureInfo.InvariantCulture);
        Position(value, name);
        return Dim.Counter(name, size);
    }

    /// <summary>Whether a position has the name, here or in a pass before this.</summary>
    private bool HasPosition(string name) => _positions.ContainsKey(name) || before?.HasPosition(name) == true;

    private Expr Position(Expr value, string name) =>
        _positions[name] = Share(ExprKind.Position, value.DType, name + Key([value]), number => new(ExprKind.Position, value.DType, number) { Inputs = [value], Text = name, IsScalar = true });

    /// <summary>The positions that a formula mentions.</summary>
    public ImmutableArray<Expr> PositionsIn(Dim offset) =>
        _positions.Count == 0 ? [] : [.. offset.Names().OrderBy(name => name, StringComparer.Ordinal).Where(_positions.ContainsKey).Select(name => _positions[name])];

    /// <summary>Rebuilds an expression with every index rewritten.</summary>
    public Expr Rewrite(Expr expr, Func<Dim, Dim> rewrite, Dictionary<Expr, Expr> memo)
    {
        foreach (var node in Exprs.Order([expr]))
        {
            if (memo.ContainsKey(node)) continue;
            IsScalar = node.IsScalar;
            memo[node] = node.Kind switch
            {
                ExprKind.Load => Load(node.Access!.Rewrite(rewrite), node.DType, node.Name),
                ExprKind.Index => Index(rewrite(node.Index), node.DType),
                ExprKind.Constant => Constant(node.Value, node.DType),
                ExprKind.Number => Number(node.Text, node.DType),
                ExprKind.Accumulator => Accumulator(node.Text, node.DType),
                ExprKind.Position => Position(memo[node.Inputs[0]], node.Text),
                _ => Operation(node.Op, node.DType, [.. node.Inputs.Select(input => memo[input])], node.Name),
            };
        }
        IsScalar = false;
        return memo[expr];
    }
}
