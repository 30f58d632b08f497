using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>Functions of lengths, singular values and eigenvalues; the least of several; infimal convolutions; functions of distances; images.</summary>
internal sealed partial class Prox
{
    private readonly Dictionary<Node, Coordinate?> _coordinates = [];

    /// <summary>What a function takes of an affine value: its length, its singular values or its eigenvalues.</summary>
    /// <param name="Value">Of the affine value.</param>
    /// <param name="Dims">How many of the last dimensions of the affine value it takes together.</param>
    /// <param name="Back">The nearest point that has given coordinates: from a point, the coordinates of it, and those.</param>
    private sealed record Coordinate(string Name, Node Value, Node Affine, int Dims, Func<Node, Node, Node, Node> Back)
    {
        public bool IsLength => Dims == 1;

        /// <summary>Whether the order of the coordinates, and their signs, are none of the value's.</summary>
        public bool Takes(ProximalEntry entry) => entry.Dims switch
        {
            0 => Name == Eigenvalues || entry.IsSymmetric,
            1 => !IsLength && entry.IsSymmetric,
            _ => false,
        };
    }

    private const string Eigenvalues = "the eigenvalues";

    /// <summary>The affine value that a function of the catalogue takes, and of which coordinate; null where there is none.</summary>
    private (Node Affine, Coordinate? Coordinate)? Place(ProximalEntry entry, Node argument)
    {
        if (_linear.IsAffine(argument)) return (argument, null);
        return CoordinateOf(argument) is { } coordinate && coordinate.Takes(entry) ? (coordinate.Affine, coordinate) : null;
    }

    private Coordinate? CoordinateOf(Node node)
    {
        if (_coordinates.TryGetValue(node, out var known)) return known;
        return _coordinates[node] = Spectrum(node) ?? Length(node);
    }

    /// <summary>Along a vector: p x / |x|; where x is 0, along the diagonal.</summary>
    private Coordinate? Length(Node node)
    {
        var b = _builder;
        foreach (var entry in _catalogue.Where(entry => entry.IsLength))
        {
            if (Matches(entry, node).FirstOrDefault(match => !match.IsNegative && _linear.IsAffine(match.X)) is { X: { } affine }) return new("the length", node, affine, entry.Dims, Back);
        }
        return null;

        Node Back(Node at, Node length, Node point)
        {
            ImmutableArray<int> last = [at.Rank - 1];
            Node Wide(Node value) => b.Unreduce(value, at.Shape, last);
            var isZero = b.Pointwise(Op.Equal, length, b.Zeros(length.Type));
            var share = b.Div(point, b.Where(isZero, b.Full(1, length.Type), length));
            var even = b.Pointwise(Op.Rsqrt, b.Broadcast(b.Size(at.Shape[at.Rank - 1], at.Type.DType), at.Shape, []));
            return b.Mul(b.Where(Wide(isZero), even, at), Wide(share));
        }
    }

    /// <summary>Of a matrix U σ Vᵀ, or V λ Vᵀ: the same with other values.</summary>
    private Coordinate? Spectrum(Node node)
    {
        var b = _builder;
        if (node is not { Op: Op.Reshape, Inputs: [{ Op: Op.Slice, Inputs: [{ Op: Op.Call, Text: "Svd" or "Eigh" } call] } row] } || !row.Dims[row.Rank - 2].Equals(Dim.Zero) || !row.Shape[row.Rank - 2].IsOne) return null;
        var isSvd = call.Text == "Svd";
        // Eigenvalues are those of the symmetric part.
        var affine = isSvd ? call.Inputs[0] : call.Inputs[0].Inputs.SelectMany(sum => sum.Inputs).FirstOrDefault(part => part.Op != Op.Permute);
        if (affine is null || !_linear.IsAffine(affine)) return null;
        return new(isSvd ? "the singular values" : Eigenvalues, node, affine, 2, Back);

        Node Back(Node at, Node values, Node point)
        {
            var all = values.Inputs[0].Inputs[0];
            Dim one = Dim.One, rows = at.Shape[at.Rank - 2], columns = at.Shape[at.Rank - 1];
            Node Rows(Dim start, Dim count) =>
                b.Slice(all, [.. Enumerable.Range(0, at.Rank).Select(axis => axis == at.Rank - 2 ? start : Dim.Zero)], at.Shape.SetItem(at.Rank - 2, count));
            var left = Rows(one, rows);
            var right = isSvd ? Rows(one + rows, columns) : left;
            var moved = b.Dot(b.Mul(left, b.Unreduce(point, left.Shape, [at.Rank - 2])), b.Transpose(right));
            // What is not symmetric has no eigenvalues, and stays.
            return isSvd ? moved : b.Add(moved, b.Scale(b.Sub(at, b.Transpose(at)), 0.5));
        }
    }

