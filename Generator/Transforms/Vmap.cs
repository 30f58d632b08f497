using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>What a function is mapped over: a size, where arguments and results have it, and which arguments do.</summary>
internal sealed record Batch(Dim Size, ImmutableArray<string> Arguments, int Axis = 0, int Out = 0);

/// <summary>
/// A function for one sample becomes one for a batch: a value that depends on a mapped argument has one more dim, and each operation works on the
/// whole batch at once. What depends on none stays as it is, computed once.
/// </summary>
internal sealed class Vmap(Builder builder, Dim batch)
{
    private readonly Dictionary<Node, Mapped> _values = [];
    private readonly Dictionary<Node, ImmutableArray<Mapped>> _loops = [];

    /// <summary>A value over the batch.</summary>
    /// <param name="Axis">Where the batch is; negative: the value is the same for all samples.</param>
    private readonly record struct Mapped(Node Node, int Axis)
    {
        public bool IsShared => Axis < 0;
    }

    /// <summary>An operation cannot be mapped over a batch.</summary>
    internal sealed class NoRuleException(Op op) : Exception($"{op} has no rule for a batch");

    public static Function Apply(Function of, Batch batch)
    {
        of = Cleanup.Apply(of);
        var builder = new Builder();
        var vmap = new Vmap(builder, batch.Size);
        var arguments = ImmutableArray.CreateBuilder<FunctionArgument>();
        foreach (var argument in of.Arguments)
        {
            var isMapped = argument.Kind == ArgumentKind.Input && batch.Arguments.Contains(argument.Name);
            var type = isMapped ? argument.Node.Type.With(argument.Node.Shape.Insert(batch.Axis, batch.Size)) : argument.Node.Type;
            var parameter = builder.Parameter(argument.Node.Text, type);
            parameter.Name = argument.Node.Name;
            arguments.Add(argument with { Node = parameter });
            vmap._values[argument.Node] = new(parameter, isMapped ? batch.Axis : -1);
        }
        var results = vmap.Run(of.Results).Select(result => vmap.Place(result, batch.Out)).ToImmutableArray();
        return Cleanup.Apply(of with { Arguments = arguments.ToImmutable(), Results = results, ResultNames = results.Select(_ => "").ToImmutableArray() });
    }

    private IEnumerable<Mapped> Run(IReadOnlyList<Node> roots)
    {
        foreach (var node in Region.Order(roots))
        {
            if (_values.ContainsKey(node)) continue;
            builder.Source = node.Source;
            if (node.Op == Op.Loop)
            {
                _loops[node] = RunLoop(node, [.. node.Inputs.Select(input => _values[input])]);
                continue;
            }
            var value = node.Op == Op.Ruled ? MapRule(node, [.. node.Inputs.Select(input => _values[input])]) : node.Op == Op.Result ? _loops[node.Inputs[0]][node.Ints[0]] : Map(node, [.. node.Inputs.Select(input => _values[input])]);
            if (value.Node.Op is not (Op.Parameter or Op.Full)) value.Node.Name ??= node.Name;
            _values[node] = value;
        }
        return roots.Select(root => _values[root]);
    }

    /// <summary>The value with the batch at an axis; what all samples share is repeated.</summary>
    private Node Place(Mapped value, int axis)
    {
        if (value.IsShared) return builder.Unreduce(value.Node, value.Node.Shape.Insert(axis, batch), [axis]);
        if (value.Axis == axis) return value.Node;
        var others = Enumerable.Range(0, value.Node.Rank).Where(i => i != value.Axis).ToImmutableArray();
        return builder.Permute(value.Node, others.Insert(axis, value.Axis));
    }

    private Mapped Map(Node node, ImmutableArray<Mapped> operands)
    {
        var b = builder;
        if (operands.All(operand => operand.IsShared)) return new(b.Rebuild(node, [.. operands.Select(operand => operand.Node)]), -1);
        if (node.Op == Op.Slice)
        {
            // A row of a history stays where it is.
            var (whole, axis) = operands[0];
            return new(b.Slice(whole, node.Dims.Insert(axis, Dim.Zero), node.Shape.Insert(axis, batch), node.Ints.Insert(axis, 1)), axis);
        }
        // An index that all samples share has one inverse.
        var isIndexed = node.Op is Op.Gather or Op.ScatterAdd or Op.ScatterMax or Op.ScatterMin;
        var inverse = isIndexed && operands[1].IsShared ? Inverse.Of(node).Select(known => operands[node.Inputs.IndexOf(known)].Node) : default;
        var x = operands.Select(operand => Place(operand, 0)).ToImmutableArray();
        var shape = node.Shape.Insert(0, batch);
        var starts = node.Dims.Insert(0, Dim.Zero);
        var axes = node.Ints.Select(axis => axis + 1).ToImmutableArray();
        var value = node.Op switch
        {
            Op.Broadcast => b.Broadcast(x[0], shape, axes.Insert(0, 0)),
            Op.Permute => b.Permute(x[0], axes.Insert(0, 0)),
            Op.Reshape => b.Reshape(x[0], shape),
            Op.Window => b.Window(x[0], axes[0], node.Shape[node.Ints[0]], node.Shape[axes[0]], node.Dims[0], node.Dims[1]),
            Op.Pad => b.Pad(x[0], shape, starts, node.Ints.Insert(0, 1), node.Number),
            Op.UpdateAdd => b.UpdateAdd(x[0], x[1], starts, node.Ints.Insert(0, 1)),
            Op.Gather => b.Gather(x[0], x[1], axes[0], inverse),
            Op.ScatterAdd or Op.ScatterMax or Op.ScatterMin => b.Scatter(node.Op, x[0], x[1], x[2], axes[0], inverse),
            Op.Concat => b.Concat(x, axes[0]),
            Op.ReduceSum or Op.ReduceMax or Op.ReduceMin => b.Reduce(node.Op, x[0], axes),
            Op.ArgMax => b.ArgMax(x[0], axes[0]),
            Op.Dot => b.Dot(x[0], x[1]),
            Op.Call => b.Call(node.Text, node.Type.With(shape), x, node.Ints),
            >= Op.Neg and <= Op.Where => b.Rebuild(node, x, node.Type.With(shape), node.Dims),
            _ => throw new NoRuleException(node.Op),
        };
        return new(value, 0);
    }

