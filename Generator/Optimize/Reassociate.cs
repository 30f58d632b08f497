using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Transforms;

namespace Proxima.Generator.Optimize;

/// <summary>
/// Multiplies chains of matrices in the cheapest order: <c>(A B) v</c> as <c>A (B v)</c>. A chain is seen through transposes (<c>(A B)ᵀ C</c> is <c>Bᵀ Aᵀ C</c>), through
/// scalings by constants, which move behind the last product, and through sums over rows or columns, which are products with ones: <c>Sum(A B, 1)</c> is
/// <c>A Sum(B, 1)</c>.
/// </summary>
/// <remarks>
/// Costs are multiplications, polynomials in the sizes; what no iteration of a loop changes counts once. An order is left only for one that is provably cheaper for all
/// sizes of at least 2 (with a size of 1 or 0 either order is short). A product that something else reads stays, unless all that read it gain more together than it
/// costs to do without. Sums are of the same products of the same factors, in another order: the bound of their rounding is that of the order as written.
/// </remarks>
internal sealed class Reassociate : Copier
{
    private readonly Dictionary<Node, Chain> _chains;

    private Reassociate(Builder builder, Dictionary<Node, Chain> chains) : base(builder) => _chains = chains;

    public static Function Run(Function function)
    {
        if (!function.Body.Any(node => node.Op == Op.Dot)) return function;
        var sunk = Sink.Apply(function);
        var chains = new Dictionary<Node, Chain>();
        new Search(sunk.Facts(), chains).Visit(sunk.Body, _ => 0, []);
        return chains.Count == 0 ? function : new Reassociate(new Builder(), chains).Copy(sunk);
    }

    protected override Copier Nested(Builder body, Func<string, Dim?>? bodySizes) => new Reassociate(body, _chains);

    protected override Node Rewrite(Node node, ImmutableArray<Node> inputs)
    {
        if (!_chains.TryGetValue(node, out var chain)) return base.Rewrite(node, inputs);
        var result = Multiply(chain.Order, chain.Factors);
        foreach (var (op, number) in chain.Scales) result = op == Op.Neg ? Builder.Neg(result) : Builder.Pointwise(op, result, Builder.Full(number, result.Type));
        result = Builder.Reshape(result, node.Shape);
        result.Name ??= node.Name;
        return result;
    }

    private Node Multiply(Order order, ImmutableArray<Factor> factors)
    {
        if (order.Left is null || order.Right is null)
        {
            var factor = factors[order.First];
            var copy = Copy(factor.Node!);
            return factor.IsTransposed ? Builder.Transpose(copy) : copy;
        }
        if (IsOnes(order.Right)) return SumOver(Multiply(order.Left, factors), 1);
        if (IsOnes(order.Left)) return SumOver(Multiply(order.Right, factors), 2);
        return Builder.Dot(Multiply(order.Left, factors), Multiply(order.Right, factors));

        bool IsOnes(Order part) => part.Left is null && factors[part.First].Node is null;

        Node SumOver(Node x, int axisFromEnd) => Builder.Reshape(Builder.Sum(x, [x.Rank - axisFromEnd]), x.Shape.SetItem(x.Rank - axisFromEnd, Dim.One));
    }

    /// <summary>A matrix of a chain; without a node it is a row or a column of ones.</summary>
    /// <param name="Level">How many loops around the chain change it.</param>
    private sealed record Factor(Node? Node, bool IsTransposed, Dim Rows, Dim Columns, int Level);

    /// <summary>A constant that the product is scaled by: Neg, or Mul or Div with a number.</summary>
    private readonly record struct Scale(Op Op, double Number);

    /// <summary>The product of some adjacent factors, by two shorter ones; a single factor has none.</summary>
    private sealed record Order(int First, int Last, Dim Cost, Order? Left = null, Order? Right = null);

    private sealed record Chain(ImmutableArray<Factor> Factors, ImmutableArray<Scale> Scales, Order Order, bool IsChanged);

