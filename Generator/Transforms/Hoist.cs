using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>Moves what no iteration changes in front of the loop, where it costs more than reading it back: contractions, reductions, arithmetic on tensors.</summary>
internal sealed class Hoist : Copier
{
    private Hoist(Builder builder) : base(builder)
    {
    }

    public static Function Apply(Function function) => new Hoist(new Builder()).Copy(function);

    protected override Copier Nested(Builder body, Func<string, Dim?>? bodySizes) => new Hoist(body);

    protected override ImmutableArray<Node> CopyLoop(Node node, Func<int, Node> input)
    {
        // Inner loops first: what leaves an inner loop may leave this one too.
        var loop = CopyInfo(node.Loop!);
        // What is computed again is not to be kept.
        if (loop.Recomputation != Recomputation.None) return Builder.Loop(loop, [.. Enumerable.Range(0, node.Inputs.Length).Select(input)]);
        var invariant = new HashSet<Node>();
        var hoisted = new List<Node>();
        var schedule = loop.Body.Schedule();
        foreach (var n in schedule)
        {
            if (n.Op == Op.Parameter)
            {
                // What a reversal negates stays in sight.
                if (loop.Body.Parameters.IndexOf(n) is var place && place >= loop.Carries && place != loop.Reversal) invariant.Add(n);
            }
            else if (n.Inputs.All(invariant.Contains) && !Mentions(n, loop.Counter)) invariant.Add(n);
        }
        // The last invariant node on each way out of the invariant part; views stay with their readers.
        var seen = new HashSet<Node>();
        foreach (var n in schedule)
            if (!invariant.Contains(n))
                foreach (var operand in n.Inputs) Visit(operand);
        foreach (var result in loop.Body.Results) Visit(result);

        void Visit(Node operand)
        {
            if (!invariant.Contains(operand) || !seen.Add(operand)) return;
            if (IsWorth(operand)) hoisted.Add(operand);
            else foreach (var further in operand.Inputs) Visit(further);
        }

        var inputs = Enumerable.Range(0, node.Inputs.Length).Select(input).ToImmutableArray();
        if (hoisted.Count == 0) return Builder.Loop(loop, inputs);

        var outside = new Copier(Builder);
        for (var i = loop.Carries; i < inputs.Length; i++) outside.Map(loop.Body.Parameters[i], inputs[i]);
        var values = outside.Copy(hoisted);
        var body = new Copier(new Builder());
        var parameters = loop.Body.Parameters.Select(body.CopyParameter).ToList();
        foreach (var n in hoisted)
        {
            var parameter = body.NewParameter(n.Type, n.Name);
            body.Map(n, parameter);
            parameters.Add(parameter);
        }
        return Builder.Loop(loop with { Body = new Region([.. parameters], body.Copy(loop.Body.Results)) }, inputs.AddRange(values));
    }

    private static bool IsWorth(Node node) => node.Op switch
    {
        Op.Parameter or Op.Full or Op.Size or Op.Number or Op.Iota => false,
        var op when op.IsView() || op == Op.Gather => false,
        Op.Dot or Op.ReduceSum or Op.ReduceMax or Op.ReduceMin or Op.ArgMax or Op.Result => true,
        _ => node.Rank > 0,
    };

    /// <summary>Does a node, or one inside it, depend on the counter of a loop around it?</summary>
    public static bool Mentions(Node node, string counter) =>
        node.Shape.Any(dim => dim.Mentions(counter)) || node.Dims.Any(dim => dim.Mentions(counter))
        || node.Loop is { } loop && (loop.Trips.Mentions(counter) || loop.Body.Schedule().Concat(loop.Body.Parameters).Any(n => Mentions(n, counter)));
}
