namespace Proxima;

public static partial class Ops
{
    /// <summary>A new key from a key and a number: of a training step, a layer, a sample. Each key is good for one draw.</summary>
    /// <param name="key">Int64.</param>
    /// <param name="data">Int64, broadcast against the key.</param>
    public static Tensor FoldKey(Tensor key, Tensor data)
    {
        var (keys, numbers, shape) = Integers("FoldKey", key, data);
        var result = Tensor.Empty(DType.Int64, shape);
        var to = result.AsSpan<long>();
        for (var i = 0; i < to.Length; i++) to[i] = Draw.Fold(keys[i], numbers[i]);
        return result;
    }

    /// <summary>Numbers uniform in [0, 1), multiples of 2^-24: those that <see cref="Philox.Uniform"/> gives for the key.</summary>
    /// <param name="key">An Int64 scalar.</param>
    /// <param name="shape">The shape of the result, Float32.</param>
    public static Tensor RandomUniform(Tensor key, params int[] shape) => RandomUniform(key, shape, DType.Float32);

    /// <inheritdoc cref="RandomUniform(Tensor, int[])"/>
    public static Tensor RandomUniform(Tensor key, int[] shape, DType dtype)
    {
        var k = Key("RandomUniform", key);
        return Drawn("RandomUniform", shape, dtype, i => Draw.Uniform(k, i));
    }

    /// <summary>Standard normal numbers: those that <see cref="Philox.Normal"/> gives for the key.</summary>
    /// <param name="key">An Int64 scalar.</param>
    /// <param name="shape">The shape of the result, Float32.</param>
    public static Tensor RandomNormal(Tensor key, params int[] shape) => RandomNormal(key, shape, DType.Float32);

    /// <inheritdoc cref="RandomNormal(Tensor, int[])"/>
    public static Tensor RandomNormal(Tensor key, int[] shape, DType dtype)
    {
        var k = Key("RandomNormal", key);
        return Drawn("RandomNormal", shape, dtype, i => Draw.Normal<HostFunctions>(k, i));
    }

    /// <summary>Numbers of the standard Gumbel distribution: -log of an exponential number.</summary>
    /// <param name="key">An Int64 scalar.</param>
    /// <param name="shape">The shape of the result, Float32.</param>
    public static Tensor RandomGumbel(Tensor key, params int[] shape) => RandomGumbel(key, shape, DType.Float32);

    /// <inheritdoc cref="RandomGumbel(Tensor, int[])"/>
    public static Tensor RandomGumbel(Tensor key, int[] shape, DType dtype) =>
        // A uniform number of 0 stands for the middle of its cell.
        -Log(Maximum(-Log(1 - RandomUniform(key, shape, dtype)), 1.0 / (1 << 25)));

    /// <summary>1 with probability p, else 0; in p's shape and type.</summary>
    /// <param name="key">An Int64 scalar.</param>
    /// <param name="p">Floating point, between 0 and 1.</param>
    public static Tensor RandomBernoulli(Tensor key, Tensor p)
    {
        if (!p.DType.IsFloating) throw new ArgumentException($"RandomBernoulli: p is {p.DType}; probabilities are floating-point numbers.");
        return Less(RandomUniform(key, p.Shape.ToArray(), p.DType), p).To(p.DType);
    }

    /// <summary>1 with probability p, else 0.</summary>
    /// <param name="key">An Int64 scalar.</param>
    /// <param name="p">Between 0 and 1.</param>
    /// <param name="shape">The shape of the result, Float32.</param>
    public static Tensor RandomBernoulli(Tensor key, double p, params int[] shape) => Less(RandomUniform(key, shape), p).To(DType.Float32);

    /// <summary>Classes (Int64) drawn with the probabilities Softmax(logits) over the last dimension, which the result lacks.</summary>
    /// <param name="key">An Int64 scalar.</param>
    /// <param name="logits">[... c], floating point.</param>
    public static Tensor RandomCategorical(Tensor key, Tensor logits)
    {
        if (!logits.DType.IsFloating || logits.Rank == 0) throw new ArgumentException($"RandomCategorical: logits is {logits.DType} {Shapes.Text(logits.Shape)}; it must be [... c] of floating point.");
        return ArgMax(logits + RandomGumbel(key, logits.Shape.ToArray(), logits.DType), -1);
    }

