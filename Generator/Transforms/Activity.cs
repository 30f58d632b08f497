using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>Which values vary with given ones: where a tangent may differ from zero, or (with another test of nodes) a value from sample to sample.</summary>
internal static class Activity
{
    /// <summary>Which parameters (carried values, then captures) and which yields of a loop's body vary, given which inputs do.</summary>
    /// <param name="variesWith">The operands with which a node varies; by default, by which it is differentiable.</param>
    public static (ImmutableArray<bool> Parameters, ImmutableArray<bool> Results) OfLoop(LoopInfo loop, ImmutableArray<bool> inputs, Func<Node, IEnumerable<Node>>? variesWith = null)
    {
        // A carried value that starts constant may vary from the second iteration on: repeat until nothing changes.
        while (true)
        {
            var results = OfRegion(loop.Body, inputs, variesWith ?? DerivativeRules.Varying);
            var next = inputs;
            for (var i = 0; i < loop.Carries; i++)
                if (results[i]) next = next.SetItem(i, true);
            if (next.SequenceEqual(inputs)) return (inputs, results);
            inputs = next;
        }
    }

    private static ImmutableArray<bool> OfRegion(Region region, ImmutableArray<bool> parameters, Func<Node, IEnumerable<Node>> variesWith)
    {
        var active = new HashSet<Node>();
        var loops = new Dictionary<Node, ImmutableArray<bool>>();
        for (var i = 0; i < parameters.Length; i++)
            if (parameters[i]) active.Add(region.Parameters[i]);
        foreach (var node in region.Schedule())
        {
            if (node.Op == Op.Loop) loops.Add(node, ResultsOf(node.Loop!, [.. node.Inputs.Select(active.Contains)], variesWith));
            else if (node.Op == Op.Result)
            {
                if (loops[node.Inputs[0]][node.Ints[0]]) active.Add(node);
            }
            else if (variesWith(node).Any(active.Contains)) active.Add(node);
        }
        return [.. region.Results.Select(active.Contains)];
    }

    /// <summary>Which results of the loop (final values, histories, scans) vary.</summary>
    private static ImmutableArray<bool> ResultsOf(LoopInfo loop, ImmutableArray<bool> inputs, Func<Node, IEnumerable<Node>> variesWith)
    {
        var isDerivative = variesWith == DerivativeRules.Varying;
        // How a loop that stops ends is a constant to derivatives.
        if (loop.Stop is not null && isDerivative) return [.. Builder.ResultTypes(loop).Select(_ => false)];
        // A fixed point varies with what its step captures, not with where the search starts (but to samples that start apart).
        if (loop.Solver is { } solver) return [isDerivative ? !solver.IsConstant && inputs.Skip(1).Any(active => active) : inputs.Any(active => active), false, false];
        var (parameters, results) = OfLoop(loop, inputs, variesWith);
        return [.. parameters.Take(loop.Carries), .. loop.Histories.Select(i => parameters[i]), .. results.Skip(loop.Carries)];
    }
}
