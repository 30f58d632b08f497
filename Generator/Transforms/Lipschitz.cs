using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>
/// A constant L with |f(x) - f(y)| at most L |x - y| in the Euclidean norm over all elements: the product of the norms of a network's operators, added where
/// branches meet. The norm of a matrix is bounded from above by Gram iteration: |W| is at most the 2^k-th root of the Frobenius norm of (W'W)^(2^(k-1)). Of a linear map without a matrix,
/// which picks elements by an index, adds them up by one, or reads them through windows, power iteration finds a bound.
/// </summary>
internal static partial class Lipschitz
{
    public static Function? Apply(Function of, ImmutableArray<string> wrt, int iterations, out string? error)
    {
        if (wrt.IsEmpty) wrt = [.. of.Arguments.Where(a => a.Kind == ArgumentKind.Input && a.Node.Type.IsFloat).Select(a => a.Name)];
        error = wrt.Length != 1 ? $"a Lipschitz constant is that by one input; {of.Name} has {wrt.Length} floats: name one with wrt"
            : of.Arguments.First(a => a.Name == wrt[0]).Kind != ArgumentKind.Input ? $"'{wrt[0]}' is a parameter; a Lipschitz constant is that by an input"
            : of.Results.Count != 1 || !of.Results[0].Type.IsFloat ? $"{of.Name} returns {string.Join(", ", of.Results.Select(r => r.Type))}; a Lipschitz constant is that of one float tensor"
            : iterations is < 1 or > 12 ? "Iterations is 1 to 12"
            : null;
        if (error is not null) return null;
        of = Cleanup.Apply(of);
        var builder = new Builder();
        var arguments = of.Arguments.Select(a => a with { Node = Copy(builder, a.Node) }).ToImmutableArray();
        var walk = new Walk(builder, arguments, CounterNames.Of(of), iterations, of.Results[0].Type.DType);
        for (var i = 0; i < arguments.Length; i++) walk.Set(of.Arguments[i].Node, arguments[i].Node, of.Arguments[i].Name == wrt[0]);
        try
        {
            foreach (var node in Region.Order(of.Results)) walk.Step(node);
            var constant = walk.Constant(of.Results[0]);
            return Cleanup.Apply(of with { Arguments = arguments, Results = ImmutableArray.Create(constant), ResultNames = ImmutableArray.Create(""), Derivation = walk.Derivation });
        }
        catch (NoRuleException missing)
        {
            error = $"{of.Name}: {missing.Message}";
            return null;
        }
    }

    private static Node Copy(Builder builder, Node parameter)
    {
        var copy = builder.Parameter(parameter.Text, parameter.Type);
        copy.Name = parameter.Name;
        return copy;
    }

    private sealed partial class Walk(Builder b, ImmutableArray<FunctionArgument> arguments, CounterNames names, int iterations, DType dtype)
    {
        private readonly Dictionary<Node, Node> _values = [];
        private readonly Dictionary<Node, Node> _constants = [];
        // Of each value that varies the one that it is affine in; and those that no product of norms is known of on the way.
        private readonly Dictionary<Node, Node> _sources = [];
        private readonly HashSet<Node> _measured = [];

        public ImmutableArray<string> Derivation { get; private set; } = [];

        private TensorType Scalar => new(dtype, []);

        public Node Constant(Node node)
        {
            if (_constants.TryGetValue(node, out var constant)) return constant;
            return _measured.Contains(node) ? _constants[node] = b.Mul(Constant(_sources[node]), Measured(_sources[node], node)) : b.Zeros(Scalar);
        }

        public void Set(Node node, Node value, bool varies)
        {
            _values[node] = value;
            if (!varies) return;
            _sources[node] = node;
            _constants[node] = b.Full(1, Scalar);
        }

        public void Step(Node node)
        {
            if (_values.ContainsKey(node) || Varies(node)) return;
            b.Source = node.Source;
            if (node.Op is Op.Loop or Op.Result && !(node.Inputs.Any(Varies) && IsLinear(node))) throw new NoRuleException(node, "has no rule for Lipschitz constants (Loop)");
            // What does not vary is a value; of what varies only the constant is known.
            if (!node.Inputs.Any(Varies))
            {
                _values[node] = b.Rebuild(node, [.. node.Inputs.Select(input => _values[input])]);
                return;
            }
            var isLinear = IsLinear(node) && node.Inputs.Where(Varies).Select(input => _sources[input]).Distinct().Count() == 1;
            _sources[node] = isLinear ? _sources[node.Inputs.First(Varies)] : node;
            if (isLinear && (node.Op is Op.Gather or Op.ScatterAdd or Op.Window or Op.Loop || node.Inputs.Any(_measured.Contains))) _measured.Add(node);
            else _constants[node] = Rule(node) ?? throw new NoRuleException(node, $"has no rule for Lipschitz constants ({node.Op})");
        }

