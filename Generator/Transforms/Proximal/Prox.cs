using System.Collections.Immutable;
using Proxima.Generator.Frontend;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>
/// The proximal operator argmin_p step R(p) + |p - x|²/2 of a declared function. R is taken apart into a sum of weighted terms: linear ones, quadratic ones, and functions of the
/// catalogue of affine values L x + c. With D = 1 + the diagonal of the quadratic terms, a their slope at 0 and u = (x - a) / D, the operator is
/// <c>p = u + D⁻¹ Σ Lᵀ G⁻¹ (prox of weight G φ at L u + c, less L u + c)</c>, where G = L D⁻¹ Lᵀ is diagonal and the ranges of the L are orthogonal to each other.
/// </summary>
internal sealed partial class Prox
{
    private const string EachAlone = "a splitting needs that of each alone: Algorithm.DouglasRachford, or Algorithm.DavisYin beside a smooth function";

    private readonly Function _of;
    private readonly Builder _builder;
    private readonly LinearPart _linear;
    private readonly CounterNames _names;
    private readonly Node _x;
    private readonly Node _result;
    private readonly Node? _other;

    /// <summary>What stands for the distance in a function of it.</summary>
    private readonly Node? _distance;

    private readonly IReadOnlyList<ProximalEntry> _catalogue;
    private readonly ImmutableArray<FunctionArgument> _arguments;
    private readonly List<string> _derivation;

    /// <summary>Whether linear maps are split off rather than taken into functions of the catalogue.</summary>
    private bool _isApart;

    /// <summary>Whether the operator is that of the proximal average of the functions instead of their sum.</summary>
    private bool _isAverage;

    private Node? _step;
    private readonly List<(Node Weight, Node Affine)> _lines = [];
    private readonly List<(Node Weight, Node Affine)> _squares = [];
    private readonly List<Atom> _atoms = [];

    /// <summary>A weighted function of the catalogue of an affine value, or of a coordinate of it, or the least of several.</summary>
    private sealed record Atom(ProximalEntry Entry, Node Weight, Node Affine, ImmutableArray<Node> Parameters, Surface? Source)
    {
        /// <summary>What of the affine value the function takes; null where that is the value itself.</summary>
        public Coordinate? Coordinate { get; init; }

        /// <summary>The functions of which this is the least, with what they are made of, null for a constant.</summary>
        public ImmutableArray<(Node Value, Atom? Atom)> Branches { get; init; } = [];

        /// <summary>What this is the perspective of.</summary>
        public Perspective? Perspective { get; init; }

        public string Name => Branches.IsEmpty ? Entry.Name : $"the least of {string.Join(" and ", Branches.Select(branch => branch.Atom?.Name ?? "a constant"))}";

        /// <summary>How many of the last dimensions of the affine value it takes together.</summary>
        public int Dims => Coordinate?.Dims ?? Entry.Dims;

        public bool IsConvex => Branches.IsEmpty && Entry.IsConvex;

        public bool IsSet => Branches.IsEmpty && Entry.IsSet;

        public bool IsHomogeneous => Branches.IsEmpty && Entry.IsHomogeneous;

        public bool FollowsHomogeneous => Coordinate is { IsLength: true } ? IsConvex : Branches.IsEmpty && Entry.FollowsHomogeneous;

        public bool FollowsSeparable => Coordinate is null && Branches.IsEmpty && Entry.FollowsSeparable;

        public bool PrecedesAlike => Coordinate is null && Branches.IsEmpty && Entry.PrecedesAlike;
    }

    private Prox(Function of, string x, ImmutableArray<string> tight, IReadOnlyList<ProximalEntry> catalogue, bool isOfDistance = false)
    {
        _of = of;
        _builder = new Builder();
        _derivation = [];
        _catalogue = catalogue;
        _names = CounterNames.Of(of);
        var spread = new Spread(_builder);
        _arguments = [.. of.Arguments.Select(a => a with { Node = spread.CopyParameter(a.Node) })];
        _result = spread.Copy(of.Results[0]);
        if (isOfDistance)
        {
            // The second result reads the first where a distance stands.
            _distance = _builder.Parameter("distance", of.Results[0].Type);
            spread = new Spread(_builder);
            for (var i = 0; i < _arguments.Length; i++) spread.Map(of.Arguments[i].Node, _arguments[i].Node);
            spread.Map(of.Results[0], _distance);
        }
        _other = of.Results.Count > 1 ? spread.Copy(of.Results[1]) : null;
        _x = _arguments.First(a => a.Name == x).Node;
        _linear = new LinearPart(_builder, _x, _names, of.Facts(), [.. _arguments.Where(a => tight.Contains(a.Name)).Select(a => a.Node)]);
    }

    /// <summary>Another function of the same arguments, or of another variable.</summary>
    private Prox(Prox first, Node result, Node? x = null)
    {
        (_of, _builder, _names, _catalogue, _arguments, _step, _derivation) = (first._of, first._builder, first._names, first._catalogue, first._arguments, first._step, first._derivation);
        (_result, _x, _linear) = (result, x ?? first._x, x is null ? first._linear : first._linear.By(x));
    }

