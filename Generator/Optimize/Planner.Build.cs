using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Optimize;

internal sealed partial class Planner
{
    private readonly HashSet<string> _kernelNames = new(StringComparer.Ordinal);

    private ImmutableArray<Step> Build(RegionPlan plan)
    {
        var steps = ImmutableArray.CreateBuilder<Step>();
        foreach (var group in plan.Groups)
        {
            _cancellation.ThrowIfCancellationRequested();
            switch (group.Kind)
            {
                case GroupKind.Elements:
                    steps.Add(BuildElements(plan, group));
                    break;
                case GroupKind.Rows:
                    steps.Add(BuildRows(plan, group));
                    break;
                case GroupKind.Gemm:
                    BuildGemm(plan, group, steps);
                    break;
                case GroupKind.Blocks:
                    BuildBlocks(group.Roots[0], steps);
                    break;
                case GroupKind.Call:
                    steps.Add(BuildCall(group.Roots[0]));
                    break;
                case GroupKind.Loop:
                    BuildLoop(group, steps);
                    break;
            }
        }
        return steps.ToImmutable();
    }

    private string KernelName(Node node)
    {
        var suffix = NameOf(node);
        return KernelName(_destination.TryGetValue(node, out var destination) && node.Name is null ? destination.Buffer.Name : suffix);
    }

    private string KernelName(string suffix)
    {
        var name = _function.Name + char.ToUpperInvariant(suffix[0]) + suffix.Substring(1);
        var unique = name;
        for (var i = 2; !_kernelNames.Add(unique); i++) unique = name + i;
        return unique;
    }

    private static ImmutableArray<Surface> SourcesOf(IEnumerable<Node> nodes) => [.. nodes.Select(node => node.Source).OfType<Surface>().Distinct()];

    /// <summary>The expressions of one kernel.</summary>
    /// <param name="before">What a pass before this computes: positions have names of their own.</param>
    private sealed class Writer(Planner planner, RegionPlan? plan, Group? group, Writer? before = null)
    {
        private readonly Dictionary<Node, Expr> _values = [];
        private ImmutableArray<Guard> _guards = [];

        public ExprBuilder Exprs { get; } = new(planner._names.Contains, before?.Exprs);

        /// <summary>The pass whose statements are being written; roots of the same pass are values, others are loads.</summary>
        public int Stage { get; set; }

        public Expr Emit(Node node, ImmutableArray<Dim> index)
        {
            System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
            node = planner.Resolve(node);
            return planner.IsLeaf(node) ? Leaf(node, Emission.Linear(index, node.Shape)) : EmitInside(node, index);
        }

        public Expr EmitInside(Node node, ImmutableArray<Dim> index)
        {
            var dtype = node.Type.DType;
            switch (node.Op)
            {
                case Op.Full:
                    return Exprs.Constant(node.Number, dtype);
                case Op.Size:
                    return Exprs.Index(node.Dims[0], dtype);
                case Op.Number:
                    return Exprs.Number(node.Text, dtype);
                case Op.Iota:
                    return Exprs.Index(index[node.Ints[0]], dtype);
                case Op.Reshape when planner.Resolve(node.Inputs[0]) is var input && planner.IsLeaf(input):
                    return Leaf(input, Emission.Linear(index, node.Shape));
            }
            if (node.Op == Op.Gather)
            {
                var (axis, x) = (node.Ints[0], node.Inputs[0]);
                return Emit(x, index.SetItem(axis, Position(node.Inputs[1], index, x.Shape[axis])));
            }
            var inner = Emission.InputIndex(node, index);
            if (node.Op == Op.Pad) return Guarded(node.Inputs[0], inner);
            if (node.Op.IsView()) return Emit(node.Inputs[0], inner);
            // The rounding of a reciprocal is less than that of the sums of a product.
            if (node.Op == Op.Div && group?.Kind == GroupKind.Gemm && node.Type.IsFloat && Emission.IsOfSizes(node.Inputs[1]))
                return Exprs.Operation(Op.Mul, dtype, [Emit(node.Inputs[0], inner), Exprs.Operation(Op.Div, dtype, [Exprs.Constant(1, dtype), Emit(node.Inputs[1], inner)])], node.Name);
            // Keys and positions of random numbers are single numbers, also where the numbers are lanes of many, and so is what sizes alone tell.
            var scalars = node.Op switch
            {
                Op.RandomUniform or Op.RandomNormal => 2,
                Op.Cast when Emission.IsOfSizes(node.Inputs[0]) => 1,
                _ => 0,
            };
            if (node.Op is >= Op.Equal and <= Op.GreaterEqual && node.Inputs[0].Type.DType == DType.Int64)
            {
                // Equality holds for whole numbers that wrap around; an order only for those that do not, or where no difference of them is taken.
                Expr left = Scalar(node.Inputs[0], inner), right = Scalar(node.Inputs[1], inner);
                if (node.Op is Op.Equal or Op.NotEqual || IsSmall(left) && IsSmall(right) || IsNoPosition(left) && IsNoPosition(right)) return Exprs.Operation(node.Op, dtype, [left, right], node.Name);
            }
            return Exprs.Operation(node.Op, dtype, [.. node.Inputs.Select((operand, i) => i < scalars ? Scalar(operand, inner) : Emit(operand, inner))], node.Name);
        }

        private static bool IsSmall(Expr expr) => expr.Kind is ExprKind.Index or ExprKind.Constant;

