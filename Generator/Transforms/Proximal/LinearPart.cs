using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>What is linear in x: which values of a function are affine in it, and of those the linear map, its adjoint and its product with the adjoint.</summary>
/// <param name="facts">What is known of the sizes.</param>
/// <param name="tight">The nodes of matrices whose rows or columns are declared orthonormal, whichever the products need.</param>
internal sealed class LinearPart(Builder builder, Node x, CounterNames names, Dim.Facts facts, ImmutableArray<Node> tight)
{
    private readonly Dictionary<Node, bool> _varies = [];
    private readonly Dictionary<Node, bool> _affine = [];

    /// <summary>The same of another variable.</summary>
    public LinearPart By(Node variable) => new(builder, variable, names, facts, tight);

    public bool Varies(Node node)
    {
        if (_varies.TryGetValue(node, out var varies)) return varies;
        foreach (var n in Region.Order([node]))
            if (!_varies.ContainsKey(n)) _varies[n] = ReferenceEquals(n, x) || n.Inputs.Any(input => _varies[input]);
        return _varies[node];
    }

    public bool IsAffine(Node node)
    {
        if (_affine.TryGetValue(node, out var affine)) return affine;
        return _affine[node] = !Varies(node) || ReferenceEquals(node, x) || node.Op switch
        {
            Op.Neg or Op.Add or Op.Sub or Op.Broadcast or Op.Permute or Op.Reshape or Op.Slice or Op.Pad or Op.Concat or Op.ReduceSum or Op.Window or Op.UpdateAdd => node.Inputs.All(IsAffine),
            Op.Mul or Op.Dot => !node.Inputs.All(Varies) && node.Inputs.All(IsAffine),
            Op.Div or Op.Gather => !Varies(node.Inputs[1]) && IsAffine(node.Inputs[0]),
            Op.ScatterAdd => !Varies(node.Inputs[1]) && IsAffine(node.Inputs[0]) && IsAffine(node.Inputs[2]),
            Op.Where => !Varies(node.Inputs[0]) && node.Inputs.Skip(1).All(IsAffine),
            // A transposed convolution.
            Op.Loop => IsSum(node) && node.Inputs.All(IsAffine),
            Op.Result => IsAffine(node.Inputs[0]),
            _ => false,
        };
    }

    /// <summary>Whether a loop does nothing but add up elements of what it is given, as the transpose of windows does.</summary>
    public static bool IsSum(Node node) =>
        node.Loop is { Solver: null } loop
        && loop.Body.Schedule().All(step => step.Op is Op.Parameter or Op.Add or Op.UpdateAdd or Op.Permute or Op.Reshape or Op.Slice or Op.Broadcast);

    /// <summary>The same value with another one in the place of x, or of what it reads of x.</summary>
    public Node At(Node node, Node value, Node? read = null)
    {
        var copier = new Copier(builder, null, names);
        copier.Map(read ?? x, value);
        foreach (var same in Fixed(node)) copier.Map(same, same);
        return copier.Copy(node);
    }

    /// <summary>Lᵀ y of an affine value L x + c.</summary>
    public Node Adjoint(Node affine, Node y)
    {
        var direction = builder.Parameter("d" + x.Text, x.Type);
        var transposer = new Transposer(builder, names, node => node, null);
        transposer.AddParameter(direction);
        transposer.Run([Change(affine, direction)], [y]);
        return transposer.Cotangent(direction) ?? builder.Zeros(x.Type);
    }

    /// <summary>L v of an affine value L x + c.</summary>
    public Node Apply(Node affine, Node v) => Change(affine, v);

    private Node Change(Node affine, Node direction)
    {
        var jvp = new Jvp(builder, names);
        jvp.Set(x, x, direction);
        foreach (var same in Fixed(affine)) jvp.Set(same, same, null);
        jvp.Run([affine]);
        return jvp.Tangent(affine) ?? builder.Zeros(affine.Type);
    }