    /// <summary>The function of the same arguments and of a step, like the result of <paramref name="of"/>, that returns the point.</summary>
    /// <param name="step">The step as a number of the host; null makes it an argument.</param>
    /// <exception cref="NoProximalOperatorException">No rule gives it, or a premise of the rule fails.</exception>
    /// <param name="isConvex">Only the operator of a convex function will do.</param>
    public static Function Apply(Function of, ImmutableArray<string> wrt, TransformOptions options, Node? step, IReadOnlyList<ProximalEntry> catalogue, bool isConvex = false)
    {
        var x = Argument(of, wrt);
        var prox = new Prox(of, x.Name, [.. options.Text("Tight", "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)], catalogue, options.Text("FunctionOfDistance", "").Length > 0);
        var arguments = prox._arguments;
        var type = of.Results[0].Type;
        if (step is null)
        {
            var name = of.FreshArgument("step");
            step = prox._builder.Parameter(name, type);
            arguments = arguments.Add(new FunctionArgument(step, ArgumentKind.Input, name));
        }
        else
        {
            step = prox._builder.Broadcast(prox._builder.Cast(new Copier(prox._builder).Copy(step), type.DType), type.Shape, []);
        }
        // A step that turns out negative is not taken in silence.
        prox._step = prox.UnlessNegative(step);
        prox._isAverage = options.Flag("Average");
        var point = prox.Transformed(options, prox._step);
        if (isConvex) prox.RequireConvex("momentum and operators of both functions lead to a minimum of");
        return Cleanup.Apply(of with { Arguments = arguments, Results = ImmutableArray.Create(point), ResultNames = ImmutableArray.Create(""), Derivation = prox._derivation.ToImmutableArray() });
    }

    private static FunctionArgument Argument(Function of, ImmutableArray<string> wrt)
    {
        // A second one, whose function or map an option names, is compared where it is used.
        if (of.Returned > 2 || !of.Results[0].Type.IsFloat || of.States.Count > 0)
            throw new NoProximalOperatorException($"a proximal operator is that of one float value, or of one for each sample; {of.Name} returns {string.Join(", ", of.ReturnedResults.Select(r => r.Type))}");
        if (wrt.Length > 1) throw new NoProximalOperatorException("a proximal operator is that by one argument");
        var x = wrt.Length == 1 ? of.Arguments.FirstOrDefault(a => a.Name == wrt[0]) : of.Arguments.FirstOrDefault(a => a.Kind == ArgumentKind.Input && a.Node.Type.IsFloat);
        return x is { Kind: ArgumentKind.Input, Node.Type.IsFloat: true } ? x : throw new NoProximalOperatorException($"{of.Name} takes no float tensor whose proximal operator this could be");
    }

    /// <summary>The projection onto the set that the function is the indicator of.</summary>
    private Node Projection(Node v, Node step)
    {
        var projection = Operator(v, step);
        if (_atoms.FirstOrDefault(atom => !atom.IsSet) is { } function) throw new NoProximalOperatorException($"Distance is that from a set, and {function.Name} is no set", function.Source);
        if (_lines.Concat(_squares).FirstOrDefault() is { Affine: { } affine }) throw new NoProximalOperatorException($"Distance is that from a set, and {Text(affine)} is a term of a function", affine.Source);
        RequireConvex("the distance has an operator for");
        return projection;
    }

    /// <summary>The operator of the distance from a set: the infimal convolution of its indicator and the norm.</summary>
    private Node Distance(Node v, Node step)
    {
        var b = _builder;
        var projection = Projection(v, step);
        ImmutableArray<int> axes = [.. Enumerable.Range(step.Rank, v.Rank - step.Rank)];
        var move = b.Sub(projection, v);
        var square = b.Sum(b.Mul(move, move), axes);
        var isFar = b.Pointwise(Op.Greater, square, b.Mul(step, step));
        var share = b.Where(isFar, b.Mul(step, b.Pointwise(Op.Rsqrt, b.Where(isFar, square, b.Full(1, square.Type)))), b.Full(1, square.Type));
        _derivation.Add("distance: x + min(1, step / |P x - x|) (P x - x) with the projection P; the set is convex (Beck 2017, 6.43)");
        return b.Add(v, b.Mul(b.Unreduce(share, v.Shape, axes), move));
    }

    /// <summary>The operator of the function itself, of its conjugate, or of its Moreau envelope; of a set, perhaps, that of the distance from it.</summary>
    private Node Transformed(TransformOptions options, Node step)
    {
        var b = _builder;
        var envelope = options.Number("Envelope", 0);
        var isConjugate = options.Flag("Conjugate");
        if (!(envelope >= 0) || double.IsInfinity(envelope)) throw new NoProximalOperatorException("Envelope is a positive number");
        var isDistance = options.Flag("Distance");
        var isImage = options.Text("Image", "").Length > 0;
        Node Of(Node v, Node length) =>
            isDistance ? Distance(v, length) : _other is null ? Operator(v, length) : _distance is not null ? OfDistance(v, length) : isImage ? Image(v, length) : Convolution(v, length);
        if (isDistance && _other is not null) throw new NoProximalOperatorException("Distance is an option of its own: a distance is an infimal convolution already, with that of the norm, and FunctionOfDistance and Image say of what they are");
        if (_other is { } other && !isImage && !other.Type.Equals(_result.Type)) throw new NoProximalOperatorException($"both functions give one value, or one for each sample: {_result.Type} and {other.Type} differ", other.Source);
        if (!isConjugate && envelope == 0 && !isDistance && _other is null) return Operator(_x, step);
        var leading = ImmutableArray.CreateRange(Enumerable.Range(0, step.Rank));
        if (step.Rank > _x.Rank || !_x.Shape.Take(step.Rank).SequenceEqual(step.Shape))
            throw new NoProximalOperatorException($"the conjugate, the envelope, the distance and the infimal convolution are taken of a scalar, or of one value for each of the leading dimensions of x; {_of.Name} gives {step.Type} for {_x.Type}");
        if (!isConjugate && envelope == 0) return Of(_x, step);
        Node Wide(Node node) => b.Broadcast(node, _x.Shape, leading);
        var one = b.Full(1, step.Type);
        // Of the conjugate of the envelope: f* + envelope |.|²/2, by the rule of quadratic terms.
        if (isConjugate)
        {
            var shrink = b.Div(one, b.Add(one, b.Scale(step, envelope)));
            var scaled = b.Mul(step, shrink);
            var at = b.Mul(_x, Wide(shrink));
            var inner = Of(b.Div(at, Wide(scaled)), b.Div(one, scaled));
            RequireConvex("the conjugate determines");
            _derivation.Add($"conjugate: prox of step f* at x = x - step (prox of f / step at x / step); f is convex (Moreau 1965)");
            if (envelope > 0) _derivation.Add($"envelope: its conjugate is f* + {Number(envelope)} |.|²/2 (Beck 2017, 6.58)");
            return b.Sub(at, b.Mul(Wide(scaled), inner));
        }
        var sum = b.Add(step, b.Full(envelope, step.Type));
        var p = Of(_x, sum);
        RequireConvex("the operator of the Moreau envelope follows for");
        _derivation.Add($"envelope: prox of step e at x = x + step / (step + {Number(envelope)}) (prox of (step + {Number(envelope)}) f at x - x); f is convex (Beck 2017, 6.64)");
        return b.Add(_x, b.Mul(Wide(b.Div(step, sum)), b.Sub(p, _x)));
    }

    private static string Number(double value) => TextPrinter.Text(value);

    private void RequireConvex(string what)
    {
        if (_atoms.FirstOrDefault(atom => !atom.IsConvex) is { } atom)
            throw new NoProximalOperatorException($"{what} convex functions only, and {atom.Name} is not convex", atom.Source);
    }

    /// <summary>A function φ of an affine value L x + c: the value, from a y like it Lᵀ y, and the operator of scale φ, from where it is taken and the scale.</summary>
    internal sealed record Part(Function Affine, Function Adjoint, Function Operator);

    /// <summary>The parts whose sum a function is: nothing is asked of their linear maps.</summary>
    /// <exception cref="NoProximalOperatorException">It has terms that are no functions of the catalogue, or whose operators do not follow one another.</exception>
    public static IReadOnlyList<Part> Split(Function of, string x, IReadOnlyList<ProximalEntry> catalogue, out ImmutableArray<string> derivation)
    {
        var prox = new Prox(of, x, [], catalogue) { _isApart = true };
        var b = prox._builder;
        prox.Collect(b.Full(1, prox._result.Type), prox._result);
        if (prox._lines.Count > 0) throw new NoProximalOperatorException("linear terms belong into the smooth function", prox._lines[0].Affine.Source);
        prox._atoms.AddRange(prox._squares.Select(prox.Halved));
        prox.RequireConvex("a splitting of maps leads to a minimum of");
        var parts = prox._atoms.GroupBy(atom => atom.Affine).Select(Part).ToArray();
        derivation = prox._derivation.ToImmutableArray();
        return parts;

        Part Part(IGrouping<Node, Atom> group)
        {
            var type = group.Key.Type;
            Node y = b.Parameter("y", type), scale = b.Parameter("scale", new(type.DType, []));
            var gram = b.Broadcast(scale, type.Shape, []);
            var point = prox.Chain(group).Aggregate(y, (p, atom) => prox.Apply(atom, p, gram));
            return new(prox.Of(group.Key), prox.Of(prox._linear.Adjoint(group.Key, y), y), prox.Of(point, y, scale));
        }
    }

    /// <summary>What a function of the catalogue has besides its operator, from a further argument: a slope. The function is that one of x as it stands.</summary>
    public static Function Member(Function of, string x, IReadOnlyList<ProximalEntry> catalogue, string member, out ProximalEntry entry)
    {
        var prox = new Prox(of, x, [], catalogue);
        var b = prox._builder;
        prox.Collect(b.Full(1, prox._result.Type), prox._result);
        if (prox is not { _atoms: [{ Coordinate: null, Branches.IsEmpty: true } atom], _lines.Count: 0, _squares.Count: 0 } || !ReferenceEquals(atom.Affine, prox._x) || !atom.Entry.Members.Contains(member))
        {
            throw new NoProximalOperatorException(
                $"no {member} of it is known: the function is one of {string.Join(", ", catalogue.Where(e => e.Members.Contains(member)).Select(e => e.Name).OrderBy(name => name, StringComparer.Ordinal))}, of {x} as it stands and with nothing beside it");
        }
        entry = atom.Entry;
        prox.Nonnegative(atom.Weight, $"the weight of {entry.Name}", atom.Source);
        var slope = b.Parameter("slope", prox._x.Type);
        ImmutableArray<Node> arguments = member == "MirrorStep" ? [prox._x, slope, .. atom.Parameters] : [slope, .. atom.Parameters];
        var function = entry.Member(member, [.. arguments.Select(a => a.Type)])
            ?? throw new NoProximalOperatorException($"{member} of {entry.Name} does not take {string.Join(", ", arguments.Select(a => a.Type))}", atom.Source);
        var copier = new Copier(b, null, prox._names);
        for (var i = 0; i < arguments.Length; i++) copier.Map(function.Arguments[i].Node, arguments[i]);
        return prox.Of(copier.Copy(function.Results[0]), slope);
    }

    /// <summary>Of a function ½|L x + c|²: L x + c, and from a y like it Lᵀ y.</summary>
    public static (Function Residual, Function Adjoint) Residual(Function of, string x, IReadOnlyList<ProximalEntry> catalogue)
    {
        var prox = new Prox(of, x, [], catalogue);
        var b = prox._builder;
        prox.Collect(b.Full(1, prox._result.Type), prox._result);
        if (prox is not { _atoms.Count: 0, _lines.Count: 0, _squares: [var (weight, affine)] } || weight is not { Op: Op.Full, Number: 0.5 })
            throw new NoProximalOperatorException("it is half the square of what was measured less a linear map of x, and nothing else");
        var y = b.Parameter("y", affine.Type);
        return (prox.Of(affine), prox.Of(prox._linear.Adjoint(affine, y), y));
    }

    /// <summary>
    /// Of a function ½|L x + c|² with L by a matrix: L x + c; the transpose of the W with wᵢᵀ lᵢ = 1 for which |WᵀL|² + ridge |W|² is least; whether it multiplies x from the left.
    /// </summary>
    public static (Function Residual, Function Weight, bool IsLeft) LeastCoherent(Function of, string x, double ridge, IReadOnlyList<ProximalEntry> catalogue)
    {
        var prox = new Prox(of, x, [], catalogue);
        var b = prox._builder;
        prox.Collect(b.Full(1, prox._result.Type), prox._result);
        if (prox is not { _atoms.Count: 0, _lines.Count: 0, _squares: [var (factor, affine)] } || factor is not { Op: Op.Full, Number: 0.5 } || prox.MatrixOf(affine) is not var (matrix, scale, isLeft))
            throw new NoProximalOperatorException("it is half the square of what was measured less x times a matrix, and nothing else");
        // Both [m n]: a column of L, and one of (L Lᵀ + ridge I)⁻¹ L, for each element of x; but for the scale of L, which the length takes back.
        var map = isLeft ? matrix : b.Transpose(matrix);
        var gram = b.Dot(map, b.Transpose(map));
        if (ridge > 0)
        {
            var square = b.Broadcast(b.Mul(scale, scale), gram.Shape, []);
            gram = b.Add(b.Mul(square, gram), b.Scale(RoutineRules.Identity(b, gram.Type), ridge));
        }
        var solved = b.Call("Solve", map.Type, [gram, map]);
        var length = b.Mul(b.Sum(b.Mul(solved, map), [0]), b.Broadcast(scale, [map.Shape[1]], []));
        // What nothing measures has a column of zeros, and one of W.
        length = b.Where(b.Pointwise(Op.Equal, length, b.Zeros(length.Type)), b.Full(1, length.Type), length);
        return (prox.Of(affine), prox.Of(b.Div(solved, b.Unreduce(length, map.Shape, [0]))), isLeft);
    }

    /// <summary>
    /// The L for which L (-Σ log x) less a function is convex where x is positive: of sums of w (y - count log y) of linear maps y of x without negative elements, Σ w count; of samples the largest. Null where the
    /// function has other terms.
    /// </summary>
    public static Function? RelativeToLogarithms(Function of, string x, IReadOnlyList<ProximalEntry> catalogue)
    {
        var prox = new Prox(of, x, [], catalogue) { _isApart = true };
        var b = prox._builder;
        var type = prox._result.Type;
        try
        {
            prox.Collect(b.Full(1, type), prox._result);
            if (prox._squares.Count > 0) return null;
            var sum = b.Zeros(type);
            foreach (var atom in prox._atoms)
            {
                var count = atom is not { Coordinate: null, Branches.IsEmpty: true, Perspective: null } ? null
                    : atom.Entry.Name == "Poisson" ? atom.Parameters[0] : atom.Entry.Name == "NegativeLog" ? b.Full(1, atom.Weight.Type) : null;
                if (count is null || !atom.Weight.Shape.Take(type.Rank).SequenceEqual(type.Shape)) return null;
                var each = b.Mul(prox.Nonnegative(atom.Weight, $"the weight of {atom.Entry.Name}", atom.Source), count);
                sum = b.Add(sum, b.Sum(each, [.. Enumerable.Range(type.Rank, each.Rank - type.Rank)]));
            }
            return prox._atoms.Count == 0 ? null : prox.Of(b.Reduce(Op.ReduceMax, sum, [.. Enumerable.Range(0, type.Rank)]));
        }
        catch (NoProximalOperatorException)
        {
            return null;
        }
    }

    /// <summary>Whether the operator of a function takes each element alone.</summary>
    public static bool IsSeparable(Function of, string x, IReadOnlyList<ProximalEntry> catalogue)
    {
        var prox = new Prox(of, x, [], catalogue);
        prox.Collect(prox._builder.Full(1, prox._result.Type), prox._result);
        return prox.TakesElements();
    }

    /// <summary>A function of the arguments and of further ones.</summary>
    private Function Of(Node result, params ImmutableArray<Node> added) => Cleanup.Apply(_of with
    {
        Arguments = _arguments.AddRange(added.Select(node => new FunctionArgument(node, ArgumentKind.Input, _of.FreshArgument(node.Text)))),
        Results = ImmutableArray.Create(result),
        ResultNames = ImmutableArray.Create(""),
    });

    private Node Operator(Node v, Node step)
    {
        Collect(step, _result);
        return OfTerms(v, _builder.Full(1, _x.Type));
    }

    /// <summary>The least of the terms plus ⟨x, metric x⟩/2 - ⟨v, x⟩: the operator at v where the metric is 1.</summary>
    private Node OfTerms(Node v, Node metric)
    {
        var b = _builder;
        Node? curvature = null, slope = null;
        void Add(ref Node? sum, Node term) => sum = sum is null ? term : b.Add(sum, term);

        foreach (var (weight, affine) in _lines) Add(ref slope, _linear.Adjoint(affine, weight));
        if (_lines.Count > 0) _derivation.Add("linear terms: f + ⟨a, x⟩ has prox(x - step a) (Beck 2017, 6.13)");
        var mixing = new List<(Node Weight, Node Affine)>();
        foreach (var (weight, affine) in _squares)
        {
            if (!_linear.ReadsOne(affine) && MatrixOf(affine) is null)
            {
                _atoms.Add(Halved((weight, affine)));
                continue;
            }
            var twice = b.Scale(weight, 2);
            Add(ref slope, _linear.Adjoint(affine, b.Mul(twice, _linear.At(affine, b.Zeros(_x.Type)))));
            if (_linear.ReadsOne(affine)) Add(ref curvature, _linear.Adjoint(affine, b.Mul(Nonnegative(twice, "the weight of a square", affine.Source), _linear.Apply(affine, b.Full(1, _x.Type)))));
            else mixing.Add((twice, affine));
        }
        if (curvature is not null) _derivation.Add("quadratic terms: f + ρ x²/2 has prox of f / (1 + ρ) at x / (1 + ρ) (Beck 2017, 6.13)");

        var u = slope is null ? v : b.Sub(v, slope);
        if (mixing.Count > 0) return LeastSquares(u, curvature, metric, mixing);
        var d = b.Div(b.Full(1, _x.Type), curvature is null ? metric : b.Add(curvature, metric));
        u = b.Mul(u, d);
        return _isAverage ? Average(u, d) : Point(_atoms, u, d);
    }

    /// <summary>The operator of the sum of functions of blocks.</summary>
    private Node Point(IReadOnlyList<Atom> atoms, Node u, Node d)
    {
        var b = _builder;
        var groups = atoms.GroupBy(atom => atom.Affine).ToArray();
        RequireOrthogonal(groups);
        var solved = groups.Select(group => (group.Key, Solution: Of(group, u, d))).ToArray();
        if (solved is [var (affine0, only)] && _linear.Invert(affine0, only.Point) is { } inverse) return inverse;
        var p = u;
        foreach (var (affine, (at, point, gram)) in solved) p = b.Add(p, b.Mul(d, _linear.Adjoint(affine, b.Div(b.Sub(point, at), gram))));
        const string Rule = "f(L x + c) with L Lᵀ = G diagonal: x + Lᵀ G⁻¹ (prox of G f at L x + c, less L x + c) (Beck 2017, 6.15)";
        if (solved.Length > 0 && !_derivation.Contains(Rule)) _derivation.Add(Rule);
        return p;
    }

    /// <summary>The mean of the operators of the functions, each times their number.</summary>
    private Node Average(Node u, Node d)
    {
        var (b, count) = (_builder, _atoms.Count);
        if (count < 2) throw new NoProximalOperatorException($"an average is one of several functions of the catalogue, and {_of.Name} has {(count == 0 ? "none" : $"{_atoms[0].Name} only")}");
        RequireConvex("a proximal average is one of");
        var points = _atoms.Select(atom => Point([atom with { Weight = b.Scale(atom.Weight, count) }], u, d)).ToArray();
        _derivation.Add($"proximal average of {count} functions: the mean of their operators, each function times {count}; of another function than their sum, which it is at most (Bauschke, Goebel, Lucet and Wang 2008; Yu 2013)");
        return b.Scale(points.Aggregate(b.Add), 1.0 / count);
    }

    // ---- The terms of the function ----

    /// <summary>Adds the terms of Σ weight core, over all elements.</summary>
    private void Collect(Node weight, Node core)
    {
        var b = _builder;
        if (!_linear.Varies(core)) return;
        if (_linear.IsAffine(core))
        {
            _lines.Add((weight, core));
            return;
        }
        if (core.Op == Op.Mul && ReferenceEquals(core.Inputs[0], core.Inputs[1]) && _linear.IsAffine(core.Inputs[0]))
        {
            _squares.Add((weight, core.Inputs[0]));
            return;
        }
        // Squares join what else is quadratic, also where the catalogue has them.
        if (!IsSquare(core) && Find(weight, core) is { } atom)
        {
            _atoms.Add(atom);
            return;
        }
        Node x = core.Inputs[0], y = core.Inputs.Length > 1 ? core.Inputs[1] : x;
        switch (core.Op)
        {
            case Op.Min when Least(weight, core) is { } least:
                _atoms.Add(least);
                return;
            case Op.ReduceSum when !_isApart && OfLast(weight, core) is { } vectors:
                _atoms.Add(vectors);
                return;
            case Op.Add:
                Collect(weight, x);
                Collect(weight, y);
                return;
            case Op.Sub:
                Collect(weight, x);
                Collect(b.Neg(weight), y);
                return;
            case Op.Neg:
                Collect(b.Neg(weight), x);
                return;
            case Op.Mul when !_linear.Varies(x):
                Collect(b.Mul(weight, x), y);
                return;
            case Op.Mul when !_linear.Varies(y):
                Collect(b.Mul(weight, y), x);
                return;
            case Op.Div when !_linear.Varies(y):
                Collect(b.Div(weight, y), x);
                return;
            case Op.Mul when AddPerspective(weight, core):
                return;
            case Op.ReduceSum:
                Collect(b.Unreduce(weight, x.Shape, core.Ints), x);
                return;
            case Op.Broadcast:
                Collect(b.Sum(weight, [.. Enumerable.Range(0, core.Rank).Where(axis => !core.Ints.Contains(axis))]), x);
                return;
            case Op.Reshape:
                Collect(b.Reshape(weight, x.Shape), x);
                return;
            case Op.Permute:
                Collect(b.Permute(weight, [.. Enumerable.Range(0, core.Rank).Select(axis => core.Ints.IndexOf(axis))]), x);
                return;
        }
        throw new NoProximalOperatorException($"{Text(core)} is no function of the catalogue of an affine value, and no sum or multiple of such", core.Source);
    }

    /// <summary>A multiple of the square of an affine value.</summary>
    private bool IsSquare(Node node) => node.Op switch
    {
        Op.Mul when ReferenceEquals(node.Inputs[0], node.Inputs[1]) => _linear.IsAffine(node.Inputs[0]),
        Op.Mul => node.Inputs.Any(input => !_linear.Varies(input)) && node.Inputs.Any(IsSquare),
        Op.Div => !_linear.Varies(node.Inputs[1]) && IsSquare(node.Inputs[0]),
        Op.Neg => IsSquare(node.Inputs[0]),
        _ => false,
    };

    /// <summary>A square as a function of the catalogue.</summary>
    private Atom Halved((Node Weight, Node Affine) square) => Find(_builder.Scale(square.Weight, 2), _builder.Scale(_builder.Mul(square.Affine, square.Affine), 0.5)) is { } atom
        ? atom with { Source = square.Affine.Source }
        : throw new NoProximalOperatorException($"the squares of {Text(square.Affine)} are no function of the catalogue", square.Affine.Source);

    private static string Text(Node node) => node.Source is { } source ? "'" + SurfaceText.ToCSharp(source) + "'" : node.Name is { } name ? $"'{name}'" : "a part of it";

    /// <summary>A function that declares its operator, wherever its first argument is affine in x.</summary>
    private Atom Declared(Node weight, Node core)
    {
        var (rule, affine) = (core.Rule!, core.Inputs[0]);
        if (!_linear.IsAffine(affine) || core.Inputs.Skip(1).Any(_linear.Varies))
            throw new NoProximalOperatorException($"{rule.Name} has a proximal operator by its first argument, which is to be affine in {_x.Text}, and its other arguments are to be free of it", core.Source);
        var (step, at, others) = (rule.Body.Parameters[0], rule.Body.Parameters[1], rule.Body.Parameters.Skip(2));
        var isSet = new TransformOptions(rule.Proximal!).Flag("IsSet");
        var arguments = (isSet ? others.Prepend(at) : others.Prepend(step).Prepend(at)).Select(p => new FunctionArgument(p, ArgumentKind.Input, p.Text)).ToImmutableArray();
        var function = new Function(
            rule.Name, arguments, rule.Body.Results, ImmutableArray.Create(""), EquatableArray<SizeBinding>.Empty, EquatableArray<EntryCheck>.Empty, EquatableArray<Assumption>.Empty);
        var entry = new ProximalEntry(rule.Name, rule.Proximal!, 0, _ => null, _ => function, [], (_, _) => null) { Dims = affine.Rank - core.Rank };
        _derivation.Add($"{rule.Name} of {Text(affine)}, by the operator that it declares{(entry.Source.Length > 0 ? $" ({entry.Source})" : "")}");
        return new Atom(entry, weight, affine, core.Inputs.RemoveAt(0), core.Source);
    }

    /// <param name="dims">How many dimensions the function takes together; null for any number.</param>
    private Atom? Find(Node weight, Node core, int? dims = null)
    {
        if (core.Op == Op.Proximable) return Declared(weight, core);
        Atom? atom = null;
        foreach (var found in Candidates(weight, core, dims))
        {
            // The negative of a function may have an entry of its own.
            var isWrong = IsNonpositive(found.Weight);
            if (atom is null || !isWrong) atom = found;
            if (!isWrong) break;
        }
        if (atom is null) return null;
        _derivation.Add($"{atom.Entry.Name} of {(atom.Coordinate is null ? Text(atom.Affine) : $"{atom.Coordinate.Name} of {Text(atom.Affine)}")}{(atom.Entry.Source.Length > 0 ? $" ({atom.Entry.Source})" : "")}");
        return atom;
    }

    private IEnumerable<Atom> Candidates(Node weight, Node core, int? dims)
    {
        foreach (var entry in _catalogue)
        {
            if (dims is not null && entry.Dims != dims) continue;
            foreach (var (isNegative, argument, parameters) in Matches(entry, core))
            {
                if (Place(entry, argument) is not var (affine, coordinate)) continue;
                if (coordinate is not null) RequireAlike(entry, coordinate, parameters.Add(weight), core.Source);
                yield return new Atom(entry, isNegative ? _builder.Neg(weight) : weight, affine, parameters, core.Source) { Coordinate = coordinate };
                break;
            }
        }
    }

    /// <summary>The x and the parameters for which a value is that of a function of the catalogue, or the negative of it.</summary>
    private IEnumerable<(bool IsNegative, Node X, ImmutableArray<Node> Parameters)> Matches(ProximalEntry entry, Node core)
    {
        foreach (var type in entry.Dims == 0 ? [core.Type] : TypesOfArguments(core, entry.Dims))
        {
            foreach (var types in TypesOfParameters(core, type, entry))
            {
                if (entry.Value(types) is not { } pattern || !pattern.Results[0].Type.Equals(core.Type)) continue;
                // Parameters of other types change no operation.
                if (!MayBe(pattern, core)) break;
                var (isNegative, match) = Match(pattern, core, 0, 0);
                // What a parameter decides, and what a power is made of, is another value where it is a number: one that is there, or one that left no trace.
                if (match is null && Deciding(pattern) is { } deciding)
                    (isNegative, match) = Numbers(core).Select(number => Match(pattern, core, deciding, number)).FirstOrDefault(found => found.Match is not null);
                if (match is [var x, .. var bound]) yield return (isNegative, x, bound);
            }
        }
    }

    /// <param name="index">The parameter that is a number; 0 leaves all of them open.</param>
    private (bool IsNegative, ImmutableArray<Node>? Match) Match(Function pattern, Node core, int index, double number)
    {
        var spread = new Spread(_builder);
        var arguments = pattern.Arguments.Select((a, i) => i == index && i > 0 ? _builder.Full(number, a.Node.Type) : spread.CopyParameter(a.Node)).ToImmutableArray();
        if (index > 0) spread.Map(pattern.Arguments[index].Node, arguments[index]);
        var root = spread.Copy(pattern.Results[0]);
        // A minus in front has become part of the weight.
        var isNegative = root.Op == Op.Neg && core.Op != Op.Neg;
        var open = index > 0 ? arguments.RemoveAt(index) : arguments;
        var match = new Unifier(_builder, arguments[0], open.RemoveAt(0), _linear).Solve(isNegative ? root.Inputs[0] : root, core);
        return (isNegative, index > 0 ? match?.Insert(index, arguments[index]) : match);
    }

    private static IEnumerable<double> Numbers(Node core) =>
        Region.Order([core]).Where(n => n.Op == Op.Full && n.Type.IsFloat && Math.Abs(n.Number) < 1e6).Select(n => n.Number).Concat([2, 0.5, 1, -1]).Distinct().ToArray();

    /// <summary>The parameter that alone makes the choices of a pattern that x has no part in, and the exponents of its powers.</summary>
    private static int? Deciding(Function pattern)
    {
        var x = pattern.Arguments[0].Node;
        var decisions = Region.Order([pattern.Results[0]]).Select(n => n.Op is >= Op.Equal and <= Op.GreaterEqual ? n : n.Op == Op.Pow ? n.Inputs[1] : null).OfType<Node>()
            .Select(n => Region.Order([n])).Where(region => !region.Contains(x)).SelectMany(region => region);
        return decisions.Select(n => pattern.Arguments.Select(a => a.Node).ToImmutableArray().IndexOf(n)).Where(i => i > 0).Distinct().ToArray() is [var only] ? only : null;
    }

    /// <summary>A sum over all elements of vectors, matrices or volumes, and over more: the sum over the latter of what the catalogue has for each.</summary>
    private Atom? OfLast(Node weight, Node core)
    {
        var x = core.Inputs[0];
        for (var dims = 1; dims <= 3 && dims < core.Ints.Length; dims++)
        {
            ImmutableArray<int> last = [.. Enumerable.Range(x.Rank - dims, dims)];
            if (!last.All(core.Ints.Contains)) continue;
            var each = _builder.Sum(x, last);
            if (Find(_builder.Unreduce(weight, each.Shape, [.. core.Ints.Where(axis => axis < x.Rank - dims)]), each, dims) is { } atom) return atom with { Source = core.Source };
        }
        return null;
    }

    /// <summary>A look at the operations on what varies, before the pattern is copied: arithmetic may be with 0 or 1, and so not there.</summary>
    private bool MayBe(Function pattern, Node core)
    {
        static bool IsArithmetic(Op op) => op is Op.Add or Op.Sub or Op.Mul or Op.Div or Op.Neg or Op.Pow or Op.Reshape or Op.Broadcast or Op.Full;
        var last = pattern.Results[0];
        while (last.Op is Op.Reshape or Op.Broadcast or Op.Neg) last = last.Inputs[0];
        if (last.Op != core.Op && core.Op != Op.Neg && !IsArithmetic(last.Op)) return false;
        HashSet<Node> varying = [pattern.Arguments[0].Node];
        HashSet<Op> there = [.. Region.Order([core]).Where(_linear.Varies).Select(n => n.Op)];
        return Region.Order([pattern.Results[0]]).All(n => !n.Inputs.Any(varying.Contains) || varying.Add(n) && (IsArithmetic(n.Op) || there.Contains(n.Op)));
    }

    /// <summary>The types that x may have in a function that takes its last dimensions together: a reshape in the function may have become one with a reshape before it.</summary>
    private IEnumerable<TensorType> TypesOfArguments(Node core, int dims) => Region.Order([core])
        .Where(n => n.Type.DType == core.Type.DType && _linear.Varies(n))
        .SelectMany(n => n.Op == Op.Reshape ? new[] { n.Shape, [.. n.Shape.Where(size => !size.IsOne)] } : [n.Shape])
        .Where(shape => shape.Length == core.Rank + dims && shape.Take(core.Rank).SequenceEqual(core.Shape)).Select(core.Type.With).Distinct().ToArray();

    /// <summary>The types that x and the parameters of a function may have: a parameter is one for each sample, or like x, or as it stands.</summary>
    private IEnumerable<ImmutableArray<TensorType>> TypesOfParameters(Node core, TensorType x, ProximalEntry entry)
    {
        IEnumerable<ImmutableArray<TensorType>> all = [[x]];
        if (entry.Parameters == 0) return all;
        TensorType[] candidates = entry.Dims == 0 ? [x] :
        [
            .. new[] { x.With([.. x.Shape.Take(x.Rank - entry.Dims), .. Enumerable.Repeat(Dim.One, entry.Dims)]), x }
                .Concat(Region.Order([core]).Where(n => !_linear.Varies(n) && n.Type.DType == x.DType && n.Rank > 0).SelectMany(n => n.Rank == 2 ? new[] { n.Type, n.Type.With([n.Shape[1], n.Shape[0]]) } : [n.Type])).Distinct(),
        ];
        for (var i = 0; i < entry.Parameters; i++) all = all.SelectMany(types => candidates.Select(types.Add));
        return all;
    }

    // ---- The operator of the terms ----

    /// <summary>The operator of the functions of one affine value: where it is taken, its value, and the diagonal of L D Lᵀ.</summary>
    private (Node At, Node Point, Node Gram) Of(IGrouping<Node, Atom> group, Node u, Node d)
    {
        var at = _linear.At(group.Key, u);
        var gram = Premise(group, () => _linear.Gram(group.Key, d));
        var point = Chain(group).Aggregate(at, (p, atom) => Apply(atom, p, gram));
        return (at, point, gram);
    }

    private static T Premise<T>(IEnumerable<Atom> group, Func<T> proof)
    {
        try
        {
            return proof();
        }
        catch (NoProximalOperatorException no)
        {
            var atom = group.First();
            throw new NoProximalOperatorException(
                $"{atom.Name} has a proximal operator, and {no.Message}; a splitting does without that of the whole: Algorithm.ChambollePock takes {atom.Name} and the linear map apart", no.At ?? atom.Source);
        }
    }

    private Node Apply(Atom atom, Node at, Node gram)
    {
        var b = _builder;
        if (!atom.Branches.IsEmpty) return OfLeast(atom, at, gram);
        if (atom.Perspective is not null) return OfPerspective(atom, at, gram);
        if (atom.Coordinate is { } coordinate) return Through(coordinate, atom, at, gram);
        var entry = atom.Entry;
        Node? step = null;
        var weight = Nonnegative(atom.Weight, $"the weight of {entry.Name}", atom.Source);
        var scale = Scale(atom, at, gram);
        if (!entry.IsSet)
        {
            step = b.Mul(weight, scale);
            step = b.Reshape(step, [.. step.Shape, .. Enumerable.Repeat(Dim.One, entry.Dims)]);
        }
        ImmutableArray<Node> arguments = step is null ? [at, .. atom.Parameters] : [at, step, .. atom.Parameters];
        var function = entry.Operator([.. arguments.Select(a => a.Type)])
            ?? throw new NoProximalOperatorException($"the operator of {entry.Name} does not take {string.Join(", ", arguments.Select(a => a.Type))}", atom.Source);
        var copier = new Copier(b, null, _names);
        for (var i = 0; i < arguments.Length; i++) copier.Map(function.Arguments[i].Node, arguments[i]);
        return copier.Copy(function.Results[0]);
    }

    /// <summary>What is the same for all elements that a function takes together.</summary>
    private Node Scale(Atom atom, Node at, Node gram) => _linear.Uniform(gram, [.. Enumerable.Range(at.Rank - atom.Dims, atom.Dims)])
        ?? throw new NoProximalOperatorException($"{atom.Name} takes {(atom.Dims switch { 1 => "a vector", 2 => "a matrix", 3 => "a volume", _ => "a block" })} together, whose elements have different scales or quadratic terms; a splitting takes these apart: Algorithm.DavisYin", atom.Source);

    /// <summary>The functions of one value in an order in which their operators follow one another.</summary>
    private IReadOnlyList<Atom> Chain(IGrouping<Node, Atom> group) => Chain([.. group]) ?? throw new NoProximalOperatorException(
        $"no rule gives the operator of the sum of {string.Join(" and ", group.Select(a => a.Name))} of the same values; {EachAlone}", group.Last().Source);

    private IReadOnlyList<Atom>? Chain(IReadOnlyList<Atom> atoms)
    {
        if (atoms.Count == 1) return atoms;
        // Functions of one coordinate follow one another as functions of it.
        if (atoms[0].Coordinate is { } coordinate && atoms.All(a => ReferenceEquals(a.Coordinate, coordinate)))
            return Chain([.. atoms.Select(a => a with { Coordinate = null })]) is { } inner ? [.. inner.Select(a => a with { Coordinate = coordinate })] : null;
        if (atoms.All(a => a.Dims == 0))
        {
            return atoms.Count(a => !a.FollowsSeparable) <= 1 && atoms.All(a => a.IsConvex)
                ? InOrder(atoms.OrderBy(a => a.FollowsSeparable), "functions of one number (Combettes and Pesquet 2007, proposition 12)")
                : null;
        }
        foreach (var last in atoms.Where(a => a.FollowsHomogeneous))
        {
            Atom[] others = [.. atoms.Where(a => !ReferenceEquals(a, last))];
            if (others.All(a => a.IsHomogeneous && a.Dims <= last.Dims) && Chain(others) is { } chain)
                return InOrder(chain.Append(last), "the others are positively homogeneous (Yu 2013, theorem 4)");
        }
        if (atoms.Where(a => a.Dims > 0).ToArray() is [{ PrecedesAlike: true } first])
        {
            Atom[] others = [.. atoms.Where(a => a.Dims == 0)];
            bool IsAlike(Node node) => _linear.Uniform(node, [.. Enumerable.Range(node.Rank - first.Dims, first.Dims)]) is not null;
            if (others.All(a => a.IsConvex && IsAlike(a.Weight) && a.Parameters.All(IsAlike)) && Chain(others) is { } chain)
                return InOrder(chain.Prepend(first), $"functions of one number, the same for all elements, keep what {first.Name} reads of their order (Yu 2013)");
        }
        return null;

        IReadOnlyList<Atom> InOrder(IEnumerable<Atom> order, string why)
        {
            Atom[] chain = [.. order];
            _derivation.Add($"sum: the operator of {string.Join(", then that of ", chain.Select(a => a.Name))}; {why}");
            return chain;
        }
    }

    /// <summary>Values that read different elements of x have ranges that are orthogonal to each other.</summary>
    private void RequireOrthogonal(IGrouping<Node, Atom>[] groups)
    {
        for (var i = 0; i < groups.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (_linear.AreApart(groups[i].Key, groups[j].Key)) continue;
                string NameOf(int group) => groups[group].First().Name;
                throw new NoProximalOperatorException(
                    $"{NameOf(j)} and {NameOf(i)} take different values of the same elements of x, and no rule gives the operator of their sum; {EachAlone}",
                    groups[i].First().Source);
            }
        }
        if (groups.Length > 1) _derivation.Add("separable sum: blocks of x that have no element in common (Beck 2017, 6.6)");
    }

    /// <summary>argmin of ½ Σ weight (L p + c)² + curvature p²/2 + |p|²/2 - ⟨u, p⟩: linear equations in the vectors that a matrix multiplies.</summary>
    private Node LeastSquares(Node u, Node? curvature, Node metric, List<(Node Weight, Node Affine)> squares)
    {
        var b = _builder;
        const string Split = "a splitting takes the gradient of the squares instead: Algorithm.Fista with these as the smooth function";
        if (_atoms.Count > 0)
            throw new NoProximalOperatorException($"beside {_atoms[0].Name} the function has squares of sums of elements of x, and no rule gives the operator of both; {Split}", squares[0].Affine.Source);
        Node? system = null;
        var isColumn = false;
        foreach (var (weight, affine) in squares)
        {
            if (MatrixOf(affine) is not var (matrix, scale, left) || _linear.Uniform(weight, [.. Enumerable.Range(0, weight.Rank)]) is not { } number || system is not null && left != isColumn)
                throw new NoProximalOperatorException($"the squares of {Text(affine)} are not those of x times a matrix; {Split}", affine.Source);
            // Of a vector x, A x; of rows x, x A.
            isColumn = left;
            number = b.Mul(number, b.Mul(scale, scale));
            var gram = left ? b.Dot(b.Transpose(matrix), matrix) : b.Dot(matrix, b.Transpose(matrix));
            gram = b.Mul(gram, b.Broadcast(Nonnegative(number, "the weight of a square", affine.Source), gram.Shape, []));
            system = system is null ? gram : b.Add(system, gram);
        }
        Node Same(Node node) => _linear.Uniform(node, [.. Enumerable.Range(0, node.Rank)])
            ?? throw new NoProximalOperatorException($"the weights of squares of single elements differ beside squares of sums; {Split}", squares[0].Affine.Source);
        var diagonal = Same(metric);
        if (curvature is not null) diagonal = b.Add(diagonal, Same(curvature));
        var shape = system!.Shape;
        var isDiagonal = b.Pointwise(Op.Equal, b.Iota(shape, 0, DType.Int64), b.Iota(shape, 1, DType.Int64));
        system = b.Add(system, b.Where(isDiagonal, b.Broadcast(diagonal, shape, []), b.Full(0, system.Type)));
        _derivation.Add("squares: ½|A x - b|² has (I + step AᵀA)⁻¹(x + step Aᵀb) (Beck 2017, 6.2.3)");
        var rows = Dim.Product(u.Shape.RemoveAt(u.Rank - 1));
        var right = isColumn ? u.Rank == 1 ? b.Reshape(u, [u.Shape[0], Dim.One]) : u : b.Transpose(b.Reshape(u, [rows, u.Shape[u.Rank - 1]]));
        var solution = b.Call("Solve", right.Type, [system, right]);
        return b.Reshape(isColumn ? solution : b.Transpose(solution), u.Shape);
    }

    /// <summary>The matrix, the factor in front, and the side from which it multiplies the vectors of x.</summary>
    private (Node Matrix, Node Scale, bool IsLeft)? MatrixOf(Node affine)
    {
        var b = _builder;
        var scale = b.Full(1, affine.Type.DType, []);
        for (var node = affine; ;)
        {
            if (node.Inputs.Where(_linear.Varies).ToArray() is not [var input]) return null;
            switch (node.Op)
            {
                case Op.Add or Op.Reshape:
                    break;
                case Op.Neg or Op.Sub:
                    if (ReferenceEquals(node.Inputs[node.Inputs.Length - 1], input)) scale = b.Neg(scale);
                    break;
                case Op.Mul or Op.Div:
                    var factor = node.Inputs.First(n => !_linear.Varies(n));
                    if (_linear.Uniform(factor, [.. Enumerable.Range(0, factor.Rank)]) is not { } number) return null;
                    scale = node.Op == Op.Mul ? b.Mul(scale, number) : b.Div(scale, number);
                    break;
                case Op.Dot:
                    var isLeft = ReferenceEquals(node.Inputs[1], input);
                    var matrix = node.Inputs[isLeft ? 0 : 1];
                    if (matrix.Op == Op.Broadcast && matrix.Ints.SequenceEqual([matrix.Rank - 2, matrix.Rank - 1])) matrix = matrix.Inputs[0];
                    var vectors = input;
                    while (vectors.Op == Op.Reshape) vectors = vectors.Inputs[0];
                    if (!ReferenceEquals(vectors, _x) || matrix.Rank != 2 || isLeft && _x.Rank > 2) return null;
                    var size = isLeft ? matrix.Shape[1] : matrix.Shape[0];
                    return size.Equals(_x.Shape[isLeft ? 0 : _x.Rank - 1]) ? (matrix, scale, isLeft) : null;
                default:
                    return null;
            }
            node = input;
        }
    }

    /// <summary>A weight: NaN where it is negative, unless it cannot be.</summary>
    private Node Nonnegative(Node weight, string what, Surface? source)
    {
        if (IsNonnegative(weight)) return weight;
        if (IsNonpositive(weight)) throw new NoProximalOperatorException($"{what} is negative, and a negative multiple of a convex function is not convex", source);
        return UnlessNegative(weight);
    }

    private Node UnlessNegative(Node node) =>
        _builder.Where(_builder.Pointwise(Op.GreaterEqual, node, _builder.Zeros(node.Type)), node, _builder.Full(double.NaN, node.Type));

    private bool IsNonnegative(Node node) => ReferenceEquals(node, _step) || ReferenceEquals(node, _inverse) || node.Op switch
    {
        Op.Full => node.Number >= 0,
        Op.Size or Op.Exp or Op.Abs or Op.Relu or Op.Sqrt or Op.Rsqrt or Op.Sigmoid or Op.Softplus => true,
        Op.Mul when ReferenceEquals(node.Inputs[0], node.Inputs[1]) => true,
        Op.Max => node.Inputs.Any(IsNonnegative),
        Op.Add or Op.Mul or Op.Div or Op.Min or Op.Broadcast or Op.Permute or Op.Reshape or Op.Slice or Op.ReduceSum or Op.Cast => node.Inputs.All(IsNonnegative),
        Op.Where => node.Inputs.Skip(1).All(IsNonnegative),
        _ => false,
    };

    private bool IsNonpositive(Node node) => node.Op switch
    {
        Op.Full => node.Number <= 0,
        Op.Neg => IsNonnegative(node.Inputs[0]),
        Op.Mul or Op.Div => node.Inputs.Any(IsNonnegative) && node.Inputs.Any(IsNonpositive),
        Op.Add or Op.Broadcast or Op.Permute or Op.Reshape or Op.Slice or Op.ReduceSum or Op.Cast => node.Inputs.All(IsNonpositive),
        _ => false,
    };
}
