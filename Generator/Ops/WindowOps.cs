using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Ops;

/// <summary>
/// What looks at windows of images [b c spatial..]: padding, convolution, pooling. A convolution is a padded block, a window view of it, and one
/// contraction of the weight with the windows laid out as columns [b groups c*kernel positions].
/// </summary>
internal static class WindowOps
{
    public static void Define(Dictionary<string, Func<OpCall, Value>> ops)
    {
        ops.Add("Pad", Pad);
        ops.Add("Unfold", Unfold);
        ops.Add("Fold", Fold);
        for (var rank = 1; rank <= 3; rank++)
        {
            var n = rank;
            ops.Add($"Conv{n}d", c => Convolution(c, n));
            ops.Add($"ConvTranspose{n}d", c => TransposedConvolution(c, n));
            ops.Add($"MaxPool{n}d", c => MaxPool(c, n));
            ops.Add($"AvgPool{n}d", c => AvgPool(c, n));
            ops.Add($"AdaptiveAvgPool{n}d", c => AdaptivePool(c, n, isMax: false));
            ops.Add($"AdaptiveMaxPool{n}d", c => AdaptivePool(c, n, isMax: true));
        }
        ops.Add("PixelShuffle", PixelShuffle);
        ops.Add("Interpolate", Interpolate);
    }


    private static ImmutableArray<Dim> Zeros(int count) => [.. Enumerable.Repeat(Dim.Zero, count)];

    // ---- Arguments ----

    /// <summary>One number for each spatial dimension.</summary>
    private static ImmutableArray<Dim> Spatial(OpCall c, string argument, int rank, int least, ImmutableArray<Dim>? otherwise = null)
    {
        if (!c.Has(argument) && otherwise is { } given) return given;
        var sizes = c.Sizes(argument);
        if (sizes.Length == 1) sizes = [.. Enumerable.Repeat(sizes[0], rank)];
        if (sizes.Length != rank) throw Refusal.Of("PRX0114", c.Source(argument).Origin, $"{c.Name}: {argument} has {sizes.Length} numbers; it takes one, or {rank}");
        foreach (var size in sizes) RequireAtLeast(c, argument, size, least);
        return sizes;
    }

    private static ImmutableArray<Dim> Ones(int rank) => [.. Enumerable.Repeat(Dim.One, rank)];

    private static void RequireAtLeast(OpCall c, string argument, Dim size, int least)
    {
        string Words() => $"{c.Name}: {argument} is {size}; it must be at least {least}";
        c.Interpreter.RequireAtMost(Dim.Of(least), size, Words, () => Finding.Of("PRX0113", c.Source(argument).Origin, Words()).With(c.Interpreter.Declarations(size)));
    }

    /// <summary>A floating-point operand [b c spatial..].</summary>
    private static Node Images(OpCall c, int rank) => Ranked(c, "x", c.Floating("x"), rank + 2, $"a batch, channels and {rank} spatial dimension{(rank == 1 ? "" : "s")}");

    private static Node Ranked(OpCall c, string argument, Node node, int rank, string dimensions)
    {
        if (c.Interpreter.HasLeading(node)) throw Refusal.Of("PRX0109", c.Source(argument).Origin, $"{c.Name}: {c.Describe(argument, node)} with leading batch dims ('...') in front; it must have {dimensions}: name the batch");
        if (node.Rank != rank) throw Refusal.Of("PRX0109", c.Source(argument).Origin, $"{c.Name}: {c.Describe(argument, node)}; it must have {dimensions}");
        return node;
    }

    // ---- Padding ----

