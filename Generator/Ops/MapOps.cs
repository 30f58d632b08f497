using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Ops;

/// <summary>A scalar lambda applied to every element: it is inlined, so it fuses and differentiates like anything else.</summary>
internal static class MapOps
{
    public static void Define(Dictionary<string, Func<OpCall, Value>> ops) => ops.Add("Map", Map);

    private static Value Map(OpCall c)
    {
        var lambda = c.Source("f");
        if (lambda is not { Kind: "lambda", Count: 2 } || lambda[0].Kind != "names")
            throw Refusal.Of("PRX0115", lambda.Origin, "Map takes a lambda of one expression, as v => v / (1 + MathF.Abs(v))");
        var operands = c.Has("y") ? new[] { "x", "y" } : ["x"];
        if (lambda[0].Count != operands.Length)
            throw Refusal.Of("PRX0115", lambda.Origin, $"this lambda has {lambda[0].Count} arguments for {operands.Length} tensors");
        var nodes = operands.Select(c.Floating).ToList();
        var shape = operands.Length == 1 ? nodes[0].Shape : c.Broadcast(("x", nodes[0]), ("y", nodes[1]));
        var dtype = nodes.Max(node => node.Type.DType);
        var values = nodes.Select(node => c.Result(c.Stretch(c.B.Cast(node, dtype), shape))).ToList();
        var result = c.Interpreter.Lambda(lambda, values);
        if (result == Value.Error) return result;
        var computed = c.Interpreter.ToNode(result, dtype, lambda[1]);
        return c.Result(c.Stretch(computed, shape));
    }
}
