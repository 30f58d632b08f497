using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>What lies between two values, element by element. Of truth values the lower one says "surely", the upper one "possibly".</summary>
internal readonly record struct Interval(Node Lower, Node Upper)
{
    /// <summary>Nothing but one value.</summary>
    public bool IsExact => ReferenceEquals(Lower, Upper);

    public static Interval Exact(Node node) => new(node, node);
}

/// <summary>An operation that a transform has no rule for.</summary>
internal sealed class NoRuleException(Node node, string why) : Exception
{
    /// <summary>The operation in the user's words, and why.</summary>
    public override string Message => $"{(node.Source is { } source ? SurfaceText.ToCSharp(source) : node.Op.ToString())} {why}";
}

/// <summary>
/// Interval arithmetic: walks a region and builds, for every value, one below and one above whatever it is for arguments inside their boxes. What does not
/// depend on a box is computed once, exactly.
/// </summary>
internal sealed class Intervals(Builder builder)
{
    private readonly Dictionary<Node, Interval> _values = [];
    private readonly Dictionary<Node, ImmutableArray<Interval>> _loops = [];

    public Interval this[Node node] => _values[node];

    public bool Contains(Node node) => _values.ContainsKey(node);

    public void Set(Node node, Interval value) => _values[node] = value;

    /// <exception cref="NoRuleException">An operation has no rule.</exception>
    public void Run(IEnumerable<Node> roots)
    {
        foreach (var node in Region.Order(roots)) Step(node);
    }

    /// <summary>One value, whose operands are there.</summary>
    public void Step(Node node)
    {
        if (_values.ContainsKey(node)) return;
        if (node.Op == Op.Parameter) throw new InvalidOperationException($"the parameter {node.Text} belongs to another region");
        builder.Source = node.Source;
        if (node.Op == Op.Loop) _loops[node] = RunLoop(node, [.. node.Inputs.Select(input => _values[input])]);
        else if (node.Op == Op.Result) _values[node] = _loops[node.Inputs[0]][node.Ints[0]];
        else _values[node] = Named(node, Apply(builder, node, [.. node.Inputs.Select(input => _values[input])]));
    }

    private static Interval Named(Node node, Interval value)
    {
        if (node.Name is not { } name || value.IsExact) return value;
        if (value.Lower.Op is not (Op.Full or Op.Parameter)) value.Lower.Name ??= name + "Lower";
        if (value.Upper.Op is not (Op.Full or Op.Parameter)) value.Upper.Name ??= name + "Upper";
        return value;
    }

