using System.ComponentModel;

namespace Proxima;

/// <summary>The functions that random numbers are made with, on one kind of machine.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IElementaryFunctions
{
    /// <summary>The natural logarithm.</summary>
    static abstract double Log(double x);

    /// <summary>e to the power x.</summary>
    static abstract double Exp(double x);

    /// <summary>The square root.</summary>
    static abstract double Sqrt(double x);

    /// <summary>The sine.</summary>
    static abstract double Sin(double x);

    /// <summary>The cosine.</summary>
    static abstract double Cos(double x);

    /// <summary>The largest whole number that is not above x.</summary>
    static abstract double Floor(double x);
}

/// <summary>The functions of <see cref="Math"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct HostFunctions : IElementaryFunctions
{
    /// <inheritdoc/>
    public static double Log(double x) => Math.Log(x);

    /// <inheritdoc/>
    public static double Exp(double x) => Math.Exp(x);

    /// <inheritdoc/>
    public static double Sqrt(double x) => Math.Sqrt(x);

    /// <inheritdoc/>
    public static double Sin(double x) => Math.Sin(x);

    /// <inheritdoc/>
    public static double Cos(double x) => Math.Cos(x);

    /// <inheritdoc/>
    public static double Floor(double x) => Math.Floor(x);
}

/// <summary>Random numbers as functions of a key and an index: one source for every target. See <see cref="Philox"/> for the words they are made of.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Draw
{
    /// <summary>Uniform in [0, 1): a multiple of 2^-24.</summary>
    public static double Uniform(long key, long index)
    {
        var (x, y, z, w) = Block(key, index >> 2, 0);
        var at = index & 3;
        return Uniform(at == 0 ? x : at == 1 ? y : at == 2 ? z : w);
    }

    /// <summary>The uniform number of a word.</summary>
    public static double Uniform(uint word) => (word >> 8) * (1.0 / (1 << 24));

    /// <summary>Standard normal, by the Box-Muller transform of a pair of words.</summary>
    public static double Normal<M>(long key, long index) where M : struct, IElementaryFunctions
    {
        var (x, y, z, w) = Block(key, index >> 2, 0);
        var second = (index & 2) != 0;
        var radius = Radius<M>(second ? z : x);
        var angle = Angle(second ? w : y);
        return radius * ((index & 1) == 0 ? M.Cos(angle) : M.Sin(angle));
    }

    /// <summary>The distance from the origin of a pair of normal numbers.</summary>
    public static double Radius<M>(uint word) where M : struct, IElementaryFunctions => M.Sqrt(-2 * M.Log((word + 0.5) * (1.0 / 4294967296.0)));

    /// <summary>The direction of a pair of normal numbers.</summary>
    public static double Angle(uint word) => 2 * Math.PI / 4294967296.0 * word;

    /// <summary>A key from a key and a number.</summary>
    public static long Fold(long key, long data)
    {
        // A stream that no draw reads.
        var (x, y, _, _) = Block(key, data, 0x464F4C44u);
        return (long)(((ulong)y << 32) | x);
    }

    /// <summary>
    /// A count of the Poisson distribution: by inversion below a rate of 10, else by transformed rejection with squeeze (W. Hörmann, "The transformed
    /// rejection method for generating Poisson random variables", Insurance: Mathematics and Economics 12, 1993).
    /// </summary>
    public static double Poisson<M>(long key, long index, double rate) where M : struct, IElementaryFunctions
    {
        if (!(rate > 0)) return rate == 0 ? 0 : double.NaN;
        if (rate > 1e15) return rate; // the deviation is below the spacing of the numbers, or the rate is infinite
        if (rate < 10)
        {
            var (x, y, _, _) = Block(key, index, 0x504F4953u);
            var u = Fraction(x, y);
            var p = M.Exp(-rate);
            double sum = p, count = 0;
            while (u >= sum && count < 200)
            {
                count++;
                p *= rate / count;
                sum += p;
            }
            return count;
        }
        var (root, log) = (M.Sqrt(rate), M.Log(rate));
        var b = 0.931 + 2.53 * root;
        var a = -0.059 + 0.02483 * b;
        var inverse = 1.1239 + 1.1328 / (b - 3.4);
        var squeeze = 0.9277 - 3.6224 / (b - 2);
        for (var attempt = 1u; attempt < 1000; attempt++)
        {
            var (x, y, z, w) = Block(key, index, 0x504F4953u + attempt);
            var u = Fraction(x, y) - 0.5;
            var v = Fraction(z, w);
            var distance = 0.5 - (u < 0 ? -u : u);
            var count = M.Floor((2 * a / distance + b) * u + rate + 0.43);
            if (distance >= 0.07 && v <= squeeze) return count;
            if (count < 0 || (distance < 0.013 && v > distance)) continue;
            if (M.Log(v) + M.Log(inverse) - M.Log(a / (distance * distance) + b) <= -rate + count * log - LogFactorial<M>(count)) return count;
        }
        return M.Floor(rate);
    }

    /// <summary>The middle of one of 2^52 cells of [0, 1].</summary>
    private static double Fraction(uint high, uint low) => (high * 1048576.0 + (low >> 12)) * (1.0 / 4503599627370496.0) + 1.0 / 9007199254740992.0;

    /// <summary>log(n!) to 1e-11, by Stirling's series from 9 on.</summary>
    private static double LogFactorial<M>(double n) where M : struct, IElementaryFunctions
    {
        double product = 1, x = n + 1;
        while (x < 10)
        {
            product *= x;
            x++;
        }
        var inverse = 1 / (x * x);
        var series = (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - 1.0 / 1680 * inverse) * inverse) * inverse) / x;
        return (x - 0.5) * M.Log(x) - x + 0.91893853320467274178 + series - M.Log(product);
    }

    /// <summary>Four words of a key: block <paramref name="counter"/> of a stream.</summary>
    public static (uint X, uint Y, uint Z, uint W) Block(long key, long counter, uint stream) =>
        Philox.Block((uint)(ulong)counter, (uint)((ulong)counter >> 32), stream, 0, (uint)(ulong)key, (uint)((ulong)key >> 32));
}
