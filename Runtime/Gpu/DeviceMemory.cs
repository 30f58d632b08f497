using ILGPU;
using Proxima.Runtime;

namespace Proxima.Gpu;

/// <summary>Float32 on the device, from an offset on.</summary>
public readonly struct DeviceSingle(ArrayView<float> view, long offset) : IMemory
{
    private readonly ArrayView<float> _view = view;
    private readonly long _offset = offset;

    /// <inheritdoc/>
    public double this[long i]
    {
        get => _view[_offset + i];
        set => _view[_offset + i] = (float)value;
    }

    /// <inheritdoc/>
    public long GetInteger(long i) => (long)_view[_offset + i];

    /// <inheritdoc/>
    public void SetInteger(long i, long value) => _view[_offset + i] = value;

    /// <inheritdoc/>
    public bool IsLess(long i, long j)
    {
        float x = _view[_offset + i], y = _view[_offset + j];
        return x < y || (float.IsNaN(y) && !float.IsNaN(x));
    }
}

/// <summary>Float64 on the device, from an offset on.</summary>
public readonly struct DeviceDouble(ArrayView<double> view, long offset) : IWork
{
    private readonly ArrayView<double> _view = view;
    private readonly long _offset = offset;

    /// <inheritdoc/>
    public double this[long i]
    {
        get => _view[_offset + i];
        set => _view[_offset + i] = value;
    }

    /// <inheritdoc/>
    public long GetInteger(long i) => (long)_view[_offset + i];

    /// <inheritdoc/>
    public void SetInteger(long i, long value) => _view[_offset + i] = value;

    /// <inheritdoc/>
    public bool IsLess(long i, long j)
    {
        double x = _view[_offset + i], y = _view[_offset + j];
        return x < y || (double.IsNaN(y) && !double.IsNaN(x));
    }

    /// <inheritdoc/>
    public double Sqrt(double x) => GpuMath.Sqrt(x);

    /// <inheritdoc/>
    public double Exp(double x) => GpuMath.Exp(x);

    /// <inheritdoc/>
    public double Log(double x) => GpuMath.Log(x);

    /// <inheritdoc/>
    public double Cos(double x) => GpuMath.Cos(x);

    /// <inheritdoc/>
    public double Sin(double x) => GpuMath.Sin(x);
}

/// <summary>Int64 on the device, from an offset on.</summary>
public readonly struct DeviceInt64(ArrayView<long> view, long offset) : IMemory
{
    private readonly ArrayView<long> _view = view;
    private readonly long _offset = offset;

    /// <inheritdoc/>
    public double this[long i]
    {
        get => _view[_offset + i];
        set => _view[_offset + i] = (long)value;
    }

    /// <inheritdoc/>
    public long GetInteger(long i) => _view[_offset + i];

    /// <inheritdoc/>
    public void SetInteger(long i, long value) => _view[_offset + i] = value;

    /// <inheritdoc/>
    public bool IsLess(long i, long j) => _view[_offset + i] < _view[_offset + j];
}
