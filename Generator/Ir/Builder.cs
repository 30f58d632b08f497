using System.Collections.Immutable;

namespace Proxima.Generator.Ir;

/// <summary>
/// Makes nodes of one region: shares equal ones, folds what is trivial, inserts broadcasts. Shapes are assumed right; Lowering has checked them,
/// and transforms produce right ones (the verifier says so in tests).
/// </summary>
internal sealed class Builder
{
    private readonly Dictionary<Node, Node> _shared = new(SameNode.Instance);

    /// <summary>What new nodes name as their source.</summary>
    public Surface? Source { get; set; }

    private Node Make(
        Op op, TensorType type, ImmutableArray<Node> inputs, ImmutableArray<int> ints = default, ImmutableArray<Dim> dims = default,
        double number = 0, string text = "")
    {
        var node = new Node(op, type, inputs, ints, dims, number, text, null, Source);
        if (_shared.TryGetValue(node, out var known)) return known;
        _shared.Add(node, node);
        return node;
    }

    /// <summary>Nodes that compute the same from the same operands, whoever asked for them.</summary>
    private sealed class SameNode : IEqualityComparer<Node>
    {
        public static readonly SameNode Instance = new();

        public bool Equals(Node x, Node y)
        {
            if (x.Op != y.Op || x.Inputs.Length != y.Inputs.Length || !x.Type.Equals(y.Type) || x.Text != y.Text
                || BitConverter.DoubleToInt64Bits(x.Number) != BitConverter.DoubleToInt64Bits(y.Number)) return false;
            for (var i = 0; i < x.Inputs.Length; i++)
                if (!ReferenceEquals(x.Inputs[i], y.Inputs[i])) return false;
            return x.Ints.SequenceEqual(y.Ints) && x.Dims.SequenceEqual(y.Dims);
        }

        public int GetHashCode(Node node) => node.GetHashCode();
    }

    /// <summary>A fresh argument; never shared, whatever its name.</summary>
    public Node Parameter(string name, TensorType type) => new(Op.Parameter, type, [], text: name, source: Source) { Name = name.Length > 0 ? name : null };

    public Node Full(double value, DType dtype, ImmutableArray<Dim> shape) => Make(Op.Full, new(dtype, shape), [], number: value);

    public Node Full(double value, TensorType type) => Full(value, type.DType, type.Shape);

    public Node Zeros(TensorType type) => Full(0, type);

    public Node Size(Dim dim, DType dtype) =>
        dim.Constant is { } value ? Full(value, dtype, []) : Make(Op.Size, new(dtype, []), [], dims: [dim]);

    public Node HostNumber(string name, DType dtype) => Make(Op.Number, new(dtype, []), [], text: name);

    public Node Iota(ImmutableArray<Dim> shape, int axis, DType dtype) => Make(Op.Iota, new(dtype, shape), [], ints: [axis]);

    public static bool IsFull(Node node, double value) => node.Op == Op.Full && node.Number == value;

    public Node Cast(Node x, DType dtype)
    {
        if (x.Type.DType == dtype) return x;
        if (x.Op == Op.Full)
        {
            // The cast of a constant happens now, with the rounding the element type would give.
            var value = dtype switch { DType.Bool => x.Number != 0 ? 1 : 0, DType.Int64 => Math.Truncate(x.Number), _ => x.Number };
            return Full(value, dtype, x.Shape);
        }
        return Make(Op.Cast, x.Type.With(dtype), [x]);
    }

    /// <summary>A pointwise operation on operands of equal shapes and (but for Where) equal element types.</summary>
    public Node Pointwise(Op op, params ImmutableArray<Node> inputs)
    {
        if (FoldPointwise(op, inputs) is { } folded) return folded;
        var dtype = op is Op.Equal or Op.NotEqual or Op.Less or Op.LessEqual or Op.Greater or Op.GreaterEqual or Op.And or Op.Or or Op.Not
            ? DType.Bool
            : inputs[inputs.Length - 1].Type.DType;
        return Make(op, new(dtype, inputs[0].Shape), inputs);
    }

