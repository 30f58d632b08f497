using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Proxima.Runtime;

namespace Proxima.Training;

/// <summary>An update rule for one parameter, element by element.</summary>
internal unsafe interface IRule<T>
    where T : unmanaged
{
    /// <summary>Updates <c>V.Count</c> elements from element i on.</summary>
    void Apply<V>(nint i) where V : unmanaged, ILane<V, T>;
}

/// <summary>Runs a rule over all elements in one pass.</summary>
internal static class ElementwiseStep
{
    // Three to seven streams of memory per element: about a nanosecond where they come from beyond the cache.
    private const int Cost = 24;

    public static void Run<TRule>(TRule rule, nint count, float _) where TRule : struct, IRule<float>
    {
        if (Vector512.IsHardwareAccelerated)
            Run<TRule, F512, F1, float>(rule, count);
        else if (Vector256.IsHardwareAccelerated)
            Run<TRule, F256, F1, float>(rule, count);
        else
            Run<TRule, F128, F1, float>(rule, count);
    }

    public static void Run<TRule>(TRule rule, nint count, double _) where TRule : struct, IRule<double>
    {
        if (Vector512.IsHardwareAccelerated)
            Run<TRule, D512, D1, double>(rule, count);
        else if (Vector256.IsHardwareAccelerated)
            Run<TRule, D256, D1, double>(rule, count);
        else
            Run<TRule, D128, D1, double>(rule, count);
    }

    private static void Run<TRule, V, S, T>(TRule rule, nint count)
        where TRule : struct, IRule<T>
        where V : unmanaged, ILane<V, T>
        where S : unmanaged, ILane<S, T>
        where T : unmanaged
    {
        var job = new Job<TRule, V, S, T>(rule);
        WorkerPool.Run(ref job, count, Cost);
    }

    private struct Job<TRule, V, S, T>(TRule rule) : IJob
        where TRule : struct, IRule<T>
        where V : unmanaged, ILane<V, T>
        where S : unmanaged, ILane<S, T>
        where T : unmanaged
    {
        private TRule _rule = rule;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run(nint begin, nint end)
        {
            var rule = _rule;
            var i = begin;
            for (; i <= end - V.Count; i += V.Count)
                rule.Apply<V>(i);
            for (; i < end; i++)
                rule.Apply<S>(i);
        }
    }
}
