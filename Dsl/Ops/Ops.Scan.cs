namespace Proxima;

public static partial class Ops
{
    // ---- scans ----

    /// <summary>The sums of the first 1, 2, ... elements along a dimension. Bool counts as Int64.</summary>
    public static Tensor CumSum(Tensor x, int dim)
    {
        if (x.DType == DType.Bool) x = x.To(DType.Int64);
        return AlongLast("CumSum", x, dim, rows => Routine("CumSum", rows.Shape.ToArray(), rows.DType, [rows], [IsWhole(rows)]));
    }

    /// <summary>The products of the first 1, 2, ... elements along a dimension.</summary>
    public static Tensor CumProd(Tensor x, int dim)
    {
        if (x.DType == DType.Bool) throw NotNumbers("CumProd");
        return AlongLast("CumProd", x, dim, rows =>
        {
            // The first element starts, the others multiply.
            var first = Where(Equal(Iota(rows.Shape.ToArray(), rows.Rank - 1, DType.Int64), 0), rows, Full([], 0, rows.DType));
            return Routine("LinearScan", rows.Shape.ToArray(), rows.DType, [rows, first], [IsWhole(rows)]);
        });
    }

    /// <summary>The largest of the first 1, 2, ... elements along a dimension, and its position (the last of equals; NaN as soon as there is one).</summary>
    public static (Tensor Values, Tensor Indices) CumMax(Tensor x, int dim) => Cumulative("CumMax", x, dim, 0);

    /// <summary>The smallest of the first 1, 2, ... elements along a dimension, and its position (the last of equals; NaN as soon as there is one).</summary>
    public static (Tensor Values, Tensor Indices) CumMin(Tensor x, int dim) => Cumulative("CumMin", x, dim, 1);

    private static (Tensor Values, Tensor Indices) Cumulative(string op, Tensor x, int dim, int lowest)
    {
        if (x.DType == DType.Bool) throw NotNumbers(op);
        var indices = AlongLast(op, x, dim, rows => Routine("ArgCumMax", rows.Shape.ToArray(), DType.Int64, [rows], [lowest]));
        return (Gather(x, dim, indices), indices);
    }

    /// <summary>The logarithm of the sum of exponentials of the first 1, 2, ... elements along a dimension, without overflow.</summary>
    public static Tensor LogCumSumExp(Tensor x, int dim) =>
        AlongLast("LogCumSumExp", x.As(FloatingType(x.DType)), dim, rows => Routine("LogCumSumExp", rows.Shape.ToArray(), rows.DType, [rows], []));

    /// <summary>The running values of an associative function along a dimension: the first element, then <paramref name="combine"/> of the value so far and the next element.</summary>
    /// <param name="x">At least one element along the dimension.</param>
    /// <param name="combine">Of what came before and what comes next, both without the dimension, to the same shape and element type: <c>(before, next) => Maximum(before, next)</c>.</param>
    /// <param name="dim">The dimension.</param>
    /// <returns>The shape of x.</returns>
    /// <exception cref="ArgumentException">There is no first element, or combine changes the shape or the element type.</exception>
    public static Tensor Scan(Tensor x, Func<Tensor, Tensor, Tensor> combine, int dim = 0) => Scan([x], dim, (before, next) => [combine(before[0], next[0])])[0];

    /// <summary>The same for pairs, as a linear recurrence needs them: <c>Scan(a, b, (a, b, c, d) => (a * c, b * c + d))</c> has b[k] = b[k - 1] a[k] + b[k] as its second result.</summary>
    /// <param name="x">At least one element along the dimension.</param>
    /// <param name="y">As many elements along the dimension.</param>
    /// <param name="combine">Of the pair that came before and the pair that comes next, to a pair of the same shapes and element types.</param>
    /// <param name="dim">The dimension.</param>
    /// <returns>The shapes of x and y.</returns>
    /// <exception cref="ArgumentException">There is no first element, the counts differ, or combine changes a shape or an element type.</exception>
    public static (Tensor X, Tensor Y) Scan(Tensor x, Tensor y, Func<Tensor, Tensor, Tensor, Tensor, (Tensor X, Tensor Y)> combine, int dim = 0)
    {
        var values = Scan([x, y], dim, (before, next) => combine(before[0], before[1], next[0], next[1]) is var (first, second) ? [first, second] : []);
        return (values[0], values[1]);
    }