        /// <summary>An element, or zero where the index is none of the node's.</summary>
        private Expr Guarded(Node node, ImmutableArray<Dim> index)
        {
            var outer = _guards;
            ImmutableArray<Guard> own = [.. index.Zip(node.Shape, (at, size) => new Guard(at, size)).Where(guard => !IsWhole(guard))];
            _guards = _guards.AddRange(own);
            var value = Emit(node, index);
            _guards = outer;
            // Of memory, zero has been read there.
            var read = value is { Kind: ExprKind.Operation, Op: Op.Neg } ? value.Inputs[0] : value;
            if (read.Kind == ExprKind.Load && own.All(read.Access!.Guards.Contains)) return value;
            foreach (var (at, size) in own)
            {
                var isScalar = Exprs.IsScalar;
                Exprs.IsScalar = true;
                Expr position = Exprs.Index(at, DType.Int64), first = Exprs.Constant(0, DType.Int64), end = Exprs.Index(size, DType.Int64);
                Exprs.IsScalar = isScalar;
                var isElement = Exprs.Operation(Op.And, DType.Bool, [Exprs.Operation(Op.GreaterEqual, DType.Bool, [position, first]), Exprs.Operation(Op.Less, DType.Bool, [position, end])]);
                value = Exprs.Operation(Op.Where, value.DType, [isElement, value, Exprs.Constant(0, value.DType)]);
            }
            return value;
        }

        /// <summary>The index of an axis of the group that has the size: nothing lies around.</summary>
        private bool IsWhole(Guard guard) => group is not null && group.Axes.Any(axis => axis.Size.Equals(guard.Size) && axis.Index.Equals(guard.At));

        /// <summary>Not the index of an element, which would count the lanes.</summary>
        private bool IsNoPosition(Expr expr) => expr.Kind is ExprKind.Load or ExprKind.Constant
            || expr.Kind == ExprKind.Index && group is not null && !group.Axes.Any(axis => expr.Index.Mentions(axis.Name));

        private Expr Scalar(Node node, ImmutableArray<Dim> index)
        {
            var isScalar = Exprs.IsScalar;
            Exprs.IsScalar = true;
            var value = Emit(node, index);
            Exprs.IsScalar = isScalar;
            return value;
        }

        /// <summary>The position, within <paramref name="size"/>, that an element of an index holds.</summary>
        public Dim Position(Node index, ImmutableArray<Dim> at, Dim size)
        {
            var isScalar = Exprs.IsScalar;
            Exprs.IsScalar = true;
            var value = Emit(index, at);
            if (!planner.IsChecked(index, size))
            {
                value = Exprs.Operation(Op.Max, DType.Int64, [value, Exprs.Constant(0, DType.Int64)]);
                value = Exprs.Operation(Op.Min, DType.Int64, [value, Exprs.Index(size - Dim.One, DType.Int64)]);
            }
            var position = Exprs.Position(value, size);
            Exprs.IsScalar = isScalar;
            return position;
        }

        private Expr Leaf(Node node, Dim position)
        {
            if (plan is not null && group is not null && plan.GroupOf.TryGetValue(node, out var owner) && owner == group && IsAligned(group, node, position))
            {
                if (Emission.IsProduct(node.Op)) return Exprs.Accumulator(Gemm.Accumulator, node.Type.DType);
                if (IsReduction(node)) return Exprs.Accumulator(planner.AccumulatorName(node), node.Type.DType);
                if (group.Kind != GroupKind.Rows || IsPerRow(group, node) || group.Stages[node] == Stage) return Value(node);
            }
            return Load(node, position);
        }

        /// <summary>The value of a root at the group's own index.</summary>
        public Expr Value(Node root)
        {
            if (_values.TryGetValue(root, out var value)) return value;
            // It is the element of the group, wherever it is read from.
            var guards = _guards;
            _guards = [];
            _values.Add(root, value = EmitInside(root, IndexOf(group!, root)));
            _guards = guards;
            return value;
        }

        public Expr Load(Node node, Dim position)
        {
            var storage = planner._storage[node];
            // What does not move with an index lies in memory whatever that is.
            var guards = _guards.RemoveAll(guard => !guard.At.Names().Any(position.Mentions));
            return Exprs.Load(new(storage.Buffer, (storage.Offset + position).Recombine()) { Guards = guards }, node.Type.DType, node.Name);
        }
    }

    /// <summary>Entry has made sure that the elements are positions within the size.</summary>
    private bool IsChecked(Node index, Dim size)
    {
        var argument = Source(index);
        return _function.IndexChecks.Any(check => _function.Arguments[check.Argument].Node == argument && check.Classes.Equals(size));
    }

    private readonly Dictionary<Node, string> _accumulatorNames = [];

    private string AccumulatorName(Node reduction)
    {
        if (!_accumulatorNames.TryGetValue(reduction, out var name)) _accumulatorNames.Add(reduction, name = Unique(NameOf(reduction)));
        return name;
    }

    private StoreStatement Store(Node root, Dim position, Expr value)
    {
        var storage = _storage[root];
        return new(new(storage.Buffer, (storage.Offset + position).Recombine()), value);
    }

