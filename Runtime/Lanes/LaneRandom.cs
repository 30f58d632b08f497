using System.Numerics;
using System.Runtime.CompilerServices;

namespace Proxima.Runtime;

/// <summary>Random numbers for adjacent elements: those at <c>index</c>, <c>index + 1</c>, ... of a key's sequence, a block of words shared by four.</summary>
public static unsafe class LaneRandom
{
    /// <summary>Uniform in [0, 1).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V Uniform<V, T>(long key, long index)
        where V : unmanaged, ILane<V, T>
        where T : unmanaged, IFloatingPoint<T>
    {
        V lanes = default;
        var elements = (T*)&lanes;
        (uint X, uint Y, uint Z, uint W) block = default;
        for (var i = 0; i < V.Count; i++, index++)
        {
            var at = index & 3;
            if (i == 0 || at == 0) block = Draw.Block(key, index >> 2, 0);
            elements[i] = T.CreateTruncating(Draw.Uniform(at == 0 ? block.X : at == 1 ? block.Y : at == 2 ? block.Z : block.W));
        }
        return lanes;
    }

    /// <summary>Standard normal.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V Normal<V, T>(long key, long index)
        where V : unmanaged, ILane<V, T>
        where T : unmanaged, IFloatingPoint<T>
    {
        V lanes = default;
        var elements = (T*)&lanes;
        (uint X, uint Y, uint Z, uint W) block = default;
        double radius = 0, angle = 0;
        for (var i = 0; i < V.Count; i++, index++)
        {
            if (i == 0 || (index & 3) == 0) block = Draw.Block(key, index >> 2, 0);
            if (i == 0 || (index & 1) == 0)
            {
                var second = (index & 2) != 0;
                radius = Draw.Radius<HostFunctions>(second ? block.Z : block.X);
                angle = Draw.Angle(second ? block.W : block.Y);
            }
            elements[i] = T.CreateTruncating(radius * ((index & 1) == 0 ? Math.Cos(angle) : Math.Sin(angle)));
        }
        return lanes;
    }
}
