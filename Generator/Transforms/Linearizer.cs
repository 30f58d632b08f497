using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>
/// The jvp with every loop split in two: the loop itself, keeping what the second one reads (histories, scans), and a loop that is linear in the
/// tangents. Nodes that depend on tangents are linear in them, so <see cref="Transposer"/> can turn them round.
/// </summary>
internal sealed class Linearizer(Builder builder, CounterNames names) : Jvp(builder, names)
{
    protected override Jvp Nested(Builder body) => new Linearizer(body, Names);

    protected override (ImmutableArray<Node> Values, ImmutableArray<Node?> Tangents) RunLoop(Node node, ImmutableArray<Node> inputs, ImmutableArray<Node?> tangents)
    {
        var loop = node.Loop!;
        var active = Activity.OfLoop(loop, [.. tangents.Select(t => t is not null)]);
        var builder = new Builder();
        var body = new Linearizer(builder, Names);
        var (values, dots) = SetParameters(body, builder, loop, active.Parameters);
        body.Run(loop.Body.Results);

        var carried = Enumerable.Range(0, loop.Carries).Where(i => active.Parameters[i]).ToImmutableArray();
        var captured = Enumerable.Range(loop.Carries, inputs.Length - loop.Carries).Where(i => active.Parameters[i]).ToImmutableArray();
        var scanned = Enumerable.Range(loop.Carries, loop.Scans).Where(i => active.Results[i]).ToImmutableArray();
        var results = loop.Body.Results.Select(body.Value).ToImmutableArray();

        // The linear loop, its counter apart; what it reads of the values decides what the loop itself must keep.
        var counter = Dim.Counter(Names.Fresh(loop.Counter), loop.Trips);
        var linearBody = new Builder();
        var linearValues = carried.Concat(scanned).Select(i => body.Tangent(loop.Body.Results[i]) ?? builder.Zeros(results[i].Type)).ToImmutableArray();
        var kept = loop.Recomputes || loop.Recomputation != Recomputation.None ? [] : Residuals.Choose(loop, values, results, carried.Concat(captured).Select(i => dots[i]!), linearValues);
        var copier = new ResidualCopier(linearBody, loop, values, results, kept, counter, Names);
        var parameters = ImmutableArray.CreateBuilder<Node>();
        foreach (var i in carried.Concat(captured)) parameters.Add(copier.CopyParameter(dots[i]!));
        var linearResults = copier.Copy(linearValues);

        var histories = loop.Histories.Concat(copier.Histories.Keys).Distinct().OrderBy(i => i).ToImmutableArray();
        var scans = copier.Scans.Keys.ToImmutableArray();
        var outputs = Builder.Loop(
            loop with { Histories = histories, Scans = loop.Scans + scans.Length, Body = new Region(values, [.. results, .. scans]) }, inputs);
        Node History(int carry) => outputs[loop.Carries + histories.IndexOf(carry)];
        Node Scan(int scan) => outputs[loop.Carries + histories.Length + scan];

        parameters.AddRange(copier.Captures.Values);
        parameters.AddRange(copier.Histories.Values);
        parameters.AddRange(copier.KeptScans.Values);
        parameters.AddRange(copier.Scans.Values);
        var linear = new LoopInfo(
            counter.PlainName!, loop.Trips, carried.Length, loop.Histories.Where(carried.Contains).Select(i => carried.IndexOf(i)).ToImmutableArray(),
            scanned.Length, new Region(parameters.ToImmutable(), linearResults))
        {
            Recomputation = loop.Recomputation == Recomputation.None ? Recomputation.None : Recomputation.Again,
        };
        var linearOutputs = Builder.Loop(linear,
        [
            .. carried.Select(i => tangents[i] ?? Builder.Zeros(inputs[i].Type)), .. captured.Select(i => tangents[i]!),
            .. copier.Captures.Keys.Select(i => inputs[i]), .. copier.Histories.Keys.Select(History),
            .. copier.KeptScans.Keys.Select(Scan), .. Enumerable.Range(loop.Scans, scans.Length).Select(Scan),
        ]);

        var tangentAt = 0;
        return (
            [.. outputs.Take(loop.Carries), .. loop.Histories.Select(History), .. Enumerable.Range(0, loop.Scans).Select(Scan)],
            [
                .. Enumerable.Range(0, loop.Carries).Concat(loop.Histories).Select(i => carried.Contains(i) ? linearOutputs[tangentAt++] : null),
                .. Enumerable.Range(loop.Carries, loop.Scans).Select(i => scanned.Contains(i) ? linearOutputs[tangentAt++] : null),
            ]);
    }

