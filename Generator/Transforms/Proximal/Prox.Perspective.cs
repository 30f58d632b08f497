using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Ops;

namespace Proxima.Generator.Transforms;

/// <summary>Perspectives t f(y / t) of functions f whose operators are known, their closure at t = 0 included.</summary>
internal sealed partial class Prox
{
    /// <summary>How often the interval around the scale is halved.</summary>
    private const int Halvings = 44;

    /// <summary>A scale below this share of the size of (t, y) counts as 0: the ratio is so large there that little of the slope is left by rounding.</summary>
    private const double Negligible = 1e-6;

    /// <summary>Where the scale is 0, the ratio is taken at this share of the size of (t, y): the operator is that of the recession function, which is the limit.</summary>
    private const double AtInfinity = 1e-12;

    private static readonly TransformDeclaration s_perspective = new(
        "ProxRule", "", EquatableArray<string>.Empty, ImmutableArray.Create(Surface.Of("arg", "IsHomogeneous", null, Surface.Of("bool", "true"))), Origin.None, Origin.None);

    private readonly Dictionary<Node, Perspective> _perspectives = [];

    /// <summary>A number above 0 by which a function is divided.</summary>
    private Node? _inverse;

    /// <summary>Terms Σ weight h(z) of a function f of z, which stands for a ratio y / t.</summary>
    /// <param name="Ratio">y / t, where t repeats itself along the axes that the scale lacks.</param>
    /// <param name="Scale">t.</param>
    /// <param name="Z">What stands for the ratio in the terms.</param>
    private sealed record Perspective(Node Ratio, Node Scale, Node Z)
    {
        public List<(Node Weight, Node Value)> Terms { get; } = [];

        /// <summary>The axes of the ratio that belong to one scale.</summary>
        public ImmutableArray<int> Axes => [.. Enumerable.Range(Scale.Rank, Ratio.Rank - Scale.Rank)];
    }

    /// <summary>Adds weight t h(y / t) to the terms, where h has terms that have operators; false where the value is no such product.</summary>
    private bool AddPerspective(Node weight, Node core)
    {
        for (var i = 0; i < 2; i++)
        {
            var (factor, scale, value) = (weight, core.Inputs[i], core.Inputs[1 - i]);
            if (!_linear.IsAffine(scale) || Ratio(value) is not { } ratio || ScaleOf(ratio.Inputs[1]) is not { } t) continue;
            while (!IsScale(scale) && scale.Op == Op.Mul && scale.Inputs.FirstOrDefault(input => !_linear.Varies(input)) is { } constant)
                (factor, scale) = (_builder.Mul(factor, constant), scale.Inputs.First(_linear.Varies));
            if (!IsScale(scale)) continue;
            AddPerspective(factor, value, ratio, t, core.Source);
            return true;

            bool IsScale(Node node) =>
                node.Rank >= t.Rank && node.Shape.Take(t.Rank).SequenceEqual(t.Shape) && ReferenceEquals(_linear.Uniform(node, [.. Enumerable.Range(t.Rank, node.Rank - t.Rank)]), t);
        }
        return false;
    }

    /// <summary>The one ratio of affine values through which a value reads x.</summary>
    private Node? Ratio(Node value)
    {
        Node? ratio = null;
        var seen = new HashSet<Node>();
        var stack = new Stack<Node>([value]);
        while (stack.Count > 0)
        {
            var node = stack.Pop();
            if (!seen.Add(node)) continue;
            if (ReferenceEquals(node, _x)) return null;
            if (node.Op == Op.Div && _linear.Varies(node.Inputs[1]))
            {
                if (ratio is not null && !ReferenceEquals(ratio, node) || !node.Inputs.All(_linear.IsAffine)) return null;
                ratio = node;
                continue;
            }
            foreach (var input in node.Inputs.Where(_linear.Varies)) stack.Push(input);
        }
        return ratio;
    }

    /// <summary>What a denominator repeats along its last axes; itself where it repeats nothing.</summary>
    private Node ScaleOf(Node denominator) => Enumerable.Range(0, denominator.Rank + 1)
        .Select(first => _linear.Uniform(denominator, [.. Enumerable.Range(first, denominator.Rank - first)])).First(scale => scale is not null)!;

