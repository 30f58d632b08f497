namespace Proxima.Runtime;

public static partial class Routines
{
    // An item has the axes [2 before n after], the real parts first, and is transformed along n without a factor; each of its lines, the parts, is a computation of its own. Real items have no
    // axis of 2, and their transforms only the first n/2 + 1 values of each line.

    /// <summary>The discrete Fourier transform of a line of complex numbers; the inverse has the conjugate roots.</summary>
    public static void Fft<X, R, W>(X x, R result, W work, long part, long before, long n, long after, long inverse) where X : struct, IMemory where R : struct, IMemory where W : struct, IWork
    {
        long at = part / after * n * after + part % after, imaginary = before * n * after;
        for (long i = 0; i < n; i++)
        {
            work[2 * i] = x[at + i * after];
            work[2 * i + 1] = x[at + i * after + imaginary];
        }
        Transform(work, n, inverse != 0);
        for (long i = 0; i < n; i++)
        {
            result[at + i * after] = work[2 * i];
            result[at + i * after + imaginary] = work[2 * i + 1];
        }
    }

    /// <summary>The first half of the discrete Fourier transform of a line of real numbers.</summary>
    public static void Rfft<X, R, W>(X x, R result, W work, long part, long before, long n, long after) where X : struct, IMemory where R : struct, IMemory where W : struct, IWork
    {
        long half = n / 2 + 1, from = part / after * n * after + part % after, to = part / after * half * after + part % after, imaginary = before * half * after;
        for (long i = 0; i < n; i++)
        {
            work[2 * i] = x[from + i * after];
            work[2 * i + 1] = 0;
        }
        Transform(work, n, false);
        for (long i = 0; i < half; i++)
        {
            result[to + i * after] = work[2 * i];
            result[to + i * after + imaginary] = work[2 * i + 1];
        }
    }

    /// <summary>The real numbers of which a line is the first half of their transform, times n: the other half are its conjugates, and what is its own conjugate is real.</summary>
    public static void Irfft<X, R, W>(X x, R result, W work, long part, long before, long n, long after) where X : struct, IMemory where R : struct, IMemory where W : struct, IWork
    {
        long half = n / 2 + 1, from = part / after * half * after + part % after, to = part / after * n * after + part % after, imaginary = before * half * after;
        for (long i = 0; i < half; i++)
        {
            double re = x[from + i * after], im = i == 0 || 2 * i == n ? 0 : x[from + i * after + imaginary];
            work[2 * i] = re;
            work[2 * i + 1] = im;
            if (i == 0) continue;
            work[2 * (n - i)] = re;
            work[2 * (n - i) + 1] = -im;
        }
        Transform(work, n, true);
        for (long i = 0; i < n; i++) result[to + i * after] = work[2 * i];
    }

    /// <summary>Transforms n complex numbers, pairs, in place. Powers of two go by halves, every other length by a convolution with a chirp of such a length (Bluestein).</summary>
    private static void Transform<W>(W work, long n, bool inverse) where W : struct, IWork
    {
        long size = 1;
        while (size < n) size *= 2;
        if (size != n)
        {
            size = 1;
            while (size < 2 * n - 1) size *= 2;
        }
        // The values, the chirp, the roots of unity.
        long chirp = 2 * size, roots = 4 * size;
        const double pi = 3.14159265358979323846;
        work[roots] = 1;
        work[roots + 1] = 0;
        // Those of one octant are, turned, those of the others: for short lengths they take most of the time.
        for (long k = 0; 8 * k <= size && size >= 4; k++)
        {
            var angle = 2 * pi * k / size;
            double c = work.Cos(angle), s = work.Sin(angle);
            Root(work, roots, k, c, s);
            Root(work, roots, size / 4 - k, s, c);
            Root(work, roots, size / 4 + k, -s, c);
            if (k > 0) Root(work, roots, size / 2 - k, -c, s);
        }
        if (size == n)
        {
            Halves(work, 0, roots, n, inverse);
            return;
        }
        var sign = inverse ? 1.0 : -1.0;
        for (long i = 2 * n; i < 4 * size; i++) work[i] = 0;
        for (long k = 0; k < n; k++)
        {
            // k² mod 2n keeps the angle exact.
            var angle = pi * (k * k % (2 * n)) / n;
            double c = work.Cos(angle), s = sign * work.Sin(angle);
            double re = work[2 * k], im = work[2 * k + 1];
            work[2 * k] = re * c - im * s;
            work[2 * k + 1] = re * s + im * c;
            work[chirp + 2 * k] = c;
            work[chirp + 2 * k + 1] = -s;
            if (k == 0) continue;
            work[chirp + 2 * (size - k)] = c;
            work[chirp + 2 * (size - k) + 1] = -s;
        }
        Halves(work, 0, roots, size, false);
        Halves(work, chirp, roots, size, false);
        for (long k = 0; k < size; k++)
        {
            double re = work[2 * k], im = work[2 * k + 1], c = work[chirp + 2 * k], s = work[chirp + 2 * k + 1];
            work[2 * k] = (re * c - im * s) / size;
            work[2 * k + 1] = (re * s + im * c) / size;
        }
        Halves(work, 0, roots, size, true);
        for (long k = 0; k < n; k++)
        {
            var angle = pi * (k * k % (2 * n)) / n;
            double c = work.Cos(angle), s = sign * work.Sin(angle);
            double re = work[2 * k], im = work[2 * k + 1];
            work[2 * k] = re * c - im * s;
            work[2 * k + 1] = re * s + im * c;
        }
    }

    private static void Root<W>(W work, long roots, long k, double cos, double sin) where W : struct, IWork
    {
        work[roots + 2 * k] = cos;
        work[roots + 2 * k + 1] = -sin;
    }

    /// <summary>A transform of a power of two, in place.</summary>
    private static void Halves<W>(W work, long at, long roots, long n, bool inverse) where W : struct, IWork
    {
        for (long i = 1, j = 0; i < n; i++)
        {
            var bit = n / 2;
            for (; (j & bit) != 0; bit /= 2) j ^= bit;
            j |= bit;
            if (i >= j) continue;
            for (long part = 0; part < 2; part++)
            {
                var old = work[at + 2 * i + part];
                work[at + 2 * i + part] = work[at + 2 * j + part];
                work[at + 2 * j + part] = old;
            }
        }
        for (long half = 1; half < n; half *= 2)
        {
            var step = n / (2 * half);
            for (long start = 0; start < n; start += 2 * half)
            {
                for (long k = 0; k < half; k++)
                {
                    double c = work[roots + 2 * k * step], s = inverse ? -work[roots + 2 * k * step + 1] : work[roots + 2 * k * step + 1];
                    long a = at + 2 * (start + k), b = a + 2 * half;
                    double re = work[b] * c - work[b + 1] * s, im = work[b] * s + work[b + 1] * c;
                    work[b] = work[a] - re;
                    work[b + 1] = work[a + 1] - im;
                    work[a] += re;
                    work[a + 1] += im;
                }
            }
        }
    }
}
