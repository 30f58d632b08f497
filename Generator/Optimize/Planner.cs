using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Optimize;

/// <summary>
/// Decides everything about a function: what is fused with what, in which order, in which memory.
/// </summary>
/// <remarks>
/// A node is computed where it is used (views, sources, cheap pointwise nodes) or is a <i>root</i> that some group computes.
/// Roots join the group of what they read where the group visits the same elements: pointwise consumers become epilogues of a GEMM,
/// further statements of a map, or later passes over the same row of a reduction. A root that only its own pass reads never touches memory.
/// </remarks>
internal sealed partial class Planner
{
    private const int MaximumInlineDepth = 100;

    // Operations on what rows and positions tell that are done again wherever their value is read: a store and a load take longer.
    private const int MaximumRepeated = 2;

    private readonly Function _function;
    private readonly Dictionary<Node, Node> _alias = [];
    private readonly HashSet<string> _counters = new(StringComparer.Ordinal);
    private readonly Dictionary<Node, Storage> _storage = [];
    private readonly Dictionary<Node, Storage> _destination = [];
    private readonly HashSet<Node> _roots = [];
    private readonly HashSet<Node> _guarded = [];
    private readonly List<Buffer> _buffers = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<Refusal> _refusals = [];
    private readonly Dictionary<Node, List<(Storage From, Storage To, TensorType Type)>> _copiesAfter = [];
    private readonly Dictionary<Node, List<(Buffer Current, Buffer Next)>> _swaps = [];

    private readonly CancellationToken _cancellation;

    private Planner(Function function, CancellationToken cancellation) => (_function, _cancellation) = (Normalizer.Run(function), cancellation);

    public static Plan Run(Function function, CancellationToken cancellation = default) => new Planner(function, cancellation).Run();

    private Plan Run()
    {
        ReserveNames(_function.Body);
        foreach (var argument in _function.Arguments)
        {
            var kind = argument.Kind == ArgumentKind.Input ? BufferKind.Input : BufferKind.Weight;
            _storage[argument.Node] = new(NewBuffer(Identifier(argument.Name), argument.Node.Type.DType, argument.Node.Type.Count, kind), Dim.Zero);
        }
        var outputs = ImmutableArray.CreateBuilder<Buffer>();
        for (var i = 0; i < _function.Results.Count; i++)
        {
            var result = _function.Results[i];
            var gradientOf = i < _function.ResultNames.Count ? _function.ResultNames[i] : "";
            var name = i >= _function.Returned ? Identifier(_function.States[i - _function.Returned]) + "Next" : gradientOf.Length > 0 ? Identifier(gradientOf) + "Gradient" : _function.ResultNames.Count - _function.States.Count > 1 ? "value" : _function.Returned == 1 ? "result" : "result" + (i + 1);
            var output = NewBuffer(name, result.Type.DType, result.Type.Count, BufferKind.Output);
            outputs.Add(output);
            _destination[result] = new(output, Dim.Zero);
        }
        var plan = Analyze(_function.Body);
        Allocate(plan);
        var steps = Build(plan);
        steps = [.. _tableSteps, .. steps];
        var tables = Tables(steps);
        steps = [.. steps.Where(tables.Contains), .. steps.Where(step => !tables.Contains(step))];
        var (slots, kept) = SlotAllocator.Run(steps, tables.Count, _buffers);
        return new Plan(_function, steps, [.. _buffers], outputs.ToImmutable(), slots, [.. _refusals], _names) { Tables = tables.Count, TableSlots = kept };
    }

    /// <summary>The steps that sizes alone determine: they read what such steps write, and nothing else writes there.</summary>
    private static HashSet<Step> Tables(ImmutableArray<Step> steps)
    {
        var fixedSteps = new HashSet<Step>(steps.Where(step => step is Kernel));
        var varying = new HashSet<Buffer>(steps.Where(step => step is not Kernel).SelectMany(step => step.Writes()).Select(access => access.Buffer));
        bool Varies(Step step) => step.Reads().Concat(step.Writes()).Any(access => access.Buffer.Kind != BufferKind.Temporary || varying.Contains(access.Buffer));
        while (fixedSteps.FirstOrDefault(Varies) is { } step)
        {
            fixedSteps.Remove(step);
            varying.UnionWith(step.Writes().Select(access => access.Buffer));
        }
        return fixedSteps;
    }

    private Node Resolve(Node node)
    {
        while (_alias.TryGetValue(node, out var outer)) node = outer;
        return node;
    }