        private bool Varies(Node node) => _sources.ContainsKey(node);

        private Node? Rule(Node node)
        {
            Node x = node.Inputs[0], y = node.Inputs.Length > 1 ? node.Inputs[1] : x;
            switch (node.Op)
            {
                case Op.Neg or Op.Relu or Op.Abs or Op.Tanh or Op.Softplus or Op.Sin or Op.Cos or Op.Permute or Op.Reshape or Op.Slice or Op.Pad:
                case Op.Cast when node.Type.IsFloat:
                    return Constant(x);
                case Op.SoftThreshold when !Varies(y):
                    return Constant(x);
                case Op.Sigmoid:
                    return b.Scale(Constant(x), 0.25);
                case Op.Erf:
                    return b.Scale(Constant(x), 2 / Math.Sqrt(Math.PI));
                case Op.Add or Op.Sub or Op.UpdateAdd:
                    return b.Add(Constant(x), Constant(y));
                // |max(x, y) - max(x', y')|^2 is at most |x - x'|^2 + |y - y'|^2.
                case Op.Max or Op.Min or Op.Concat:
                    return Hypotenuse(node.Inputs);
                case Op.Where when !Varies(x):
                    return Hypotenuse(node.Inputs.RemoveAt(0));
                case Op.Mul when !(Varies(x) && Varies(y)):
                    return b.Mul(Constant(Varies(x) ? x : y), Largest(_values[Varies(x) ? y : x]));
                case Op.Div when !Varies(y):
                    return b.Mul(Constant(x), Largest(b.Div(b.Full(1, y.Type), _values[y])));
                case Op.Broadcast:
                    var repeats = Dim.Product(Enumerable.Range(0, node.Rank).Where(axis => !node.Ints.Contains(axis)).Select(axis => node.Shape[axis]));
                    return b.Mul(Constant(x), Root(repeats));
                case Op.ReduceSum:
                    return b.Mul(Constant(x), Root(Dim.Product(node.Ints.Select(axis => x.Shape[axis]))));
                case Op.ReduceMax or Op.ReduceMin:
                    return Constant(x);
                case Op.Dot when !(Varies(x) && Varies(y)):
                    return b.Mul(Constant(Varies(x) ? x : y), Norm(_values[Varies(x) ? y : x]));
                default:
                    return null;
            }
        }

        private Node Root(Dim count) => b.Pointwise(Op.Sqrt, b.Size(count, dtype));

        private Node Hypotenuse(IEnumerable<Node> operands) =>
            RootOf(operands.Distinct().Where(Varies).Select(Constant).Select(c => b.Mul(c, c)).Aggregate(b.Zeros(Scalar), b.Add), 0);

        /// <summary>The root of a square, and of 0 a number without a slope.</summary>
        private Node RootOf(Node square, double ofZero)
        {
            var isZero = b.Pointwise(Op.Equal, square, b.Zeros(square.Type));
            return b.Where(isZero, b.Full(ofZero, square.Type), b.Pointwise(Op.Sqrt, b.Where(isZero, b.Full(1, square.Type), square)));
        }

        private Node Largest(Node x) => x.Op == Op.Full ? b.Full(Math.Abs(x.Number), Scalar) : b.Reduce(Op.ReduceMax, b.Pointwise(Op.Abs, x), [.. Enumerable.Range(0, x.Rank)]);

        /// <summary>
        /// At least the largest singular value of each matrix of a batch, and of those the largest. With G = W'W and N its Frobenius norm, |W|^2 = |G| is at most N; squaring G / N
        /// again and again, and keeping the logarithms of the norms, brings the bound down to the value itself.
        /// </summary>
        private Node Norm(Node w)
        {
            var rank = w.Rank;
            var batch = w.Shape.RemoveRange(rank - 2, 2);
            var gram = b.Dot(b.Transpose(w), w);
            Node? logarithm = null;
            var share = 0.5;
            for (var i = 0; i < iterations; i++)
            {
                // A matrix of zeros has the norm 0, whose logarithm is harmless only outside of arithmetic.
                var norm = RootOf(b.Sum(b.Mul(gram, gram), [rank - 2, rank - 1]), 1e-30);
                var term = b.Scale(b.Pointwise(Op.Log, norm), share);
                logarithm = logarithm is null ? term : b.Add(logarithm, term);
                share /= 2;
                if (i + 1 == iterations) break;
                gram = b.Div(gram, b.Broadcast(norm, gram.Shape, [.. Enumerable.Range(0, batch.Length)]));
                gram = b.Dot(gram, gram);
            }
            var bound = b.Pointwise(Op.Exp, logarithm!);
            return b.Reduce(Op.ReduceMax, bound, [.. Enumerable.Range(0, bound.Rank)]);
        }
    }
}
