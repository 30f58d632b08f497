using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Ops;

/// <summary>Values with other derivatives than their own.</summary>
internal static class DerivativeOps
{
    public static void Define(Dictionary<string, Func<OpCall, Value>> ops)
    {
        ops.Add("StopGradient", c => c.Result(Stopped(c.B, c.Tensor("x"))));
        ops.Add("StraightThrough", StraightThrough);
    }

    /// <summary>The value, as a constant to derivatives.</summary>
    public static Node Stopped(Builder b, Node x) => x.Type.IsFloat ? b.Pointwise(Op.StraightThrough, x, b.Zeros(x.Type)) : x;

    private static Value StraightThrough(OpCall c)
    {
        var dtype = Interpreter.Promote(c.Of("forward"), c.Of("backward"));
        if (dtype < DType.Float32) throw c.Refuse("PRX0111", $"{c.Describe("forward", c.Tensor("forward"))} and {dtype}; only floating-point values have derivatives: convert them with To");
        Node forward = c.Tensor("forward", dtype), backward = c.Tensor("backward", dtype);
        string Words() => $"{c.Describe("forward", forward)}, {c.Describe("backward", backward)}";
        if (forward.Rank != backward.Rank) throw c.Refuse("PRX0104", $"{Words()}; the shapes must be equal");
        for (var i = 0; i < forward.Rank; i++)
            c.RequireEqual(forward.Shape[i], backward.Shape[i], "PRX0104", () => $"{Words()}; {forward.Shape[i]} and {backward.Shape[i]} differ, and the shapes must be equal");
        return c.Result(c.B.Pointwise(Op.StraightThrough, forward, c.B.Reshape(backward, forward.Shape)));
    }
}
