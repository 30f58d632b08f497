using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>Iterations that differ from each other, that select, that weigh, and that try their steps.</summary>
[Network]
public partial class LearnedIterations(int m, int n)
{
    [Parameter("m n", Init = Init.Normal)] public partial Tensor Dictionary { get; }

    [Parameter("4 n m", Init = Init.Normal)] public partial Tensor Operators { get; }

    [Parameter("4 n", Init = Init.Normal)] public partial Tensor LogThresholds { get; }

    [Parameter("4", Init = -2.5)] public partial Tensor LogSteps { get; }

    private Tensor StepsOf() => Exp(LogSteps);

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, Transpose(Dictionary)) - y));

    [return: Shape("")]
    public virtual Tensor FitOf([Shape("b n")] Tensor x, [Shape("b m")] Tensor y, int k) => 0.5 * Sum(Square(MatMul(x, Operators[k]) - y));

    [return: Shape("")]
    public virtual Tensor FitOfOne([Shape("n")] Tensor x, [Shape("m")] Tensor y) => 0.5 * Sum(Square(y - 2 * MatMul(Dictionary, x)));

    [return: Shape("")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => 0.5 * Sum(Abs(x));

    [return: Shape("")]
    public virtual Tensor PriorOf([Shape("... n")] Tensor x, int k) => Sum(Exp(LogThresholds[k]) * Abs(x));

    [Unroll(Algorithm.Ista, smooth: nameof(FitOf), proximable: nameof(PriorOf), Iterations = 4, Counter = "k", Learn = nameof(StepsOf))]
    public virtual partial Tensor Untied(Tensor x, Tensor y);

    [Unroll(Algorithm.Alista, smooth: nameof(Fit), proximable: nameof(PriorOf), Iterations = 4, Counter = "k", Learn = nameof(StepsOf), Selection = 0.5)]
    public virtual partial Tensor Analytic(Tensor x, Tensor y);

    [Unroll(Algorithm.Alista, smooth: nameof(FitOfOne), proximable: nameof(PriorOf), Iterations = 4, Counter = "k", Step = 0.5)]
    public virtual partial Tensor AnalyticOfOne(Tensor x, Tensor y);

    [Unroll(Algorithm.Alista, smooth: nameof(FitOfOne), proximable: nameof(PriorOf), Iterations = 4, Counter = "k", Step = 0.5, Ridge = 0.7)]
    public virtual partial Tensor RidgedOfOne(Tensor x, Tensor y);

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 4000, Step = 10, Backtracking = true)]
    public virtual partial Tensor Tried(Tensor x, Tensor y);

    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 3000, Step = 10, Backtracking = true)]
    public virtual partial Tensor TriedFast(Tensor x, Tensor y);

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Prior), Tolerance = 1e-12, Iterations = 20000, Backtracking = true)]
    public virtual partial (Tensor X, Tensor Iterations, Tensor Residual) TriedSearch(Tensor x, Tensor y);

    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Prior), Iterations = 6000)]
    public virtual partial Tensor Known(Tensor x, Tensor y);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Sum(Square(Untied(x, y) - 1)) + Sum(Square(Analytic(x, y)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor y);
}

/// <summary>The options of learned iterations against the same iterations written out.</summary>
[Collection("WorkerPool")]
public sealed class LearnedIterationTests
{
    private const int M = 5, N = 8, Batch = 3;

    private static Tensor Random(int stream, params int[] shape)
    {
        var x = Tensor.Empty(DType.Float64, shape);
        new Philox(53, (ulong)stream).FillNormal(x);
        return x;
    }

    private static LearnedIterations Double()
    {
        var network = new LearnedIterations(M, N);
        network.To(DType.Float64);
        return network;
    }

    private static void Near(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        Assert.True((double)Max(Abs(expected - actual.To(expected.DType))) <= tolerance, $"{(double)Max(Abs(expected - actual.To(expected.DType)))}");
    }

    private static Tensor Shrunk(LearnedIterations network, Tensor v, Tensor step, int k) => Sign(v) * Relu(Abs(v) - step * Exp(network.LogThresholds[k]));

    private static Tensor ByHand(LearnedIterations network, Tensor x, Tensor y)
    {
        for (var k = 0; k < 4; k++)
        {
            var step = Exp(network.LogSteps[k]);
            x = Shrunk(network, x - step * MatMul(MatMul(x, network.Operators[k]) - y, Transpose(network.Operators[k])), step, k);
        }
        return x;
    }

    /// <summary>The columns wᵢ = (D Dᵀ + ridge I)⁻¹ dᵢ / dᵢᵀ (D Dᵀ + ridge I)⁻¹ dᵢ.</summary>
    private static Tensor Weight(Tensor dictionary, double ridge = 0)
    {
        var solved = MatMul(Inverse(MatMul(dictionary, Transpose(dictionary)) + ridge * Eye(M, dtype: DType.Float64)), dictionary);
        return solved / Sum(solved * dictionary, dim: 0);
    }