    // Only what is exact for every value, NaN and infinities included, is folded here (x * 0 is not 0).
    private Node? FoldPointwise(Op op, ImmutableArray<Node> inputs)
    {
        var x = inputs[0];
        var y = inputs.Length > 1 ? inputs[1] : x;
        switch (op)
        {
            case Op.Add when IsFull(y, 0): return x;
            case Op.Add when IsFull(x, 0): return y;
            case Op.Sub when IsFull(y, 0): return x;
            case Op.Sub when IsFull(x, 0): return Pointwise(Op.Neg, y);
            case Op.Mul when IsFull(y, 1): return x;
            case Op.Mul when IsFull(x, 1): return y;
            case Op.Mul when IsFull(y, -1): return Pointwise(Op.Neg, x);
            case Op.Mul when IsFull(x, -1): return Pointwise(Op.Neg, y);
            case Op.Div when IsFull(y, 1): return x;
            case Op.Neg when x.Op == Op.Neg: return x.Inputs[0];
            case Op.Add when y.Op == Op.Neg: return Pointwise(Op.Sub, x, y.Inputs[0]);
            case Op.Add when x.Op == Op.Neg: return Pointwise(Op.Sub, y, x.Inputs[0]);
            case Op.Sub when y.Op == Op.Neg: return Pointwise(Op.Add, x, y.Inputs[0]);
            case Op.Where when ReferenceEquals(inputs[1], inputs[2]): return inputs[1];
            case Op.Where when x.Op == Op.Full: return x.Number != 0 ? inputs[1] : inputs[2];
        }
        if (x.Op != Op.Full || y.Op != Op.Full || inputs.Length > 2) return null;
        double? value = op switch
        {
            Op.Neg => -x.Number,
            Op.Abs => Math.Abs(x.Number),
            Op.Add => x.Number + y.Number,
            Op.Sub => x.Number - y.Number,
            Op.Mul => x.Number * y.Number,
            Op.Div when x.Type.IsFloat => x.Number / y.Number,
            _ => null,
        };
        if (value is { } v) return Full(v, x.Type);
        var (a, b) = x.Type.DType == DType.Float32 ? ((float)x.Number, (float)y.Number) : (x.Number, y.Number);
        bool? holds = op switch
        {
            Op.Equal => a == b,
            Op.NotEqual => a != b,
            Op.Less => a < b,
            Op.LessEqual => a <= b,
            Op.Greater => a > b,
            Op.GreaterEqual => a >= b,
            _ => null,
        };
        return holds is { } truth ? Full(truth ? 1 : 0, x.Type.With(DType.Bool)) : null;
    }

    public Node Neg(Node x) => Pointwise(Op.Neg, x);

    public Node Add(Node x, Node y) => Pointwise(Op.Add, x, y);

    public Node Sub(Node x, Node y) => Pointwise(Op.Sub, x, y);

    public Node Mul(Node x, Node y) => Pointwise(Op.Mul, x, y);

    public Node Div(Node x, Node y) => Pointwise(Op.Div, x, y);

    public Node Where(Node condition, Node x, Node y) => Pointwise(Op.Where, condition, x, y);

    /// <summary>x times a number.</summary>
    public Node Scale(Node x, double factor) => Mul(x, Full(factor, x.Type));

    /// <summary>Repeats: input axis i becomes output axis axes[i].</summary>
    public Node Broadcast(Node x, ImmutableArray<Dim> shape, ImmutableArray<int> axes)
    {
        if (x.Rank == shape.Length && x.Shape.SequenceEqual(shape)) return x;
        if (x.Op == Op.Full) return Full(x.Number, x.Type.DType, shape);
        if (x.Op == Op.Broadcast)
            return Broadcast(x.Inputs[0], shape, [.. x.Ints.Select(axis => axes[axis])]);
        return Make(Op.Broadcast, new(x.Type.DType, shape), [x], axes);
    }

