using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Optimize;

/// <summary>
/// A loop that adds a product <c>aₖᵀ bₖ</c> to an accumulator in every iteration, where the aₖ lie one after another in memory (a history), needs the
/// accumulator only once: the bₖ are laid beside each other too, and one long product after the loop replaces them all.
/// </summary>
/// <remarks>
/// This is the gradient of a weight that every iteration uses. With small batches the accumulator is far larger than its factors, and reading and
/// writing it in every iteration would dominate the backward pass.
/// </remarks>
internal static class StackContractions
{
    public static Function Run(Function function) => function.Body.Any(node => node.Loop is not null) ? function with { Results = Rewrite(function.Body).Results } : function;

    private static Region Rewrite(Region region)
    {
        var builder = new Builder();
        var map = new Dictionary<Node, Node>();
        var loops = new Dictionary<Node, Node?[]>();
        foreach (var node in region.Schedule())
        {
            builder.Source = node.Source;
            switch (node.Op)
            {
                case Op.Parameter:
                    map[node] = node;
                    break;
                case Op.Loop:
                    loops[node] = RewriteLoop(builder, node.Loop! with { Body = Rewrite(node.Loop!.Body) }, [.. node.Inputs.Select(input => map[input])]);
                    break;
                case Op.Result:
                    map[node] = loops[node.Inputs[0]][node.Ints[0]]!;
                    map[node].Name ??= node.Name;
                    break;
                default:
                    map[node] = builder.Rebuild(node, [.. node.Inputs.Select(input => map[input])]);
                    break;
            }
        }
        return new Region(region.Parameters, [.. region.Results.Select(result => map[result])]);
    }

    /// <summary>A product that can wait until after the loop.</summary>
    /// <param name="History">The capture that holds the left factors, by its place among the loop's inputs.</param>
    /// <param name="Start">First row of the history in the order of memory.</param>
    /// <param name="IsReversed">The iterations go through the history from its end.</param>
    private sealed record Candidate(int Carry, int History, Dim Start, bool IsReversed, Node Right);

    private static Node?[] RewriteLoop(Builder builder, LoopInfo loop, ImmutableArray<Node> inputs)
    {
        // How often a loop that stops early runs is not known.
        if (loop.Stop is not null) return [.. builder.Loop(loop, inputs)];
        var uses = Normalizer.CountUses(loop.Body.Schedule(), loop.Body.Results);
        var found = Enumerable.Range(0, loop.Carries).Select(i => Match(loop, i, uses)).OfType<Candidate>().ToArray();
        // All scans of a loop are stacked in one order.
        var isReversed = loop.Scans > 0 ? loop.ReversesScans : found.Length > 0 && found[0].IsReversed;
        var candidates = found.Where(candidate => candidate.IsReversed == isReversed).ToArray();
        if (candidates.Length == 0) return [.. builder.Loop(loop, inputs)];

        var kept = Enumerable.Range(0, loop.Carries).Where(i => candidates.All(candidate => candidate.Carry != i)).ToImmutableArray();
        var captures = Enumerable.Range(loop.Carries, inputs.Length - loop.Carries);
        var body = new Region(
            [.. kept.Concat(captures).Select(i => loop.Body.Parameters[i])],
            [.. kept.Select(i => loop.Body.Results[i]), .. loop.Body.Results.Skip(loop.Carries), .. candidates.Select(candidate => candidate.Right)]);
        var rewritten = loop with
        {
            Body = body,
            Carries = kept.Length,
            Histories = loop.Histories.Items.Select(history => kept.IndexOf(history)).ToImmutableArray(),
            Scans = loop.Scans + candidates.Length,
            ReversesScans = isReversed,
        };
        var outputs = builder.Loop(rewritten, [.. kept.Concat(captures).Select(i => inputs[i])]);

        var results = new Node?[loop.Carries + loop.Histories.Count + loop.Scans];
        for (var i = 0; i < kept.Length; i++) results[kept[i]] = outputs[i];
        for (var i = loop.Carries; i < results.Length; i++) results[i] = outputs[i - candidates.Length];
        for (var i = 0; i < candidates.Length; i++)
        {
            var candidate = candidates[i];
            var history = inputs[candidate.History];
            var depth = loop.Trips * candidate.Right.Shape[0];
            var left = builder.Slice(history, [candidate.Start, Dim.Zero, Dim.Zero], history.Shape.SetItem(0, loop.Trips));
            var right = outputs[results.Length - candidates.Length + i];
            var product = builder.Dot(
                builder.Transpose(builder.Reshape(left, [depth, history.Shape[2]])),
                builder.Reshape(right, [depth, candidate.Right.Shape[1]]));
            results[candidate.Carry] = builder.Add(inputs[candidate.Carry], product);
            results[candidate.Carry]!.Name ??= loop.Body.Parameters[candidate.Carry].Name;
        }
        return results;
    }

    private static Candidate? Match(LoopInfo loop, int carry, Dictionary<Node, int> uses)
    {
        var parameter = loop.Body.Parameters[carry];
        var result = loop.Body.Results[carry];
        if (loop.Histories.Items.Contains(carry) || result.Op != Op.Add || Uses(parameter, uses) != 1 || uses[result] != 1) return null;
        var product = ReferenceEquals(result.Inputs[0], parameter) ? result.Inputs[1] : ReferenceEquals(result.Inputs[1], parameter) ? result.Inputs[0] : null;
        if (product is not { Op: Op.Dot, Rank: 2 } || uses[product] != 1) return null;
        if (product.Inputs[0] is not { Op: Op.Permute } left || left.Inputs[0] is not { Op: Op.Reshape, Rank: 2 } row) return null;
        if (row.Inputs[0] is not { Op: Op.Slice, Rank: 3 } slice || !slice.Shape[0].IsOne || slice.Ints.Any(step => step != 1)) return null;
        var history = loop.Body.Parameters.IndexOf(slice.Inputs[0]);
        if (history < loop.Carries || !slice.Dims[1].IsZero || !slice.Dims[2].IsZero) return null;
        if (!slice.Shape.RemoveAt(0).SequenceEqual(slice.Inputs[0].Shape.RemoveAt(0)) || !slice.Shape.RemoveAt(0).SequenceEqual(row.Shape)) return null;
        var (stride, offset) = slice.Dims[0].LinearIn(loop.Counter);
        return stride?.Constant switch
        {
            1 => new(carry, history, offset, false, product.Inputs[1]),
            -1 => new(carry, history, offset - loop.Trips + Dim.One, true, product.Inputs[1]),
            _ => null,
        };
    }

    private static int Uses(Node node, Dictionary<Node, int> uses) => uses.TryGetValue(node, out var n) ? n : 0;
}
