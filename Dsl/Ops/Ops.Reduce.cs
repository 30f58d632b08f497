using System.Numerics;

namespace Proxima;

public static partial class Ops
{
    // ---- sums ----

    /// <summary>The sum of all elements (a scalar); 0 for none. Bool counts as Int64.</summary>
    public static Tensor Sum(Tensor x) => Sum(x, AllDims(x));

    /// <summary>The sum over one dimension.</summary>
    public static Tensor Sum(Tensor x, int dim, bool keepDim = false) => Sum(x, [dim], keepDim);

    /// <summary>The sum over some dimensions; over no dimension it is x itself.</summary>
    public static Tensor Sum(Tensor x, int[] dims, bool keepDim = false) =>
        Folded("Sum", x.DType == DType.Bool ? x.To(DType.Int64) : x, dims, keepDim, Sum<float>, Sum<double>, Sum<long>);

    /// <summary>The mean of all elements (a scalar); NaN for none.</summary>
    /// <exception cref="ArgumentException">The elements are not floating point.</exception>
    public static Tensor Mean(Tensor x) => Mean(x, AllDims(x));

    /// <summary>The mean over one dimension.</summary>
    /// <inheritdoc cref="Mean(Tensor)" path="/exception"/>
    public static Tensor Mean(Tensor x, int dim, bool keepDim = false) => Mean(x, [dim], keepDim);

    /// <summary>The mean over some dimensions.</summary>
    /// <inheritdoc cref="Mean(Tensor)" path="/exception"/>
    public static Tensor Mean(Tensor x, int[] dims, bool keepDim = false) =>
        Folded("Mean", Fractional("Mean", x), dims, keepDim, values => Sum(values) / values.Length, values => Sum(values) / values.Length);

    /// <summary>The variance of all elements (a scalar).</summary>
    /// <param name="x">The values.</param>
    /// <param name="correction">What to subtract from their number before dividing by it: 1 for the unbiased estimate, 0 for the mean square.</param>
    /// <exception cref="ArgumentException">The elements are not floating point, or the correction is negative.</exception>
    public static Tensor Variance(Tensor x, int correction = 1) => Variance(x, AllDims(x), correction, keepDim: false);

    /// <summary>The variance over one dimension.</summary>
    /// <param name="x">The values.</param>
    /// <param name="dim">The dimension.</param>
    /// <param name="correction">What to subtract from their number before dividing by it: 1 for the unbiased estimate, 0 for the mean square.</param>
    /// <param name="keepDim">Whether the dimension stays with size 1.</param>
    public static Tensor Variance(Tensor x, int dim, int correction = 1, bool keepDim = false) => Variance(x, [dim], correction, keepDim);

    private static Tensor Variance(Tensor x, int[] dims, int correction, bool keepDim)
    {
        // Variance(x, -1) means the correction to C#, but certainly not to its author.
        if (correction < 0) throw new ArgumentException($"Variance: the correction is {correction}; write dim: {correction} if you mean a dimension.");
        return Folded("Variance", Fractional("Variance", x), dims, keepDim, values => Variance(values, correction), values => Variance(values, correction));
    }

    /// <summary>The standard deviation of all elements (a scalar): the root of the variance.</summary>
    /// <inheritdoc cref="Variance(Tensor, int)" path="/*[not(self::summary)]"/>
    public static Tensor StandardDeviation(Tensor x, int correction = 1) => Sqrt(Variance(x, correction));

    /// <summary>The standard deviation over one dimension: the root of the variance.</summary>
    /// <inheritdoc cref="Variance(Tensor, int, int, bool)" path="/*[not(self::summary)]"/>
    public static Tensor StandardDeviation(Tensor x, int dim, int correction = 1, bool keepDim = false) => Sqrt(Variance(x, dim, correction, keepDim));

    /// <summary>The p-norm of all elements (a scalar): (Σ|x|ᵖ)^(1/p); for ±∞ the largest and the smallest magnitude, for 0 the number of elements that are not 0.</summary>
    /// <exception cref="ArgumentException">The elements are not floating point, or there is none to choose.</exception>
    public static Tensor Norm(Tensor x, double p = 2) => Norm(x, p, AllDims(x));

    /// <summary>The p-norm over one dimension.</summary>
    /// <inheritdoc cref="Norm(Tensor, double)" path="/exception"/>
    public static Tensor Norm(Tensor x, double p, int dim, bool keepDim = false) => Norm(x, p, [dim], keepDim);