    private static Value Pad(OpCall c)
    {
        var x = c.Tensor("x");
        var pads = c.Sizes("pads");
        if (c.Interpreter.HasLeading(x) && pads.Length > 2 * (x.Rank - 1))
            throw Refusal.Of("PRX0109", c.Source("pads").Origin, $"{c.Name}: {c.Describe("x", x)} with leading batch dims ('...') in front, which cannot be padded");
        if (pads.Length % 2 != 0 || pads.Length > 2 * x.Rank)
            throw Refusal.Of("PRX0109", c.Source("pads").Origin, $"{c.Name}: {c.Describe("x", x)}; the pads are two numbers for each dimension, the last one first, and these are {pads.Length}");
        foreach (var pad in pads) RequireAtLeast(c, "pads", pad, 0);
        var mode = c.Has("mode") && c.Of("mode") is TextValue text ? text.Text : "Constant";
        Dim Low(int axis) => x.Rank - 1 - axis is var i && 2 * i < pads.Length ? pads[2 * i] : Dim.Zero;
        Dim High(int axis) => x.Rank - 1 - axis is var i && 2 * i < pads.Length ? pads[2 * i + 1] : Dim.Zero;
        if (mode == "Constant")
        {
            if (c.Constant("value") is not { } value) throw Refusal.Of("PRX0114", c.Source("value").Origin, $"{c.Name}: the value is a number that is known at build time");
            if (x.Type.DType == DType.Int64) value = Math.Truncate(value);
            if (x.Type.DType == DType.Bool) value = value == 0 ? 0 : 1;
            return c.Result(c.B.Pad(x, [.. x.Shape.Select((size, i) => Low(i) + size + High(i))], [.. x.Shape.Select((_, i) => Low(i))], value: value));
        }
        if (mode is not ("Reflect" or "Replicate" or "Circular")) throw Refusal.Of("PRX0114", c.Source("mode").Origin, $"{c.Name}: the mode must be known at build time");
        var result = x;
        for (var axis = 0; axis < x.Rank; axis++)
        {
            Dim low = Low(axis), high = High(axis), size = x.Shape[axis];
            if (low.IsZero && high.IsZero) continue;
            foreach (var pad in new[] { low, high })
            {
                var least = mode == "Reflect" ? pad + Dim.One : mode == "Circular" ? pad : Dim.Min(pad, Dim.One);
                string Words() => $"{c.Describe("x", x)}; {mode} cannot add {pad} values to dimension {axis}, which is {size}";
                c.Interpreter.RequireAtMost(least, size, () => $"{c.Name}: {Words()}", () => c.Refuse("PRX0113", Words(), pad, size).Finding!);
            }
            // Of no values before and after only the middle remains.
            var parts = ImmutableArray.CreateBuilder<Node>();
            if (!low.IsZero) parts.Add(Part(low, mode switch { "Reflect" => low, "Circular" => size - low, _ => Dim.Zero }));
            parts.Add(result);
            if (!high.IsZero) parts.Add(Part(high, mode switch { "Reflect" => size - Dim.Of(2), "Circular" => Dim.Zero, _ => size - Dim.One }));
            result = c.B.Concat(parts.ToImmutable(), axis);

            Node Part(Dim count, Dim first)
            {
                ImmutableArray<Dim> starts = [.. result.Shape.Select((_, i) => i == axis ? first : Dim.Zero)];
                var shape = result.Shape.SetItem(axis, count);
                if (mode == "Replicate")
                    return c.B.Broadcast(c.B.Select(result, axis, first), shape, [.. Enumerable.Range(0, x.Rank).Where(i => i != axis)]);
                return c.B.Slice(result, starts, shape, [.. result.Shape.Select((_, i) => i == axis && mode == "Reflect" ? -1 : 1)]);
            }
        }
        return c.Result(result);
    }

    /// <summary>The spatial dimensions between <paramref name="padding"/> values.</summary>
    private static Node Surround(OpCall c, Node x, ImmutableArray<Dim> padding, double value = 0) => c.B.Pad(
        x, [.. x.Shape.Select((size, i) => i < 2 ? size : size + padding[i - 2] * Dim.Of(2))], [.. x.Shape.Select((_, i) => i < 2 ? Dim.Zero : padding[i - 2])], value: value);

    // ---- Windows ----

