using Proxima.Runtime;
using Xunit;

namespace Proxima.Tests;

/// <summary>Tests that set the number of threads run one after another.</summary>
[CollectionDefinition("WorkerPool", DisableParallelization = true)]
public class WorkerPoolCollection;

/// <summary>The thread pool: every item once, no deadlock, no garbage.</summary>
[Collection("WorkerPool")]
public unsafe class CpuPoolTests : IDisposable
{
    private const int Costly = 1 << 20;

    public CpuPoolTests() => WorkerPool.Threads = 4;

    public void Dispose() => WorkerPool.Threads = Environment.ProcessorCount;

    private struct Count(int[] hits) : IJob
    {
        public readonly void Run(nint begin, nint end)
        {
            for (var i = begin; i < end; i++)
                Interlocked.Increment(ref hits[i]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(1000)]
    [InlineData(100_003)]
    public void EveryItemRunsOnce(int count)
    {
        foreach (var cost in new[] { 0, 1, 100, Costly, int.MaxValue })
        {
            var hits = new int[count];
            var job = new Count(hits);
            WorkerPool.Run(ref job, count, cost);
            Assert.All(hits, h => Assert.Equal(1, h));
        }
    }

    [Fact]
    public void NoWakeUpIsLost()
    {
        // Pauses around the workers' spinning time hit the moment at which they fall asleep.
        var random = new Random(1);
        var hits = new int[8];
        for (var round = 0; round < 4000; round++)
        {
            var job = new Count(hits);
            WorkerPool.Run(ref job, hits.Length, Costly);
            var until = System.Diagnostics.Stopwatch.GetTimestamp() + random.Next(0, 200) * System.Diagnostics.Stopwatch.Frequency / 1_000_000;
            while (System.Diagnostics.Stopwatch.GetTimestamp() < until)
                Thread.SpinWait(1);
        }
        Assert.All(hits, h => Assert.Equal(4000, h));
    }

    private struct Rendezvous(CountdownEvent arrived) : IJob
    {
        public readonly void Run(nint begin, nint end)
        {
            arrived.Signal();
            if (!arrived.Wait(TimeSpan.FromSeconds(30)))
                throw new TimeoutException("The other threads did not come.");
        }
    }

    [Fact]
    public void ThreadsWorkAtTheSameTime()
    {
        using var arrived = new CountdownEvent(4);
        var job = new Rendezvous(arrived);
        WorkerPool.Run(ref job, 4, Costly);
        Assert.True(arrived.IsSet);
    }

    private struct Nested(int[] hits) : IJob
    {
        public readonly void Run(nint begin, nint end)
        {
            for (var i = begin; i < end; i++)
            {
                var inner = new Count(hits);
                WorkerPool.Run(ref inner, hits.Length, Costly);
            }
        }
    }

    [Fact]
    public void NestedJobsRunSerially()
    {
        var hits = new int[50];
        var job = new Nested(hits);
        WorkerPool.Run(ref job, 20, Costly);
        Assert.All(hits, h => Assert.Equal(20, h));
    }

    [Fact]
    public void CallersMayCompete()
    {
        var failures = 0;
        var callers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var round = 0; round < 300; round++)
            {
                var hits = new int[64];
                var job = new Count(hits);
                WorkerPool.Run(ref job, hits.Length, Costly);
                if (hits.Any(h => h != 1))
                    Interlocked.Increment(ref failures);
            }
        })).ToArray();
        foreach (var caller in callers)
            caller.Start();
        for (var i = 0; i < 20; i++)
            WorkerPool.Threads = 1 + i % 4;
        foreach (var caller in callers)
            caller.Join();
        Assert.Equal(0, failures);
    }

    private struct Failing(int at) : IJob
    {
        public readonly void Run(nint begin, nint end)
        {
            if (begin <= at && at < end)
                throw new InvalidOperationException("item " + at);
        }
    }

    [Fact]
    public void ExceptionsReachTheCaller()
    {
        for (var at = 0; at < 100; at++)
        {
            var job = new Failing(at);
            var e = Assert.Throws<InvalidOperationException>(() => WorkerPool.Run(ref job, 100, Costly));
            Assert.Equal("item " + at, e.Message);
            EveryItemRunsOnce(100);
        }
    }

    [Fact]
    public void ADispatchAllocatesNothing()
    {
        var job = new Count(new int[64]);
        WorkerPool.Run(ref job, 64, Costly);
        var allocations = new Allocations();
        while (allocations.Next()) WorkerPool.Run(ref job, 64, Costly);
        Assert.Equal(0, allocations.Bytes);
    }

    [Fact]
    public void TheNumberOfThreadsIsChecked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => WorkerPool.Threads = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => WorkerPool.Threads = 100_000);
    }

    [Fact]
    public void AnArenaGrowsAndKeepsItsBlock()
    {
        using var arena = new Arena();
        var small = arena.Reserve(100);
        Assert.Equal(0, (nint)small % Arena.Alignment);
        var large = arena.Reserve(1_000_000);
        new Span<byte>(large, 1_000_000).Fill(1);
        Assert.True(large == arena.Reserve(5));
        Assert.True(arena.Size >= 1_000_000);
        Assert.Throws<ArgumentOutOfRangeException>(() => arena.Reserve(-1));
        Assert.True(new Arena().Reserve(0) != null);
    }
}
