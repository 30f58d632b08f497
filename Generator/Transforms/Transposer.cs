using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>
/// Turns nodes that are linear in some parameters round: from the cotangents of their results to those of the parameters. Consumers come before
/// producers, each with the transposed rule of its operation; where a value has several consumers their cotangents add up.
/// </summary>
/// <param name="builder">Where cotangents are built.</param>
/// <param name="residual">The copy of a node that does not depend on the parameters.</param>
/// <param name="sizes">What to replace in the sizes of linear nodes.</param>
internal sealed class Transposer(Builder builder, CounterNames names, Func<Node, Node> residual, Func<string, Dim?>? sizes)
{
    private readonly HashSet<Node> _linear = [];
    private readonly Dictionary<Node, Node> _cotangents = [];

    /// <summary>The cotangent of a node; null: zero.</summary>
    public Node? Cotangent(Node node) => _cotangents.TryGetValue(node, out var cotangent) ? cotangent : null;

    /// <summary>Declares a node that the results depend on linearly, and what its cotangent starts from.</summary>
    public void AddParameter(Node parameter, Node? start = null)
    {
        _linear.Add(parameter);
        if (start is not null) _cotangents[parameter] = start;
    }

    public void Run(IReadOnlyList<Node> results, IReadOnlyList<Node?> cotangents)
    {
        var order = Region.Order(results);
        foreach (var node in order)
            if (node.Inputs.Any(_linear.Contains)) _linear.Add(node);
        for (var i = 0; i < results.Count; i++)
            if (cotangents[i] is { } cotangent) Accumulate(results[i], cotangent);
        for (var i = order.Length - 1; i >= 0; i--)
        {
            var node = order[i];
            if (!_linear.Contains(node) || node.Op is Op.Parameter or Op.Result) continue;
            builder.Source = node.Source;
            if (node.Loop is { Solver: not null }) TransposeSolver(node, order);
            else if (node.Op == Op.Loop) TransposeLoop(node, order);
            else if (Cotangent(node) is { } cotangent) Transpose(node, cotangent);
        }
    }

    private void Accumulate(Node node, Node cotangent)
    {
        // What is not linear here is a zero that stood in for a missing tangent.
        if (!_linear.Contains(node)) return;
        var sum = Cotangent(node) is { } before ? Sum(before, cotangent) : cotangent;
        if (node.Name is { } name && sum.Op is not (Op.Full or Op.Parameter)) sum.Name ??= name;
        _cotangents[node] = sum;
    }

    /// <summary>What is padded with zeros, or scattered over them, is added in place: no tensor of zeros.</summary>
    private Node Sum(Node before, Node cotangent) => cotangent.Op switch
    {
        Op.Pad when cotangent.Number == 0 => builder.UpdateAdd(before, cotangent.Inputs[0], cotangent.Dims, cotangent.Ints),
        Op.ScatterAdd when Builder.IsFull(cotangent.Inputs[0], 0) => builder.Scatter(Op.ScatterAdd, before, cotangent.Inputs[1], cotangent.Inputs[2], cotangent.Ints[0], Inverse.Of(cotangent)),
        Op.Neg => builder.Sub(before, cotangent.Inputs[0]),
        _ => builder.Add(before, cotangent),
    };

    private Dim Substitute(Dim dim) => sizes is null ? dim : dim.Substitute(sizes);

    private ImmutableArray<Dim> Substitute(ImmutableArray<Dim> dims) => [.. dims.Select(Substitute)];

    private TensorType Substitute(TensorType type) => type.With(Substitute(type.Shape));