    private void AddPerspective(Node weight, Node value, Node ratio, Node t, Surface? source)
    {
        var b = _builder;
        if (!_perspectives.TryGetValue(ratio, out var perspective))
        {
            perspective = new(ratio, t, b.Parameter("ratio", ratio.Type));
            _perspectives.Add(ratio, perspective);
        }
        var term = _linear.At(value, perspective.Z, ratio);
        var inner = new Prox(this, term, perspective.Z);
        inner.Collect(b.Full(1, term.Type), term);
        inner.RequireConvex("a perspective is known of");
        if (inner._atoms.FirstOrDefault(atom => atom.IsSet) is { } set)
            throw new NoProximalOperatorException($"the perspective of {set.Name} is the indicator of the cone over a set, and no rule gives the projection onto that; a cone of the catalogue does, or {EachAlone}", set.Source ?? source);
        perspective.Terms.Add((weight, term));
        if (perspective.Terms.Count > 1) return;
        var y = ratio.Inputs[0];
        var vector = b.Concat([b.Reshape(t, t.Shape.Add(Dim.One)), b.Reshape(y, t.Shape.Add(Dim.Product(y.Shape.Skip(t.Rank))))], t.Rank);
        var names = inner._atoms.Select(atom => atom.Name).ToArray();
        var entry = new ProximalEntry($"the perspective of {(names.Length == 0 ? "squares" : string.Join(" and ", names))}", s_perspective, 0, _ => null, _ => null, [], (_, _) => null) { Dims = 1 };
        _atoms.Add(new Atom(entry, b.Full(1, t.Type), vector, [], source) { Perspective = perspective });
    }

    /// <summary>
    /// (τ, τ p) with p the operator of f / τ at y / τ. The objective, least over y, has the slope τ - t - ⟨y - τ p, p⟩ + f(p) in τ, which rises by at least as much as τ does: so the root is as near as the slope is large.
    /// With the diagonals G of t and H of y, p is that in the metric 1 / H, and the slope τ - t + G (f(p) - ⟨(y - τ p) / H, p⟩).
    /// </summary>
    private Node OfPerspective(Atom atom, Node at, Node gram)
    {
        var (b, perspective) = (_builder, atom.Perspective!);
        var (shape, ratio, axes) = (perspective.Scale.Shape, perspective.Ratio.Type, perspective.Axes);
        var count = at.Shape[at.Rank - 1] - Dim.One;
        Node Part(Dim start, Dim size) => b.Slice(at, [.. Enumerable.Repeat(Dim.Zero, at.Rank - 1), start], at.Shape.SetItem(at.Rank - 1, size));
        Node Wide(Node node, ImmutableArray<Dim> to) => b.Broadcast(node, to, [.. Enumerable.Range(0, node.Rank)]);
        Node Where(Node condition, Node x, Node y) => b.Where(condition, x, y);

        Node t = b.Reshape(Part(Dim.Zero, Dim.One), shape), y = b.Reshape(Part(Dim.One, count), ratio.Shape), zero = b.Zeros(t.Type);
        var (ofScale, ofRatio) = gram is { Op: Op.Concat, Inputs: [var one, var other] } && gram.Ints[0] == gram.Rank - 1
            ? (b.Reshape(one, shape), b.Reshape(other, ratio.Shape))
            : (Scale(atom, at, gram), Wide(Scale(atom, at, gram), ratio.Shape));
        var metric = b.Div(b.Full(1, ratio), ofRatio);
        var terms = perspective.Terms.Select(term => (Weight: b.Mul(term.Weight, Wide(atom.Weight, term.Weight.Shape)), term.Value)).ToArray();
        var scale = b.Parameter("scale", t.Type);
        var ray = Ray(scale);
        var (inside, captures) = Closed(scale, ray.Excess, ray.Point);

        Node size = b.Add(b.Pointwise(Op.Abs, t), b.Sum(b.Pointwise(Op.Abs, y), axes));
        size = DerivativeOps.Stopped(b, Where(b.Pointwise(Op.Greater, size, zero), size, b.Full(1, t.Type)));
        var first = Inside(b, inside, size, captures, 0);
        Node Relu(Node node) => b.Pointwise(Op.Relu, node);
        var (lower, upper) = Bisected(Relu(b.Sub(size, Relu(first))), b.Add(size, Relu(b.Neg(first))));
        // No scale that counts is too small: the point lies where t is 0.
        var isZero = b.Pointwise(Op.Less, lower, b.Scale(size, Negligible));
        var tau = Where(isZero, size, upper);
        // The derivatives of a root are those of a step of Newton's method from there; those of two steps also to the second order.
        var sloped = Jvp.Apply(inside, [inside.Arguments[0].Name]);
        for (var i = 0; i < 2; i++)
        {
            var excess = Inside(b, sloped, tau, captures, 0);
            var slope = DerivativeOps.Stopped(b, b.Pointwise(Op.Max, Inside(b, sloped, tau, captures, 2), b.Full(1, t.Type)));
            tau = b.Sub(tau, b.Div(b.Sub(excess, DerivativeOps.Stopped(b, excess)), slope));
        }
        var near = Where(isZero, b.Scale(size, AtInfinity), tau);
        var point = b.Mul(Wide(near, ratio.Shape), Inside(b, inside, near, captures, 1));
        _derivation.Add($"{atom.Name}: (τ, τ p) with p the operator of f / τ at y / τ, where τ = t + ⟨y - τ p, p⟩ - step f(p), by bisection; at τ = 0 the limit, which is the operator of the recession function; f is convex (Combettes and Müller 2018)");
        return b.Concat([b.Reshape(Where(isZero, zero, tau), shape.Add(Dim.One)), b.Reshape(point, shape.Add(count))], shape.Length);

        (Node Excess, Node Point) Ray(Node tau)
        {
            var said = _derivation.Count;
            var inner = new Prox(this, perspective.Terms[0].Value, perspective.Z) { _inverse = b.Div(b.Full(1, tau.Type), tau) };
            foreach (var (weight, value) in terms) inner.Collect(b.Mul(weight, Wide(inner._inverse, weight.Shape)), value);
            var p = inner.OfTerms(b.Mul(b.Mul(y, Wide(inner._inverse, ratio.Shape)), metric), metric);
            _derivation.RemoveRange(said, _derivation.Count - said);
            var f = terms.Select(term => b.Sum(b.Mul(term.Weight, inner._linear.At(term.Value, p)), [.. Enumerable.Range(shape.Length, term.Value.Rank - shape.Length)])).Aggregate(b.Add);
            var slope = b.Sum(b.Mul(b.Mul(b.Sub(y, b.Mul(Wide(tau, ratio.Shape), p)), metric), p), axes);
            return (b.Add(b.Sub(tau, t), b.Mul(ofScale, b.Sub(f, slope))), p);
        }

        (Node Lower, Node Upper) Bisected(Node from, Node to)
        {
            var counter = _names.Fresh("k");
            var trips = Dim.Of(Halvings);
            var body = new Builder();
            Node Like(Node node) => body.Parameter("", node.Type);
            Node low = Like(from), high = Like(to);
            var own = captures.Select(Like).ToImmutableArray();
            var middle = body.Scale(body.Add(low, high), 0.5);
            var isBelow = body.Pointwise(Op.Less, Inside(body, inside, middle, own, 0), body.Zeros(middle.Type));
            var region = new Region([low, high, .. own], [body.Where(isBelow, middle, low), body.Where(isBelow, high, middle)]);
            var found = b.Loop(new LoopInfo(counter, trips, 2, EquatableArray<int>.Empty, 0, region), [from, to, .. captures.Select(node => DerivativeOps.Stopped(b, node))]);
            return (DerivativeOps.Stopped(b, found[0]), DerivativeOps.Stopped(b, found[1]));
        }
    }

