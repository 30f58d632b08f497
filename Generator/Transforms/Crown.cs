using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>
/// Bounds by backward linear relaxation. Every nonlinear operation is enclosed between two lines over the range of its operand; a linear bound of a value
/// is then carried back, operation by operation, to the inputs, where it is evaluated at the worst corner of the box. The ranges of the operands are
/// themselves found so, from the inputs on, and never wider than their intervals. Where an operation has no lines, its interval takes their place.
/// </summary>
/// <remarks>
/// A bound of a value q has one row of coefficients per element of q: tensors [K, shape of v] for a value v on the way, K = the elements of q. Where the
/// samples of a batch do not meet on the way, one row serves them all: K = the elements of a sample.
/// </remarks>
internal sealed class Crown
{
    private readonly Builder _b;
    private readonly Intervals _intervals;
    private readonly Dictionary<Node, int?> _batchAxes = [];
    private readonly Dictionary<Node, int> _mixing = [];
    private bool _isBatched = true;

    private Crown(Builder builder, Intervals intervals) => (_b, _intervals) = (builder, intervals);

    /// <summary>Refines the ranges of a function's results; the intervals hold those of its arguments.</summary>
    public static ImmutableArray<Interval> Run(Builder builder, Function of, Intervals intervals)
    {
        var order = Region.Order(of.Results);
        var crown = new Crown(builder, intervals);
        crown.FindBatch(order, of.Arguments.Select(a => a.Node).ToImmutableArray());
        var refined = new HashSet<Node>(of.Results);
        foreach (var node in order)
            if (IsRelaxed(node)) refined.UnionWith(node.Inputs);
        foreach (var node in order)
        {
            intervals.Step(node);
            if (node.Op == Op.Loop) continue;
            crown.CountMixing(node);
            if (refined.Contains(node) && !intervals[node].IsExact && node.Type.IsFloat && crown._mixing[node] > 1) intervals.Set(node, crown.Refine(node));
        }
        return [.. of.Results.Select(result => intervals[result])];
    }

    private bool IsWide(Node node) => !_intervals[node].IsExact;

    // ---- What can be skipped, and what can be shared --------------------------------------------------------------------

    /// <summary>
    /// 0: every element stems from one element of a box. 1: elements share elements of the box, but each is the tight image of its own. 2: no longer tight.
    /// </summary>
    private void CountMixing(Node node)
    {
        var wide = node.Op == Op.Parameter ? [] : node.Inputs.Where(input => input.Op != Op.Loop && IsWide(input)).ToArray();
        var level = wide.Length == 0 ? 0 : wide.Max(input => _mixing[input]);
        _mixing[node] = node.Op switch
        {
            Op.Parameter => 0,
            Op.Result => 2,
            Op.Dot or Op.ReduceSum => wide.Length > 1 || level > 0 ? 2 : 1,
            Op.Broadcast => Math.Max(level, 1),
            Op.Neg or Op.Add or Op.Sub or Op.Mul or Op.Div or Op.Cast or Op.Permute or Op.Reshape or Op.Slice or Op.Pad or Op.Concat =>
                node.Op != Op.Concat && (wide.Distinct().Count() > 1 || wide.Length > 1 && node.Op is Op.Sub or Op.Div) ? 2 : level,
            _ when node.Inputs.Length == 1 && Emits(node.Op) => level,
            _ => wide.Length == 0 ? 0 : 2,
        };
    }

    private static bool Emits(Op op) => op is Op.Exp or Op.Log or Op.Sqrt or Op.Tanh or Op.Sigmoid or Op.Erf or Op.Relu or Op.Softplus;

    /// <summary>The axis of each value along which the samples of the boxes lie; where they meet, the batch is given up.</summary>
    private void FindBatch(ImmutableArray<Node> order, ImmutableArray<Node> arguments)
    {
        var size = arguments.Where(IsKnownWide).Select(a => a.Rank > 0 ? a.Shape[0] : null).FirstOrDefault();
        _isBatched = size is not null;
        var wide = new HashSet<Node>(arguments.Where(IsKnownWide));
        foreach (var argument in wide)
        {
            if (argument.Rank == 0 || !argument.Shape[0].Equals(size)) _isBatched = false;
            _batchAxes[argument] = 0;
        }
        foreach (var node in order)
        {
            if (!node.Inputs.Any(wide.Contains) || !wide.Add(node)) continue;
            _batchAxes[node] = node.Op is Op.Loop or Op.Result ? null : AxisOf(node, wide);
            if (_batchAxes[node] is null) _isBatched = false;
        }
    }

