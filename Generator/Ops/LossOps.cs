using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Ops;

/// <summary>Scalar losses.</summary>
internal static class LossOps
{
    public static void Define(Dictionary<string, Func<OpCall, Value>> ops)
    {
        ops.Add("MseLoss", c => Pairwise(c, (input, target) => Square(c, c.B.Sub(input, target))));
        ops.Add("L1Loss", c => Pairwise(c, (input, target) => c.B.Pointwise(Op.Abs, c.B.Sub(input, target))));
        ops.Add("HuberLoss", c => Pairwise(c, (input, target) => Huber(c, c.B.Sub(input, target))));
        ops.Add("BinaryCrossEntropyWithLogits", c => Pairwise(c, (input, target) => c.B.Sub(c.B.Pointwise(Op.Softplus, input), c.B.Mul(input, target))));
        ops.Add("KlDivergence", KlDivergence);
        ops.Add("CrossEntropy", c => NegativeLogLikelihood(c, "logits", logits => ReductionOps.LogSoftmax(c, logits, 1)));
        ops.Add("NllLoss", c => NegativeLogLikelihood(c, "input", input => input));
    }

    /// <summary>The mean of a function of two tensors of equal shapes.</summary>
    private static Value Pairwise(OpCall c, Func<Node, Node, Node> loss)
    {
        var (input, target) = Pair(c);
        return c.Result(ReductionOps.Mean(c, loss(input, target), [.. Enumerable.Range(0, input.Rank)]));
    }

    private static (Node Input, Node Target) Pair(OpCall c)
    {
        var dtype = Interpreter.Promote(c.Of("input"), c.Of("target"));
        if (dtype < DType.Float32) dtype = DType.Float32;
        Node input = c.Tensor("input", dtype), target = c.Tensor("target", dtype);
        string Words() => $"{c.Describe("input", input)}, {c.Describe("target", target)}";
        Finding Differ(string why, params Dim[] dims) => c.Suggest(c.Refuse("PRX0104", $"{Words()}; {why}", dims).Finding!, (argument, to) =>
            (argument == "input" ? target : input).Shape is var other && to.Length == other.Length && to.Zip(other, c.Interpreter.AreEqual).All(answer => answer == Answer.Yes), ["input", "target"]);
        if (input.Rank != target.Rank) throw new Refusal(Differ("the shapes must be equal"));
        for (var i = 0; i < input.Rank; i++)
        {
            var (a, b) = (input.Shape[i], target.Shape[i]);
            var why = $"{a} and {b} differ, and the shapes must be equal";
            c.Interpreter.RequireEqual(a, b, () => $"{c.Name}: {Words()}; {why}", () => Differ(why, a, b));
        }
        return (input, c.B.Reshape(target, input.Shape));
    }

    private static Node Square(OpCall c, Node x) => c.B.Mul(x, x);

    /// <summary>Half the square up to delta, beyond it the line that continues it.</summary>
    private static Node Huber(OpCall c, Node difference)
    {
        if (c.Constant("delta") is not (> 0 and var delta)) throw Refusal.Of("PRX0114", c.Source("delta").Origin, "HuberLoss: delta is a positive number, known at build time");
        var size = c.B.Pointwise(Op.Abs, difference);
        var isNear = c.B.Pointwise(Op.LessEqual, size, c.B.Full(delta, size.Type));
        return c.B.Where(isNear, c.B.Scale(Square(c, difference), 0.5), c.B.Scale(c.B.Sub(size, c.B.Full(0.5 * delta, size.Type)), delta));
    }

    /// <summary>Per sample, the sum of target (log target - input); a probability of 0 adds nothing.</summary>
    private static Value KlDivergence(OpCall c)
    {
        var (input, target) = Pair(c);
        if (input.Rank == 0) throw c.Refuse("PRX0109", $"{c.Describe("input", input)}; dimension 0 must be the batch");
        var logarithm = c.B.Pointwise(Op.Log, c.B.Where(c.B.Pointwise(Op.Greater, target, c.B.Zeros(target.Type)), target, c.B.Full(1, target.Type)));
        var terms = c.B.Mul(target, c.B.Sub(logarithm, input));
        var sum = c.B.Sum(terms, [.. Enumerable.Range(0, input.Rank)]);
        return c.Result(c.B.Div(sum, c.Count(input.Shape[0], sum.Type)));
    }

    /// <summary>Minus the mean over the batch of the log-probability at the target.</summary>
    private static Value NegativeLogLikelihood(OpCall c, string argument, Func<Node, Node> logProbabilities)
    {
        var input = c.Floating(argument);
        var target = CreateOps.Indices(c, "target");
        string Words() => $"{c.Describe(argument, input)}, {c.Describe("target", target)}";
        if (input.Rank != 2 || target.Rank != 1) throw c.Refuse("PRX0104", $"{Words()}; they must be [b c] and [b]");
        c.RequireEqual(input.Shape[0], target.Shape[0], "PRX0104", () => $"{Words()}; {input.Shape[0]} and {target.Shape[0]} differ, and they must be [b c] and [b]");
        var right = CreateOps.OneHot(c, c.B.Reshape(target, [input.Shape[0]]), input.Shape[1]);
        var picked = c.B.Where(right, logProbabilities(input), c.B.Zeros(input.Type));
        return c.Result(c.B.Neg(ReductionOps.Mean(c, c.B.Sum(picked, [1]), [0])));
    }
}
