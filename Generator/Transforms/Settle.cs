using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>The end of differentiation: what says how a value is to be differentiated becomes the plain value.</summary>
internal sealed class Settle : Copier
{
    private readonly CounterNames _names;

    private Settle(Builder builder, CounterNames names) : base(builder) => _names = names;

    public static Function Apply(Function function) =>
        function.Body.Any(node => node.Op is Op.StraightThrough or Op.Ruled) ? new Settle(new Builder(), CounterNames.Of(function)).Copy(function) : function;

    protected override Copier Nested(Builder body, Func<string, Dim?>? bodySizes) => new Settle(body, _names);

    protected override Node Rewrite(Node node, ImmutableArray<Node> inputs)
    {
        if (node.Op == Op.StraightThrough) return inputs[0];
        if (node.Op != Op.Ruled) return base.Rewrite(node, inputs);
        // The body may stand here more than once: each has counters of its own.
        var body = new Copier(new Builder(), null, _names).Copy(node.Rule!.Value!);
        var inside = new Settle(Builder, _names);
        for (var i = 0; i < body.Parameters.Length; i++) inside.Map(body.Parameters[i], inputs[i]);
        return inside.Copy(body.Results[0]);
    }
}