    private bool IsKnownWide(Node argument) => _intervals.Contains(argument) && IsWide(argument);

    private int? AxisOf(Node node, HashSet<Node> wide)
    {
        var varying = node.Inputs.Where(wide.Contains).ToArray();
        if (varying.Any(input => _batchAxes[input] is null)) return null;
        var axis = _batchAxes[varying[0]]!.Value;
        var isCommon = varying.All(input => _batchAxes[input] == axis);
        var x = varying[0];
        bool Untouched(ImmutableArray<Dim> inner) => node.Dims[axis].IsZero && node.Ints[axis] == 1 && inner[axis].Equals(node.Shape[axis]);
        switch (node.Op)
        {
            case Op.Broadcast:
                return node.Ints[axis];
            case Op.Permute:
                return node.Ints.IndexOf(axis);
            case Op.Reshape:
                return axis == 0 && node.Rank > 0 && node.Shape[0].Equals(x.Shape[0]) ? 0 : null;
            case Op.Slice or Op.Pad:
                return Untouched(x.Shape) ? axis : null;
            case Op.UpdateAdd:
                return isCommon && Untouched(node.Inputs[1].Shape) ? axis : null;
            case Op.Concat:
                return isCommon && node.Ints[0] != axis ? axis : null;
            case Op.ReduceSum or Op.ReduceMax or Op.ReduceMin or Op.ArgMax:
                return node.Ints.Contains(axis) ? null : axis - node.Ints.Count(reduced => reduced < axis);
            case Op.Dot:
                if (!isCommon) return null;
                if (axis < node.Rank - 2) return axis;
                var isRow = axis == node.Rank - 2 && varying.Length == 1 && ReferenceEquals(x, node.Inputs[0]) && !ReferenceEquals(x, node.Inputs[1]);
                var isColumn = axis == node.Rank - 1 && varying.Length == 1 && ReferenceEquals(x, node.Inputs[1]) && !ReferenceEquals(x, node.Inputs[0]);
                return isRow || isColumn ? axis : null;
            default:
                // Only what works element by element is known to keep samples apart.
                return isCommon && node.Op is >= Op.Neg and <= Op.Where ? axis : null;
        }
    }

    // ---- One backward pass ----------------------------------------------------------------------------------------------

    private Interval Refine(Node query)
    {
        var interval = _intervals[query];
        var pass = new Pass(this, query);
        var linear = pass.Run();
        return new(_b.Pointwise(Op.Max, interval.Lower, linear.Lower), _b.Pointwise(Op.Min, interval.Upper, linear.Upper));
    }

    /// <summary>Operations that have lines of their own.</summary>
    private static bool IsRelaxed(Node node) => node.Op is Op.Relu or Op.Abs or Op.Exp or Op.Log or Op.Sqrt or Op.Rsqrt or Op.Tanh or Op.Sigmoid or Op.Erf or Op.Softplus
        or Op.SoftThreshold or Op.Max or Op.Min or Op.ReduceMax or Op.ReduceMin or Op.Mul or Op.Div;

    /// <summary>A value lies between Lower x + LowerOffset and Upper x + UpperOffset.</summary>
    private readonly record struct Lines(Node Lower, Node LowerOffset, Node Upper, Node UpperOffset);

    private sealed class Pass
    {
        private readonly Crown _crown;
        private readonly Builder _b;
        private readonly Node _query;
        private readonly Dim _rows;
        private readonly int? _axis;
        private readonly Dictionary<Node, (Node Lower, Node Upper)> _coefficients = [];
        private Node _lower;
        private Node _upper;

        public Pass(Crown crown, Node query)
        {
            (_crown, _b, _query) = (crown, crown._b, query);
            _axis = crown._isBatched ? crown._batchAxes[query] : null;
            _rows = Dim.Product(Inner(query));
            _lower = _upper = _b.Full(0, query.Type.DType, _axis is { } axis ? [_rows, query.Shape[axis]] : [_rows]);
        }

        private ImmutableArray<Dim> Inner(Node node) => _axis is null ? node.Shape : node.Shape.RemoveAt(_crown._batchAxes[node]!.Value);