    /// <summary>In memory (or about to be): a load ends here.</summary>
    private bool IsLeaf(Node node) => _roots.Contains(node) || !Emission.IsInline(node.Op) && !_guarded.Contains(node);

    /// <summary>Blocks within zeros that elements are computed from, and nothing else: those read the block where it is, and zero around it.</summary>
    private void MarkGuarded(RegionPlan plan, ImmutableArray<Node> schedule)
    {
        var readers = new HashSet<Node>(plan.Region.Results);
        foreach (var node in schedule)
            if (!Emission.IsPointwise(node.Op)) readers.UnionWith(node.Inputs);
        foreach (var node in schedule)
            if (node.Op == Op.Pad && node.Type.IsFloat && node.Number == 0 && node.Ints.All(step => step == 1) && !readers.Contains(node)
                && (plan.Uses[node] == 1 || node.Inputs[0].Op is Op.Parameter or Op.Result)) _guarded.Add(node);
    }

    // ---- Which nodes are roots ------------------------------------------------------------------------------------------

    private RegionPlan Analyze(Region region)
    {
        var plan = new RegionPlan(region);
        var schedule = region.Schedule();
        plan.Uses = Normalizer.CountUses(schedule, region.Results);
        MarkGuarded(plan, schedule);
        foreach (var node in schedule)
            if (IsLeaf(node) && node.Op is not (Op.Parameter or Op.Result)) AddRoot(plan, node, mustStore: false);
        foreach (var result in region.Results) AddRoot(plan, result, mustStore: true);
        foreach (var node in schedule) MarkOperands(plan, node);
        var early = MarkShared(plan, schedule);
        foreach (var node in schedule.Where(early.Contains)) Place(plan, node);
        foreach (var node in schedule)
        {
            _cancellation.ThrowIfCancellationRequested();
            if (plan.Roots.Contains(node) && node.Op != Op.Result && !early.Contains(node)) Place(plan, node);
        }
        foreach (var group in plan.Groups) Connect(plan, group);
        return plan;
    }

    private void AddRoot(RegionPlan plan, Node node, bool mustStore)
    {
        plan.Roots.Add(node);
        _roots.Add(node);
        if (mustStore) plan.MustStore.Add(node);
    }

    // Operands of contractions and captures of loops must be strided views of memory; initial carried values have memory of their own.
    private void MarkOperands(RegionPlan plan, Node node)
    {
        switch (node.Op)
        {
            case Op.Dot:
                foreach (var operand in node.Inputs) RequireView(plan, operand, matrix: true);
                break;
            case Op.GroupedDot or Op.GroupedOuter:
                RequireRows(plan, node.Inputs[0]);
                if (node.Op == Op.GroupedOuter) RequireRows(plan, node.Inputs[1]);
                else RequireView(plan, node.Inputs[1], matrix: true);
                foreach (var known in Inverse.Of(node).Inputs) RequireMemory(plan, known);
                break;
            case Op.Loop:
                for (var i = 0; i < node.Inputs.Length; i++)
                {
                    if (i < node.Loop!.Carries)
                    {
                        if (node.Inputs[i].Op != Op.Result) AddRoot(plan, node.Inputs[i], mustStore: true);
                    }
                    // Windows that iterations read element by element are laid out before: each would compute anew where they lie.
                    else if (Normalizer.HasWindows(node.Inputs[i]) && IsReadByElements(node.Loop.Body, i)) AddRoot(plan, node.Inputs[i], mustStore: true);
                    else RequireView(plan, node.Inputs[i], matrix: false);
                }
                break;
            case Op.UpdateAdd or Op.ScatterAdd or Op.ScatterMax or Op.ScatterMin when !Emission.IsRanged(node):
                RequireView(plan, node.Inputs[0], matrix: false);
                break;
            case Op.Call:
                foreach (var operand in node.Inputs) RequireMemory(plan, operand);
                break;
            case Op.Gather:
                // What is read here and there, and perhaps again and again, is computed once. A gather of a gather is one.
                var x = Source(node.Inputs[0]);
                if (x.Op != Op.Gather || _roots.Contains(x)) RequireView(plan, x, matrix: false);
                break;
        }
    }

    /// <summary>Whether anything but a product reads a parameter of a region, or a view of it.</summary>
    private static bool IsReadByElements(Region region, int parameter)
    {
        var views = new HashSet<Node> { region.Parameters[parameter] };
        foreach (var node in region.Schedule())
        {
            if (!node.Inputs.Any(views.Contains)) continue;
            if (node.Op.IsView()) views.Add(node);
            else if (Emission.IsPointwise(node.Op) || IsReduction(node)) return true;
        }
        return false;
    }