    /// <summary>A function of singular values or eigenvalues is one of their set: none has a weight or a parameter of its own.</summary>
    private void RequireAlike(ProximalEntry entry, Coordinate coordinate, IEnumerable<Node> nodes, Surface? at)
    {
        if (coordinate.IsLength || entry.Dims > 0) return;
        if (nodes.Any(node => node.Type.Equals(coordinate.Value.Type) && _linear.Uniform(node, [node.Rank - 1]) is null))
            throw new NoProximalOperatorException($"{entry.Name} takes {coordinate.Name} of a matrix, and their weights or parameters differ", at);
    }

    /// <summary>The operator of a function of coordinates: they move as its own operator says, and the point with them.</summary>
    private Node Through(Coordinate coordinate, Atom atom, Node at, Node gram)
    {
        var scale = Scale(atom, at, gram);
        var values = _linear.At(coordinate.Value, at, coordinate.Affine);
        var point = Apply(atom with { Coordinate = null }, values, _builder.Broadcast(scale, values.Shape, [.. Enumerable.Range(0, scale.Rank)]));
        _derivation.Add(coordinate.IsLength
            ? $"{atom.Name} of a length: x p / |x| with the operator p at |x| (Beck 2017, 6.18)"
            : $"{atom.Name} of {coordinate.Name}: the same singular or eigenvectors, with the operator's values (Beck 2017, 7.18 and 7.29)");
        return coordinate.Back(at, values, point);
    }

    /// <summary>The least of functions of the catalogue of the same affine value, and of constants; null where it is none.</summary>
    private Atom? Least(Node weight, Node core)
    {
        var branches = core.Inputs.Select(value => (Value: value, Atom: _linear.Varies(value) ? Alone(value) : null)).ToImmutableArray();
        var atoms = branches.Select(branch => branch.Atom).OfType<Atom>().ToArray();
        if (atoms.Length == 0 || branches.Any(branch => branch.Atom is null && _linear.Varies(branch.Value))) return null;
        return atoms.All(atom => ReferenceEquals(atom.Affine, atoms[0].Affine) && atom.Dims == atoms[0].Dims) ? atoms[0] with { Weight = weight, Source = core.Source, Branches = branches } : null;
    }

    /// <summary>The one function of the catalogue that a value is a multiple of, up to a constant; null where it is more.</summary>
    private Atom? Alone(Node value)
    {
        var alone = new Prox(this, value);
        alone.Collect(_builder.Full(1, value.Type), value);
        alone._atoms.AddRange(alone._squares.Select(alone.Halved));
        return alone is { _atoms: [var atom], _lines.Count: 0 } && atom.Weight.Type.Equals(value.Type) ? atom : null;
    }

