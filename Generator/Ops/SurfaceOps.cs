using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Ops;

/// <summary>The operations of <c>Ops</c> by name: the shape rule of each and what it is made of in the IR.</summary>
internal static class SurfaceOps
{
    private static readonly Dictionary<string, Func<OpCall, Value>> s_definitions = Definitions();

    public static IEnumerable<string> Names => s_definitions.Keys;

    private static Dictionary<string, Func<OpCall, Value>> Definitions()
    {
        var definitions = new Dictionary<string, Func<OpCall, Value>>(StringComparer.Ordinal);
        PointwiseOps.Define(definitions);
        ReductionOps.Define(definitions);
        MatMulOps.Define(definitions);
        EinsumOps.Define(definitions);
        ShapeOps.Define(definitions);
        WindowOps.Define(definitions);
        CreateOps.Define(definitions);
        LossOps.Define(definitions);
        IndexOps.Define(definitions);
        RoutineOps.Define(definitions);
        MapOps.Define(definitions);
        GraphOps.Define(definitions);
        DerivativeOps.Define(definitions);
        RandomOps.Define(definitions);
        return definitions;
    }

    /// <summary>Evaluates the arguments of (op Name (arg ..)..) and applies the definition.</summary>
    public static Value Lower(Interpreter interpreter, Surface e)
    {
        if (!s_definitions.TryGetValue(e.Value, out var definition))
            throw Refusal.Of("PRX0007", e.Origin, e.Value, "there is no such operation in Ops");
        var arguments = ImmutableArray.CreateBuilder<(string, Surface, Value)>();
        var failed = false;
        foreach (var argument in e.Items)
        {
            if (argument.Kind != "arg" || argument.Count != 1) continue;
            // A lambda has no value: Map, Propagate and Scan read it with their operands.
            var value = argument[0].Kind == "lambda" ? Value.Nothing : interpreter.Evaluate(argument[0]);
            failed |= value == Value.Error || value is ListValue list && list.Items.Contains(Value.Error);
            arguments.Add((argument.Value, argument[0], value));
        }
        return failed ? Value.Error : definition(new OpCall(interpreter, e, e.Value, arguments.ToImmutable()));
    }
}
