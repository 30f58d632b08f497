using System.Numerics;
using System.Runtime.CompilerServices;

namespace Proxima;

public static partial class Ops
{
    /// <summary>
    /// The matrix product of the last two dimensions; the leading ones are batches and broadcast. A vector x is a row, a vector y a column, and
    /// the result drops that dimension; two vectors give their dot product.
    /// </summary>
    /// <param name="x">[... n k] or [k].</param>
    /// <param name="y">[... k m] or [k].</param>
    /// <returns>[... n m]; sums run over k in order, in the element type.</returns>
    /// <exception cref="ArgumentException">An operand is a scalar, the inner sizes differ, or the batches do not broadcast.</exception>
    public static Tensor MatMul(Tensor x, Tensor y)
    {
        if (x.Rank == 0 || y.Rank == 0)
            throw new ArgumentException($"MatMul: x is {Shapes.Text(x.Shape)}, y is {Shapes.Text(y.Shape)}; a scalar has no matrix product.");
        var dtype = DTypes.Promote(x, y);
        (x, y) = (x.As(dtype), y.As(dtype));
        int[] shapeX = x.Rank == 1 ? [1, .. x.Shape] : x.Shape.ToArray();
        int[] shapeY = y.Rank == 1 ? [.. y.Shape, 1] : y.Shape.ToArray();
        var (n, k, m) = (shapeX[^2], shapeX[^1], shapeY[^1]);
        if (k != shapeY[^2])
            throw new ArgumentException($"MatMul: x is {Shapes.Text(x.Shape)}, y is {Shapes.Text(y.Shape)}; the inner sizes {k} and {shapeY[^2]} differ.");
        var (batchX, batchY) = (shapeX[..^2], shapeY[..^2]);
        var batch = Shapes.TryBroadcast(batchX, batchY, out _)
            ?? throw new ArgumentException($"MatMul: x is {Shapes.Text(x.Shape)}, y is {Shapes.Text(y.Shape)}; the batches {Shapes.Text(batchX)} and {Shapes.Text(batchY)} do not broadcast.");

        List<int> shape = [.. batch];
        if (x.Rank > 1) shape.Add(n);
        if (y.Rank > 1) shape.Add(m);
        var result = Tensor.Zeros([.. shape], dtype);
        var startX = Starts(batchX, batch, n * k);
        var startY = Starts(batchY, batch, k * m);
        for (var i = 0; i < startX.Count; i++)
        {
            switch (dtype)
            {
                case DType.Float32: Multiply<float>(x, startX[i], y, startY[i], result, i * n * m, n, k, m); break;
                case DType.Float64: Multiply<double>(x, startX[i], y, startY[i], result, i * n * m, n, k, m); break;
                case DType.Int64: Multiply<long>(x, startX[i], y, startY[i], result, i * n * m, n, k, m); break;
                default: throw NotNumbers("MatMul");
            }
        }
        return result;
    }

    /// <summary>The offset of each matrix of an operand whose batch stretches to <paramref name="batch"/>.</summary>
    private static List<int> Starts(int[] own, int[] batch, int size)
    {
        var walk = new Strided(0, batch, Shapes.BroadcastStrides(own, batch));
        var starts = new List<int>();
        foreach (var run in walk.Runs())
            for (var i = 0; i < walk.RunLength; i++) starts.Add((run + i * walk.RunStride) * size);
        return starts;
    }

    /// <summary>Adds multiples of the rows of y to the rows of the result.</summary>
    private static void Multiply<T>(Tensor x, int startX, Tensor y, int startY, Tensor into, int startInto, int n, int k, int m)
        where T : unmanaged, INumber<T>
    {
        var a = x.AsSpan<T>().Slice(startX, n * k);
        var b = y.AsSpan<T>().Slice(startY, k * m);
        var c = into.AsSpan<T>().Slice(startInto, n * m);
        for (var i = 0; i < n; i++)
            for (var j = 0; j < k; j++)
                AddScaled(a[i * k + j], b.Slice(j * m, m), c.Slice(i * m, m));
    }

    // Compiled at full strength at once: this is where a reference run spends its time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddScaled<T>(T scale, ReadOnlySpan<T> x, Span<T> to) where T : unmanaged, INumber<T>
    {
        var i = 0;
        for (; i <= x.Length - Vector<T>.Count; i += Vector<T>.Count)
            (new Vector<T>(to[i..]) + new Vector<T>(x[i..]) * scale).CopyTo(to[i..]);
        for (; i < x.Length; i++) to[i] += x[i] * scale;
    }
}