    private void Transpose(Node node, Node cotangent)
    {
        var b = builder;
        var x = node.Inputs[0];
        var shape = Substitute(x.Shape);
        switch (node.Op)
        {
            case Op.Add:
                Accumulate(x, cotangent);
                Accumulate(node.Inputs[1], cotangent);
                break;
            case Op.Sub:
                Accumulate(x, cotangent);
                if (_linear.Contains(node.Inputs[1])) Accumulate(node.Inputs[1], b.Neg(cotangent));
                break;
            case Op.Neg:
                Accumulate(x, b.Neg(cotangent));
                break;
            case Op.Mul:
                if (_linear.Contains(x)) Accumulate(x, b.Mul(cotangent, residual(node.Inputs[1])));
                else Accumulate(node.Inputs[1], b.Mul(cotangent, residual(x)));
                break;
            case Op.Div:
                Accumulate(x, b.Div(cotangent, residual(node.Inputs[1])));
                break;
            case Op.Where:
                var zeros = b.Zeros(cotangent.Type);
                if (_linear.Contains(node.Inputs[1])) Accumulate(node.Inputs[1], b.Where(residual(x), cotangent, zeros));
                if (_linear.Contains(node.Inputs[2])) Accumulate(node.Inputs[2], b.Where(residual(x), zeros, cotangent));
                break;
            case Op.Cast:
                Accumulate(x, b.Cast(cotangent, x.Type.DType));
                break;
            case Op.Broadcast:
                Accumulate(x, b.Sum(cotangent, [.. Enumerable.Range(0, node.Rank).Where(axis => !node.Ints.Contains(axis))]));
                break;
            case Op.Permute:
                Accumulate(x, b.Permute(cotangent, [.. Enumerable.Range(0, node.Rank).Select(axis => node.Ints.IndexOf(axis))]));
                break;
            case Op.Reshape:
                Accumulate(x, b.Reshape(cotangent, shape));
                break;
            case Op.Slice:
                Accumulate(x, b.Pad(cotangent, shape, Substitute(node.Dims), node.Ints));
                break;
            case Op.Window:
                Dim stride = Substitute(node.Dims[0]), dilation = Substitute(node.Dims[1]);
                Accumulate(x, b.Fold(cotangent, node.Ints[0], shape[node.Ints[0]], stride, dilation, names.Fresh("k")));
                break;
            case Op.Pad:
                Accumulate(x, b.Slice(cotangent, Substitute(node.Dims), shape, node.Ints));
                break;
            case Op.UpdateAdd:
                Accumulate(x, cotangent);
                if (_linear.Contains(node.Inputs[1]))
                    Accumulate(node.Inputs[1], b.Slice(cotangent, Substitute(node.Dims), Substitute(node.Inputs[1].Shape), node.Ints));
                break;
            case Op.Gather:
                Accumulate(x, b.Scatter(Op.ScatterAdd, b.Zeros(x.Type.With(shape)), residual(node.Inputs[1]), cotangent, node.Ints[0], Inverse.Of(node).Select(residual)));
                break;
            case Op.ScatterAdd:
                Accumulate(x, cotangent);
                if (_linear.Contains(node.Inputs[2])) Accumulate(node.Inputs[2], b.Gather(cotangent, residual(node.Inputs[1]), node.Ints[0], Inverse.Of(node).Select(residual)));
                break;
            case Op.Concat:
                var start = Dim.Zero;
                foreach (var part in node.Inputs)
                {
                    var partShape = Substitute(part.Shape);
                    var starts = partShape.Select((_, axis) => axis == node.Ints[0] ? start : Dim.Zero).ToImmutableArray();
                    if (_linear.Contains(part)) Accumulate(part, b.Slice(cotangent, starts, partShape));
                    start += partShape[node.Ints[0]];
                }
                break;
            case Op.ReduceSum:
                Accumulate(x, b.Unreduce(cotangent, shape, node.Ints));
                break;
            case Op.Dot:
                var linear = _linear.Contains(x) ? 0 : 1;
                var factor = residual(node.Inputs[1 - linear]);
                if (Correlation.Transpose(b, node, linear, factor, cotangent, Substitute) is var (image, sum)) Accumulate(image, sum);
                else Accumulate(node.Inputs[linear], linear == 0 ? b.Dot(cotangent, b.Transpose(factor)) : b.Dot(b.Transpose(factor), cotangent));
                break;
            case Op.Call:
                var (operand, given) = RoutineRules.Transpose(b, node, cotangent, residual);
                Accumulate(node.Inputs[operand], given);
                break;
            case Op.RuleTangent:
                var rule = node.Rule!;
                var copier = new Copier(b, sizes, names);
                copier.Map(rule.Body.Parameters[0], cotangent);
                for (var i = rule.Operands; i < node.Inputs.Length; i++) copier.Map(rule.Body.Parameters[1 + i - rule.Operands], residual(node.Inputs[i]));
                for (var i = 0; i < rule.Operands; i++)
                    if (_linear.Contains(node.Inputs[i])) Accumulate(node.Inputs[i], copier.Copy(rule.Body.Results[i]));
                break;
            default:
                throw new InvalidOperationException($"{node.Op} is not linear");
        }
    }

