using Proxima.Proximal;
using Xunit;
using static Proxima.Ops;

namespace Proxima.Tests;

/// <summary>A denoiser that stands for the operator of a prior without a formula: the step tells how much noise there is.</summary>
[Network]
public partial class PluggedDenoiser(int n, int hidden)
{
    readonly Linear enter = new(n, hidden);
    readonly Linear leave = new(hidden, n);

    [return: Shape("b n")]
    public virtual Tensor Clean([Shape("b n")] Tensor x) => x - 0.5 * leave.Forward(Tanh(enter.Forward(x)));

    /// <summary>What is reported for the prior: that of regularisation by denoising.</summary>
    [return: Shape("b")]
    public virtual Tensor Prior([Shape("b n")] Tensor x) => Sum(RegularizationByDenoising.Value(x, Clean(x)), dim: 1);

    [return: Shape("b n")]
    [ProxRule(of: nameof(Prior), Source = "Venkatakrishnan, Bouman and Wohlberg 2013")]
    public virtual Tensor Denoise([Shape("b n")] Tensor x, [Shape("b")] Tensor step) => x - Unsqueeze(Tanh(step), 1) * (x - Clean(x));
}

/// <summary>Problems with priors that are networks.</summary>
[Network]
public partial class LearnedPriors(int m, int n)
{
    readonly LearnedConvex convex = new(n, 6);
    readonly PluggedDenoiser denoiser = new(n, 7);

    [Parameter("n m", Init = Init.Normal)] public partial Tensor Map { get; }

