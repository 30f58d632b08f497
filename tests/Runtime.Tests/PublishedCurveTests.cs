using Proxima.Training;
using Xunit;
using Xunit.Abstractions;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>Sparse vectors behind a random matrix, the standard problem of the literature on unrolled algorithms.</summary>
[Network]
public partial class SparseRecoveries(int m, int n)
{
    [Buffer("m n")] public partial Tensor A { get; }

    [Parameter("16")] public partial Tensor LogStep { get; }

    [Parameter("16")] public partial Tensor LogThreshold { get; }

    private Tensor StepOf() => Exp(LogStep);

    [return: Shape("b m")]
    public virtual Tensor Measured([Shape("b n")] Tensor x, [Shape("b m")] Tensor noise, float share)
    {
        var y = MatMul(x, Transpose(A));
        var deviation = Sqrt(Mean(Square(y - Mean(y, dim: 1, keepDim: true)), dim: 1, keepDim: true));
        return y + share * deviation * noise;
    }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, Transpose(A)) - y));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => 0.4 * Sum(Abs(x));

    [return: Shape("")]
    public virtual Tensor PriorOf([Shape("b n")] Tensor x, int k) => Exp(LogThreshold[k]) * Sum(Abs(x));

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 4)]
    public virtual partial Tensor FourOfIsta(Tensor x, Tensor y);

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 16)]
    public virtual partial Tensor Ista(Tensor x, Tensor y);

    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 4)]
    public virtual partial Tensor FourOfFista(Tensor x, Tensor y);

    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 16)]
    public virtual partial Tensor Fista(Tensor x, Tensor y);

    [Unroll(Algorithm.Alista, smooth: nameof(Fit), proximable: nameof(PriorOf), Iterations = 16, Counter = "k", Learn = nameof(StepOf), Selection = 0.12, Ridge = 0.3)]
    public virtual partial Tensor Alista(Tensor x, Tensor y);

    /// <summary>The logarithm of the normalised squared error: a decibel is worth the same at every level of error.</summary>
    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Log(Sum(Square(Alista(0 * x, y) - x)) / Sum(Square(x)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor y);
}

/// <summary>
/// The published errors of Behrens, Sauder and Jung, "Neurally augmented ALISTA" (ICLR 2021), at 40 and 20 dB: 250 measurements with unit columns, 500 unknowns of which 50 on average are not 0.
/// </summary>
[Collection("WorkerPool")]
public sealed class PublishedCurveTests(ITestOutputHelper output)
{
    private const int M = 250, N = 500;

    private static SparseRecoveries.Cpu Create()
    {
        var network = new SparseRecoveries.Cpu(M, N);
        var a = Tensor.Empty(DType.Float32, M, N);
        new Philox(0, 1).FillNormal(a);
        network.A.CopyFrom(a / Norm(a, 2, dim: 0, keepDim: true));
        return network;
    }

    private static (Tensor X, Tensor Y) Draw(SparseRecoveries network, int count, int stream, double decibels)
    {
        Tensor value = Tensor.Empty(DType.Float32, count, N), support = Tensor.Empty(DType.Float32, count, N), noise = Tensor.Empty(DType.Float32, count, M);
        new Philox(61, 3 * (ulong)stream).FillNormal(value);
        new Philox(61, 3 * (ulong)stream + 1).FillUniform(support, 0, 1);
        new Philox(61, 3 * (ulong)stream + 2).FillNormal(noise);
        float[] values = value.ToArray<float>(), supports = support.ToArray<float>();
        var x = Tensor.From(values.Zip(supports, (v, s) => s < 0.1f ? v : 0).ToArray(), count, N);
        return (x, network.Measured(x, noise, (float)Math.Pow(10, -decibels / 20)));
    }

    private static double Decibels(Tensor found, Tensor x)
    {
        double[] a = found.ToArray<float>().Select(v => (double)v).ToArray(), b = x.ToArray<float>().Select(v => (double)v).ToArray();
        return 10 * Math.Log10(a.Zip(b, (p, q) => (p - q) * (p - q)).Sum() / b.Sum(v => v * v));
    }

    [Fact]
    public void ClassicalAlgorithmsHaveTheErrorsThatArePublished()
    {
        var network = Create();
        var (x, y) = Draw(network, 1000, 0, 40);
        Assert.Equal(-2.78, Decibels(network.FourOfIsta(0 * x, y), x), 0.5);
        Assert.Equal(-5.77, Decibels(network.Ista(0 * x, y), x), 0.5);
        Assert.Equal(-3.53, Decibels(network.FourOfFista(0 * x, y), x), 0.5);
        Assert.Equal(-7.63, Decibels(network.Fista(0 * x, y), x), 0.5);
    }

    /// <summary>
    /// 32 numbers, learned in seconds, within half a decibel of what is published, -39.05 and -21.06 dB. The published weight comes from a descent that ends before the least coherence is reached, which
    /// keeps it smaller; a ridge says the same in closed form. Without one noise is amplified by 1.5 dB more, and 20 dB end at -20.1.
    /// </summary>
    [Theory]
    [InlineData(40, 0.0, -38.55)]
    [InlineData(20, 0.1, -20.56)]
    public void LearnedAlistaHasTheErrorThatIsPublished(int decibels, double least, double wanted)
    {
        const int Steps = 60;
        var network = Create();
        for (var k = 0; k < 16; k++) network.LogThreshold.AsSpan<float>()[k] = (float)Math.Log(Math.Max(0.6 * Math.Pow(0.8, k), least));
        var adam = new Adam(network, learningRate: 0.05);
        var (x, y) = Draw(network, 1000, 0, decibels);
        for (var i = 0; i < Steps; i++)
        {
            adam.LearningRate = 0.025 * (1 + Math.Cos(Math.PI * i / Steps));
            var (target, measured) = Draw(network, 64, i + 1, decibels);
            adam.Step(network.LossGradient(target, measured));
            if (i % 20 == 0) output.WriteLine($"{i}: {Decibels(network.Alista(0 * x, y), x):0.00} dB");
        }
        var reached = Decibels(network.Alista(0 * x, y), x);
        output.WriteLine($"{reached:0.00} dB");
        Assert.True(reached <= wanted, $"{reached}");
    }
}
