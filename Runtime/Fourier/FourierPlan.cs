using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Proxima.Runtime;

/// <summary>What the transforms of one length have in common: the factors and the roots of unity, all tables of pairs (cosine, sine).</summary>
internal sealed unsafe class FourierPlan<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private static readonly ConcurrentDictionary<nint, FourierPlan<T>> s_plans = [];

    private readonly List<T[]> _tables = [];

    private FourierPlan(nint n)
    {
        Length = n;
        Turns = Table(n + 1);
        for (nint k = 0; k <= n; k++) Root(Turns + 2 * k, -Math.PI * k / n);
        if (!IsSmooth(n))
        {
            Factors = [];
            nint size = 1;
            while (size < 2 * n - 1) size *= 2;
            Convolution = Of(size);
            // k² mod 2n keeps the angle exact.
            Chirp = Table(n);
            for (nint k = 0; k < n; k++) Root(Chirp + 2 * k, -Math.PI * (k * k % (2 * n)) / n);
            Kernel = TransformOfChirp(n, size);
            return;
        }
        Factors = FactorsOf(n);
        // Of a stage there are length - length/radix roots: of all n - 1.
        T* root = Roots = Table(n - 1), unit = Stages = Table(Factors.Sum());
        foreach (var radix in Factors)
        {
            for (nint p = 0; p < n / radix; p++)
            {
                for (var j = 1; j < radix; j++, root += 2) Root(root, -2 * Math.PI * (p * j) / n);
            }
            for (var j = 0; j < radix; j++, unit += 2) Root(unit, -2 * Math.PI * j / radix);
            n /= radix;
        }
    }

    /// <summary>The plan of a length.</summary>
    public static FourierPlan<T> Of(nint n) => s_plans.TryGetValue(n, out var known) ? known : s_plans.GetOrAdd(n, static length => new(length));

    /// <summary>The length n.</summary>
    public nint Length { get; }

    /// <summary>The radices of the stages; none for n = 1 and where the length has a larger prime factor.</summary>
    public int[] Factors { get; }

    /// <summary>For each stage and each p below length/radix: exp(-2πi pj/length) for j = 1, ..., radix - 1.</summary>
    public T* Roots { get; }

    /// <summary>For each stage: exp(-2πi j/radix) for j = 0, ..., radix - 1.</summary>
    public T* Stages { get; }

    /// <summary>exp(-πi k/n) for k = 0, ..., n, which make the transform of a real line of twice the length from that of its pairs.</summary>
    public T* Turns { get; }

    /// <summary>The plan of the convolution that stands for the transform, or null.</summary>
    public FourierPlan<T>? Convolution { get; }

    /// <summary>exp(-πi k²/n).</summary>
    public T* Chirp { get; }

    /// <summary>The transform of the conjugate chirp, over its length.</summary>
    public T* Kernel { get; }

    /// <summary>Whether a length has small factors only.</summary>
    public static bool IsSmooth(nint n)
    {
        foreach (var radix in Radices)
        {
            while (n > 1 && n % radix == 0) n /= radix;
        }
        return n <= 1;
    }

    private static ReadOnlySpan<int> Radices => [4, 2, 3, 5, 7, 11, 13];

    private static int[] FactorsOf(nint n)
    {
        var factors = new List<int>();
        foreach (var radix in Radices)
        {
            for (; n % radix == 0; n /= radix) factors.Add(radix);
        }
        return [.. factors];
    }

    private T* TransformOfChirp(nint n, nint size)
    {
        var (re, im) = (new double[size], new double[size]);
        for (nint k = 0; k < n; k++)
        {
            var (sin, cos) = Math.SinCos(Math.PI * (k * k % (2 * n)) / n);
            (re[k], im[k]) = (cos, sin);
            if (k > 0) (re[size - k], im[size - k]) = (cos, sin);
        }
        var values = new double[4 * size];
        fixed (double* p = values)
        {
            for (nint k = 0; k < size; k++) (p[k], p[size + k]) = (re[k], im[k]);
            Fourier.Fft(p, p + 2 * size, 1, 1, size, 1, 0);
            var kernel = Table(size);
            for (nint k = 0; k < size; k++) (kernel[2 * k], kernel[2 * k + 1]) = (T.CreateTruncating(p[2 * size + k] / size), T.CreateTruncating(p[3 * size + k] / size));
            return kernel;
        }
    }

    private static void Root(T* pair, double angle)
    {
        var (sin, cos) = Math.SinCos(angle);
        (pair[0], pair[1]) = (T.CreateTruncating(cos), T.CreateTruncating(sin));
    }

    private T* Table(nint pairs)
    {
        var table = GC.AllocateUninitializedArray<T>(checked((int)(2 * Math.Max(pairs, 1))), pinned: true);
        _tables.Add(table);
        return (T*)Unsafe.AsPointer(ref table[0]);
    }
}