    /// <summary>
    /// The same loop backwards: iteration j undoes iteration trips - 1 - j. It carries the cotangents of the carried tangents and one
    /// accumulator per captured tangent, which starts from what its other consumers already gave.
    /// </summary>
    private void TransposeLoop(Node node, ImmutableArray<Node> order)
    {
        var loop = node.Loop!;
        var given = new Node?[loop.Carries + loop.Histories.Count + loop.Scans];
        foreach (var result in order)
            if (result.Op == Op.Result && ReferenceEquals(result.Inputs[0], node)) given[result.Ints[0]] = Cotangent(result);
        if (given.All(cotangent => cotangent is null)) return;

        // Which carried cotangents can differ from zero shows once the body is turned round; a new one may bring others.
        var carried = Enumerable.Range(0, loop.Carries).Where(i => given[i] is not null).ToImmutableArray();
        BackwardLoop backward;
        while (true)
        {
            backward = new BackwardLoop(this, node, given, carried);
            if (backward.Missing.IsEmpty) break;
            carried = carried.AddRange(backward.Missing).Sort();
        }
        backward.Emit();
    }

    /// <summary>
    /// From the cotangent c of y, where y = A y + B x: w = Aᵀ w + c is a fixed point of the transposed body, and the cotangent of x is Bᵀ w.
    /// </summary>
    private void TransposeSolver(Node node, ImmutableArray<Node> order)
    {
        var loop = node.Loop!;
        var solver = loop.Solver!;
        if (order.FirstOrDefault(n => n.Op == Op.Result && n.Ints[0] == 0 && ReferenceEquals(n.Inputs[0], node)) is not { } result) return;
        if (Cotangent(result) is not { } given) return;

        var body = new Builder();
        var parameters = new List<Node>();
        var inputs = new List<Node>();
        var carried = New(builder.Zeros(given.Type), loop.Body.Parameters[0].Name);
        var start = New(given, given.Name);
        var copier = new Copier(body, sizes, names);
        var inner = new Transposer(body, names, copier.Copy, sizes);
        inner.AddParameter(loop.Body.Parameters[0], start);
        for (var i = 1; i < node.Inputs.Length; i++)
        {
            var parameter = loop.Body.Parameters[i];
            if (_linear.Contains(node.Inputs[i])) inner.AddParameter(parameter);
            else copier.Map(parameter, New(residual(node.Inputs[i]), parameter.Name));
        }
        // Bodies are transposed once each: the loops in them hand their counters on.
        var again = Copier.Fresh(loop, names).Body;
        inner.Run(loop.Body.Results, [carried]);
        var name = solver.Name.EndsWith(".Tangent", StringComparison.Ordinal) ? solver.Name.Substring(0, solver.Name.Length - ".Tangent".Length) : solver.Name;
        var info = new LoopInfo(
            names.Fresh(loop.Counter), Substitute(loop.Trips), 1, EquatableArray<int>.Empty, 0, new Region([.. parameters], [inner.Cotangent(loop.Body.Parameters[0])!]))
        {
            Solver = solver with { Name = name + ".Cotangent" },
        };
        var solution = builder.Loop(info, [.. inputs])[0];

        var outside = new Copier(builder, sizes, names);
        var outer = new Transposer(builder, names, outside.Copy, sizes);
        outer.AddParameter(again.Parameters[0]);
        for (var i = 1; i < node.Inputs.Length; i++)
        {
            if (_linear.Contains(node.Inputs[i])) outer.AddParameter(again.Parameters[i]);
            else outside.Map(again.Parameters[i], residual(node.Inputs[i]));
        }
        outer.Run(again.Results, [solution]);
        for (var i = 1; i < node.Inputs.Length; i++)
            if (_linear.Contains(node.Inputs[i]) && outer.Cotangent(again.Parameters[i]) is { } cotangent) Accumulate(node.Inputs[i], cotangent);

        Node New(Node input, string? name)
        {
            var parameter = body.Parameter(name ?? "", input.Type);
            parameters.Add(parameter);
            inputs.Add(input);
            return parameter;
        }
    }