    /// <summary>How many windows lie along each spatial dimension.</summary>
    private static ImmutableArray<Dim> Counts(OpCall c, ImmutableArray<Dim> sizes, ImmutableArray<Dim> kernel, ImmutableArray<Dim> stride, ImmutableArray<Dim> dilation, Func<string> what)
    {
        var counts = ImmutableArray.CreateBuilder<Dim>();
        for (var i = 0; i < sizes.Length; i++)
        {
            var (size, span, axis) = (sizes[i], dilation[i] * (kernel[i] - Dim.One) + Dim.One, i + 2);
            string Words() => $"{what()}; the kernel spans {span} values, and dimension {axis} has {size} with its padding";
            c.Interpreter.RequireAtMost(span, size, () => $"{c.Name}: {Words()}", () => c.Refuse("PRX0113", Words(), span, size).Finding!);
            counts.Add(Dim.FloorDiv(size - span, stride[i]) + Dim.One);
        }
        return counts.ToImmutable();
    }

    /// <summary>[b c spatial..] to [b c kernel.. positions..]: a view in which positions lie as in memory.</summary>
    private static Node Windows(OpCall c, Node x, ImmutableArray<Dim> kernel, ImmutableArray<Dim> counts, ImmutableArray<Dim> stride, ImmutableArray<Dim> dilation)
    {
        var n = kernel.Length;
        // From the last dimension on: [.. spatial_i offsets.. positions..] gives [.. positions_i offset_i offsets.. positions..].
        for (var i = n - 1; i >= 0; i--)
        {
            var axis = i + 2;
            var done = n - 1 - i;
            x = c.B.Window(x, axis, counts[i], kernel[i], stride[i], dilation[i]);
            x = c.B.Permute(x, [.. Enumerable.Range(0, axis), axis + 1, .. Enumerable.Range(axis + 2, done), axis, .. Enumerable.Range(axis + 2 + done, done)]);
        }
        return x;
    }

    /// <summary>The transpose of <see cref="Windows"/>.</summary>
    private static Node FoldWindows(OpCall c, Node windows, ImmutableArray<Dim> sizes, ImmutableArray<Dim> stride, ImmutableArray<Dim> dilation)
    {
        var n = sizes.Length;
        for (var i = 0; i < n; i++)
        {
            var axis = i + 2;
            var left = n - 1 - i;
            windows = c.B.Permute(windows, [.. Enumerable.Range(0, axis), axis + 1 + left, axis, .. Enumerable.Range(axis + 1, left), .. Enumerable.Range(axis + 2 + left, left)]);
            windows = c.B.Fold(windows, axis, sizes[i], stride[i], dilation[i], c.Interpreter.NewCounter());
        }
        return windows;
    }

    private static Value Unfold(OpCall c)
    {
        var x = Images(c, 2);
        ImmutableArray<Dim> kernel = Spatial(c, "kernel", 2, 1), dilation = Spatial(c, "dilation", 2, 1, Ones(2)), padding = Spatial(c, "padding", 2, 0, Zeros(2)), stride = Spatial(c, "stride", 2, 1, Ones(2));
        var padded = Surround(c, x, padding);
        var counts = Counts(c, padded.Shape.RemoveRange(0, 2), kernel, stride, dilation, () => c.Describe("x", x));
        return c.Result(c.B.Reshape(Windows(c, padded, kernel, counts, stride, dilation), [x.Shape[0], x.Shape[1] * Dim.Product(kernel), Dim.Product(counts)]));
    }

