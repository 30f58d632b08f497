using System.Numerics;

namespace Proxima;

public static partial class Ops
{
    // ---- reading ----

    /// <summary>The slices of x at the given positions of a dimension: <c>result[i, j, k] = x[i, index[j], k]</c> for <c>dim: 1</c>.</summary>
    /// <param name="x">The values.</param>
    /// <param name="dim">The dimension to pick from.</param>
    /// <param name="index">Int64 positions, one-dimensional.</param>
    /// <exception cref="ArgumentException">A position is not within the dimension.</exception>
    public static Tensor IndexSelect(Tensor x, int dim, Tensor index)
    {
        if (index.Rank != 1) throw new ArgumentException($"IndexSelect: index is {Shapes.Text(index.Shape)}; it must have one dimension.");
        var axis = Shapes.Axis("IndexSelect", x.Shape, dim);
        return Gather(x, axis, Along("IndexSelect", x, axis, index));
    }

    /// <summary>The element at a position of a dimension for each element of the index: <c>result[i, j, k] = x[i, index[i, j, k], k]</c> for <c>dim: 1</c>.</summary>
    /// <param name="x">The values.</param>
    /// <param name="dim">The dimension to pick from.</param>
    /// <param name="index">Int64 positions; as many dimensions as x, none but <paramref name="dim"/> larger than that of x. The result has its shape.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a position is not within the dimension.</exception>
    public static Tensor Gather(Tensor x, int dim, Tensor index)
    {
        var places = Places("Gather", x, Shapes.Axis("Gather", x.Shape, dim), index, exact: false);
        var result = Tensor.Empty(x.DType, index.Shape.ToArray());
        switch (x.DType)
        {
            case DType.Float32: Pick<float>(); break;
            case DType.Float64: Pick<double>(); break;
            case DType.Int64: Pick<long>(); break;
            default: Pick<bool>(); break;
        }
        return result;

        void Pick<T>() where T : unmanaged
        {
            Span<T> from = x.AsSpan<T>(), to = result.AsSpan<T>();
            for (var i = 0; i < to.Length; i++) to[i] = from[places[i]];
        }
    }

    /// <summary><see cref="Gather"/> with x and index broadcast to each other in all dimensions but <paramref name="dim"/>: takes what <see cref="ArgMax(Tensor, int, bool)"/> or a sort of indices says.</summary>
    /// <inheritdoc cref="Gather" path="/exception"/>
    public static Tensor TakeAlongAxis(Tensor x, Tensor index, int dim)
    {
        var axis = Shapes.Axis("TakeAlongAxis", x.Shape, dim);
        if (index.Rank != x.Rank)
            throw new ArgumentException($"TakeAlongAxis: x is {Shapes.Text(x.Shape)}, index is {Shapes.Text(index.Shape)}; they must have equally many dimensions.");
        int[] own = x.Shape.ToArray(), theirs = index.Shape.ToArray();
        (own[axis], theirs[axis]) = (1, 1);
        var shape = Shapes.Broadcast("TakeAlongAxis", own, theirs);
        (own, theirs) = (shape.ToArray(), shape.ToArray());
        (own[axis], theirs[axis]) = (x.Shape[axis], index.Shape[axis]);
        return Gather(Expand(x, own), axis, Expand(index, theirs));
    }

    /// <summary>The rows of a table: <c>result[i, j] = weight[indices[i, j]]</c>, a vector (or tensor) for each index.</summary>
    /// <param name="weight">The table.</param>
    /// <param name="indices">Int64 row numbers, of any shape.</param>
    /// <exception cref="ArgumentException">The table has no such row.</exception>
    public static Tensor Embedding(Tensor weight, Tensor indices)
    {
        if (weight.Rank == 0) throw new ArgumentException("Embedding: a scalar has no rows.");
        return Reshape(Gather(weight, 0, Along("Embedding", weight, 0, Reshape(indices, checked((int)indices.Length)))), [.. indices.Shape, .. weight.Shape[1..]]);
    }

    // ---- writing ----

    /// <summary>x with elements of src in place of those from which <see cref="Gather"/> would read; of several for one place the last counts.</summary>
    /// <param name="x">What is there before.</param>
    /// <param name="dim">The dimension in which index holds positions.</param>
    /// <param name="index">Int64 positions; the shape of x but for <paramref name="dim"/>.</param>
    /// <param name="src">The new elements: the shape of index, or a scalar.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a position is not within the dimension.</exception>
    public static Tensor Scatter(Tensor x, int dim, Tensor index, Tensor src) => Scatter("Scatter", x, dim, index, src, (_, update) => update, (_, update) => update, (_, update) => update);

    /// <summary>x with elements of src added to those from which <see cref="Gather"/> would read, one after another in row-major order.</summary>
    /// <inheritdoc cref="Scatter(Tensor, int, Tensor, Tensor)"/>
    public static Tensor ScatterAdd(Tensor x, int dim, Tensor index, Tensor src) => Scatter("ScatterAdd", x, dim, index, src, (a, b) => a + b, (a, b) => a + b, (a, b) => a + b);