    /// <summary>Counts of the Poisson distribution, in the rate's shape and type; NaN for a negative rate.</summary>
    /// <param name="key">An Int64 scalar.</param>
    /// <param name="rate">The expected count of each element, floating point.</param>
    public static Tensor RandomPoisson(Tensor key, Tensor rate)
    {
        if (!rate.DType.IsFloating) throw new ArgumentException($"RandomPoisson: rate is {rate.DType}; rates are floating-point numbers.");
        var k = Key("RandomPoisson", key);
        var rates = rate.To(DType.Float64).ToArray<double>();
        return Drawn("RandomPoisson", rate.Shape.ToArray(), rate.DType, i => Draw.Poisson<HostFunctions>(k, i, rates[i]));
    }

    /// <summary>Zero with probability p, else x / (1 - p): the expectation is x.</summary>
    /// <param name="x">Floating point.</param>
    /// <param name="p">The probability to drop an element.</param>
    /// <param name="key">An Int64 scalar.</param>
    public static Tensor Dropout(Tensor x, Tensor p, Tensor key)
    {
        if (!x.DType.IsFloating) throw new ArgumentException($"Dropout: x is {x.DType}; it must be floating point.");
        if (p.Rank != 0) throw new ArgumentException($"Dropout: p is {Shapes.Text(p.Shape)}; it must be a scalar.");
        var keep = GreaterEqual(RandomUniform(key, x.Shape.ToArray(), x.DType), p);
        // Of p = 1 nothing is kept, whatever the factor.
        return Where(keep, x * (1 / Maximum(1 - p.To(x.DType), 1.0 / (1 << 24))), 0);
    }

    /// <summary>The numbers at given positions of a key's uniform sequence. Used by generated code.</summary>
    public static Tensor UniformAt(Tensor key, Tensor index, DType dtype) => At("UniformAt", key, index, dtype, Draw.Uniform);

    /// <summary>The numbers at given positions of a key's normal sequence. Used by generated code.</summary>
    public static Tensor NormalAt(Tensor key, Tensor index, DType dtype) => At("NormalAt", key, index, dtype, Draw.Normal<HostFunctions>);

    /// <summary>The counts at given positions of a key's sequence of Poisson numbers. Used by generated code.</summary>
    public static Tensor PoissonAt(Tensor key, Tensor index, Tensor rate)
    {
        var (keys, indices, shape) = Integers("PoissonAt", key, index);
        var rates = Expand(rate, shape).To(DType.Float64).ToArray<double>();
        return Drawn("PoissonAt", shape, rate.DType, i => Draw.Poisson<HostFunctions>(keys[i], indices[i], rates[i]));
    }

    private static Tensor At(string op, Tensor key, Tensor index, DType dtype, Func<long, long, double> draw)
    {
        var (keys, indices, shape) = Integers(op, key, index);
        return Drawn(op, shape, dtype, i => draw(keys[i], indices[i]));
    }

    private static (long[] X, long[] Y, int[] Shape) Integers(string op, Tensor x, Tensor y)
    {
        if (x.DType != DType.Int64 || y.DType != DType.Int64) throw new ArgumentException($"{op}: the operands are {x.DType} and {y.DType}; they must be Int64.");
        var shape = Shapes.Broadcast(op, x.Shape, y.Shape);
        return (Expand(x, shape).ToArray<long>(), Expand(y, shape).ToArray<long>(), shape);
    }

    private static long Key(string op, Tensor key) => key is { DType: DType.Int64, Rank: 0 }
        ? key.Item<long>()
        : throw new ArgumentException($"{op}: the key is {key.DType} {Shapes.Text(key.Shape)}; a key is an Int64 scalar.");

    private static Tensor Drawn(string op, int[] shape, DType dtype, Func<int, double> draw)
    {
        if (!dtype.IsFloating) throw new ArgumentException($"{op}: random numbers are Float32 or Float64, not {dtype}.");
        var result = Tensor.Empty(dtype, shape);
        if (dtype == DType.Float32)
        {
            var to = result.AsSpan<float>();
            for (var i = 0; i < to.Length; i++) to[i] = (float)draw(i);
        }
        else
        {
            var to = result.AsSpan<double>();
            for (var i = 0; i < to.Length; i++) to[i] = draw(i);
        }
        return result;
    }
}