    private static Value Fold(OpCall c)
    {
        var x = Ranked(c, "x", c.Floating("x"), 3, "a batch, the values of windows, and positions");
        ImmutableArray<Dim> size = Spatial(c, "size", 2, 1), kernel = Spatial(c, "kernel", 2, 1), dilation = Spatial(c, "dilation", 2, 1, Ones(2)), padding = Spatial(c, "padding", 2, 0, Zeros(2)), stride = Spatial(c, "stride", 2, 1, Ones(2));
        ImmutableArray<Dim> padded = [.. size.Select((s, i) => s + padding[i] * Dim.Of(2))];
        var counts = Counts(c, padded, kernel, stride, dilation, () => c.Describe("x", x));
        Dim values = Dim.Product(kernel), positions = Dim.Product(counts);
        c.RequireEqual(x.Shape[2], positions, "PRX0112", () => $"{c.Describe("x", x)}; [{string.Join(" ", size)}] has {positions} positions");
        c.RequireEqual(Dim.Mod(x.Shape[1], values), Dim.Zero, "PRX0112", () => $"{c.Describe("x", x)}; {values} values of a window do not divide {x.Shape[1]}");
        var channels = Dim.ExactDiv(x.Shape[1], values) ?? Dim.FloorDiv(x.Shape[1], values);
        var windows = c.B.Reshape(x, [x.Shape[0], channels, .. kernel, .. counts]);
        return c.Result(Crop(c, FoldWindows(c, windows, padded, stride, dilation), padding, size));
    }

    private static Node Crop(OpCall c, Node x, ImmutableArray<Dim> padding, ImmutableArray<Dim> size) =>
        c.B.Slice(x, [Dim.Zero, Dim.Zero, .. padding], [x.Shape[0], x.Shape[1], .. size]);

    // ---- Convolution ----

    private sealed record Filter(Node X, Node Weight, Node? Bias, Dim Groups, ImmutableArray<Dim> Stride, ImmutableArray<Dim> Padding, ImmutableArray<Dim> Dilation);

    private static Filter Arguments(OpCall c, int rank)
    {
        var dtype = Interpreter.Promote(c.Of("x"), c.Of("weight"));
        if (dtype < DType.Float32) dtype = DType.Float32;
        var x = c.B.Cast(Images(c, rank), dtype);
        var weight = Ranked(c, "weight", c.Tensor("weight", dtype), rank + 2, $"two dimensions of channels and {rank} of the kernel");
        var bias = c.Has("bias") ? Ranked(c, "bias", c.Tensor("bias", dtype), 1, "one value for each output") : null;
        var groups = c.Has("groups") ? c.Size("groups") : Dim.One;
        if (!groups.IsOne) RequireAtLeast(c, "groups", groups, 1);
        foreach (var (size, i) in weight.Shape.Skip(2).Select((size, i) => (size, i)))
        {
            string Words() => $"{c.Describe("weight", weight)}; dimension {i + 2} of the kernel must have a value";
            c.Interpreter.RequireAtMost(Dim.One, size, () => $"{c.Name}: {Words()}", () => c.Refuse("PRX0113", Words(), size).Finding!);
        }
        return new(x, weight, bias, groups, Spatial(c, "stride", rank, 1, Ones(rank)), Spatial(c, "padding", rank, 0, Zeros(rank)), Spatial(c, "dilation", rank, 1, Ones(rank)));
    }

    private static void RequireChannels(OpCall c, Filter f, Dim actual, Dim needed, string what) =>
        c.RequireEqual(actual, needed, "PRX0112", () => $"{c.Describe("x", f.X)}, {c.Describe("weight", f.Weight)}{(f.Groups.IsOne ? "" : $", in {f.Groups} groups")}; {actual} and {needed} {what} differ");

    private static void RequireBias(OpCall c, Node? bias, Node weight, Dim outputs)
    {
        if (bias is not null) c.RequireEqual(bias.Shape[0], outputs, "PRX0112", () => $"{c.Describe("weight", weight)}, {c.Describe("bias", bias)}; there are {outputs} outputs");
    }

    /// <summary>Into how many equal parts some channels fall.</summary>
    private static Dim Share(OpCall c, Dim channels, Dim groups, Node weight)
    {
        if (groups.IsOne) return channels;
        if (Dim.ExactDiv(channels, groups) is { } exact) return exact;
        c.RequireEqual(Dim.Mod(channels, groups), Dim.Zero, "PRX0112", () => $"{c.Describe("weight", weight)}; {groups} groups do not divide its {channels} channels");
        return Dim.FloorDiv(channels, groups);
    }