    /// <summary>What overwrites memory in place comes after everything of its pass that reads it.</summary>
    private static ImmutableArray<T> ReadersFirst<T>(IEnumerable<T> statements) where T : Statement
    {
        var all = statements.ToArray();
        var reads = all.Select(s => new HashSet<Buffer>(Exprs.Loads(s).Select(load => load.Buffer))).ToArray();
        var rest = Enumerable.Range(0, all.Length).ToList();
        var ordered = ImmutableArray.CreateBuilder<T>(all.Length);
        while (rest.Count > 0)
        {
            var free = rest.FindIndex(i => all[i] is not StoreStatement store || rest.All(other => other == i || !reads[other].Contains(store.Target.Buffer)));
            // Different rows of one history may seem to wait for each other.
            var next = rest[Math.Max(free, 0)];
            rest.Remove(next);
            ordered.Add(all[next]);
        }
        return ordered.MoveToImmutable();
    }

    private Step BuildElements(RegionPlan plan, Group group)
    {
        var writer = new Writer(this, plan, group);
        var position = Emission.Linear(group.OuterIndex, group.OuterShape);
        var reductions = ImmutableArray.CreateBuilder<Statement>();
        foreach (var root in group.Roots.Where(IsReduction))
            reductions.Add(new ReduceStatement(AccumulatorName(root), root.Op, writer.Emit(root.Inputs[0], IndexOf(group, root)), Dim.Zero));
        // Axes of one element only get into the way.
        var several = group.Inner.RemoveAll(axis => axis.Size.IsOne);
        var terms = group.Inner.Where(axis => axis.Size.IsOne).Aggregate(reductions.ToImmutable(), (all, axis) => [.. At(axis.Name, Dim.Zero, all, writer.Exprs)]);
        var windows = WindowsOf(group.Outer, several, terms);
        (var inner, terms) = WriteOut(several, terms, writer.Exprs);
        if (reductions.Count > 0) writer = new Writer(this, plan, group, before: writer);
        var stores = ImmutableArray.CreateBuilder<Statement>();
        foreach (var root in group.Roots)
        {
            if (IsReduction(root))
            {
                if (plan.MustStore.Contains(root)) stores.Add(Store(root, position, writer.Exprs.Accumulator(AccumulatorName(root), root.Type.DType)));
            }
            else if (plan.MustStore.Contains(root)) stores.Add(Store(root, position, writer.Value(root)));
        }
        var name = KernelName(group.Roots[group.Roots.Count - 1]);
        if (reductions.Count == 0) return Map(name, group.Outer, ReadersFirst(stores.OfType<StoreStatement>()), writer.Exprs, SourcesOf(group.Roots));
        var vector = group.Outer[group.Outer.Length - 1];
        return WithCosts(new Kernel(name, group.Outer.RemoveAt(group.Outer.Length - 1), vector, [new(inner, terms), new([], ReadersFirst(stores))])
        {
            Sources = SourcesOf(group.Roots),
            Windows = windows is not null && IsOfLanes([.. terms, .. stores]) ? windows : null,
        });

        // Sums may be handed over twice.
        bool IsOfLanes(ImmutableArray<Statement> statements) =>
            Lanes.Of(statements, vector.Name) == windows.DType && !Exprs.Order(statements).Any(expr => expr.Kind == ExprKind.Position)
            && Exprs.IsIdempotent(statements);
    }

    /// <summary>A convolution of each channel: the kernel's only reduction multiplies an image, read at the sum of two axes and two inner ones, with weights that depend on the inner ones.</summary>
    private static WindowSum? WindowsOf(ImmutableArray<Axis> outer, ImmutableArray<Axis> inner, ImmutableArray<Statement> reductions)
    {
        if (reductions is not [ReduceStatement { Reduction: Op.ReduceSum, Value: { Op: Op.Mul, Kind: ExprKind.Operation, DType: DType.Float32 or DType.Float64, Inputs: [{ Kind: ExprKind.Load } left, { Kind: ExprKind.Load } right] } } sum]
            || outer.Length < 3 || inner is not [{ Size.Constant: <= 32 } height, { Size.Constant: 3 or 5 or 7 } width]) return null;
        Axis row = outer[outer.Length - 2], column = outer[outer.Length - 1];
        return Of(left.Access!, right.Access!) ?? Of(right.Access!, left.Access!);

        WindowSum? Of(Access image, Access weights)
        {
            if (!image.Guards.IsEmpty || !weights.Guards.IsEmpty || image.Offset.LinearIn(column.Name) is not ({ IsOne: true }, var rest) || rest.LinearIn(width.Name) is not ({ IsOne: true }, var rows)
                || rows.LinearIn(row.Name) is not ({ } imageRow, var others) || others.LinearIn(height.Name) is not ({ } windowRow, var first) || !imageRow.Equals(windowRow)
                || weights.Offset.LinearIn(height.Name) is not ({ } weightRow, var weightColumns) || weightColumns.LinearIn(width.Name) is not ({ } weightColumn, var firstWeight)) return null;
            var places = new[] { row.Name, column.Name, height.Name, width.Name };
            if (places.Any(axis => new[] { imageRow, first, weightRow, weightColumn, firstWeight }.Any(dim => dim.Mentions(axis)))
                || outer.Any(axis => imageRow.Mentions(axis.Name) || weightRow.Mentions(axis.Name) || weightColumn.Mentions(axis.Name))) return null;
            return new(sum.Accumulator, sum.Value.DType, height.Size, width.Size, image with { Offset = first }, imageRow, weights with { Offset = firstWeight }, weightRow, weightColumn);
        }
    }

    private const int MaximumTerms = 9;

