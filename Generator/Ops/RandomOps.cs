using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Ops;

/// <summary>Random numbers: functions of a key and a position, so they fuse like any other.</summary>
internal static class RandomOps
{
    public static void Define(Dictionary<string, Func<OpCall, Value>> ops)
    {
        ops.Add("FoldKey", FoldKey);
        ops.Add("RandomUniform", c => c.Result(Draw(c, Op.RandomUniform, Shape(c), DTypeOf(c))));
        ops.Add("RandomNormal", c => c.Result(Draw(c, Op.RandomNormal, Shape(c), DTypeOf(c))));
        ops.Add("RandomGumbel", c => c.Result(Gumbel(c, Shape(c), DTypeOf(c))));
        ops.Add("RandomBernoulli", Bernoulli);
        ops.Add("RandomCategorical", Categorical);
        ops.Add("RandomPoisson", Poisson);
        ops.Add("Dropout", Dropout);
    }

    private static ImmutableArray<Dim> Shape(OpCall c) => CreateOps.Shape(c);

    private static DType DTypeOf(OpCall c)
    {
        var dtype = c.DTypeOf("dtype", DType.Float32);
        return dtype >= DType.Float32 ? dtype : throw Refusal.Of("PRX0111", c.Source("dtype").Origin, $"{c.Name}: random numbers are Float32 or Float64, not {dtype}");
    }

    private static Node Integer(OpCall c, string argument)
    {
        var x = c.Tensor(argument);
        return x.Type.DType == DType.Int64 ? x : throw Refusal.Of("PRX0111", c.Source(argument).Origin, $"{c.Name}: {c.Describe(argument, x)} of {x.Type.DType}; it must be Int64");
    }

    private static Node Key(OpCall c)
    {
        var key = Integer(c, "key");
        return key.Rank == 0 ? key : throw Refusal.Of("PRX0111", c.Source("key").Origin, $"{c.Name}: {c.Describe("key", key)}; a key is a scalar: FoldKey(key, i) makes others of it");
    }

    private static Value FoldKey(OpCall c)
    {
        Node key = Integer(c, "key"), data = Integer(c, "data");
        var shape = c.Broadcast(("key", key), ("data", data));
        return c.Result(c.B.Pointwise(Op.FoldKey, c.Stretch(key, shape), c.Stretch(data, shape)));
    }

    private static Node Draw(OpCall c, Op op, ImmutableArray<Dim> shape, DType dtype) =>
        c.B.Draw(op, dtype, c.B.BroadcastTo(Key(c), shape), Positions(c, shape));

    /// <summary>The row-major position of each element.</summary>
    private static Node Positions(OpCall c, ImmutableArray<Dim> shape)
    {
        var count = Dim.Product(shape);
        return c.B.Reshape(c.B.Iota([count], 0, DType.Int64), shape);
    }

    private static Node Gumbel(OpCall c, ImmutableArray<Dim> shape, DType dtype)
    {
        var uniform = Draw(c, Op.RandomUniform, shape, dtype);
        var exponential = c.B.Neg(c.B.Pointwise(Op.Log, c.B.Sub(c.B.Full(1, uniform.Type), uniform)));
        // A uniform number of 0 stands for the middle of its cell.
        return c.B.Neg(c.B.Pointwise(Op.Log, c.B.Pointwise(Op.Max, exponential, c.B.Full(1.0 / (1 << 25), uniform.Type))));
    }

    private static Value Bernoulli(OpCall c)
    {
        var p = c.Has("shape") ? c.Tensor("p", DType.Float32) : Real(c, "p");
        var shape = c.Has("shape") ? Shape(c) : p.Shape;
        var isOne = c.B.Pointwise(Op.Less, Draw(c, Op.RandomUniform, shape, p.Type.DType), c.B.BroadcastTo(p, shape));
        return c.Result(c.B.Cast(isOne, p.Type.DType));
    }

    private static Node Real(OpCall c, string argument)
    {
        var x = c.Tensor(argument);
        return x.Type.IsFloat ? x : throw Refusal.Of("PRX0111", c.Source(argument).Origin, $"{c.Name}: {c.Describe(argument, x)} of {x.Type.DType}; it must be floating point: convert it with To");
    }

    private static Value Categorical(OpCall c)
    {
        var logits = Real(c, "logits");
        if (logits.Rank == 0) throw c.Refuse("PRX0109", $"{c.Describe("logits", logits)}; classes are its last dimension");
        var gumbel = Gumbel(c, logits.Shape, logits.Type.DType);
        return c.Result(ReductionOps.ArgMax(c, c.B.Add(logits, gumbel), [logits.Rank - 1]));
    }

    private static Value Poisson(OpCall c)
    {
        var rate = Real(c, "rate");
        return c.Result(c.B.Draw(Op.RandomPoisson, rate.Type.DType, c.B.BroadcastTo(Key(c), rate.Shape), Positions(c, rate.Shape), rate));
    }

    private static Value Dropout(OpCall c)
    {
        var x = Real(c, "x");
        var p = c.Tensor("p", x.Type.DType);
        if (p.Rank != 0) throw Refusal.Of("PRX0104", c.Source("p").Origin, $"Dropout: {c.Describe("p", p)}; it must be a scalar");
        var one = c.B.Full(1, p.Type);
        var keep = c.B.Pointwise(Op.GreaterEqual, Draw(c, Op.RandomUniform, x.Shape, x.Type.DType), c.B.BroadcastTo(p, x.Shape));
        // Of p = 1 nothing is kept, whatever the factor.
        var factor = c.B.Div(one, c.B.Pointwise(Op.Max, c.B.Sub(one, p), c.B.Full(1.0 / (1 << 24), p.Type)));
        return c.Result(c.B.Where(keep, c.B.Mul(x, c.B.BroadcastTo(factor, x.Shape)), c.B.Zeros(x.Type)));
    }
}
