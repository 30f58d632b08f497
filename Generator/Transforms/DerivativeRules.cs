using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>
/// The tangent of a node from those of its operands (null: zero), at least one of which is there. What a rule makes is linear in the tangents.
/// </summary>
/// <param name="b">Where the tangent is built.</param>
/// <param name="node">The node, for its attributes.</param>
/// <param name="y">Its value.</param>
/// <param name="x">The values of its operands.</param>
/// <param name="t">The tangents of its operands.</param>
internal delegate Node? DerivativeRule(Builder b, Node node, Node y, ImmutableArray<Node> x, ImmutableArray<Node?> t);

/// <summary>
/// One derivative rule per operation, in terms of the result where that is cheaper. At kinks the derivative is finite: the subgradient that
/// PyTorch chooses (0 for Relu and Abs at 0, half each for Min and Max of equals, equal shares for tied extrema).
/// </summary>
internal static class DerivativeRules
{
    private static readonly DerivativeRule s_zero = (_, _, _, _, _) => null;

    private static readonly DerivativeRule s_linear = (b, node, _, x, t) => b.Rebuild(node, [.. t.Select((tangent, i) => tangent ?? b.Zeros(x[i].Type))]);

    private static readonly Dictionary<Op, DerivativeRule> s_rules = new()
    {
        [Op.Neg] = (b, _, _, _, t) => b.Neg(t[0]!),
        [Op.Exp] = (b, _, y, _, t) => b.Mul(t[0]!, y),
        [Op.Log] = (b, _, _, x, t) => b.Div(t[0]!, x[0]),
        [Op.Sqrt] = (b, _, y, _, t) => b.Div(b.Scale(t[0]!, 0.5), y),
        [Op.Rsqrt] = (b, _, y, _, t) => b.Mul(t[0]!, b.Scale(b.Mul(b.Mul(y, y), y), -0.5)),
        [Op.Abs] = (b, _, _, x, t) => b.Mul(t[0]!, b.Pointwise(Op.Sign, x[0])),
        [Op.Tanh] = (b, _, y, _, t) => b.Mul(t[0]!, b.Sub(One(b, y), b.Mul(y, y))),
        [Op.Sigmoid] = (b, _, y, _, t) => b.Mul(t[0]!, b.Mul(y, b.Sub(One(b, y), y))),
        [Op.Erf] = (b, _, _, x, t) => b.Mul(t[0]!, b.Scale(b.Pointwise(Op.Exp, b.Neg(b.Mul(x[0], x[0]))), 2 / Math.Sqrt(Math.PI))),
        [Op.Sin] = (b, _, _, x, t) => b.Mul(t[0]!, b.Pointwise(Op.Cos, x[0])),
        [Op.Cos] = (b, _, _, x, t) => b.Neg(b.Mul(t[0]!, b.Pointwise(Op.Sin, x[0]))),
        [Op.Log1p] = (b, _, _, x, t) => b.Div(t[0]!, b.Add(x[0], One(b, x[0]))),
        [Op.Expm1] = (b, _, y, _, t) => b.Mul(t[0]!, b.Add(y, One(b, y))),
        [Op.Relu] = (b, _, y, _, t) => b.Where(b.Pointwise(Op.Greater, y, b.Zeros(y.Type)), t[0]!, b.Zeros(y.Type)),
        [Op.Softplus] = (b, _, _, x, t) => b.Mul(t[0]!, b.Pointwise(Op.Sigmoid, x[0])),
        [Op.Cast] = (b, node, _, _, t) => b.Cast(t[0]!, node.Type.DType),

        [Op.Add] = (b, _, _, _, t) => Sum(b, t[0], t[1]),
        [Op.Sub] = (b, _, _, _, t) => Difference(b, t[0], t[1]),
        [Op.Mul] = (b, _, _, x, t) => Sum(b, Times(b, t[0], x[1]), Times(b, t[1], x[0])),
        [Op.Div] = (b, _, y, x, t) => b.Div(Difference(b, t[0], Times(b, t[1], y))!, x[1]),
        [Op.Pow] = Pow,
        [Op.Atan2] = (b, _, _, x, t) => b.Div(Difference(b, Times(b, t[0], x[1]), Times(b, t[1], x[0]))!, b.Add(b.Mul(x[0], x[0]), b.Mul(x[1], x[1]))),
        [Op.Max] = (b, _, _, x, t) => Sum(b, Times(b, t[0], Share(b, Op.Greater, x[0], x[1])), Times(b, t[1], Share(b, Op.Greater, x[1], x[0]))),
        [Op.Min] = (b, _, _, x, t) => Sum(b, Times(b, t[0], Share(b, Op.Less, x[0], x[1])), Times(b, t[1], Share(b, Op.Less, x[1], x[0]))),
        [Op.SoftThreshold] = (b, _, y, _, t) =>
            b.Where(b.Pointwise(Op.NotEqual, y, b.Zeros(y.Type)), Difference(b, t[0], Times(b, t[1], b.Pointwise(Op.Sign, y)))!, b.Zeros(y.Type)),
        [Op.StraightThrough] = (_, _, _, _, t) => t[1],
        [Op.Where] = (b, _, y, x, t) => b.Where(x[0], t[1] ?? b.Zeros(y.Type), t[2] ?? b.Zeros(y.Type)),

        [Op.Broadcast] = s_linear,
        [Op.Permute] = s_linear,
        [Op.Reshape] = s_linear,
        [Op.Slice] = s_linear,
        [Op.Window] = s_linear,
        [Op.Pad] = (b, node, _, _, t) => b.Pad(t[0]!, node.Shape, node.Dims, node.Ints),
        [Op.Concat] = s_linear,
        [Op.ReduceSum] = s_linear,
        [Op.UpdateAdd] = (b, node, _, x, t) =>
            t[1] is not { } update ? t[0] : t[0] is { } target ? b.UpdateAdd(target, update, node.Dims, node.Ints) : b.Pad(update, x[0].Shape, node.Dims, node.Ints),
        [Op.Gather] = (b, node, _, x, t) => b.Gather(t[0]!, x[1], node.Ints[0], Inverse.At(x, 2)),
        [Op.ScatterAdd] = (b, node, _, x, t) => b.Scatter(Op.ScatterAdd, t[0] ?? b.Zeros(x[0].Type), x[1], t[2] ?? b.Zeros(x[2].Type), node.Ints[0], Inverse.At(x, 3)),
        [Op.ScatterMax] = ScatteredExtremum,
        [Op.ScatterMin] = ScatteredExtremum,
        [Op.ReduceMax] = Extremum,
        [Op.ReduceMin] = Extremum,
        [Op.Dot] = (b, _, _, x, t) => Sum(b, t[0] is { } tx ? b.Dot(tx, x[1]) : null, t[1] is { } ty ? b.Dot(x[0], ty) : null),

        [Op.Call] = RoutineRules.Tangent,

        // Constant wherever they have a derivative.
        [Op.Sign] = s_zero,
        [Op.Floor] = s_zero,
        [Op.Not] = s_zero,
        [Op.And] = s_zero,
        [Op.Or] = s_zero,
        [Op.Equal] = s_zero,
        [Op.NotEqual] = s_zero,
        [Op.Less] = s_zero,
        [Op.LessEqual] = s_zero,
        [Op.Greater] = s_zero,
        [Op.GreaterEqual] = s_zero,
        [Op.ArgMax] = s_zero,
        [Op.FloorDivide] = s_zero,
        [Op.BitwiseAnd] = s_zero,
        [Op.BitwiseOr] = s_zero,
        [Op.BitwiseXor] = s_zero,
        [Op.BitwiseLeftShift] = s_zero,
        [Op.BitwiseRightShift] = s_zero,
        [Op.FoldKey] = s_zero,
        [Op.RandomUniform] = s_zero,
        [Op.RandomNormal] = s_zero,
        [Op.RandomPoisson] = s_zero,
        [Op.Full] = s_zero,
        [Op.Size] = s_zero,
        [Op.Number] = s_zero,
        [Op.Iota] = s_zero,
    };

