using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Proxima.Runtime;

namespace Proxima.Benchmarks;

/// <summary>What the machine could do at most, at this moment, with every thread of the pool.</summary>
internal static unsafe class Machine
{
    private const int Chains = 12, Steps = 4096, Items = 64; // 12 chains hide the latency of the unit
    private const int Length = 1 << 24;                       // three arrays of 64 MB: no cache holds them

    private static readonly Lazy<Tensor[]> Arrays = new(() => [Tensor.Ones(Length), Tensor.Ones(Length), Tensor.Ones(Length)]);

    /// <summary>The work of one <see cref="MultiplyAdds"/>.</summary>
    public static double Flops => 2.0 * Items * Steps * Chains * Simd.FloatWidth;

    /// <summary>What one <see cref="Stream"/> reads and writes.</summary>
    public static double Bytes => 3.0 * Length * sizeof(float);

    /// <summary>Multiply-adds on registers alone.</summary>
    public static void MultiplyAdds()
    {
        var job = new Registers();
        WorkerPool.Run(ref job, Items, Steps * Chains);
    }

    /// <summary>a = b + s c over arrays in memory.</summary>
    public static void Stream()
    {
        var arrays = Arrays.Value;
        var job = new Triad { A = arrays[0].Float32Pointer, B = arrays[1].Float32Pointer, C = arrays[2].Float32Pointer };
        WorkerPool.Run(ref job, Length, 8);
    }

    private struct Registers : IJob
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

    private struct Triad : IJob
    {
        public float* A, B, C;

        public readonly void Run(nint begin, nint end)
        {
            if (Vector512.IsHardwareAccelerated) Work<F512>(begin, end);
            else if (Vector256.IsHardwareAccelerated) Work<F256>(begin, end);
            else Work<F128>(begin, end);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private readonly void Work<V>(nint begin, nint end) where V : unmanaged, ILane<V, float>
        {
            float* a = A, b = B, c = C;
            var s = V.Broadcast(0.5f);
            var i = begin;
            for (; i + 4 * V.Count <= end; i += 4 * V.Count)
            {
                V.Store(a + i, V.MultiplyAdd(V.Load(c + i), s, V.Load(b + i)));
                V.Store(a + i + V.Count, V.MultiplyAdd(V.Load(c + i + V.Count), s, V.Load(b + i + V.Count)));
                V.Store(a + i + 2 * V.Count, V.MultiplyAdd(V.Load(c + i + 2 * V.Count), s, V.Load(b + i + 2 * V.Count)));
                V.Store(a + i + 3 * V.Count, V.MultiplyAdd(V.Load(c + i + 3 * V.Count), s, V.Load(b + i + 3 * V.Count)));
            }
            for (; i < end; i++) a[i] = c[i] * 0.5f + b[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Work<V>() where V : unmanaged, ILane<V, float>
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