    /// <summary>Few terms of a reduction are written one by one, in their order: what their places share is computed once, and no loop turns around each of them.</summary>
    private static (ImmutableArray<Axis> Inner, ImmutableArray<Statement> Terms) WriteOut(ImmutableArray<Axis> inner, ImmutableArray<Statement> terms, ExprBuilder exprs)
    {
        if (Exprs.Order(terms).Any(expr => expr.Kind == ExprKind.Position)) return (inner, terms);
        for (var written = 1L; inner.Length > 0 && inner[inner.Length - 1] is { Size.Constant: >= 1 and <= MaximumTerms } axis; inner = inner.RemoveAt(inner.Length - 1))
        {
            var count = axis.Size.Constant!.Value;
            if ((written *= count) > MaximumTerms) break;
            terms = [.. Enumerable.Range(0, (int)count).SelectMany(k => At(axis.Name, Dim.Of(k), terms, exprs))];
        }
        return (inner, terms);
    }

    /// <summary>Terms of a reduction where an axis has an index.</summary>
    private static IEnumerable<Statement> At(string axis, Dim index, ImmutableArray<Statement> terms, ExprBuilder exprs)
    {
        var memo = new Dictionary<Expr, Expr>();
        return terms.Select(term => ((ReduceStatement)term) with { Value = exprs.Rewrite(term.Value, dim => dim.Substitute(name => name == axis ? index : null).Recombine(), memo) });
    }

    /// <summary>A map: adjacent axes that every access steps through evenly become one, so that lanes run through whole buffers.</summary>
    private Kernel Map(string name, ImmutableArray<Axis> axes, ImmutableArray<StoreStatement> stores, ExprBuilder exprs, ImmutableArray<Surface> sources)
    {
        if (axes.Length == 0) axes = [new(AxisName("j"), Dim.One)];
        // Axes of one element add nothing but divisions.
        for (var i = axes.Length - 1; i >= 0 && axes.Length > 1; i--)
        {
            if (!axes[i].Size.IsOne) continue;
            var single = axes[i].Name;
            stores = Rewrite(stores, exprs, dim => dim.Substitute(n => n == single ? Dim.Zero : null));
            axes = axes.RemoveAt(i);
        }
        (axes, stores) = Merge(axes, stores, exprs);
        var (unflattened, statements) = Unflatten(axes, [], [.. stores], exprs);
        var vector = unflattened[unflattened.Length - 1];
        return WithCosts(new Kernel(name, unflattened.RemoveAt(unflattened.Length - 1), vector, [new([], statements)]) { Sources = sources });
    }

    /// <summary>The last axes as one, as far as every access steps through them evenly.</summary>
    private static (ImmutableArray<Axis> Axes, ImmutableArray<T> Statements) Merge<T>(ImmutableArray<Axis> axes, ImmutableArray<T> statements, ExprBuilder exprs) where T : Statement
    {
        // A position of a maximum counts the elements of its axis.
        while (axes.Length > 1 && statements.All(statement => statement is not ReduceStatement { Reduction: Op.ArgMax }))
        {
            Axis outer = axes[axes.Length - 2], inner = axes[axes.Length - 1];
            if (!Offsets(statements).All(offset => StepsEvenly(offset.Position, outer, inner, offset.IsIndex))) break;
            var merged = new Axis(inner.Name, outer.Size * inner.Size);
            statements = Rewrite(statements, exprs, dim => dim.Substitute(n => n == outer.Name ? Dim.Zero : n == inner.Name ? merged.Index : null));
            axes = axes.RemoveRange(axes.Length - 2, 2).Add(merged);
        }
        return (axes, statements);
    }

    private static ImmutableArray<T> Rewrite<T>(ImmutableArray<T> statements, ExprBuilder exprs, Func<Dim, Dim> rewrite) where T : Statement
    {
        var memo = new Dictionary<Expr, Expr>();
        ImmutableArray<Expr> All(ImmutableArray<Expr> values) => [.. values.Select(value => exprs.Rewrite(value, rewrite, memo))];
        return [.. statements.Select(statement => (T)(Statement)(statement switch
        {
            StoreStatement store => store with { Target = store.Target.Rewrite(rewrite), Value = exprs.Rewrite(store.Value, rewrite, memo), Positions = All(store.Positions) },
            ReduceStatement reduce => reduce with { Value = exprs.Rewrite(reduce.Value, rewrite, memo), Positions = All(reduce.Positions) },
            _ => statement,
        }))];
    }

    /// <summary>A last axis that a reshape has made of two, where memory tells them apart by a division, is run through as two: lanes then step evenly.</summary>
    private (ImmutableArray<Axis> Axes, ImmutableArray<Statement> Statements) Unflatten(ImmutableArray<Axis> axes, ImmutableArray<Axis> outer, ImmutableArray<Statement> statements, ExprBuilder exprs)
    {
        // A sum row by row would round more often than one of the whole, and a position of a maximum counts the elements.
        while (axes.Length > 0 && statements.All(statement => statement is not ReduceStatement { Reduction: Op.ArgMax or Op.ReduceSum }))
        {
            var axis = axes[axes.Length - 1];
            var sizes = Offsets(statements).SelectMany(offset => offset.Position.Divisors(axis.Name)).Select(size => (Size: size, Count: Dim.ExactDiv(axis.Size, size))).FirstOrDefault(pair => pair.Count is not null);
            if (sizes.Count is not { } count) break;
            var name = Enumerable.Range(0, 10).Select(i => AxisName("i" + i)).FirstOrDefault(name => axes.Concat(outer).All(other => other.Name != name));
            if (name is null) break;
            Axis rows = new(name, count), columns = new(axis.Name, sizes.Size);
            var index = rows.Index * sizes.Size + columns.Index;
            statements = Rewrite(statements, exprs, dim => dim.Substitute(n => n == axis.Name ? index : null).Recombine());
            axes = axes.RemoveAt(axes.Length - 1).Add(rows).Add(columns);
        }
        return (axes, statements);
    }