    public static Node? Apply(Builder b, Node node, Node y, ImmutableArray<Node> x, ImmutableArray<Node?> t) =>
        !IsDifferentiable(node) || t.All(tangent => tangent is null) ? null : s_rules[node.Op](b, node, y, x, t);

    /// <summary>Can the value vary with its operands to first order?</summary>
    public static bool IsDifferentiable(Node node) => node.Type.IsFloat && node.Op is not (Op.Sign or Op.Floor or Op.RandomPoisson);

    /// <summary>The operands by which a node is differentiable.</summary>
    public static IEnumerable<Node> Varying(Node node) => !IsDifferentiable(node) ? [] : node.Op == Op.StraightThrough ? [node.Inputs[1]] : node.Inputs;

    private static Node One(Builder b, Node like) => b.Full(1, like.Type);

    private static Node? Times(Builder b, Node? tangent, Node factor) => tangent is null ? null : b.Mul(tangent, factor);

    private static Node? Sum(Builder b, Node? x, Node? y) => x is null ? y : y is null ? x : b.Add(x, y);

    private static Node? Difference(Builder b, Node? x, Node? y) => y is null ? x : x is null ? b.Neg(y) : b.Sub(x, y);

    /// <summary>1 where <paramref name="x"/> wins, 1/2 where both are equal, 0 elsewhere.</summary>
    private static Node Share(Builder b, Op wins, Node x, Node y) =>
        b.Where(b.Pointwise(wins, x, y), One(b, x), b.Where(b.Pointwise(Op.Equal, x, y), b.Full(0.5, x.Type), b.Zeros(x.Type)));