    /// <summary>The constant factor of a scaled matrix. Numbers are near one, so that products overflow only where they nearly did.</summary>
    private static Scale? ScaleOf(Node node, out Node scaled)
    {
        scaled = node;
        if (!node.Type.IsFloat || node.Op is not (Op.Neg or Op.Mul or Op.Div)) return null;
        scaled = node.Inputs[0];
        if (node.Op == Op.Neg) return new(Op.Neg, 0);
        var by = node.Inputs[1];
        if (node.Op == Op.Mul && scaled.Op == Op.Full) (scaled, by) = (by, scaled);
        return by.Op == Op.Full && Math.Abs(by.Number) is >= 1e-3 and <= 1e3 ? new(node.Op, by.Number) : null;
    }

    /// <summary>What is summed over rows, columns or both; leading dims that were rows of the matrix may have their own axes again.</summary>
    private static (Node Matrix, bool OverRows, bool OverColumns)? SumOf(Node n)
    {
        if (n.Op != Op.ReduceSum || !n.Type.IsFloat) return null;
        var x = n.Inputs[0];
        if (x is { Op: Op.Reshape } && x.Inputs[0] is { Rank: 2 } matrix)
        {
            if (n.Ints.Length == x.Rank) return (matrix, true, true);
            if (n.Ints.SequenceEqual([x.Rank - 1]) && x.Shape[x.Rank - 1].Equals(matrix.Shape[1])) return (matrix, false, true);
        }
        return x.Rank >= 2 && n.Ints.All(axis => axis >= x.Rank - 2) ? (x, n.Ints.Contains(x.Rank - 2), n.Ints.Contains(x.Rank - 1)) : null;
    }

    /// <summary>Puts products that were moved in front of a loop back where the loop reads them, so that their chain is seen; clean-up moves what stays out again.</summary>
    private sealed class Sink : Copier
    {
        private readonly Dictionary<Node, int> _uses;

        private Sink(Builder builder, Dictionary<Node, int> uses) : base(builder) => _uses = uses;

        public static Function Apply(Function function)
        {
            var uses = new Dictionary<Node, int>();
            Count(function.Body);
            return function.Body.Any(node => node.Loop is not null) ? new Sink(new Builder(), uses).Copy(function) : function;

            void Count(Region region)
            {
                foreach (var (node, count) in Normalizer.CountUses(region.Schedule(), region.Results).Select(pair => (pair.Key, pair.Value))) uses[node] = count;
                foreach (var node in region.Schedule())
                    if (node.Loop is { } loop) Count(loop.Body);
            }
        }

        protected override Copier Nested(Builder body, Func<string, Dim?>? bodySizes) => new Sink(body, _uses);

        protected override ImmutableArray<Node> CopyLoop(Node node, Func<int, Node> input)
        {
            var loop = CopyInfo(node.Loop!);
            var inputs = Enumerable.Range(0, node.Inputs.Length).Select(input).ToImmutableArray();
            var sunk = Enumerable.Range(loop.Carries, inputs.Length - loop.Carries)
                .Where(i => inputs[i].Op == Op.Dot && _uses[node.Inputs[i]] == 1 && i != loop.Reversal).ToImmutableArray();
            if (sunk.IsEmpty || loop.Recomputation != Recomputation.None) return Builder.Loop(loop, inputs);

            var body = new Copier(new Builder());
            var parameters = ImmutableArray.CreateBuilder<Node>();
            var outside = ImmutableArray.CreateBuilder<Node>();
            // A place that a product leaves takes its left factor: those of the others do not move.
            var rights = new List<(Node Parameter, Node Value)>();
            for (var i = 0; i < inputs.Length; i++)
            {
                var parameter = loop.Body.Parameters[i];
                if (!sunk.Contains(i))
                {
                    parameters.Add(body.CopyParameter(parameter));
                    outside.Add(inputs[i]);
                    continue;
                }
                Node x = inputs[i].Inputs[0], y = inputs[i].Inputs[1];
                Node left = body.NewParameter(x.Type, x.Name), right = body.NewParameter(y.Type, y.Name);
                parameters.Add(left);
                outside.Add(x);
                rights.Add((right, y));
                body.Map(parameter, new(Op.Dot, parameter.Type, [left, right], source: inputs[i].Source) { Name = parameter.Name });
            }
            parameters.AddRange(rights.Select(pair => pair.Parameter));
            outside.AddRange(rights.Select(pair => pair.Value));
            return Builder.Loop(loop with { Body = new Region(parameters.ToImmutable(), body.Copy(loop.Body.Results)) }, outside.ToImmutable());
        }
    }