        public Interval Run()
        {
            var inner = Inner(_query);
            // One row per element: the unit matrix, the same for every sample.
            ImmutableArray<Dim> square = [_rows, _rows];
            var dtype = _query.Type.DType;
            var unit = _b.Cast(_b.Pointwise(Op.Equal, _b.Iota(square, 0, DType.Int64), _b.Iota(square, 1, DType.Int64)), dtype);
            var seed = _b.Broadcast(
                _b.Reshape(unit, inner.Insert(0, _rows)), _query.Shape.Insert(0, _rows),
                [0, .. Enumerable.Range(0, _query.Rank).Where(i => i != _axis).Select(i => i + 1)]);
            _coefficients[_query] = (seed, seed);
            foreach (var node in Region.Order([_query]).Reverse())
            {
                if (!_coefficients.TryGetValue(node, out var given)) continue;
                _b.Source = node.Source;
                Back(node, given.Lower, given.Upper);
            }
            return new(Shaped(_lower), Shaped(_upper));
        }

        /// <summary>A value per row (and sample) in the shape of the query.</summary>
        private Node Shaped(Node value)
        {
            if (_axis is not { } axis) return _b.Reshape(value, _query.Shape);
            var inner = Inner(_query);
            var apart = _b.Reshape(value, inner.Add(_query.Shape[axis]));
            return _b.Permute(apart, [.. Enumerable.Range(0, _query.Rank).Select(i => i == axis ? _query.Rank - 1 : i < axis ? i : i - 1)]);
        }

        // ---- Parts ----

        private Node Spread(Node value) => _b.Broadcast(value, value.Shape.Insert(0, _rows), [.. Enumerable.Range(1, value.Rank)]);

        /// <summary>The sum over everything but rows and samples.</summary>
        private Node Total(Node x, Node like)
        {
            var kept = _axis is null ? -1 : _crown._batchAxes[like]!.Value + 1;
            return _b.Sum(x, [.. Enumerable.Range(1, x.Rank - 1).Where(i => i != kept)]);
        }

        private Node Positive(Node x) => _b.Pointwise(Op.Max, x, _b.Zeros(x.Type));

        private Node Negative(Node x) => _b.Pointwise(Op.Min, x, _b.Zeros(x.Type));

        private void Accumulate(Node node, Node lower, Node upper) =>
            _coefficients[node] = _coefficients.TryGetValue(node, out var before) ? (_b.Add(before.Lower, lower), _b.Add(before.Upper, upper)) : (lower, upper);

        /// <summary>The part of an operand: carried on where it varies, counted where it is known.</summary>
        private void Push(Node operand, Node like, Node lower, Node upper)
        {
            if (_crown.IsWide(operand)) Accumulate(operand, lower, upper);
            else Offset(like, _b.Mul(lower, Spread(_crown._intervals[operand].Lower)), _b.Mul(upper, Spread(_crown._intervals[operand].Lower)));
        }

        private void Offset(Node like, Node lower, Node upper) => (_lower, _upper) = (_b.Add(_lower, Total(lower, like)), _b.Add(_upper, Total(upper, like)));

        /// <summary>The value at its worst within its range: what is left where nothing is known of how it varies.</summary>
        private void Conclude(Node node, Node lower, Node upper)
        {
            var (low, high) = (Spread(_crown._intervals[node].Lower), Spread(_crown._intervals[node].Upper));
            Offset(node, Corner(lower, low, high), Corner(upper, high, low));
        }

        // A coefficient of 0 does not let an infinite end through.
        private Node Corner(Node coefficients, Node positive, Node negative)
        {
            var zero = _b.Zeros(coefficients.Type);
            var chosen = _b.Where(_b.Pointwise(Op.Greater, coefficients, zero), positive, negative);
            return _b.Where(_b.Pointwise(Op.Equal, coefficients, zero), zero, _b.Mul(coefficients, chosen));
        }

        // ---- Operations ----