    /// <summary>PyTorch's rule: aligned at the last axis, missing axes and axes of size 1 stretch.</summary>
    public Node BroadcastTo(Node x, ImmutableArray<Dim> shape)
    {
        if (x.Shape.SequenceEqual(shape)) return x;
        var lead = shape.Length - x.Rank;
        var stretched = Enumerable.Range(0, x.Rank).Where(i => x.Shape[i].IsOne && !shape[lead + i].IsOne).ToImmutableArray();
        var kept = Enumerable.Range(0, x.Rank).Where(i => !stretched.Contains(i)).ToImmutableArray();
        if (stretched.Length > 0) x = Reshape(x, [.. kept.Select(i => x.Shape[i])]);
        return Broadcast(x, shape, [.. kept.Select(i => lead + i)]);
    }

    public Node Permute(Node x, ImmutableArray<int> axes)
    {
        if (axes.SequenceEqual(Enumerable.Range(0, axes.Length))) return x;
        if (x.Op == Op.Full) return Full(x.Number, x.Type.DType, [.. axes.Select(axis => x.Shape[axis])]);
        if (x.Op == Op.Permute) return Permute(x.Inputs[0], [.. axes.Select(axis => x.Ints[axis])]);
        return Make(Op.Permute, new(x.Type.DType, [.. axes.Select(axis => x.Shape[axis])]), [x], axes);
    }

    /// <summary>Swaps the last two axes.</summary>
    public Node Transpose(Node x) => Permute(x, [.. Enumerable.Range(0, x.Rank - 2), x.Rank - 1, x.Rank - 2]);

    public Node Reshape(Node x, ImmutableArray<Dim> shape)
    {
        if (x.Shape.SequenceEqual(shape)) return x;
        if (x.Op == Op.Full) return Full(x.Number, x.Type.DType, shape);
        if (x.Op == Op.Reshape) return Reshape(x.Inputs[0], shape);
        return Make(Op.Reshape, x.Type.With(shape), [x]);
    }

    public Node Slice(Node x, ImmutableArray<Dim> starts, ImmutableArray<Dim> sizes, ImmutableArray<int> steps = default)
    {
        if (steps.IsDefault) steps = [.. starts.Select(_ => 1)];
        if (sizes.SequenceEqual(x.Shape) && steps.All(step => step == 1)) return x;
        if (x.Op == Op.Full) return Full(x.Number, x.Type.DType, sizes);
        return Make(Op.Slice, x.Type.With(sizes), [x], steps, starts);
    }

    /// <summary>One index along an axis, which the result lacks.</summary>
    public Node Select(Node x, int axis, Dim index)
    {
        var starts = x.Shape.Select((_, i) => i == axis ? index : Dim.Zero).ToImmutableArray();
        var sliced = Slice(x, starts, x.Shape.SetItem(axis, Dim.One));
        return Reshape(sliced, x.Shape.RemoveAt(axis));
    }

    /// <summary>The elements at the positions along an axis that <paramref name="index"/>, of the result's shape, holds.</summary>
    public Node Gather(Node x, Node index, int axis, Inverse inverse = default) =>
        x.Op == Op.Full ? Full(x.Number, x.Type.DType, index.Shape) : Make(Op.Gather, x.Type.With(index.Shape), [x, index, .. inverse.Inputs], [axis]);

    /// <summary>ScatterAdd, ScatterMax or ScatterMin.</summary>
    public Node Scatter(Op op, Node target, Node index, Node update, int axis, Inverse inverse = default) =>
        op == Op.ScatterAdd && IsFull(update, 0) ? target : Make(op, target.Type, [target, index, update, .. inverse.Inputs], [axis]);

    /// <summary>
    /// The windows along an axis: <paramref name="count"/> positions, <paramref name="stride"/> apart, of <paramref name="kernel"/> values each,
    /// <paramref name="dilation"/> apart. The axis becomes two, positions and values.
    /// </summary>
    public Node Window(Node x, int axis, Dim count, Dim kernel, Dim stride, Dim dilation)
    {
        var shape = x.Shape.SetItem(axis, count).Insert(axis + 1, kernel);
        if (x.Op == Op.Full) return Full(x.Number, x.Type.DType, shape);
        // One value per window, one window, windows side by side: these are slices.
        if (kernel.IsOne && stride.Constant is { } step) return Reshape(Take(count, (int)step), shape);
        if (count.IsOne && dilation.Constant is { } apart) return Reshape(Take(kernel, (int)apart), shape);
        if (dilation.IsOne && kernel.Equals(stride)) return Reshape(Take(count * kernel, 1), shape);
        return Make(Op.Window, x.Type.With(shape), [x], [axis], [stride, dilation]);

        Node Take(Dim size, int by) =>
            Slice(x, [.. x.Shape.Select(_ => Dim.Zero)], x.Shape.SetItem(axis, size), [.. x.Shape.Select((_, i) => i == axis ? by : 1)]);
    }

