using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Ops;

/// <summary>Element by element.</summary>
internal static class PointwiseOps
{
    public static void Define(Dictionary<string, Func<OpCall, Value>> ops)
    {
        // Functions without an integer result: Int64 and Bool become Float32.
        foreach (var op in new[] { Op.Exp, Op.Log, Op.Sqrt, Op.Rsqrt, Op.Tanh, Op.Sigmoid, Op.Erf, Op.Sin, Op.Cos, Op.Log1p, Op.Expm1, Op.Softplus })
            ops.Add(op.ToString(), c => c.Result(c.B.Pointwise(op, c.Floating("x"))));
        foreach (var op in new[] { Op.Abs, Op.Sign, Op.Relu })
            ops.Add(op.ToString(), c => c.Result(c.B.Pointwise(op, c.Numeric("x"))));
        ops.Add("Floor", c => c.Result(c.Numeric("x") is { Type.IsFloat: true } x ? c.B.Pointwise(Op.Floor, x) : c.Numeric("x")));
        ops.Add("Binarize", c => c.Result(c.Numeric("x") is var x ? c.B.Where(c.B.Pointwise(Op.GreaterEqual, x, c.B.Zeros(x.Type)), c.B.Full(1, x.Type), c.B.Full(-1, x.Type)) : x));
        ops.Add("Square", c => c.Result(c.Numeric("x") is var x ? c.B.Mul(x, x) : x));
        ops.Add("Reciprocal", c => c.Result(c.Floating("x") is var x ? c.B.Div(c.B.Full(1, x.Type), x) : x));
        ops.Add("Silu", c => c.Result(c.Floating("x") is var x ? c.B.Mul(x, c.B.Pointwise(Op.Sigmoid, x)) : x));
        ops.Add("Gelu", Gelu);
        ops.Add("Clamp", Clamp);
        ops.Add("LogicalNot", c => c.Not());
        ops.Add("Where", c => c.Where());

        ops.Add("Minimum", c => c.Binary(Op.Min));
        ops.Add("Maximum", c => c.Binary(Op.Max));
        foreach (var op in new[] { Op.Equal, Op.NotEqual, Op.Less, Op.LessEqual, Op.Greater, Op.GreaterEqual })
            ops.Add(op.ToString(), c => c.Binary(op));
        ops.Add("LogicalAnd", c => c.Binary(Op.And));
        ops.Add("LogicalOr", c => c.Binary(Op.Or));
        ops.Add("FloorDivide", FloorDivide);
        foreach (var op in new[] { Op.BitwiseAnd, Op.BitwiseOr, Op.BitwiseXor })
            ops.Add(op.ToString(), c => Bits(c, "y", op));
        foreach (var op in new[] { Op.BitwiseLeftShift, Op.BitwiseRightShift })
            ops.Add(op.ToString(), c => Bits(c, "count", op));
        ops.Add("BitwiseNot", c => c.Result(Integer(c, "x") is var x ? c.B.Pointwise(Op.BitwiseXor, x, c.B.Full(-1, x.Type)) : x));
        ops.Add("ApplyMask", ApplyMask);
        ops.Add("SoftThreshold", c => Binary(c, "threshold", Op.SoftThreshold));
        ops.Add("Pow", Pow);
        ops.Add("Atan2", Atan2);
    }

    /// <summary>x (1 + erf(x / sqrt 2)) / 2.</summary>
    private static Value Gelu(OpCall c)
    {
        var x = c.Floating("x");
        var erf = c.B.Pointwise(Op.Erf, c.B.Scale(x, 1 / Math.Sqrt(2)));
        return c.Result(c.B.Mul(c.B.Scale(x, 0.5), c.B.Add(erf, c.B.Full(1, x.Type))));
    }

