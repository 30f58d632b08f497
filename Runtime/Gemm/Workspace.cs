namespace Proxima.Runtime;

/// <summary>Each thread's memory for packed operands, unfinished tiles, and what routines work in.</summary>
public static unsafe class Workspace
{
    [ThreadStatic]
    private static Arena? _arena;

    [ThreadStatic]
    private static Arena? _shared;

    /// <summary>At least <paramref name="bytes"/> bytes that stay valid until the same thread's next call.</summary>
    public static byte* Reserve(long bytes) => (_arena ??= new Arena()).Reserve(bytes);

    /// <summary>The same, apart from it: for what a thread prepares for a job in which it and others use <see cref="Reserve"/>.</summary>
    internal static byte* Share(long bytes) => (_shared ??= new Arena()).Reserve(bytes);

    /// <summary>At least <paramref name="count"/> doubles, as <see cref="Reserve"/> gives bytes.</summary>
    public static double* Doubles(long count) => (double*)Reserve(count * sizeof(double));
}
