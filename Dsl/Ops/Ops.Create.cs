namespace Proxima;

public static partial class Ops
{
    /// <summary>A Float32 tensor of zeros.</summary>
    public static Tensor Zeros(params int[] shape) => Tensor.Zeros(shape);

    /// <summary>A Float32 tensor of ones.</summary>
    public static Tensor Ones(params int[] shape) => Tensor.Ones(shape);

    /// <summary>A tensor whose elements all are <paramref name="value"/>.</summary>
    public static Tensor Full(int[] shape, double value, DType dtype = DType.Float32) => Tensor.Full(shape, value, dtype);

    /// <summary>0, 1, ... before <paramref name="end"/>.</summary>
    public static Tensor Arange(int end, DType dtype = DType.Int64) => Arange(0, end, 1, dtype);

    /// <summary>start, start + step, ... before <paramref name="end"/> (for a negative step: above it).</summary>
    /// <exception cref="ArgumentException">The step is 0 or leads away from the end.</exception>
    public static Tensor Arange(int start, int end, int step = 1, DType dtype = DType.Int64)
    {
        if (step == 0 || Math.Sign(end - (long)start) == -Math.Sign(step))
            throw new ArgumentException($"Arange: steps of {step} do not lead from {start} to {end}.");
        var count = ((long)end - start + step - Math.Sign(step)) / step;
        return FromIndex([checked((int)count)], dtype, i => start + (long)i * step);
    }

    /// <summary>The n by n identity matrix.</summary>
    public static Tensor Eye(int n, DType dtype = DType.Float32) => FromIndex([n, n], dtype, i => i / n == i % n ? 1 : 0);

    /// <summary>A new last dimension with 1 at the position that each index names and 0 elsewhere.</summary>
    /// <param name="indices">Int64, each in 0..classes-1.</param>
    /// <param name="classes">The size of the new dimension.</param>
    /// <param name="dtype">The element type of the result.</param>
    /// <exception cref="ArgumentException">An index is out of range.</exception>
    public static Tensor OneHot(Tensor indices, int classes, DType dtype = DType.Int64)
    {
        var which = Classes("OneHot", indices, classes);
        return FromIndex([.. indices.Shape, classes], dtype, i => which[i / classes] == i % classes ? 1 : 0);
    }

    /// <summary>The position of each element along one dimension. Used by generated code.</summary>
    public static Tensor Iota(int[] shape, int axis, DType dtype)
    {
        var dim = Shapes.Axis("Iota", shape, axis);
        var (size, inner) = (shape[dim], Shapes.Strides(shape)[dim]);
        return FromIndex(shape, dtype, i => i / inner % size);
    }

    /// <summary>Calls <paramref name="create"/> with 0, 1, ... and returns the results: an array of child networks.</summary>
    public static T[] Repeat<T>(int count, Func<int, T> create)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var items = new T[count];
        for (var i = 0; i < count; i++) items[i] = create(i);
        return items;
    }

    /// <summary>A tensor whose elements are integers that follow from their row-major position.</summary>
    private static Tensor FromIndex(int[] shape, DType dtype, Func<int, long> value)
    {
        var result = Tensor.Empty(DType.Int64, shape);
        var to = result.AsSpan<long>();
        for (var i = 0; i < to.Length; i++) to[i] = value(i);
        return result.As(dtype);
    }

    /// <summary>The elements of an index tensor, all of them checked.</summary>
    private static long[] Classes(string op, Tensor indices, int classes, string what = "class")
    {
        if (indices.DType != DType.Int64) throw new ArgumentException($"{op}: the indices are {indices.DType}; they must be Int64.");
        var values = indices.ToArray<long>();
        foreach (var value in values)
            if (value < 0 || value >= classes) throw new ArgumentException($"{op}: the index {value} is no {what}; there are {classes}.");
        return values;
    }
}