    /// <summary>Finds the chains of a function that another order makes cheaper.</summary>
    private sealed class Search(Dim.Facts facts, Dictionary<Node, Chain> chains)
    {
        private const int LongestChain = 12;
        private const int MostOrders = 6;

        private readonly HashSet<string> _named = new(StringComparer.Ordinal);
        private readonly Dictionary<Node, Chain> _chains = chains;
        private Dim.Facts _facts = facts;
        private int _unknownCounts;

        /// <summary>How often what changes with so many loops is computed.</summary>
        private readonly List<Dim> _counts = [Dim.One];

        /// <param name="level">Of each parameter: how many loops change it.</param>
        /// <param name="counters">Of the loops around, the outermost first.</param>
        public void Visit(Region region, Func<Node, int> level, ImmutableArray<string> counters)
        {
            var levels = new Dictionary<Node, int>();
            var schedule = region.Schedule();
            foreach (var node in schedule)
            {
                var own = node.Op == Op.Parameter ? level(node) : 0;
                foreach (var operand in node.Inputs) own = Math.Max(own, levels[operand]);
                for (var i = counters.Length; i > own; i--)
                    if (Hoist.Mentions(node, counters[i - 1])) own = i;
                levels.Add(node, own);
                if (node.Loop is not { } loop) continue;
                // Of a search for a fixed point nobody knows how long it takes.
                var trips = loop.Solver is null && loop.Stop is null ? loop.Trips : Dim.Anonymous($"$count{_unknownCounts++}");
                _counts.Add(_counts[_counts.Count - 1] * trips);
                Visit(loop.Body, parameter => loop.Body.Parameters.IndexOf(parameter) is var at && at >= loop.Carries && loop.Recomputation == Recomputation.None ? levels[node.Inputs[at]] : counters.Length + 1,
                    counters.Add(loop.Counter));
                _counts.RemoveAt(_counts.Count - 1);
            }
            new Products(this, region, levels).Find();
        }

        private bool IsAtMost(Dim a, Dim b)
        {
            foreach (var name in a.Names().Concat(b.Names()))
                if (_named.Add(name)) _facts = _facts.AddAtMost(Dim.Of(2), Dim.Name(name));
            return _facts.IsAtMost(a, b) == Answer.Yes;
        }

        /// <summary>The products of one region.</summary>
        private sealed class Products(Search search, Region region, Dictionary<Node, int> levels)
        {
            private readonly Dictionary<Node, List<Node>> _readers = [];
            private readonly HashSet<Node> _results = [.. region.Results];

            /// <summary>Products that are no more than a part of those that read them.</summary>
            private readonly HashSet<Node> _opened = [];

            public void Find()
            {
                var schedule = region.Schedule();
                var products = schedule.Where(node => node.Op == Op.Dot && node.Type.IsFloat).ToArray();
                if (products.Length == 0) return;
                foreach (var node in schedule)
                    foreach (var operand in node.Inputs)
                    {
                        if (!_readers.TryGetValue(operand, out var readers)) _readers.Add(operand, readers = []);
                        readers.Add(node);
                    }
                var shared = new List<(Node Product, List<Node> Readers)>();
                foreach (var product in products)
                {
                    var readers = new List<Node>();
                    if (!Readers(product, readers)) continue;
                    if (readers.Count == 1) _opened.Add(product);
                    else if (readers.Count > 1) shared.Add((product, readers));
                }
                for (var i = shared.Count - 1; i >= 0; i--)
                {
                    var (product, readers) = shared[i];
                    var roots = readers.SelectMany(Roots).Distinct().ToArray();
                    if (Cost(roots) is not { } reading || Cost([product]) is not { } own) continue;
                    _opened.Add(product);
                    if (Cost(roots) is not { } opened || !search.IsAtMost(opened, reading + own) || search.IsAtMost(reading + own, opened)) _opened.Remove(product);
                }
                foreach (var node in schedule)
                    if (IsRoot(node) && Best(node) is { IsChanged: true } chain) search._chains[node] = chain;
            }