    /// <summary>The lower bound first, so that the upper one wins where they cross.</summary>
    private static Value Clamp(OpCall c)
    {
        var x = c.Numeric("x");
        foreach (var (bound, op) in new[] { ("min", Op.Less), ("max", Op.Greater) })
        {
            if (!c.Has(bound) || c.Constant(bound) is double.NegativeInfinity or double.PositiveInfinity) continue;
            var limit = c.Constant(bound) is { } constant && !x.Type.IsFloat
                ? c.B.Full(bound == "min" ? Math.Ceiling(constant) : Math.Floor(constant), DType.Int64, [])
                : c.Tensor(bound, x.Type.DType);
            var at = c.Stretch(limit, c.Broadcast(("x", x), (bound, limit)));
            x = c.B.Where(c.B.Pointwise(op, x, at), at, x);
        }
        return c.Result(x);
    }

    private static Value Binary(OpCall c, string second, Op op) =>
        new OpCall(c.Interpreter, c.Call, c.Name, [("x", c.Source("x"), c.Of("x")), ("y", c.Source(second), c.Of(second))]).Binary(op);

    private static Value FloorDivide(OpCall c)
    {
        var dtype = Interpreter.Promote(c.Of("x"), c.Of("y"));
        if (dtype == DType.Bool) throw c.NotNumbers(c.Source("x"));
        var (x, y) = c.Pair("x", "y", dtype);
        return c.Result(dtype == DType.Int64 ? c.B.Pointwise(Op.FloorDivide, x, y) : c.B.Pointwise(Op.Floor, c.B.Div(x, y)));
    }

    private static Value Bits(OpCall c, string second, Op op)
    {
        Node x = Integer(c, "x"), y = Integer(c, second);
        var shape = c.Broadcast(("x", x), (second, y));
        return c.Result(c.B.Pointwise(op, c.Stretch(x, shape), c.Stretch(y, shape)));
    }

    private static Node Integer(OpCall c, string argument) => Interpreter.Promote(c.Of(argument)) < DType.Float32
        ? c.Tensor(argument, DType.Int64)
        : throw c.Refuse("PRX0111", $"{SurfaceText.ToCSharp(c.Source(argument))} is {Interpreter.Promote(c.Of(argument))}, and only Int64 has bits; convert it with To");

    private static Value ApplyMask(OpCall c)
    {
        Node x = c.Floating("x"), mask = c.Tensor("mask");
        var shape = c.Broadcast(("x", x), ("mask", mask));
        x = c.Stretch(x, shape);
        return c.Result(mask.Type.DType == DType.Bool
            ? c.B.Where(c.Stretch(mask, shape), x, c.B.Full(double.NegativeInfinity, x.Type))
            : c.B.Add(x, c.Stretch(c.B.Cast(mask, x.Type.DType), shape)));
    }

    private static Value Atan2(OpCall c)
    {
        var dtype = Interpreter.Promote(c.Of("y"), c.Of("x"));
        var (y, x) = c.Pair("y", "x", dtype < DType.Float32 ? DType.Float32 : dtype);
        return c.Result(c.B.Pointwise(Op.Atan2, y, x));
    }

    /// <summary>A power that another operation computes; null for others.</summary>
    public static Node? Power(Builder b, Node x, double exponent) => exponent switch
    {
        1 => x,
        2 => b.Mul(x, x),
        0.5 when x.Type.IsFloat => b.Pointwise(Op.Sqrt, x),
        -1 when x.Type.IsFloat => b.Div(b.Full(1, x.Type), x),
        _ => null,
    };

    private static Value Pow(OpCall c)
    {
        var x = c.Numeric("x");
        if (c.Constant("exponent") is { } exponent && Power(c.B, x, exponent) is { } known) return c.Result(known);
        if (Interpreter.Promote(c.Of("x"), c.Of("exponent")) < DType.Float32)
        {
            if (c.Constant("exponent") is not (>= 0 and <= 64 and var power))
                throw c.Refuse("PRX0111", $"{SurfaceText.ToCSharp(c.Source("x"))} is Int64, and integers have only powers from 0 to 64 known at build time; convert it with To");
            var product = c.B.Full(1, x.Type);
            for (var i = 0; i < power; i++) product = c.B.Mul(product, x);
            return c.Result(product);
        }
        return Binary(c, "exponent", Op.Pow);
    }
}
