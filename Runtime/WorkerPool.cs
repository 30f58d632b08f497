using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Proxima.Runtime;

/// <summary>A loop body over a range of independent items.</summary>
/// <remarks>Items write to disjoint places and do not depend on each other's order, so the result is the same for any number of threads.</remarks>
public interface IJob
{
    /// <summary>Works on the items begin, begin + 1, ..., end - 1.</summary>
    void Run(nint begin, nint end);
}

/// <summary>The threads that share the work of one kernel at a time.</summary>
/// <remarks>
/// A job is cut into chunks, and every thread, the caller first of all, has its share of them: the same one in every job, so that it finds its part of the data in its cache. Who has
/// done its own takes what others have left. The caller never waits for a thread that has yet to wake up: at worst it does all chunks itself. Workers spin for some microseconds after a job, so that kernels in
/// quick succession start at once, then sleep. A dispatch allocates nothing.
/// </remarks>
public static unsafe class WorkerPool
{
    // The unit of cost is one scalar operation inside a vectorised loop: about 1/32 nanosecond.
    private const long ChunkCost = 48 * 1024;           // 1.5 microseconds: a claim costs a tenth of a microsecond
    private const long ParallelCost = 4 * ChunkCost;    // 6 microseconds: below, handing over costs more than it gains
    private const long WakeCost = 16 * ChunkCost;       // 24 microseconds: waking a sleeper costs several
    private const int ChunksPerThread = 4;
    private const int MaxThreads = 256;

    private static readonly Lock Gate = new();
    private static Team? _team;
    private static int _threads = DefaultThreads();
    private static int _busy;

    [ThreadStatic]
    private static bool _inside;

