namespace Proxima;

public static partial class Ops
{
    // ---- padding ----

    /// <summary>x with more values around it.</summary>
    /// <param name="x">The values.</param>
    /// <param name="pads">How many values before and after each dimension, the last dimension first: [left, right, top, bottom, ...].</param>
    /// <param name="mode">Which values.</param>
    /// <param name="value">The constant of <see cref="PadMode.Constant"/>.</param>
    /// <exception cref="ArgumentException">There are too many pads, one is negative, or x is too small for the mode.</exception>
    public static Tensor Pad(Tensor x, int[] pads, PadMode mode = PadMode.Constant, double value = 0)
    {
        if (pads.Length % 2 != 0 || pads.Length > 2 * x.Rank || pads.Any(size => size < 0))
            throw new ArgumentException($"Pad: {Shapes.Text(pads)} is no list of pads before and after some of the dimensions of {Shapes.Text(x.Shape)}.");
        int[] low = new int[x.Rank], high = new int[x.Rank];
        for (var i = 0; i < pads.Length / 2; i++) (low[^(i + 1)], high[^(i + 1)]) = (pads[2 * i], pads[2 * i + 1]);
        if (mode == PadMode.Constant) return Surround(x, low, high, value);
        for (var axis = 0; axis < x.Rank; axis++)
        {
            var size = x.Shape[axis];
            var most = low[axis] + high[axis] == 0 ? 0 : mode == PadMode.Reflect ? size - 1 : mode == PadMode.Circular || size == 0 ? size : int.MaxValue;
            if (Math.Max(low[axis], high[axis]) > most)
                throw new ArgumentException($"Pad: x is {Shapes.Text(x.Shape)}; {mode} has at most {Math.Max(most, 0)} values to add in dimension {axis}, not {Math.Max(low[axis], high[axis])}.");
            if (low[axis] + high[axis] == 0) continue;
            x = Concat(
            [
                Part(low[axis], mode == PadMode.Reflect ? low[axis] : mode == PadMode.Circular ? size - low[axis] : 0),
                x,
                Part(high[axis], mode == PadMode.Reflect ? size - 2 : mode == PadMode.Circular ? 0 : size - 1),
            ], axis);

            Tensor Part(int count, int first)
            {
                var (start, sizes, step) = (new int[x.Rank], x.Shape.ToArray(), new int[x.Rank]);
                Array.Fill(step, 1);
                if (mode == PadMode.Replicate)
                {
                    (start[axis], sizes[axis]) = (first, 1);
                    var edge = Slice(x, start, sizes, step);
                    sizes[axis] = count;
                    return Expand(edge, sizes);
                }
                (start[axis], sizes[axis], step[axis]) = (first, count, mode == PadMode.Reflect ? -1 : 1);
                return Slice(x, start, sizes, step);
            }
        }
        return x.Clone();
    }

    private static Tensor Surround(Tensor x, int[] low, int[] high, double value)
    {
        int[] shape = [.. Enumerable.Range(0, x.Rank).Select(i => checked(low[i] + x.Shape[i] + high[i]))];
        var result = Full(shape, value, x.DType);
        var strides = Shapes.Strides(shape);
        Strided.Write(x, result, x.Length == 0 ? 0 : Offset(low, strides), strides);
        return result;
    }

    // ---- windows ----

    /// <summary>Splits a dimension into positions and offsets: element (.., o, k, ..) is <c>x[.., o * stride + k * dilation, ..]</c>. Used by generated code.</summary>
    /// <exception cref="ArgumentException">A window is not within x.</exception>
    public static Tensor Window(Tensor x, int dim, int count, int kernel, int stride, int dilation)
    {
        var axis = Shapes.Axis("Window", x.Shape, dim);
        if (count < 0 || kernel < 0 || (count > 0 && kernel > 0 && (count - 1L) * stride + (kernel - 1L) * dilation >= x.Shape[axis]))
            throw new ArgumentException($"Window: {count} windows of {kernel} values do not lie in dim {dim} of {Shapes.Text(x.Shape)}.");
        var strides = Shapes.Strides(x.Shape);
        return Strided.Read(
            x, 0, [.. x.Shape[..axis], count, kernel, .. x.Shape[(axis + 1)..]],
            [.. strides[..axis], strides[axis] * stride, strides[axis] * dilation, .. strides[(axis + 1)..]]);
    }