    private static IEnumerable<(Dim Position, bool IsIndex)> Offsets(IEnumerable<Statement> statements)
    {
        foreach (var statement in statements)
        {
            if (statement is StoreStatement store) yield return (store.Target.Offset, false);
            foreach (var expr in Exprs.Order(statement.Roots))
            {
                if (expr.Kind == ExprKind.Load)
                {
                    yield return (expr.Access!.Offset, false);
                    foreach (var guard in expr.Access.Guards) yield return (guard.At, true);
                }
                else if (expr.Kind == ExprKind.Index) yield return (expr.Index, true);
            }
        }
    }

    private static bool StepsEvenly(Dim position, Axis outer, Axis inner, bool isIndex)
    {
        if (isIndex) return !position.Mentions(outer.Name) && !position.Mentions(inner.Name);
        return position.LinearIn(outer.Name) is ({ } far, var rest) && rest.LinearIn(inner.Name) is ({ } near, _)
            && far.Equals(near * inner.Size) && !near.Mentions(outer.Name) && !far.Mentions(inner.Name);
    }

    private Step BuildRows(RegionPlan plan, Group group)
    {
        Writer? writer = null;
        var stages = ImmutableArray.CreateBuilder<Stage>();
        foreach (var stage in group.Stages.Values.Distinct().OrderBy(s => s))
        {
            writer = new Writer(this, plan, group, before: writer) { Stage = stage };
            var statements = ImmutableArray.CreateBuilder<Statement>();
            var after = ImmutableArray.CreateBuilder<Statement>();
            foreach (var root in group.Roots.Where(root => group.Stages[root] == stage))
            {
                if (IsReduction(root))
                {
                    statements.Add(new ReduceStatement(AccumulatorName(root), root.Op, writer.Emit(root.Inputs[0], IndexOf(group, root)),
                        root.Op == Op.ArgMax ? group.Inner[0].Index : Dim.Zero));
                    if (plan.MustStore.Contains(root))
                        after.Add(Store(root, Emission.Linear(group.OuterIndex, group.OuterShape), writer.Exprs.Accumulator(AccumulatorName(root), root.Type.DType)));
                }
                else if (plan.MustStore.Contains(root))
                {
                    var position = IsPerRow(group, root) ? Emission.Linear(group.OuterIndex, group.OuterShape) : Emission.Linear(group.SpaceIndex, group.Space);
                    statements.Add(Store(root, position, writer.Value(root)));
                }
            }
            if (statements.Count > 0)
            {
                var (merged, flat) = Merge(stage % 2 == 0 ? group.Inner : [], ReadersFirst(statements), writer.Exprs);
                var (inner, ordered) = Unflatten(merged, group.Outer, flat, writer.Exprs);
                stages.Add(new(inner, ordered));
            }
            if (after.Count > 0) stages.Add(new([], after.ToImmutable()));
        }
        return WithCosts(new Kernel(KernelName(group.Roots[group.Roots.Count - 1]), group.Outer, null, stages.ToImmutable()) { Sources = SourcesOf(group.Roots) });
    }

    private void BuildGemm(RegionPlan plan, Group group, ImmutableArray<Step>.Builder steps)
    {
        var dot = group.Roots[0];
        var writer = new Writer(this, plan, group);
        var position = Emission.Linear(group.SpaceIndex, group.Space);
        var stores = ImmutableArray.CreateBuilder<StoreStatement>();
        foreach (var root in group.Roots)
        {
            if (!plan.MustStore.Contains(root)) continue;
            stores.Add(Store(root, position, root == dot ? writer.Exprs.Accumulator(Gemm.Accumulator, dot.Type.DType) : writer.Value(root)));
        }
        var groups = dot.Op == Op.Dot ? null : GroupsOf(dot);
        Operand left = groups is null ? OperandOf(dot.Inputs[0], dot) : RowsOf(dot.Inputs[0], dot, steps), right = groups is null || dot.Op == Op.GroupedDot ? OperandOf(dot.Inputs[1], dot) : RowsOf(dot.Inputs[1], dot, steps);
        // The outer products of a group are a product of the transpose: its depth is that of the rows.
        if (dot.Op == Op.GroupedOuter) left = left with { Row = left.Column, Column = left.Row };
        var depth = dot.Inputs[0].Shape[dot.Op == Op.GroupedOuter ? 0 : dot.Inputs[0].Rank - 1];
        Dim elements = Dim.Product(group.Space), size = Dim.Of(dot.Type.DType.Size());
        var perElement = stores.Sum(store => Exprs.Order(store.Roots).Sum(e => e.Kind == ExprKind.Operation ? Emission.Cost(e.Op) : 0));
        var batches = Dim.Product(group.OuterShape.RemoveRange(dot.Rank - 2, 2));
        // The groups share the rows out: each row is in one product, and each group of a GroupedDot has a matrix of its own.
        var (products, operands) = dot.Op switch
        {
            Op.GroupedDot => (elements * depth, dot.Inputs[0].Type.Count + dot.Inputs[1].Type.Count),
            Op.GroupedOuter => (Dim.Product(dot.Shape.RemoveAt(0)) * depth, dot.Inputs[0].Type.Count + dot.Inputs[1].Type.Count),
            _ => (elements * depth, batches * depth * (dot.Shape[dot.Rank - 2] + dot.Shape[dot.Rank - 1])),
        };
        var loaded = Dim.Sum(stores.SelectMany(Exprs.Loads).Distinct().Select(load => Extent(load.Offset, group.Outer) * size));
        // An epilogue is run for every vector of the product: an index of one batch needs no divisions there, and what all vectors share is a number.
        var (batch, epilogue) = Merge(group.Outer.RemoveRange(dot.Rank - 2, 2), stores.ToImmutable(), writer.Exprs);
        (epilogue, var scalars) = Scalars(epilogue, writer.Exprs, [.. batch.Add(group.Outer[dot.Rank - 2]).Add(group.Outer[dot.Rank - 1]).Select(axis => axis.Name)]);
        steps.Add(new Gemm(
            KernelName(group.Roots[group.Roots.Count - 1]), dot.Type.DType, batch, group.Outer[dot.Rank - 2], group.Outer[dot.Rank - 1],
            depth, left, right, ReadersFirst(epilogue))
        {
            Groups = groups,
            Scalars = scalars,
            Signs = dot is { Op: Op.Dot, Ints.Length: 2 } ? ((Signs)dot.Ints[0], (Signs)dot.Ints[1]) : null,
            Sources = SourcesOf(group.Roots),
            Flops = products * Dim.Of(2) + elements * Dim.Of(perElement),
            Bytes = (operands + elements * Dim.Of(stores.Count)) * size + loaded,
        });
    }

