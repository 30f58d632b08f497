using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>
/// Forward mode: walks a region and builds every value again, its tangent beside it. A loop becomes one loop that carries tangents next to
/// values, or (<see cref="Linearizer"/>) the same loop and a second one, linear in the tangents.
/// </summary>
internal class Jvp(Builder builder, CounterNames names)
{
    private readonly Dictionary<Node, Node> _values = [];
    private readonly Dictionary<Node, Node> _tangents = [];
    private readonly Dictionary<Node, (ImmutableArray<Node> Values, ImmutableArray<Node?> Tangents)> _loops = [];

    protected Builder Builder { get; } = builder;

    protected CounterNames Names { get; } = names;

    /// <summary>
    /// The function that also takes the tangents of the arguments named in <paramref name="wrt"/> (as <c>d</c> + name) and also returns the
    /// tangents of its float results, in order.
    /// </summary>
    public static Function Apply(Function of, ImmutableArray<string> wrt)
    {
        of = Cleanup.Apply(of);
        var builder = new Builder();
        var jvp = new Jvp(builder, CounterNames.Of(of));
        var arguments = ImmutableArray.CreateBuilder<FunctionArgument>();
        var tangents = ImmutableArray.CreateBuilder<FunctionArgument>();
        foreach (var argument in of.Arguments)
        {
            var value = builder.Parameter(argument.Node.Text, argument.Node.Type);
            value.Name = argument.Node.Name;
            arguments.Add(argument with { Node = value });
            Node? tangent = null;
            if (wrt.Contains(argument.Name))
            {
                var name = of.FreshArgument("d" + argument.Name);
                tangent = builder.Parameter(name, argument.Node.Type);
                tangents.Add(new FunctionArgument(tangent, ArgumentKind.Input, name));
            }
            jvp.Set(argument.Node, value, tangent);
        }
        jvp.Run(of.Results);
        var results = ImmutableArray.CreateBuilder<Node>();
        foreach (var result in of.ReturnedResults) results.Add(jvp.Value(result));
        foreach (var result in of.ReturnedResults)
            if (result.Type.IsFloat) results.Add(jvp.Tangent(result) ?? builder.Zeros(result.Type));
        results.AddRange(of.Results.Skip(of.Returned).Select(jvp.Value));
        return Cleanup.Apply(RuleTangents.Resolve(of with
        {
            Arguments = arguments.Concat(tangents).ToImmutableArray(),
            Results = results.ToImmutable(),
            ResultNames = results.Select(_ => "").ToImmutableArray(),
        }));
    }

    /// <summary>Gives a node's value and tangent (null: zero).</summary>
    public void Set(Node node, Node value, Node? tangent)
    {
        _values[node] = value;
        if (tangent is null) return;
        _tangents[node] = tangent;
        // A linear rule rebuilds the node itself and keeps its name.
        if (value.Name is { } name && tangent.Op != Op.Full && (tangent.Name is null || tangent.Name == node.Name)) tangent.Name = "d" + name;
    }

    public Node Value(Node node) => _values[node];

    public Node? Tangent(Node node) => _tangents.TryGetValue(node, out var tangent) ? tangent : null;

    public void Run(IEnumerable<Node> roots)
    {
        foreach (var node in Region.Order(roots))
        {
            if (_values.ContainsKey(node)) continue;
            if (node.Op == Op.Parameter) throw new InvalidOperationException($"the parameter {node.Text} belongs to another region");
            Builder.Source = node.Source;
            if (node.Op == Op.Loop)
            {
                ImmutableArray<Node> starts = [.. node.Inputs.Select(Value)];
                ImmutableArray<Node?> directions = [.. node.Inputs.Select(Tangent)];
                _loops[node] = node.Loop is { Solver: null, Stop: null } ? RunLoop(node, starts, directions) : RunSolver(node, starts, directions);
                continue;
            }
            if (node.Op == Op.Result)
            {
                var (values, tangents) = _loops[node.Inputs[0]];
                values[node.Ints[0]].Name ??= node.Name;
                Set(node, values[node.Ints[0]], tangents[node.Ints[0]]);
                continue;
            }
            var inputs = node.Inputs.Select(Value).ToImmutableArray();
            var value = Builder.Rebuild(node, inputs);
            if (node.Op == Op.Ruled)
            {
                Set(node, value, RuledTangent(node, value, inputs, [.. node.Inputs.Select(Tangent)]));
                continue;
            }
            Set(node, value, DerivativeRules.Apply(Builder, node, value, inputs, [.. node.Inputs.Select(Tangent)]));
        }
    }