    /// <summary>The range of an operation from those of its operands.</summary>
    public static Interval Apply(Builder b, Node node, ImmutableArray<Interval> x)
    {
        if (x.All(operand => operand.IsExact)) return Interval.Exact(b.Rebuild(node, [.. x.Select(operand => operand.Lower)]));
        Node Zero() => b.Zeros(node.Type);
        Node Number(double value) => b.Full(value, node.Type);
        Node Of(Op op, Node operand) => b.Pointwise(op, operand);
        switch (node.Op)
        {
            case Op.Neg:
                return new(b.Neg(x[0].Upper), b.Neg(x[0].Lower));
            case Op.Exp or Op.Tanh or Op.Sigmoid or Op.Erf or Op.Floor or Op.Relu or Op.Softplus or Op.Sign:
                return new(Of(node.Op, x[0].Lower), Of(node.Op, x[0].Upper));
            case Op.Sqrt or Op.Log:
                // Where part of the box lies outside of the domain, what is inside counts.
                return new(
                    b.Where(b.Pointwise(Op.Greater, x[0].Lower, Zero()), Of(node.Op, x[0].Lower), Number(node.Op == Op.Log ? double.NegativeInfinity : 0)), Of(node.Op, x[0].Upper));
            case Op.Rsqrt:
                return new(
                    Of(Op.Rsqrt, x[0].Upper), b.Where(b.Pointwise(Op.Greater, x[0].Lower, Zero()), Of(Op.Rsqrt, x[0].Lower), Number(double.PositiveInfinity)));
            case Op.Abs:
                return new(
                    b.Pointwise(Op.Max, b.Pointwise(Op.Max, x[0].Lower, b.Neg(x[0].Upper)), Zero()), b.Pointwise(Op.Max, b.Neg(x[0].Lower), x[0].Upper));
            case Op.Cos:
                return Wave(b, Op.Cos, x[0], 0);
            case Op.Sin:
                return Wave(b, Op.Sin, x[0], Math.PI / 2);
            case Op.Cast when node.Type.DType != DType.Bool:
                return new(b.Cast(x[0].Lower, node.Type.DType), b.Cast(x[0].Upper, node.Type.DType));
            case Op.Add:
                return new(b.Add(x[0].Lower, x[1].Lower), b.Add(x[0].Upper, x[1].Upper));
            case Op.Sub:
                return new(b.Sub(x[0].Lower, x[1].Upper), b.Sub(x[0].Upper, x[1].Lower));
            case Op.Mul:
                return ReferenceEquals(node.Inputs[0], node.Inputs[1]) ? EvenPower(b, x[0], value => b.Mul(value, value)) : Product(b, x[0], x[1]);
            case Op.Div:
                return Quotient(b, x[0], x[1]);
            case Op.Pow:
                return Power(b, node, x[0], x[1]);
            case Op.Min or Op.Max:
                return new(b.Pointwise(node.Op, x[0].Lower, x[1].Lower), b.Pointwise(node.Op, x[0].Upper, x[1].Upper));
            case Op.SoftThreshold:
                return x[1].IsExact
                    ? new(b.Pointwise(node.Op, x[0].Lower, x[1].Lower), b.Pointwise(node.Op, x[0].Upper, x[1].Lower))
                    // Rising in the value, and monotone one way or the other in the threshold.
                    : new(
                        b.Pointwise(Op.Min, b.Pointwise(node.Op, x[0].Lower, x[1].Lower), b.Pointwise(node.Op, x[0].Lower, x[1].Upper)),
                        b.Pointwise(Op.Max, b.Pointwise(node.Op, x[0].Upper, x[1].Lower), b.Pointwise(node.Op, x[0].Upper, x[1].Upper)));
            case Op.Less or Op.LessEqual:
                return new(b.Pointwise(node.Op, x[0].Upper, x[1].Lower), b.Pointwise(node.Op, x[0].Lower, x[1].Upper));
            case Op.Greater or Op.GreaterEqual:
                return new(b.Pointwise(node.Op, x[0].Lower, x[1].Upper), b.Pointwise(node.Op, x[0].Upper, x[1].Lower));
            case Op.Equal:
                return Equal(b, x[0], x[1]);
            case Op.NotEqual:
                var equal = Equal(b, x[0], x[1]);
                return new(Of(Op.Not, equal.Upper), Of(Op.Not, equal.Lower));
            case Op.Not:
                return new(Of(Op.Not, x[0].Upper), Of(Op.Not, x[0].Lower));
            case Op.And or Op.Or:
                return new(b.Pointwise(node.Op, x[0].Lower, x[1].Lower), b.Pointwise(node.Op, x[0].Upper, x[1].Upper));
            case Op.Where:
                return Choice(b, x[0], x[1], x[2]);
            case Op.Broadcast or Op.Permute or Op.Reshape or Op.Slice or Op.Pad or Op.UpdateAdd or Op.Concat or Op.ReduceSum or Op.ReduceMax or Op.ReduceMin:
                return new(b.Rebuild(node, [.. x.Select(operand => operand.Lower)]), b.Rebuild(node, [.. x.Select(operand => operand.Upper)]));
            case Op.Gather or Op.ScatterAdd or Op.ScatterMax or Op.ScatterMin when x[1].IsExact:
                return new(b.Rebuild(node, [.. x.Select(operand => operand.Lower)]), b.Rebuild(node, [.. x.Select(operand => operand.Upper)]));
            case Op.Dot:
                return Contraction(b, x[0], x[1]);
            default:
                throw new NoRuleException(node, $"has no interval rule ({node.Op})");
        }
    }

    /// <summary>Both ways round, the smaller and the larger.</summary>
    private static Interval Hull(Builder b, params ImmutableArray<Node> values) => new(
        values.Aggregate((x, y) => b.Pointwise(Op.Min, x, y))!, values.Aggregate((x, y) => b.Pointwise(Op.Max, x, y))!);

    private static Interval Product(Builder b, Interval x, Interval y) =>
        x.IsExact ? Hull(b, b.Mul(x.Lower, y.Lower), b.Mul(x.Lower, y.Upper))
        : y.IsExact ? Hull(b, b.Mul(x.Lower, y.Lower), b.Mul(x.Upper, y.Lower))
        : Hull(b, b.Mul(x.Lower, y.Lower), b.Mul(x.Lower, y.Upper), b.Mul(x.Upper, y.Lower), b.Mul(x.Upper, y.Upper));

