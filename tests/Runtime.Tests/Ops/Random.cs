using static Proxima.Ops;

namespace Proxima.Tests.Corpus;

/// <summary>Random numbers in bodies: the same on every target, fused with what uses them.</summary>
[Network]
public partial class RandomNumbers(int n, int layers = 3)
{
    [Parameter("n", Init = 0.5)] public partial Tensor Scale { get; }

    [return: Shape("b n")]
    public virtual Tensor Uniform([Shape("b n")] Tensor x, [Shape("", DType.Int64)] Tensor key) => x + RandomUniform(key, x.Dim(0), n);

    [return: Shape("n b")]
    public virtual Tensor UniformTransposed([Shape("b n")] Tensor x, [Shape("", DType.Int64)] Tensor key) => Transpose(RandomUniform(key, x.Dim(0), n)) + 1;

    [return: Shape("b")]
    public virtual Tensor UniformRows([Shape("b n")] Tensor x, [Shape("", DType.Int64)] Tensor key) => Sum(x * RandomUniform(FoldKey(key, 3), x.Dim(0), n), dim: 1);

    [return: Shape("b n")]
    public virtual Tensor Normal([Shape("b n")] Tensor x, [Shape("", DType.Int64)] Tensor key) => x * 0.5 + RandomNormal(key, [x.Dim(0), n]) * Scale;

    [return: Shape("b n", DType.Float64)]
    public virtual Tensor NormalInDouble([Shape("b n")] Tensor x, [Shape("", DType.Int64)] Tensor key) => x + RandomNormal(key, [x.Dim(0), n], DType.Float64);

    /// <summary>One number for each row, read by all of its elements.</summary>
    [return: Shape("b n")]
    public virtual Tensor ForRows([Shape("b n")] Tensor x, [Shape("", DType.Int64)] Tensor key) =>
        x * (1 + RandomBernoulli(key, 0.5, x.Dim(0), 1)) + RandomNormal(FoldKey(key, 1), x.Dim(0), 1) - Mean(x, 1, true) * RandomUniform(FoldKey(key, 2), x.Dim(0), 1);

    [return: Shape("")]
    public virtual Tensor One([Shape("", DType.Int64)] Tensor key) => RandomNormal(key) + RandomUniform(7);

    [return: Shape("b n")]
    public virtual Tensor Gumbels([Shape("b n")] Tensor x, [Shape("", DType.Int64)] Tensor key) => x + RandomGumbel(key, x.Dim(0), n);

    [return: Shape("b n"), Shape("n")]
    public virtual (Tensor, Tensor) Coins([Shape("b n")] Tensor x, [Shape("", DType.Int64)] Tensor key) => (RandomBernoulli(key, Sigmoid(x)), RandomBernoulli(key, 0.25, n));

    [return: Shape("b", DType.Int64)]
    public virtual Tensor Classes([Shape("b n")] Tensor x, [Shape("", DType.Int64)] Tensor key) => RandomCategorical(key, x);

    [return: Shape("b n"), Shape("b", DType.Int64)]
    public virtual (Tensor, Tensor) Shuffled([Shape("b n")] Tensor x, [Shape("", DType.Int64)] Tensor key) =>
        (IndexSelect(x, 1, RandomPermutation(key, n)), RandomPermutation(FoldKey(key, 1), x.Dim(0)));

    [return: Shape("b n", DType.Int64)]
    public virtual Tensor Keys([Shape("b n", DType.Int64)] Tensor data, [Shape("", DType.Int64)] Tensor key) => FoldKey(FoldKey(key, data), 5);

    [return: Shape("b n")]
    public virtual Tensor Layers([Shape("b n")] Tensor x, [Shape("", DType.Int64)] Tensor key)
    {
        for (var k = 0; k < layers; k++) x = Tanh(Dropout(x + Scale, 0.25, FoldKey(key, k)) + 0.1 * RandomNormal(FoldKey(key, k + 100), x.Dim(0), n));
        return x;
    }

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("", DType.Int64)] Tensor key) => Sum(Square(Layers(x, key)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor key);

    [Gradient(of: nameof(Loss), wrt: "x")]
    public virtual partial Tensor InputGradient(Tensor x, Tensor key);

    [return: Shape("b n")]
    public virtual Tensor Dropped([Shape("b n")] Tensor x, [Shape("")] Tensor p, [Shape("", DType.Int64)] Tensor key) => Dropout(x, Clamp(p, 0, 1), key);
}

/// <summary>Counts, by both of their algorithms.</summary>
[Network, Positive]
public partial class RandomCounts(int n)
{
    [return: Shape("b n")]
    public virtual Tensor Poisson([Shape("b n")] Tensor rate, [Shape("", DType.Int64)] Tensor key) => RandomPoisson(key, rate);

    [return: Shape("b n")]
    public virtual Tensor Many([Shape("b n")] Tensor rate, [Shape("", DType.Int64)] Tensor key) => RandomPoisson(key, rate * 64) - rate;
}
