using System.Collections.Immutable;

namespace Proxima.Generator.Ir;

/// <summary>Checks every invariant of the IR: types, attributes, closed loop bodies, counters and sizes. Run between passes in tests.</summary>
internal sealed class Verifier
{
    private readonly Function _function;
    private readonly Lazy<Dim.Facts> _facts;
    private readonly HashSet<string>? _sizes;
    private readonly HashSet<Node> _seen = [];
    private readonly HashSet<string> _counters = new(StringComparer.Ordinal);
    private readonly HashSet<string> _openCounters = new(StringComparer.Ordinal);

    private Verifier(Function function, IEnumerable<string>? constructorSizes)
    {
        _function = function;
        _facts = new(function.Facts);
        if (constructorSizes is null) return;
        _sizes = new(constructorSizes, StringComparer.Ordinal);
        foreach (var binding in function.Bindings) _sizes.Add(binding.Size);
    }

    /// <param name="constructorSizes">The sizes that the class's constructor names; null skips the check that every size is known.</param>
    /// <exception cref="InvalidOperationException">An invariant is broken; the message names the node.</exception>
    public static void Check(Function function, IEnumerable<string>? constructorSizes = null)
    {
        var verifier = new Verifier(function, constructorSizes);
        foreach (var binding in function.Bindings)
        {
            var argument = function.Arguments.FirstOrDefault(a => a.Name == binding.Argument);
            if (argument is null) throw new InvalidOperationException($"{function.Name}: size {binding.Size} is bound by the unknown argument {binding.Argument}");
            // Axis -1 is the product of the leading dims.
            if (binding.Axis < -1 || binding.Axis >= argument.Node.Rank)
                throw new InvalidOperationException($"{function.Name}: size {binding.Size} is bound by axis {binding.Axis} of {argument.Node.Type}");
        }
        if (function.ResultNames.Count != 0 && function.ResultNames.Count != function.Results.Count)
            throw new InvalidOperationException($"{function.Name}: {function.Results.Count} results, {function.ResultNames.Count} names");
        if (function.Returned < 0) throw new InvalidOperationException($"{function.Name}: {function.States.Count} states, {function.Results.Count} results");
        for (var i = 0; i < function.States.Count; i++)
        {
            var buffer = function.Arguments.FirstOrDefault(a => a.Kind == ArgumentKind.Buffer && a.Name == function.States[i]);
            if (buffer is not null && !buffer.Node.Type.Equals(function.Results[function.Returned + i].Type))
                throw new InvalidOperationException($"{function.Name}: the buffer {buffer.Name} is {buffer.Node.Type}, and its new value {function.Results[function.Returned + i].Type}");
        }
        verifier.CheckRegion(function.Body);
    }

    private void CheckRegion(Region region)
    {
        foreach (var parameter in region.Parameters)
        {
            Require(parameter.Op == Op.Parameter, parameter, "is a parameter of a region but no Parameter");
            Require(_seen.Add(parameter), parameter, "is a parameter of two regions, or twice of one");
            CheckSizes(parameter, parameter.Shape);
        }
        var own = new HashSet<Node>(region.Parameters);
        foreach (var node in region.Schedule())
        {
            if (node.Op == Op.Parameter)
            {
                Require(own.Contains(node), node, "is a parameter of another region: bodies are closed");
                continue;
            }
            Require(_seen.Add(node), node, "belongs to another region: bodies are closed");
            CheckSizes(node, node.Shape);
            CheckSizes(node, node.Dims);
            CheckNode(node);
        }
    }

    private void CheckSizes(Node node, ImmutableArray<Dim> dims)
    {
        foreach (var dim in dims)
            foreach (var name in dim.Names())
            {
                if (_openCounters.Contains(name)) continue;
                Require(!_counters.Contains(name), node, $"mentions the counter {name} outside of its loop");
                Require(_sizes is null || _sizes.Contains(name), node, $"mentions the unbound size {name}");
            }
    }