    /// <summary>The value and the rule of its derivative, both over the batch; captures that all samples share stay as they are.</summary>
    private Mapped MapRule(Node node, ImmutableArray<Mapped> inputs)
    {
        var rule = node.Rule!;
        if (inputs.All(input => input.IsShared)) return new(builder.Rebuild(node, [.. inputs.Select(input => input.Node)]), -1);
        ImmutableArray<Mapped> placed = [.. inputs.Select((input, i) => i < rule.Operands || !input.IsShared ? new Mapped(Place(input, 0), 0) : input)];
        var value = MapBody(rule.Value!, [.. placed.Take(rule.RuleCaptures).Select(input => input.IsShared)]);
        var body = MapBody(rule.Body, [false, false, .. placed.Skip(rule.RuleCaptures).Select(input => input.IsShared)]);
        return new(builder.Ruled([.. placed.Select(input => input.Node)], rule with { Value = value, Body = body }), 0);
    }

    /// <summary>A closed region whose results have the batch in front, and whose parameters have it where they are not shared.</summary>
    private Region MapBody(Region region, ImmutableArray<bool> isShared)
    {
        var body = new Vmap(new Builder(), batch);
        var parameters = ImmutableArray.CreateBuilder<Node>();
        for (var i = 0; i < isShared.Length; i++)
        {
            var model = region.Parameters[i];
            parameters.Add(body.NewParameter(isShared[i] ? model.Type : model.Type.With(model.Shape.Insert(0, batch)), model));
            body._values[model] = new(parameters[i], isShared[i] ? -1 : 0);
        }
        return new Region(parameters.ToImmutable(), [.. body.Run(region.Results).Select(result => body.Place(result, 0))]);
    }

    private ImmutableArray<Mapped> RunLoop(Node node, ImmutableArray<Mapped> inputs)
    {
        var loop = node.Loop!;
        var (parameters, results) = Activity.OfLoop(loop, [.. inputs.Select(input => !input.IsShared)], n => n.Inputs);
        var body = new Vmap(new Builder(), batch);
        var bodyParameters = ImmutableArray.CreateBuilder<Node>();
        var starts = ImmutableArray.CreateBuilder<Node>();
        for (var i = 0; i < inputs.Length; i++)
        {
            // Carried values have the batch in front; captured ones keep it where it is.
            var input = i < loop.Carries && parameters[i] ? new(Place(inputs[i], 0), 0) : inputs[i];
            var parameter = body.NewParameter(input.Node.Type, loop.Body.Parameters[i]);
            body._values[loop.Body.Parameters[i]] = input with { Node = parameter };
            bodyParameters.Add(parameter);
            starts.Add(input.Node);
        }
        var yields = body.Run(loop.Body.Results).Select((value, i) => results[i] || i < loop.Carries && parameters[i] ? body.Place(value, 0) : value.Node);
        // Each sample is a problem of its own to a solver; steps and residual are those of the batch.
        var isSearch = loop.Solver is not null;
        var solver = isSearch && parameters[0] ? loop.Solver! with { BatchDims = loop.Solver.BatchDims + 1 } : loop.Solver;
        var outputs = builder.Loop(loop with { Solver = solver, Body = new Region(bodyParameters.ToImmutable(), [.. yields]) }, starts.ToImmutable());

        // Stacked values have the iterations in front of the batch.
        var isMapped = parameters.Take(loop.Carries).Select(mapped => mapped ? 0 : -1)
            .Concat(isSearch ? [-1, -1] : loop.Histories.Select(i => parameters[i] ? 1 : -1))
            .Concat(results.Skip(loop.Carries).Select(mapped => mapped ? 1 : -1));
        return [.. outputs.Zip(isMapped, (output, axis) => new Mapped(output, axis))];
    }

    private Node NewParameter(TensorType type, Node model)
    {
        var parameter = builder.Parameter(model.Text, type);
        parameter.Name = model.Name;
        return parameter;
    }
}