    /// <summary>By the operands as the rule says, by what the value reads besides them as ever.</summary>
    private Node? RuledTangent(Node node, Node value, ImmutableArray<Node> inputs, ImmutableArray<Node?> tangents)
    {
        var rule = node.Rule!;
        Node? sum = null;
        if (tangents.Take(rule.Operands).Any(t => t is not null))
        {
            sum = Builder.RuleTangent(
                value, [.. Enumerable.Range(0, rule.Operands).Select(i => tangents[i] ?? Builder.Zeros(inputs[i].Type))], [.. inputs.Skip(rule.RuleCaptures)], rule);
        }
        if (tangents.Skip(rule.Operands).Take(rule.RuleCaptures - rule.Operands).All(t => t is null)) return sum;
        var inside = Nested(Builder);
        var body = new Copier(new Builder(), null, Names).Copy(rule.Value!);
        for (var i = 0; i < rule.RuleCaptures; i++) inside.Set(body.Parameters[i], inputs[i], i < rule.Operands ? null : tangents[i]);
        inside.Run(body.Results);
        return inside.Tangent(body.Results[0]) is not { } tangent ? sum : sum is null ? tangent : Builder.Add(sum, tangent);
    }

    /// <summary>The values and tangents of a loop's results.</summary>
    protected virtual (ImmutableArray<Node> Values, ImmutableArray<Node?> Tangents) RunLoop(Node node, ImmutableArray<Node> inputs, ImmutableArray<Node?> tangents)
    {
        var loop = node.Loop!;
        var active = Activity.OfLoop(loop, [.. tangents.Select(t => t is not null)]);
        var builder = new Builder();
        var body = new Jvp(builder, Names);
        var (values, dots) = SetParameters(body, builder, loop, active.Parameters);
        body.Run(loop.Body.Results);

        // Carried: values, then tangents; captured likewise; scans likewise.
        var carried = Enumerable.Range(0, loop.Carries).Where(i => active.Parameters[i]).ToImmutableArray();
        var captured = Enumerable.Range(loop.Carries, node.Inputs.Length - loop.Carries).Where(i => active.Parameters[i]).ToImmutableArray();
        var scanned = Enumerable.Range(loop.Carries, loop.Scans).Where(i => active.Results[i]).ToImmutableArray();
        Node TangentResult(int i) => body.Tangent(loop.Body.Results[i]) ?? builder.Zeros(loop.Body.Results[i].Type);
        var results = loop.Body.Results.Select(body.Value).ToImmutableArray();
        var region = new Region(
            [.. values.Take(loop.Carries), .. carried.Select(i => dots[i]!), .. values.Skip(loop.Carries), .. captured.Select(i => dots[i]!)],
            [.. results.Take(loop.Carries), .. carried.Select(TangentResult), .. results.Skip(loop.Carries), .. scanned.Select(TangentResult)]);
        var histories = loop.Histories.Where(i => active.Parameters[i]).ToImmutableArray();
        var info = new LoopInfo(
            loop.Counter, loop.Trips, loop.Carries + carried.Length,
            loop.Histories.Concat(histories.Select(i => loop.Carries + carried.IndexOf(i))).ToImmutableArray(), loop.Scans + scanned.Length, region)
        {
            Recomputation = loop.Recomputation,
        };
        var outputs = Builder.Loop(info,
        [
            .. inputs.Take(loop.Carries), .. carried.Select(i => tangents[i] ?? Builder.Zeros(inputs[i].Type)),
            .. inputs.Skip(loop.Carries), .. captured.Select(i => tangents[i]!),
        ]);

        var outputValues = ImmutableArray.CreateBuilder<Node>();
        var outputTangents = ImmutableArray.CreateBuilder<Node?>();
        for (var i = 0; i < loop.Carries; i++)
        {
            outputValues.Add(outputs[i]);
            outputTangents.Add(active.Parameters[i] ? outputs[loop.Carries + carried.IndexOf(i)] : null);
        }
        var at = info.Carries;
        for (var i = 0; i < loop.Histories.Count; i++)
        {
            outputValues.Add(outputs[at + i]);
            var history = histories.IndexOf(loop.Histories[i]);
            outputTangents.Add(history < 0 ? null : outputs[at + loop.Histories.Count + history]);
        }
        at += info.Histories.Count;
        for (var i = 0; i < loop.Scans; i++)
        {
            outputValues.Add(outputs[at + i]);
            var scan = scanned.IndexOf(loop.Carries + i);
            outputTangents.Add(scan < 0 ? null : outputs[at + loop.Scans + scan]);
        }
        return (outputValues.ToImmutable(), outputTangents.ToImmutable());
    }