    private static Tensor[] Scan(Tensor[] operands, int dim, Func<Tensor[], Tensor[], Tensor[]> combine)
    {
        int[] axes = [.. operands.Select(x => Shapes.Axis("Scan", x.Shape, dim))];
        var count = operands[0].Shape[axes[0]];
        for (var i = 0; i < operands.Length; i++)
            if (operands[i].Shape[axes[i]] is var own && (own < 1 || own != count))
                throw new ArgumentException($"Scan: the operands have {count} and {own} elements along dim {dim}; they must have equally many, and one at least.");
        Tensor[] Element(int k) => [.. operands.Select((x, i) => Squeeze(Slice(x, axes[i], k, k + 1), axes[i]))];
        Tensor[][] rows = [.. operands.Select(_ => new Tensor[count])];
        var value = Element(0);
        for (var k = 0; k < count; k++)
        {
            var next = k == 0 ? value : combine(value, Element(k));
            for (var i = 0; i < next.Length; i++)
            {
                if (next[i].DType != value[i].DType || !next[i].Shape.SequenceEqual(value[i].Shape))
                    throw new ArgumentException($"Scan: combine makes {next[i].DType} {Shapes.Text(next[i].Shape)} of {value[i].DType} {Shapes.Text(value[i].Shape)}; it must keep both.");
                rows[i][k] = next[i];
            }
            value = next;
        }
        return [.. rows.Select((all, i) => Stack(all, axes[i]))];
    }

    // ---- order ----

    /// <summary>The positions of the elements in ascending order along a dimension (Int64); equals keep their order, NaN counts as the largest.</summary>
    public static Tensor ArgSort(Tensor x, int dim = -1, bool descending = false) =>
        AlongLast("ArgSort", x.DType == DType.Bool ? x.To(DType.Int64) : x, dim, rows => Routine("ArgSort", rows.Shape.ToArray(), DType.Int64, [rows], [descending ? 1 : 0]));

    /// <summary>The elements in ascending order along a dimension, and where they were; equals keep their order, NaN counts as the largest.</summary>
    public static (Tensor Values, Tensor Indices) Sort(Tensor x, int dim = -1, bool descending = false)
    {
        var indices = ArgSort(x, dim, descending);
        return (Gather(x, dim, indices), indices);
    }

    /// <summary>The k largest elements along a dimension in descending order (or the k smallest in ascending order), and where they are.</summary>
    public static (Tensor Values, Tensor Indices) TopK(Tensor x, int k, int dim = -1, bool largest = true)
    {
        var axis = Shapes.Axis("TopK", x.Shape, dim);
        if (k < 0 || k > x.Shape[axis]) throw new ArgumentException($"TopK: x is {Shapes.Text(x.Shape)}; there are no {k} elements along dim {dim}.");
        var indices = Slice(ArgSort(x, axis, largest), axis, 0, k);
        return (Gather(x, axis, indices), indices);
    }

    /// <summary>
    /// The signs of the jumps, from each element to the next, of the vector p for which <c>|p - x|²/2 + weight Σ|p[i + 1] - p[i]|</c> is least (Int64; 0 within a piece of equal elements and at the end), along the last
    /// dimension and in linear time (Johnson 2013).
    /// </summary>
    /// <param name="x">Vectors.</param>
    /// <param name="weight">One for each vector: it broadcasts against x with a last dimension of size 1.</param>
    /// <returns>The shape of x.</returns>
    /// <exception cref="ArgumentException">x is a scalar, or the weight is not one for each vector.</exception>
    public static Tensor TautString(Tensor x, Tensor weight)
    {
        x = Row("TautString", x);
        return Routine("TautString", x.Shape.ToArray(), DType.Int64, [x, Expand(weight.As(x.DType), [.. x.Shape[..^1], 1])], []);
    }