    /// <summary>Makes numbers of what neither memory nor an axis has a part in.</summary>
    private (ImmutableArray<StoreStatement> Stores, ImmutableArray<ScalarStatement> Scalars) Scalars(ImmutableArray<StoreStatement> stores, ExprBuilder exprs, HashSet<string> axes)
    {
        var scalars = ImmutableArray.CreateBuilder<ScalarStatement>();
        var numbers = new Dictionary<Expr, Expr>();
        var varying = new HashSet<Expr>();
        var order = Exprs.Order(stores);
        foreach (var expr in order)
            if (expr.Kind is ExprKind.Load or ExprKind.Position or ExprKind.Accumulator || expr.Kind == ExprKind.Index && expr.Index.Names().Any(axes.Contains) || expr.Inputs.Any(varying.Contains)) varying.Add(expr);
        foreach (var scalar in order.Where(varying.Contains).SelectMany(expr => expr.Inputs).Concat(stores.Select(store => store.Value)).Distinct())
        {
            if (varying.Contains(scalar) || scalar.Kind != ExprKind.Operation || scalar.DType != DType.Float32) continue;
            var name = Unique(scalar.Name is { } own ? Identifier(own) : "factor");
            scalars.Add(new(name, scalar));
            numbers.Add(scalar, exprs.Number(name, scalar.DType));
        }
        return scalars.Count == 0 ? (stores, []) : ([.. stores.Select(store => store with { Value = exprs.Rewrite(store.Value, dim => dim, numbers) })], scalars.ToImmutable());
    }

    private readonly Dictionary<string, Buffer> _tables = new(StringComparer.Ordinal);
    private readonly List<Step> _tableSteps = [];

    private Operand OperandOf(Node node, Node dot)
    {
        var (leaf, offset, batch, row, column) = Matrix(node)!.Value;
        var storage = _storage[leaf];
        return new(storage.Buffer, storage.Offset + offset, AxisOf(batch, dot), AxisOf(row, dot), AxisOf(column, dot)) { Windows = WindowsOf(row, column) };
    }

    /// <summary>How many 3 x 3 windows lie beside one another, where the digits are those of windows one element apart.</summary>
    private static Dim? WindowsOf(ImmutableArray<Digit> row, ImmutableArray<Digit> column) =>
        row is [_, { Size.Constant: 3 } down, { Size.Constant: 3, Stride.IsOne: true }] && column is [var below, { Stride.IsOne: true } beside] && below.Stride.Equals(down.Stride) ? beside.Size : null;

    /// <summary>One digit is a stride; of several a table says what each index adds. It is filled at the first call.</summary>
    private OperandAxis AxisOf(ImmutableArray<Digit> digits, Node dot)
    {
        if (digits.Length == 0) return new(Dim.Zero, null);
        if (digits.Length == 1) return new(digits[0].Stride, null);
        var key = string.Join(",", digits.Select(digit => $"{digit.Size}:{digit.Stride}"));
        if (!_tables.TryGetValue(key, out var table))
        {
            _tables.Add(key, table = NewBuffer("offsets", DType.Int64, Dim.Product(digits.Select(digit => digit.Size)), BufferKind.Temporary));
            var exprs = new ExprBuilder(_names.Contains);
            var axes = Axes([.. digits.Select(digit => digit.Size)], "i");
            var value = Dim.Sum(axes.Zip(digits, (axis, digit) => axis.Index * digit.Stride));
            var position = Emission.Linear([.. axes.Select(axis => axis.Index)], [.. axes.Select(axis => axis.Size)]);
            _tableSteps.Add(Map(KernelName("Offsets"), axes, [new(new(table, position), exprs.Index(value, DType.Int64))], exprs, SourcesOf([dot])));
        }
        return new(Dim.Zero, table);
    }