    private static Value Convolution(OpCall c, int rank)
    {
        var f = Arguments(c, rank);
        Node x = f.X, weight = f.Weight;
        Dim batch = x.Shape[0], outputs = weight.Shape[0], inputs = weight.Shape[1], groups = f.Groups;
        RequireChannels(c, f, x.Shape[1], groups * inputs, "channels");
        RequireBias(c, f.Bias, weight, outputs);
        var part = Share(c, outputs, groups, weight);
        var kernel = weight.Shape.RemoveRange(0, 2);
        var padded = Surround(c, x, f.Padding);
        var counts = Counts(c, padded.Shape.RemoveRange(0, 2), kernel, f.Stride, f.Dilation, () => $"{c.Describe("x", x)}, {c.Describe("weight", weight)}");
        var windows = Windows(c, padded, kernel, counts, f.Stride, f.Dilation);
        ImmutableArray<Dim> shape = [batch, outputs, .. counts];
        Node result;
        if (inputs.IsOne && !groups.IsOne)
        {
            // One channel each: a sum over the kernel instead of a product with a thin matrix.
            ImmutableArray<Dim> parts = part.IsOne ? [] : [part];
            ImmutableArray<Dim> terms = [batch, groups, .. parts, .. kernel, .. counts];
            ImmutableArray<int> offsets = [.. Enumerable.Range(2 + parts.Length, rank)];
            var values = c.B.Broadcast(c.B.Reshape(windows, [batch, groups, .. kernel, .. counts]), terms, [0, 1, .. Enumerable.Range(2 + parts.Length, 2 * rank)]);
            var weights = c.B.Broadcast(c.B.Reshape(weight, [groups, .. parts, .. kernel]), terms, [.. Enumerable.Range(1, 1 + parts.Length), .. offsets]);
            result = c.B.Sum(c.B.Mul(values, weights), offsets);
        }
        else
        {
            Dim depth = inputs * Dim.Product(kernel), positions = Dim.Product(counts);
            var (columns, matrix) = groups.IsOne
                ? (c.B.Reshape(windows, [batch, depth, positions]), c.B.Broadcast(c.B.Reshape(weight, [outputs, depth]), [batch, outputs, depth], [1, 2]))
                : (c.B.Reshape(windows, [batch, groups, depth, positions]), c.B.Broadcast(c.B.Reshape(weight, [groups, part, depth]), [batch, groups, part, depth], [1, 2, 3]));
            result = c.B.Dot(matrix, columns);
        }
        return c.Result(AddBias(c, c.B.Reshape(result, shape), f.Bias));
    }

    private static Node AddBias(OpCall c, Node x, Node? bias) => bias is null ? x : c.B.Add(x, c.B.Broadcast(c.B.Reshape(bias, [x.Shape[1]]), x.Shape, [1]));