    private void CheckNode(Node node)
    {
        var inputs = node.Inputs;
        var type = node.Type;
        var x = inputs.Length > 0 ? inputs[0] : null;
        switch (node.Op)
        {
            case Op.Full:
                RequireArity(node, 0, 0, 0);
                return;
            case Op.Size:
                RequireArity(node, 0, 0, 1);
                Require(node.Rank == 0, node, "must have rank 0");
                return;
            case Op.Number:
                RequireArity(node, 0, 0, 0);
                Require(node.Rank == 0 && type.IsFloat && node.Text.Length > 0, node, "must be a named float of rank 0");
                return;
            case Op.Iota:
                RequireArity(node, 0, 1, 0);
                RequireAxis(node, node.Ints[0], node.Rank);
                return;
            case Op.Neg or Op.Abs or Op.Sign:
                RequirePointwise(node, 1);
                Require(type.DType == x!.Type.DType && type.DType != DType.Bool, node, "must keep a numeric element type");
                return;
            case Op.Exp or Op.Log or Op.Sqrt or Op.Rsqrt or Op.Tanh or Op.Sigmoid or Op.Erf or Op.Sin or Op.Cos or Op.Log1p or Op.Expm1 or Op.Floor or Op.Relu or Op.Softplus:
                RequirePointwise(node, 1);
                Require(type.DType == x!.Type.DType && (type.IsFloat || node.Op == Op.Relu), node, "must keep a float element type");
                return;
            case Op.Not:
                RequirePointwise(node, 1);
                Require(type.DType == DType.Bool && x!.Type.DType == DType.Bool, node, "must be Bool");
                return;
            case Op.Cast:
                RequirePointwise(node, 1);
                return;
            case Op.Add or Op.Sub or Op.Mul or Op.Div or Op.Pow or Op.Atan2 or Op.Min or Op.Max or Op.SoftThreshold:
                RequirePointwise(node, 2);
                Require(type.DType == x!.Type.DType && type.DType == inputs[1].Type.DType, node, "must have one element type");
                return;
            case Op.Equal or Op.NotEqual or Op.Less or Op.LessEqual or Op.Greater or Op.GreaterEqual:
                RequirePointwise(node, 2);
                Require(type.DType == DType.Bool && x!.Type.DType == inputs[1].Type.DType, node, "must compare one element type and give Bool");
                return;
            case Op.And or Op.Or:
                RequirePointwise(node, 2);
                Require(type.DType == DType.Bool && inputs.All(i => i.Type.DType == DType.Bool), node, "must be Bool");
                return;
            case Op.FloorDivide or Op.BitwiseAnd or Op.BitwiseOr or Op.BitwiseXor or Op.BitwiseLeftShift or Op.BitwiseRightShift or Op.FoldKey:
                RequirePointwise(node, 2);
                Require(type.DType == DType.Int64 && inputs.All(i => i.Type.DType == DType.Int64), node, "must be Int64");
                return;
            case Op.RandomUniform or Op.RandomNormal or Op.RandomPoisson:
                RequirePointwise(node, node.Op == Op.RandomPoisson ? 3 : 2);
                Require(type.IsFloat && inputs.Take(2).All(i => i.Type.DType == DType.Int64), node, "must make floats of an Int64 key and position");
                Require(node.Op != Op.RandomPoisson || inputs[2].Type.DType == type.DType, node, "must have the type of its rate");
                return;
            case Op.StraightThrough:
                RequirePointwise(node, 2);
                Require(type.IsFloat && inputs.All(i => i.Type.DType == type.DType), node, "must have one float element type");
                return;
            case Op.Where:
                RequirePointwise(node, 3);
                Require(x!.Type.DType == DType.Bool, node, "must choose by Bool");
                Require(type.DType == inputs[1].Type.DType && type.DType == inputs[2].Type.DType, node, "must choose between values of one element type");
                return;
            case Op.Broadcast:
                RequireArity(node, 1, x!.Rank, 0);
                RequireSameDType(node);
                for (var i = 0; i < x.Rank; i++)
                {
                    RequireAxis(node, node.Ints[i], node.Rank);
                    Require(i == 0 || node.Ints[i] > node.Ints[i - 1], node, "must map axes in increasing order");
                    RequireSame(node, x.Shape[i], node.Shape[node.Ints[i]]);
                }
                return;
            case Op.Permute:
                RequireArity(node, 1, x!.Rank, 0);
                RequireSameDType(node);
                Require(node.Ints.OrderBy(i => i).SequenceEqual(Enumerable.Range(0, x.Rank)), node, "must name every axis once");
                RequireShape(node, [.. node.Ints.Select(axis => x.Shape[axis])]);
                return;
            case Op.Reshape:
                RequireArity(node, 1, 0, 0);
                RequireSameDType(node);
                Require(_facts.Value.AreEqual(x!.Type.Count, type.Count) != Answer.No, node, $"must keep the number of elements of {x.Type}");
                return;
            case Op.Slice:
                RequireBlock(node, node.Rank, x!, 1);
                RequireSameDType(node);
                return;
            case Op.Gather:
                RequireArity(node, 2 + Inverse.Of(node).Inputs.Length, 1, 0);
                Require(type.DType == x!.Type.DType, node, "must keep the element type");
                RequireShape(node, inputs[1].Shape);
                RequireIndex(node, inputs[1]);
                return;
            case Op.ScatterAdd or Op.ScatterMax or Op.ScatterMin:
                RequireArity(node, 3 + Inverse.Of(node).Inputs.Length, 1, 0);
                Require(type.Equals(x!.Type) && type.DType == inputs[2].Type.DType && type.DType != DType.Bool, node, "must keep a numeric type");
                Require(inputs[1].Rank == inputs[2].Rank, node, "must have a position for each element");
                for (var i = 0; i < inputs[1].Rank; i++) RequireSame(node, inputs[1].Shape[i], inputs[2].Shape[i]);
                RequireIndex(node, inputs[1]);
                return;
            case Op.Window:
                RequireArity(node, 1, 1, 2);
                RequireSameDType(node);
                RequireAxis(node, node.Ints[0], x!.Rank);
                RequireShape(node, x.Shape.SetItem(node.Ints[0], node.Shape[node.Ints[0]]).Insert(node.Ints[0] + 1, node.Shape[node.Ints[0] + 1]));
                return;
            case Op.Pad:
                RequireBlock(node, node.Rank, x!, 1);
                RequireSameDType(node);
                return;
            case Op.UpdateAdd:
                RequireBlock(node, node.Rank, x!, 2);
                RequireSameDType(node);
                RequireShape(node, x!.Shape);
                Require(inputs[1].Rank == node.Rank, node, "must update a block of its rank");
                return;
            case Op.Concat:
                Require(inputs.Length > 0 && node.Ints.Length == 1 && node.Dims.Length == 0, node, "must have operands and an axis");
                RequireSameDType(node);
                RequireAxis(node, node.Ints[0], node.Rank);
                foreach (var part in inputs)
                {
                    Require(part.Rank == node.Rank, node, "must join values of one rank");
                    for (var i = 0; i < node.Rank; i++)
                        if (i != node.Ints[0]) RequireSame(node, part.Shape[i], node.Shape[i]);
                }
                RequireSame(node, Dim.Sum(inputs.Select(part => part.Shape[node.Ints[0]])), node.Shape[node.Ints[0]]);
                return;
            case Op.ReduceSum or Op.ReduceMax or Op.ReduceMin:
                Require(inputs.Length == 1 && node.Ints.Length > 0 && node.Dims.Length == 0, node, "must have one operand and axes");
                RequireSameDType(node);
                for (var i = 0; i < node.Ints.Length; i++)
                {
                    RequireAxis(node, node.Ints[i], x!.Rank);
                    Require(i == 0 || node.Ints[i] > node.Ints[i - 1], node, "must reduce axes in increasing order");
                }
                RequireShape(node, Builder.Without(x!.Shape, node.Ints));
                return;
            case Op.ArgMax:
                RequireArity(node, 1, 1, 0);
                RequireAxis(node, node.Ints[0], x!.Rank);
                Require(type.DType == DType.Int64, node, "must be Int64");
                RequireShape(node, x.Shape.RemoveAt(node.Ints[0]));
                return;
            case Op.Dot:
                RequireArity(node, 2, node.Ints.IsEmpty ? 0 : 2, 0);
                RequireSameDType(node);
                Require(x!.Rank >= 2 && x.Rank == inputs[1].Rank && x.Rank == node.Rank, node, "must contract operands of one rank, at least 2");
                RequireSame(node, x.Shape[x.Rank - 1], inputs[1].Shape[x.Rank - 2]);
                for (var i = 0; i < x.Rank - 2; i++) RequireSame(node, x.Shape[i], inputs[1].Shape[i]);
                RequireShape(node, x.Shape.SetItem(x.Rank - 1, inputs[1].Shape[x.Rank - 1]));
                return;
            case Op.GroupedDot or Op.GroupedOuter:
                RequireArity(node, 2 + Inverse.Of(node).Inputs.Length, 0, 0);
                var (groups, isDot) = (Inverse.Of(node), node.Op == Op.GroupedDot);
                Require(type.DType == x!.Type.DType && type.DType == inputs[1].Type.DType && groups.Ranges is not null, node, "must have one element type and groups");
                Require(x.Rank == 2 && inputs[1].Rank == (isDot ? 3 : 2), node, "must have rows");
                RequireSame(node, x.Shape[isDot ? 1 : 0], inputs[1].Shape[isDot ? 1 : 0]);
                if (isDot) RequireSame(node, groups.Ranges!.Shape[0], inputs[1].Shape[0]);
                RequireShape(node, isDot ? [x.Shape[0], inputs[1].Shape[2]] : [groups.Ranges!.Shape[0], x.Shape[1], inputs[1].Shape[1]]);
                if (groups.Order is { } rows) RequireSame(node, rows.Shape[0], x.Shape[0]);
                return;
            case Op.Call:
                Require(Routine.Find(node.Text) is not null, node, $"calls the unknown routine {node.Text}");
                var routine = Routine.Of(node);
                Require(inputs.Length == routine.Operands.Length && node.Dims.Length == 0, node, "must have the operands of its routine");
                for (var i = 0; i < inputs.Length; i++)
                {
                    Require(inputs[i].Rank - routine.Operands[i] == x!.Rank - routine.Operands[0], node, "must have operands of one batch");
                    for (var axis = 0; axis < inputs[i].Rank - routine.Operands[i]; axis++) RequireSame(node, inputs[i].Shape[axis], x.Shape[axis]);
                }
                RequireShape(node, [.. routine.BatchOf(x!), .. routine.Item(routine.SizesOf(node))]);
                if (routine.Operand?.Invoke(routine.SizesOf(node)) is { } item)
                    for (var axis = 0; axis < item.Length; axis++) RequireSame(node, item[axis], x!.Shape[x.Rank - item.Length + axis]);
                return;
            case Op.Loop:
                CheckLoop(node);
                return;
            case Op.Result:
                RequireArity(node, 1, 1, 0);
                Require(x!.Op == Op.Loop, node, "must be a result of a loop");
                var types = Builder.ResultTypes(x.Loop!);
                RequireAxis(node, node.Ints[0], types.Length);
                Require(type.Equals(types[node.Ints[0]]), node, $"must be {types[node.Ints[0]]}");
                return;
            case Op.Ruled or Op.RuleTangent:
                CheckRule(node);
                return;
            case Op.Proximable:
                Require(node.Rule is { Value: null, Proximal: not null, Body.Results.Length: 1 } && x is not null, node, "must have an operator");
                var operatorTypes = node.Rule!.Body.Parameters.Skip(1).Select(p => p.Type);
                Require(node.Inputs.Select(input => input.Type).SequenceEqual(operatorTypes) && node.Rule.Body.Results[0].Type.Equals(x!.Type), node, "must have an operator of its inputs that gives a value like the first");
                CheckRegion(node.Rule.Body);
                return;
            default:
                throw Broken(node, "has an unknown operation");
        }
    }