    /// <summary>What does not vary is used as it is, not computed a second time.</summary>
    private IEnumerable<Node> Fixed(Node node) => Region.Order([node]).Where(n => !Varies(n) && n.Op != Op.Loop);

    /// <summary>Whether every element of an affine value reads one element of x: then LᵀL is diagonal.</summary>
    public bool ReadsOne(Node node) => ReferenceEquals(node, x) || node.Op switch
    {
        Op.Neg or Op.Broadcast or Op.Permute or Op.Reshape or Op.Slice or Op.Gather => ReadsOne(node.Inputs[0]),
        Op.Add or Op.Sub or Op.Mul or Op.Div => node.Inputs.Where(Varies).ToArray() is [var only] && ReadsOne(only),
        _ => false,
    };

    /// <summary>
    /// The x at which an affine value that only moves, scales and shifts is the given one; null where it does more.
    /// </summary>
    public Node? Invert(Node node, Node value)
    {
        if (ReferenceEquals(node, x)) return value;
        Node a = node.Inputs[0], b = node.Inputs.Length > 1 ? node.Inputs[1] : a;
        return node.Op switch
        {
            Op.Neg => Invert(a, builder.Neg(value)),
            Op.Permute => Invert(a, builder.Permute(value, [.. Enumerable.Range(0, node.Rank).Select(axis => node.Ints.IndexOf(axis))])),
            Op.Reshape => Invert(a, builder.Reshape(value, a.Shape)),
            Op.Add when !Varies(b) => Invert(a, builder.Sub(value, b)),
            Op.Add when !Varies(a) => Invert(b, builder.Sub(value, a)),
            Op.Sub when !Varies(b) => Invert(a, builder.Add(value, b)),
            Op.Sub when !Varies(a) => Invert(b, builder.Sub(a, value)),
            Op.Mul when !Varies(b) => Invert(a, builder.Div(value, b)),
            Op.Mul when !Varies(a) => Invert(b, builder.Div(value, a)),
            Op.Div => Invert(a, builder.Mul(value, b)),
            _ => null,
        };
    }

    /// <summary>The diagonal of L D Lᵀ of an affine value L x + c, where that product is diagonal for the diagonal D.</summary>
    /// <exception cref="NoProximalOperatorException">The product is not diagonal, or it is not known to be.</exception>
    public Node Gram(Node node, Node d)
    {
        if (ReferenceEquals(node, x)) return d;
        var varying = node.Inputs.Where(Varies).Distinct().ToArray();
        var input = varying[0];
        switch (node.Op)
        {
            case Op.Neg:
                return Gram(input, d);
            case Op.Add or Op.Sub when varying.Length == 1 && node.Inputs.Count(Varies) == 1:
                return Gram(input, d);
            case Op.Mul:
                var factor = node.Inputs.First(n => !Varies(n));
                return builder.Mul(Gram(input, d), builder.Mul(factor, factor));
            case Op.Div:
                return builder.Div(Gram(input, d), builder.Mul(node.Inputs[1], node.Inputs[1]));
            // What moves or leaves out elements does so with the diagonal; groups that are summed have no element in common.
            case Op.Permute or Op.Reshape or Op.Slice or Op.ReduceSum:
            case Op.Broadcast when Enumerable.Range(0, node.Rank).All(axis => node.Ints.Contains(axis) || node.Shape[axis].IsOne):
                return builder.Rebuild(node, [Gram(input, d)]);
            case Op.Dot:
                var isLeft = ReferenceEquals(node.Inputs[0], input);
                var matrix = node.Inputs[isLeft ? 1 : 0];
                if (!IsTight(matrix))
                    throw No(node, "L Lᵀ is not known to be a multiple of the identity: name the matrix in Tight if its rows or columns are orthonormal");
                // Through an orthonormal matrix only a multiple of the identity stays one.
                var axis = isLeft ? node.Rank - 1 : node.Rank - 2;
                var uniform = Uniform(Gram(input, d), [axis]) ?? throw No(node, "the elements that are multiplied by the matrix have different scales");
                return builder.Unreduce(uniform, node.Shape, [axis]);
            // Of values that read different elements the products with each other are zero.
            case Op.Add or Op.Sub when AreApart(node.Inputs[0], node.Inputs[1]):
                return builder.Add(Gram(node.Inputs[0], d), Gram(node.Inputs[1], d));
            case Op.Concat when node.Inputs.All(Varies) && Enumerable.Range(0, node.Inputs.Length).All(i => Enumerable.Range(0, i).All(j => AreApart(node.Inputs[i], node.Inputs[j]))):
                return builder.Rebuild(node, [.. node.Inputs.Select(part => Gram(part, d))]);
            case Op.Add or Op.Sub or Op.Concat or Op.UpdateAdd or Op.Window or Op.Gather or Op.ScatterAdd:
                throw No(node, "L Lᵀ is not diagonal: elements of the result read the same elements of x");
            case Op.Broadcast:
                throw No(node, "L Lᵀ is not diagonal: the result repeats elements of x");
            default:
                throw No(node, "L Lᵀ is not known to be diagonal");
        }
    }