    /// <summary>
    /// Copies the linear part of a body: values that it reads come from captures, from the carried values at the start of the iteration (history[k]) and at its end (history[k + 1]), and from
    /// scans of what is kept; the others are computed again.
    /// </summary>
    private sealed class ResidualCopier(
        Builder builder, LoopInfo loop, ImmutableArray<Node> parameters, ImmutableArray<Node> results, HashSet<Node> kept, Dim counter, CounterNames names)
        : Copier(builder, name => name == loop.Counter ? counter : null, names)
    {
        /// <summary>Parameters of the linear body, by input of the loop.</summary>
        public SortedDictionary<int, Node> Captures { get; } = new();

        /// <summary>Parameters of the linear body, by carried value.</summary>
        public SortedDictionary<int, Node> Histories { get; } = new();

        /// <summary>Parameters of the linear body, by scan that the loop has anyway.</summary>
        public SortedDictionary<int, Node> KeptScans { get; } = new();

        /// <summary>Further values to scan and the parameters of the linear body that hold them, in the order of first use.</summary>
        public OrderedMap Scans { get; } = new();

        protected override Node? Intercept(Node node)
        {
            if (node.Op == Op.Parameter)
            {
                var index = parameters.IndexOf(node);
                return index >= loop.Carries ? Read(Captures, index, node.Type, node.Name) : ReadHistory(index, counter);
            }
            if (node.Inputs.Length == 0) return null;
            var carry = results.IndexOf(node);
            if (loop.Recomputation != Recomputation.None && (carry < 0 || carry >= loop.Carries)) return null;
            if (carry >= loop.Carries)
            {
                var scan = Read(KeptScans, carry - loop.Carries, Stack(node.Type, loop.Trips), node.Name);
                return Builder.Select(scan, 0, counter);
            }
            if (carry >= 0) return ReadHistory(carry, counter + Dim.One);
            if (!kept.Contains(node)) return null;
            return Builder.Select(Scans.GetOrAdd(node, () => NewParameter(Stack(node.Type, loop.Trips), node.Name)), 0, counter);
        }

        private Node ReadHistory(int carry, Dim at)
        {
            var type = parameters[carry].Type;
            return Builder.Select(Read(Histories, carry, Stack(type, loop.Trips + Dim.One), parameters[carry].Name), 0, at);
        }

        private Node Read(SortedDictionary<int, Node> captures, int index, TensorType type, string? name)
        {
            if (!captures.TryGetValue(index, out var parameter)) captures.Add(index, parameter = NewParameter(type, name));
            return parameter;
        }

        private static TensorType Stack(TensorType type, Dim count) => type.With(type.Shape.Insert(0, count));
    }

    /// <summary>A map that remembers the order of insertion.</summary>
    private sealed class OrderedMap
    {
        private readonly Dictionary<Node, Node> _map = [];

        public List<Node> Keys { get; } = [];

        public IEnumerable<Node> Values => Keys.Select(key => _map[key]);

        public Node GetOrAdd(Node key, Func<Node> make)
        {
            if (_map.TryGetValue(key, out var value)) return value;
            _map.Add(key, value = make());
            Keys.Add(key);
            return value;
        }
    }
}