    private static Interval Quotient(Builder b, Interval x, Interval y)
    {
        if (y.IsExact) return Hull(b, b.Div(x.Lower, y.Lower), b.Div(x.Upper, y.Lower));
        var hull = x.IsExact ? Hull(b, b.Div(x.Lower, y.Lower), b.Div(x.Lower, y.Upper))
            : Hull(b, b.Div(x.Lower, y.Lower), b.Div(x.Lower, y.Upper), b.Div(x.Upper, y.Lower), b.Div(x.Upper, y.Upper));
        // A divisor that may be 0 allows anything.
        var zero = b.Zeros(y.Lower.Type);
        var isSafe = b.Pointwise(Op.Or, b.Pointwise(Op.Greater, y.Lower, zero), b.Pointwise(Op.Less, y.Upper, zero));
        return new(
            b.Where(isSafe, hull.Lower, b.Full(double.NegativeInfinity, zero.Type)), b.Where(isSafe, hull.Upper, b.Full(double.PositiveInfinity, zero.Type)));
    }

    /// <summary>A function that falls up to 0, where it is 0, and rises from there on.</summary>
    private static Interval EvenPower(Builder b, Interval x, Func<Node, Node> power)
    {
        var zero = b.Zeros(x.Lower.Type);
        Node lower = power(x.Lower), upper = power(x.Upper);
        return new(
            b.Where(b.Pointwise(Op.Greater, x.Lower, zero), lower, b.Where(b.Pointwise(Op.Less, x.Upper, zero), upper, zero)), b.Pointwise(Op.Max, lower, upper));
    }

    private static Interval Power(Builder b, Node node, Interval x, Interval exponent)
    {
        if (exponent.Lower.Op != Op.Full || !exponent.IsExact) throw new NoRuleException(node, "has an interval rule for constant exponents only (Pow)");
        var p = exponent.Lower.Number;
        if (p < 0)
        {
            var inverse = Power(b, node, x, Interval.Exact(b.Full(-p, exponent.Lower.Type)));
            return Quotient(b, Interval.Exact(b.Full(1, node.Type)), inverse);
        }
        Node To(Node value) => b.Pointwise(Op.Pow, value, exponent.Lower);
        if (p % 2 == 0 && p > 0) return EvenPower(b, x, To);
        if (p % 2 == 1) return new(To(x.Lower), To(x.Upper));
        var zero = b.Zeros(node.Type);
        return new(b.Where(b.Pointwise(Op.Greater, x.Lower, zero), To(x.Lower), To(zero)), To(x.Upper));
    }

    /// <summary>Cosine or sine: 1 or -1 where a crest or a trough lies inside, else the ends.</summary>
    private static Interval Wave(Builder b, Op op, Interval x, double crest)
    {
        Node Turns(Node value, double phase) => b.Pointwise(Op.Floor, b.Scale(b.Sub(value, b.Full(phase, value.Type)), 1 / (2 * Math.PI)));
        Node Holds(double phase) => b.Pointwise(Op.Greater, Turns(x.Upper, phase), Turns(x.Lower, phase));
        var ends = Hull(b, b.Pointwise(op, x.Lower), b.Pointwise(op, x.Upper));
        return new(
            b.Where(Holds(crest + Math.PI), b.Full(-1, ends.Lower.Type), ends.Lower), b.Where(Holds(crest), b.Full(1, ends.Upper.Type), ends.Upper));
    }

    private static Interval Equal(Builder b, Interval x, Interval y) => new(
        b.Pointwise(Op.And, b.Pointwise(Op.Equal, x.Lower, y.Upper), b.Pointwise(Op.Equal, x.Upper, y.Lower)),
        b.Pointwise(Op.And, b.Pointwise(Op.LessEqual, x.Lower, y.Upper), b.Pointwise(Op.LessEqual, y.Lower, x.Upper)));

    private static Interval Choice(Builder b, Interval condition, Interval x, Interval y)
    {
        if (condition.IsExact) return new(b.Where(condition.Lower, x.Lower, y.Lower), b.Where(condition.Lower, x.Upper, y.Upper));
        var either = Join(b, x, y);
        return new(
            b.Where(condition.Lower, x.Lower, b.Where(condition.Upper, either.Lower, y.Lower)), b.Where(condition.Lower, x.Upper, b.Where(condition.Upper, either.Upper, y.Upper)));
    }

    private static Interval Join(Builder b, Interval x, Interval y) => x.Lower.Type.DType == DType.Bool
        ? new(b.Pointwise(Op.And, x.Lower, y.Lower), b.Pointwise(Op.Or, x.Upper, y.Upper))
        : new(b.Pointwise(Op.Min, x.Lower, y.Lower), b.Pointwise(Op.Max, x.Upper, y.Upper));