    /// <summary>The number of windows along each spatial dimension of a padded tensor.</summary>
    private static int[] WindowCounts(string op, Tensor x, int[] kernel, int[] stride, int[] dilation)
    {
        var counts = new int[kernel.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            var (size, span) = (x.Shape[i + 2], checked(dilation[i] * (kernel[i] - 1) + 1));
            if (kernel[i] < 1) throw new ArgumentException($"{op}: the kernel is {Shapes.Text(kernel)}; it must have at least one value.");
            if (span > size) throw new ArgumentException($"{op}: the kernel spans {span} values, and dimension {i + 2} has {size} with its padding.");
            counts[i] = (size - span) / stride[i] + 1;
        }
        return counts;
    }

    /// <summary>[b c spatial..] to [b c kernel.. positions..].</summary>
    private static Tensor Windows(string op, Tensor x, int[] kernel, int[] stride, int[] dilation)
    {
        var counts = WindowCounts(op, x, kernel, stride, dilation);
        var strides = Shapes.Strides(x.Shape);
        return Strided.Read(
            x, 0, [.. x.Shape[..2], .. kernel, .. counts],
            [.. strides[..2], .. kernel.Select((_, i) => strides[i + 2] * dilation[i]), .. kernel.Select((_, i) => strides[i + 2] * stride[i])]);
    }

    /// <summary>[b c kernel.. positions..] to [b c spatial..]: each value is added where its window took it from.</summary>
    private static Tensor FoldWindows(Tensor windows, int[] sizes, int[] stride, int[] dilation)
    {
        var n = sizes.Length;
        int[] outer = windows.Shape[..2].ToArray(), kernel = windows.Shape.Slice(2, n).ToArray(), counts = windows.Shape[(2 + n)..].ToArray();
        var result = Tensor.Zeros([.. outer, .. sizes], windows.DType);
        int[] ones = [.. Enumerable.Repeat(1, windows.Rank)];
        for (var k = 0; k < Shapes.Length(kernel); k++)
        {
            var at = new int[n];
            for (int i = n - 1, rest = k; i >= 0; rest /= kernel[i--]) at[i] = rest % kernel[i];
            var part = Slice(windows, [0, 0, .. at, .. new int[n]], [.. outer, .. ones[..n], .. counts], ones);
            result = UpdateAdd(result, Reshape(part, [.. outer, .. counts]), [0, 0, .. at.Select((a, i) => a * dilation[i])], [1, 1, .. stride]);
        }
        return result;
    }

    private static Tensor Images(string op, int rank, Tensor x) => x.Rank == rank + 2
        ? x.As(FloatingType(x.DType))
        : throw new ArgumentException($"{op}: x is {Shapes.Text(x.Shape)}; it must have a batch, channels and {rank} spatial dimensions.");

    private static int[] Pads(int[] padding) => [.. padding.Reverse().SelectMany(p => new[] { p, p })];

    /// <summary>The windows of an image laid out as columns.</summary>
    /// <param name="x">[b c h w].</param>
    /// <param name="kernel">The size of the windows.</param>
    /// <param name="dilation">The distance of the values of a window.</param>
    /// <param name="padding">Zeros before and after each spatial dimension.</param>
    /// <param name="stride">The distance of windows.</param>
    /// <returns>[b c*kh*kw positions].</returns>
    public static Tensor Unfold(Tensor x, Spatial kernel, Spatial dilation = default, Spatial padding = default, Spatial stride = default)
    {
        var (k, d, p, s) = (
            kernel.For("Unfold", nameof(kernel), 2, 1), dilation.For("Unfold", nameof(dilation), 2, 1, [1, 1]), padding.For("Unfold", nameof(padding), 2, 0, [0, 0]),
            stride.For("Unfold", nameof(stride), 2, 1, [1, 1]));
        var windows = Windows("Unfold", Pad(Images("Unfold", 2, x), Pads(p)), k, s, d);
        return Reshape(windows, windows.Dim(0), windows.Dim(1) * k[0] * k[1], windows.Dim(4) * windows.Dim(5));
    }