    private void CheckRule(Node node)
    {
        Require(node.Rule is { Operands: > 0 }, node, "must have a rule");
        var (rule, body) = (node.Rule!, node.Rule!.Body);
        Require(node.Type.IsFloat && body.Parameters.Length >= 2 && body.Parameters.Take(2).All(p => p.Type.Equals(node.Type)), node, "must have the type of the rule's cotangent and value");
        Require(rule.Operands == body.Results.Length, node, "must have one cotangent per operand");
        Require(node.Op == Op.Ruled == rule.Value is not null, node, "must have a value where it is no tangent");
        var bound = body.Parameters.Skip(node.Op == Op.Ruled ? 2 : 1);
        if (rule.Value is { } value)
        {
            Require(value.Results.Length == 1 && value.Results[0].Type.Equals(node.Type), node, "must have the type of its value");
            bound = value.Parameters.Skip(rule.Operands).Concat(bound);
            CheckRegion(value);
        }
        ImmutableArray<TensorType> expected = [.. body.Results.Concat(bound).Select(n => n.Type)];
        Require(node.Inputs.Length == expected.Length, node, "must have one input per operand and capture");
        for (var i = 0; i < expected.Length; i++) Require(node.Inputs[i].Type.Equals(expected[i]), node, $"takes {node.Inputs[i].Type} where its rule has {expected[i]}");
        CheckRegion(body);
    }

