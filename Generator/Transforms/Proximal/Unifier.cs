using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Ops;

namespace Proxima.Generator.Transforms;

/// <summary>
/// Finds out for which x and parameters a function of the catalogue is a given value. Both are in the form that <see cref="Spread"/> makes, over one builder,
/// so that equal terms are the same node.
/// </summary>
/// <param name="x">What stands for x in the pattern; it becomes a value that varies.</param>
/// <param name="parameters">What stands for the parameters; they become values that do not.</param>
/// <param name="linear">What of the target varies.</param>
internal sealed class Unifier(Builder builder, Node x, ImmutableArray<Node> parameters, LinearPart linear)
{
    private readonly Dictionary<Node, bool> _reads = [];
    private readonly List<(Node Pattern, Node Target)> _later = [];
    private ImmutableDictionary<Node, Node> _bound = ImmutableDictionary<Node, Node>.Empty;

    /// <summary>What x is, then the parameters; null where the target is no such value.</summary>
    public ImmutableArray<Node>? Solve(Node pattern, Node target)
    {
        if (!Unify(pattern, target) || !_bound.ContainsKey(x)) return null;
        // What is computed from parameters alone says what they are, where nothing else does, and must be computed so there, too.
        while (_later.Aggregate(false, (found, pair) => Derive(pair.Pattern, pair.Target) || found))
        {
        }
        return parameters.All(_bound.ContainsKey) && _later.All(pair => ReferenceEquals(Instance(pair.Pattern), pair.Target)) ? [_bound[x], .. parameters.Select(p => _bound[p])] : null;
    }

    /// <summary>The pattern at what is bound; null where a parameter is not.</summary>
    private Node? Instance(Node pattern)
    {
        if (Region.Order([pattern]).Any(n => n.Op == Op.Parameter && !_bound.ContainsKey(n))) return null;
        var copier = new Spread(builder);
        foreach (var pair in _bound) copier.Map(pair.Key, pair.Value);
        return copier.Copy(pattern);
    }

    /// <summary>Binds parameters to what makes the pattern the target, as far as views, equal operations and arithmetic on constants can be undone; what is wrong shows later.</summary>
    private bool Derive(Node pattern, Node target)
    {
        if (parameters.Contains(pattern)) return !_bound.ContainsKey(pattern) && pattern.Type.Equals(target.Type) && Bind(pattern, target);
        if (pattern.Inputs.Length == 0 || Instance(pattern) is not null) return false;
        Node a = pattern.Inputs[0], b = pattern.Inputs[pattern.Inputs.Length - 1];
        switch (pattern.Op)
        {
            case Op.Reshape:
                return Derive(a, builder.Reshape(target, a.Shape));
            case Op.Neg:
                return Derive(a, builder.Neg(target));
            case Op.Broadcast when linear.Uniform(target, [.. Enumerable.Range(0, pattern.Rank).Where(axis => !pattern.Ints.Contains(axis))]) is { } same:
                return Derive(a, builder.Reshape(same, a.Shape));
            case Op.Permute:
                return Derive(a, builder.Permute(target, [.. Enumerable.Range(0, pattern.Rank).Select(axis => pattern.Ints.IndexOf(axis))]));
            case Op.Add or Op.Sub or Op.Mul or Op.Div when target.Op == Op.Full:
                var isFirst = Instance(a) is null;
                if (Instance(isFirst ? b : a) is not { Op: Op.Full, Number: var known }) return false;
                var number = (pattern.Op, isFirst) switch
                {
                    (Op.Add, _) => target.Number - known,
                    (Op.Sub, true) => target.Number + known,
                    (Op.Sub, false) => known - target.Number,
                    (Op.Mul, _) => target.Number / known,
                    (_, true) => target.Number * known,
                    _ => known / target.Number,
                };
                return Derive(isFirst ? a : b, builder.Full(number, pattern.Type));
            default:
                if (pattern.Op != target.Op || pattern.Inputs.Length != target.Inputs.Length) return false;
                var isSwapped = pattern.Inputs.Length == 2 && Instance(a) is { } left && ReferenceEquals(left, target.Inputs[1]);
                return pattern.Inputs.Select((input, i) => Derive(input, target.Inputs[isSwapped ? 1 - i : i])).ToArray().Any(found => found);
        }
    }

    private bool Reads(Node node)
    {
        if (_reads.TryGetValue(node, out var reads)) return reads;
        return _reads[node] = ReferenceEquals(node, x) || node.Inputs.Any(Reads);
    }

