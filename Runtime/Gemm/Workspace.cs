namespace Proxima.Runtime;

/// <summary>Each thread's memory for packed operands and unfinished tiles.</summary>
internal static unsafe class Workspace
{
    [ThreadStatic]
    private static Arena? _arena;

    /// <summary>At least <paramref name="bytes"/> bytes that stay valid until the same thread's next call.</summary>
    public static byte* Reserve(long bytes) => (_arena ??= new Arena()).Reserve(bytes);
}