        private void Back(Node node, Node lower, Node upper)
        {
            var b = _b;
            var x = node.Inputs.Length > 0 ? node.Inputs[0] : node;
            var shape = x.Shape.Insert(0, _rows);
            void Both(Node operand, Func<Node, Node> transpose) => Push(operand, operand, transpose(lower), transpose(upper));
            ImmutableArray<int> Shifted(IEnumerable<int> axes) => [.. axes.Select(axis => axis + 1)];
            switch (node.Op)
            {
                case Op.Neg:
                    Both(x, b.Neg);
                    return;
                case Op.Add:
                    Push(x, node, lower, upper);
                    Push(node.Inputs[1], node, lower, upper);
                    return;
                case Op.Sub:
                    Push(x, node, lower, upper);
                    Push(node.Inputs[1], node, b.Neg(lower), b.Neg(upper));
                    return;
                case Op.Cast when x.Type.IsFloat:
                    Both(x, a => b.Cast(a, x.Type.DType));
                    return;
                case Op.Mul when !_crown.IsWide(x):
                    Both(node.Inputs[1], a => b.Mul(a, Spread(_crown._intervals[x].Lower)));
                    return;
                case Op.Mul when !_crown.IsWide(node.Inputs[1]):
                    Both(x, a => b.Mul(a, Spread(_crown._intervals[node.Inputs[1]].Lower)));
                    return;
                case Op.Div when !_crown.IsWide(node.Inputs[1]):
                    Both(x, a => b.Div(a, Spread(_crown._intervals[node.Inputs[1]].Lower)));
                    return;
                case Op.Where when !_crown.IsWide(x):
                    var condition = Spread(_crown._intervals[x].Lower);
                    var zeros = b.Zeros(lower.Type);
                    Push(node.Inputs[1], node, b.Where(condition, lower, zeros), b.Where(condition, upper, zeros));
                    Push(node.Inputs[2], node, b.Where(condition, zeros, lower), b.Where(condition, zeros, upper));
                    return;
                case Op.Broadcast:
                    Both(x, a => b.Sum(a, Shifted(Enumerable.Range(0, node.Rank).Where(axis => !node.Ints.Contains(axis)))));
                    return;
                case Op.Permute:
                    Both(x, a => b.Permute(a, [0, .. Shifted(Enumerable.Range(0, node.Rank).Select(axis => node.Ints.IndexOf(axis)))]));
                    return;
                case Op.Reshape:
                    Both(x, a => b.Reshape(a, shape));
                    return;
                case Op.Slice:
                    Both(x, a => b.Pad(a, shape, node.Dims.Insert(0, Dim.Zero), node.Ints.Insert(0, 1)));
                    return;
                case Op.Pad:
                    Both(x, a => b.Slice(a, node.Dims.Insert(0, Dim.Zero), shape, node.Ints.Insert(0, 1)));
                    return;
                case Op.UpdateAdd:
                    Push(x, node, lower, upper);
                    var block = node.Inputs[1].Shape.Insert(0, _rows);
                    Node Block(Node a) => b.Slice(a, node.Dims.Insert(0, Dim.Zero), block, node.Ints.Insert(0, 1));
                    Push(node.Inputs[1], node, Block(lower), Block(upper));
                    return;
                case Op.Concat:
                    var start = Dim.Zero;
                    foreach (var part in node.Inputs)
                    {
                        var at = start;
                        var own = part.Shape.Insert(0, _rows);
                        Node Part(Node a) => b.Slice(a, [.. own.Select((_, axis) => axis == node.Ints[0] + 1 ? at : Dim.Zero)], own);
                        // A part that does not vary lies along no batch: it is counted as a piece of the whole.
                        Push(part, node, Part(lower), Part(upper));
                        start += part.Shape[node.Ints[0]];
                    }
                    return;
                case Op.ReduceSum:
                    Both(x, a => b.Unreduce(a, shape, Shifted(node.Ints)));
                    return;
                case Op.Dot when !_crown.IsWide(node.Inputs[1]):
                    Both(x, a => b.Dot(a, b.Transpose(Spread(_crown._intervals[node.Inputs[1]].Lower))));
                    return;
                case Op.Dot when !_crown.IsWide(x):
                    Both(node.Inputs[1], a => b.Dot(b.Transpose(Spread(_crown._intervals[x].Lower)), a));
                    return;
                case Op.Mul when ReferenceEquals(x, node.Inputs[1]):
                    Relax(node, x, lower, upper, Convex(RangeOf(x), v => b.Mul(v, v), v => b.Scale(v, 2)));
                    return;
                case Op.Mul:
                    Product(node, x, node.Inputs[1], RangeOf(x), RangeOf(node.Inputs[1]), lower, upper);
                    return;
                case Op.ReduceMax or Op.ReduceMin:
                    Extremum(node, x, lower, upper);
                    return;
                case Op.Max or Op.Min:
                    Larger(node, lower, upper);
                    return;
                default:
                    if (node.Op != Op.Parameter && Unary(node) is { } lines) Relax(node, x, lower, upper, lines);
                    else Conclude(node, lower, upper);
                    return;
            }
        }