    /// <summary>The p-norm over some dimensions.</summary>
    /// <inheritdoc cref="Norm(Tensor, double)" path="/exception"/>
    public static Tensor Norm(Tensor x, double p, int[] dims, bool keepDim = false)
    {
        var size = Abs(Fractional("Norm", x));
        if (double.IsInfinity(p)) return p > 0 ? Max(size, dims, keepDim) : Min(size, dims, keepDim);
        return p switch
        {
            0 => Sum(NotEqual(x, 0).To(x.DType), dims, keepDim),
            1 => Sum(size, dims, keepDim),
            2 => Sqrt(Sum(Square(x), dims, keepDim)),
            _ => Pow(Sum(Pow(size, p), dims, keepDim), 1 / p),
        };
    }

    /// <summary>The product of all elements (a scalar); 1 for none.</summary>
    public static Tensor Prod(Tensor x) => Prod(x, AllDims(x));

    /// <summary>The product over one dimension.</summary>
    public static Tensor Prod(Tensor x, int dim, bool keepDim = false) => Prod(x, [dim], keepDim);

    /// <summary>The product over some dimensions.</summary>
    public static Tensor Prod(Tensor x, int[] dims, bool keepDim = false) => Folded("Prod", x, dims, keepDim, Product<float>, Product<double>, Product<long>);

    // ---- truth ----

    /// <summary>Whether any element is true (for numbers: not zero).</summary>
    public static Tensor Any(Tensor x) => Any(x, AllDims(x));

    /// <summary>Whether any element along one dimension is true.</summary>
    public static Tensor Any(Tensor x, int dim, bool keepDim = false) => Any(x, [dim], keepDim);

    /// <summary>Whether any element along some dimensions is true.</summary>
    public static Tensor Any(Tensor x, int[] dims, bool keepDim = false) => Sum(x.As(DType.Bool), dims, keepDim) > 0;

    /// <summary>Whether all elements are true (for numbers: not zero).</summary>
    public static Tensor All(Tensor x) => All(x, AllDims(x));

    /// <summary>Whether all elements along one dimension are true.</summary>
    public static Tensor All(Tensor x, int dim, bool keepDim = false) => All(x, [dim], keepDim);

    /// <summary>Whether all elements along some dimensions are true.</summary>
    public static Tensor All(Tensor x, int[] dims, bool keepDim = false) => !Any(!x, dims, keepDim);

    // ---- extrema ----

    /// <summary>The largest element (a scalar).</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Tensor Max(Tensor x) => Max(x, AllDims(x));

    /// <summary>The largest element over one dimension.</summary>
    /// <exception cref="ArgumentException">The dimension has size 0.</exception>
    public static Tensor Max(Tensor x, int dim, bool keepDim = false) => Max(x, [dim], keepDim);

    /// <summary>The largest element over some dimensions.</summary>
    /// <exception cref="ArgumentException">One of them has size 0.</exception>
    public static Tensor Max(Tensor x, int[] dims, bool keepDim = false) =>
        Folded("Max", NotEmpty("Max", x, dims), dims, keepDim, Max<float>, Max<double>, Max<long>);

    /// <summary>The smallest element (a scalar).</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Tensor Min(Tensor x) => Min(x, AllDims(x));

    /// <summary>The smallest element over one dimension.</summary>
    /// <exception cref="ArgumentException">The dimension has size 0.</exception>
    public static Tensor Min(Tensor x, int dim, bool keepDim = false) => Min(x, [dim], keepDim);

    /// <summary>The smallest element over some dimensions.</summary>
    /// <exception cref="ArgumentException">One of them has size 0.</exception>
    public static Tensor Min(Tensor x, int[] dims, bool keepDim = false) =>
        Folded("Min", NotEmpty("Min", x, dims), dims, keepDim, Min<float>, Min<double>, Min<long>);

    /// <summary>The largest element over some dimensions; of no elements the lowest value there is. Used by generated code.</summary>
    public static Tensor ReduceMax(Tensor x, int[] dims) =>
        x.Length > 0 ? Max(x, dims) : Extreme(x, dims, double.NegativeInfinity);

    /// <summary>The smallest element over some dimensions; of no elements the highest value there is. Used by generated code.</summary>
    public static Tensor ReduceMin(Tensor x, int[] dims) =>
        x.Length > 0 ? Min(x, dims) : Extreme(x, dims, double.PositiveInfinity);