    private void CheckLoop(Node node)
    {
        var loop = node.Loop;
        Require(loop is not null, node, "must have a body");
        var body = loop!.Body;
        Require(_counters.Add(loop.Counter), node, $"reuses the counter {loop.Counter}");
        CheckSizes(node, [loop.Trips]);
        Require(loop.Carries >= 0 && loop.Carries <= node.Inputs.Length && body.Parameters.Length == node.Inputs.Length, node, "must have one parameter per input");
        Require(loop.Scans >= 0 && body.Results.Length == loop.Carries + loop.Scans, node, "must yield one value per carried value and scan");
        for (var i = 0; i < node.Inputs.Length; i++)
        {
            Require(node.Inputs[i].Type.Equals(body.Parameters[i].Type), node, $"starts {body.Parameters[i].Type} with {node.Inputs[i].Type}");
            Require(i >= loop.Carries || body.Results[i].Type.Equals(body.Parameters[i].Type), node, "must carry values of unchanging types");
        }
        for (var i = 0; i < loop.Histories.Count; i++)
        {
            RequireAxis(node, loop.Histories[i], loop.Carries);
            Require(i == 0 || loop.Histories[i] > loop.Histories[i - 1], node, "must list histories once, in increasing order");
        }
        if (loop.Solver is { } solver)
        {
            Require(loop.Carries == 1 && loop.Histories.Count == 0 && loop.Scans == 0 && loop.Stop is null, node, "must carry the point alone, as the search for a fixed point");
            Require(body.Results[0].Type.IsFloat, node, "must search for a point of floats");
            Require(solver.BatchDims >= 0 && solver.BatchDims <= body.Results[0].Rank && solver.Window > 0, node, "must have a window, and batch dims that the point has");
        }
        if (loop.Reversal is { } reversal)
            Require(reversal >= loop.Carries && reversal < body.Parameters.Length && body.Parameters[reversal].Type is { IsFloat: true, Rank: 0 }, node, "must be turned round by a captured scalar");
        if (loop.Stop is { } stop)
        {
            RequireAxis(node, stop.Carry, loop.Carries);
            Require(loop.Histories.Count == 0 && loop.Scans == 0, node, "must keep nothing per iteration where it may stop early");
            Require(body.Results[stop.Carry].Type is { IsFloat: true, Rank: 0 }, node, "must stop by a float scalar");
        }
        foreach (var result in body.Results)
            Require(!result.Shape.Any(dim => dim.Mentions(loop.Counter)), node, $"yields {result.Type}, whose shape mentions the counter");
        _openCounters.Add(loop.Counter);
        CheckRegion(body);
        _openCounters.Remove(loop.Counter);
    }