    private static Value TransposedConvolution(OpCall c, int rank)
    {
        var f = Arguments(c, rank);
        var more = Spatial(c, "outputPadding", rank, 0, Zeros(rank));
        Node x = f.X, weight = f.Weight;
        Dim batch = x.Shape[0], groups = f.Groups, part = weight.Shape[1];
        RequireChannels(c, f, x.Shape[1], weight.Shape[0], "channels");
        RequireBias(c, f.Bias, weight, groups * part);
        var inputs = Share(c, weight.Shape[0], groups, weight);
        ImmutableArray<Dim> kernel = weight.Shape.RemoveRange(0, 2), counts = x.Shape.RemoveRange(0, 2);
        var whole = ImmutableArray.CreateBuilder<Dim>();
        for (var i = 0; i < rank; i++)
        {
            var (axis, count, extra, widest) = (i + 2, counts[i], more[i], Dim.Max(f.Stride[i], f.Dilation[i]));
            c.Interpreter.RequireAtMost(Dim.One, count, () => $"{c.Name}: {c.Describe("x", x)}; dimension {axis} must have a value", () => c.Refuse("PRX0113", $"{c.Describe("x", x)}; dimension {axis} must have a value", count).Finding!);
            if (!extra.IsZero)
                c.Interpreter.RequireAtMost(extra + Dim.One, widest, () => $"{c.Name}: the output padding {extra} must be below the stride or the dilation", () => c.Refuse("PRX0113", $"the output padding {extra} must be below the stride or the dilation", extra).Finding!);
            var size = (count - Dim.One) * f.Stride[i] + f.Dilation[i] * (kernel[i] - Dim.One) + Dim.One + extra;
            whole.Add(size);
            string Words() => $"{c.Describe("x", x)}, {c.Describe("weight", weight)}; the padding leaves nothing of the {size} values in dimension {axis}";
            c.Interpreter.RequireAtMost(f.Padding[i] * Dim.Of(2) + Dim.One, size, () => $"{c.Name}: {Words()}", () => c.Refuse("PRX0113", Words(), size).Finding!);
        }
        Dim depth = part * Dim.Product(kernel), positions = Dim.Product(counts);
        var (columns, matrix) = groups.IsOne
            ? (c.B.Reshape(x, [batch, inputs, positions]), c.B.Broadcast(c.B.Transpose(c.B.Reshape(weight, [inputs, depth])), [batch, depth, inputs], [1, 2]))
            : (c.B.Reshape(x, [batch, groups, inputs, positions]), c.B.Broadcast(c.B.Transpose(c.B.Reshape(weight, [groups, inputs, depth])), [batch, groups, depth, inputs], [1, 2, 3]));
        var windows = c.B.Reshape(c.B.Dot(matrix, columns), [batch, groups * part, .. kernel, .. counts]);
        var all = FoldWindows(c, windows, whole.ToImmutable(), f.Stride, f.Dilation);
        return c.Result(AddBias(c, Crop(c, all, f.Padding, [.. whole.Select((size, i) => size - f.Padding[i] * Dim.Of(2))]), f.Bias));
    }

    // ---- Pools ----

    private static (ImmutableArray<Dim> Kernel, ImmutableArray<Dim> Stride, ImmutableArray<Dim> Padding, ImmutableArray<Dim> Dilation) Pool(OpCall c, int rank)
    {
        var kernel = Spatial(c, "kernel", rank, 1);
        var (stride, padding, dilation) = (Spatial(c, "stride", rank, 1, kernel), Spatial(c, "padding", rank, 0, Zeros(rank)), Spatial(c, "dilation", rank, 1, Ones(rank)));
        for (var i = 0; i < rank; i++)
        {
            if (padding[i].IsZero) continue;
            var (pad, span) = (padding[i], dilation[i] * (kernel[i] - Dim.One) + Dim.One);
            string Words() => $"the padding {pad} must be at most half of the {span} values that a window spans";
            c.Interpreter.RequireAtMost(pad * Dim.Of(2), span, () => $"{c.Name}: {Words()}", () => c.Refuse("PRX0113", Words(), pad, span).Finding!);
        }
        return (kernel, stride, padding, dilation);
    }

    private static Value MaxPool(OpCall c, int rank)
    {
        var x = Images(c, rank);
        var (kernel, stride, padding, dilation) = Pool(c, rank);
        var padded = Surround(c, x, padding, double.NegativeInfinity);
        var counts = Counts(c, padded.Shape.RemoveRange(0, 2), kernel, stride, dilation, () => c.Describe("x", x));
        return c.Result(c.B.Reduce(Op.ReduceMax, Windows(c, padded, kernel, counts, stride, dilation), [.. Enumerable.Range(2, rank)]));
    }