    private bool Unify(Node pattern, Node target)
    {
        if (!pattern.Type.Equals(target.Type)) return false;
        if (ReferenceEquals(pattern, x)) return linear.Varies(target) && Bind(pattern, target);
        if (!Reads(pattern))
        {
            if (linear.Varies(target)) return false;
            if (parameters.Contains(pattern)) return Bind(pattern, target);
            _later.Add((pattern, target));
            return true;
        }
        var (bound, later) = (_bound, _later.Count);
        if (Same(pattern, target)) return true;
        Restore();
        if (Neutral(pattern, target)) return true;
        Restore();
        // What has this form after a reshape is what it is before.
        if (pattern.Op == Op.Reshape && Unify(pattern.Inputs[0], Spread.Reshape(builder, target, pattern.Inputs[0].Shape))) return true;
        Restore();
        return false;

        void Restore()
        {
            _bound = bound;
            _later.RemoveRange(later, _later.Count - later);
        }
    }

    private bool Bind(Node pattern, Node target)
    {
        if (_bound.TryGetValue(pattern, out var known)) return ReferenceEquals(known, target);
        _bound = _bound.Add(pattern, target);
        return true;
    }

    private bool Same(Node pattern, Node target)
    {
        if (pattern.Op != target.Op || pattern.Inputs.Length != target.Inputs.Length || pattern.Inputs.Length == 0 || pattern.Loop is not null || pattern.Rule is not null
            || pattern.Number != target.Number || pattern.Text != target.Text || !pattern.Ints.SequenceEqual(target.Ints) || !pattern.Dims.SequenceEqual(target.Dims)) return false;
        var (bound, later) = (_bound, _later.Count);
        if (pattern.Inputs.Zip(target.Inputs, Unify).All(same => same)) return true;
        if (pattern.Op is not (Op.Add or Op.Mul or Op.Min or Op.Max or Op.And or Op.Or or Op.Equal or Op.NotEqual)) return false;
        _bound = bound;
        _later.RemoveRange(later, _later.Count - later);
        return Unify(pattern.Inputs[0], target.Inputs[1]) && Unify(pattern.Inputs[1], target.Inputs[0]);
    }

    /// <summary>A factor of 1 or -1 and a term of 0 are not there in the target.</summary>
    private bool Neutral(Node pattern, Node target)
    {
        if (pattern.Op is not (Op.Mul or Op.Add or Op.Sub or Op.Div)) return false;
        for (var i = 0; i < 2; i++)
        {
            var (other, rest) = (pattern.Inputs[i], pattern.Inputs[1 - i]);
            if (Reads(other) || i == 0 && pattern.Op is Op.Div) continue;
            var isTerm = pattern.Op is Op.Add or Op.Sub;
            if (target.Op == Op.Neg && (pattern.Op == Op.Mul || i == 0 && pattern.Op == Op.Sub))
                return Unify(rest, target.Inputs[0]) && Unify(other, builder.Full(isTerm ? 0 : -1, other.Type));
            if (i == 0 && pattern.Op == Op.Sub) continue;
            return Unify(rest, target) && Unify(other, builder.Full(isTerm ? 0 : 1, other.Type));
        }
        return false;
    }
}

/// <summary>The form in which values are compared: broadcasts and reshapes stand before arithmetic, at the values that are repeated; a number is repeated once.</summary>
internal sealed class Spread(Builder builder) : Copier(builder)
{
    protected override Node Rewrite(Node node, ImmutableArray<Node> inputs) =>
        node.Op == Op.Pow && inputs[1].Op == Op.Full && PointwiseOps.Power(Builder, inputs[0], inputs[1].Number) is { } power ? power : Push(Builder, base.Rewrite(node, inputs));

    /// <summary>A value in this form, reshaped.</summary>
    public static Node Reshape(Builder builder, Node node, ImmutableArray<Dim> shape) => Push(builder, builder.Reshape(node, shape));

    private static Node Push(Builder builder, Node view)
    {
        if (view.Op is not (Op.Broadcast or Op.Reshape)) return view;
        var x = view.Inputs[0];
        if (view.Op == Op.Reshape && x is { Op: Op.Broadcast, Inputs: [{ Rank: 0 } number] }) return builder.Broadcast(number, view.Shape, []);
        if (x.Op is < Op.Neg or > Op.Where || x.Op is Op.FoldKey or Op.RandomUniform or Op.RandomNormal or Op.RandomPoisson) return view;
        return builder.Rebuild(x, [.. x.Inputs.Select(Moved)], x.Type.With(view.Shape), x.Dims);

        Node Moved(Node input) => Push(builder, view.Op == Op.Broadcast ? builder.Broadcast(input, view.Shape, view.Ints) : builder.Reshape(input, view.Shape));
    }
}