    /// <summary>The operand of a routine: its elements lie one after another.</summary>
    private void RequireMemory(RegionPlan plan, Node operand)
    {
        var node = Contiguous(operand);
        if (!IsLeaf(node)) AddRoot(plan, operand, mustStore: true);
        else if (plan.Roots.Contains(node)) plan.MustStore.Add(node);
    }

    /// <summary>The node whose memory has the elements of a node in their order.</summary>
    private Node Contiguous(Node node)
    {
        node = Resolve(node);
        while (node.Op == Op.Reshape && !_roots.Contains(node)) node = Resolve(node.Inputs[0]);
        return node;
    }

    /// <summary>What a node is a view of.</summary>
    private Node Source(Node node)
    {
        node = Resolve(node);
        while (node.Op.IsView() && !_roots.Contains(node)) node = Resolve(node.Inputs[0]);
        return node;
    }

    private void RequireView(RegionPlan plan, Node operand, bool matrix)
    {
        var node = Source(operand);
        if (Emission.IsSource(node.Op) && !matrix) return;
        if (Emission.IsPointwise(node.Op) || Emission.IsSource(node.Op) || node.Op == Op.Gather) AddRoot(plan, node, mustStore: true);
        else if (plan.Roots.Contains(node)) plan.MustStore.Add(node);
        if (matrix && Matrix(operand) is null) AddRoot(plan, operand, mustStore: true);
    }

    /// <summary>Finds pointwise values that are computed once instead of wherever they are read. Answers those that come before everything else.</summary>
    private HashSet<Node> MarkShared(RegionPlan plan, ImmutableArray<Node> schedule)
    {
        var weight = new Dictionary<Node, (int Operations, int Depth, bool Expensive)>();
        var (early, epilogue) = (new HashSet<Node>(), new HashSet<Node>());
        foreach (var node in schedule)
        {
            // What belongs to a row of a product, as the scale of a norm with known moments, is read for each of its elements: computed before, it leaves the epilogue light.
            // A reduction of other axes than the last, as a convolution of each channel, runs through many rows for one such value.
            if (Emission.IsProduct(node.Op) || IsReduction(node) && node.Rank > 0 && !node.Ints.Contains(node.Inputs[0].Rank - 1) || (Emission.IsPointwise(node.Op) || node.Op == Op.Reshape) && node.Inputs.Any(epilogue.Contains))
            {
                epilogue.Add(node);
                if (Emission.IsPointwise(node.Op))
                    foreach (var input in node.Inputs)
                    {
                        // A reduction of what is in memory anyway, as the mean of a filter, would come after the product, which its reader could not join then.
                        if (input.Op == Op.Broadcast) early.UnionWith(LeavesOf([input]).Where(leaf => IsReductionOfMemory(plan, leaf)));
                        if (weight.TryGetValue(input, out var repeated) && repeated.Expensive && RepeatedBy(plan, input) is { } vector)
                        {
                            AddRoot(plan, vector, mustStore: false);
                            early.Add(vector);
                            weight[input] = (0, 0, false);
                        }
                    }
            }
            var (operations, depth, expensive) = (0, 0, false);
            if (!IsLeaf(node) && !Emission.IsSource(node.Op))
            {
                foreach (var input in node.Inputs)
                {
                    if (!weight.TryGetValue(input, out var below)) continue;
                    operations += below.Operations;
                    depth = Math.Max(depth, below.Depth + 1);
                    expensive |= below.Expensive;
                }
                if (Emission.IsPointwise(node.Op))
                {
                    operations++;
                    expensive |= Emission.IsExpensive(node.Op);
                }
                // One number for all elements is computed outside the loops.
                if (node.Op == Op.Broadcast && node.Inputs[0].Rank == 0) (operations, depth, expensive) = (0, 0, false);
                var isShared = Emission.IsPointwise(node.Op) && node.Rank > 0 && plan.Uses[node] > 1 && (expensive || operations > MaximumRepeated || operations > 1 && ReadsAsMuch(node));
                // A vector that a matrix of elements reads again and again is computed once.
                var isRepeated = node.Op == Op.Broadcast && expensive && node.Inputs[0].Rank > 0 && node.Ints.Contains(node.Rank - 1);
                if (isRepeated) AddRoot(plan, node.Inputs[0], mustStore: false);
                else if (isShared || (depth > MaximumInlineDepth && node.Rank > 0)) AddRoot(plan, node, mustStore: false);
                if (isRepeated || plan.Roots.Contains(node)) (operations, depth, expensive) = (0, 0, false);
            }
            weight[node] = (operations, depth, expensive);
        }
        return early;
    }