    private static Value AvgPool(OpCall c, int rank)
    {
        var x = Images(c, rank);
        var (kernel, stride, padding, dilation) = Pool(c, rank);
        var padded = Surround(c, x, padding);
        var counts = Counts(c, padded.Shape.RemoveRange(0, 2), kernel, stride, dilation, () => c.Describe("x", x));
        var sums = c.B.Sum(Windows(c, padded, kernel, counts, stride, dilation), [.. Enumerable.Range(2, rank)]);
        if (c.Flag("countIncludePad") || padding.All(pad => pad.IsZero)) return c.Result(c.B.Div(sums, c.Count(Dim.Product(kernel), sums.Type)));
        Node? number = null;
        for (var i = 0; i < rank; i++)
        {
            // From max(first, 0) to min(first + kernel, size), where first = position * stride - padding.
            Node Whole(Dim dim) => c.B.BroadcastTo(c.B.Size(dim, DType.Int64), [counts[i]]);
            var first = c.B.Sub(c.B.Mul(c.B.Iota([counts[i]], 0, DType.Int64), Whole(stride[i])), Whole(padding[i]));
            var inside = c.B.Sub(c.B.Pointwise(Op.Min, c.B.Add(first, Whole(kernel[i])), Whole(x.Shape[i + 2])), c.B.Pointwise(Op.Max, first, Whole(Dim.Zero)));
            var along = c.B.Broadcast(c.B.Cast(inside, x.Type.DType), sums.Shape, [i + 2]);
            number = number is null ? along : c.B.Mul(number, along);
        }
        return c.Result(c.B.Div(sums, number!));
    }

    private static Value AdaptivePool(OpCall c, int rank, bool isMax)
    {
        var x = Images(c, rank);
        var sizes = Spatial(c, "size", rank, 1);
        for (var i = 0; i < rank; i++)
        {
            var (axis, length, size) = (i + 2, x.Shape[i + 2], sizes[i]);
            string Words() => $"{c.Describe("x", x)}; dimension {axis} must have a value";
            c.Interpreter.RequireAtMost(Dim.One, length, () => $"{c.Name}: {Words()}", () => c.Refuse("PRX0109", Words(), length).Finding!);
            // The axis becomes two: parts, and the values of each.
            var shape = x.Shape.SetItem(axis, size);
            if (Dim.ExactDiv(length, size) is { } each)
            {
                var parts = c.B.Reshape(x, shape.Insert(axis + 1, each));
                x = isMax ? c.B.Reduce(Op.ReduceMax, parts, [axis + 1]) : ReductionOps.Mean(c, parts, [axis + 1]);
                continue;
            }
            // Value l belongs to part i where i*length/size, rounded down, is at most l and (i+1)*length/size, rounded up, is more: (l+1)*size > i*length and l*size < (i+1)*length.
            shape = shape.Insert(axis + 1, length);
            Node Whole(Dim dim) => c.B.BroadcastTo(c.B.Size(dim, DType.Int64), [size, length]);
            Node part = c.B.Mul(c.B.Iota([size, length], 0, DType.Int64), Whole(length)), value = c.B.Mul(c.B.Iota([size, length], 1, DType.Int64), Whole(size));
            var belongs = c.B.Pointwise(Op.And, c.B.Pointwise(Op.Greater, c.B.Add(value, Whole(size)), part), c.B.Pointwise(Op.Less, value, c.B.Add(part, Whole(length))));
            var all = c.B.Broadcast(x, shape, [.. Enumerable.Range(0, shape.Length).Where(a => a != axis)]);
            var chosen = c.B.Where(c.B.Broadcast(belongs, shape, [axis, axis + 1]), all, c.B.Full(isMax ? double.NegativeInfinity : 0, all.Type));
            x = isMax ? c.B.Reduce(Op.ReduceMax, chosen, [axis + 1])
                : c.B.Div(c.B.Sum(chosen, [axis + 1]), c.B.Broadcast(c.B.Cast(c.B.Sum(c.B.Cast(belongs, DType.Int64), [1]), x.Type.DType), x.Shape.SetItem(axis, size), [axis]));
        }
        return c.Result(x);
    }