    private void BuildBlocks(Node root, ImmutableArray<Step>.Builder steps)
    {
        var sources = SourcesOf([root]);
        var target = _storage[root];
        switch (root.Op)
        {
            case Op.Pad:
                steps.Add(Fill(root, target));
                steps.Add(Block(root, root.Inputs[0], root.Dims, root.Ints, combine: null));
                break;
            case var op when Emission.IsRanged(root):
                steps.Add(Ranged(root, target));
                break;
            case Op.UpdateAdd or Op.ScatterAdd or Op.ScatterMax or Op.ScatterMin:
                // The target is updated where it lies, or copied first where it is still needed.
                var source = Resolve(root.Inputs[0]);
                if (!IsLeaf(source) || !Equals(_storage[source], target)) steps.Add(Copy(root, root.Inputs[0], target, sources));
                steps.Add(root.Op == Op.UpdateAdd ? Block(root, root.Inputs[1], root.Dims, root.Ints, combine: Op.Add) : Scatter(root, target));
                break;
            default:
                var start = Dim.Zero;
                foreach (var part in root.Inputs)
                {
                    var axis = root.Ints[0];
                    steps.Add(Block(root, part, [.. root.Shape.Select((_, i) => i == axis ? start : Dim.Zero)], [.. root.Shape.Select(_ => 1)], combine: null));
                    start += part.Shape[axis];
                }
                break;
        }
    }

    private Kernel Fill(Node root, Storage target)
    {
        var exprs = new ExprBuilder(_names.Contains);
        var axis = new Axis(AxisName("j"), root.Type.Count);
        return Map(KernelName(root), [axis], [new(new(target.Buffer, target.Offset + axis.Index), exprs.Constant(root.Number, root.Type.DType))], exprs, SourcesOf([root]));
    }

    private Kernel Copy(Node root, Node source, Storage target, ImmutableArray<Surface> sources)
    {
        var writer = new Writer(this, null, null);
        var axes = Axes(root.Shape, "i");
        var index = axes.Select(axis => axis.Index).ToImmutableArray();
        var store = new StoreStatement(new(target.Buffer, (target.Offset + Emission.Linear(index, root.Shape)).Recombine()), writer.Emit(source, index));
        return Map(KernelName(root), axes, [store], writer.Exprs, sources);
    }

    private Kernel Block(Node root, Node part, ImmutableArray<Dim> starts, ImmutableArray<int> steps, Op? combine)
    {
        var writer = new Writer(this, null, null);
        var axes = Axes(part.Shape, "i");
        var index = axes.Select(axis => axis.Index).ToImmutableArray();
        var block = index.Select((dim, i) => starts[i] + dim * Dim.Of(steps[i])).ToImmutableArray();
        var target = _storage[root];
        var store = new StoreStatement(new(target.Buffer, (target.Offset + Emission.Linear(block, root.Shape)).Recombine()), writer.Emit(part, index), combine);
        return Map(KernelName(root), axes, [store], writer.Exprs, SourcesOf([root]));
    }

    /// <summary>
    /// What may meet in one place of the target lies along the axis of the index, and is visited in order; everything else is independent.
    /// </summary>
    private Kernel Scatter(Node root, Storage target)
    {
        var writer = new Writer(this, null, null);
        var (index, update, axis) = (root.Inputs[1], root.Inputs[2], root.Ints[0]);
        var axes = Axes(update.Shape, "i");
        var at = axes.Select(a => a.Index).ToImmutableArray();
        var place = (target.Offset + Emission.Linear(at.SetItem(axis, writer.Position(index, at, root.Shape[axis])), root.Shape)).Recombine();
        var store = new StoreStatement(new(target.Buffer, place), writer.Emit(update, at), JoinOf(root))
        {
            Positions = writer.Exprs.PositionsIn(place),
        };
        var free = axes.RemoveAt(axis);
        var vector = free.LastOrDefault(a => !a.Size.IsOne) ?? free.LastOrDefault() ?? new Axis(AxisName("i0"), Dim.One);
        return WithCosts(new Kernel(KernelName(root), free.Remove(vector), vector, [new([axes[axis]], [store])]) { Sources = SourcesOf([root]) });
    }

    /// <summary>Each place takes in what joins it, in order: a reduction over a range that data tell. The places are independent.</summary>
    private Kernel Ranged(Node root, Storage target)
    {
        var writer = new Writer(this, null, null);
        var (update, axis, inverse, dtype) = (root.Inputs[2], root.Ints[0], Inverse.Of(root), root.Type.DType);
        var axes = Axes(root.Shape, "i");
        var at = axes.Select(a => a.Index).ToImmutableArray();
        var count = update.Shape[axis];
        var inner = new Axis(AxisName("r0"), count);
        var (first, last) = inverse.Ranges is { } ranges
            ? (writer.Position(ranges, [at[axis], Dim.Zero], count + Dim.One), writer.Position(ranges, [at[axis], Dim.One], count + Dim.One))
            : (at[axis], at[axis] + Dim.One);
        var joining = at.SetItem(axis, inverse.Order is { } order ? writer.Position(order, [inner.Index], count) : inner.Index);
        var (name, join, reduction) = (AccumulatorName(root), JoinOf(root), root.Op switch { Op.ScatterAdd => Op.ReduceSum, Op.ScatterMax => Op.ReduceMax, _ => Op.ReduceMin });
        var reduce = new ReduceStatement(name, reduction, writer.Emit(update, joining), Dim.Zero) { Positions = writer.Exprs.PositionsIn(first + last) };
        writer = new Writer(this, null, null, before: writer);
        var sum = writer.Exprs.Accumulator(name, dtype);
        var nothing = join == Op.Add ? 0 : join == Op.Max ? double.NegativeInfinity : double.PositiveInfinity;
        var value = Builder.IsFull(root.Inputs[0], nothing) ? sum : writer.Exprs.Operation(join, dtype, [writer.Emit(root.Inputs[0], at), sum]);
        var store = new StoreStatement(new(target.Buffer, (target.Offset + Emission.Linear(at, root.Shape)).Recombine()), value);
        var free = axes.RemoveAt(axis);
        var vector = free.LastOrDefault(a => !a.Size.IsOne) ?? free.LastOrDefault() ?? new Axis(AxisName("i0"), Dim.One);
        return WithCosts(new Kernel(KernelName(root), axes.Remove(vector), vector, [new([inner], [reduce]) { Range = new(first, last, axes[axis]) }, new([], [store])]) { Sources = SourcesOf([root]) });
    }