    private sealed class BackwardLoop
    {
        private readonly Transposer _outer;
        private readonly Node _node;
        private readonly Node?[] _given;
        private readonly ImmutableArray<int> _carried;
        private readonly List<(Node Parameter, Node Input)> _captures = [];
        private readonly List<(Node Parameter, Node Result, int Input)> _accumulators = [];
        private readonly List<(Node Parameter, Node Result)> _carries = [];
        private readonly Dictionary<Node, ImmutableArray<(Node After, Node Before)>> _found = [];
        private readonly List<(Node Parameter, Node Result, Node Start)> _values = [];
        private readonly Builder _builder = new();
        private readonly Dim _trips;

        public BackwardLoop(Transposer outer, Node node, Node?[] given, ImmutableArray<int> carried)
        {
            (_outer, _node, _given, _carried) = (outer, node, given, carried);
            var loop = node.Loop!;
            var body = loop.Body;
            _trips = outer.Substitute(loop.Trips);
            // The linear loop leaves the function with this, so its counter is free.
            var at = _trips - Dim.One - Dim.Counter(loop.Counter, _trips);
            Dim? Sizes(string name) => name == loop.Counter ? at : outer.SubstituteName(name);
            var copier = new FoundValues(_builder, Sizes, outer.Names, Dim.Counter(loop.Counter, _trips));
            var inner = new Transposer(_builder, outer.Names, copier.Copy, Sizes);

            var cotangents = new Node?[body.Results.Length];
            var carryParameters = carried.Select(i => NewParameter(outer.Substitute(body.Parameters[i].Type), body.Parameters[i].Name)).ToImmutableArray();
            for (var i = 0; i < carried.Length; i++) cotangents[carried[i]] = carryParameters[i];
            for (var i = 0; i < loop.Histories.Count; i++)
            {
                if (given[loop.Carries + i] is not { } history) continue;
                var row = _builder.Select(Capture(history), 0, at + Dim.One);
                cotangents[loop.Histories[i]] = cotangents[loop.Histories[i]] is { } cotangent ? _builder.Add(cotangent, row) : row;
            }
            for (var i = 0; i < loop.Scans; i++)
                if (given[loop.Carries + loop.Histories.Count + i] is { } scan) cotangents[loop.Carries + i] = _builder.Select(Capture(scan), 0, at);

            var accumulators = new Node?[node.Inputs.Length];
            for (var i = 0; i < node.Inputs.Length; i++)
            {
                var parameter = body.Parameters[i];
                if (i < loop.Carries) inner.AddParameter(parameter);
                else if (outer._linear.Contains(node.Inputs[i]))
                    inner.AddParameter(parameter, accumulators[i] = NewParameter(outer.Substitute(parameter.Type), parameter.Name));
                else
                {
                    var kept = outer.Residual(node.Inputs[i]);
                    copier.Map(parameter, Capture(kept, parameter.Name));
                    if (FindAgain(kept) is { } value) copier.Found[parameter] = value;
                }
            }
            inner.Run(body.Results, cotangents);

            for (var i = 0; i < carried.Length; i++)
                _carries.Add((carryParameters[i], inner.Cotangent(body.Parameters[carried[i]]) ?? _builder.Zeros(carryParameters[i].Type)));
            Missing = [.. Enumerable.Range(0, loop.Carries).Where(i => !carried.Contains(i) && inner.Cotangent(body.Parameters[i]) is not null)];
            for (var i = loop.Carries; i < node.Inputs.Length; i++)
            {
                if (accumulators[i] is not { } accumulator) continue;
                var sum = inner.Cotangent(body.Parameters[i])!;
                if (!ReferenceEquals(sum, accumulator)) _accumulators.Add((accumulator, sum, i));
            }
        }

        /// <summary>Carried cotangents that turned out to differ from zero.</summary>
        public ImmutableArray<int> Missing { get; }

        private Node NewParameter(TensorType type, string? name) => _builder.Parameter(name ?? "", type);

        private Node Capture(Node input, string? name = null)
        {
            var parameter = NewParameter(input.Type, name ?? input.Name);
            _captures.Add((parameter, input));
            return parameter;
        }

