using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Proxima.Runtime;

namespace Proxima.Benchmarks;

/// <summary>Multiply-adds on registers alone, on every thread of the pool: what the machine could do at most, at this moment.</summary>
internal sealed class Peak
{
    private const int Chains = 12, Steps = 4096, Items = 64; // 12 chains hide the latency of the unit

    /// <summary>The work of one <see cref="Run"/>.</summary>
    public static double Flops => 2.0 * Items * Steps * Chains * Simd.FloatWidth;

    public static void Run()
    {
        var job = new Job();
        WorkerPool.Run(ref job, Items, Steps * Chains);
    }

    private struct Job : IJob
    {
        public readonly void Run(nint begin, nint end)
        {
            for (var item = begin; item < end; item++)
            {
                if (Vector512.IsHardwareAccelerated) Work<F512>();
                else if (Vector256.IsHardwareAccelerated) Work<F256>();
                else Work<F128>();
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static unsafe void Work<V>() where V : unmanaged, ILane<V, float>
    {
        V x = V.Broadcast(0.999f), y = V.Broadcast(0.001f);
        V a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (var step = 0; step < Steps; step++)
        {
            a = V.MultiplyAdd(a, x, y); b = V.MultiplyAdd(b, x, y); c = V.MultiplyAdd(c, x, y); d = V.MultiplyAdd(d, x, y);
            e = V.MultiplyAdd(e, x, y); f = V.MultiplyAdd(f, x, y); g = V.MultiplyAdd(g, x, y); h = V.MultiplyAdd(h, x, y);
            i = V.MultiplyAdd(i, x, y); j = V.MultiplyAdd(j, x, y); k = V.MultiplyAdd(k, x, y); l = V.MultiplyAdd(l, x, y);
        }
        var sink = stackalloc float[V.Count];
        V.Store(sink, a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
