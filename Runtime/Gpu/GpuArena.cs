using ILGPU;
using ILGPU.Runtime;

namespace Proxima.Gpu;

/// <summary>
/// The device memory of one instance: a single allocation, of which kernels get typed views by byte offset, as the memory plan lays them out.
/// </summary>
public sealed class GpuArena(GpuDevice device) : IDisposable
{
    /// <summary>Offsets that are multiples of this suit every element type and let the device read whole lines.</summary>
    public const int Alignment = 256;

    /// <summary>The next multiple of <see cref="Alignment"/>.</summary>
    /// <exception cref="OverflowException">There is none.</exception>
    public static long Align(long bytes) => checked(bytes + Alignment - 1) & -Alignment;

    private MemoryBuffer1D<byte, Stride1D.Dense>? _buffer;
    private MemoryBuffer1D<double, Stride1D.Dense>? _work;

    /// <summary>The device that the memory belongs to.</summary>
    public GpuDevice Device { get; } = device ?? throw new ArgumentNullException(nameof(device));

    /// <summary>The size in bytes.</summary>
    public long Capacity => _buffer?.Length ?? 0;

    /// <summary>Makes room for <paramref name="bytes"/> bytes. Where the memory has to grow its contents and all earlier views are lost.</summary>
    public void Reserve(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (bytes <= Capacity)
            return;
        Free(); // first, so that old and new need not fit at the same time
        _buffer = Device.Accelerator.Allocate1D<byte>(bytes);
    }

    /// <summary>At least <paramref name="count"/> doubles for the next launch to work in: launches follow one another, so all share them.</summary>
    public ArrayView<double> Work(long count)
    {
        if (count > (_work?.Length ?? 0))
        {
            if (_work is not null) Device.Synchronize();
            _work?.Dispose();
            _work = Device.Accelerator.Allocate1D<double>(count);
        }
        return _work is null ? ArrayView<double>.Empty : _work.View.AsContiguous();
    }

    /// <summary>The <paramref name="length"/> elements from byte <paramref name="offset"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie inside the arena.</exception>
    /// <exception cref="ArgumentException">The offset is not a multiple of the element size.</exception>
    public unsafe ArrayView<T> View<T>(long offset, long length) where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (offset % sizeof(T) != 0)
            throw new ArgumentException($"The offset {offset} is not a multiple of the {sizeof(T)} bytes of an element.", nameof(offset));
        if (length > (Capacity - offset) / sizeof(T))
            throw new ArgumentOutOfRangeException(nameof(length), length, $"{length} elements of {sizeof(T)} bytes from byte {offset} on do not fit into {Capacity} bytes.");
        return length == 0 ? ArrayView<T>.Empty : _buffer!.View.AsContiguous().SubView(offset, length * sizeof(T)).Cast<T>();
    }

    /// <summary>Starts copying a tensor to byte <paramref name="offset"/>. The tensor must stay as it is until the next <see cref="Download"/> or synchronisation.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not fit there.</exception>
    public unsafe void Upload(Tensor source, long offset)
    {
        var bytes = View<byte>(offset, source.Length * source.DType.Size);
        if (bytes.Length > 0)
            bytes.CopyFromCPUUnsafeAsync(Device.Accelerator.DefaultStream, ref *(byte*)source.Pointer, bytes.Length);
        GC.KeepAlive(source);
    }

    /// <summary>Waits for the work launched so far and copies the elements of a tensor from byte <paramref name="offset"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It reaches outside the arena.</exception>
    public unsafe void Download(long offset, Tensor destination)
    {
        var bytes = View<byte>(offset, destination.Length * destination.DType.Size);
        if (bytes.Length > 0)
            bytes.CopyToCPU(Device.Accelerator.DefaultStream, ref *(byte*)destination.Pointer, bytes.Length);
        GC.KeepAlive(destination);
    }

    /// <summary>Waits for the work launched so far and brings one element to the host.</summary>
    public unsafe T Read<T>(ArrayView<T> view, long index) where T : unmanaged
    {
        T value = default;
        view.SubView(index, 1).CopyToCPU(Device.Accelerator.DefaultStream, ref value, 1);
        return value;
    }

    /// <summary>Sets <paramref name="bytes"/> bytes from <paramref name="offset"/> on to zero.</summary>
    public void Clear(long offset, long bytes)
    {
        var view = View<byte>(offset, bytes);
        if (bytes > 0)
            view.MemSetToZero(Device.Accelerator.DefaultStream);
    }

    /// <summary>Waits for the work that uses the memory and returns it to the device; <see cref="Reserve"/> takes new memory.</summary>
    public void Dispose()
    {
        Free();
        if (_work is null)
            return;
        Device.Synchronize();
        _work.Dispose();
        _work = null;
    }

    private void Free()
    {
        if (_buffer is null)
            return;
        Device.Synchronize();
        _buffer.Dispose();
        _buffer = null;
    }
}
