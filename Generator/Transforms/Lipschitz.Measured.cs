using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>
/// The norm of a linear map M that has no matrix. Its elements are at most as large as those of the map N with the sizes of all factors, so |M|² is at most the largest eigenvalue of NᵀN,
/// and that is at most the largest of (NᵀN v)ᵢ / vᵢ for whichever positive v (Collatz 1942). Power iteration leads v to where they are all the same, and the bound down to the eigenvalue: it holds
/// after any number of iterations, and is the norm itself where no factor is negative.
/// </summary>
internal static partial class Lipschitz
{
    private sealed partial class Walk
    {
        /// <summary>Whether a node is linear in what varies of its inputs, but for a constant.</summary>
        private bool IsLinear(Node node) => node.Op switch
        {
            Op.Neg or Op.Add or Op.Sub or Op.Broadcast or Op.Permute or Op.Reshape or Op.Slice or Op.Window or Op.Pad or Op.Concat or Op.UpdateAdd or Op.ReduceSum => true,
            Op.Cast => node.Type.IsFloat,
            Op.Mul or Op.Dot => !node.Inputs.All(Varies),
            Op.Div or Op.Gather or Op.ScatterAdd => !Varies(node.Inputs[1]),
            Op.Where => !Varies(node.Inputs[0]),
            Op.Loop => IsSum(node),
            Op.Result => IsLinear(node.Inputs[0]),
            _ => false,
        };

        /// <summary>Whether a loop does nothing but add up elements of what it is given, as the transpose of windows does.</summary>
        private bool IsSum(Node node) =>
            LinearPart.IsSum(node) && node.Inputs.All(input => Varies(input) || Builder.IsFull(input, 0));

        /// <summary>A bound of the norm of the map from <paramref name="source"/> to <paramref name="node"/>.</summary>
        private Node Measured(Node source, Node node)
        {
            var trips = Dim.Of(2 * iterations);
            Derivation = Derivation.Add($"norm of a linear map without a matrix: the root of the largest (NᵀN v)ᵢ / vᵢ after {trips} power iterations, where N has the sizes of its factors; it holds for any v (Collatz 1942)");
            var body = new Builder { Source = node.Source };
            ImmutableArray<Node> captures = [.. arguments.Select(a => Copy(body, a.Node))];
            var copier = new Copier(body, null, names);
            for (var i = 0; i < captures.Length; i++) copier.Map(arguments[i].Node, captures[i]);
            Node v = body.Parameter("v", source.Type), direction = body.Parameter("d", source.Type);
            var transposer = new Transposer(body, names, same => same, null);
            transposer.AddParameter(direction);
            transposer.Run([Sizes(direction)], [Sizes(v)]);
            var w = transposer.Cotangent(direction) ?? body.Zeros(v.Type);
            // What the map does not read has 0 for ever; the least that is positive keeps divisions defined.
            Node Largest(Node x) => body.Reduce(Op.ReduceMax, x, [.. Enumerable.Range(0, x.Rank)]);
            Node Least(Node x) => body.Pointwise(Op.Max, x, body.Full(1e-30, x.Type));
            var next = Least(body.Div(w, body.Broadcast(Least(Largest(w)), w.Shape, [])));
            var bound = Largest(body.Div(w, v));
            var loop = new LoopInfo(names.Fresh("k"), trips, 2, EquatableArray<int>.Empty, 0, new Region([v, body.Parameter("bound", bound.Type), .. captures], [next, bound]));
            var last = b.Loop(loop, [b.Full(1, source.Type), b.Zeros(bound.Type), .. arguments.Select(a => a.Node)])[1];
            return b.Cast(b.Pointwise(Op.Sqrt, b.Pointwise(Op.Max, last, b.Full(1e-30, last.Type))), dtype);

            // The map with the sizes of all factors at a value in the place of the source.
            Node Sizes(Node from)
            {
                var values = new Dictionary<Node, Node> { [source] = from };
                foreach (var step in Region.Order([node]))
                    if (Varies(step) && step != source && step.Inputs.Any(values.ContainsKey)) values[step] = Sized(step, from, values);
                return values[node];
            }

            Node Sized(Node step, Node from, Dictionary<Node, Node> values)
            {
                Node Linear(int i) => values.TryGetValue(step.Inputs[i], out var value) ? value : body.Zeros(step.Inputs[i].Type);
                Node Fixed(int i) => copier.Copy(_values[step.Inputs[i]]);
                Node Size(int i) => body.Pointwise(Op.Abs, Fixed(i));
                body.Source = step.Source;
                switch (step.Op)
                {
                    case Op.Neg:
                        return Linear(0);
                    case Op.Add or Op.Sub:
                        return body.Add(Linear(0), Linear(1));
                    case Op.Mul:
                        return Varies(step.Inputs[0]) ? body.Mul(Linear(0), Size(1)) : body.Mul(Size(0), Linear(1));
                    case Op.Dot:
                        return Varies(step.Inputs[0]) ? body.Dot(Linear(0), Size(1)) : body.Dot(Size(0), Linear(1));
                    case Op.Div:
                        return body.Div(Linear(0), Size(1));
                    case Op.Pad:
                        return body.Pad(Linear(0), step.Shape, step.Dims, step.Ints);
                    case Op.Where:
                        return body.Where(Fixed(0), Linear(1), Linear(2));
                    case Op.Gather:
                        return body.Gather(Linear(0), Fixed(1), step.Ints[0], Inverse.Of(step).Select(input => copier.Copy(_values[input])));
                    case Op.Loop:
                        return from; // Its results are copied, with the loop.
                    case Op.Result:
                        var loop = step.Inputs[0];
                        var whole = new Copier(body, null, names);
                        for (var i = 0; i < loop.Inputs.Length; i++) whole.Map(loop.Inputs[i], values.TryGetValue(loop.Inputs[i], out var given) ? given : body.Zeros(loop.Inputs[i].Type));
                        return whole.Copy(step);
                    case Op.ScatterAdd:
                        return body.Scatter(Op.ScatterAdd, Linear(0), Fixed(1), Linear(2), step.Ints[0], Inverse.Of(step).Select(input => copier.Copy(_values[input])));
                    default:
                        return body.Rebuild(step, [.. Enumerable.Range(0, step.Inputs.Length).Select(Linear)]);
                }
            }
        }
    }
}
