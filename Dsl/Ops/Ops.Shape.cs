namespace Proxima;

public static partial class Ops
{
    /// <summary>Exchanges two dimensions.</summary>
    public static Tensor Transpose(Tensor x, int dim0 = -2, int dim1 = -1)
    {
        var order = AllDims(x);
        var (a, b) = (Shapes.Axis("Transpose", x.Shape, dim0), Shapes.Axis("Transpose", x.Shape, dim1));
        (order[a], order[b]) = (b, a);
        return Permute(x, order);
    }

    /// <summary>Reorders the dimensions: dimension i of the result is dimension <c>dims[i]</c> of x.</summary>
    public static Tensor Permute(Tensor x, params int[] dims)
    {
        var axes = Array.ConvertAll(dims, dim => Shapes.Axis("Permute", x.Shape, dim));
        if (axes.Length != x.Rank || axes.Distinct().Count() != axes.Length)
            throw new ArgumentException($"Permute: {Shapes.Text(dims)} does not name each dimension of {Shapes.Text(x.Shape)} once.");
        var (shape, strides) = (x.Shape.ToArray(), Shapes.Strides(x.Shape));
        return Strided.Read(x, 0, Array.ConvertAll(axes, axis => shape[axis]), Array.ConvertAll(axes, axis => strides[axis]));
    }

    /// <summary>The same elements, in row-major order, under another shape.</summary>
    /// <param name="x">The values.</param>
    /// <param name="shape">The new sizes; one of them may be -1 and follows from the others.</param>
    public static Tensor Reshape(Tensor x, params int[] shape)
    {
        var sizes = shape.ToArray();
        var open = Array.IndexOf(sizes, -1);
        if (open >= 0)
        {
            sizes[open] = 1;
            var others = Shapes.Length(sizes);
            if (others == 0 || x.Length % others != 0) throw Mismatch();
            sizes[open] = checked((int)(x.Length / others));
        }
        return Shapes.Length(sizes) == x.Length ? x.View(0, sizes).Clone() : throw Mismatch();

        ArgumentException Mismatch() =>
            new($"Reshape: x is {Shapes.Text(x.Shape)} with {x.Length} elements; they do not fit the shape {Shapes.Text(shape)}.");
    }

    /// <summary>The same elements, in row-major order, under the shape of another tensor.</summary>
    public static Tensor ReshapeAs(Tensor x, Tensor like) => Reshape(x, like.Shape.ToArray());

    /// <summary>Repeats dimensions of size 1, and the whole along new leading dimensions, up to a shape.</summary>
    /// <param name="x">The values.</param>
    /// <param name="shape">The new sizes; -1 keeps the size of x.</param>
    public static Tensor Expand(Tensor x, params int[] shape)
    {
        var sizes = shape.ToArray();
        var fits = sizes.Length >= x.Rank;
        for (var i = 1; fits && i <= x.Rank; i++)
        {
            if (sizes[^i] == -1) sizes[^i] = x.Shape[^i];
            fits = x.Shape[^i] == 1 || x.Shape[^i] == sizes[^i];
        }
        return fits
            ? Strided.Read(x, 0, sizes, Shapes.BroadcastStrides(x.Shape, sizes))
            : throw new ArgumentException($"Expand: x is {Shapes.Text(x.Shape)}; it does not broadcast to {Shapes.Text(shape)}.");
    }

    /// <summary>Removes a dimension of size 1.</summary>
    /// <exception cref="ArgumentException">It has another size.</exception>
    public static Tensor Squeeze(Tensor x, int dim)
    {
        var axis = Shapes.Axis("Squeeze", x.Shape, dim);
        return x.Shape[axis] == 1
            ? x.View(0, [.. x.Shape[..axis], .. x.Shape[(axis + 1)..]]).Clone()
            : throw new ArgumentException($"Squeeze: x is {Shapes.Text(x.Shape)}; dim {dim} has the size {x.Shape[axis]}, not 1.");
    }

    /// <summary>Inserts a dimension of size 1 so that it becomes dimension <paramref name="dim"/> of the result.</summary>
    public static Tensor Unsqueeze(Tensor x, int dim)
    {
        if (dim < -x.Rank - 1 || dim > x.Rank)
            throw new ArgumentException($"Unsqueeze: there is no place {dim} for a dimension in {Shapes.Text(x.Shape)}.");
        var axis = dim < 0 ? dim + x.Rank + 1 : dim;
        return x.View(0, [.. x.Shape[..axis], 1, .. x.Shape[axis..]]).Clone();
    }