    private void RequirePointwise(Node node, int arity)
    {
        RequireArity(node, arity, 0, 0);
        foreach (var input in node.Inputs) RequireShape(node, input.Shape);
    }

    private static void RequireBlock(Node node, int rank, Node operand, int arity)
    {
        RequireArity(node, arity, rank, rank);
        Require(operand.Rank == rank, node, "must keep the rank");
        Require(node.Ints.All(step => step != 0), node, "must not step by 0");
    }

    /// <summary>The index of a gather or scatter: as large as the first operand but for the axis.</summary>
    private void RequireIndex(Node node, Node index)
    {
        Require(index.Type.DType == DType.Int64, node, "must be indexed by Int64");
        var x = node.Inputs[0];
        Require(index.Rank == x.Rank, node, "must be indexed in its rank");
        RequireAxis(node, node.Ints[0], x.Rank);
        for (var i = 0; i < x.Rank; i++)
            if (i != node.Ints[0]) RequireSame(node, x.Shape[i], index.Shape[i]);
        var (size, count, inverse) = (x.Shape[node.Ints[0]], index.Shape[node.Ints[0]], Inverse.Of(node));
        Require(inverse.Inputs.All(known => known.Type.DType == DType.Int64), node, "must know its index the other way round by Int64");
        if (inverse.Order is { } order) RequireSame(node, order.Shape[0], count);
        if (inverse.Ranges is { } ranges)
        {
            Require(ranges.Rank == 2 && ranges.Shape[1].Constant == 2, node, "must have a range for each place");
            RequireSame(node, ranges.Shape[0], size);
        }
        else if (!inverse.IsNone) RequireSame(node, size, count);
    }