    /// <summary>The transpose of <see cref="Window"/>: an axis of <paramref name="size"/> values to which every window adds its own, in the order of the offsets.</summary>
    /// <param name="counter">A counter that nothing else in the function uses.</param>
    public Node Fold(Node windows, int axis, Dim size, Dim stride, Dim dilation, string counter)
    {
        Dim count = windows.Shape[axis], kernel = windows.Shape[axis + 1];
        var shape = windows.Shape.RemoveAt(axis + 1).SetItem(axis, size);
        if (IsFull(windows, 0)) return Full(0, windows.Type.DType, shape);
        // The axis is cut into rows of one stride: offset k adds to column k*dilation % stride, from row k*dilation / stride on.
        var rows = Dim.CeilDiv(size, stride);
        var cut = shape.SetItem(axis, rows).Insert(axis + 1, stride);
        var k = Dim.Counter(counter, kernel);
        var body = new Builder { Source = Source };
        var sum = body.Parameter("sum", windows.Type.With(cut));
        var values = body.Parameter(windows.Name ?? "windows", windows.Type);
        var at = cut.Select((_, i) => i == axis ? Dim.FloorDiv(k * dilation, stride) : i == axis + 1 ? Dim.Mod(k * dilation, stride) : Dim.Zero).ToImmutableArray();
        var part = body.Reshape(body.Select(values, axis + 1, k), cut.SetItem(axis, count).SetItem(axis + 1, Dim.One));
        var loop = new LoopInfo(counter, kernel, 1, EquatableArray<int>.Empty, 0, new Region([sum, values], [body.UpdateAdd(sum, part, at)]));
        var all = Loop(loop, [Zeros(sum.Type), windows])[0];
        return Slice(Reshape(all, shape.SetItem(axis, rows * stride)), [.. shape.Select(_ => Dim.Zero)], shape);
    }

    /// <summary>A block within a constant.</summary>
    public Node Pad(Node x, ImmutableArray<Dim> shape, ImmutableArray<Dim> starts, ImmutableArray<int> steps = default, double value = 0)
    {
        if (steps.IsDefault) steps = [.. starts.Select(_ => 1)];
        if (x.Shape.SequenceEqual(shape) && steps.All(step => step == 1)) return x;
        if (IsFull(x, value)) return Full(value, x.Type.DType, shape);
        return Make(Op.Pad, x.Type.With(shape), [x], steps, starts, value);
    }

    public Node UpdateAdd(Node target, Node update, ImmutableArray<Dim> starts, ImmutableArray<int> steps = default)
    {
        if (steps.IsDefault) steps = [.. starts.Select(_ => 1)];
        if (target.Shape.SequenceEqual(update.Shape) && steps.All(step => step == 1)) return Add(target, update);
        return IsFull(update, 0) ? target : Make(Op.UpdateAdd, target.Type, [target, update], steps, starts);
    }

    public Node Concat(ImmutableArray<Node> parts, int axis)
    {
        if (parts.Length == 1) return parts[0];
        var size = Dim.Sum(parts.Select(part => part.Shape[axis]));
        return Make(Op.Concat, parts[0].Type.With(parts[0].Shape.SetItem(axis, size)), parts, [axis]);
    }

    /// <summary>Reduces axes away; <paramref name="op"/> is ReduceSum, ReduceMax or ReduceMin.</summary>
    public Node Reduce(Op op, Node x, ImmutableArray<int> axes)
    {
        if (axes.Length == 0) return x;
        axes = axes.Sort();
        var shape = Without(x.Shape, axes);
        if (op == Op.ReduceSum && IsFull(x, 0)) return Full(0, x.Type.DType, shape);
        return Make(op, x.Type.With(shape), [x], axes);
    }