    /// <summary>The diagonal of Lᵀ D L of a linear value L x, where that product is diagonal for the diagonal D.</summary>
    /// <exception cref="NoProximalOperatorException">The value is not linear, or the product is not known to be diagonal.</exception>
    public Node Normal(Node node, Node d)
    {
        if (ReferenceEquals(node, x)) return d;
        if (node.Inputs.Where(Varies).ToArray() is not [var input]) throw NoImage(node, "LᵀL is not known to be diagonal");
        switch (node.Op)
        {
            case Op.Neg:
                return Normal(input, d);
            case Op.Mul or Op.Div:
                var factor = node.Inputs.First(n => !Varies(n));
                if (factor is { Op: Op.Full, Number: 0 }) throw NoImage(node, "L is not invertible");
                var square = builder.Mul(factor, factor);
                return Normal(input, node.Op == Op.Mul ? builder.Mul(d, square) : builder.Div(d, square));
            case Op.Permute:
                return Normal(input, builder.Permute(d, [.. Enumerable.Range(0, node.Rank).Select(axis => node.Ints.IndexOf(axis))]));
            case Op.Reshape:
                return Normal(input, builder.Reshape(d, input.Shape));
            case Op.Dot when input.Shape.SequenceEqual(node.Shape):
                var isLeft = ReferenceEquals(node.Inputs[0], input);
                if (!IsTight(node.Inputs[isLeft ? 1 : 0])) throw NoImage(node, "LᵀL is not known to be a multiple of the identity: name the matrix in Tight if it is orthogonal");
                var axis = isLeft ? node.Rank - 1 : node.Rank - 2;
                var uniform = Uniform(d, [axis]) ?? throw NoImage(node, "the products with the matrix have different scales");
                return Normal(input, builder.Unreduce(uniform, input.Shape, [axis]));
            case Op.Add or Op.Sub:
                throw NoImage(node, "the map adds a constant, and so is not linear");
            default:
                throw NoImage(node, "LᵀL is not known to be diagonal");
        }
    }

    private static NoProximalOperatorException NoImage(Node node, string why) => new($"an image min R(x) over L x = y has an operator where LᵀL is diagonal, and {why}", node.Source);

    /// <summary>Whether two values certainly read no element of x both.</summary>
    public bool AreApart(Node first, Node second)
    {
        List<ImmutableArray<Node>> ways = [], others = [];
        return Ways(first, [], ways) && Ways(second, [], others)
            && ways.All(way => others.All(other => way.Any(a => other.Any(b => ReferenceEquals(a.Inputs[0], b.Inputs[0]) && AreDisjoint(a, b)))));
    }