    private static void RequireArity(Node node, int inputs, int ints, int dims) =>
        Require(
            node.Inputs.Length == inputs && node.Ints.Length == ints && node.Dims.Length == dims, node,
            $"must have {inputs} operands, {ints} numbers and {dims} sizes, not {node.Inputs.Length}, {node.Ints.Length} and {node.Dims.Length}");

    private static void RequireSameDType(Node node) =>
        Require(node.Inputs.All(input => input.Type.DType == node.Type.DType), node, "must have one element type");

    private static void RequireAxis(Node node, int axis, int rank) => Require(axis >= 0 && axis < rank, node, $"names axis {axis} of {rank}");

    private void RequireShape(Node node, ImmutableArray<Dim> shape)
    {
        Require(node.Rank == shape.Length, node, $"must have rank {shape.Length}");
        for (var i = 0; i < shape.Length; i++) RequireSame(node, node.Shape[i], shape[i]);
    }

    /// <summary>Equal sizes, or sizes that entry checks to be equal.</summary>
    private void RequireSame(Node node, Dim a, Dim b) =>
        Require(a.Equals(b) || _facts.Value.AreEqual(a, b) == Answer.Yes, node, $"needs equal sizes, not {a} and {b}");

    private static void Require(bool holds, Node node, string reason)
    {
        if (!holds) throw Broken(node, reason);
    }

    private static InvalidOperationException Broken(Node node, string reason) =>
        new($"{node.Name ?? "%"} = {node.Op}({string.Join(", ", node.Inputs.Select(i => i.Name ?? i.Op.ToString()))}) : {node.Type} {reason}");
}