    /// <summary>
    /// The number of threads that share a job, the calling one included: at first the number of processors, or the environment variable
    /// PROXIMA_THREADS where it is set to a positive number.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1 or more than 256.</exception>
    /// <exception cref="InvalidOperationException">Set from inside a job.</exception>
    public static int Threads
    {
        get => Volatile.Read(ref _threads);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxThreads);
            if (_inside)
                throw new InvalidOperationException("WorkerPool.Threads cannot be set from inside a job.");
            lock (Gate)
            {
                var spin = new SpinWait();
                while (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
                    spin.SpinOnce();
                _threads = value;
                var old = _team;
                _team = null;
                Volatile.Write(ref _busy, 0);
                old?.Stop();
            }
        }
    }

    private static int DefaultThreads() =>
        int.TryParse(Environment.GetEnvironmentVariable("PROXIMA_THREADS"), out var threads) && threads > 0
            ? Math.Min(threads, MaxThreads)
            : Math.Min(Environment.ProcessorCount, MaxThreads);

    /// <summary>
    /// Runs a job over the items 0, ..., count - 1 and returns when all are done. Runs it on the calling thread alone where it is small, inside
    /// another job, and while another thread has the workers.
    /// </summary>
    /// <param name="job">The body.</param>
    /// <param name="count">The number of items.</param>
    /// <param name="costPerItem">The scalar operations of one item, roughly; one exponential counts about 20.</param>
    /// <exception cref="Exception">Whatever the job throws first; the chunks that nobody has begun are then skipped.</exception>
    public static void Run<TJob>(ref TJob job, nint count, nint costPerItem)
        where TJob : struct, IJob
    {
        if (count <= 0)
            return;
        var cost = SaturatingProduct(count, Math.Max(costPerItem, 1));
        if (count == 1 || cost < ParallelCost || _threads == 1 || _inside || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
        {
            job.Run(0, count);
            return;
        }
        try
        {
            _inside = true;
            var team = _team ??= new Team(_threads);
            var chunks = Math.Min(Math.Min(cost / ChunkCost, (long)_threads * ChunksPerThread), count);
            var size = (count + (nint)chunks - 1) / (nint)chunks;
            if (size > 256)
                size = (size + 63) & ~63;               // chunks begin where full vectors and cache lines do
            fixed (byte* p = &Unsafe.As<TJob, byte>(ref job))
                team.Run(&Invoke<TJob>, p, count, size, cost);
        }
        finally
        {
            _inside = false;
            Volatile.Write(ref _busy, 0);
        }
    }

    private static void Invoke<TJob>(void* job, nint begin, nint end)
        where TJob : struct, IJob => Unsafe.AsRef<TJob>(job).Run(begin, end);

    private static long SaturatingProduct(long a, long b) => Math.BigMul(a, b, out var low) == 0 && low >= 0 ? low : long.MaxValue;

    /// <summary>The threads, and what is left of each one's share of the chunks.</summary>
    private sealed class Team
    {
        // Each hot word has cache lines of its own: bringing a line from another core takes as long as hundreds of additions.
        [StructLayout(LayoutKind.Explicit, Size = 256)]
        private struct Share
        {
            [FieldOffset(64)] public long Left;         // dispatch number (32 bits) | first chunk left (16) | end of the chunks left (16)
            [FieldOffset(192)] public int Asleep;
        }

        [StructLayout(LayoutKind.Explicit, Size = 256)]
        private struct Counter
        {
            [FieldOffset(128)] public int Value;
        }

        private static readonly long SpinTicks = Stopwatch.Frequency / 10_000;      // 100 microseconds

        private readonly Thread[] _workers;
        private readonly SemaphoreSlim[] _wake;
        private readonly Share[] _shares;               // the caller's first
        private Counter _done;                          // chunks that workers have done
        private delegate*<void*, nint, nint, void> _body;
        private void* _job;
        private nint _count;
        private nint _size;
        private uint _dispatch;
        private long _missedCost;
        private volatile bool _stop;
        private ExceptionDispatchInfo? _failure;

        public Team(int threads)
        {
            _workers = new Thread[threads - 1];
            _wake = new SemaphoreSlim[threads - 1];
            _shares = new Share[threads];
            for (var i = 0; i < _workers.Length; i++)
            {
                var id = i + 1;
                _wake[i] = new SemaphoreSlim(0);
                _workers[i] = new Thread(() => Work(id)) { IsBackground = true, Name = $"Proxima worker {id}" };
            }
            foreach (var worker in _workers)
                worker.UnsafeStart();
        }

        public void Run(delegate*<void*, nint, nint, void> body, void* job, nint count, nint size, long cost)
        {
            var chunks = (int)((count + size - 1) / size);
            _body = body;
            _job = job;
            _count = count;
            _size = size;
            _failure = null;
            _done.Value = 0;
            // Each write publishes the job. The caller's first chunk is in nobody's reach, so that it starts before the writes have arrived.
            var dispatch = (long)++_dispatch << 32;
            for (var i = 1; i < _shares.Length; i++)
                Volatile.Write(ref _shares[i].Left, dispatch | (long)Begin(i) << 16 | (uint)Begin(i + 1));
            Volatile.Write(ref _shares[0].Left, dispatch | 1 << 16 | (uint)Begin(1));
            Wake(chunks - 1, cost);

            Execute(0);
            var mine = 1;
            for (var i = 0; i < _shares.Length; i++)
            {
                while (TryClaim(ref _shares[i].Left, isOwner: i == 0, out var chunk))
                {
                    Execute(chunk);
                    mine++;
                }
            }
            for (var spins = 0; Volatile.Read(ref _done.Value) + mine != chunks; spins++)
            {
                if (spins < 1000)
                    Thread.SpinWait(1);
                else
                    Thread.Yield();
            }

            if (_failure is { } failure)
            {
                _failure = null;
                failure.Throw();
            }

            int Begin(int share) => (int)(((long)chunks * share + _shares.Length - 1) / _shares.Length);
        }

        /// <summary>Wakes up to <paramref name="helpers"/> sleepers, but for small jobs only now and then: waking one costs as much as the job.</summary>
        private void Wake(int helpers, long cost)
        {
            helpers = Math.Min(helpers, _workers.Length);
            var sleeping = false;
            for (var i = 1; i <= helpers; i++)
                sleeping |= Volatile.Read(ref _shares[i].Asleep) != 0;
            if (!sleeping)
                return;
            _missedCost = cost >= WakeCost ? cost : _missedCost + cost;
            if (_missedCost < WakeCost)
                return;
            _missedCost = 0;
            for (var i = 1; i <= helpers; i++)
                WakeUp(i);
        }

        private void WakeUp(int id)
        {
            if (Interlocked.Exchange(ref _shares[id].Asleep, 0) != 0)
                _wake[id - 1].Release();
        }

        private static bool HasWork(long left) => (uint)(left >> 16 & 0xFFFF) < (uint)(left & 0xFFFF);

        /// <summary>
        /// The owner takes its share from the front, others from the back. Where one kernel after another goes over the same memory, each thread finds in
        /// its cache what it left there.
        /// </summary>
        private static bool TryClaim(ref long share, bool isOwner, out int chunk)
        {
            while (true)
            {
                var left = Volatile.Read(ref share);
                chunk = isOwner ? (int)(left >> 16 & 0xFFFF) : (int)(left & 0xFFFF) - 1;
                if (!HasWork(left))
                    return false;
                // The dispatch number makes a stale word fail here; after success the job cannot end before this chunk is done.
                if (Interlocked.CompareExchange(ref share, isOwner ? left + 0x1_0000 : left - 1, left) == left)
                    return true;
            }
        }

        private void Execute(int chunk)
        {
            try
            {
                if (Volatile.Read(ref _failure) == null)
                {
                    var begin = chunk * _size;
                    _body(_job, begin, nint.Min(begin + _size, _count));
                }
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(e), null);
            }
        }

        private void Work(int id)
        {
            _inside = true;
            ref var own = ref _shares[id];
            var idleSince = Stopwatch.GetTimestamp();
            while (!_stop)
            {
                if (TryClaim(ref own.Left, isOwner: true, out var chunk))
                {
                    var mine = 0;
                    do
                    {
                        Execute(chunk);
                        mine++;
                    }
                    while (TryClaim(ref own.Left, isOwner: true, out chunk));
                    Interlocked.Add(ref _done.Value, mine);
                    for (var i = 1; i < _shares.Length; i++)
                    {
                        while (TryClaim(ref _shares[(id + i) % _shares.Length].Left, isOwner: false, out chunk))
                        {
                            Execute(chunk);
                            Interlocked.Increment(ref _done.Value);
                        }
                    }
                    idleSince = Stopwatch.GetTimestamp();
                    continue;
                }
                if (Stopwatch.GetTimestamp() - idleSince < SpinTicks)
                {
                    Thread.SpinWait(1);
                    continue;
                }
                // Announce the sleep first and look for work afterwards: whoever published work in between either sees the announcement and
                // takes it, issuing one release, or was seen here. The barrier is on both sides of that: publishing is frequent and has none of its own.
                // Taking the announcement back fails exactly when a release is on its way.
                Volatile.Write(ref own.Asleep, 1);
                Interlocked.MemoryBarrierProcessWide();
                if (!(HasWork(Volatile.Read(ref own.Left)) || _stop) || Interlocked.Exchange(ref own.Asleep, 0) == 0)
                    _wake[id - 1].Wait();
                idleSince = Stopwatch.GetTimestamp();
            }
        }

        /// <summary>Ends the threads; no job is running.</summary>
        public void Stop()
        {
            _stop = true;
            Interlocked.MemoryBarrier();
            for (var id = 1; id < _shares.Length; id++)
                WakeUp(id);
            foreach (var worker in _workers)
                worker.Join();
            foreach (var wake in _wake)
                wake.Dispose();
        }
    }
}