    /// <summary>By centre and radius: |x y - xc yc| is at most |xc| yr + xr (|yc| + yr).</summary>
    private static Interval Contraction(Builder b, Interval x, Interval y)
    {
        if (!x.Lower.Type.IsFloat) throw new NoRuleException(x.Lower, "is a matrix of integers, whose product has no interval rule (Dot)");
        Node Centre(Interval value) => value.IsExact ? value.Lower : b.Scale(b.Add(value.Lower, value.Upper), 0.5);
        Node Radius(Interval value) => b.Scale(b.Sub(value.Upper, value.Lower), 0.5);
        Node Size(Node value) => b.Pointwise(Op.Abs, value);
        var centre = b.Dot(Centre(x), Centre(y));
        var radius = x.IsExact ? b.Dot(Size(x.Lower), Radius(y))
            : y.IsExact ? b.Dot(Radius(x), Size(y.Lower))
            : b.Add(b.Dot(Size(Centre(x)), Radius(y)), b.Dot(Radius(x), b.Add(Size(Centre(y)), Radius(y))));
        return new(b.Sub(centre, radius), b.Add(centre, radius));
    }

    // ---- Loops ----

    /// <summary>The same loop with two carried values for each that a box reaches.</summary>
    private ImmutableArray<Interval> RunLoop(Node node, ImmutableArray<Interval> inputs)
    {
        var loop = node.Loop!;
        if (loop.Solver is not null || loop.Stop is not null) throw new NoRuleException(node, "has no bound: how a search ends depends on the values themselves");
        if (inputs.All(input => input.IsExact)) return [.. builder.Loop(loop, [.. inputs.Select(input => input.Lower)]).Select(Interval.Exact)];
        var isWide = inputs.Select(input => !input.IsExact).ToArray();
        Builder body;
        Interval[] parameters;
        Intervals inner;
        while (true)
        {
            body = new Builder();
            inner = new Intervals(body);
            parameters = new Interval[inputs.Length];
            for (var i = 0; i < inputs.Length; i++)
            {
                var like = loop.Body.Parameters[i];
                var lower = NewParameter(body, like, isWide[i] ? "Lower" : "");
                inner.Set(like, parameters[i] = isWide[i] ? new(lower, NewParameter(body, like, "Upper")) : Interval.Exact(lower));
            }
            inner.Run(loop.Body.Results);
            // A carried value that starts exact may be wide from the second iteration on.
            var grown = Enumerable.Range(0, loop.Carries).Where(i => !isWide[i] && !inner[loop.Body.Results[i]].IsExact).ToArray();
            if (grown.Length == 0) break;
            foreach (var i in grown) isWide[i] = true;
        }
        IEnumerable<Node> Both(Interval value, bool wide) => wide ? [value.Lower, value.Upper] : [value.Lower];
        var carries = Enumerable.Range(0, loop.Carries).ToArray();
        var captures = Enumerable.Range(loop.Carries, inputs.Length - loop.Carries).ToArray();
        var scans = Enumerable.Range(loop.Carries, loop.Scans).ToArray();
        var isWideScan = scans.ToDictionary(i => i, i => !inner[loop.Body.Results[i]].IsExact);
        int PlaceOf(int carry) => carry + isWide.Take(carry).Count(wide => wide);
        var info = new LoopInfo(
            loop.Counter, loop.Trips, PlaceOf(loop.Carries), loop.Histories.SelectMany(i => isWide[i] ? new[] { PlaceOf(i), PlaceOf(i) + 1 } : [PlaceOf(i)]).ToImmutableArray(),
            scans.Sum(i => isWideScan[i] ? 2 : 1),
            new Region(
                [.. carries.Concat(captures).SelectMany(i => Both(parameters[i], isWide[i]))],
                [.. carries.SelectMany(i => Both(inner[loop.Body.Results[i]], isWide[i])), .. scans.SelectMany(i => Both(inner[loop.Body.Results[i]], isWideScan[i]))]))
        {
            ReversesScans = loop.ReversesScans,
        };
        var outputs = builder.Loop(info, [.. carries.Concat(captures).SelectMany(i => Both(inputs[i], isWide[i]))]);
        var at = 0;
        Interval Take(bool wide) => wide ? new(outputs[at++], outputs[at++]) : Interval.Exact(outputs[at++]);
        var results = ImmutableArray.CreateBuilder<Interval>();
        foreach (var i in carries) results.Add(Take(isWide[i]));
        foreach (var i in loop.Histories) results.Add(Take(isWide[i]));
        foreach (var i in scans) results.Add(Take(isWideScan[i]));
        return results.ToImmutable();
    }

    private static Node NewParameter(Builder body, Node like, string suffix)
    {
        var parameter = body.Parameter(like.Text + suffix, like.Type);
        parameter.Name = like.Name is { } name ? name + suffix : null;
        return parameter;
    }
}