            private bool IsRoot(Node node) => node.Op == Op.Dot ? node.Type.IsFloat && !_opened.Contains(node) : SumOf(node) is { } sum && IsPart(sum.Matrix);

            /// <summary>Is it a product, transposed or scaled perhaps, that need not be computed on its own?</summary>
            private bool IsPart(Node node)
            {
                while (true)
                {
                    var inner = Simplify.IsTransposition(node) ? node.Inputs[0] : Unscaled(node, []);
                    if (ReferenceEquals(inner, node)) return node.Op == Op.Dot && _opened.Contains(node);
                    node = inner;
                }
            }

            /// <summary>A matrix without its scalings, which may stand between reshapes that undo each other: a product has rows, its result the dims that they were.</summary>
            private static Node Unscaled(Node node, List<(Scale Scale, Node Scaled)> scales)
            {
                var inner = node;
                var (result, count) = (node, 0);
                while (true)
                {
                    if (inner.Op == Op.Reshape) inner = inner.Inputs[0];
                    else if (ScaleOf(inner, out var scaled) is { } scale)
                    {
                        scales.Add((scale, inner));
                        inner = scaled;
                    }
                    else break;
                    if (inner.Shape.SequenceEqual(node.Shape)) (result, count) = (inner, scales.Count);
                }
                scales.RemoveRange(count, scales.Count - count);
                return result;
            }

            /// <summary>The products and sums that read a node, through transposes and scalings; false where anything else does.</summary>
            private bool Readers(Node node, List<Node> readers) => Readers(node, node.Shape, readers);

            private bool Readers(Node node, ImmutableArray<Dim> shape, List<Node> readers)
            {
                if (_results.Contains(node)) return false;
                var isMatrix = node.Shape.SequenceEqual(shape);
                foreach (var reader in _readers[node])
                {
                    if (isMatrix && reader.Op == Op.Dot || SumOf(reader) is { } sum && sum.Matrix.Shape.SequenceEqual(shape)) readers.Add(reader);
                    else if (isMatrix && Simplify.IsTransposition(reader))
                    {
                        if (!Readers(reader, reader.Shape, readers)) return false;
                    }
                    else if (reader.Op != Op.Reshape && ScaleOf(reader, out _) is null || !Readers(reader, shape, readers)) return false;
                }
                return true;
            }

            private IEnumerable<Node> Roots(Node node)
            {
                if (IsRoot(node)) return [node];
                var readers = new List<Node>();
                Readers(node, readers);
                return readers.SelectMany(Roots);
            }

            private Dim? Cost(IEnumerable<Node> roots)
            {
                var sum = Dim.Zero;
                foreach (var root in roots)
                {
                    if (Best(root) is not { } chain) return null;
                    sum += chain.Order.Cost;
                }
                return sum;
            }

