namespace Proxima;

/// <summary>
/// Counter-based random numbers: the same key, stream and index give the same number on every machine and target, in any order.
/// </summary>
/// <remarks>
/// Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). The counter is (index of the block, stream),
/// the key is the seed. A block gives four 32-bit words: four uniforms or four normals.
/// </remarks>
/// <param name="key">The seed.</param>
/// <param name="stream">Tells independent sequences of the same seed apart.</param>
public readonly struct Philox(ulong key, ulong stream = 0)
{
    /// <summary>The four words of block <paramref name="counter"/>.</summary>
    public (uint X, uint Y, uint Z, uint W) Block(ulong counter) =>
        Block((uint)counter, (uint)(counter >> 32), (uint)stream, (uint)(stream >> 32), (uint)key, (uint)(key >> 32));

    /// <summary>The Philox4x32-10 function itself: ten rounds over a counter of four words with a key of two.</summary>
    public static (uint X, uint Y, uint Z, uint W) Block(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (var round = 0; round < 10; round++)
        {
            var p0 = 0xD2511F53UL * c0;
            var p1 = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        return (c0, c1, c2, c3);
    }

    /// <summary>Number <paramref name="index"/> of this stream, uniform in [0, 1): a multiple of 2^-24, so exact in Float32.</summary>
    public double Uniform(ulong index) => Pick(Uniforms(index / 4), index);

    /// <summary>Number <paramref name="index"/> of this stream, standard normal by the Box-Muller transform.</summary>
    public double Normal(ulong index) => Pick(Normals(index / 4), index);

    /// <summary>Fills a floating-point tensor with numbers uniform between the bounds, in row-major order from index 0.</summary>
    public void FillUniform(Tensor tensor, double low = 0, double high = 1) => Fill(tensor, Uniforms, low, high - low);

    /// <summary>Fills a floating-point tensor with normal numbers, in row-major order from index 0.</summary>
    public void FillNormal(Tensor tensor, double mean = 0, double deviation = 1) => Fill(tensor, Normals, mean, deviation);

    private (double, double, double, double) Uniforms(ulong counter)
    {
        const double step = 1.0 / (1 << 24);
        var (x, y, z, w) = Block(counter);
        return ((x >> 8) * step, (y >> 8) * step, (z >> 8) * step, (w >> 8) * step);
    }

    private (double, double, double, double) Normals(ulong counter)
    {
        var (x, y, z, w) = Block(counter);
        var ((a, b), (c, d)) = (BoxMuller(x, y), BoxMuller(z, w));
        return (a, b, c, d);
    }

    private static (double, double) BoxMuller(uint radius, uint angle)
    {
        const double step = 1.0 / (1L << 32);
        // Half a step off zero, so that the logarithm is finite.
        var r = Math.Sqrt(-2 * Math.Log((radius + 0.5) * step));
        var (sin, cos) = Math.SinCos(2 * Math.PI * step * angle);
        return (r * cos, r * sin);
    }

    private static double Pick((double X, double Y, double Z, double W) block, ulong index) =>
        (index % 4) switch { 0 => block.X, 1 => block.Y, 2 => block.Z, _ => block.W };

    private static void Fill(Tensor tensor, Func<ulong, (double, double, double, double)> block, double offset, double scale)
    {
        switch (tensor.DType)
        {
            case DType.Float32: Fill(tensor.AsSpan<float>(), block, offset, scale); break;
            case DType.Float64: Fill(tensor.AsSpan<double>(), block, offset, scale); break;
            default: throw new ArgumentException($"Random numbers fill Float32 or Float64 tensors, not {tensor.DType}.");
        }
    }

    private static void Fill<T>(Span<T> values, Func<ulong, (double, double, double, double)> block, double offset, double scale)
        where T : System.Numerics.INumber<T>
    {
        for (var i = 0; i < values.Length; i += 4)
        {
            var numbers = block((ulong)i / 4);
            for (var j = i; j < Math.Min(i + 4, values.Length); j++)
                values[j] = T.CreateSaturating(offset + scale * Pick(numbers, (ulong)j));
        }
    }

    /// <summary>A stream number from a name: the 64-bit FNV-1a hash of its UTF-16 code units, low byte first.</summary>
    public static ulong StreamOf(string name)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in name)
        {
            hash = (hash ^ (byte)c) * 1099511628211UL;
            hash = (hash ^ (byte)(c >> 8)) * 1099511628211UL;
        }
        return hash;
    }
}

/// <summary>Random tensors that depend on nothing but their seed.</summary>
public static class Sample
{
    /// <summary>A Float32 tensor of standard normal numbers.</summary>
    public static Tensor Normal(ulong seed, params int[] shape)
    {
        var tensor = Tensor.Empty(DType.Float32, shape);
        new Philox(seed).FillNormal(tensor);
        return tensor;
    }

    /// <summary>A Float32 tensor of numbers uniform in [0, 1).</summary>
    public static Tensor Uniform(ulong seed, params int[] shape)
    {
        var tensor = Tensor.Empty(DType.Float32, shape);
        new Philox(seed).FillUniform(tensor);
        return tensor;
    }

    /// <summary>A Float32 tensor whose elements are 1 with probability <paramref name="p"/> and 0 otherwise.</summary>
    public static Tensor Bernoulli(ulong seed, double p, params int[] shape)
    {
        if (!(p >= 0 && p <= 1)) throw new ArgumentOutOfRangeException(nameof(p), p, "Bernoulli: a probability lies between 0 and 1.");
        var tensor = Uniform(seed, shape);
        foreach (ref var value in tensor.AsSpan<float>()) value = value < p ? 1 : 0;
        return tensor;
    }
}