    /// <summary>The sum of windows where they overlap: the transpose of <see cref="Unfold"/>.</summary>
    /// <param name="x">[b c*kh*kw positions].</param>
    /// <param name="size">The sizes h and w of the result.</param>
    /// <param name="kernel">The size of the windows.</param>
    /// <param name="dilation">The distance of the values of a window.</param>
    /// <param name="padding">How many values before and after each spatial dimension are dropped.</param>
    /// <param name="stride">The distance of windows.</param>
    /// <returns>[b c h w].</returns>
    public static Tensor Fold(Tensor x, Spatial size, Spatial kernel, Spatial dilation = default, Spatial padding = default, Spatial stride = default)
    {
        var (n, k, d, p, s) = (
            size.For("Fold", nameof(size), 2, 1), kernel.For("Fold", nameof(kernel), 2, 1), dilation.For("Fold", nameof(dilation), 2, 1, [1, 1]),
            padding.For("Fold", nameof(padding), 2, 0, [0, 0]), stride.For("Fold", nameof(stride), 2, 1, [1, 1]));
        int[] padded = [n[0] + 2 * p[0], n[1] + 2 * p[1]];
        if (x.Rank != 3 || x.Dim(1) % (k[0] * k[1]) != 0)
            throw new ArgumentException($"Fold: x is {Shapes.Text(x.Shape)}; it must be [b c*{k[0]}*{k[1]} positions].");
        var counts = WindowCounts("Fold", Tensor.Empty(DType.Bool, [0, 0, .. padded]), k, s, d);
        if (x.Dim(2) != counts[0] * counts[1])
            throw new ArgumentException($"Fold: x is {Shapes.Text(x.Shape)}; {Shapes.Text(n)} has {counts[0]}*{counts[1]} positions.");
        x = Reshape(x.As(FloatingType(x.DType)), x.Dim(0), x.Dim(1) / (k[0] * k[1]), k[0], k[1], counts[0], counts[1]);
        return Slice(FoldWindows(x, padded, s, d), [0, 0, .. p], [x.Dim(0), x.Dim(1), .. n], [1, 1, 1, 1]);
    }

    // ---- convolution ----

    /// <summary>The correlation of signals with kernels, as PyTorch's conv1d.</summary>
    /// <param name="x">[b c l].</param>
    /// <param name="weight">[outputs c/groups k].</param>
    /// <param name="bias">[outputs], added to every position; none where null.</param>
    /// <param name="stride">The distance of windows.</param>
    /// <param name="padding">Zeros before and after each spatial dimension.</param>
    /// <param name="dilation">The distance of the values of a window.</param>
    /// <param name="groups">Into how many parts the channels fall; each output sees one part. As many as channels: depthwise.</param>
    /// <returns>[b outputs (l + 2 padding - dilation (k - 1) - 1) / stride + 1], rounded down.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or the kernel spans more than the padded input.</exception>
    public static Tensor Conv1d(Tensor x, Tensor weight, Tensor? bias = null, Spatial stride = default, Spatial padding = default, Spatial dilation = default, int groups = 1) =>
        Convolution("Conv1d", 1, x, weight, bias, stride, padding, dilation, groups);

    /// <summary>The correlation of images x [b c h w] with kernels weight [outputs c/groups kh kw], as PyTorch's conv2d; otherwise as <see cref="Conv1d(Tensor, Tensor, Tensor, Spatial, Spatial, Spatial, int)"/>.</summary>
    public static Tensor Conv2d(Tensor x, Tensor weight, Tensor? bias = null, Spatial stride = default, Spatial padding = default, Spatial dilation = default, int groups = 1) =>
        Convolution("Conv2d", 2, x, weight, bias, stride, padding, dilation, groups);