    private Node OfLeast(Atom atom, Node at, Node gram)
    {
        var b = _builder;
        ImmutableArray<int> last = [.. Enumerable.Range(at.Rank - atom.Dims, atom.Dims)];
        var weight = Nonnegative(atom.Weight, $"the weight of {atom.Name}", atom.Source);
        Node? best = null, least = null;
        foreach (var (value, branch) in atom.Branches)
        {
            var point = branch is null ? at : Apply(branch with { Weight = b.Mul(weight, branch.Weight) }, at, gram);
            var move = b.Sub(point, at);
            var distance = b.Sum(b.Div(b.Mul(move, move), b.Scale(gram, 2)), last);
            var objective = b.Add(b.Mul(weight, branch is null ? value : _linear.At(value, point, atom.Affine)), distance);
            var isBetter = least is null ? null : b.Pointwise(Op.Less, objective, least);
            best = isBetter is null ? point : b.Where(b.Unreduce(isBetter, at.Shape, last), point, best!);
            least = isBetter is null ? objective : b.Where(isBetter, objective, least!);
        }
        _derivation.Add($"{atom.Name}: the better of their operators, by value and distance");
        return best!;
    }

    /// <summary>The operator of min_y f(y) + g(x - y): x - (I - prox of g)(I - prox of f) x, where the operator of the conjugate g* follows that of f*.</summary>
    private Node Convolution(Node v, Node step)
    {
        var b = _builder;
        var count = _derivation.Count;
        Prox one = Parts(_result), two = Parts(_other!);
        _derivation.RemoveRange(count, _derivation.Count - count);
        one.RequireConvex("an infimal convolution is known of");
        two.RequireConvex("an infimal convolution is known of");
        var (f, g) = two.EndsConvolution(one) ? (_result, _other!) : one.EndsConvolution(two) ? (_other!, _result) : throw new NoProximalOperatorException(
            "the infimal convolution has no rule: one of both is a multiple of a positively homogeneous function of each element of x, beside functions of each element, or a multiple of L2Norm, or L2Ball, of x, beside a set",
            _other!.Source);
        var rest = b.Sub(v, new Prox(this, f).Operator(v, step));
        var p = b.Sub(v, b.Sub(rest, new Prox(this, g).Operator(rest, step)));
        _derivation.Add("infimal convolution of f and g: x - (I - prox of g)(I - prox of f) x, from the sum of their conjugates (Bauschke and Combettes 2017, 13.24; Moreau 1965)");
        return p;

        Prox Parts(Node result)
        {
            var prox = new Prox(this, result);
            prox.Collect(b.Full(1, result.Type), result);
            return prox;
        }
    }

    /// <summary>The operator of φ of the distance from a set: P x + (prox of φ at d) / d (x - P x) with the projection P and the distance d.</summary>
    private Node OfDistance(Node v, Node step)
    {
        var (b, distance) = (_builder, _distance!);
        var projection = Projection(v, step);
        var phi = new Prox(this, _other!, distance);
        phi.Collect(step, _other!);
        phi.RequireConvex("a function of a distance has an operator for");
        foreach (var atom in phi._atoms)
            if (atom is not { Entry.IsSymmetric: true, Branches.IsEmpty: true, Perspective: null } || !phi.IsMultiple(atom.Affine)) throw NotRising(atom.Name, atom.Source);
        foreach (var (_, affine) in phi._squares)
            if (!phi.IsMultiple(affine)) throw NotRising($"the square of {Text(affine)}", affine.Source);
        for (var i = 0; i < phi._lines.Count; i++)
        {
            var (weight, affine) = phi._lines[i];
            if (!phi.IsMultiple(affine)) throw NotRising(Text(affine), affine.Source);
            phi._lines[i] = (Nonnegative(phi._linear.Adjoint(affine, weight), "the slope of a distance", affine.Source), distance);
        }
        ImmutableArray<int> axes = [.. Enumerable.Range(step.Rank, v.Rank - step.Rank)];
        var away = b.Sub(v, projection);
        var square = b.Sum(b.Mul(away, away), axes);
        var (zero, one) = (b.Zeros(square.Type), b.Full(1, square.Type));
        var isAway = b.Pointwise(Op.Greater, square, zero);
        var length = b.Pointwise(Op.Sqrt, b.Where(isAway, square, one));
        // A slope at 0 takes no point beyond the set.
        var rest = b.Pointwise(Op.Relu, phi.OfTerms(length, b.Full(1, distance.Type)));
        var share = b.Where(isAway, b.Div(rest, length), zero);
        _derivation.Add("function of a distance: P x + (prox of φ at d) / d (x - P x) with the projection P and the distance d; the set is convex, φ is convex and rises from 0 on (Bauschke and Combettes 2017, 24.27)");
        return b.Add(projection, b.Mul(b.Unreduce(share, v.Shape, axes), away));

        static NoProximalOperatorException NotRising(string what, Surface? at) => new(
            $"a function of a distance is convex and rises from 0 on, as a function of the catalogue with φ(-t) = φ(t), a square or a multiple of the distance does, and {what} is not known to; a splitting takes the set and a smooth function of the distance apart: Algorithm.Ista with the gradient of the latter", at);
    }

