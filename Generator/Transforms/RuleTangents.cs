using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>A function that cannot be transformed; the message says in words why.</summary>
internal sealed class TransformException(string message) : Exception(message);

/// <summary>
/// Forward mode through derivatives that are declared in reverse: a rule is linear in the cotangent, so transposed it is the map of tangents.
/// A rule that is not (one that clips its cotangent, say) has none.
/// </summary>
internal sealed class RuleTangents : Copier
{
    private readonly CounterNames _names;

    private RuleTangents(Builder builder, CounterNames names) : base(builder) => _names = names;

    /// <exception cref="TransformException">A rule is not linear.</exception>
    public static Function Resolve(Function function) => new RuleTangents(new Builder(), CounterNames.Of(function)).Copy(function);

    protected override Copier Nested(Builder body, Func<string, Dim?>? bodySizes) => new RuleTangents(body, _names);

    protected override Node Rewrite(Node node, ImmutableArray<Node> inputs)
    {
        if (node.Op != Op.RuleTangent) return base.Rewrite(node, inputs);
        var rule = node.Rule!;
        var scratch = new Builder();
        var linearizer = new Linearizer(scratch, _names);
        var parameters = rule.Body.Parameters.Select(p => scratch.Parameter(p.Text, p.Type)).ToImmutableArray();
        var direction = scratch.Parameter("", parameters[0].Type);
        for (var i = 0; i < parameters.Length; i++) linearizer.Set(rule.Body.Parameters[i], parameters[i], i == 0 ? direction : null);
        linearizer.Run(rule.Body.Results);

        var tangents = rule.Body.Results.Select(result => scratch.Parameter("", result.Type)).ToImmutableArray();
        var transposer = new Transposer(scratch, _names, n => n, null);
        transposer.AddParameter(direction);
        var varying = Enumerable.Range(0, rule.Operands).Where(i => linearizer.Tangent(rule.Body.Results[i]) is not null).ToArray();
        transposer.Run([.. varying.Select(i => linearizer.Tangent(rule.Body.Results[i])!)], [.. varying.Select(Node? (i) => tangents[i])]);
        if (transposer.Cotangent(direction) is not { } change) return Builder.Zeros(node.Type);
        // Of a linear rule the derivative by the cotangent is the same at every cotangent.
        if (Region.Order([change]).Contains(parameters[0]))
            throw new TransformException($"{rule.Name} is not linear in the gradient that it is given, so it has no forward mode; the reverse mode ([Gradient]) uses it as it is");
        var copier = new Copier(Builder, null, _names);
        for (var i = 0; i < rule.Operands; i++) copier.Map(tangents[i], inputs[i]);
        for (var i = 1; i < parameters.Length; i++) copier.Map(parameters[i], inputs[rule.Operands + i - 1]);
        return copier.Copy(change);
    }
}
