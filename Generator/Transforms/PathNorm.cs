using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>
/// The sum over all paths of a network of ramps from an input or an offset to a result, of the product of the sizes of the weights on it: the same network with the sizes of its
/// weights, to a power, and without its ramps.
/// </summary>
internal static class PathNorm
{
    /// <summary>The function of the same arguments at the sizes of its inputs, to the power; null where an operation has no rule, which <paramref name="error"/> names.</summary>
    public static Function? Apply(Function of, double power, out string? error)
    {
        error = !(power > 0 && power <= 16) ? "Power is above 0 and at most 16"
            : of.Results.Items.All(r => r.Type.IsFloat) ? null : $"{of.Name} returns {string.Join(", ", of.Results.Select(r => r.Type))}; a path norm is that of floats";
        if (error is not null) return null;
        of = Cleanup.Apply(of);
        var builder = new Builder();
        var sizes = new Sizes(builder, power);
        var arguments = ImmutableArray.CreateBuilder<FunctionArgument>();
        foreach (var argument in of.Arguments)
        {
            var copy = builder.Parameter(argument.Node.Text, argument.Node.Type);
            copy.Name = argument.Node.Name;
            arguments.Add(argument with { Node = copy });
            sizes.Set(argument.Node, sizes.Of(copy), argument.Kind == ArgumentKind.Input && argument.Node.Type.IsFloat);
        }
        try
        {
            foreach (var node in Region.Order(of.Results)) sizes.Step(node);
            return Cleanup.Apply(of with { Arguments = arguments.ToImmutable(), Results = of.Results.Select(r => sizes[r]).ToImmutableArray(), ResultNames = of.Results.Select(_ => "").ToImmutableArray() });
        }
        catch (NoRuleException missing)
        {
            error = $"{of.Name}: {missing.Message}";
            return null;
        }
    }

    /// <summary>Walks a function of constants (weights and what is made of them) and of values that depend on its inputs.</summary>
    private sealed class Sizes(Builder b, double power)
    {
        private readonly Dictionary<Node, Node> _values = [];
        private readonly HashSet<Node> _varying = [];

        public Node this[Node node] => _values[node];

        public void Set(Node node, Node value, bool varies)
        {
            _values[node] = value;
            if (varies) _varying.Add(node);
        }

        /// <summary>|x| to the power.</summary>
        public Node Of(Node x)
        {
            if (!x.Type.IsFloat) return x;
            var size = b.Pointwise(Op.Abs, x);
            return power == 1 ? size : power == 2 ? b.Mul(size, size) : b.Pointwise(Op.Pow, size, b.Full(power, x.Type));
        }

        public void Step(Node node)
        {
            if (_values.ContainsKey(node)) return;
            b.Source = node.Source;
            if (node.Op is Op.Loop or Op.Result) throw new NoRuleException(node, "has no rule for path norms (Loop)");
            ImmutableArray<Node> x = [.. node.Inputs.Select(input => _values[input])];
            var varies = node.Inputs.Any(_varying.Contains);
            if (node.Inputs.Length == 0) _values[node] = Of(b.Rebuild(node, []));
            else if (Rule(node, x, varies) is { } value) _values[node] = value;
            else throw new NoRuleException(node, $"has no rule for path norms ({node.Op})");
            if (varies) _varying.Add(node);
        }

        private Node? Rule(Node node, ImmutableArray<Node> x, bool varies)
        {
            switch (node.Op)
            {
                case Op.Neg or Op.Relu or Op.Abs:
                    return x[0];
                case Op.Cast when node.Type.IsFloat:
                    return b.Cast(x[0], node.Type.DType);
                case Op.Add or Op.Sub:
                    return b.Add(x[0], x[1]);
                // A maximum is one of its operands: it has the paths of all.
                case Op.Max or Op.Min:
                    return b.Add(x[0], x[1]);
                case Op.ReduceMax or Op.ReduceMin:
                    return b.Sum(x[0], node.Ints);
                case Op.Mul when !(_varying.Contains(node.Inputs[0]) && _varying.Contains(node.Inputs[1])):
                    return b.Mul(x[0], x[1]);
                case Op.Div when !_varying.Contains(node.Inputs[1]):
                    return b.Div(x[0], x[1]);
                case Op.Dot when !(_varying.Contains(node.Inputs[0]) && _varying.Contains(node.Inputs[1])):
                    return b.Dot(x[0], x[1]);
                case Op.Broadcast or Op.Permute or Op.Reshape or Op.Slice or Op.Pad or Op.UpdateAdd or Op.Concat or Op.ReduceSum:
                    return b.Rebuild(node, x);
                case Op.Sqrt or Op.Rsqrt when !varies:
                    return b.Pointwise(node.Op, x[0]);
                default:
                    return null;
            }
        }
    }
}
