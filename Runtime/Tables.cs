namespace Proxima.Runtime;

/// <summary>Memory for what a method computes of sizes alone: tables of offsets, of frequencies. It is computed once, and again when a size has changed.</summary>
/// <remarks>Belongs to one method of an instance, as the instance's <see cref="Arena"/> does.</remarks>
public sealed unsafe class Tables
{
    private readonly Arena _memory = new();
    private nint[]? _sizes;

    /// <summary>A block of at least <paramref name="bytes"/> bytes.</summary>
    /// <param name="bytes">The size of all tables.</param>
    /// <param name="isNew">Whether the caller must fill them: there is nothing in the block yet, or what belongs to other sizes.</param>
    /// <param name="sizes">The sizes that determine the tables and their number of bytes.</param>
    /// <exception cref="OutOfMemoryException">The system has no such block.</exception>
    public byte* Reserve(long bytes, out bool isNew, params ReadOnlySpan<nint> sizes)
    {
        isNew = _sizes is null || !sizes.SequenceEqual(_sizes);
        var block = _memory.Reserve(bytes);
        if (isNew) sizes.CopyTo(_sizes ??= new nint[sizes.Length]);
        return block;
    }
}