    /// <summary>Whether an element of the node needs one of memory of the same size.</summary>
    private bool ReadsAsMuch(Node node) => LeavesOf([node]).Any(leaf => leaf.Type.Count.Equals(node.Type.Count));

    /// <summary>What a view repeats, where it is more than a number and nothing of the region but reductions of memory has to be computed for it.</summary>
    private Node? RepeatedBy(RegionPlan plan, Node view) =>
        view.Op == Op.Broadcast && Source(view) is { Rank: > 0 } vector && Emission.IsPointwise(vector.Op) && !vector.Type.Count.Equals(view.Type.Count)
        && LeavesOf([vector]).All(leaf => !plan.Roots.Contains(leaf) || IsReductionOfMemory(plan, leaf)) ? vector : null;

    private bool IsReductionOfMemory(RegionPlan plan, Node node) => IsReduction(node) && node.Rank > 0 && !LeavesOf(node).Any(plan.Roots.Contains);

    // ---- Walking --------------------------------------------------------------------------------------------------------

    /// <summary>Visits what an expression of <paramref name="node"/> at <paramref name="index"/> loads: leaf and row-major position.</summary>
    private void Walk(Node node, ImmutableArray<Dim> index, Action<Node, Dim> leaf)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        node = Resolve(node);
        if (IsLeaf(node)) leaf(node, Emission.Linear(index, node.Shape));
        else WalkInside(node, index, leaf);
    }

    private void WalkInside(Node node, ImmutableArray<Dim> index, Action<Node, Dim> leaf)
    {
        // A reshape of memory is the same memory: no division.
        if (node.Op == Op.Reshape && Resolve(node.Inputs[0]) is var input && IsLeaf(input))
        {
            leaf(input, Emission.Linear(index, node.Shape));
            return;
        }
        if (node.Op == Op.Gather)
        {
            Walk(node.Inputs[1], index, leaf);
            Walk(node.Inputs[0], Somewhere(node, index), leaf);
            return;
        }
        var inner = Emission.InputIndex(node, index);
        foreach (var operand in node.Inputs) Walk(operand, inner, leaf);
    }

    /// <summary>Where a gather reads, as far as can be known now.</summary>
    private static ImmutableArray<Dim> Somewhere(Node gather, ImmutableArray<Dim> index)
    {
        var axis = gather.Ints[0];
        return index.SetItem(axis, Dim.Counter("$at", gather.Inputs[0].Shape[axis]));
    }

    /// <summary>Does a position at which an expression of the node reads change along the axis?</summary>
    private bool GathersAlong(Node node, ImmutableArray<Dim> index, string axis)
    {
        if (node.Op == Op.Gather)
            return DependsOn(node.Inputs[1], index, axis) || GathersInside(node.Inputs[0], Somewhere(node, index), axis);
        var inner = Emission.InputIndex(node, index);
        return node.Inputs.Any(input => GathersInside(input, inner, axis));
    }

    private bool GathersInside(Node node, ImmutableArray<Dim> index, string axis) => Resolve(node) is var inner && !IsLeaf(inner) && GathersAlong(inner, index, axis);

    private bool DependsOn(Node node, ImmutableArray<Dim> index, string axis)
    {
        node = Resolve(node);
        if (IsLeaf(node) || node.Op == Op.Iota) return index.Any(dim => dim.Mentions(axis));
        if (node.Op == Op.Gather) return DependsOn(node.Inputs[1], index, axis) || DependsOn(node.Inputs[0], Somewhere(node, index), axis);
        var inner = Emission.InputIndex(node, index);
        return node.Inputs.Any(input => DependsOn(input, inner, axis));
    }

    /// <summary>The memory that a root reads, whatever the indices.</summary>
    private HashSet<Node> LeavesOf(Node root) => LeavesOf(root.Inputs);

    private HashSet<Node> LeavesOf(IEnumerable<Node> operands)
    {
        var leaves = new HashSet<Node>();
        var seen = new HashSet<Node>();
        var stack = new Stack<Node>(operands);
        while (stack.Count > 0)
        {
            var node = Resolve(stack.Pop());
            if (!seen.Add(node)) continue;
            if (node.Op == Op.Result) leaves.Add(node.Inputs[0]);
            if (IsLeaf(node)) leaves.Add(node);
            else foreach (var input in node.Inputs) stack.Push(input);
        }
        return leaves;
    }

    /// <summary>The memory that tells a root where to read.</summary>
    private HashSet<Node> PositionsOf(Node root)
    {
        var leaves = new HashSet<Node>();
        var seen = new HashSet<Node>();
        var stack = new Stack<Node>([root]);
        while (stack.Count > 0)
        {
            var node = Resolve(stack.Pop());
            if (!seen.Add(node) || (node != root && IsLeaf(node))) continue;
            if (node.Op == Op.Gather) leaves.UnionWith(LeavesOf(node.Inputs.Skip(1)));
            foreach (var input in node.Inputs) stack.Push(input);
        }
        return leaves;
    }

    /// <summary>One digit of an index, the last of which runs fastest, and what a step of it adds to an offset.</summary>
    private sealed record Digit(Dim Size, Dim Stride);

    /// <summary>
    /// An operand of a contraction as a matrix in memory, whose batch, row and column each add to the offset digit by digit; null where it is no such view.
    /// </summary>
    private (Node Leaf, Dim Offset, ImmutableArray<Digit> Batch, ImmutableArray<Digit> Row, ImmutableArray<Digit> Column)? Matrix(Node operand)
    {
        // An axis that a reshape splits is split into digits.
        var axes = operand.Shape.Select((size, i) => new List<Axis> { new("$" + i, size) }).ToArray();
        var fresh = axes.Length;
        ImmutableArray<Dim>? Split(Dim index, ImmutableArray<Dim> sizes)
        {
            var digits = axes.FirstOrDefault(list => list.Any(axis => axis.Index.Equals(index)));
            if (digits is null) return null;
            var at = digits.FindIndex(axis => axis.Index.Equals(index));
            var parts = sizes.Select(size => new Axis("$" + fresh++, size)).ToArray();
            digits.RemoveAt(at);
            digits.InsertRange(at, parts);
            return [.. parts.Select(part => part.Size.IsOne ? Dim.Zero : part.Index)];
        }

        var node = Resolve(operand);
        ImmutableArray<Dim> index = [.. axes.Select(list => list[0].Index)];
        while (!IsLeaf(node))
        {
            if (!node.Op.IsView()) return null;
            var input = Resolve(node.Inputs[0]);
            // A reshape of memory is the same memory.
            if (node.Op == Op.Reshape && IsLeaf(input)) return Strides(input, Emission.Linear(index, node.Shape), axes);
            index = node.Op == Op.Reshape ? Emission.ReshapeIndex(index, node.Shape, node.Inputs[0].Shape, Split) : Emission.InputIndex(node, index);
            node = input;
        }
        return Strides(node, Emission.Linear(index, node.Shape), axes);
    }

    private (Node Leaf, Dim Offset, ImmutableArray<Digit> Batch, ImmutableArray<Digit> Row, ImmutableArray<Digit> Column)? Strides(Node leaf, Dim offset, List<Axis>[] axes)
    {
        var strides = new Dictionary<Axis, Dim>();
        foreach (var axis in axes.SelectMany(list => list))
        {
            if (offset.LinearIn(axis.Name) is not ({ } stride, var rest) || axes.Any(list => list.Any(other => stride.Mentions(other.Name)))) return null;
            strides.Add(axis, stride);
            offset = rest;
        }
        ImmutableArray<Digit>? Digits(IEnumerable<List<Axis>> of)
        {
            // Digits that continue each other are one.
            var digits = new List<Digit>();
            foreach (var axis in of.SelectMany(list => list))
            {
                if (axis.Size.IsOne) continue;
                if (digits.Count > 0 && digits[digits.Count - 1] is var last && last.Stride.Equals(strides[axis] * axis.Size)) digits[digits.Count - 1] = new(last.Size * axis.Size, strides[axis]);
                else digits.Add(new(axis.Size, strides[axis]));
            }
            // A table is filled once, before everything else.
            return digits.Count > 1 && digits.Any(digit => _counters.Any(counter => digit.Stride.Mentions(counter) || digit.Size.Mentions(counter))) ? null : [.. digits];
        }
        var count = axes.Length;
        return Digits(axes.Take(count - 2)) is { } batch && Digits([axes[count - 2]]) is { } row && Digits([axes[count - 1]]) is { } column ? (leaf, offset, batch, row, column) : null;
    }

    // ---- Grouping -------------------------------------------------------------------------------------------------------

    private void Place(RegionPlan plan, Node root)
    {
        var leaves = LeavesOf(root);
        var after = -1;
        foreach (var leaf in leaves)
            if (plan.GroupOf.TryGetValue(leaf, out var producer)) after = Math.Max(after, producer.Index);
        var group = FindGroup(plan, root, leaves, after) ?? NewGroup(plan, root);
        group.Roots.Add(root);
        group.Leaves.UnionWith(leaves);
        plan.GroupOf[root] = group;
        if (group.Kind == GroupKind.Rows) group.Stages[root] = StageOf(plan, group, root);
    }

    private Group? FindGroup(RegionPlan plan, Node root, HashSet<Node> leaves, int after)
    {
        if (Emission.IsProduct(root.Op) || root.Op is Op.Loop or Op.Call or Op.Pad or Op.Concat or Op.UpdateAdd or Op.ArgMax || Emission.IsScatter(root.Op)) return null;
        for (var i = Math.Max(after, 0); i < plan.Groups.Count; i++)
        {
            var group = plan.Groups[i];
            var reads = i == after;
            if (!group.IsOpen || group.Kind is GroupKind.Blocks or GroupKind.Call or GroupKind.Loop) continue;
            // Groups that neither feed the root nor read the same memory gain nothing from it.
            if (!reads && (group.Kind == GroupKind.Gemm || !leaves.Overlaps(group.Leaves))) continue;
            var refusal = WhyNot(plan, group, root);
            if (refusal is null) return group;
            if (reads) _refusals.Add(new(Describe(root), refusal) { Source = root.Source });
        }
        return null;
    }

    private static string Describe(Node node) => node.Name ?? (node.Source is { } source ? SurfaceText.ToCSharp(source) : node.Op.ToString());

    /// <summary>Null where the root may join the group.</summary>
    private string? WhyNot(RegionPlan plan, Group group, Node root)
    {
        var isReduction = IsReduction(root);
        switch (group.Kind)
        {
            case GroupKind.Gemm:
                if (isReduction) return "a reduction needs whole rows, and a GEMM finishes tiles";
                if (IsComputedFrom(root, _guarded.Contains)) return "it reads what lies around other elements";
                if (root.Rank == 0 || !root.Type.Count.Equals(Dim.Product(group.Space))) return "its elements are not those of the product";
                // Lanes run along the columns of the product, and count them only where the root has the same.
                if (!root.Shape[root.Rank - 1].Equals(group.Outer[group.Outer.Length - 1].Size) && IsComputedFrom(root, node => node.Op == Op.Iota)) return "its elements are not those of the product";
                if (GathersAlong(root, IndexOf(group, root), group.Outer[group.Outer.Length - 1].Name)) return "it gathers from other places for each element of a row";
                break;
            case GroupKind.Elements:
                if (isReduction)
                {
                    var input = root.Inputs[0];
                    var kept = Builder.Without(input.Shape, root.Ints);
                    if (root.Ints.Contains(input.Rank - 1))
                    {
                        if (group.Inner.Length > 0 || !IsTrailing(root) || !input.Shape.SequenceEqual(group.Space)) return "it reduces along other axes";
                    }
                    else if (group.Inner.Length == 0 || !kept.SequenceEqual(group.OuterShape) || !SameReduction(group, root)) return "it reduces along other axes";
                }
                else if (!root.Shape.SequenceEqual(group.OuterShape)) return "it has other elements";
                break;
            case GroupKind.Rows:
                if (isReduction)
                {
                    if (!IsTrailing(root) || !root.Inputs[0].Shape.SequenceEqual(group.Space) || root.Ints.Length != group.Inner.Length) return "it reduces along other axes";
                }
                else if (!root.Shape.SequenceEqual(group.Space) && !root.Shape.SequenceEqual(group.OuterShape)) return "it has other elements";
                break;
        }
        // Everything it reads of the group must be the same element, or lie in the same row of an earlier pass.
        string? refusal = null;
        foreach (var position in PositionsOf(root))
            if (plan.GroupOf.TryGetValue(position, out var owner) && owner == group) return $"{Describe(position)} tells where it reads";
        var becomesRows = group.Kind == GroupKind.Elements && isReduction && root.Ints.Contains(root.Inputs[0].Rank - 1);
        VisitReads(group, root, (leaf, position) =>
        {
            if (group.Kind == GroupKind.Gemm && !IsAdjacent(position, group.Outer[group.Outer.Length - 1].Name)) refusal = $"it reads {Describe(leaf)} across rows of the product";
            if (!plan.GroupOf.TryGetValue(leaf, out var owner) || owner != group) return;
            if (group.Kind == GroupKind.Elements && isReduction && group.Inner.Length > 0) refusal = $"it reduces what {Describe(leaf)} has still to finish";
            if (IsAligned(group, leaf, position)) return;
            if (group.Kind == GroupKind.Rows && InRow(group, leaf, position)) return;
            refusal = $"it reads other elements of {Describe(leaf)}";
        });
        if (refusal is not null) return refusal;
        if (group.Kind == GroupKind.Gemm && !Lanes.AreUniform(root, IsLeaf, Resolve, group.Roots[0].Type.DType)) return "its element types differ from the product's";
        if (becomesRows) group.BecomeRows(group.Outer.Length - root.Ints.Length);
        return null;
    }

    private static bool IsReduction(Node node) => Emission.IsReduction(node.Op);

    /// <summary>Is there such a node among those that an element of the root is computed from, up to memory?</summary>
    private bool IsComputedFrom(Node root, Func<Node, bool> isSuch)
    {
        var seen = new HashSet<Node>();
        var stack = new Stack<Node>([root]);
        while (stack.Count > 0)
        {
            var node = Resolve(stack.Pop());
            if (node != root && (IsLeaf(node) || !seen.Add(node))) continue;
            if (isSuch(node)) return true;
            foreach (var input in node.Inputs) stack.Push(input);
        }
        return false;
    }

    private static bool IsTrailing(Node reduction) =>
        reduction.Ints.SequenceEqual(Enumerable.Range(reduction.Inputs[0].Rank - reduction.Ints.Length, reduction.Ints.Length));

    private static bool SameReduction(Group group, Node reduction)
    {
        var first = group.Roots.FirstOrDefault(root => IsReduction(root));
        return first is not null && first.Ints.SequenceEqual(reduction.Ints) && first.Inputs[0].Shape.SequenceEqual(reduction.Inputs[0].Shape);
    }


    /// <summary>Lanes along the axis are adjacent elements or one element.</summary>
    private static bool IsAdjacent(Dim position, string axis) =>
        position.LinearIn(axis) is ({ Constant: 0 or 1 }, _);

    private void VisitReads(Group group, Node root, Action<Node, Dim> leaf)
    {
        var index = IndexOf(group, root);
        if (IsReduction(root)) Walk(root.Inputs[0], index, leaf);
        else if (Emission.IsProduct(root.Op)) return;
        else WalkInside(root, index, leaf);
    }

    /// <summary>The index at which the group's axes visit a root: into its input for reductions, into itself otherwise.</summary>
    private static ImmutableArray<Dim> IndexOf(Group group, Node root)
    {
        if (IsReduction(root))
        {
            var rank = root.Inputs[0].Rank;
            var index = new Dim[rank];
            int kept = 0, reduced = 0;
            // While a map is asked whether a reduction may turn it into rows, its space is still all outer.
            var space = group.SpaceIndex;
            var isSplit = group.Inner.Length > 0;
            for (var axis = 0; axis < rank; axis++)
                index[axis] = !isSplit ? space[axis] : root.Ints.Contains(axis) ? group.Inner[reduced++].Index : group.Outer[kept++].Index;
            return [.. index];
        }
        if (group.Kind == GroupKind.Gemm)
        {
            var view = new Node(Op.Reshape, root.Type.With(group.Space), [root]);
            return Emission.InputIndex(view, group.SpaceIndex);
        }
        return group.Kind == GroupKind.Rows && root.Rank == group.Outer.Length + group.Inner.Length && root.Shape.SequenceEqual(group.Space) ? group.SpaceIndex : group.OuterIndex;
    }

    private static bool IsAligned(Group group, Node leaf, Dim position)
    {
        var isPerRow = group.Kind == GroupKind.Rows && IsPerRow(group, leaf);
        var own = group.Kind == GroupKind.Elements || isPerRow
            ? Emission.Linear(group.OuterIndex, group.OuterShape)
            : Emission.Linear(group.SpaceIndex, group.Space);
        return position.Equals(own);
    }

    /// <summary>One value per row: reductions and what is computed from them only.</summary>
    private static bool IsPerRow(Group group, Node root) =>
        IsReduction(root) || (group.Inner.Length > 0 && !root.Shape.SequenceEqual(group.Space));

    private static bool InRow(Group group, Node leaf, Dim position)
    {
        if (IsPerRow(group, leaf)) return false;
        var rest = position;
        var stride = Dim.Product(group.InnerShape);
        for (var i = group.Outer.Length - 1; i >= 0; i--)
        {
            rest -= group.Outer[i].Index * stride;
            stride *= group.Outer[i].Size;
        }
        return !group.Outer.Any(axis => rest.Mentions(axis.Name));
    }

    private int StageOf(RegionPlan plan, Group group, Node root)
    {
        var isReduction = IsReduction(root);
        var loops = isReduction || !IsPerRow(group, root);
        var stage = loops ? 0 : 1;
        VisitReads(group, root, (leaf, position) =>
        {
            if (!group.Stages.TryGetValue(leaf, out var made) || plan.GroupOf[leaf] != group) return;
            int next;
            if (IsReduction(leaf)) next = loops ? made + 2 : made + 1;
            else if (IsPerRow(group, leaf)) next = loops ? made + 1 : made;
            else next = loops && IsAligned(group, leaf, position) ? made : made + 2;
            stage = Math.Max(stage, next);
        });
        return stage;
    }

    private Group NewGroup(RegionPlan plan, Node root)
    {
        var index = plan.Groups.Count;
        Group group;
        switch (root.Op)
        {
            case Op.Dot or Op.GroupedDot or Op.GroupedOuter:
                var space = root.Shape;
                var axes = space.Select((size, i) => new Axis(AxisName(i == space.Length - 1 ? "column" : i == space.Length - 2 ? "row" : space.Length == 3 ? "batch" : "batch" + i), size));
                group = new(GroupKind.Gemm, index, [.. axes], []);
                break;
            case Op.Loop:
                group = new(GroupKind.Loop, index, [], []) { Body = AnalyzeLoop(root) };
                break;
            case Op.Pad or Op.Concat or Op.UpdateAdd or Op.ScatterAdd or Op.ScatterMax or Op.ScatterMin:
                group = new(GroupKind.Blocks, index, [], []);
                break;
            case Op.Call:
                group = new(GroupKind.Call, index, [], []);
                break;
            case var op when Emission.IsReduction(op):
                var input = root.Inputs[0];
                var outer = Axes(Builder.Without(input.Shape, root.Ints), "i");
                var inner = Axes([.. root.Ints.Select(axis => input.Shape[axis])], "r");
                var isRows = root.Op == Op.ArgMax || root.Ints.Contains(input.Rank - 1) || outer.Length == 0;
                group = new(isRows ? GroupKind.Rows : GroupKind.Elements, index, outer, inner) { IsOpen = root.Op != Op.ArgMax && (!isRows || IsTrailing(root)) };
                break;
            default:
                group = new(GroupKind.Elements, index, Axes(root.Shape, "i"), []);
                break;
        }
        plan.Groups.Add(group);
        return group;
    }

    private ImmutableArray<Axis> Axes(ImmutableArray<Dim> shape, string prefix) =>
        [.. shape.Select((size, i) => new Axis(AxisName(shape.Length == 1 && prefix == "i" ? "j" : prefix + i), size))];

    // Formulas know sizes and axes by their names: a size of the user's keeps its own.
    private string AxisName(string name)
    {
        while (_sizeNames.Contains(name)) name += "_";
        return name;
    }

    private RegionPlan AnalyzeLoop(Node node)
    {
        var loop = node.Loop!;
        _counters.Add(loop.Counter);
        for (var i = loop.Carries; i < node.Inputs.Length; i++) _alias[loop.Body.Parameters[i]] = node.Inputs[i];
        return Analyze(loop.Body);
    }

    /// <summary>Finds out which roots must be in memory because someone outside their own pass reads them.</summary>
    private void Connect(RegionPlan plan, Group group)
    {
        foreach (var root in group.Roots)
        {
            if (root.Op == Op.Dot)
            {
                foreach (var operand in root.Inputs)
                    if (Matrix(operand) is { } matrix) plan.MustStore.Add(matrix.Leaf);
                continue;
            }
            if (group.Kind is GroupKind.Blocks or GroupKind.Call or GroupKind.Loop || root.Op is Op.GroupedDot or Op.GroupedOuter)
            {
                if (group.Kind != GroupKind.Gemm) plan.MustStore.Add(root);
                foreach (var leaf in LeavesOf(root)) plan.MustStore.Add(leaf);
                continue;
            }
            VisitReads(group, root, (leaf, position) =>
            {
                if (plan.GroupOf.TryGetValue(leaf, out var owner) && owner == group && IsAligned(group, leaf, position)
                    && (group.Kind != GroupKind.Rows || IsPerRow(group, leaf) || group.Stages[leaf] == group.Stages[root])) return;
                plan.MustStore.Add(leaf);
            });
        }
    }
}
