using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Ops;

/// <summary>Scalar losses.</summary>
internal static class LossOps
{
    public static void Define(Dictionary<string, Func<OpCall, Value>> ops)
    {
        ops.Add("MseLoss", MseLoss);
        ops.Add("CrossEntropy", CrossEntropy);
    }

    private static Value MseLoss(OpCall c)
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
        var difference = c.B.Sub(input, c.B.Reshape(target, input.Shape));
        return c.Result(ReductionOps.Mean(c, c.B.Mul(difference, difference), [.. Enumerable.Range(0, input.Rank)]));
    }

    /// <summary>Minus the mean over the batch of the log-probability at the target.</summary>
    private static Value CrossEntropy(OpCall c)
    {
        var logits = c.Floating("logits");
        var target = CreateOps.Indices(c, "target");
        string Words() => $"{c.Describe("logits", logits)}, {c.Describe("target", target)}";
        if (logits.Rank != 2 || target.Rank != 1) throw c.Refuse("PRX0104", $"{Words()}; they must be [b c] and [b]");
        c.RequireEqual(logits.Shape[0], target.Shape[0], "PRX0104", () => $"{Words()}; {logits.Shape[0]} and {target.Shape[0]} differ, and they must be [b c] and [b]");
        var right = CreateOps.OneHot(c, c.B.Reshape(target, [logits.Shape[0]]), logits.Shape[1]);
        var picked = c.B.Where(right, ReductionOps.LogSoftmax(c, logits, 1), c.B.Zeros(logits.Type));
        return c.Result(c.B.Neg(ReductionOps.Mean(c, c.B.Sum(picked, [1]), [0])));
    }
}
