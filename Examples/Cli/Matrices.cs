namespace Proxima.Examples;

/// <summary>Small dense computations in double precision that checks compare against.</summary>
internal static class Matrices
{
    /// <summary>The rank of a matrix, by elimination with complete pivoting.</summary>
    /// <param name="matrix">Float64, <c>[m, n]</c>.</param>
    /// <param name="tolerance">How small a pivot counts as zero, relative to the first.</param>
    public static int Rank(Tensor matrix, double tolerance = 1e-9)
    {
        var (rows, columns) = (matrix.Dim(0), matrix.Dim(1));
        var a = matrix.ToArray<double>();
        var first = 0.0;
        for (var rank = 0; ; rank++)
        {
            if (rank == Math.Min(rows, columns)) return rank;
            var (best, row, column) = (0.0, rank, rank);
            for (var i = rank; i < rows; i++)
                for (var j = rank; j < columns; j++)
                    if (Math.Abs(a[i * columns + j]) > best) (best, row, column) = (Math.Abs(a[i * columns + j]), i, j);
            if (rank == 0) first = best;
            if (best <= tolerance * first) return rank;
            for (var j = 0; j < columns; j++) (a[rank * columns + j], a[row * columns + j]) = (a[row * columns + j], a[rank * columns + j]);
            for (var i = 0; i < rows; i++) (a[i * columns + rank], a[i * columns + column]) = (a[i * columns + column], a[i * columns + rank]);
            for (var i = rank + 1; i < rows; i++)
            {
                var factor = a[i * columns + rank] / a[rank * columns + rank];
                for (var j = rank; j < columns; j++) a[i * columns + j] -= factor * a[rank * columns + j];
            }
        }
    }

    /// <summary>The mean squared error of the best affine function of the rows of <paramref name="x"/>, by the normal equations.</summary>
    public static double AffineResidual(Tensor x, Tensor target)
    {
        var (count, n) = (x.Dim(0), x.Dim(1) + 1);
        var values = x.To(DType.Float64).ToArray<double>();
        var y = target.To(DType.Float64).ToArray<double>();
        var system = new double[n, n + 1];
        for (var i = 0; i < count; i++)
            for (var p = 0; p < n; p++)
            {
                for (var q = 0; q < n; q++) system[p, q] += Feature(i, p) * Feature(i, q);
                system[p, n] += Feature(i, p) * y[i];
            }
        for (var p = 0; p < n; p++)
            for (var r = 0; r < n; r++)
            {
                if (r == p) continue;
                var factor = system[r, p] / system[p, p];
                for (var q = p; q <= n; q++) system[r, q] -= factor * system[p, q];
            }
        var error = 0.0;
        for (var i = 0; i < count; i++)
        {
            var fit = 0.0;
            for (var p = 0; p < n; p++) fit += system[p, n] / system[p, p] * Feature(i, p);
            error += (y[i] - fit) * (y[i] - fit);
        }
        return error / count;

        double Feature(int i, int p) => p < n - 1 ? values[i * (n - 1) + p] : 1;
    }
}