    /// <summary>The correlation of volumes x [b c d h w] with kernels weight [outputs c/groups kd kh kw], as PyTorch's conv3d; otherwise as <see cref="Conv1d(Tensor, Tensor, Tensor, Spatial, Spatial, Spatial, int)"/>.</summary>
    public static Tensor Conv3d(Tensor x, Tensor weight, Tensor? bias = null, Spatial stride = default, Spatial padding = default, Spatial dilation = default, int groups = 1) =>
        Convolution("Conv3d", 3, x, weight, bias, stride, padding, dilation, groups);

    private static Tensor Convolution(string op, int rank, Tensor x, Tensor weight, Tensor? bias, Spatial stride, Spatial padding, Spatial dilation, int groups)
    {
        int[] ones = [.. Enumerable.Repeat(1, rank)];
        var (s, p, d) = (stride.For(op, nameof(stride), rank, 1, ones), padding.For(op, nameof(padding), rank, 0, new int[rank]), dilation.For(op, nameof(dilation), rank, 1, ones));
        (x, weight) = Channels(op, rank, x, weight, bias, groups, outputs: 0, inputs: 1);
        if (x.Dim(1) != groups * weight.Dim(1) || weight.Dim(0) % groups != 0)
            throw new ArgumentException($"{op}: x is {Shapes.Text(x.Shape)}, weight is {Shapes.Text(weight.Shape)}; {groups} groups of {weight.Dim(1)} channels are needed, and {groups} must divide {weight.Dim(0)}.");
        int[] kernel = weight.Shape[2..].ToArray();
        var windows = Windows(op, Pad(x, Pads(p)), kernel, s, d);
        var counts = windows.Shape[(2 + rank)..].ToArray();
        int depth = weight.Dim(1) * (int)Shapes.Length(kernel), positions = (int)Shapes.Length(counts);
        var columns = Reshape(windows, x.Dim(0), groups, depth, positions);
        var product = MatMul(Reshape(weight, groups, weight.Dim(0) / groups, depth), columns);
        return AddBias(Reshape(product, [x.Dim(0), weight.Dim(0), .. counts]), bias);
    }

    private static (Tensor X, Tensor Weight) Channels(string op, int rank, Tensor x, Tensor weight, Tensor? bias, int groups, int outputs, int inputs)
    {
        if (groups < 1) throw new ArgumentException($"{op}: there are {groups} groups; there must be at least one.");
        if (weight.Rank != rank + 2) throw new ArgumentException($"{op}: weight is {Shapes.Text(weight.Shape)}; it must have two dimensions of channels and {rank} of the kernel.");
        if (bias is not null && (bias.Rank != 1 || bias.Dim(0) != weight.Dim(outputs) * (outputs == 0 ? 1 : groups)))
            throw new ArgumentException($"{op}: weight is {Shapes.Text(weight.Shape)}, bias is {Shapes.Text(bias.Shape)}; it must have one value for each output.");
        var dtype = FloatingType(DTypes.Promote(Images(op, rank, x), weight));
        return (x.As(dtype), weight.As(dtype));
    }

    private static Tensor AddBias(Tensor x, Tensor? bias) => bias is null ? x : x + Reshape(bias, [bias.Dim(0), .. Enumerable.Repeat(1, x.Rank - 2)]);

    /// <summary>The transpose of <see cref="Conv1d(Tensor, Tensor, Tensor, Spatial, Spatial, Spatial, int)"/> in its input, as PyTorch's conv_transpose1d.</summary>
    /// <param name="x">[b c l].</param>
    /// <param name="weight">[c outputs/groups k].</param>
    /// <param name="bias">[outputs], added to every position; none where null.</param>
    /// <param name="stride">The distance at which the kernels are laid.</param>
    /// <param name="padding">How many values before and after each spatial dimension are dropped.</param>
    /// <param name="outputPadding">How many more values the result has at the end.</param>
    /// <param name="groups">Into how many parts the channels fall.</param>
    /// <param name="dilation">The distance of the values of a kernel.</param>
    /// <returns>[b outputs (l - 1) stride - 2 padding + dilation (k - 1) + outputPadding + 1].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or nothing is left.</exception>
    public static Tensor ConvTranspose1d(
        Tensor x, Tensor weight, Tensor? bias = null, Spatial stride = default, Spatial padding = default, Spatial outputPadding = default, int groups = 1, Spatial dilation = default) =>
        TransposedConvolution("ConvTranspose1d", 1, x, weight, bias, stride, padding, outputPadding, groups, dilation);