        private Interval RangeOf(Node node) => _crown._intervals[node];

        /// <summary>Replaces a value by its lines: the one that keeps the bound, by the sign of the coefficient.</summary>
        private void Relax(Node node, Node x, Node lower, Node upper, Lines lines)
        {
            Offset(node,
                _b.Add(_b.Mul(Positive(lower), Spread(lines.LowerOffset)), _b.Mul(Negative(lower), Spread(lines.UpperOffset))),
                _b.Add(_b.Mul(Positive(upper), Spread(lines.UpperOffset)), _b.Mul(Negative(upper), Spread(lines.LowerOffset))));
            Accumulate(x,
                _b.Add(_b.Mul(Positive(lower), Spread(lines.Lower)), _b.Mul(Negative(lower), Spread(lines.Upper))),
                _b.Add(_b.Mul(Positive(upper), Spread(lines.Upper)), _b.Mul(Negative(upper), Spread(lines.Lower))));
        }

        private Lines? Unary(Node node)
        {
            var b = _b;
            var x = node.Inputs[0];
            if (!node.Type.IsFloat || !_crown._intervals.Contains(x)) return null;
            var range = RangeOf(x);
            Node Of(Op op, Node v) => b.Pointwise(op, v);
            Node One(Node v) => b.Full(1, v.Type);
            switch (node.Op)
            {
                case Op.Relu:
                    return Ramp(range);
                case Op.Abs:
                    // |x| = 2 relu(x) - x.
                    var ramp = Ramp(range);
                    Node Doubled(Node v) => b.Scale(v, 2);
                    return new(b.Sub(Doubled(ramp.Lower), One(ramp.Lower)), Doubled(ramp.LowerOffset), b.Sub(Doubled(ramp.Upper), One(ramp.Upper)), Doubled(ramp.UpperOffset));
                case Op.SoftThreshold when !_crown.IsWide(node.Inputs[1]):
                    // relu(x - t) - relu(-x - t), for thresholds that are not negative.
                    var t = RangeOf(node.Inputs[1]).Lower;
                    var right = Ramp(new(b.Sub(range.Lower, t), b.Sub(range.Upper, t)));
                    var left = Ramp(new(b.Sub(b.Neg(range.Upper), t), b.Sub(b.Neg(range.Lower), t)));
                    var isSound = b.Pointwise(Op.GreaterEqual, t, b.Zeros(t.Type));
                    return Else(isSound, new(
                        b.Add(right.Lower, left.Upper), b.Sub(b.Sub(right.LowerOffset, left.UpperOffset), b.Mul(t, b.Sub(right.Lower, left.Upper))),
                        b.Add(right.Upper, left.Lower), b.Sub(b.Sub(right.UpperOffset, left.LowerOffset), b.Mul(t, b.Sub(right.Upper, left.Lower)))), RangeOf(node));
                case Op.Exp:
                    return Convex(range, v => Of(Op.Exp, v), v => Of(Op.Exp, v));
                case Op.Softplus:
                    return Convex(range, v => Of(Op.Softplus, v), v => Of(Op.Sigmoid, v));
                case Op.Log:
                    return Else(IsPositive(range), Concave(range, v => Of(Op.Log, v), v => b.Div(One(v), v)), RangeOf(node));
                case Op.Sqrt:
                    return Else(IsPositive(range), Concave(range, v => Of(Op.Sqrt, v), v => b.Scale(Of(Op.Rsqrt, v), 0.5)), RangeOf(node));
                case Op.Rsqrt:
                    return Else(IsPositive(range), Convex(range, v => Of(Op.Rsqrt, v), v => b.Scale(b.Div(Of(Op.Rsqrt, v), v), -0.5)), RangeOf(node));
                case Op.Tanh:
                    return Sigmoidal(range, v => Of(Op.Tanh, v), v => b.Sub(One(v), b.Mul(Of(Op.Tanh, v), Of(Op.Tanh, v))));
                case Op.Sigmoid:
                    return Sigmoidal(range, v => Of(Op.Sigmoid, v), v => b.Mul(Of(Op.Sigmoid, v), b.Sub(One(v), Of(Op.Sigmoid, v))));
                case Op.Erf:
                    return Sigmoidal(range, v => Of(Op.Erf, v), v => b.Scale(Of(Op.Exp, b.Neg(b.Mul(v, v))), 2 / Math.Sqrt(Math.PI)));
                default:
                    return null;
            }
        }