    /// <summary>Values as a function of a variable and of what else they read, and the latter.</summary>
    private (Function Function, ImmutableArray<Node> Captures) Closed(Node variable, params ImmutableArray<Node> results)
    {
        HashSet<Node> varying = [variable];
        var captures = ImmutableArray.CreateBuilder<Node>();
        foreach (var node in Region.Order(results))
        {
            if (!node.Inputs.Any(varying.Contains)) continue;
            varying.Add(node);
            foreach (var input in node.Inputs)
                if (!varying.Contains(input) && (input.Inputs.Length > 0 || input.Op == Op.Parameter) && !captures.Contains(input)) captures.Add(input);
        }
        var b = new Builder();
        var copier = new Copier(b, null, _names);
        var arguments = captures.Prepend(variable).Select((node, i) =>
        {
            var name = $"{variable.Text}{i}";
            var parameter = b.Parameter(name, node.Type);
            copier.Map(node, parameter);
            return new FunctionArgument(parameter, ArgumentKind.Input, name);
        }).ToImmutableArray();
        var function = new Function(
            "", arguments, copier.Copy(results), results.Select(_ => "").ToImmutableArray(), EquatableArray<SizeBinding>.Empty, EquatableArray<EntryCheck>.Empty, EquatableArray<Assumption>.Empty);
        return (Cleanup.Apply(function), captures.ToImmutable());
    }

    /// <summary>A result of such a function.</summary>
    private Node Inside(Builder b, Function function, Node variable, ImmutableArray<Node> captures, int result)
    {
        var copier = new Copier(b, null, _names);
        copier.Map(function.Arguments[0].Node, variable);
        for (var i = 0; i < captures.Length; i++) copier.Map(function.Arguments[1 + i].Node, captures[i]);
        foreach (var direction in function.Arguments.Skip(1 + captures.Length)) copier.Map(direction.Node, b.Full(1, direction.Node.Type));
        return copier.Copy(function.Results[result]);
    }
}
