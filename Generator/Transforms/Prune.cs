using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>
/// Drops what nothing needs: results of loops, carried values that only feed themselves, captures, histories, scans. A carried value that never
/// changes becomes a capture; equal captures become one; captured constants move into the body.
/// </summary>
internal sealed class Prune : Copier
{
    private readonly Dictionary<Node, HashSet<int>> _used = [];
    private readonly Dictionary<Node, (HashSet<int> Parameters, ImmutableArray<int> Yields)> _needed = [];

    private Prune(Builder builder, IEnumerable<Node> roots) : base(builder) => Mark(roots, _used);

    public static Function Apply(Function function) => new Prune(new Builder(), function.Results).Copy(function);

    /// <summary>Which results of each loop are needed, and the nodes needed.</summary>
    private static HashSet<Node> Mark(IEnumerable<Node> roots, Dictionary<Node, HashSet<int>> used)
    {
        var live = new HashSet<Node>(roots);
        var order = Region.Order(live.ToArray());
        for (var i = order.Length - 1; i >= 0; i--)
        {
            var node = order[i];
            if (!live.Contains(node)) continue;
            if (node.Op == Op.Result)
            {
                if (!used.TryGetValue(node.Inputs[0], out var results)) used.Add(node.Inputs[0], results = []);
                results.Add(node.Ints[0]);
            }
            if (node.Op == Op.Loop)
            {
                var parameters = Needed(node.Loop!, used[node]).Parameters;
                for (var p = 0; p < node.Inputs.Length; p++)
                    if (parameters.Contains(p)) live.Add(node.Inputs[p]);
            }
            else live.UnionWith(node.Inputs);
        }
        return live;
    }

    /// <summary>The parameters and yields of a loop's body that the used results need; a carried value needs both or neither.</summary>
    private static (HashSet<int> Parameters, ImmutableArray<int> Yields) Needed(LoopInfo loop, HashSet<int> used)
    {
        var scans = loop.Carries + loop.Histories.Count;
        // Every result of a search needs the point.
        var yields = loop.Solver is not null ? [0]
            : new HashSet<int>(used.Select(i => i < loop.Carries ? i : i < scans ? loop.Histories[i - loop.Carries] : i - loop.Histories.Count));
        if (loop.Stop is { } stop) yields.Add(stop.Carry);
        while (true)
        {
            var live = Mark(yields.Select(i => loop.Body.Results[i]), []);
            var parameters = new HashSet<int>(Enumerable.Range(0, loop.Body.Parameters.Length).Where(i => live.Contains(loop.Body.Parameters[i])));
            var carried = parameters.Where(i => i < loop.Carries && !yields.Contains(i)).ToArray();
            parameters.UnionWith(yields.Where(i => i < loop.Carries));
            if (carried.Length == 0) return (parameters, [.. yields.OrderBy(i => i)]);
            yields.UnionWith(carried);
        }
    }

    private (HashSet<int> Parameters, ImmutableArray<int> Yields) Needed(Node node)
    {
        if (!_needed.TryGetValue(node, out var needed)) _needed.Add(node, needed = Needed(node.Loop!, _used[node]));
        return needed;
    }

    // Inputs of a loop that only dead parameters read are not copied at all.
    protected override bool NeedsInput(Node node, int input) => node.Op != Op.Loop || Needed(node).Parameters.Contains(input);

    protected override ImmutableArray<Node> CopyLoop(Node node, Func<int, Node> input)
    {
        var loop = node.Loop!;
        var used = _used[node];
        var (parameters, yields) = Needed(node);
        var builder = new Builder();
        var body = new Prune(builder, yields.Select(i => loop.Body.Results[i]));

        bool IsConstant(int i) => loop.Solver is null && loop.Stop?.Carry != i && ReferenceEquals(loop.Body.Results[i], loop.Body.Parameters[i]);
        var carries = parameters.Where(i => i < loop.Carries && !IsConstant(i)).OrderBy(i => i).ToImmutableArray();
        var bodyParameters = carries.Select(i => body.CopyParameter(loop.Body.Parameters[i])).ToList();
        var inputs = carries.Select(input).ToList();
        var captures = new Dictionary<Node, Node>();
        foreach (var i in parameters.Where(i => i >= loop.Carries || IsConstant(i)).OrderBy(i => i))
        {
            var captured = input(i);
            if (!captures.TryGetValue(captured, out var parameter))
            {
                if (captured.Inputs.Length == 0 && captured.Op != Op.Parameter && i != loop.Reversal) parameter = builder.Rebuild(captured, []);
                else
                {
                    parameter = body.CopyParameter(loop.Body.Parameters[i]);
                    bodyParameters.Add(parameter);
                    inputs.Add(captured);
                }
                captures.Add(captured, parameter);
            }
            body.Map(loop.Body.Parameters[i], parameter);
        }
        var scanStart = loop.Carries + loop.Histories.Count;
        var scans = Enumerable.Range(0, loop.Scans).Where(i => used.Contains(scanStart + i)).ToImmutableArray();
        var histories = Enumerable.Range(0, loop.Histories.Count)
            .Where(i => used.Contains(loop.Carries + i) && !IsConstant(loop.Histories[i])).ToImmutableArray();
        var info = new LoopInfo(
            loop.Counter, loop.Trips, carries.Length, histories.Select(i => carries.IndexOf(loop.Histories[i])).ToImmutableArray(), scans.Length,
            new Region(
                [.. bodyParameters], body.Copy(carries.Concat(scans.Select(i => loop.Carries + i)).Select(i => loop.Body.Results[i]))))
        {
            ReversesScans = loop.ReversesScans,
            Recomputation = loop.Recomputation,
            Recomputes = loop.Recomputes,
            Reversal = loop.Reversal is { } turn && parameters.Contains(turn) && captures.TryGetValue(input(turn), out var turned) && bodyParameters.IndexOf(turned) is >= 0 and var at ? at : null,
            Solver = loop.Solver,
            Stop = loop.Stop is { } stop ? stop with { Carry = carries.IndexOf(stop.Carry) } : null,
        };
        var kept = carries.Length + scans.Length == 0 ? [] : Builder.Loop(info, [.. inputs]);

        if (loop.Solver is not null) return kept;

        // One entry per result of the original; nobody asks for those that stay null.
        var results = new Node[scanStart + loop.Scans];
        foreach (var i in used)
        {
            if (i >= scanStart) results[i] = kept[carries.Length + histories.Length + scans.IndexOf(i - scanStart)];
            else if (i >= loop.Carries)
            {
                var carry = loop.Histories[i - loop.Carries];
                results[i] = IsConstant(carry)
                    ? Builder.Unreduce(input(carry), input(carry).Shape.Insert(0, loop.Trips + Dim.One), [0])
                    : kept[carries.Length + histories.IndexOf(i - loop.Carries)];
            }
            else results[i] = IsConstant(i) ? input(i) : kept[carries.IndexOf(i)];
        }
        return [.. results];
    }
}
