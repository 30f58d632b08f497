namespace Proxima.Runtime;

public static partial class Routines
{
    /// <summary>The lower triangular L with L Lᵀ = A, which is symmetric; NaN where A is not positive definite.</summary>
    public static void Cholesky<A, R, W>(A a, R result, W work, long n) where A : struct, IMemory where R : struct, IMemory where W : struct, IWork
    {
        for (long i = 0; i < n; i++)
        {
            for (long j = 0; j <= i; j++)
            {
                var sum = a[i * n + j];
                for (long k = 0; k < j; k++) sum -= work[i * n + k] * work[j * n + k];
                work[i * n + j] = i == j ? work.Sqrt(sum) : sum / work[j * n + j];
            }
        }
        for (long i = 0; i < n; i++)
            for (long j = 0; j < n; j++) result[i * n + j] = j <= i ? work[i * n + j] : 0;
    }

    /// <summary>X with A X = B, by elimination with pivots; infinite or NaN where A is singular.</summary>
    public static void Solve<A, B, R, W>(A a, B b, R result, W work, long n, long m)
        where A : struct, IMemory where B : struct, IMemory where R : struct, IMemory where W : struct, IWork
    {
        // The matrix and the right-hand sides side by side.
        var width = n + m;
        for (long i = 0; i < n; i++)
        {
            for (long j = 0; j < n; j++) work[i * width + j] = a[i * n + j];
            for (long j = 0; j < m; j++) work[i * width + n + j] = b[i * m + j];
        }
        Eliminate(work, n, width);
        for (var i = n - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < n; k++)
            {
                var factor = work[i * width + k];
                for (var j = n; j < width; j++) work[i * width + j] -= factor * work[k * width + j];
            }
            for (var j = n; j < width; j++) work[i * width + j] /= work[i * width + i];
        }
        for (long i = 0; i < n; i++)
            for (long j = 0; j < m; j++) result[i * m + j] = work[i * width + n + j];
    }

    /// <summary>1 for the elements that are positive in the x ≥ 0 for which <c>xᵀ A x / 2 - bᵀ x</c> is least, 0 for others, with A symmetric and without negative eigenvalues: by the active set method (Lawson and Hanson 1974).</summary>
    public static void ActiveSet<A, B, R, W>(A a, B b, R result, W work, long n) where A : struct, IMemory where B : struct, IMemory where R : struct, IMemory where W : struct, IWork
    {
        // The equations of the active elements, with their right-hand side; x; the positions of the active elements.
        long x = n * (n + 1), place = x + n, count = 0;
        double size = 1, unknown = 0;
        for (long i = 0; i < n; i++)
        {
            result.SetInteger(i, 0);
            work[x + i] = 0;
            double magnitude = b[i] < 0 ? -b[i] : b[i];
            size = magnitude > size ? magnitude : size;
            unknown += 0 * b[i];
        }
        for (long i = 0; i < n * n; i++) unknown += 0 * a[i];
        // Of NaN and infinities no element is known to be positive.
        if (unknown != 0) return;
        for (long turn = 0; turn < 4 * n + 8; turn++)
        {
            // The element along which the value falls fastest.
            long best = -1;
            double most = 1e-13 * size;
            for (long i = 0; i < n; i++)
            {
                if (result.GetInteger(i) != 0) continue;
                var slope = b[i];
                for (long k = 0; k < count; k++) slope -= a[i * n + work.GetInteger(place + k)] * work[x + work.GetInteger(place + k)];
                if (slope > most)
                {
                    most = slope;
                    best = i;
                }
            }
            if (best < 0) return;
            result.SetInteger(best, 1);
            work.SetInteger(place + count, best);
            count++;
            var isOver = false;
            while (count > 0 && !isOver)
            {
                var width = count + 1;
                for (long i = 0; i < count; i++)
                {
                    var row = work.GetInteger(place + i);
                    // Rows may depend on each other: a little of the identity makes what has no bound large.
                    for (long j = 0; j < count; j++) work[i * width + j] = a[row * n + work.GetInteger(place + j)] + (i == j ? 1e-12 : 0);
                    work[i * width + count] = b[row];
                }
                Eliminate(work, count, width);
                double share = 1;
                for (var i = count - 1; i >= 0; i--)
                {
                    var value = work[i * width + count];
                    for (var k = i + 1; k < count; k++) value -= work[i * width + k] * work[k * width + count];
                    work[i * width + count] = value /= work[i * width + i];
                    double from = work[x + work.GetInteger(place + i)];
                    if (value <= 0 && from / (from - value) is var reach && reach < share) share = reach;
                }
                isOver = share == 1;
                // Towards the solution as far as no element becomes negative; what has become 0 is active no more.
                long kept = 0;
                for (long i = 0; i < count; i++)
                {
                    var element = work.GetInteger(place + i);
                    double value = work[i * width + count], from = work[x + element], to = isOver ? value : from + share * (value - from);
                    var isKept = isOver || value > 0 || to > 1e-15 * size;
                    work[x + element] = isKept ? to : 0;
                    if (isKept)
                    {
                        work.SetInteger(place + kept, element);
                        kept++;
                    }
                    else result.SetInteger(element, 0);
                }
                count = kept;
            }
        }
    }

    /// <summary>The sign of the determinant, and the logarithm of its size; 0 and -infinity where A is singular.</summary>
    public static void SlogDet<A, R, W>(A a, R result, W work, long n) where A : struct, IMemory where R : struct, IMemory where W : struct, IWork
    {
        for (long i = 0; i < n * n; i++) work[i] = a[i];
        double sign = Eliminate(work, n, n), sum = 0;
        for (long i = 0; i < n; i++)
        {
            var pivot = work[i * n + i];
            sign = pivot < 0 ? -sign : pivot == 0 ? 0 : sign;
            sum += work.Log(pivot < 0 ? -pivot : pivot);
        }
        result[0] = sign == 0 ? 0 : double.IsNaN(sum) ? sum : sign;
        result[1] = sign == 0 ? double.NegativeInfinity : sum;
    }

    /// <summary>Rows exchanged and subtracted until nothing is below the diagonal; gives 1, or -1 after an odd number of exchanges.</summary>
    private static double Eliminate<W>(W work, long n, long width) where W : struct, IWork
    {
        double sign = 1;
        for (long k = 0; k < n; k++)
        {
            var best = k;
            for (var i = k + 1; i < n; i++)
            {
                double own = work[i * width + k], most = work[best * width + k];
                if ((own < 0 ? -own : own) > (most < 0 ? -most : most)) best = i;
            }
            if (best != k)
            {
                sign = -sign;
                for (long j = 0; j < width; j++)
                {
                    var old = work[k * width + j];
                    work[k * width + j] = work[best * width + j];
                    work[best * width + j] = old;
                }
            }
            var pivot = work[k * width + k];
            // Below a pivot of 0 there are only zeros.
            if (pivot == 0) continue;
            for (var i = k + 1; i < n; i++)
            {
                var factor = work[i * width + k] / pivot;
                work[i * width + k] = 0;
                for (var j = k + 1; j < width; j++) work[i * width + j] -= factor * work[k * width + j];
            }
        }
        return sign;
    }

    /// <summary>X with A X = B for a triangular A, of which the other triangle (and a diagonal of ones) is not read.</summary>
    public static void TriangularSolve<A, B, R, W>(A a, B b, R result, W work, long n, long m, long upper, long unit)
        where A : struct, IMemory where B : struct, IMemory where R : struct, IMemory where W : struct, IWork
    {
        for (long step = 0; step < n; step++)
        {
            var i = upper != 0 ? n - 1 - step : step;
            for (long j = 0; j < m; j++) work[i * m + j] = b[i * m + j];
            for (long done = 0; done < step; done++)
            {
                var k = upper != 0 ? n - 1 - done : done;
                var factor = a[i * n + k];
                for (long j = 0; j < m; j++) work[i * m + j] -= factor * work[k * m + j];
            }
            if (unit != 0) continue;
            var diagonal = a[i * n + i];
            for (long j = 0; j < m; j++) work[i * m + j] /= diagonal;
        }
        for (long i = 0; i < n * m; i++) result[i] = work[i];
    }

    /// <summary>Q with orthonormal columns above the upper triangular R, by reflections: A = Q R for an A with at least as many rows as columns.</summary>
    public static void Qr<A, R, W>(A a, R result, W work, long m, long n) where A : struct, IMemory where R : struct, IMemory where W : struct, IWork
    {
        // The reflections below the diagonal of R, their factors, Q.
        long factors = m * n, q = factors + n;
        for (long i = 0; i < m * n; i++) work[i] = a[i];
        for (long k = 0; k < n; k++)
        {
            double rest = 0;
            for (var i = k + 1; i < m; i++) rest += work[i * n + k] * work[i * n + k];
            var alpha = work[k * n + k];
            double factor = 0;
            if (rest != 0)
            {
                var norm = work.Sqrt(alpha * alpha + rest);
                var beta = alpha > 0 ? -norm : norm;
                factor = (beta - alpha) / beta;
                for (var i = k + 1; i < m; i++) work[i * n + k] /= alpha - beta;
                work[k * n + k] = beta;
            }
            work[factors + k] = factor;
            for (var j = k + 1; j < n; j++)
            {
                var dot = work[k * n + j];
                for (var i = k + 1; i < m; i++) dot += work[i * n + k] * work[i * n + j];
                dot *= factor;
                work[k * n + j] -= dot;
                for (var i = k + 1; i < m; i++) work[i * n + j] -= dot * work[i * n + k];
            }
        }
        for (long i = 0; i < m; i++)
            for (long j = 0; j < n; j++) work[q + i * n + j] = i == j ? 1.0 : 0.0;
        for (var k = n - 1; k >= 0; k--)
        {
            for (var j = k; j < n; j++)
            {
                var dot = work[q + k * n + j];
                for (var i = k + 1; i < m; i++) dot += work[i * n + k] * work[q + i * n + j];
                dot *= work[factors + k];
                work[q + k * n + j] -= dot;
                for (var i = k + 1; i < m; i++) work[q + i * n + j] -= dot * work[i * n + k];
            }
        }
        for (long i = 0; i < m * n; i++) result[i] = work[q + i];
        for (long i = 0; i < n; i++)
            for (long j = 0; j < n; j++) result[m * n + i * n + j] = j >= i ? work[i * n + j] : 0;
    }

    /// <summary>The eigenvalues of the symmetric A in ascending order, above the matrix whose columns are the eigenvectors; by rotations.</summary>
    public static void Eigh<A, R, W>(A a, R result, W work, long n) where A : struct, IMemory where R : struct, IMemory where W : struct, IWork
    {
        var v = n * n;
        double scale = 0;
        for (long i = 0; i < n; i++)
        {
            for (long j = 0; j < n; j++)
            {
                work[i * n + j] = a[i * n + j];
                work[v + i * n + j] = i == j ? 1.0 : 0.0;
                scale += a[i * n + j] * a[i * n + j];
            }
        }
        for (var sweep = 0; sweep < 50; sweep++)
        {
            double rest = 0;
            for (long i = 0; i < n; i++)
                for (long j = 0; j < i; j++) rest += work[i * n + j] * work[i * n + j];
            if (!(rest > 1e-34 * scale)) break;
            for (long p = 0; p < n; p++)
            {
                for (var q = p + 1; q < n; q++)
                {
                    var off = work[p * n + q];
                    if (off == 0) continue;
                    var theta = (work[q * n + q] - work[p * n + p]) / (2 * off);
                    var t = 1 / ((theta < 0 ? -theta : theta) + work.Sqrt(theta * theta + 1));
                    if (theta < 0) t = -t;
                    var c = 1 / work.Sqrt(t * t + 1);
                    var s = t * c;
                    for (long k = 0; k < n; k++)
                    {
                        double x = work[k * n + p], y = work[k * n + q];
                        work[k * n + p] = c * x - s * y;
                        work[k * n + q] = s * x + c * y;
                    }
                    for (long k = 0; k < n; k++)
                    {
                        double x = work[p * n + k], y = work[q * n + k];
                        work[p * n + k] = c * x - s * y;
                        work[q * n + k] = s * x + c * y;
                        x = work[v + k * n + p];
                        y = work[v + k * n + q];
                        work[v + k * n + p] = c * x - s * y;
                        work[v + k * n + q] = s * x + c * y;
                    }
                    work[p * n + q] = 0;
                    work[q * n + p] = 0;
                }
            }
        }
        for (long to = 0; to < n; to++)
        {
            // The smallest that is left; what has been taken is exchanged to the front.
            var least = to;
            for (var i = to + 1; i < n; i++)
                if (work[i * n + i] < work[least * n + least]) least = i;
            var value = work[least * n + least];
            work[least * n + least] = work[to * n + to];
            work[to * n + to] = value;
            result[to] = value;
            for (long k = 0; k < n; k++)
            {
                var component = work[v + k * n + least];
                work[v + k * n + least] = work[v + k * n + to];
                work[v + k * n + to] = component;
                result[n + k * n + to] = component;
            }
        }
    }

    /// <summary>The singular values of A in descending order, above U, above V: A = U S Vᵀ for an A with at least as many rows as columns; by rotations.</summary>
    public static void Svd<A, R, W>(A a, R result, W work, long m, long n) where A : struct, IMemory where R : struct, IMemory where W : struct, IWork
    {
        long v = m * n, s = v + n * n;
        for (long i = 0; i < m * n; i++) work[i] = a[i];
        for (long i = 0; i < n * n; i++) work[v + i] = i / n == i % n ? 1.0 : 0.0;
        for (var sweep = 0; sweep < 50; sweep++)
        {
            var isDone = true;
            for (long p = 0; p < n; p++)
            {
                for (var q = p + 1; q < n; q++)
                {
                    double pp = 0, qq = 0, pq = 0;
                    for (long k = 0; k < m; k++)
                    {
                        double x = work[k * n + p], y = work[k * n + q];
                        pp += x * x;
                        qq += y * y;
                        pq += x * y;
                    }
                    if (!(pq * pq > 1e-30 * (pp * qq))) continue;
                    isDone = false;
                    var theta = (qq - pp) / (2 * pq);
                    var t = 1 / ((theta < 0 ? -theta : theta) + work.Sqrt(theta * theta + 1));
                    if (theta < 0) t = -t;
                    var c = 1 / work.Sqrt(t * t + 1);
                    var sine = t * c;
                    for (long k = 0; k < m + n; k++)
                    {
                        // V lies below U.
                        double x = work[k * n + p], y = work[k * n + q];
                        work[k * n + p] = c * x - sine * y;
                        work[k * n + q] = sine * x + c * y;
                    }
                }
            }
            if (isDone) break;
        }
        for (long j = 0; j < n; j++)
        {
            double sum = 0;
            for (long k = 0; k < m; k++) sum += work[k * n + j] * work[k * n + j];
            work[s + j] = work.Sqrt(sum);
        }
        var most = 0.0;
        for (long to = 0; to < n; to++)
        {
            var best = to;
            for (var j = to + 1; j < n; j++)
                if (work[s + j] > work[s + best]) best = j;
            var value = work[s + best];
            work[s + best] = work[s + to];
            work[s + to] = value;
            for (long k = 0; k < m + n; k++)
            {
                var component = work[k * n + best];
                work[k * n + best] = work[k * n + to];
                work[k * n + to] = component;
            }
            if (to == 0) most = value;
            result[to] = value;
            if (value > 1e-15 * most || double.IsNaN(value))
            {
                for (long k = 0; k < m; k++) work[k * n + to] /= value;
            }
            else Complete(work, m, n, to);
            for (long k = 0; k < m + n; k++) result[n + k * n + to] = work[k * n + to];
        }
    }

    /// <summary>Makes a column of a matrix a unit vector that is orthogonal to those before it.</summary>
    private static void Complete<W>(W work, long m, long n, long column) where W : struct, IWork
    {
        for (long unit = 0; unit < m; unit++)
        {
            for (long k = 0; k < m; k++) work[k * n + column] = k == unit ? 1.0 : 0.0;
            for (var pass = 0; pass < 2; pass++)
            {
                for (long j = 0; j < column; j++)
                {
                    double dot = 0;
                    for (long k = 0; k < m; k++) dot += work[k * n + j] * work[k * n + column];
                    for (long k = 0; k < m; k++) work[k * n + column] -= dot * work[k * n + j];
                }
            }
            double sum = 0;
            for (long k = 0; k < m; k++) sum += work[k * n + column] * work[k * n + column];
            // One of the m unit vectors keeps at least this much.
            if (sum * m * 2 < 1) continue;
            var norm = work.Sqrt(sum);
            for (long k = 0; k < m; k++) work[k * n + column] /= norm;
            return;
        }
    }

    /// <summary>The exponential of a matrix: a series for A / 2ˢ, squared s times.</summary>
    public static void MatrixExp<A, R, W>(A a, R result, W work, long n) where A : struct, IMemory where R : struct, IMemory where W : struct, IWork
    {
        long size = n * n, x = size, next = 2 * size;
        for (long i = 0; i < size; i++) work[i] = a[i];
        var squarings = Scale(work, n, 1);
        for (long i = 0; i < size; i++) work[x + i] = i / n == i % n ? 1.0 : 0.0;
        for (var term = SeriesTerms; term > 0; term--)
        {
            Multiply(work, 0, x, next, n);
            for (long i = 0; i < size; i++) work[x + i] = work[next + i] / term + (i / n == i % n ? 1.0 : 0.0);
        }
        for (long k = 0; k < squarings; k++)
        {
            Multiply(work, x, x, next, n);
            for (long i = 0; i < size; i++) work[x + i] = work[next + i];
        }
        for (long i = 0; i < size; i++) result[i] = work[x + i];
    }

    /// <summary>The derivative of the exponential at A in the direction E: the same steps, differentiated.</summary>
    public static void MatrixExpFrechet<A, E, R, W>(A a, E e, R result, W work, long n)
        where A : struct, IMemory where E : struct, IMemory where R : struct, IMemory where W : struct, IWork
    {
        long size = n * n, direction = size, x = 2 * size, d = 3 * size, next = 4 * size, product = 5 * size;
        for (long i = 0; i < size; i++)
        {
            work[i] = a[i];
            work[direction + i] = e[i];
            work[x + i] = i / n == i % n ? 1.0 : 0.0;
            work[d + i] = 0;
        }
        var squarings = Scale(work, n, 2);
        for (var term = SeriesTerms; term > 0; term--)
        {
            Multiply(work, direction, x, next, n);
            Multiply(work, 0, d, product, n);
            for (long i = 0; i < size; i++) work[d + i] = (work[next + i] + work[product + i]) / term;
            Multiply(work, 0, x, next, n);
            for (long i = 0; i < size; i++) work[x + i] = work[next + i] / term + (i / n == i % n ? 1.0 : 0.0);
        }
        for (long k = 0; k < squarings; k++)
        {
            Multiply(work, x, d, next, n);
            Multiply(work, d, x, product, n);
            for (long i = 0; i < size; i++) work[d + i] = work[next + i] + work[product + i];
            Multiply(work, x, x, next, n);
            for (long i = 0; i < size; i++) work[x + i] = work[next + i];
        }
        for (long i = 0; i < size; i++) result[i] = work[d + i];
    }

    // With a norm of at most 1/2 the terms left out are below 1e-19.
    private const int SeriesTerms = 16;

    /// <summary>Halves the first matrices until the norm of the first is at most 1/2; gives the number of halvings.</summary>
    private static long Scale<W>(W work, long n, long matrices) where W : struct, IWork
    {
        double norm = 0;
        for (long i = 0; i < n; i++)
        {
            double sum = 0;
            for (long j = 0; j < n; j++) sum += work[i * n + j] < 0 ? -work[i * n + j] : work[i * n + j];
            if (sum > norm) norm = sum;
        }
        long halvings = 0;
        double factor = 1;
        for (; norm > 0.5 && halvings < 1100; norm /= 2)
        {
            halvings++;
            factor /= 2;
        }
        for (long i = 0; i < matrices * n * n; i++) work[i] *= factor;
        return halvings;
    }

    private static void Multiply<W>(W work, long a, long b, long to, long n) where W : struct, IWork
    {
        for (long i = 0; i < n; i++)
        {
            for (long j = 0; j < n; j++) work[to + i * n + j] = 0;
            for (long k = 0; k < n; k++)
            {
                var factor = work[a + i * n + k];
                for (long j = 0; j < n; j++) work[to + i * n + j] += factor * work[b + k * n + j];
            }
        }
    }
}