            /// <summary>The chain that ends at a product or a sum, in the best order that is known to be one; null where it is too long.</summary>
            private Chain? Best(Node root)
            {
                var factors = ImmutableArray.CreateBuilder<Factor>();
                var scales = ImmutableArray.CreateBuilder<Scale>();
                var takesScale = false;
                Order written;
                if (SumOf(root) is not (var matrix, var overRows, var overColumns)) written = Join(Flatten(root.Inputs[0], false), Flatten(root.Inputs[1], false));
                else
                {
                    if (overRows) factors.Add(new(null, false, Dim.One, matrix.Shape[matrix.Rank - 2], 0));
                    written = Flatten(matrix, false);
                    if (overRows) written = Join(new(0, 0, Dim.Zero), written);
                    if (overColumns)
                    {
                        factors.Add(new(null, false, matrix.Shape[matrix.Rank - 1], Dim.One, 0));
                        written = Join(written, new(factors.Count - 1, factors.Count - 1, Dim.Zero));
                    }
                }
                var all = factors.ToImmutable();
                if (all.Length > LongestChain) return null;
                var best = all.Length < 3 ? written : Cheapest(all, written);
                return new(all, scales.ToImmutable(), best, !ReferenceEquals(best, written) || takesScale && root.Op == Op.Dot);

                Order Join(Order left, Order right) => Product(factors, left, right);

                Order Flatten(Node node, bool isTransposed)
                {
                    if (node.Op == Op.Dot && _opened.Contains(node))
                        return isTransposed ? Join(Flatten(node.Inputs[1], true), Flatten(node.Inputs[0], true)) : Join(Flatten(node.Inputs[0], false), Flatten(node.Inputs[1], false));
                    if (Simplify.IsTransposition(node)) return Flatten(node.Inputs[0], !isTransposed);
                    var found = new List<(Scale Scale, Node Scaled)>();
                    var inner = Unscaled(node, found);
                    // A matrix in memory need not be written again just to be scaled.
                    var isPart = IsPart(inner);
                    if (!ReferenceEquals(inner, node) && (isPart || found.Count > 0 && IsStored(inner) && found.All(scaled => _readers[scaled.Scaled].Count == 1)))
                    {
                        takesScale |= !isPart;
                        scales.AddRange(found.Select(scaled => scaled.Scale));
                        return Flatten(inner, isTransposed);
                    }
                    var (rows, columns) = (node.Shape[node.Rank - 2], node.Shape[node.Rank - 1]);
                    if (isTransposed) (rows, columns) = (columns, rows);
                    factors.Add(new(node, isTransposed, rows, columns, levels[node]));
                    return new(factors.Count - 1, factors.Count - 1, Dim.Zero);
                }
            }

            private static bool IsStored(Node node)
            {
                while (node.Op is Op.Permute or Op.Reshape or Op.Slice) node = node.Inputs[0];
                return node.Op is Op.Parameter or Op.Result;
            }

            private Order Product(IReadOnlyList<Factor> factors, Order left, Order right)
            {
                var level = 0;
                for (var i = left.First; i <= right.Last; i++) level = Math.Max(level, factors[i].Level);
                var cost = factors[left.First].Rows * factors[left.Last].Columns * factors[right.Last].Columns * search._counts[level];
                return new(left.First, right.Last, left.Cost + right.Cost + cost, left, right);
            }

            /// <summary>Of all orders one that is provably cheaper than the written one, and if it can be than all; else the written one.</summary>
            private Order Cheapest(ImmutableArray<Factor> factors, Order written)
            {
                // What may be best, for each first and last factor. With numbers for sizes that is one order; with names those of which none is always at most another.
                var orders = new List<Order>[factors.Length, factors.Length];
                for (var length = 1; length <= factors.Length; length++)
                    for (var first = 0; first + length <= factors.Length; first++)
                    {
                        var last = first + length - 1;
                        var found = orders[first, last] = [];
                        if (length == 1) found.Add(new(first, first, Dim.Zero));
                        for (var middle = first; middle < last; middle++)
                            foreach (var left in orders[first, middle])
                                foreach (var right in orders[middle + 1, last])
                                {
                                    var order = Product(factors, left, right);
                                    if (found.Any(other => search.IsAtMost(other.Cost, order.Cost))) continue;
                                    found.RemoveAll(other => search.IsAtMost(order.Cost, other.Cost));
                                    if (found.Count < MostOrders) found.Add(order);
                                }
                    }
                var cheaper = orders[0, factors.Length - 1].Where(order => search.IsAtMost(order.Cost, written.Cost) && !search.IsAtMost(written.Cost, order.Cost)).ToArray();
                return cheaper.FirstOrDefault(order => cheaper.All(other => search.IsAtMost(order.Cost, other.Cost))) ?? cheaper.FirstOrDefault() ?? written;
            }
        }
    }
}
