using System.Runtime.CompilerServices;

namespace Proxima.Runtime;

/// <summary>What a loop divides by. A quotient is a product with the reciprocal, with an error of up to 1.5 units in the last place: a division takes ten times as long.</summary>
/// <remarks>Both factors of a quotient are scaled by a power of two where the reciprocal would be infinite or lose digits, so that zeros, infinities, NaN and subnormal numbers give what a division does.</remarks>
/// <typeparam name="V">The lane.</typeparam>
/// <typeparam name="T">The element.</typeparam>
public readonly unsafe struct Divisor<V, T>
    where V : unmanaged, ILane<V, T>
    where T : unmanaged
{
    private readonly V _scale, _reciprocal;

    /// <summary>The same divisor for all lanes, or one for each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Divisor(V divisor)
    {
        var one = Number(1, 1);
        var size = V.Abs(divisor);
        // 2^64 and 2^100 in single precision, 2^512 and 2^800 in double precision.
        V large = Number(1.8446744073709552e19f, 1.3407807929942597e154), limit = Number(1.2676506002282294e30f, 6.668014432879854e240);
        _scale = V.Select(V.Less(size, one / limit), large, V.Select(V.Greater(size, limit), one / large, one));
        _reciprocal = one / (divisor * _scale);
    }

    /// <summary>The quotients.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V operator /(V x, Divisor<V, T> divisor) => x * divisor._scale * divisor._reciprocal;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Number(float single, double exact) => V.Broadcast(sizeof(T) == sizeof(float) ? Unsafe.BitCast<float, T>(single) : Unsafe.BitCast<double, T>(exact));
}