    [return: Shape("")]
    public virtual Tensor Fit([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => 0.5 * Sum(Square(MatMul(x, Map) - y));

    [return: Shape("")]
    public virtual Tensor Near([Shape("b n")] Tensor x, [Shape("b n")] Tensor y) => 0.5 * Sum(Square(x - y));

    [return: Shape("")]
    public virtual Tensor Convex([Shape("b n")] Tensor x) => 0.7 * Sum(convex.Value(x));

    [return: Shape("")]
    public virtual Tensor Moved([Shape("b n")] Tensor x, [Shape("b n")] Tensor c) => 0.3 * Sum(convex.Value(2 * x - c)) + 0.25 * Sum(Square(x)) + Sum(x * c);

    [return: Shape("")]
    public virtual Tensor Plugged([Shape("b n")] Tensor x) => 0.4 * Sum(denoiser.Prior(x));

    [return: Shape("")]
    public virtual Tensor Red([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) => Fit(x, y) + 0.3 * Sum(RegularizationByDenoising.Value(x, denoiser.Clean(x)));

    [return: Shape("b")]
    public virtual Tensor Value([Shape("b n")] Tensor x) => convex.Value(x);

    [return: Shape("b n")]
    public virtual Tensor Operator([Shape("b n")] Tensor x) => convex.Denoise(x);

    [Jvp(of: nameof(Operator))]
    public virtual partial (Tensor X, Tensor Push) Push(Tensor x, Tensor direction);

    [Vjp(of: nameof(Operator))]
    public virtual partial (Tensor X, Tensor Pull) Pull(Tensor x, Tensor covector);

    [Prox(of: nameof(Value))]
    public virtual partial Tensor Each(Tensor x, Tensor step);

    [Prox(of: nameof(Convex))]
    public virtual partial Tensor Shrink(Tensor x, float step);

    [Prox(of: nameof(Moved))]
    public virtual partial Tensor ShrinkMoved(Tensor x, Tensor c, float step);

    [Prox(of: nameof(Plugged))]
    public virtual partial Tensor Denoise(Tensor x, float step);

    [Unroll(Algorithm.Admm, smooth: nameof(Near), proximable: nameof(Convex), Iterations = 60, Step = 2)]
    public virtual partial Tensor Split(Tensor x, Tensor y);

    [Unroll(Algorithm.Fista, smooth: nameof(Fit), proximable: nameof(Convex), Iterations = 1500)]
    public virtual partial Tensor Fast(Tensor x, Tensor y);

    [Unroll(Algorithm.DouglasRachford, smooth: nameof(Fit), proximable: nameof(Convex), Iterations = 1500, Step = 0.5)]
    public virtual partial Tensor Reflected(Tensor x, Tensor y);

    [Unroll(Algorithm.Ista, smooth: nameof(Fit), proximable: nameof(Plugged), Iterations = 5, Step = 0.05)]
    public virtual partial Tensor PlugAndPlay(Tensor x, Tensor y);

    [Unroll(Algorithm.Ista, smooth: nameof(Red), Iterations = 5, Step = 0.05)]
    public virtual partial Tensor ByDenoising(Tensor x, Tensor y);

    [return: Shape("")]
    public virtual Tensor Loss([Shape("b n")] Tensor x, [Shape("b m")] Tensor y) =>
        Sum(Square(PlugAndPlay(x, y) - 1)) + Sum(Square(ByDenoising(x, y))) + Sum(Square(Shrink(x, 1.5f)));

    [Gradient(of: nameof(Loss))]
    public virtual partial Gradients LossGradient(Tensor x, Tensor y);
}

/// <summary>Priors that are networks: a function that is learned by its operator, a denoiser in the place of one, and regularisation by denoising.</summary>
[Collection(OpenClDevice.Name)]
public sealed class LearnedProximalTests
{
    private const int M = 4, N = 5, Batch = 3;

    private static Tensor Random(int stream, params int[] shape)
    {
        var x = Tensor.Empty(DType.Float64, shape);
        new Philox(71, (ulong)stream).FillNormal(x);
        return x;
    }

    private static LearnedPriors Double()
    {
        var network = new LearnedPriors(M, N);
        network.Parameters.Single(p => p.Name == "convex.Offsets").Value.CopyFrom(Random(40, 6).To(DType.Float32));
        // No two alike: the bound has a kink where the largest are equal.
        network.Parameters.Single(p => p.Name == "convex.Heights").Value.CopyFrom(Exp(Random(41, 6)).To(DType.Float32));
        network.To(DType.Float64);
        return network;
    }

    private static void Near(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        Assert.True((double)Max(Abs(expected - actual.To(expected.DType))) <= tolerance, $"{(double)Max(Abs(expected - actual.To(expected.DType)))}");
    }

    private static Tensor Inner(Tensor x, Tensor y) => Sum(x * y, dim: 1);

    [Fact]
    public void TheOperatorIsTheGradientOfAConvexFunctionWithSlopesOfAtMostOne()
    {
        const int Count = 200;
        var network = Double();
        Tensor x = 3 * Random(1, Count, N), y = 3 * Random(2, Count, N), direction = Random(3, Count, N);
        Tensor p = network.Operator(x), q = network.Operator(y);
        Assert.True((double)Min(Inner(p - q, x - y) - Inner(p - q, p - q)) >= -1e-12, "firmly nonexpansive");
        var (push, pull) = (network.Push(x, direction).Push, network.Pull(x, direction).Pull);
        Near(push, pull, 1e-12);
        var slope = Inner(push, direction) / Inner(direction, direction);
        Assert.InRange((double)Min(slope), 0.05 - 1e-9, 1);
        Assert.InRange((double)Max(slope), 0, 1 + 1e-12);
        // The heights stay what the constraint allows; an operator of others would be none.
        Assert.Equal(typeof(NonNegative), network.Parameters.Single(p => p.Name == "convex.Heights").Constraint?.GetType());
    }

    /// <summary>step R(p) + |p - x|²/2 is at most what it is at any other point.</summary>
    [Theory]
    [InlineData(0.25)]
    [InlineData(1.0)]
    [InlineData(4.0)]
    public void NoPointIsBetterThanTheOperators(double step)
    {
        const int Count = 40;
        var network = Double();
        var x = 2 * Random(1, Count, N);
        var p = network.Each(x, Tensor.Full([Count], step, DType.Float64));
        Tensor At(Tensor z) => step * network.Value(z) + 0.5 * Inner(z - x, z - x);
        var least = At(p);
        for (var i = 0; i < 30; i++)
            Assert.True((double)Min(At(p + Math.Pow(0.5, i % 10) * Random(10 + i, Count, N)) - least) >= -1e-5, $"{i}");
        // Another place to begin with: the value itself is convex.
        Tensor a = 2 * Random(50, Count, N), b = 2 * Random(51, Count, N);
        Assert.True((double)Min(0.5 * (network.Value(a) + network.Value(b)) - network.Value(0.5 * (a + b))) >= -1e-6);
    }

    [Fact]
    public void WeightsShiftsScalesAndSquaresFollowTheRules()
    {
        var network = Double();
        Tensor x = Random(1, Batch, N), c = Random(2, Batch, N);
        Near(network.Each(x, Tensor.Full([Batch], 0.7 * 1.5, DType.Float64)), network.Shrink(x, 1.5f), 1e-5);
        const float Step = 0.8f;
        var p = network.ShrinkMoved(x, c, Step);
        double At(Tensor z) => Step * (double)network.Moved(z, c) + 0.5 * (double)Sum(Square(z - x));
        var least = At(p);
        for (var i = 0; i < 30; i++) Assert.True(At(p + Math.Pow(0.5, i % 10) * Random(10 + i, Batch, N)) >= least - 1e-5, $"{i}");
    }

    [Fact]
    public void AlgorithmsFindTheMinimum()
    {
        var network = Double();
        Tensor x = Random(1, Batch, N), y = Random(2, Batch, N), z = Random(3, Batch, M);
        Near(network.Shrink(y, 1f), network.Split(x, y), 1e-4);
        var fast = network.Fast(0 * x, z);
        Near(fast, network.Reflected(0 * x, z), 1e-3);
        double At(Tensor v) => (double)(network.Fit(v, z) + network.Convex(v));
        var least = At(fast);
        for (var i = 0; i < 30; i++) Assert.True(At(fast + Math.Pow(0.5, i % 10) * Random(10 + i, Batch, N)) >= least - 1e-5, $"{i}");
    }

    [Fact]
    public void DenoisersStandWhereOperatorsDo()
    {
        var network = Double();
        var denoiser = new PluggedDenoiser(N, 7);
        denoiser.To(DType.Float64);
        foreach (var parameter in denoiser.Parameters) parameter.Value.CopyFrom(network.Parameters.Single(p => p.Name == "denoiser." + parameter.Name).Value);
        Tensor x = Random(1, Batch, N), y = Random(2, Batch, M);
        Near(denoiser.Denoise(x, Tensor.Full([Batch], 0.4 * 1.5, DType.Float64)), network.Denoise(x, 1.5f), 1e-6);

        Tensor Slope(Tensor at) => MatMul(MatMul(at, network.Map) - y, Transpose(network.Map));
        Tensor plugged = x, red = x;
        for (var k = 0; k < 5; k++)
        {
            plugged = denoiser.Denoise(plugged - 0.05 * Slope(plugged), Tensor.Full([Batch], 0.4 * 0.05, DType.Float64));
            red -= 0.05 * (Slope(red) + 0.3 * (red - denoiser.Clean(red)));
        }
        Near(plugged, network.PlugAndPlay(x, y), 1e-6);
        Near(red, network.ByDenoising(x, y), 1e-6);
    }

    [Fact]
    public void GradientsByAllParametersAreDifferences()
    {
        var network = Double();
        Tensor x = Random(1, Batch, N), y = Random(2, Batch, M);
        var gradients = network.LossGradient(x, y);
        foreach (var parameter in network.Parameters.Where(p => !p.IsBuffer))
        {
            const double Small = 1e-3;
            var before = parameter.Value.ToArray<double>();
            var direction = Random(60, parameter.Value.Shape.ToArray());
            var d = direction.ToArray<double>();
            double At(double by)
            {
                for (var i = 0; i < before.Length; i++) parameter.Value.AsSpan<double>()[i] = before[i] + by * d[i];
                return (double)network.Loss(x, y);
            }
            var slope = (At(Small) - At(-Small)) / (2 * Small);
            At(0);
            Assert.True(Math.Abs(slope - (double)Sum(gradients.Of(parameter.Name) * direction)) <= 2e-3 * (1 + Math.Abs(slope)), $"{parameter.Name}: {slope}, {(double)Sum(gradients.Of(parameter.Name) * direction)}");
        }
    }

    [Fact]
    public void TargetsAgree()
    {
        Tensor x = Random(1, Batch, N).To(DType.Float32), c = Random(2, Batch, N).To(DType.Float32), y = Random(3, Batch, M).To(DType.Float32), step = Tensor.From([0.5f, 1f, 2f], Batch);
        var reference = Double();
        foreach (var network in new LearnedPriors[] { new LearnedPriors.Cpu(M, N), new LearnedPriors.Gpu(OpenClDevice.Accelerator, M, N) })
        {
            foreach (var parameter in network.Parameters) parameter.Value.CopyFrom(reference.Parameters.Single(p => p.Name == parameter.Name).Value.To(DType.Float32));
            Tensor X(Tensor t) => t.To(DType.Float64);
            Near(reference.Each(X(x), X(step)), network.Each(x, step), 1e-4);
            Near(reference.PlugAndPlay(X(x), X(y)), network.PlugAndPlay(x, y), 1e-4);
            Near(reference.ByDenoising(X(x), X(y)), network.ByDenoising(x, y), 1e-4);
            // Each kernel takes the device's compiler a second; what follows is made of the same.
            if (network is LearnedPriors.Gpu) continue;
            Near(reference.Shrink(X(x), 1.5f), network.Shrink(x, 1.5f), 1e-4);
            Near(reference.ShrinkMoved(X(x), X(c), 0.8f), network.ShrinkMoved(x, c, 0.8f), 1e-4);
            Near(reference.Split(X(x), X(c)), network.Split(x, c), 1e-3);
            Gradients expected = reference.LossGradient(X(x), X(y)), actual = network.LossGradient(x, y);
            foreach (var parameter in reference.Parameters.Where(p => !p.IsBuffer))
                Near(expected.Of(parameter.Name), actual.Of(parameter.Name), 2e-3 * (1 + (double)Max(Abs(expected.Of(parameter.Name)))));
        }
    }
}