    /// <summary>Whether a value is a multiple of x, with nothing added.</summary>
    private bool IsMultiple(Node node) => ReferenceEquals(node, _x) || node.Op switch
    {
        Op.Neg or Op.Reshape => IsMultiple(node.Inputs[0]),
        Op.Mul or Op.Div => node.Inputs.Where(_linear.Varies).ToArray() is [var only] && IsMultiple(only),
        _ => false,
    };

    /// <summary>The operator of min f(x) over L x = y: L x for the least of f(x) + |L x - y|²/2, which is f with other quadratic terms where LᵀL is diagonal.</summary>
    private Node Image(Node v, Node step)
    {
        var (b, map) = (_builder, _other!);
        if (!_linear.Varies(map) || !_linear.IsAffine(map)) throw new NoProximalOperatorException($"an image is one under a linear map, and the map is not linear in {_x.Text}", map.Source);
        if (!map.Type.Equals(_x.Type)) throw new NoProximalOperatorException($"an image is taken under a map that keeps the shape: it gives {map.Type} for {_x.Text}, which is {_x.Type}", map.Source);
        Node metric;
        try
        {
            metric = _linear.Normal(map, b.Full(1, map.Type));
        }
        catch (NoProximalOperatorException no)
        {
            throw new NoProximalOperatorException($"{no.Message}; a splitting does without it: Algorithm.Fista over {_x.Text} itself, with the map in the smooth function", no.At);
        }
        Collect(step, _result);
        var least = OfTerms(_linear.Adjoint(map, v), metric);
        _derivation.Add("image: prox at y is L x for the least of f(x) + |L x - y|²/2, where LᵀL is diagonal: f with quadratic terms, at Lᵀ y (Bauschke and Combettes 2017, definition 12.34)");
        return _linear.At(map, least);
    }

    /// <summary>Whether the operator of the conjugate of this function follows that of another one's: an interval follows functions of each element, a ball and its norm follow homogeneous functions.</summary>
    private bool EndsConvolution(Prox other) =>
        this is { _atoms: [{ Coordinate: null, Branches.IsEmpty: true } only], _lines.Count: 0, _squares.Count: 0 } && ReferenceEquals(only.Affine, _x)
        && (only.Dims == 0 ? only.IsHomogeneous && other.TakesElements() : only.FollowsHomogeneous && other.IsSetOf(only.Dims));

    private bool TakesElements() => _atoms.All(atom => atom.Dims == 0 && _linear.ReadsOne(atom.Affine)) && _squares.All(square => _linear.ReadsOne(square.Affine));

    private bool IsSetOf(int dims) => _lines.Count == 0 && _squares.Count == 0 && _atoms.All(atom => atom.IsSet && atom.Dims <= dims && ReferenceEquals(atom.Affine, _x));
}
