using System.Collections.Immutable;
using System.Text;
using Proxima.Generator.Frontend;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Optimize;

internal sealed partial class Planner
{
    /// <summary>What printed kernels call their own locals and parameters.</summary>
    private static readonly HashSet<string> s_locals = new(StringComparer.Ordinal) { "at", "item", "begin", "end", "row", "column", "columns", "rest", "batch", "value", "dot", "j", "V" };

    /// <summary>How many loops of a reduction may sum in blocks.</summary>
    public const int Parts = 3;

    /// <summary>The accumulator of a block of a sum.</summary>
    public static string Part(string accumulator, int depth) => accumulator + "Part" + (depth == 0 ? "" : (depth + 1).ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The lanes of an accumulator; of a maximum there may be several, side by side.</summary>
    public static ImmutableArray<string> Sides(string accumulator) => [accumulator + "Lanes", accumulator + "Lanes1", accumulator + "Lanes2", accumulator + "Lanes3"];

    /// <summary>The names that printers make of the name of a buffer or an accumulator.</summary>
    public static ImmutableArray<string> Derived(string name)
    {
        var capital = char.ToUpperInvariant(name[0]) + name.Substring(1);
        return [name, name + "Tensor", "p" + capital, "old" + capital, name + "Offset", name + "At", name + "View", name + "Value", .. Sides(name), .. Enumerable.Range(0, Parts).Select(depth => Part(name, depth))];
    }

    // Axes of maps and reductions: i0, r1.
    private static bool IsAxis(string name) => name.Length == 2 && name[0] is 'i' or 'r' && name.Length > 1 && char.IsDigit(name[1]);

    private readonly HashSet<string> _sizeNames = new(StringComparer.Ordinal);

    private void ReserveNames(Region region)
    {
        foreach (var node in region.Parameters.Concat(region.Schedule()))
        {
            foreach (var dim in node.Shape.Concat(node.Dims)) _sizeNames.UnionWith(dim.Names());
            if (node.Op == Op.Number) _sizeNames.Add(node.Text);
            if (node.Loop is not { } loop) continue;
            _sizeNames.Add(loop.Counter);
            _sizeNames.UnionWith(loop.Trips.Names());
            ReserveNames(loop.Body);
        }
        _names.UnionWith(_sizeNames);
    }

    /// <summary>A C# identifier that starts like a local: <c>blocks.*.Weight</c> becomes <c>blocksWeight</c>.</summary>
    public static string Identifier(string name)
    {
        var text = new StringBuilder();
        var upper = false;
        foreach (var c in name)
        {
            if (!char.IsLetterOrDigit(c) && c != '_')
            {
                upper = text.Length > 0;
                continue;
            }
            if (text.Length == 0) text.Append(char.IsDigit(c) ? "_" + c : char.ToLowerInvariant(c).ToString());
            else text.Append(upper ? char.ToUpperInvariant(c) : c);
            upper = false;
        }
        return text.Length == 0 ? "t" : text.ToString();
    }

    // Where the search for a free name goes on: what was taken stays so.
    private readonly Dictionary<string, int> _suffixes = new(StringComparer.Ordinal);

    private string Unique(string name)
    {
        _suffixes.TryGetValue(name, out var suffix);
        string Numbered() => suffix == 0 ? name : name + suffix.ToString(System.Globalization.CultureInfo.InvariantCulture);
        while (IsTaken(Numbered())) suffix++;
        _suffixes[name] = suffix;
        _names.UnionWith(Derived(Numbered()));
        return Numbered();
    }

    private bool IsTaken(string name) => _names.Contains(name) || Names.IsKeyword(name) || s_locals.Contains(name) || IsAxis(name) || Derived(name).Any(_names.Contains);

    private Buffer NewBuffer(string name, DType dtype, Dim count, BufferKind kind)
    {
        var buffer = new Buffer(Unique(name), dtype, count, kind);
        _buffers.Add(buffer);
        return buffer;
    }

    private static string NameOf(Node node) => node.Name is { } name ? Identifier(name) : node.Op switch
    {
        Op.ReduceSum => "sum",
        Op.ReduceMax or Op.ArgMax => "max",
        Op.ReduceMin => "min",
        Op.Dot or Op.GroupedDot or Op.GroupedOuter => "product",
        Op.Call => Identifier(node.Text),
        _ => "t",
    };

    private Storage TakeOrNew(Node node) =>
        _destination.TryGetValue(node, out var destination)
            ? destination
            : new(NewBuffer(NameOf(node), node.Type.DType, node.Type.Count, BufferKind.Temporary), Dim.Zero);

    private void Allocate(RegionPlan plan)
    {
        var schedule = plan.Region.Schedule();
        var results = new Dictionary<(Node, int), Node>();
        foreach (var node in schedule)
            if (node.Op == Op.Result) results[(node.Inputs[0], node.Ints[0])] = node;
        // Consumers first, so that a destination reaches back through what is updated in place.
        foreach (var node in schedule.Reverse())
        {
            if (node.Op == Op.Loop) AllocateLoop(plan, node, results);
            else if (node.Op != Op.Result && plan.Roots.Contains(node) && plan.MustStore.Contains(node))
            {
                var storage = _storage[node] = Overwritten(plan, node) ?? TakeOrNew(node);
                if (!IsUpdate(node)) continue;
                var target = node.Inputs[0];
                if (plan.Uses[target] == 1 && (plan.Roots.Contains(target) || target.Op == Op.Result) && !_destination.ContainsKey(target))
                    _destination[target] = storage;
            }
        }
    }

    private readonly HashSet<Node> _overwriting = [];

    /// <summary>
    /// The memory of a later value of the same row whose pass is the last to read this one, each element where it writes its own: a row then takes the room of one
    /// in the cache, and nothing of it goes through memory twice.
    /// </summary>
    private Storage? Overwritten(RegionPlan plan, Node node)
    {
        if (_destination.ContainsKey(node) || !plan.GroupOf.TryGetValue(node, out var group) || group.Kind != GroupKind.Rows || IsPerRow(group, node)) return null;
        if (plan.Groups.Any(other => other != group && other.Leaves.Contains(node))) return null;
        var readers = group.Roots.Where(root => LeavesOf(root).Contains(node)).ToArray();
        var last = readers.Length == 0 ? 0 : readers.Max(root => group.Stages[root]);
        if (last == group.Stages[node] || readers.Any(root => group.Stages[root] == last && (IsReduction(root) || !ReadsOwn(root)))) return null;
        foreach (var next in readers)
        {
            if (group.Stages[next] != last || IsPerRow(group, next) || !plan.MustStore.Contains(next) || next.Type.DType != node.Type.DType || _overwriting.Contains(next)) continue;
            if (!_storage.TryGetValue(next, out var storage)) continue;
            // What is still read there must not be overwritten before its time.
            if (group.Leaves.Any(leaf => leaf != node && _storage.TryGetValue(leaf, out var other) && other.Buffer == storage.Buffer)) continue;
            _overwriting.Add(next);
            return storage;
        }
        return null;

        bool ReadsOwn(Node root)
        {
            var isOwn = true;
            VisitReads(group, root, (leaf, position) => isOwn &= leaf != node || IsAligned(group, leaf, position));
            return isOwn;
        }
    }

    private void AllocateLoop(RegionPlan plan, Node node, Dictionary<(Node, int), Node> results)
    {
        var loop = node.Loop!;
        var body = plan.GroupOf[node].Body!;
        var counter = Dim.Counter(loop.Counter, loop.Trips);
        var swaps = _swaps[node] = [];
        var copies = _copiesAfter[node] = [];
        var inPlace = new List<(Node Parameter, Node Writer)>();
        for (var i = 0; i < loop.Carries; i++)
        {
            var parameter = loop.Body.Parameters[i];
            var next = loop.Body.Results[i];
            var size = parameter.Type.Count;
            results.TryGetValue((node, i), out var final);
            var history = loop.Histories.Items.IndexOf(i);
            if (history >= 0)
            {
                // The carried value lives in its own history: iteration k reads row k and writes row k + 1.
                var kept = results.TryGetValue((node, loop.Carries + history), out var result) && _destination.TryGetValue(result, out var destination)
                    ? destination
                    : new(NewBuffer(NameOf(parameter) + "History", parameter.Type.DType, (loop.Trips + Dim.One) * size, BufferKind.Temporary), Dim.Zero);
                if (result is not null) _storage[result] = kept;
                _storage[parameter] = new(kept.Buffer, kept.Offset + counter * size);
                _destination[next] = new(kept.Buffer, kept.Offset + (counter + Dim.One) * size);
                _destination[node.Inputs[i]] = kept;
                Finish(final, new(kept.Buffer, kept.Offset + loop.Trips * size), parameter.Type, copies);
            }
            else if (FirstWriter(body, next) is { } writer && UpdatesInPlace(body, parameter, writer) && !IsEntangled(body, inPlace, (parameter, writer)))
            {
                inPlace.Add((parameter, writer));
                var storage = final is not null ? TakeOrNew(final) : TakeOrNew(parameter);
                _storage[parameter] = storage;
                _destination[next] = storage;
                _destination[node.Inputs[i]] = storage;
                if (final is not null) _storage[final] = storage;
            }
            else
            {
                var current = NewBuffer(NameOf(parameter), parameter.Type.DType, size, BufferKind.Temporary);
                var other = NewBuffer(NameOf(parameter) + "Next", parameter.Type.DType, size, BufferKind.Temporary);
                swaps.Add((current, other));
                _storage[parameter] = new(current, Dim.Zero);
                _destination[next] = new(other, Dim.Zero);
                _destination[node.Inputs[i]] = new(current, Dim.Zero);
                Finish(final, new(current, Dim.Zero), parameter.Type, copies);
            }
        }
        for (var i = 0; i < loop.Scans; i++)
        {
            var value = loop.Body.Results[loop.Carries + i];
            var size = value.Type.Count;
            var stacked = results.TryGetValue((node, loop.Carries + loop.Histories.Count + i), out var result)
                ? TakeOrNew(result)
                : new(NewBuffer(NameOf(value), value.Type.DType, loop.Trips * size, BufferKind.Temporary), Dim.Zero);
            if (result is not null) _storage[result] = stacked;
            var row = loop.ReversesScans ? loop.Trips - Dim.One - counter : counter;
            _destination[value] = new(stacked.Buffer, stacked.Offset + row * size);
        }
        Allocate(body);
    }

    // A final carried value that has a destination elsewhere is copied there once.
    private void Finish(Node? final, Storage where, TensorType type, List<(Storage From, Storage To, TensorType Type)> copies)
    {
        if (final is null) return;
        if (_destination.TryGetValue(final, out var destination))
        {
            copies.Add((where, destination, type));
            where = destination;
        }
        _storage[final] = where;
    }

    /// <summary>What first writes to the memory of a value that is made by updates in place; null where that is nothing of the region's kernels.</summary>
    private static Node? FirstWriter(RegionPlan body, Node value)
    {
        while (IsUpdate(value) && body.Uses[value.Inputs[0]] == 1)
        {
            var target = value.Inputs[0];
            // What a loop carries to its result it starts with.
            while (target.Op == Op.Result)
            {
                var loop = target.Inputs[0];
                if (target.Ints[0] >= loop.Loop!.Carries) return null;
                target = loop.Inputs[target.Ints[0]];
            }
            if (!body.Roots.Contains(target)) break;
            value = target;
        }
        return body.GroupOf.ContainsKey(value) ? value : null;
    }

    /// <summary>
    /// True where the next value may overwrite the carried one: whoever reads it has finished when its memory is first written, or reads just the element that
    /// is written.
    /// </summary>
    private bool UpdatesInPlace(RegionPlan body, Node parameter, Node writer)
    {
        var group = body.GroupOf[writer];
        foreach (var other in body.Groups)
        {
            foreach (var root in other.Roots)
            {
                var leaves = LeavesOf(root);
                if (!leaves.Contains(parameter)) continue;
                if (other.Index < group.Index) continue;
                if (other.Index > group.Index || Emission.IsProduct(root.Op) || other.Kind is GroupKind.Call or GroupKind.Loop) return false;
                if (other.Kind == GroupKind.Blocks)
                {
                    // What joins it may depend on the carried value only through other memory.
                    if (root != writer || !IsUpdate(root) || Resolve(root.Inputs[0]) != parameter || LeavesOf(root.Inputs.Skip(1)).Contains(parameter)) return false;
                    continue;
                }
                var aligned = true;
                VisitReads(other, root, (leaf, position) =>
                {
                    if (leaf == parameter) aligned &= !IsReduction(root) && position.Equals(Emission.Linear(SpaceOf(other), ShapeOf(other)));
                });
                if (other.Kind == GroupKind.Rows && (!other.Stages.TryGetValue(writer, out var written) || other.Stages[root] > written || IsPerRow(other, writer))) aligned = false;
                if (!aligned) return false;
            }
        }
        return true;
    }

    /// <summary>Changes its first operand, in place where nobody else needs that.</summary>
    private static bool IsUpdate(Node node) => node.Op == Op.UpdateAdd || Emission.IsScatter(node.Op);

    /// <summary>
    /// True where values that one kernel updates in place would each have to be read by another before it is written: there is no order for that.
    /// </summary>
    private bool IsEntangled(RegionPlan body, List<(Node Parameter, Node Writer)> inPlace, (Node Parameter, Node Writer) candidate)
    {
        var group = body.GroupOf[candidate.Writer];
        var seen = new HashSet<Node>();
        return Reaches(candidate.Writer);

        // Whoever reads a value comes before the one that overwrites it; does such a chain lead back?
        bool Reaches(Node writer)
        {
            var leaves = ReadsOf(writer);
            if (writer != candidate.Writer && leaves.Contains(candidate.Parameter)) return true;
            return inPlace.Any(other => other.Writer != writer && leaves.Contains(other.Parameter) && body.GroupOf[other.Writer] == group && seen.Add(other.Writer) && Reaches(other.Writer));
        }

        // What a root reads by itself, and through the roots of its own kernel.
        HashSet<Node> ReadsOf(Node root)
        {
            var reads = new HashSet<Node>();
            var stack = new Stack<Node>();
            stack.Push(root);
            while (stack.Count > 0)
            {
                foreach (var leaf in LeavesOf(stack.Pop()))
                    if (reads.Add(leaf) && body.GroupOf.TryGetValue(leaf, out var owner) && owner == group) stack.Push(leaf);
            }
            return reads;
        }
    }

    private static ImmutableArray<Dim> SpaceOf(Group group) => group.Kind == GroupKind.Elements ? group.OuterIndex : group.SpaceIndex;

    private static ImmutableArray<Dim> ShapeOf(Group group) => group.Kind == GroupKind.Elements ? group.OuterShape : group.Space;
}