        private Node IsPositive(Interval range) => _b.Pointwise(Op.Greater, range.Lower, _b.Zeros(range.Lower.Type));

        /// <summary>Lines where they hold, the constant ends of the value's range elsewhere.</summary>
        private Lines Else(Node condition, Lines lines, Interval value)
        {
            var zero = _b.Zeros(lines.Lower.Type);
            return new(
                _b.Where(condition, lines.Lower, zero), _b.Where(condition, lines.LowerOffset, value.Lower),
                _b.Where(condition, lines.Upper, zero), _b.Where(condition, lines.UpperOffset, value.Upper));
        }

        /// <summary>relu: exact where the sign is known; else the chord above, and 0 or x below, whichever leaves less between.</summary>
        private Lines Ramp(Interval x)
        {
            var b = _b;
            var zero = b.Zeros(x.Lower.Type);
            var one = b.Full(1, zero.Type);
            Node isOn = b.Pointwise(Op.GreaterEqual, x.Lower, zero), isOff = b.Pointwise(Op.LessEqual, x.Upper, zero);
            Node Known(Node unknown) => b.Where(isOn, one, b.Where(isOff, zero, unknown));
            var width = b.Where(b.Pointwise(Op.Or, isOn, isOff), one, b.Sub(x.Upper, x.Lower));
            var slope = Known(b.Div(x.Upper, width));
            var offset = b.Where(b.Pointwise(Op.Or, isOn, isOff), zero, b.Neg(b.Mul(slope, x.Lower)));
            return new(Known(b.Where(b.Pointwise(Op.Greater, x.Upper, b.Neg(x.Lower)), one, zero)), zero, slope, offset);
        }

        private Node Middle(Interval x) => _b.Scale(_b.Add(x.Lower, x.Upper), 0.5);

        /// <summary>The slope between the ends; that of the tangent where they are so close that their difference would be rounding. Any slope gives sound lines.</summary>
        private Node Chord(Interval x, Func<Node, Node> f, Func<Node, Node> slope)
        {
            var b = _b;
            var width = b.Sub(x.Upper, x.Lower);
            var isPoint = b.Pointwise(Op.LessEqual, width, b.Full(1e-2, width.Type));
            return b.Where(isPoint, slope(Middle(x)), b.Div(b.Sub(f(x.Upper), f(x.Lower)), b.Where(isPoint, b.Full(1, width.Type), width)));
        }

        private Node Intercept(Node slope, Node at, Node value) => _b.Sub(value, _b.Mul(slope, at));

        private Lines Convex(Interval x, Func<Node, Node> f, Func<Node, Node> slope)
        {
            Node chord = Chord(x, f, slope), middle = Middle(x), tangent = slope(middle);
            // Whatever the slope, what is above a convex function at both ends is above it between them.
            var above = _b.Pointwise(Op.Max, Intercept(chord, x.Lower, f(x.Lower)), Intercept(chord, x.Upper, f(x.Upper)));
            return new(tangent, Intercept(tangent, middle, f(middle)), chord, above);
        }

        private Lines Concave(Interval x, Func<Node, Node> f, Func<Node, Node> slope)
        {
            Node chord = Chord(x, f, slope), middle = Middle(x), tangent = slope(middle);
            var below = _b.Pointwise(Op.Min, Intercept(chord, x.Lower, f(x.Lower)), Intercept(chord, x.Upper, f(x.Upper)));
            return new(chord, below, tangent, Intercept(tangent, middle, f(middle)));
        }

        /// <summary>Convex below 0 and concave above it: across 0 the lines pass through the ends with the smaller of the slopes there.</summary>
        private Lines Sigmoidal(Interval x, Func<Node, Node> f, Func<Node, Node> slope)
        {
            var b = _b;
            Lines convex = Convex(x, f, slope), concave = Concave(x, f, slope);
            var flat = b.Pointwise(Op.Min, slope(x.Lower), slope(x.Upper));
            var across = new Lines(flat, Intercept(flat, x.Lower, f(x.Lower)), flat, Intercept(flat, x.Upper, f(x.Upper)));
            var zero = b.Zeros(x.Lower.Type);
            Node isConvex = b.Pointwise(Op.LessEqual, x.Upper, zero), isConcave = b.Pointwise(Op.GreaterEqual, x.Lower, zero);
            Node Choose(Func<Lines, Node> part) => b.Where(isConvex, part(convex), b.Where(isConcave, part(concave), part(across)));
            return new(Choose(l => l.Lower), Choose(l => l.LowerOffset), Choose(l => l.Upper), Choose(l => l.UpperOffset));
        }