    /// <summary>The same for images x [b c h w] and kernels weight [c outputs/groups kh kw], as PyTorch's conv_transpose2d; otherwise as <see cref="ConvTranspose1d"/>.</summary>
    public static Tensor ConvTranspose2d(
        Tensor x, Tensor weight, Tensor? bias = null, Spatial stride = default, Spatial padding = default, Spatial outputPadding = default, int groups = 1, Spatial dilation = default) =>
        TransposedConvolution("ConvTranspose2d", 2, x, weight, bias, stride, padding, outputPadding, groups, dilation);

    /// <summary>The same for volumes x [b c d h w] and kernels weight [c outputs/groups kd kh kw], as PyTorch's conv_transpose3d; otherwise as <see cref="ConvTranspose1d"/>.</summary>
    public static Tensor ConvTranspose3d(
        Tensor x, Tensor weight, Tensor? bias = null, Spatial stride = default, Spatial padding = default, Spatial outputPadding = default, int groups = 1, Spatial dilation = default) =>
        TransposedConvolution("ConvTranspose3d", 3, x, weight, bias, stride, padding, outputPadding, groups, dilation);

    private static Tensor TransposedConvolution(
        string op, int rank, Tensor x, Tensor weight, Tensor? bias, Spatial stride, Spatial padding, Spatial outputPadding, int groups, Spatial dilation)
    {
        int[] ones = [.. Enumerable.Repeat(1, rank)], zeros = new int[rank];
        var (s, p, d) = (stride.For(op, nameof(stride), rank, 1, ones), padding.For(op, nameof(padding), rank, 0, zeros), dilation.For(op, nameof(dilation), rank, 1, ones));
        var more = outputPadding.For(op, nameof(outputPadding), rank, 0, zeros);
        (x, weight) = Channels(op, rank, x, weight, bias, groups, outputs: 1, inputs: 0);
        if (x.Dim(1) != weight.Dim(0) || weight.Dim(0) % groups != 0)
            throw new ArgumentException($"{op}: x is {Shapes.Text(x.Shape)}, weight is {Shapes.Text(weight.Shape)}; they must have equally many channels, and {groups} must divide {weight.Dim(0)}.");
        int[] kernel = weight.Shape[2..].ToArray(), counts = x.Shape[2..].ToArray(), whole = new int[rank], size = new int[rank];
        for (var i = 0; i < rank; i++)
        {
            if (kernel[i] < 1 || counts[i] < 1) throw new ArgumentException($"{op}: x is {Shapes.Text(x.Shape)}, weight is {Shapes.Text(weight.Shape)}; there is nothing to lay out in dimension {i + 2}.");
            if (more[i] >= Math.Max(s[i], d[i])) throw new ArgumentException($"{op}: the output padding is {Shapes.Text(more)}; it must be below the stride or the dilation.");
            whole[i] = checked((counts[i] - 1) * s[i] + d[i] * (kernel[i] - 1) + 1 + more[i]);
            size[i] = whole[i] - 2 * p[i];
            if (size[i] < 1) throw new ArgumentException($"{op}: the padding is {Shapes.Text(p)}; of {whole[i]} values in dimension {i + 2} none is left.");
        }
        int inputs = weight.Dim(0) / groups, outputs = weight.Dim(1), values = (int)Shapes.Length(kernel), positions = (int)Shapes.Length(counts);
        var product = MatMul(
            Transpose(Reshape(weight, groups, inputs, outputs * values)), Reshape(x, x.Dim(0), groups, inputs, positions));
        var windows = Reshape(product, [x.Dim(0), groups * outputs, .. kernel, .. counts]);
        var all = FoldWindows(windows, whole, s, d);
        return AddBias(Slice(all, [0, 0, .. p], [x.Dim(0), groups * outputs, .. size], [.. Enumerable.Repeat(1, rank + 2)]), bias);
    }