        /// <summary>
        /// Where a history is that of a loop that can be turned round: the value after and before the iteration, found again from the last one.
        /// </summary>
        private (Node After, Node Before)? FindAgain(Node history)
        {
            if (history.Op != Op.Result || history.Inputs[0] is not { Loop: { Reversal: { } turn } loop } forward) return null;
            var which = history.Ints[0] - loop.Carries;
            if (which < 0 || which >= loop.Histories.Count) return null;
            if (!_found.TryGetValue(forward, out var pairs))
            {
                var copier = new Copier(_builder, null, _outer.Names);
                var after = Enumerable.Range(0, loop.Carries).Select(i => NewParameter(loop.Body.Parameters[i].Type, loop.Body.Parameters[i].Name)).ToImmutableArray();
                for (var i = 0; i < loop.Body.Parameters.Length; i++)
                {
                    var captured = i < loop.Carries ? after[i] : Capture(forward.Inputs[i], loop.Body.Parameters[i].Name);
                    copier.Map(loop.Body.Parameters[i], i == turn ? _builder.Neg(captured) : captured);
                }
                var before = copier.Copy(loop.Body.Results.Take(loop.Carries));
                for (var i = 0; i < loop.Carries; i++) _values.Add((after[i], before[i], _outer.Builder.Result(forward, i)));
                _found.Add(forward, pairs = [.. after.Zip(before, (a, b) => (a, b))]);
            }
            return pairs[loop.Histories[which]];
        }

        /// <summary>Reads rows of histories from the values that are found again.</summary>
        private sealed class FoundValues(Builder builder, Func<string, Dim?> sizes, CounterNames names, Dim counter) : Copier(builder, sizes, names)
        {
            public Dictionary<Node, (Node After, Node Before)> Found { get; } = [];

            protected override Node? Intercept(Node node)
            {
                if (node is not { Op: Op.Reshape } || node.Inputs[0] is not { Op: Op.Slice } row || !Found.TryGetValue(row.Inputs[0], out var found)) return null;
                return row.Dims[0].Equals(counter) ? found.Before : row.Dims[0].Equals(counter + Dim.One) ? found.After : null;
            }
        }

        /// <summary>Builds the loop and hands its results to the cotangents of the inputs.</summary>
        public void Emit()
        {
            var loop = _node.Loop!;
            var b = _outer.Builder;
            var info = new LoopInfo(
                loop.Counter, _trips, _carries.Count + _accumulators.Count + _values.Count, ImmutableArray<int>.Empty, 0,
                new Region(
                    [.. _carries.Select(c => c.Parameter), .. _accumulators.Select(a => a.Parameter), .. _values.Select(v => v.Parameter), .. _captures.Select(c => c.Parameter)],
                    [.. _carries.Select(c => c.Result), .. _accumulators.Select(a => a.Result), .. _values.Select(v => v.Result)]))
            {
                Recomputation = loop.Recomputation,
            };

            // A tangent captured twice starts one of its accumulators from what is there, the other from zero.
            var started = new HashSet<Node>();
            var starts = _accumulators.Select(a => started.Add(_node.Inputs[a.Input]) ? _outer.Cotangent(_node.Inputs[a.Input]) : null).ToImmutableArray();
            var results = b.Loop(info,
            [
                .. _carried.Select((i, c) => _given[i] ?? b.Zeros(_carries[c].Parameter.Type)),
                .. _accumulators.Select((a, i) => starts[i] ?? b.Zeros(a.Parameter.Type)),
                .. _values.Select(v => v.Start),
                .. _captures.Select(c => c.Input),
            ]);
            for (var i = 0; i < _accumulators.Count; i++)
            {
                var input = _node.Inputs[_accumulators[i].Input];
                var result = results[_carries.Count + i];
                if (starts[i] is not null) _outer._cotangents[input] = result;
                else _outer.Accumulate(input, result);
            }
            for (var i = 0; i < _carried.Length; i++) _outer.Accumulate(_node.Inputs[_carried[i]], results[i]);
            for (var i = 0; i < loop.Histories.Count; i++)
                if (_given[loop.Carries + i] is { } history) _outer.Accumulate(_node.Inputs[loop.Histories[i]], b.Select(history, 0, Dim.Zero));
        }
    }

    private Builder Builder => builder;

    private CounterNames Names => names;

    private Node Residual(Node node) => residual(node);

    private Dim? SubstituteName(string name) => sizes?.Invoke(name);
}