    private static Tensor AnalyticByHand(LearnedIterations network, Tensor x, Tensor y)
    {
        var weight = Weight(network.Dictionary);
        for (var k = 0; k < 4; k++)
        {
            var step = Exp(network.LogSteps[k]);
            var v = x - step * MatMul(MatMul(x, Transpose(network.Dictionary)) - y, weight);
            var operated = Shrunk(network, v, step, k).ToArray<double>();
            var values = v.ToArray<double>();
            // 1, 2, 3, 4 of 8: the largest magnitudes of each sample stay as they are.
            for (var row = 0; row < Batch; row++)
                foreach (var i in Enumerable.Range(row * N, N).OrderByDescending(i => Math.Abs(values[i])).Take(k + 1)) operated[i] = values[i];
            x = Tensor.From(operated, Batch, N);
        }
        return x;
    }

    [Fact]
    public void EachIterationHasItsOwnOperatorsThresholdsAndSteps()
    {
        var network = Double();
        Tensor x = Random(1, Batch, N), y = Random(2, Batch, M);
        Near(ByHand(network, x, y), network.Untied(x, y), 1e-12);
        Near(ByHand(network, x, y), new LearnedIterations.Cpu(M, N).Untied(x.To(DType.Float32), y.To(DType.Float32)), 1e-3);
    }

    [Fact]
    public void TheWeightIsTheOneOfLeastCoherence()
    {
        var network = Double();
        Tensor x = Random(1, Batch, N), y = Random(2, Batch, M);
        var expected = AnalyticByHand(network, x, y);
        Near(expected, network.Analytic(x, y), 1e-10);
        Near(expected, new LearnedIterations.Cpu(M, N).Analytic(x.To(DType.Float32), y.To(DType.Float32)), 2e-3);
        var dictionary = network.Dictionary;
        var weight = Weight(dictionary);
        Near(Ones(N).To(DType.Float64), Sum(weight * dictionary, dim: 0), 1e-12);
        var least = (double)Sum(Square(MatMul(Transpose(weight), dictionary)));
        for (var i = 0; i < 20; i++)
        {
            var move = Random(10 + i, M, N);
            var other = weight + 0.1 * (move - dictionary * (Sum(move * dictionary, dim: 0) / Sum(Square(dictionary), dim: 0)));
            Assert.True((double)Sum(Square(MatMul(Transpose(other), dictionary))) > least);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.7)]
    public void AMatrixInFrontOfAVectorHasTheWeightTooAndARidge(double ridge)
    {
        var network = Double();
        Tensor x = Random(1, N), y = Random(2, M), half = Tensor.Full([], 0.5, DType.Float64);
        var weight = Weight(2 * network.Dictionary, ridge);
        var expected = x;
        for (var k = 0; k < 4; k++) expected = Shrunk(network, expected - 0.5 * MatMul(Transpose(weight), 2 * MatMul(network.Dictionary, expected) - y), half, k);
        Near(expected, ridge == 0 ? network.AnalyticOfOne(x, y) : network.RidgedOfOne(x, y), 1e-10);
    }

    [Fact]
    public void GradientsOfAllIterationsAreDifferences()
    {
        var network = Double();
        Tensor x = Random(1, Batch, N), y = Random(2, Batch, M);
        var gradients = network.LossGradient(x, y);
        foreach (var parameter in new[] { network.Dictionary, network.Operators, network.LogThresholds, network.LogSteps })
        {
            const double Small = 1e-6;
            var before = parameter.ToArray<double>();
            var direction = Random(3, parameter.Shape.ToArray());
            var d = direction.ToArray<double>();
            double At(double by)
            {
                for (var i = 0; i < before.Length; i++) parameter.AsSpan<double>()[i] = before[i] + by * d[i];
                return (double)network.Loss(x, y);
            }
            var slope = (At(Small) - At(-Small)) / (2 * Small);
            At(0);
            Assert.Equal(slope, (double)Sum(gradients[parameter] * direction), 1e-4 * (1 + Math.Abs(slope)));
        }
    }

    [Fact]
    public void TrialsFindAStepThatLeadsToTheMinimum()
    {
        var network = Double();
        Tensor x = Tensor.Zeros([Batch, N], DType.Float64), y = Random(2, Batch, M);
        var known = network.Known(x, y);
        Near(known, network.Tried(x, y), 1e-6);
        Near(known, network.TriedFast(x, y), 1e-6);
        var (found, iterations, residual) = network.TriedSearch(x, y);
        Near(known, found, 1e-6);
        Assert.True((double)residual <= 1e-12 && (long)iterations is > 10 and < 20000);
        Near(known, new LearnedIterations.Cpu(M, N).Tried(x.To(DType.Float32), y.To(DType.Float32)), 1e-3);
    }
}