    /// <summary>A walker of the same kind, for a body or for a closed region that is written out here.</summary>
    protected virtual Jvp Nested(Builder body) => new(body, Names);

    /// <summary>
    /// A loop that stops gives constants; a search for a fixed point has the derivative of the implicit function theorem: where z = F(z, x), dz solves dz = F_z dz + F_x dx, a fixed point that is linear in dz and dx. The search itself
    /// stays as it is.
    /// </summary>
    private (ImmutableArray<Node> Values, ImmutableArray<Node?> Tangents) RunSolver(Node node, ImmutableArray<Node> inputs, ImmutableArray<Node?> tangents)
    {
        var loop = node.Loop!;
        var values = Builder.Loop(loop, inputs);
        if (loop.Solver is not { } solver) return (values, [.. values.Select(_ => (Node?)null)]);
        var varying = Enumerable.Range(1, inputs.Length - 1).Where(i => tangents[i] is not null).ToImmutableArray();
        if (solver.IsConstant || varying.IsEmpty) return (values, [null, null, null]);

        // The body is walked in a copy: the search keeps the original.
        var step = Copier.Fresh(loop, Names).Body;
        var builder = new Builder();
        var body = Nested(builder);
        var points = step.Parameters.Select(p => NewParameter(p, "")).ToImmutableArray();
        var directions = step.Parameters.Select((p, i) => i == 0 || varying.Contains(i) ? NewParameter(p, "d") : null).ToImmutableArray();
        for (var i = 0; i < points.Length; i++) body.Set(step.Parameters[i], points[i], directions[i]);
        body.Run(step.Results);
        var result = body.Tangent(step.Results[0]) ?? builder.Zeros(step.Results[0].Type);
        var info = new LoopInfo(
            Names.Fresh(loop.Counter), Dim.Of(solver.BackwardIterations), 1, EquatableArray<int>.Empty, 0,
            new Region([directions[0]!, .. points, .. varying.Select(i => directions[i]!)], [result]))
        {
            Solver = solver.Linear(solver.Name + ".Tangent"),
        };
        var tangent = Builder.Loop(info, [Builder.Zeros(values[0].Type), values[0], .. inputs.Skip(1), .. varying.Select(i => tangents[i]!)])[0];
        return (values, [tangent, null, null]);

        Node NewParameter(Node like, string prefix)
        {
            var parameter = builder.Parameter(prefix + like.Text, like.Type);
            parameter.Name = like.Name is { } name ? prefix + name : null;
            return parameter;
        }
    }

    /// <summary>Fresh parameters for a loop's body: a value for each, a tangent for the active ones.</summary>
    protected static (ImmutableArray<Node> Values, ImmutableArray<Node?> Tangents) SetParameters(Jvp body, Builder builder, LoopInfo loop, ImmutableArray<bool> active)
    {
        var values = ImmutableArray.CreateBuilder<Node>();
        var tangents = ImmutableArray.CreateBuilder<Node?>();
        for (var i = 0; i < active.Length; i++)
        {
            var parameter = loop.Body.Parameters[i];
            var value = builder.Parameter(parameter.Text, parameter.Type);
            value.Name = parameter.Name;
            var tangent = active[i] ? builder.Parameter("d" + parameter.Text, parameter.Type) : null;
            values.Add(value);
            tangents.Add(tangent);
            body.Set(parameter, value, tangent);
        }
        return (values.ToImmutable(), tangents.ToImmutable());
    }
}
