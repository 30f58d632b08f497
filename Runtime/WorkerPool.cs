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
/// A job is cut into chunks and every thread, the caller first of all, claims one after another by a compare-and-swap. The caller never waits for
/// a thread that has yet to wake up: at worst it does all chunks itself. Workers spin for some microseconds after a job, so that kernels in
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

    /// <summary>Some sleeping or spinning threads and the word they claim chunks from.</summary>
    private sealed class Team
    {
        // Each hot word has its own cache lines.
        [StructLayout(LayoutKind.Explicit, Size = 384)]
        private struct State
        {
            [FieldOffset(128)] public long Claim;       // dispatch number (32 bits) | first chunk left (16) | end of the chunks left (16)
            [FieldOffset(256)] public int Done;
        }

        [StructLayout(LayoutKind.Explicit, Size = 128)]
        private struct Sleeper
        {
            [FieldOffset(64)] public int Asleep;
        }

        private static readonly long SpinTicks = Stopwatch.Frequency / 10_000;      // 100 microseconds

        private readonly Thread[] _workers;
        private readonly SemaphoreSlim[] _wake;
        private readonly Sleeper[] _sleepers;
        private State _state;
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
            _sleepers = new Sleeper[threads - 1];
            for (var i = 0; i < _workers.Length; i++)
            {
                var id = i;
                _wake[i] = new SemaphoreSlim(0);
                _workers[i] = new Thread(() => Work(id)) { IsBackground = true, Name = $"Proxima worker {i + 1}" };
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
            Volatile.Write(ref _state.Done, 0);
            // The full fence orders the job before the claim word and the claim word before the look at the sleepers.
            Interlocked.Exchange(ref _state.Claim, (long)((ulong)++_dispatch << 32 | (uint)chunks));
            Wake(chunks - 1, cost);

            while (TryClaim(isWorker: false, out var chunk))
                Execute(chunk);
            for (var spins = 0; Volatile.Read(ref _state.Done) != chunks; spins++)
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
        }

        /// <summary>Wakes up to <paramref name="helpers"/> sleepers, but for small jobs only now and then: waking one costs as much as the job.</summary>
        private void Wake(int helpers, long cost)
        {
            var sleeping = false;
            for (var i = 0; i < _sleepers.Length && i < helpers; i++)
                sleeping |= Volatile.Read(ref _sleepers[i].Asleep) != 0;
            if (!sleeping)
                return;
            _missedCost = cost >= WakeCost ? cost : _missedCost + cost;
            if (_missedCost < WakeCost)
                return;
            _missedCost = 0;
            for (var i = 0; i < _sleepers.Length && i < helpers; i++)
            {
                if (Interlocked.Exchange(ref _sleepers[i].Asleep, 0) != 0)
                    _wake[i].Release();
            }
        }

        private static bool HasWork(long claim) => (uint)(claim >> 16 & 0xFFFF) < (uint)(claim & 0xFFFF);

        /// <summary>
        /// The caller begins at the front, the workers at the back: where one kernel after another goes over the same memory, each finds in its cache
        /// what it left there.
        /// </summary>
        private bool TryClaim(bool isWorker, out int chunk)
        {
            while (true)
            {
                var claim = Volatile.Read(ref _state.Claim);
                chunk = isWorker ? (int)(claim & 0xFFFF) - 1 : (int)(claim >> 16 & 0xFFFF);
                if (!HasWork(claim))
                    return false;
                // The dispatch number makes a stale word fail here; after success the job cannot end before this chunk is done.
                if (Interlocked.CompareExchange(ref _state.Claim, isWorker ? claim - 1 : claim + 0x1_0000, claim) == claim)
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
            Interlocked.Increment(ref _state.Done);
        }

        private void Work(int id)
        {
            _inside = true;
            var idleSince = Stopwatch.GetTimestamp();
            while (!_stop)
            {
                if (TryClaim(isWorker: true, out var chunk))
                {
                    Execute(chunk);
                    idleSince = Stopwatch.GetTimestamp();
                    continue;
                }
                if (Stopwatch.GetTimestamp() - idleSince < SpinTicks)
                {
                    Thread.SpinWait(1);
                    continue;
                }
                // Announce the sleep first and look for work afterwards: whoever published work in between either sees the announcement and
                // takes it, issuing one release, or was seen here. Taking the announcement back fails exactly when a release is on its way.
                Interlocked.Exchange(ref _sleepers[id].Asleep, 1);
                if (!(HasWork(Volatile.Read(ref _state.Claim)) || _stop) || Interlocked.Exchange(ref _sleepers[id].Asleep, 0) == 0)
                    _wake[id].Wait();
                idleSince = Stopwatch.GetTimestamp();
            }
        }

        /// <summary>Ends the threads; no job is running.</summary>
        public void Stop()
        {
            _stop = true;
            for (var i = 0; i < _workers.Length; i++)
            {
                if (Interlocked.Exchange(ref _sleepers[i].Asleep, 0) != 0)
                    _wake[i].Release();
            }
            foreach (var worker in _workers)
                worker.Join();
            foreach (var wake in _wake)
                wake.Dispose();
        }
    }
}
