using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>
/// Whole Jacobians and their traces: a derivative along one direction, mapped over all directions of a basis (<see cref="Vmap"/>), so that the values
/// are computed once and each product with a direction becomes one product with all of them.
/// </summary>
internal static class Jacobian
{
    /// <summary>For each float result and each name a tensor: the dims of the result, then those of the argument.</summary>
    /// <param name="mode">"Forward", "Reverse", or "Auto": in reverse where the results are known to have fewer elements than the arguments.</param>
    public static Function Apply(Function of, ImmutableArray<string> wrt, string mode)
    {
        of = of.With([.. of.Results.Where(result => result.Type.IsFloat)]);
        var outputs = Dim.Sum(of.Results.Select(result => result.Type.Count));
        var inputs = Dim.Sum(wrt.Select(name => Argument(of, name).Type.Count));
        var isReverse = mode == "Reverse" || mode != "Forward" && Dim.IsLess(outputs, inputs) == Answer.Yes;
        var product = new Product(of);
        var results = isReverse
            ? of.Results.SelectMany((_, i) => Rows(product, of, i, wrt))
            : Transposed([.. wrt.Select(name => Columns(product, of, name))]);
        return product.Finish(results);
    }

    /// <summary>The trace of the Jacobian by blocks: the i-th result has the type of the i-th named argument.</summary>
    /// <param name="isEstimate">For given probes v, further arguments, the sample v·Jv instead.</param>
    public static Function Divergence(Function of, ImmutableArray<string> wrt, bool isEstimate)
    {
        var product = new Product(of);
        var b = product.Builder;
        if (isEstimate)
        {
            var jvp = Jvp.Apply(of, wrt);
            jvp = jvp.With(jvp.Results.Items.RemoveRange(0, of.Results.Count));
            var probes = jvp.Arguments.Skip(of.Arguments.Count).Select(argument => product.AddArgument(argument)).ToImmutableArray();
            var along = product.Call(jvp, probes);
            // Directions come in the order of the arguments, results in that of the names.
            var order = jvp.Arguments.Take(of.Arguments.Count).Where(argument => wrt.Contains(argument.Name)).Select(argument => argument.Name).ToImmutableArray();
            return product.Finish([wrt.Select((name, i) => All(b, b.Mul(along[i], probes[order.IndexOf(name)]))).Aggregate(b.Add)]);
        }
        var traces = wrt.Select((name, i) =>
        {
            var type = Argument(of, name).Type;
            var along = product.Over(Along(of.With([of.Results[i]]), name), type)[0];
            if (type.Rank == 0) return along;
            // The trace of a product needs no product. What is beside the diagonal is left out, not multiplied by 0: it may be infinite.
            if (along is { Op: Op.Dot, Rank: 2 }) return All(b, b.Mul(along.Inputs[0], b.Transpose(along.Inputs[1])));
            return All(b, b.Where(product.Diagonal(type), along, b.Zeros(along.Type)));
        });
        return product.Finish([traces.ToArray().Aggregate(b.Add)]);
    }

    private static Node All(Builder b, Node x) => b.Sum(x, [.. Enumerable.Range(0, x.Rank)]);

    private static Node Argument(Function of, string name) => of.Arguments.First(argument => argument.Name == name).Node;

    /// <summary>The tangents of the results along a direction of one argument.</summary>
    private static Function Along(Function of, string name)
    {
        var jvp = Jvp.Apply(of, [name]);
        return jvp.With(jvp.Results.Items.RemoveRange(0, of.Results.Count));
    }

    private static ImmutableArray<Node> Columns(Product product, Function of, string name)
    {
        var type = Argument(of, name).Type;
        // The direction is in front; as a dim of the argument it comes last.
        return [.. product.Over(Along(of, name), type).Select(column => type.Rank == 0 ? column
            : product.Builder.Reshape(
                product.Builder.Permute(column, [.. Enumerable.Range(1, column.Rank - 1), 0]), [.. column.Shape.RemoveAt(0), .. type.Shape]))];
    }