    public Node Sum(Node x, ImmutableArray<int> axes) => Reduce(Op.ReduceSum, x, axes);

    public Node ArgMax(Node x, int axis) => Make(Op.ArgMax, new(DType.Int64, x.Shape.RemoveAt(axis)), [x], [axis]);

    /// <summary>Puts reduced axes back as axes of size <paramref name="shape"/>.</summary>
    public Node Unreduce(Node reduced, ImmutableArray<Dim> shape, ImmutableArray<int> axes) =>
        Broadcast(reduced, shape, [.. Enumerable.Range(0, shape.Length).Where(i => !axes.Contains(i))]);

    /// <summary>[batch.. m k] times [batch.. k n].</summary>
    public Node Dot(Node x, Node y)
    {
        var shape = x.Shape.SetItem(x.Rank - 1, y.Shape[y.Rank - 1]);
        return IsFull(x, 0) || IsFull(y, 0) ? Full(0, x.Type.DType, shape) : Make(Op.Dot, x.Type.With(shape), [x, y]);
    }

    /// <summary>The same of the signs of x and y.</summary>
    public Node SignDot(Node x, Optimize.Signs xSigns, Node y, Optimize.Signs ySigns) =>
        Make(Op.Dot, x.Type.With(x.Shape.SetItem(x.Rank - 1, y.Shape[y.Rank - 1])), [x, y], [(int)xSigns, (int)ySigns]);

    /// <summary>Each row of x times the matrix of its group.</summary>
    public Node GroupedDot(Node x, Node y, Inverse groups) => Make(Op.GroupedDot, x.Type.With([x.Shape[0], y.Shape[2]]), [x, y, .. groups.Inputs]);

    /// <summary>For each group the sum of the outer products of its rows.</summary>
    public Node GroupedOuter(Node x, Node y, Inverse groups) => Make(Op.GroupedOuter, x.Type.With([groups.Ranges!.Shape[0], x.Shape[1], y.Shape[1]]), [x, y, .. groups.Inputs]);

    /// <summary>A call of a <see cref="Routine"/>.</summary>
    public Node Call(string routine, TensorType type, ImmutableArray<Node> operands, ImmutableArray<int> numbers = default) => Make(Op.Call, type, operands, numbers, text: routine);

    /// <summary>A loop and its results: final carried values, histories, scans.</summary>
    public ImmutableArray<Node> Loop(LoopInfo loop, ImmutableArray<Node> inputs)
    {
        var types = ResultTypes(loop);
        var node = new Node(Op.Loop, types.Length > 0 ? types[0] : new(DType.Float32, []), inputs, loop: loop, source: Source);
        var results = ImmutableArray.CreateBuilder<Node>(types.Length);
        for (var i = 0; i < types.Length; i++)
        {
            var result = Make(Op.Result, types[i], [node], [i]);
            result.Name ??= i < loop.Carries ? loop.Body.Parameters[i].Name : null;
            results.Add(result);
        }
        return results.MoveToImmutable();
    }

    /// <summary>One result of a loop.</summary>
    public Node Result(Node loop, int index) => Make(Op.Result, ResultTypes(loop.Loop!)[index], [loop], [index]);

    /// <summary>A value whose derivative by its operands is a rule's.</summary>
    public Node Ruled(ImmutableArray<Node> inputs, RuleInfo rule) => new(Op.Ruled, rule.Value!.Results[0].Type, inputs, source: Source, rule: rule);

    /// <summary>A function of the first input that is known by its operator.</summary>
    public Node Proximable(TensorType type, ImmutableArray<Node> inputs, RuleInfo rule) => new(Op.Proximable, type, inputs, source: Source, rule: rule);

    /// <summary>The change of a ruled value along the tangents of its operands.</summary>
    public Node RuleTangent(Node value, ImmutableArray<Node> tangents, ImmutableArray<Node> captures, RuleInfo rule) =>
        new(Op.RuleTangent, value.Type, [.. tangents, value, .. captures], source: Source, rule: rule with { Value = null });