    private static Tensor Extreme(Tensor x, int[] dims, double value)
    {
        var axes = dims.Select(dim => Shapes.Axis("Extreme", x.Shape, dim)).ToHashSet();
        int[] shape = [.. Enumerable.Range(0, x.Rank).Where(i => !axes.Contains(i)).Select(i => x.Shape[i])];
        return Full(shape, value, x.DType);
    }

    /// <summary>The row-major position of the largest element (an Int64 scalar): the first of equals, the first NaN before all.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Tensor ArgMax(Tensor x) => ArgMax(x, AllDims(x), keepDim: false);

    /// <summary>The position of the largest element along one dimension (Int64): the first of equals, the first NaN before all.</summary>
    /// <exception cref="ArgumentException">The dimension has size 0.</exception>
    public static Tensor ArgMax(Tensor x, int dim, bool keepDim = false) => ArgMax(x, [dim], keepDim);

    /// <summary>The row-major position of the smallest element (an Int64 scalar): the first of equals, the first NaN before all.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Tensor ArgMin(Tensor x) => ArgMax(Reversed(x), AllDims(x), keepDim: false);

    /// <summary>The position of the smallest element along one dimension (Int64): the first of equals, the first NaN before all.</summary>
    /// <exception cref="ArgumentException">The dimension has size 0.</exception>
    public static Tensor ArgMin(Tensor x, int dim, bool keepDim = false) => ArgMax(Reversed(x), [dim], keepDim);

    /// <summary>Elements in the opposite order; the smallest integer has no negative.</summary>
    private static Tensor Reversed(Tensor x) => x.DType.IsFloating ? -x : -1 - x.As(DType.Int64);

    private static Tensor ArgMax(Tensor x, int[] dims, bool keepDim)
    {
        NotEmpty("ArgMax", x, dims);
        return x.DType switch
        {
            DType.Float32 => Folded<float, long>("ArgMax", x, dims, keepDim, ArgMax),
            DType.Float64 => Folded<double, long>("ArgMax", x, dims, keepDim, ArgMax),
            _ => Folded<long, long>("ArgMax", x.As(DType.Int64), dims, keepDim, ArgMax),
        };
    }

    // ---- exponentials ----

    /// <summary>The logarithm of the sum of exponentials over one dimension, without overflow; -infinity for no elements.</summary>
    public static Tensor LogSumExp(Tensor x, int dim = -1, bool keepDim = false) =>
        Folded("LogSumExp", x, [dim], keepDim, LogSumExp<float>, LogSumExp<double>);

    /// <summary>Exponentials divided by their sum over one dimension: positive, with sum 1.</summary>
    public static Tensor Softmax(Tensor x, int dim = -1)
    {
        Shapes.Axis("Softmax", x.Shape, dim);
        if (x.Length == 0) return x.To(FloatingType(x.DType));
        var exponentials = Exp(x - Max(x, dim, keepDim: true));
        return exponentials / Sum(exponentials, dim, keepDim: true);
    }

    /// <summary>The logarithm of <see cref="Softmax"/>, without its underflow.</summary>
    public static Tensor LogSoftmax(Tensor x, int dim = -1)
    {
        Shapes.Axis("LogSoftmax", x.Shape, dim);
        if (x.Length == 0) return x.To(FloatingType(x.DType));
        var shifted = x.As(FloatingType(x.DType)) - Max(x, dim, keepDim: true);
        return shifted - Log(Sum(Exp(shifted), dim, keepDim: true));
    }

    // ---- the definitions, on the elements that are reduced to one ----

    /// <summary>Halves are summed by themselves, so the error grows with the logarithm of the length only.</summary>
    private static T Sum<T>(ReadOnlySpan<T> values) where T : INumber<T>
    {
        if (values.Length > 32) return Sum(values[..(values.Length / 2)]) + Sum(values[(values.Length / 2)..]);
        var sum = T.Zero;
        foreach (var value in values) sum += value;
        return sum;
    }

    private static T Product<T>(ReadOnlySpan<T> values) where T : INumber<T>
    {
        var product = T.One;
        foreach (var value in values) product *= value;
        return product;
    }

