using System.Runtime.InteropServices;

namespace Proxima.Runtime;

/// <summary>A growing block of aligned native memory that holds a model's intermediate values.</summary>
/// <remarks>Belongs to one instance of a network and serves one thread at a time, as the network does.</remarks>
public sealed unsafe class Arena : IDisposable
{
    /// <summary>Every block starts at a multiple of this many bytes: one cache line, one 512-bit vector.</summary>
    public const int Alignment = 64;

    /// <summary>The next multiple of <see cref="Alignment"/>.</summary>
    public static nint Align(nint bytes) => checked(bytes + Alignment - 1) / Alignment * Alignment;

    private byte* _block;
    private long _size;

    /// <summary>The size of the current block in bytes.</summary>
    public long Size => _size;

    /// <summary>
    /// A block of at least <paramref name="bytes"/> bytes, not cleared. It is the same block as long as it suffices; when it must grow, the
    /// old block is freed and its contents are lost.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative.</exception>
    /// <exception cref="OutOfMemoryException">The system has no such block.</exception>
    public byte* Reserve(long bytes)
    {
        if ((ulong)bytes > (ulong)_size || _block == null)
            Grow(bytes);
        return _block;
    }

    private void Grow(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var size = Math.Max(checked(bytes + Alignment - 1) / Alignment * Alignment, Alignment);
        Free();
        _block = (byte*)NativeMemory.AlignedAlloc((nuint)size, Alignment);
        _size = size;
        GC.AddMemoryPressure(size);
    }

    private void Free()
    {
        if (_block == null)
            return;
        NativeMemory.AlignedFree(_block);
        GC.RemoveMemoryPressure(_size);
        _block = null;
        _size = 0;
    }

    /// <summary>Frees the block; a later <see cref="Reserve"/> makes a new one.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the block of an arena that nobody disposed.</summary>
    ~Arena() => Free();
}