    /// <summary>
    /// Of the nearest vector whose elements do not decrease, 1 where a piece of equal elements starts and 0 elsewhere (Int64), along the last dimension and in linear time (isotonic regression: Barlow et al. 1972).
    /// </summary>
    /// <param name="x">Vectors.</param>
    /// <returns>The shape of x.</returns>
    /// <exception cref="ArgumentException">x is a scalar.</exception>
    public static Tensor PoolAdjacent(Tensor x)
    {
        x = Row("PoolAdjacent", x);
        return Routine("PoolAdjacent", x.Shape.ToArray(), DType.Int64, [x], []);
    }

    private static Tensor Row(string op, Tensor x) =>
        x.Rank > 0 ? x.As(FloatingType(x.DType)) : throw new ArgumentException($"{op}: x is {Shapes.Text(x.Shape)}; a vector has a dimension.");

    /// <summary>For each value how many elements of an ascending sequence are below it; with <paramref name="right"/>, how many are not above it.</summary>
    /// <param name="sorted">Ascending along the last dimension.</param>
    /// <param name="values">The same leading dimensions as <paramref name="sorted"/>, or any where that has one dimension.</param>
    /// <param name="right">Whether equals count.</param>
    public static Tensor Searchsorted(Tensor sorted, Tensor values, bool right = false)
    {
        var dtype = DTypes.Promote(sorted, values);
        if (dtype == DType.Bool) throw NotNumbers("Searchsorted");
        (sorted, values) = (sorted.As(dtype), values.As(dtype));
        var shape = values.Shape.ToArray();
        if (sorted.Rank == 1) values = Reshape(values, checked((int)values.Length));
        if (values.Rank == 0 || !sorted.Shape[..^1].SequenceEqual(values.Shape[..^1]))
            throw new ArgumentException($"Searchsorted: sorted is {Shapes.Text(sorted.Shape)}, values is {Shapes.Text(shape)}; the leading dimensions must be equal.");
        return Reshape(Routine("SearchSorted", values.Shape.ToArray(), DType.Int64, [sorted, values], [IsWhole(values), right ? 1 : 0]), shape);
    }

    /// <summary>The elements in reverse order along some dimensions.</summary>
    public static Tensor Flip(Tensor x, params int[] dims)
    {
        int[] start = new int[x.Rank], step = new int[x.Rank];
        Array.Fill(step, 1);
        foreach (var dim in dims)
        {
            var axis = Shapes.Axis("Flip", x.Shape, dim);
            (start[axis], step[axis]) = (x.Shape[axis] - 1, -1);
        }
        return Slice(x, start, x.Shape.ToArray(), step);
    }

    /// <summary>The elements moved on along a dimension; what leaves at the end comes in at the start.</summary>
    /// <param name="x">The values.</param>
    /// <param name="shift">By how many positions, from minus to plus the size of the dimension.</param>
    /// <param name="dim">The dimension.</param>
    public static Tensor Roll(Tensor x, int shift, int dim)
    {
        var axis = Shapes.Axis("Roll", x.Shape, dim);
        var size = x.Shape[axis];
        if (shift < -size || shift > size) throw new ArgumentException($"Roll: x is {Shapes.Text(x.Shape)}; a shift by {shift} is longer than dim {dim}.");
        var cut = shift >= 0 ? size - shift : -shift;
        return Concat([Slice(x, axis, cut, size), Slice(x, axis, 0, cut)], axis);
    }

    private static int IsWhole(Tensor x) => x.DType == DType.Int64 ? 1 : 0;

    /// <summary>What is computed over the last dimension, over another.</summary>
    private static Tensor AlongLast(string op, Tensor x, int dim, Func<Tensor, Tensor> rows)
    {
        var axis = Shapes.Axis(op, x.Shape, dim);
        return axis == x.Rank - 1 ? rows(x) : Transpose(rows(Transpose(x, axis, -1)), axis, -1);
    }
}
