using Proxima.Training;
using Xunit;

namespace Proxima.Tests;

/// <summary>A network with a matrix and a nonnegative vector, by hand.</summary>
public sealed class Pair(int size) : Network
{
    private Tensor _first = null!;
    private Tensor _second = null!;

    public Tensor First => _first;

    public Tensor Second => _second;

    protected override void Visit(NetworkVisitor visitor)
    {
        visitor.Parameter("First", ref _first, DType.Float32, Init.Normal, [size, size]);
        visitor.Parameter("Second", ref _second, DType.Float32, Init.Ones, [size], new NonNegative());
    }
}

/// <summary>Optimizers against the formulas of PyTorch in double precision, and minibatches.</summary>
[Collection("WorkerPool")]
public class TrainingTests
{
    private static void Fill(Gradients g, Pair network, int step)
    {
        var random = new Random(step);
        foreach (var parameter in new[] { network.First, network.Second })
        {
            foreach (ref var value in g[parameter].AsSpan<float>())
                value = (float)(random.NextDouble() * 2 - 1);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void AdamFollowsItsFormula(double decay)
    {
        const int Size = 37;
        var network = new Pair(Size);
        var adam = new Adam(network, learningRate: 0.01, weightDecay: decay);
        var g = new Gradients(network);
        var w = network.First.ToArray<float>().Select(v => (double)v).ToArray();
        var (m, v) = (new double[w.Length], new double[w.Length]);
        for (var step = 1; step <= 20; step++)
        {
            Fill(g, network, step);
            var gradient = g[network.First].ToArray<float>();
            for (var i = 0; i < w.Length; i++)
            {
                var d = gradient[i] + decay * w[i];
                m[i] = 0.9 * m[i] + 0.1 * d;
                v[i] = 0.999 * v[i] + 0.001 * d * d;
                w[i] -= 0.01 * (m[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
            }
            adam.Step(g);
        }
        Assert.Equal(20, adam.Steps);
        Assert.Equal(w, network.First.ToArray<float>().Select(x => (double)x), (a, b) => Math.Abs(a - b) <= 2e-5 * (1 + Math.Abs(a)));
    }

    [Theory]
    [InlineData(0, false, 0)]
    [InlineData(0, false, 0.1)]
    [InlineData(0.9, false, 0)]
    [InlineData(0.9, true, 0.05)]
    public void SgdFollowsItsFormula(double momentum, bool nesterov, double decay)
    {
        var network = new Pair(19);
        var sgd = new Sgd(network, 0.05, momentum, nesterov, decay);
        var g = new Gradients(network);
        var w = network.First.ToArray<float>().Select(v => (double)v).ToArray();
        var velocity = new double[w.Length];
        for (var step = 1; step <= 20; step++)
        {
            Fill(g, network, step);
            var gradient = g[network.First].ToArray<float>();
            for (var i = 0; i < w.Length; i++)
            {
                var d = gradient[i] + decay * w[i];
                if (momentum > 0)
                {
                    velocity[i] = step == 1 ? d : momentum * velocity[i] + d;
                    d = nesterov ? d + momentum * velocity[i] : velocity[i];
                }
                w[i] -= 0.05 * d;
            }
            sgd.Step(g);
        }
        Assert.Equal(w, network.First.ToArray<float>().Select(x => (double)x), (a, b) => Math.Abs(a - b) <= 2e-5 * (1 + Math.Abs(a)));
    }

    [Fact]
    public void ConstraintsHoldAfterEachStep()
    {
        var network = new Pair(10);
        var sgd = new Sgd(network, learningRate: 100);
        var g = new Gradients(network);
        Fill(g, network, 1);
        sgd.Step(g);
        Assert.All(network.Second.ToArray<float>(), v => Assert.True(v >= 0));
        Assert.Contains(network.Second.ToArray<float>(), v => v == 0);
        Assert.Contains(network.First.ToArray<float>(), v => v < 0);
    }

    [Fact]
    public void FrozenParametersStay()
    {
        var network = new Pair(10);
        var (first, second) = (network.First.ToArray<float>(), network.Second.ToArray<float>());
        var adam = new Adam(network, scale: name => name == "First" ? 0 : 1);
        var g = new Gradients(network);
        Fill(g, network, 1);
        adam.Step(g);
        Assert.Equal(first, network.First.ToArray<float>());
        Assert.NotEqual(second, network.Second.ToArray<float>());
    }

    [Fact]
    public void AStepAllocatesNothingAndThreadsDoNotChangeIt()
    {
        float[]? result = null;
        foreach (var threads in new[] { 1, 3 })
        {
            Runtime.WorkerPool.Threads = threads;
            var network = new Pair(300);
            var adam = new Adam(network);
            var sgd = new Sgd(network, 0.01, 0.9);
            var g = new Gradients(network);
            Fill(g, network, 1);
            adam.Step(g);
            sgd.Step(g);
            var allocations = new Allocations();
            while (allocations.Next())
            {
                adam.Step(g);
                sgd.Step(g);
            }
            Assert.Equal(0, allocations.Bytes);
            result ??= network.First.ToArray<float>();
            Assert.Equal(result, network.First.ToArray<float>());
        }
        Runtime.WorkerPool.Threads = Environment.ProcessorCount;
    }

    [Fact]
    public void WrongUseIsRefused()
    {
        var network = new Pair(3);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(network, learningRate: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(network, beta1: 1));
        Assert.Throws<ArgumentException>(() => new Sgd(network, 0.1, nesterov: true));
        var before = network.First.ToArray<float>();
        Assert.Throws<KeyNotFoundException>(() => new Adam(network).Step(new Gradients(new Pair(3))));
        Assert.Equal(before, network.First.ToArray<float>());
        var adam = new Adam(network);
        network.To(DType.Float64);
        Assert.Throws<InvalidOperationException>(() => adam.Step(new Gradients(network)));
        new Adam(network).Step(new Gradients(network));
    }

    [Theory]
    [InlineData(10, 3, false, 4)]
    [InlineData(10, 3, true, 3)]
    [InlineData(9, 3, false, 3)]
    [InlineData(2, 3, false, 1)]
    [InlineData(2, 3, true, 0)]
    [InlineData(0, 3, false, 0)]
    public void AnEpochHasEveryRowOnce(int rows, int size, bool dropLast, int count)
    {
        var x = Tensor.From(Enumerable.Range(0, 2 * rows).Select(i => (float)i).ToArray(), rows, 2);
        var y = Tensor.From(Enumerable.Range(0, rows).Select(i => (long)i).ToArray(), rows);
        var batches = new Batches(size, seed: 4, dropLast, x, y);
        Assert.Equal(count, batches.Count);
        var seen = new List<long>();
        foreach (var batch in batches.Epoch(2))
        {
            var labels = batch[1].ToArray<long>();
            Assert.Equal(labels.SelectMany(label => new[] { 2f * label, 2f * label + 1 }), batch[0].ToArray<float>());
            Assert.InRange(labels.Length, 1, size);
            seen.AddRange(labels);
        }
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(dropLast ? rows / size * size : rows, seen.Count);
    }

    [Fact]
    public void TheOrderDependsOnSeedAndEpochOnly()
    {
        var x = Tensor.From(Enumerable.Range(0, 100).Select(i => (long)i).ToArray(), 100);
        long[] Order(ulong seed, int epoch) => [.. new Batches(7, seed, false, x).Epoch(epoch).SelectMany(batch => batch[0].ToArray<long>())];
        Assert.Equal(Order(1, 0), Order(1, 0));
        Assert.NotEqual(Order(1, 0), Order(1, 1));
        Assert.NotEqual(Order(1, 0), Order(2, 0));
        Assert.NotEqual(x.ToArray<long>(), Order(1, 0));
        Assert.Throws<ArgumentException>(() => new Batches(7, 0, false, x, Tensor.Zeros(99)));
        Assert.Throws<ArgumentException>(() => new Batches(7, 0, false));
    }

    [Fact]
    public void ProgressEstimatesTheRest() =>
        Assert.Equal(TimeSpan.FromSeconds(30), new Progress(10, 40, 0.5, TimeSpan.FromSeconds(10)).Remaining);
}
