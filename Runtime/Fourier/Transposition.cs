using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Proxima.Runtime;

/// <summary>Lines with adjacent elements to vectors of one element of each, and back, four elements at a time. What it does not do, the caller does one by one.</summary>
internal static unsafe class Transposition<V, T>
    where V : unmanaged, ILane<V, T>
    where T : unmanaged
{
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;

    /// <summary>to[k · step + lane] = from[lines[lane] + k]; answers for how many k.</summary>
    [MethodImpl(Hot)]
    public static nint Gather(T* to, nint step, T* from, long* lines, nint count)
    {
        if (typeof(T) != typeof(float) || !Sse.IsSupported) return 0;
        nint k = 0;
        if (typeof(V) == typeof(F512) && Avx512F.IsSupported)
        {
            for (; k + 4 <= count; k += 4)
            {
                var p = (float*)from + k;
                var (x0, x1, x2, x3) = Exchange(Quarters(p, lines), Quarters(p, lines + 1), Quarters(p, lines + 2), Quarters(p, lines + 3));
                var target = (float*)to + k * step;
                x0.Store(target);
                x1.Store(target + step);
                x2.Store(target + 2 * step);
                x3.Store(target + 3 * step);
            }
            return k;
        }
        for (; k + 4 <= count; k += 4)
        {
            for (nint lane = 0; lane < V.Count; lane += 4)
            {
                var p = (float*)from + k;
                var (x0, x1, x2, x3) = Exchange(Vector128.Load(p + lines[lane]), Vector128.Load(p + lines[lane + 1]), Vector128.Load(p + lines[lane + 2]), Vector128.Load(p + lines[lane + 3]));
                var target = (float*)to + k * step + lane;
                x0.Store(target);
                x1.Store(target + step);
                x2.Store(target + 2 * step);
                x3.Store(target + 3 * step);
            }
        }
        return k;
    }

    /// <summary>to[lines[lane] + k] = from[k · step + lane]; answers for how many k.</summary>
    [MethodImpl(Hot)]
    public static nint Scatter(T* to, long* lines, T* from, nint step, nint count)
    {
        if (typeof(T) != typeof(float) || !Sse.IsSupported) return 0;
        nint k = 0;
        if (typeof(V) == typeof(F512) && Avx512F.IsSupported)
        {
            for (; k + 4 <= count; k += 4)
            {
                var source = (float*)from + k * step;
                var (x0, x1, x2, x3) = Exchange(Vector512.Load(source), Vector512.Load(source + step), Vector512.Load(source + 2 * step), Vector512.Load(source + 3 * step));
                var p = (float*)to + k;
                Store(x0, p, lines);
                Store(x1, p, lines + 1);
                Store(x2, p, lines + 2);
                Store(x3, p, lines + 3);
            }
            return k;
        }
        for (; k + 4 <= count; k += 4)
        {
            for (nint lane = 0; lane < V.Count; lane += 4)
            {
                var source = (float*)from + k * step + lane;
                var (x0, x1, x2, x3) = Exchange(Vector128.Load(source), Vector128.Load(source + step), Vector128.Load(source + 2 * step), Vector128.Load(source + 3 * step));
                var p = (float*)to + k;
                x0.Store(p + lines[lane]);
                x1.Store(p + lines[lane + 1]);
                x2.Store(p + lines[lane + 2]);
                x3.Store(p + lines[lane + 3]);
            }
        }
        return k;
    }

    /// <summary>Four elements each of every fourth line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Quarters(float* p, long* lines) => Vector512.Create(
        Vector256.Create(Vector128.Load(p + lines[0]), Vector128.Load(p + lines[4])), Vector256.Create(Vector128.Load(p + lines[8]), Vector128.Load(p + lines[12])));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> x, float* p, long* lines)
    {
        Vector256<float> low = x.GetLower(), high = x.GetUpper();
        low.GetLower().Store(p + lines[0]);
        low.GetUpper().Store(p + lines[4]);
        high.GetLower().Store(p + lines[8]);
        high.GetUpper().Store(p + lines[12]);
    }

    /// <summary>The transpose of each square of 4 x 4 elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>) Exchange(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        Vector512<double> low01 = Avx512F.UnpackLow(a, b).AsDouble(), low23 = Avx512F.UnpackLow(c, d).AsDouble(), high01 = Avx512F.UnpackHigh(a, b).AsDouble(), high23 = Avx512F.UnpackHigh(c, d).AsDouble();
        return (Avx512F.UnpackLow(low01, low23).AsSingle(), Avx512F.UnpackHigh(low01, low23).AsSingle(), Avx512F.UnpackLow(high01, high23).AsSingle(), Avx512F.UnpackHigh(high01, high23).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float>, Vector128<float>, Vector128<float>, Vector128<float>) Exchange(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d)
    {
        Vector128<float> low01 = Sse.UnpackLow(a, b), low23 = Sse.UnpackLow(c, d), high01 = Sse.UnpackHigh(a, b), high23 = Sse.UnpackHigh(c, d);
        return (Sse.MoveLowToHigh(low01, low23), Sse.MoveHighToLow(low23, low01), Sse.MoveLowToHigh(high01, high23), Sse.MoveHighToLow(high23, high01));
    }
}