        /// <summary>McCormick's planes of x y, those through the corner of the lower ends and (above) of a lower and an upper end.</summary>
        private void Product(Node node, Node x, Node y, Interval rx, Interval ry, Node lower, Node upper)
        {
            var b = _b;
            // x y >= yl x + xl y - xl yl and x y <= yu x + xl y - xl yu.
            Node below = b.Neg(b.Mul(rx.Lower, ry.Lower)), above = b.Neg(b.Mul(rx.Lower, ry.Upper));
            Offset(node,
                b.Add(b.Mul(Positive(lower), Spread(below)), b.Mul(Negative(lower), Spread(above))),
                b.Add(b.Mul(Positive(upper), Spread(above)), b.Mul(Negative(upper), Spread(below))));
            Accumulate(x,
                b.Add(b.Mul(Positive(lower), Spread(ry.Lower)), b.Mul(Negative(lower), Spread(ry.Upper))),
                b.Add(b.Mul(Positive(upper), Spread(ry.Upper)), b.Mul(Negative(upper), Spread(ry.Lower))));
            Accumulate(y, b.Mul(lower, Spread(rx.Lower)), b.Mul(upper, Spread(rx.Lower)));
        }

        /// <summary>max(x, y) = y + relu(x - y), and min(x, y) = x - relu(x - y).</summary>
        private void Larger(Node node, Node lower, Node upper)
        {
            var b = _b;
            Node x = node.Inputs[0], y = node.Inputs[1];
            Interval rx = RangeOf(x), ry = RangeOf(y);
            var ramp = Ramp(new(b.Sub(rx.Lower, ry.Upper), b.Sub(rx.Upper, ry.Lower)));
            if (node.Op == Op.Min) ramp = new(b.Neg(ramp.Upper), b.Neg(ramp.UpperOffset), b.Neg(ramp.Lower), b.Neg(ramp.LowerOffset));
            Node Slope(Node a, Node positive, Node negative) => b.Add(b.Mul(Positive(a), Spread(positive)), b.Mul(Negative(a), Spread(negative)));
            Node low = Slope(lower, ramp.Lower, ramp.Upper), high = Slope(upper, ramp.Upper, ramp.Lower);
            Offset(node, Slope(lower, ramp.LowerOffset, ramp.UpperOffset), Slope(upper, ramp.UpperOffset, ramp.LowerOffset));
            Push(node.Op == Op.Max ? y : x, node, lower, upper);
            Push(x, node, low, high);
            Push(y, node, b.Neg(low), b.Neg(high));
        }

        /// <summary>A maximum is at least the element with the highest lower end, and at most its upper end; a minimum likewise.</summary>
        private void Extremum(Node node, Node x, Node lower, Node upper)
        {
            var b = _b;
            var isMax = node.Op == Op.ReduceMax;
            var best = isMax ? RangeOf(x).Lower : RangeOf(x).Upper;
            var isBest = b.Pointwise(Op.Equal, best, b.Unreduce(b.Reduce(node.Op, best, node.Ints), x.Shape, node.Ints));
            var ones = b.Where(isBest, b.Full(1, x.Type), b.Zeros(x.Type));
            var share = b.Div(ones, b.Unreduce(b.Sum(ones, node.Ints), x.Shape, node.Ints));
            var shape = x.Shape.Insert(0, _rows);
            ImmutableArray<int> axes = [.. node.Ints.Select(axis => axis + 1)];
            Node Along(Node a) => b.Mul(b.Unreduce(a, shape, axes), Spread(share));
            Node end = Spread(isMax ? RangeOf(node).Upper : RangeOf(node).Lower);
            // Coefficients whose sign asks for the side that an element bounds follow it; the others take the end.
            Node low = isMax ? Positive(lower) : Negative(lower), high = isMax ? Negative(upper) : Positive(upper);
            Accumulate(x, Along(low), Along(high));
            Offset(node, b.Mul(b.Sub(lower, low), end), b.Mul(b.Sub(upper, high), end));
        }
    }
}