    /// <summary>The positions start, start + step, ... before end of one dimension.</summary>
    /// <param name="x">The values.</param>
    /// <param name="dim">The dimension.</param>
    /// <param name="start">The first position; negative values count from the end.</param>
    /// <param name="end">The first position not taken; negative values count from the end.</param>
    /// <param name="step">The distance of positions, at least 1.</param>
    /// <exception cref="ArgumentException">The positions are not within the dimension.</exception>
    public static Tensor Slice(Tensor x, int dim, int start, int end, int step = 1)
    {
        var axis = Shapes.Axis("Slice", x.Shape, dim);
        var size = x.Shape[axis];
        var (first, last) = (start < 0 ? start + size : start, end < 0 ? end + size : end);
        if (first < 0 || first > last || last > size || step < 1)
            throw new ArgumentException($"Slice: {start} to {end} by {step} does not lie in dim {dim} of {Shapes.Text(x.Shape)}.");
        var (starts, sizes, steps) = (new int[x.Rank], x.Shape.ToArray(), new int[x.Rank]);
        Array.Fill(steps, 1);
        (starts[axis], sizes[axis], steps[axis]) = (first, (last - first + step - 1) / step, step);
        return Slice(x, starts, sizes, steps);
    }

    /// <summary>A regular block: <c>size[i]</c> positions of dimension i from <c>start[i]</c> on, <c>step[i]</c> apart (backwards where negative). Used by generated code.</summary>
    /// <exception cref="ArgumentException">The block is not within x.</exception>
    public static Tensor Slice(Tensor x, int[] start, int[] size, int[] step)
    {
        var strides = Shapes.Strides(x.Shape);
        var offset = 0;
        var fits = start.Length == x.Rank && size.Length == x.Rank && step.Length == x.Rank;
        for (var i = 0; fits && i < x.Rank; i++)
        {
            var last = start[i] + (size[i] - 1L) * step[i];
            fits = size[i] == 0 || (size[i] > 0 && step[i] != 0 && start[i] >= 0 && start[i] < x.Shape[i] && last >= 0 && last < x.Shape[i]);
            offset += start[i] * strides[i];
            strides[i] *= step[i];
        }
        return fits
            ? Strided.Read(x, offset, size, strides)
            : throw new ArgumentException($"Slice: start {Shapes.Text(start)}, size {Shapes.Text(size)}, step {Shapes.Text(step)} does not lie in {Shapes.Text(x.Shape)}.");
    }

    /// <summary>The tensors one after the other along a dimension; the other sizes are equal.</summary>
    public static Tensor Concat(Tensor[] tensors, int dim = 0)
    {
        if (tensors.Length == 0) throw new ArgumentException("Concat: there are no tensors.");
        var shape = tensors[0].Shape.ToArray();
        var axis = Shapes.Axis("Concat", shape, dim);
        var dtype = tensors[0].DType;
        foreach (var tensor in tensors.AsSpan(1))
        {
            var fits = tensor.Rank == shape.Length;
            for (var i = 0; fits && i < shape.Length; i++) fits = i == axis || tensor.Shape[i] == shape[i];
            if (!fits)
                throw new ArgumentException($"Concat: {Shapes.Text(tensors[0].Shape)} and {Shapes.Text(tensor.Shape)} differ in more than dim {dim}.");
            shape[axis] = checked(shape[axis] + tensor.Shape[axis]);
            dtype = DTypes.Promote(dtype, tensor.DType);
        }
        var result = Tensor.Empty(dtype, shape);
        var strides = Shapes.Strides(shape);
        var offset = 0;
        foreach (var tensor in tensors)
        {
            Strided.Write(tensor.As(dtype), result, offset, strides);
            offset += tensor.Shape[axis] * strides[axis];
        }
        return result;
    }

    /// <summary>Tensors of one shape along a new dimension, which becomes dimension <paramref name="dim"/> of the result.</summary>
    public static Tensor Stack(Tensor[] tensors, int dim = 0)
    {
        foreach (var tensor in tensors)
        {
            if (!tensor.Shape.SequenceEqual(tensors[0].Shape))
                throw new ArgumentException($"Stack: {Shapes.Text(tensors[0].Shape)} and {Shapes.Text(tensor.Shape)} differ.");
        }
        return tensors.Length == 0
            ? throw new ArgumentException("Stack: there are no tensors.")
            : Concat(Array.ConvertAll(tensors, tensor => Unsqueeze(tensor, dim)), dim);
    }