    // ---- pools ----

    /// <summary>The largest value of each window of a signal [b c l].</summary>
    /// <param name="x">The values.</param>
    /// <param name="kernel">The size of the windows.</param>
    /// <param name="stride">The distance of windows; the kernel's size unless given.</param>
    /// <param name="padding">-infinities before and after each spatial dimension, at most half a window.</param>
    /// <param name="dilation">The distance of the values of a window.</param>
    /// <exception cref="ArgumentException">A window spans more than the padded input.</exception>
    public static Tensor MaxPool1d(Tensor x, Spatial kernel, Spatial stride = default, Spatial padding = default, Spatial dilation = default) =>
        MaxPool("MaxPool1d", 1, x, kernel, stride, padding, dilation);

    /// <summary>The largest value of each window of an image [b c h w].</summary>
    /// <inheritdoc cref="MaxPool1d" path="/*[not(self::summary)]"/>
    public static Tensor MaxPool2d(Tensor x, Spatial kernel, Spatial stride = default, Spatial padding = default, Spatial dilation = default) =>
        MaxPool("MaxPool2d", 2, x, kernel, stride, padding, dilation);

    /// <summary>The largest value of each window of a volume [b c d h w].</summary>
    /// <inheritdoc cref="MaxPool1d" path="/*[not(self::summary)]"/>
    public static Tensor MaxPool3d(Tensor x, Spatial kernel, Spatial stride = default, Spatial padding = default, Spatial dilation = default) =>
        MaxPool("MaxPool3d", 3, x, kernel, stride, padding, dilation);

    private static Tensor MaxPool(string op, int rank, Tensor x, Spatial kernel, Spatial stride, Spatial padding, Spatial dilation)
    {
        var (k, p, d) = (kernel.For(op, nameof(kernel), rank, 1), padding.For(op, nameof(padding), rank, 0, new int[rank]), dilation.For(op, nameof(dilation), rank, 1, [.. Enumerable.Repeat(1, rank)]));
        RequireHalf(op, k, p, d);
        var windows = Windows(op, Pad(Images(op, rank, x), Pads(p), value: double.NegativeInfinity), k, stride.For(op, nameof(stride), rank, 1, k), d);
        return Max(windows, [.. Enumerable.Range(2, rank)]);
    }

    /// <summary>The mean of each window of a signal [b c l].</summary>
    /// <param name="x">The values.</param>
    /// <param name="kernel">The size of the windows.</param>
    /// <param name="stride">The distance of windows; the kernel's size unless given.</param>
    /// <param name="padding">Zeros before and after each spatial dimension, at most half a window.</param>
    /// <param name="countIncludePad">Whether the zeros of the padding count as values.</param>
    /// <exception cref="ArgumentException">A window spans more than the padded input.</exception>
    public static Tensor AvgPool1d(Tensor x, Spatial kernel, Spatial stride = default, Spatial padding = default, bool countIncludePad = true) =>
        AvgPool("AvgPool1d", 1, x, kernel, stride, padding, countIncludePad);

    /// <summary>The mean of each window of an image [b c h w].</summary>
    /// <inheritdoc cref="AvgPool1d" path="/*[not(self::summary)]"/>
    public static Tensor AvgPool2d(Tensor x, Spatial kernel, Spatial stride = default, Spatial padding = default, bool countIncludePad = true) =>
        AvgPool("AvgPool2d", 2, x, kernel, stride, padding, countIncludePad);

    /// <summary>The mean of each window of a volume [b c d h w].</summary>
    /// <inheritdoc cref="AvgPool1d" path="/*[not(self::summary)]"/>
    public static Tensor AvgPool3d(Tensor x, Spatial kernel, Spatial stride = default, Spatial padding = default, bool countIncludePad = true) =>
        AvgPool("AvgPool3d", 3, x, kernel, stride, padding, countIncludePad);