    private static Op JoinOf(Node scatter) => scatter.Op switch { Op.ScatterAdd => Op.Add, Op.ScatterMax => Op.Max, _ => Op.Min };

    private Call BuildCall(Node root)
    {
        var routine = Routine.Of(root);
        var sizes = routine.SizesOf(root);
        var batch = Dim.Product(routine.BatchOf(root.Inputs[0]));
        var operands = root.Inputs.Select((operand, i) => Argument(_storage[Contiguous(operand)], operand, routine.Operands[i])).ToImmutableArray();
        var result = Argument(_storage[root], root, routine.Result);
        var elements = Dim.Sum(operands.Add(result).Select(item => item.Size * Dim.Of(item.Start.Buffer.DType.Size())));
        return new(KernelName(root), root.Text, batch, operands, result, [.. sizes, .. root.Ints.Select(number => Dim.Of(number))])
        {
            Lines = routine.Lines?.Invoke(sizes),
            Work = routine.Work?.Invoke(sizes),
            Sources = SourcesOf([root]),
            Flops = batch * routine.Flops(sizes),
            Bytes = batch * elements,
        };

        static Item Argument(Storage storage, Node node, int rank) => new(new(storage.Buffer, storage.Offset), Dim.Product(node.Shape.Skip(node.Rank - rank)));
    }

    private void BuildLoop(Group group, ImmutableArray<Step>.Builder steps)
    {
        var node = group.Roots[0];
        var loop = node.Loop!;
        var body = Build(group.Body!);
        Dim flops = Dim.Zero, bytes = Dim.Zero;
        foreach (var step in body) (flops, bytes) = (flops + step.Flops * loop.Trips, bytes + step.Bytes * loop.Trips);
        steps.Add(new LoopStep(loop.Counter, loop.Trips, body, [.. _swaps[node]])
        {
            Sources = SourcesOf([node]),
            Flops = flops,
            Bytes = bytes,
            Stop = loop.Stop is { } stop && _storage[loop.Body.Parameters[stop.Carry]] is var storage ? (new(storage.Buffer, storage.Offset), stop.Tolerance, stop.Name) : null,
        });
        foreach (var (from, to, type) in _copiesAfter[node])
        {
            var exprs = new ExprBuilder(_names.Contains);
            var axis = new Axis(AxisName("j"), type.Count);
            var store = new StoreStatement(new(to.Buffer, to.Offset + axis.Index), exprs.Load(new(from.Buffer, from.Offset + axis.Index), type.DType));
            steps.Add(Map(KernelName("Copy" + char.ToUpperInvariant(from.Buffer.Name[0]) + from.Buffer.Name.Substring(1)), [axis], [store], exprs, []));
        }
    }

    private static Dim Extent(Dim offset, IEnumerable<Axis> axes) =>
        Dim.Product(axes.Where(axis => offset.Mentions(axis.Name)).Select(axis => axis.Size));

    private static Dim Extent(Expr load, IEnumerable<Axis> axes) => Dim.Product(axes.Where(axis => load.DependsOn(axis.Name)).Select(axis => axis.Size));

    private static Kernel WithCosts(Kernel kernel)
    {
        Dim flops = Dim.Zero, bytes = Dim.Zero;
        ImmutableArray<Axis> around = kernel.Vector is { } vector ? kernel.Outer.Add(vector) : kernel.Outer;
        foreach (var stage in kernel.Stages)
        {
            var axes = around.AddRange(stage.Inner);
            var operations = stage.Statements.OfType<ReduceStatement>().Count()
                + Exprs.Order(stage.Statements).Sum(e => e.Kind == ExprKind.Operation ? Emission.Cost(e.Op) : 0);
            flops += stage.Count(around) * Dim.Of(operations);
            foreach (var load in Exprs.Order(stage.Statements).Where(e => e.Kind == ExprKind.Load))
            {
                // The ranges of all places are the axis once.
                var over = stage.Range is { } range && load.DependsOn(stage.Inner[0].Name) ? axes.Remove(range.Of) : axes;
                bytes += Extent(load, over) * Dim.Of(load.Access!.Buffer.DType.Size());
            }
            foreach (var store in stage.Statements.OfType<StoreStatement>())
            {
                // What is scattered is written once for each element.
                var extent = store.Positions.IsEmpty ? Extent(store.Target.Offset, axes) : Dim.Product(axes.Select(axis => axis.Size));
                bytes += extent * Dim.Of(store.Target.Buffer.DType.Size() * (store.Combine is null ? 1 : 2));
            }
        }
        return new(kernel.Name, kernel.Outer, kernel.Vector, kernel.Stages) { Windows = kernel.Windows, Sources = kernel.Sources, Flops = flops, Bytes = bytes };
    }
}
