using System.ComponentModel;

namespace Proxima;

/// <summary>The meaning of <see cref="FixedPointAttribute"/>: what the reference runs. Called by generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FixedPoints
{
    /// <summary>
    /// Searches for z = step(z). The residual is max|f - z| / (floor + max|f|) over all elements; a run ends when it is no longer above the tolerance
    /// (or is NaN), and gives the point after the last step.
    /// </summary>
    /// <param name="network">Where the run is recorded.</param>
    /// <param name="name">Under which name.</param>
    /// <param name="start">Where the search starts.</param>
    /// <param name="step">The step.</param>
    /// <param name="solver">How to search.</param>
    /// <param name="iterations">The most steps.</param>
    /// <param name="tolerance">The tolerance.</param>
    /// <param name="floor">1 for a residual relative to magnitudes above 1, 0 for a purely relative one.</param>
    /// <param name="window">How many past steps Anderson and Broyden remember.</param>
    /// <param name="damping">The share of each step that is taken.</param>
    /// <param name="regularization">What Anderson adds to the diagonal of its least squares.</param>
    /// <param name="batchDims">How many leading dimensions count separate problems.</param>
    public static (Tensor Z, Tensor Iterations, Tensor Residual) Solve(
        Network network, string name, Tensor start, Func<Tensor, Tensor> step, Solver solver, int iterations, double tolerance, double floor, int window,
        double damping, double regularization, int batchDims)
    {
        // The run computes in the element type that the step gives: a start of zeros may be of another one.
        var first = step(start);
        var (dtype, shape) = (first.DType, start.Shape.ToArray());
        var unit = dtype == DType.Float32 ? Math.ScaleB(1, -23) : Math.ScaleB(1, -52);
        tolerance = Math.Max(tolerance, 8 * unit);
        var z = Doubles(start);
        var batches = 1;
        for (var i = 0; i < batchDims; i++) batches *= shape[i];
        var size = batches == 0 ? 0 : z.Length / batches;
        var mixers = new Mixer[batches];
        for (var i = 0; i < batches; i++)
        {
            mixers[i] = solver switch
            {
                Solver.Anderson => new Anderson(size, window, damping, Math.Max(regularization, 16 * unit)),
                Solver.Broyden => new Broyden(size, window, damping),
                _ => new Plain(damping),
            };
        }
        var (point, residual, count) = (start, double.PositiveInfinity, 0L);
        while (count < iterations && residual > tolerance)
        {
            var f = Doubles(count == 0 ? first : step(point));
            residual = Residual(z, f, floor);
            for (var i = 0; i < batches; i++) mixers[i].Next(z.AsSpan(i * size, size), f.AsSpan(i * size, size));
            point = Tensor.From(z, shape).To(dtype);
            z = Doubles(point);
            count++;
        }
        network.Solves.Record(name, count, residual, tolerance);
        return (point, Tensor.Full([], count, DType.Int64), Tensor.Full([], residual, dtype));
    }

    private static double[] Doubles(Tensor tensor) => tensor.To(DType.Float64).ToArray<double>();

    private static double Residual(double[] z, double[] f, double floor)
    {
        double difference = 0, scale = 0;
        for (var i = 0; i < z.Length; i++)
        {
            difference = Math.Max(difference, Math.Abs(f[i] - z[i]));
            scale = Math.Max(scale, Math.Abs(f[i]));
        }
        return difference == 0 ? 0 : difference / (floor + scale);
    }

    private static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double sum = 0;
        for (var i = 0; i < x.Length; i++) sum += x[i] * y[i];
        return sum;
    }

    /// <summary>Turns a point and its image into the next point, in place.</summary>
    private abstract class Mixer
    {
        public abstract void Next(Span<double> z, ReadOnlySpan<double> f);
    }

    private sealed class Plain(double damping) : Mixer
    {
        public override void Next(Span<double> z, ReadOnlySpan<double> f)
        {
            for (var i = 0; i < z.Length; i++) z[i] = damping == 1 ? f[i] : z[i] + damping * (f[i] - z[i]);
        }
    }

    /// <summary>
    /// z' = z + b g - sum_j c_j (dz_j + b dg_j), where g = f - z, dz_j and dg_j are the last differences, and c minimises |g - sum_j c_j dg_j| with
    /// columns scaled to length 1 and a little regularisation.
    /// </summary>
    private sealed class Anderson(int size, int window, double damping, double regularization) : Mixer
    {
        private readonly (double[] Z, double[] G)[] _differences = Slots(window, size);
        private double[]? _z, _g;
        private int _count;

        public override void Next(Span<double> z, ReadOnlySpan<double> f)
        {
            var g = Difference(f, z);
            if (_z is not null) _differences[_count++ % window] = (Difference(z, _z), Difference(g, _g));
            (_z, _g) = (z.ToArray(), g);
            var c = Coefficients(g);
            for (var i = 0; i < size; i++)
            {
                z[i] += damping * g[i];
                for (var j = 0; j < window; j++) z[i] -= c[j] * (_differences[j].Z[i] + damping * _differences[j].G[i]);
            }
        }

        private double[] Coefficients(double[] g)
        {
            var scales = new double[window];
            for (var i = 0; i < window; i++) scales[i] = Dot(_differences[i].G, _differences[i].G) is > 0 and var square ? 1 / Math.Sqrt(square) : 0;
            var matrix = new double[window, window + 1];
            for (var i = 0; i < window; i++)
            {
                for (var j = 0; j < window; j++) matrix[i, j] = scales[i] * scales[j] * Dot(_differences[i].G, _differences[j].G);
                matrix[i, i] += regularization + (scales[i] > 0 ? 0 : 1);
                matrix[i, window] = scales[i] * Dot(_differences[i].G, g);
            }
            // The matrix is positive definite: no pivoting.
            for (var p = 0; p < window; p++)
            {
                for (var i = 0; i < window; i++)
                {
                    if (i == p) continue;
                    var factor = matrix[i, p] / matrix[p, p];
                    for (var j = p; j <= window; j++) matrix[i, j] -= factor * matrix[p, j];
                }
            }
            var c = new double[window];
            for (var i = 0; i < window; i++) c[i] = scales[i] * matrix[i, window] / matrix[i, i];
            return c;
        }
    }

    /// <summary>Broyden's first method on g(z) = f(z) - z: the inverse Jacobian is -1 plus a product u vᵀ for each step since the memory was last full.</summary>
    private sealed class Broyden(int size, int window, double damping) : Mixer
    {
        private readonly (double[] U, double[] V)[] _updates = Slots(window, size);
        private double[]? _z;
        private double[] _g = new double[size];
        private int _count;

        public override void Next(Span<double> z, ReadOnlySpan<double> f)
        {
            var g = Difference(f, z);
            // A full memory is forgotten: to replace the oldest product alone would leave the others without what they correct.
            var slot = (_count++ + window - 1) % window;
            if (slot == 0) Slots(window, size).CopyTo(_updates, 0);
            // The first step is one from the start to the start, which teaches nothing.
            double[] dz = Difference(z, _z ?? z), dg = Difference(g, _g);
            var v = Times(dz, update => update.U, update => update.V);
            var u = Times(dg, update => update.V, update => update.U);
            var divisor = Dot(v, dg);
            for (var i = 0; i < size; i++) u[i] = divisor == 0 ? 0 : (dz[i] - u[i]) / divisor;
            _updates[slot] = (u, v);
            (_z, _g) = (z.ToArray(), g);
            var step = Times(g, update => update.V, update => update.U);
            for (var i = 0; i < size; i++) z[i] -= damping * step[i];
        }

        private double[] Times(double[] x, Func<(double[] U, double[] V), double[]> left, Func<(double[] U, double[] V), double[]> right)
        {
            var result = new double[size];
            for (var i = 0; i < size; i++) result[i] = -x[i];
            foreach (var update in _updates)
            {
                var product = Dot(left(update), x);
                for (var i = 0; i < size; i++) result[i] += product * right(update)[i];
            }
            return result;
        }
    }

    private static (double[], double[])[] Slots(int window, int size)
    {
        var slots = new (double[], double[])[window];
        for (var i = 0; i < window; i++) slots[i] = (new double[size], new double[size]);
        return slots;
    }

    private static double[] Difference(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var difference = new double[x.Length];
        for (var i = 0; i < difference.Length; i++) difference[i] = x[i] - y[i];
        return difference;
    }
}