    /// <summary>x with each element, from which <see cref="Gather"/> would read, raised to the largest element of src for its place.</summary>
    /// <inheritdoc cref="Scatter(Tensor, int, Tensor, Tensor)"/>
    public static Tensor ScatterMax(Tensor x, int dim, Tensor index, Tensor src) => Scatter("ScatterMax", x, dim, index, src, MathF.Max, Math.Max, Math.Max);

    /// <summary>x with each element, from which <see cref="Gather"/> would read, lowered to the smallest element of src for its place.</summary>
    /// <inheritdoc cref="Scatter(Tensor, int, Tensor, Tensor)"/>
    public static Tensor ScatterMin(Tensor x, int dim, Tensor index, Tensor src) => Scatter("ScatterMin", x, dim, index, src, MathF.Min, Math.Min, Math.Min);

    /// <summary>x with the slices of source added to its slices at the given positions: <c>result[i, index[j], k] += source[i, j, k]</c> for <c>dim: 1</c>.</summary>
    /// <param name="x">What is there before.</param>
    /// <param name="dim">The dimension of the positions.</param>
    /// <param name="index">Int64 positions, one-dimensional.</param>
    /// <param name="source">The shape of x, but as many slices as there are positions.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a position is not within the dimension.</exception>
    public static Tensor IndexAdd(Tensor x, int dim, Tensor index, Tensor source)
    {
        if (index.Rank != 1) throw new ArgumentException($"IndexAdd: index is {Shapes.Text(index.Shape)}; it must have one dimension.");
        var axis = Shapes.Axis("IndexAdd", x.Shape, dim);
        return ScatterAdd(x, axis, Along("IndexAdd", x, axis, index), source);
    }

    // ---- segments ----

    /// <summary>The sums of the slices of x that belong to one segment: <c>result[segments[i]] += x[i]</c>.</summary>
    /// <param name="x">The slices, along dimension 0.</param>
    /// <param name="segments">Int64: the segment of each slice, in any order.</param>
    /// <param name="count">The number of segments.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a segment is out of range.</exception>
    public static Tensor SegmentSum(Tensor x, Tensor segments, int count)
    {
        if (x.DType == DType.Bool) x = x.To(DType.Int64);
        var zeros = Tensor.Zeros(SegmentShape("SegmentSum", x, segments, count), x.DType);
        return ScatterAdd(zeros, 0, Along("SegmentSum", zeros, 0, segments), x);
    }

    /// <summary>The means of the slices of each segment; NaN for none.</summary>
    /// <inheritdoc cref="SegmentSum"/>
    public static Tensor SegmentMean(Tensor x, Tensor segments, int count)
    {
        x = Fractional("SegmentMean", x);
        var sum = SegmentSum(x, segments, count);
        return sum / SegmentSum(Full(x.Shape.ToArray(), 1, x.DType), segments, count);
    }

    /// <summary>The largest elements of each segment, slice for slice; -infinity for none.</summary>
    /// <inheritdoc cref="SegmentSum"/>
    public static Tensor SegmentMax(Tensor x, Tensor segments, int count)
    {
        x = x.As(FloatingType(x.DType));
        var lowest = Full(SegmentShape("SegmentMax", x, segments, count), double.NegativeInfinity, x.DType);
        return ScatterMax(lowest, 0, Along("SegmentMax", lowest, 0, segments), x);
    }

    /// <summary>The smallest elements of each segment, slice for slice; infinity for none.</summary>
    /// <inheritdoc cref="SegmentSum"/>
    public static Tensor SegmentMin(Tensor x, Tensor segments, int count)
    {
        x = x.As(FloatingType(x.DType));
        var highest = Full(SegmentShape("SegmentMin", x, segments, count), double.PositiveInfinity, x.DType);
        return ScatterMin(highest, 0, Along("SegmentMin", highest, 0, segments), x);
    }

    /// <summary>The logarithms of the sums of exponentials of each segment, without overflow; -infinity for none.</summary>
    /// <inheritdoc cref="SegmentSum"/>
    public static Tensor SegmentLogSumExp(Tensor x, Tensor segments, int count)
    {
        x = x.As(FloatingType(x.DType));
        var max = SegmentMax(x, segments, count);
        var shift = Where(Equal(Abs(max), double.PositiveInfinity), Full([], 0, x.DType), max);
        return shift + Log(SegmentSum(Exp(x - IndexSelect(shift, 0, segments)), segments, count));
    }

    /// <summary>The exponentials of the slices divided by their sum within each segment. The result has the shape of x.</summary>
    /// <inheritdoc cref="SegmentSum"/>
    public static Tensor SegmentSoftmax(Tensor x, Tensor segments, int count)
    {
        x = x.As(FloatingType(x.DType));
        var exponentials = Exp(x - IndexSelect(SegmentMax(x, segments, count), 0, segments));
        return exponentials / IndexSelect(SegmentSum(exponentials, segments, count), 0, segments);
    }

