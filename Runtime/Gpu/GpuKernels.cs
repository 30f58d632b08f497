using ILGPU;

namespace Proxima.Gpu;

/// <summary>A kernel that computes one element per work item.</summary>
/// <remarks>
/// Implemented by a generated struct that holds the views and sizes it needs. The struct is passed by value and the template is compiled for it,
/// so <see cref="Run"/> costs no call. Its body is scalar C# that ILGPU accepts: no <c>throw</c>, no <c>MathF.FusedMultiplyAdd</c>, functions from
/// <see cref="GpuMath"/>.
/// </remarks>
public interface IMapKernel
{
    /// <summary>Computes element <paramref name="index"/>, which is at least 0 and below the count of the launch.</summary>
    void Run(long index);
}

/// <summary>A kernel that computes one row per group of work items, with reductions over the group.</summary>
/// <inheritdoc cref="IMapKernel" path="/remarks"/>
public interface IRowKernel
{
    /// <summary>
    /// Computes row <see cref="GpuRow.Index"/>. Every lane runs it: elements are shared out by
    /// <c>for (long j = row.Lane; j &lt; n; j += row.Lanes)</c>, and reductions and barriers must be reached by all lanes alike.
    /// </summary>
    void Run(GpuRow row);
}

/// <summary>What a matrix product does with each finished element.</summary>
/// <typeparam name="T">The element type: <see cref="float"/> or <see cref="double"/>.</typeparam>
/// <inheritdoc cref="IMapKernel" path="/remarks"/>
public interface IGemmEpilogue<T> where T : unmanaged
{
    /// <summary>Takes element (<paramref name="row"/>, <paramref name="column"/>) of product <paramref name="batch"/>; called once for each.</summary>
    void Store(T value, long batch, long row, long column);
}

/// <summary>The templates of the element-wise and row-wise kernels.</summary>
internal static class GpuKernels
{
    public static void Map<TKernel>(TKernel kernel, long count) where TKernel : struct, IMapKernel
    {
        var index = (long)Grid.IdxX * Group.DimX + Group.IdxX;
        if (index < count)
            kernel.Run(index);
    }

    public static void Rows<TKernel>(TKernel kernel) where TKernel : struct, IRowKernel
        => kernel.Run(new GpuRow(Grid.IdxX, Group.IdxX, Group.DimX, SharedMemory.Allocate<long>(GpuRow.MaxLanes)));
}