    /// <summary>The slices of x, moved and scaled, through which a value reads it: each way from the value to x has some. False where there are too many ways.</summary>
    private bool Ways(Node node, ImmutableArray<Node> slices, List<ImmutableArray<Node>> ways)
    {
        if (ReferenceEquals(node, x)) ways.Add(slices);
        else if (node.Op == Op.Slice && Moves(node.Inputs[0])) slices = slices.Add(node);
        return ways.Count <= 16 && node.Inputs.Where(Varies).Distinct().All(input => Ways(input, slices, ways));
    }

    /// <summary>Whether every element is an element of x, each of another one, but for its scale and a constant.</summary>
    private bool Moves(Node node) => ReferenceEquals(node, x) || node.Op switch
    {
        Op.Neg or Op.Permute or Op.Reshape or Op.Slice => Moves(node.Inputs[0]),
        Op.Add or Op.Sub or Op.Mul or Op.Div => node.Inputs.Where(Varies).ToArray() is [var only] && Moves(only),
        _ => false,
    };

    private bool AreDisjoint(Node a, Node b)
    {
        return Enumerable.Range(0, a.Rank).Any(axis => Ends(a, b, axis) || Ends(b, a, axis) || Alternate(axis));

        bool Ends(Node first, Node second, int axis) => facts.IsAtMost(End(first, axis, isLast: true) + Dim.One, End(second, axis, isLast: false)) == Answer.Yes;

        static Dim End(Node slice, int axis, bool isLast) => isLast == slice.Ints[axis] > 0 ? slice.Dims[axis] + (slice.Shape[axis] - Dim.One) * slice.Ints[axis] : slice.Dims[axis];

        bool Alternate(int axis) => a.Ints[axis] == b.Ints[axis] && (a.Dims[axis] - b.Dims[axis]).Constant is { } distance && distance % a.Ints[axis] != 0;
    }

    private static NoProximalOperatorException No(Node node, string why) => new($"its argument is L x + c, where {why}", node.Source);

    private bool IsTight(Node matrix)
    {
        while (matrix.Op is Op.Permute or Op.Broadcast) matrix = matrix.Inputs[0];
        return tight.Contains(matrix);
    }

    /// <summary>A value without axes along which it certainly does not change; null where it may.</summary>
    public Node? Uniform(Node node, ImmutableArray<int> axes)
    {
        if (axes.IsEmpty) return node;
        var shape = Builder.Without(node.Shape, axes);
        if (axes.All(axis => node.Shape[axis].IsOne)) return builder.Reshape(node, shape);
        switch (node.Op)
        {
            case Op.Full:
                return builder.Full(node.Number, node.Type.DType, shape);
            case Op.Broadcast when !node.Ints.Any(axes.Contains):
                return builder.Broadcast(node.Inputs[0], shape, [.. node.Ints.Select(axis => axis - axes.Count(left => left < axis))]);
            case Op.Slice when Uniform(node.Inputs[0], axes) is { } whole:
                var rest = Enumerable.Range(0, node.Rank).Where(axis => !axes.Contains(axis)).ToArray();
                return builder.Slice(whole, [.. rest.Select(axis => node.Dims[axis])], shape, [.. rest.Select(axis => node.Ints[axis])]);
            case Op.Concat when axes.Contains(node.Ints[0]) && node.Inputs.Select(part => Uniform(part, axes)).Distinct().ToArray() is [{ } same]:
                return same;
            case Op.Reshape or Op.Permute when Uniform(node.Inputs[0], [.. Enumerable.Range(0, node.Inputs[0].Rank)]) is { } number:
                return builder.Broadcast(number, shape, []);
            case >= Op.Neg and <= Op.Where:
                var inputs = ImmutableArray.CreateBuilder<Node>();
                foreach (var input in node.Inputs)
                {
                    if (Uniform(input, axes) is not { } uniform) return null;
                    inputs.Add(uniform);
                }
                return builder.Rebuild(node, inputs.ToImmutable(), node.Type.With(shape), node.Dims);
            default:
                return null;
        }
    }
}
