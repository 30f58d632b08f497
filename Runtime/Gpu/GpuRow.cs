using System.Numerics;
using ILGPU;

namespace Proxima.Gpu;

/// <summary>One lane of the group of work items that computes a row together.</summary>
/// <remarks>
/// The reductions are trees in statically sized shared memory: they need neither atomics nor group functions of the device, and the order of
/// additions depends only on the number of lanes. All lanes must call them, and all get the result.
/// </remarks>
public readonly struct GpuRow
{
    internal const int MaxLanes = 256; // a power of two, as every number of lanes: the trees halve it

    private readonly ArrayView<long> _scratch; // one 8-byte cell per lane, whatever the type reduced

    internal GpuRow(long index, int lane, int lanes, ArrayView<long> scratch)
    {
        Index = index;
        Lane = lane;
        Lanes = lanes;
        _scratch = scratch;
    }

    /// <summary>The row to compute.</summary>
    public long Index { get; }

    /// <summary>The position of this lane in the group.</summary>
    public int Lane { get; }

    /// <summary>The number of lanes in the group.</summary>
    public int Lanes { get; }

    /// <summary>Waits until every lane is here, and makes what the lanes wrote visible to each other.</summary>
    public void Barrier() => Group.Barrier();

    /// <summary>The sum over the lanes.</summary>
    public float Sum(float value) => Reduce<float, Addition<float>>(value);

    /// <inheritdoc cref="Sum(float)"/>
    public double Sum(double value) => Reduce<double, Addition<double>>(value);

    /// <inheritdoc cref="Sum(float)"/>
    public long Sum(long value) => Reduce<long, Addition<long>>(value);

    /// <summary>The maximum over the lanes; NaN if any is NaN.</summary>
    public float Max(float value) => Reduce<float, Maximum<float>>(value);

    /// <inheritdoc cref="Max(float)"/>
    public double Max(double value) => Reduce<double, Maximum<double>>(value);

    /// <summary>The maximum over the lanes.</summary>
    public long Max(long value) => Reduce<long, Maximum<long>>(value);

    /// <summary>The minimum over the lanes; NaN if any is NaN.</summary>
    public float Min(float value) => Reduce<float, Minimum<float>>(value);

    /// <inheritdoc cref="Min(float)"/>
    public double Min(double value) => Reduce<double, Minimum<double>>(value);

    /// <summary>The minimum over the lanes.</summary>
    public long Min(long value) => Reduce<long, Minimum<long>>(value);

    private T Reduce<T, TOperation>(T value) where T : unmanaged where TOperation : struct, IOperation<T>
    {
        var cells = _scratch.Cast<T>();
        cells[Lane] = value;
        Group.Barrier();
        for (var distance = Lanes / 2; distance > 0; distance /= 2)
        {
            if (Lane < distance)
                cells[Lane] = TOperation.Combine(cells[Lane], cells[Lane + distance]);
            Group.Barrier();
        }
        var result = cells[0];
        // Without it PoCL reads the cell again where the result is used, after the next reduction has written it.
        MemoryFence.GroupLevel();
        Group.Barrier(); // the next reduction writes the same cells
        return result;
    }

    private interface IOperation<T>
    {
        static abstract T Combine(T x, T y);
    }

    private readonly struct Addition<T> : IOperation<T> where T : unmanaged, INumber<T>
    {
        public static T Combine(T x, T y) => x + y;
    }

    private readonly struct Maximum<T> : IOperation<T> where T : unmanaged, INumber<T>
    {
        public static T Combine(T x, T y) => GpuMath.Max(x, y);
    }

    private readonly struct Minimum<T> : IOperation<T> where T : unmanaged, INumber<T>
    {
        public static T Combine(T x, T y) => GpuMath.Min(x, y);
    }
}