    /// <summary>x spread over zeros of the given shape: index j of dimension i goes to <c>start[i] + step[i] * j</c>, as <see cref="Slice(Tensor, int[], int[], int[])"/> reads it. Used by generated code.</summary>
    /// <exception cref="ArgumentException">The block is not within the shape.</exception>
    public static Tensor Pad(Tensor x, int[] shape, int[] start, int[] step) => UpdateAdd(Tensor.Zeros(shape, x.DType), x, start, step);

    /// <summary>x over a constant, as the overload without it does over zeros. Used by generated code.</summary>
    /// <exception cref="ArgumentException">The block is not within the shape.</exception>
    public static Tensor Pad(Tensor x, int[] shape, int[] start, int[] step, double value)
    {
        var result = Full(shape, value, x.DType);
        // Reading the block checks that it lies within the shape.
        Slice(result, start, x.Shape.ToArray(), step);
        var strides = Shapes.Strides(shape);
        var offset = x.Length == 0 ? 0 : Offset(start, strides);
        for (var i = 0; i < strides.Length; i++) strides[i] *= step[i];
        Strided.Write(x, result, offset, strides);
        return result;
    }

    /// <summary>The target with the update added to the block that begins at <paramref name="start"/>, <c>step[i]</c> apart in dimension i. Used by generated code.</summary>
    /// <exception cref="ArgumentException">The block is not within the target, or the element types differ.</exception>
    public static Tensor UpdateAdd(Tensor target, Tensor update, int[] start, int[] step)
    {
        if (update.DType != target.DType) throw new ArgumentException($"UpdateAdd: the update is {update.DType}, the target is {target.DType}.");
        // Reading the block checks that it lies within the target.
        var block = Slice(target, start, update.Shape.ToArray(), step);
        if (update.DType == DType.Bool) throw NotNumbers("UpdateAdd");
        var result = target.Clone();
        var strides = Shapes.Strides(target.Shape);
        var offset = update.Length == 0 ? 0 : Offset(start, strides);
        for (var i = 0; i < strides.Length; i++) strides[i] *= step[i];
        Strided.Write(block + update, result, offset, strides);
        return result;
    }

    /// <summary>The target with the update added to the block that begins at <paramref name="start"/>. Used by generated code.</summary>
    /// <exception cref="ArgumentException">The block is not within the target, or the element types differ.</exception>
    public static Tensor UpdateAdd(Tensor target, Tensor update, int[] start)
    {
        var fits = start.Length == target.Rank && update.Rank == target.Rank && update.DType == target.DType;
        for (var i = 0; fits && i < start.Length; i++) fits = start[i] >= 0 && start[i] <= target.Shape[i] - update.Shape[i];
        if (!fits)
            throw new ArgumentException($"UpdateAdd: {update.DType} {Shapes.Text(update.Shape)} at {Shapes.Text(start)} does not lie in {target.DType} {Shapes.Text(target.Shape)}.");
        var strides = Shapes.Strides(target.Shape);
        var ones = new int[start.Length];
        Array.Fill(ones, 1);
        var block = Slice(target, start, update.Shape.ToArray(), ones) + update;
        var result = target.Clone();
        Strided.Write(block, result, Offset(start, strides), strides);
        return result;
    }

    /// <summary>x inside a larger shape: dimension i of x becomes dimension <c>axes[i]</c>, the others repeat it, and so does a size of 1. Used by generated code.</summary>
    public static Tensor Broadcast(Tensor x, int[] shape, int[] axes)
    {
        var own = Shapes.Strides(x.Shape);
        var strides = new int[shape.Length];
        var fits = axes.Length == x.Rank && axes.Distinct().Count() == axes.Length;
        for (var i = 0; fits && i < axes.Length; i++)
        {
            fits = axes[i] >= 0 && axes[i] < shape.Length && (x.Shape[i] == 1 || x.Shape[i] == shape[axes[i]]);
            if (fits && x.Shape[i] != 1) strides[axes[i]] = own[i];
        }
        return fits
            ? Strided.Read(x, 0, shape, strides)
            : throw new ArgumentException($"Broadcast: {Shapes.Text(x.Shape)} does not go to the dimensions {Shapes.Text(axes)} of {Shapes.Text(shape)}.");
    }

    private static int Offset(int[] start, int[] strides)
    {
        var offset = 0;
        for (var i = 0; i < start.Length; i++) offset += start[i] * strides[i];
        return offset;
    }
}