    private static Tensor AvgPool(string op, int rank, Tensor x, Spatial kernel, Spatial stride, Spatial padding, bool countIncludePad)
    {
        int[] ones = [.. Enumerable.Repeat(1, rank)], dims = [.. Enumerable.Range(2, rank)];
        var (k, p) = (kernel.For(op, nameof(kernel), rank, 1), padding.For(op, nameof(padding), rank, 0, new int[rank]));
        RequireHalf(op, k, p, ones);
        var s = stride.For(op, nameof(stride), rank, 1, k);
        x = Images(op, rank, x);
        var sums = Sum(Windows(op, Pad(x, Pads(p)), k, s, ones), dims);
        if (countIncludePad) return sums / (double)Shapes.Length(k);
        var inside = Full([1, 1, .. x.Shape[2..]], 1, x.DType);
        return sums / Sum(Windows(op, Pad(inside, Pads(p)), k, s, ones), dims);
    }

    private static void RequireHalf(string op, int[] kernel, int[] padding, int[] dilation)
    {
        for (var i = 0; i < kernel.Length; i++)
            if (2 * padding[i] > dilation[i] * (kernel[i] - 1) + 1)
                throw new ArgumentException($"{op}: the padding is {Shapes.Text(padding)}, the kernel {Shapes.Text(kernel)}; the padding is at most half a window.");
    }

    /// <summary>The mean of each of <paramref name="size"/> parts of a signal [b c l]: part i reaches from i l / size, rounded down, to (i + 1) l / size, rounded up.</summary>
    /// <exception cref="ArgumentException">There is nothing to take the mean of.</exception>
    public static Tensor AdaptiveAvgPool1d(Tensor x, Spatial size) => AdaptivePool("AdaptiveAvgPool1d", 1, x, size, (part, axis) => Mean(part, axis, keepDim: true));

    /// <summary>The mean of each of some parts of an image [b c h w]; <see cref="AdaptiveAvgPool1d"/> says which.</summary>
    /// <exception cref="ArgumentException">There is nothing to take the mean of.</exception>
    public static Tensor AdaptiveAvgPool2d(Tensor x, Spatial size) => AdaptivePool("AdaptiveAvgPool2d", 2, x, size, (part, axis) => Mean(part, axis, keepDim: true));

    /// <summary>The mean of each of some parts of a volume [b c d h w]; <see cref="AdaptiveAvgPool1d"/> says which.</summary>
    /// <exception cref="ArgumentException">There is nothing to take the mean of.</exception>
    public static Tensor AdaptiveAvgPool3d(Tensor x, Spatial size) => AdaptivePool("AdaptiveAvgPool3d", 3, x, size, (part, axis) => Mean(part, axis, keepDim: true));

    /// <summary>The largest value of each of some parts of a signal [b c l]; <see cref="AdaptiveAvgPool1d"/> says which.</summary>
    /// <exception cref="ArgumentException">There is nothing to choose from.</exception>
    public static Tensor AdaptiveMaxPool1d(Tensor x, Spatial size) => AdaptivePool("AdaptiveMaxPool1d", 1, x, size, (part, axis) => Max(part, axis, keepDim: true));

    /// <summary>The largest value of each of some parts of an image [b c h w]; <see cref="AdaptiveAvgPool1d"/> says which.</summary>
    /// <exception cref="ArgumentException">There is nothing to choose from.</exception>
    public static Tensor AdaptiveMaxPool2d(Tensor x, Spatial size) => AdaptivePool("AdaptiveMaxPool2d", 2, x, size, (part, axis) => Max(part, axis, keepDim: true));

    /// <summary>The largest value of each of some parts of a volume [b c d h w]; <see cref="AdaptiveAvgPool1d"/> says which.</summary>
    /// <exception cref="ArgumentException">There is nothing to choose from.</exception>
    public static Tensor AdaptiveMaxPool3d(Tensor x, Spatial size) => AdaptivePool("AdaptiveMaxPool3d", 3, x, size, (part, axis) => Max(part, axis, keepDim: true));