    private static IEnumerable<Node> Rows(Product product, Function of, int result, ImmutableArray<string> wrt)
    {
        var type = of.Results[result].Type;
        return product.Over(Gradient.ApplyVjp(of.With([of.Results[result]]), wrt, keepsValues: false), type)
            .Select(row => type.Rank == 0 ? row : product.Builder.Reshape(row, [.. type.Shape, .. row.Shape.RemoveAt(0)]));
    }

    private static IEnumerable<Node> Transposed(ImmutableArray<ImmutableArray<Node>> columns) =>
        Enumerable.Range(0, columns[0].Length).SelectMany(result => columns.Select(column => column[result]));

    /// <summary>A function in the making that calls functions derived from the same source: it has the arguments of the source.</summary>
    private sealed class Product
    {
        private readonly Function _of;
        private readonly CounterNames _names;
        private readonly List<FunctionArgument> _arguments = [];

        public Product(Function of)
        {
            _of = of;
            _names = CounterNames.Of(of);
            foreach (var argument in of.Arguments) AddArgument(argument);
        }

        public Builder Builder { get; } = new();

        public Node AddArgument(FunctionArgument argument)
        {
            var node = Builder.Parameter(argument.Node.Text, argument.Node.Type);
            node.Name = argument.Node.Name;
            _arguments.Add(argument with { Node = node });
            return node;
        }

        /// <summary>The results of a function that takes the source's arguments, then <paramref name="further"/>.</summary>
        /// <param name="basis">What of these is a basis.</param>
        public ImmutableArray<Node> Call(Function function, ImmutableArray<Node> further, Node? basis = null)
        {
            var copier = new BasisCopier(Builder, _names, basis);
            for (var i = 0; i < function.Arguments.Count; i++)
                copier.Map(function.Arguments[i].Node, i < _of.Arguments.Count ? _arguments[i].Node : further[i - _of.Arguments.Count]);
            return copier.Copy(function.Results);
        }

        /// <summary>The results for every direction of a basis, in front, given as the last argument.</summary>
        public ImmutableArray<Node> Over(Function derivative, TensorType type)
        {
            if (type.Rank == 0) return Call(derivative, [Builder.Full(1, type)]);
            var mapped = Vmap.Apply(derivative, new Batch(type.Count, [derivative.Arguments[derivative.Arguments.Count - 1].Name]));
            var basis = Builder.Where(Diagonal(type), Builder.Full(1, Basis(type)), Builder.Zeros(Basis(type)));
            return Call(mapped, [basis], basis);
        }

        /// <summary>True where a direction of the basis is not zero.</summary>
        public Node Diagonal(TensorType type)
        {
            ImmutableArray<Dim> square = [type.Count, type.Count];
            var isDiagonal = Builder.Pointwise(Op.Equal, Builder.Iota(square, 0, DType.Int64), Builder.Iota(square, 1, DType.Int64));
            return Builder.Reshape(isDiagonal, Basis(type).Shape);
        }

        private static TensorType Basis(TensorType type) => type.With(type.Shape.Insert(0, type.Count));

        /// <summary>The basis of a vector is the identity: a product with it is the other factor.</summary>
        private sealed class BasisCopier(Builder builder, CounterNames names, Node? basis) : Copier(builder, null, names)
        {
            protected override Node Rewrite(Node node, ImmutableArray<Node> inputs) =>
                node.Op != Op.Dot || basis is not { Rank: 2 } ? base.Rewrite(node, inputs)
                : ReferenceEquals(inputs[0], basis) ? inputs[1]
                : ReferenceEquals(inputs[1], basis) ? inputs[0]
                : base.Rewrite(node, inputs);
        }

        public Function Finish(IEnumerable<Node> results)
        {
            var made = results.ToImmutableArray();
            return Cleanup.Apply(_of with { Arguments = _arguments.ToImmutableArray(), Results = made, ResultNames = made.Select(_ => "").ToImmutableArray() });
        }
    }
}