    /// <summary>A number at each position of a key's random sequence.</summary>
    public Node Draw(Op op, DType dtype, params ImmutableArray<Node> inputs) => Make(op, new(dtype, inputs[0].Shape), inputs);

    /// <summary>The types of a loop's results in order.</summary>
    public static ImmutableArray<TensorType> ResultTypes(LoopInfo loop)
    {
        var types = ImmutableArray.CreateBuilder<TensorType>();
        if (loop.Solver is not null)
        {
            var point = loop.Body.Results[0].Type;
            return [point, new(DType.Int64, []), new(point.DType, [])];
        }
        for (var i = 0; i < loop.Carries; i++) types.Add(loop.Body.Results[i].Type);
        foreach (var carry in loop.Histories)
            types.Add(loop.Body.Results[carry].Type.With(loop.Body.Results[carry].Shape.Insert(0, loop.Trips + Dim.One)));
        for (var i = 0; i < loop.Scans; i++)
        {
            var scan = loop.Body.Results[loop.Carries + i];
            types.Add(scan.Type.With(scan.Shape.Insert(0, loop.Trips)));
        }
        return types.ToImmutable();
    }

    /// <summary>Makes the same node over other inputs; loops keep their bodies.</summary>
    public Node Rebuild(Node node, ImmutableArray<Node> inputs) => Rebuild(node, inputs, node.Type, node.Dims);

    /// <summary>Makes the same node over other inputs, type and dims (after a substitution of sizes).</summary>
    public Node Rebuild(Node node, ImmutableArray<Node> inputs, TensorType type, ImmutableArray<Dim> dims)
    {
        var saved = Source;
        Source = node.Source ?? saved;
        var result = node.Op switch
        {
            Op.Parameter => node,
            Op.Loop => throw new InvalidOperationException("a loop is rebuilt through its LoopInfo"),
            Op.Ruled or Op.RuleTangent or Op.Proximable => new(node.Op, type, inputs, source: Source, rule: node.Rule),
            Op.Full => Full(node.Number, type),
            Op.Size => Size(dims[0], type.DType),
            Op.Cast => Cast(inputs[0], type.DType),
            Op.Broadcast => Broadcast(inputs[0], type.Shape, node.Ints),
            Op.Permute => Permute(inputs[0], node.Ints),
            Op.Reshape => Reshape(inputs[0], type.Shape),
            Op.Slice => Slice(inputs[0], dims, type.Shape, node.Ints),
            Op.Window => Window(inputs[0], node.Ints[0], type.Shape[node.Ints[0]], type.Shape[node.Ints[0] + 1], dims[0], dims[1]),
            Op.Pad => Pad(inputs[0], type.Shape, dims, node.Ints, node.Number),
            Op.UpdateAdd => UpdateAdd(inputs[0], inputs[1], dims, node.Ints),
            Op.Gather => Gather(inputs[0], inputs[1], node.Ints[0], Inverse.At(inputs, 2)),
            Op.ScatterAdd or Op.ScatterMax or Op.ScatterMin => Scatter(node.Op, inputs[0], inputs[1], inputs[2], node.Ints[0], Inverse.At(inputs, 3)),
            Op.Concat => Concat(inputs, node.Ints[0]),
            Op.ReduceSum or Op.ReduceMax or Op.ReduceMin => Reduce(node.Op, inputs[0], node.Ints),
            Op.Dot => Dot(inputs[0], inputs[1]),
            Op.Number or Op.Iota or Op.ArgMax or Op.Call or Op.Result => Make(node.Op, type, inputs, node.Ints, dims, node.Number, node.Text),
            Op.RandomUniform or Op.RandomNormal or Op.RandomPoisson => Draw(node.Op, type.DType, inputs),
            _ => Pointwise(node.Op, inputs),
        };
        Source = saved;
        if (node.Op != Op.Parameter) result.Name ??= node.Name;
        return result;
    }

    public static ImmutableArray<Dim> Without(ImmutableArray<Dim> shape, ImmutableArray<int> axes) =>
        [.. shape.Where((_, i) => !axes.Contains(i))];
}