    private static Tensor AdaptivePool(string op, int rank, Tensor x, Spatial size, Func<Tensor, int, Tensor> reduce)
    {
        var sizes = size.For(op, nameof(size), rank, 1);
        x = Images(op, rank, x);
        for (var i = 0; i < rank; i++)
        {
            var (axis, length, count) = (i + 2, x.Shape[i + 2], sizes[i]);
            if (length < 1) throw new ArgumentException($"{op}: x is {Shapes.Text(x.Shape)}; dimension {axis} has no values.");
            x = Concat([.. Enumerable.Range(0, count).Select(part => reduce(Slice(x, axis, (int)((long)part * length / count), (int)(((part + 1L) * length + count - 1) / count)), axis))], axis);
        }
        return x;
    }

    /// <summary>A signal [b c l] or an image [b c h w] at another size, as PyTorch's interpolate.</summary>
    /// <param name="x">The values.</param>
    /// <param name="size">The new sizes of the spatial dimensions.</param>
    /// <param name="mode">Where values between come from.</param>
    /// <param name="alignCorners">Whether the first and last values stay where they are, instead of the outer edges of their cells.</param>
    /// <exception cref="ArgumentException">There is nothing to interpolate.</exception>
    public static Tensor Interpolate(Tensor x, Spatial size, Interpolation mode = Interpolation.Nearest, bool alignCorners = false)
    {
        var rank = x.Rank == 3 ? 1 : 2;
        x = Images("Interpolate", rank, x);
        var sizes = size.For("Interpolate", nameof(size), rank, 1);
        for (var i = 0; i < rank; i++)
        {
            if (x.Shape[i + 2] < 1) throw new ArgumentException($"Interpolate: x is {Shapes.Text(x.Shape)}; dimension {i + 2} has no values.");
            x = Resample(x, i + 2, sizes[i], mode, alignCorners);
        }
        return x;
    }

    private static Tensor Resample(Tensor x, int axis, int size, Interpolation mode, bool alignCorners)
    {
        var length = x.Shape[axis];
        if (mode == Interpolation.Nearest) return IndexSelect(x, axis, Floor(Arange(size, DType.Float64) * length / size).To(DType.Int64));
        var position = Arange(size, x.DType);
        position = alignCorners ? position * ((length - 1.0) / Math.Max(size - 1, 1)) : (position + 0.5) * ((double)length / size) - 0.5;
        if (mode == Interpolation.Linear) position = Maximum(position, 0);
        var first = Floor(position);
        Tensor rest = position - first, left = 1 - rest;
        var shape = new int[x.Rank - axis];
        Array.Fill(shape, 1);
        shape[0] = size;
        Tensor Term(int at, Tensor weight) => Reshape(weight, shape) * IndexSelect(x, axis, Clamp(first + at, 0, length - 1).To(DType.Int64));
        if (mode == Interpolation.Linear) return Term(0, left) + Term(1, rest);
        return Term(-1, Outer(rest + 1)) + Term(0, Inner(rest)) + Term(1, Inner(left)) + Term(2, Outer(left + 1));

        static Tensor Inner(Tensor t) => (1.25 * t - 2.25) * t * t + 1;
        static Tensor Outer(Tensor t) => ((-0.75 * t + 3.75) * t - 6) * t + 3;
    }

    /// <summary>Moves channels into space: [b c*r*r h w] to [b c h*r w*r].</summary>
    /// <exception cref="ArgumentException">The channels do not divide.</exception>
    public static Tensor PixelShuffle(Tensor x, int factor)
    {
        if (factor < 1 || x.Rank != 4 || x.Dim(1) % (factor * factor) != 0)
            throw new ArgumentException($"PixelShuffle: x is {Shapes.Text(x.Shape)}; it must be [b c*{factor}*{factor} h w].");
        int b = x.Dim(0), c = x.Dim(1) / (factor * factor), h = x.Dim(2), w = x.Dim(3);
        return Reshape(Permute(Reshape(x, b, c, factor, factor, h, w), 0, 1, 4, 2, 5, 3), b, c, h * factor, w * factor);
    }
}