    private static T Variance<T>(ReadOnlySpan<T> values, int correction) where T : unmanaged, INumber<T>
    {
        var mean = Sum(values) / T.CreateChecked(values.Length);
        var squares = new T[values.Length];
        for (var i = 0; i < squares.Length; i++) squares[i] = (values[i] - mean) * (values[i] - mean);
        return Sum<T>(squares) / T.CreateChecked(Math.Max(values.Length - correction, 0));
    }

    private static T Max<T>(ReadOnlySpan<T> values) where T : INumber<T>
    {
        var max = values[0];
        foreach (var value in values) max = T.Max(max, value);
        return max;
    }

    private static T Min<T>(ReadOnlySpan<T> values) where T : INumber<T>
    {
        var min = values[0];
        foreach (var value in values) min = T.Min(min, value);
        return min;
    }

    private static long ArgMax<T>(ReadOnlySpan<T> values) where T : INumber<T>
    {
        var best = 0;
        for (var i = 1; i < values.Length && !T.IsNaN(values[best]); i++)
            if (values[i] > values[best] || T.IsNaN(values[i])) best = i;
        return best;
    }

    private static T LogSumExp<T>(ReadOnlySpan<T> values) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (values.IsEmpty) return T.NegativeInfinity;
        var max = Max(values);
        if (!T.IsFinite(max)) return max;
        var exponentials = new T[values.Length];
        for (var i = 0; i < exponentials.Length; i++) exponentials[i] = T.Exp(values[i] - max);
        return max + T.Log(Sum<T>(exponentials));
    }

    // ---- axes and element types ----

    private delegate R Reducer<T, R>(ReadOnlySpan<T> values);

    private static int[] AllDims(Tensor x) => [.. Enumerable.Range(0, x.Rank)];

    private static Tensor Fractional(string op, Tensor x) => x.DType.IsFloating
        ? x
        : throw new ArgumentException($"{op}: the elements are {x.DType}, not floating point; convert them with To(DType.Float32).");

    private static Tensor NotEmpty(string op, Tensor x, int[] dims)
    {
        foreach (var dim in dims)
        {
            if (x.Shape[Shapes.Axis(op, x.Shape, dim)] == 0)
                throw new ArgumentException($"{op}: x is {Shapes.Text(x.Shape)}; dim {dim} has no elements to choose from.");
        }
        return x;
    }

    private static Tensor Folded(string op, Tensor x, int[] dims, bool keepDim, Reducer<float, float> f, Reducer<double, double> g) =>
        FloatingType(x.DType) == DType.Float32
            ? Folded(op, x.As(DType.Float32), dims, keepDim, f)
            : Folded(op, x, dims, keepDim, g);

    private static Tensor Folded(
        string op, Tensor x, int[] dims, bool keepDim, Reducer<float, float> f, Reducer<double, double> g, Reducer<long, long> h) => x.DType switch
    {
        DType.Float32 => Folded(op, x, dims, keepDim, f),
        DType.Float64 => Folded(op, x, dims, keepDim, g),
        DType.Int64 => Folded(op, x, dims, keepDim, h),
        _ => throw NotNumbers(op),
    };

    /// <summary>Brings the reduced dimensions to the end, where the elements of each result lie together.</summary>
    private static Tensor Folded<T, R>(string op, Tensor x, int[] dims, bool keepDim, Reducer<T, R> f) where T : unmanaged where R : unmanaged
    {
        var reduced = new bool[x.Rank];
        foreach (var dim in dims)
        {
            var axis = Shapes.Axis(op, x.Shape, dim);
            if (reduced[axis]) throw new ArgumentException($"{op}: dim {dim} of {Shapes.Text(x.Shape)} is given twice.");
            reduced[axis] = true;
        }
        var axes = AllDims(x);
        int[] order = [.. axes.Where(axis => !reduced[axis]), .. axes.Where(axis => reduced[axis])];
        var shape = new List<int>();
        var count = 1;
        foreach (var axis in axes)
        {
            if (!reduced[axis]) shape.Add(x.Shape[axis]);
            else if (keepDim) shape.Add(1);
            if (reduced[axis]) count *= x.Shape[axis];
        }
        var result = Tensor.Empty(DTypes.Of<R>(), [.. shape]);
        var from = (order.SequenceEqual(axes) ? x : Permute(x, order)).AsSpan<T>();
        var to = result.AsSpan<R>();
        for (var i = 0; i < to.Length; i++) to[i] = f(from.Slice(i * count, count));
        return result;
    }
}