    private static Value Interpolate(OpCall c)
    {
        var x = c.Floating("x");
        var rank = x.Rank == 3 ? 1 : 2;
        Ranked(c, "x", x, rank + 2, "a batch, channels and 1 or 2 spatial dimensions");
        var sizes = Spatial(c, "size", rank, 1);
        var mode = c.Has("mode") && c.Of("mode") is TextValue text ? text.Text : "Nearest";
        if (mode is not ("Nearest" or "Linear" or "Cubic")) throw Refusal.Of("PRX0114", c.Source("mode").Origin, $"{c.Name}: the mode must be known at build time");
        var alignCorners = c.Flag("alignCorners");
        for (var i = 0; i < rank; i++)
        {
            var (axis, length) = (i + 2, x.Shape[i + 2]);
            string Words() => $"{c.Describe("x", x)}; dimension {axis} must have a value";
            c.Interpreter.RequireAtMost(Dim.One, length, () => $"{c.Name}: {Words()}", () => c.Refuse("PRX0109", Words(), length).Finding!);
            if (!length.Equals(sizes[i])) x = Resample(c, x, axis, sizes[i], mode, alignCorners);
        }
        return c.Result(x);
    }

    private static Node Resample(OpCall c, Node x, int axis, Dim size, string mode, bool alignCorners)
    {
        var b = c.B;
        var (length, shape) = (x.Shape[axis], x.Shape.SetItem(axis, size));
        var dtype = mode == "Nearest" ? DType.Float64 : x.Type.DType;
        Node Whole(Dim dim) => b.BroadcastTo(b.Size(dim, dtype), [size]);
        Node Number(double value) => b.Full(value, dtype, [size]);
        Node Along(Node values) => b.Broadcast(values, shape, [axis]);
        Node At(Node index) => b.Gather(x, Along(b.Cast(index, DType.Int64)), axis);
        var position = b.Cast(b.Iota([size], 0, DType.Int64), dtype);
        if (mode == "Nearest") return At(b.Pointwise(Op.Floor, b.Div(b.Mul(position, Whole(length)), Whole(size))));
        position = alignCorners ? b.Mul(position, b.Div(Whole(length - Dim.One), Whole(Dim.Max(size - Dim.One, Dim.One))))
            : b.Sub(b.Mul(b.Add(position, Number(0.5)), b.Div(Whole(length), Whole(size))), Number(0.5));
        if (mode == "Linear") position = b.Pointwise(Op.Max, position, Number(0));
        var first = b.Pointwise(Op.Floor, position);
        Node rest = b.Sub(position, first), left = b.Sub(Number(1), rest);
        Node Term(int at, Node weight) =>
            b.Mul(Along(weight), At(b.Pointwise(Op.Min, b.Pointwise(Op.Max, b.Add(first, Number(at)), Number(0)), Whole(length - Dim.One))));
        if (mode == "Linear") return b.Add(Term(0, left), Term(1, rest));
        // The cubic convolution with a = -3/4, within one step and from one to two.
        Node Inner(Node t) => b.Add(b.Mul(b.Mul(b.Sub(b.Scale(t, 1.25), Number(2.25)), t), t), Number(1));
        Node Outer(Node t) => b.Add(b.Mul(b.Sub(b.Mul(b.Add(b.Scale(t, -0.75), Number(3.75)), t), Number(6)), t), Number(3));
        return b.Add(b.Add(b.Add(Term(-1, Outer(b.Add(rest, Number(1)))), Term(0, Inner(rest))), Term(1, Inner(left))), Term(2, Outer(b.Add(left, Number(1)))));
    }

    private static Value PixelShuffle(OpCall c)
    {
        var x = Ranked(c, "x", c.Tensor("x"), 4, "a batch, channels and 2 spatial dimensions");
        var factor = c.Size("factor");
        RequireAtLeast(c, "factor", factor, 1);
        Dim b = x.Shape[0], h = x.Shape[2], w = x.Shape[3], square = factor * factor;
        var channels = Dim.ExactDiv(x.Shape[1], square) ?? Dim.FloorDiv(x.Shape[1], square);
        c.RequireEqual(Dim.Mod(x.Shape[1], square), Dim.Zero, "PRX0110", () => $"{c.Describe("x", x)}; {square} does not divide its {x.Shape[1]} channels");
        var split = c.B.Permute(c.B.Reshape(x, [b, channels, factor, factor, h, w]), [0, 1, 4, 2, 5, 3]);
        return c.Result(c.B.Reshape(split, [b, channels, h * factor, w * factor]));
    }
}