    private static Node? Pow(Builder b, Node node, Node y, ImmutableArray<Node> x, ImmutableArray<Node?> t)
    {
        var zeros = b.Zeros(y.Type);
        Node? tangent = null;
        if (t[0] is { } tx)
        {
            var exponent = x[1];
            if (exponent.Op == Op.Full)
            {
                var p = exponent.Number;
                tangent = p == 0 ? null
                    : p == 1 ? tx
                    : p == 2 ? b.Mul(tx, b.Scale(x[0], 2))
                    : b.Mul(tx, b.Scale(b.Pointwise(Op.Pow, x[0], b.Full(p - 1, y.Type)), p));
            }
            else
            {
                var slope = b.Mul(exponent, b.Pointwise(Op.Pow, x[0], b.Sub(exponent, One(b, y))));
                // x^0 is 1 everywhere, although 0 * 0^-1 is NaN.
                tangent = b.Mul(tx, b.Where(b.Pointwise(Op.Equal, exponent, zeros), zeros, slope));
            }
        }
        if (t[1] is { } tp)
        {
            // 0^p does not move with p >= 0, although 0 * log 0 is NaN.
            var isStill = b.Pointwise(Op.And, b.Pointwise(Op.Equal, x[0], zeros), b.Pointwise(Op.GreaterEqual, x[1], zeros));
            var slope = b.Where(isStill, zeros, b.Mul(y, b.Pointwise(Op.Log, x[0])));
            tangent = Sum(b, tangent, b.Mul(tp, slope));
        }
        return tangent;
    }

    /// <summary>Tied extrema share equally.</summary>
    private static Node Extremum(Builder b, Node node, Node y, ImmutableArray<Node> x, ImmutableArray<Node?> t)
    {
        var zeros = b.Zeros(x[0].Type);
        var isExtremal = b.Pointwise(Op.Equal, x[0], b.Unreduce(y, x[0].Shape, node.Ints));
        var ties = b.Sum(b.Where(isExtremal, One(b, x[0]), zeros), node.Ints);
        return b.Div(b.Sum(b.Where(isExtremal, t[0]!, zeros), node.Ints), ties);
    }

    /// <summary>The element that was there and those that joined it: tied extrema share equally.</summary>
    private static Node ScatteredExtremum(Builder b, Node node, Node y, ImmutableArray<Node> x, ImmutableArray<Node?> t)
    {
        var (axis, inverse) = (node.Ints[0], Inverse.At(x, 3));
        Node zeros = b.Zeros(x[0].Type), none = b.Zeros(x[2].Type);
        var isOld = b.Pointwise(Op.Equal, x[0], y);
        var isNew = b.Pointwise(Op.Equal, x[2], b.Gather(y, x[1], axis, inverse));
        var ties = b.Scatter(Op.ScatterAdd, b.Where(isOld, One(b, x[0]), zeros), x[1], b.Where(isNew, One(b, x[2]), none), axis, inverse);
        var sum = b.Scatter(Op.ScatterAdd, t[0] is { } old ? b.Where(isOld, old, zeros) : zeros, x[1], t[2] is { } update ? b.Where(isNew, update, none) : none, axis, inverse);
        return b.Div(sum, ties);
    }
}
