using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

/// <summary>Copies nodes into another graph over other arguments. Loops get bodies and counters of their own, so that a copy can stand beside its original.</summary>
internal sealed class GraphCopy(Builder builder, Func<string, string> unique)
{
    private ImmutableDictionary<string, Dim> _counters = ImmutableDictionary<string, Dim>.Empty;

    public ImmutableArray<Node> Copy(ImmutableArray<Node> results, IReadOnlyDictionary<Node, Node> arguments)
    {
        var copies = new Dictionary<Node, Node>();
        var loops = new Dictionary<Node, ImmutableArray<Node>>();
        foreach (var node in Region.Order(results))
        {
            if (arguments.TryGetValue(node, out var argument))
            {
                copies.Add(node, argument);
                continue;
            }
            switch (node.Op)
            {
                case Op.Loop:
                    loops.Add(node, Loop(node, [.. node.Inputs.Select(input => copies[input])]));
                    copies.Add(node, node);
                    break;
                case Op.Result:
                    copies.Add(node, loops[node.Inputs[0]][node.Ints[0]]);
                    break;
                default:
                    copies.Add(node, builder.Rebuild(node, [.. node.Inputs.Select(input => copies[input])], Rename(node.Type), [.. node.Dims.Select(Rename)]));
                    break;
            }
        }
        return [.. results.Select(result => copies[result])];
    }

    private ImmutableArray<Node> Loop(Node node, ImmutableArray<Node> inputs)
    {
        var loop = node.Loop!;
        var trips = Rename(loop.Trips);
        var counter = unique(loop.Counter);
        var inner = new Builder();
        var parameters = new Dictionary<Node, Node>();
        var saved = _counters;
        _counters = _counters.SetItem(loop.Counter, Dim.Counter(counter, trips));
        foreach (var parameter in loop.Body.Parameters)
        {
            var copy = inner.Parameter(parameter.Text, Rename(parameter.Type));
            copy.Name = parameter.Name;
            parameters.Add(parameter, copy);
        }
        var body = new GraphCopy(inner, unique) { _counters = _counters };
        var region = new Region([.. loop.Body.Parameters.Select(p => parameters[p])], body.Copy(loop.Body.Results, parameters));
        _counters = saved;
        builder.Source = node.Source;
        return builder.Loop(loop with { Counter = counter, Trips = trips, Body = region }, inputs);
    }

    private Dim Rename(Dim dim) => _counters.IsEmpty ? dim : dim.Substitute(name => _counters.TryGetValue(name, out var counter) ? counter : null);

    private TensorType Rename(TensorType type) => _counters.IsEmpty ? type : type.With([.. type.Shape.Select(Rename)]);
}