    /// <summary>Each row times the matrix of its segment: <c>result[i] = x[i] · weight[segments[i]]</c>.</summary>
    /// <param name="x">The rows, <c>[e k]</c>.</param>
    /// <param name="weight">A matrix for each segment, <c>[count k m]</c>.</param>
    /// <param name="segments">Int64 <c>[e]</c>: the segment of each row, in any order.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a segment is out of range.</exception>
    public static Tensor SegmentMatMul(Tensor x, Tensor weight, Tensor segments)
    {
        if (x.Rank != 2 || weight.Rank != 3 || segments.Rank != 1 || segments.Shape[0] != x.Shape[0] || weight.Shape[1] != x.Shape[1])
            throw new ArgumentException($"SegmentMatMul: x is {Shapes.Text(x.Shape)}, weight is {Shapes.Text(weight.Shape)}, segments is {Shapes.Text(segments.Shape)}; they must be [e k], [count k m] and [e].");
        var dtype = DTypes.Promote(x, weight);
        if (dtype == DType.Bool) throw NotNumbers("SegmentMatMul");
        (x, weight) = (x.As(dtype), weight.As(dtype));
        // An index out of range is refused here.
        _ = IndexSelect(Arange(weight.Shape[0]), 0, segments);
        var result = Tensor.Zeros([x.Shape[0], weight.Shape[2]], dtype);
        for (var segment = 0; segment < weight.Shape[0]; segment++)
        {
            var rows = new List<long>();
            for (var i = 0; i < x.Shape[0]; i++)
                if (segments.AsSpan<long>()[i] == segment) rows.Add(i);
            if (rows.Count == 0) continue;
            var index = Tensor.From(rows.ToArray());
            result = IndexAdd(result, 0, index, MatMul(IndexSelect(x, 0, index), weight[segment]));
        }
        return result;
    }

    private static int[] SegmentShape(string op, Tensor x, Tensor segments, int count)
    {
        if (x.Rank == 0 || segments.Rank != 1 || segments.Shape[0] != x.Shape[0])
            throw new ArgumentException($"{op}: x is {Shapes.Text(x.Shape)}, segments is {Shapes.Text(segments.Shape)}; there must be one segment for each slice of x.");
        return count >= 0 ? [count, .. x.Shape[1..]] : throw new ArgumentException($"{op}: there cannot be {count} segments.");
    }

    // ---- places ----

    /// <summary>Positions along one dimension, the same ones everywhere: an index for <see cref="Gather"/>.</summary>
    private static Tensor Along(string op, Tensor x, int axis, Tensor index)
    {
        // No element is read where x has none, but what is out of range is refused all the same.
        Classes(op, index, x.Shape[axis], "position");
        var shape = x.Shape.ToArray();
        shape[axis] = index.Shape[0];
        return Broadcast(index, shape, [axis]);
    }

    private static Tensor Scatter(string op, Tensor x, int dim, Tensor index, Tensor src, Func<float, float, float> single, Func<double, double, double> wide, Func<long, long, long> whole)
    {
        var dtype = DTypes.Promote(x, src);
        (x, src) = (x.As(dtype), src.As(dtype));
        var places = Places(op, x, Shapes.Axis(op, x.Shape, dim), index, exact: true);
        if (src.Rank == 0) src = Expand(src, index.Shape.ToArray());
        if (!src.Shape.SequenceEqual(index.Shape))
            throw new ArgumentException($"{op}: index is {Shapes.Text(index.Shape)}, src is {Shapes.Text(src.Shape)}; the shapes must be equal.");
        var result = x.Clone();
        switch (dtype)
        {
            case DType.Float32: Join(single); break;
            case DType.Float64: Join(wide); break;
            case DType.Int64: Join(whole); break;
            default: Join<bool>(op == "Scatter" ? (_, update) => update : throw NotNumbers(op)); break;
        }
        return result;

        void Join<T>(Func<T, T, T> join) where T : unmanaged
        {
            Span<T> from = src.AsSpan<T>(), to = result.AsSpan<T>();
            for (var i = 0; i < from.Length; i++) to[places[i]] = join(to[places[i]], from[i]);
        }
    }

    /// <summary>The row-major place in x of each element of an index.</summary>
    private static int[] Places(string op, Tensor x, int axis, Tensor index, bool exact)
    {
        var fits = index.Rank == x.Rank;
        for (var i = 0; fits && i < x.Rank; i++) fits = i == axis || index.Shape[i] == x.Shape[i] || (!exact && index.Shape[i] < x.Shape[i]);
        if (!fits)
            throw new ArgumentException($"{op}: x is {Shapes.Text(x.Shape)}, index is {Shapes.Text(index.Shape)}; in all dimensions but {axis} the index must be as large as x{(exact ? "" : " or smaller")}.");
        var positions = Classes(op, index, x.Shape[axis], "position");
        var strides = Shapes.Strides(x.Shape);
        var step = strides[axis];
        strides[axis] = 0;
        var next = 0;
        var walk = new Strided(0, index.Shape, strides);
        foreach (var start in walk.Runs())
            for (int i = 0, at = start; i < walk.RunLength; i++, at += walk.RunStride, next++) positions[next] = at + positions[next] * step;
        return Array.ConvertAll(positions, place => (int)place);
    }
}
