using System.Numerics;
using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;
using Proxima.Runtime;

namespace Proxima.Gpu;

/// <summary>An accelerator with the kernels compiled for it so far. Safe to use from several threads; work runs in the order it was launched.</summary>
public sealed class GpuDevice
{
    private const int MapItems = 256;
    private const int RowLanes = 128;

    private static readonly ConditionalWeakTable<Accelerator, GpuDevice> s_devices = [];

    private readonly Dictionary<Type, Delegate> _kernels = [];
    private readonly Lock _lock = new();
    private readonly int _mapItems;
    private readonly int _rowLanes;
    private readonly bool _hasTiles;

    private GpuDevice(Accelerator accelerator)
    {
        Accelerator = accelerator;
        var most = accelerator.MaxNumThreadsPerGroup;
        _mapItems = Math.Min(MapItems, most);
        _rowLanes = Math.Min(RowLanes, 1 << BitOperations.Log2((uint)most)); // a power of two: reductions halve it
        _hasTiles = most >= GpuTiles.Items;
    }

    /// <summary>The ILGPU accelerator.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>The device of an accelerator: always the same one, so that its kernels are compiled once.</summary>
    /// <remarks>
    /// Any accelerator will do. Kernels are made for groups of 256 work items; where an accelerator has smaller ones (ILGPU's CPU accelerator, on which kernels run in
    /// the debugger), the same kernels run in those, and matrix products without tiles.
    /// </remarks>
    public static GpuDevice For(Accelerator accelerator)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        return s_devices.GetValue(accelerator, static key => new GpuDevice(key));
    }

    /// <summary>Runs a kernel for every index from 0 to <paramref name="count"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative or needs more groups than a launch can have (2^31 - 1, of 256 where the accelerator has so large ones).</exception>
    public void Launch<TKernel>(TKernel kernel, long count) where TKernel : struct, IMapKernel
    {
        var groups = Groups((count + _mapItems - 1) / _mapItems, count, nameof(count));
        if (groups == 0)
            return;
        lock (_lock)
            Kernel(static accelerator => accelerator.LoadKernel<TKernel, long>(GpuKernels.Map))
                (Accelerator.DefaultStream, new KernelConfig(groups, _mapItems), kernel, count);
    }

    /// <summary>Runs a kernel with one group of work items for each row from 0 to <paramref name="rows"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number of rows is negative or above 2^31 - 1.</exception>
    public void LaunchRows<TKernel>(TKernel kernel, long rows) where TKernel : struct, IRowKernel
    {
        var groups = Groups(rows, rows, nameof(rows));
        if (groups == 0)
            return;
        lock (_lock)
            Kernel(static accelerator => accelerator.LoadKernel<TKernel>(GpuKernels.Rows))
                (Accelerator.DefaultStream, new KernelConfig(groups, _rowLanes), kernel);
    }

    /// <summary>
    /// Computes the products of <paramref name="batches"/> pairs of matrices, [m, k] times [k, n], and hands every element to the epilogue.
    /// </summary>
    /// <remarks>Strides are in elements and may be anything, 0 included; a product with k = 0 consists of zeros.</remarks>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TEpilogue">What happens to each element; it writes the result where it belongs.</typeparam>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative, or there are more than 2^31 - 1 tiles of 64 x 64.</exception>
    /// <exception cref="ArgumentException">The sizes and strides reach outside a view.</exception>
    public void Gemm<T, TEpilogue>(
        long batches, long m, long n, long k, GpuMatrix<T> a, GpuMatrix<T> b, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TEpilogue : struct, IGemmEpilogue<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batches);
        ArgumentOutOfRangeException.ThrowIfNegative(m);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        if (!a.Holds(batches, m, k))
            throw new ArgumentException($"The left operand, {batches} x [{m}, {k}] {a.Outside}.", nameof(a));
        if (!b.Holds(batches, k, n))
            throw new ArgumentException($"The right operand, {batches} x [{k}, {n}] {b.Outside}.", nameof(b));
        Gemm<T, GpuMatrix<T>, GpuMatrix<T>, TEpilogue>(batches, m, n, k, a, b, epilogue);
    }

    /// <summary>The same for matrices that lie in memory as they like; what they reach is for them to know.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TA">The left operand.</typeparam>
    /// <typeparam name="TB">The right operand.</typeparam>
    /// <typeparam name="TEpilogue">What happens to each element; it writes the result where it belongs.</typeparam>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative, or there are more than 2^31 - 1 tiles of 64 x 64.</exception>
    public void Gemm<T, TA, TB, TEpilogue>(long batches, long m, long n, long k, TA a, TB b, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TA : struct, IGpuMatrix<T>
        where TB : struct, IGpuMatrix<T>
        where TEpilogue : struct, IGemmEpilogue<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batches);
        ArgumentOutOfRangeException.ThrowIfNegative(m);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        Tiles<T, TA, TB, TEpilogue, GpuBatches>(checked(batches * GpuTiles.Along(m)), m, n, k, a, b, epilogue, new GpuBatches());
    }

    /// <summary>Each row times the matrix of its group: the epilogue gets the rows under their own numbers.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TA">The rows, in the order of the groups.</typeparam>
    /// <typeparam name="TB">The matrices, a batch for each group.</typeparam>
    /// <typeparam name="TEpilogue">What happens to each element; it writes the result where it belongs.</typeparam>
    /// <param name="groups">The number of groups.</param>
    /// <param name="ranges">Two numbers for each group: from which place of the order to before which other.</param>
    /// <param name="order">The rows, group by group.</param>
    /// <param name="hasOrder">Whether the rows do not lie so; otherwise the order is not read.</param>
    /// <param name="m">The number of rows.</param>
    /// <param name="n">Columns of the matrices.</param>
    /// <param name="k">Columns of the rows.</param>
    /// <param name="a">The rows.</param>
    /// <param name="b">The matrices.</param>
    /// <param name="epilogue">The epilogue.</param>
    public void GemmRows<T, TA, TB, TEpilogue>(long groups, ArrayView<long> ranges, ArrayView<long> order, bool hasOrder, long m, long n, long k, TA a, TB b, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TA : struct, IGpuMatrix<T>
        where TB : struct, IGpuMatrix<T>
        where TEpilogue : struct, IGemmEpilogue<T>
        // Every group may have a last tile that is not full.
        => Tiles<T, TA, TB, TEpilogue, GpuRowGroups>(m == 0 ? 0 : checked(groups + m / GpuTiles.Side), m, n, k, a, b, epilogue, new GpuRowGroups(groups, ranges, order, hasOrder ? 1 : 0));

    /// <summary>For each group the sum of the outer products of its rows: the transpose of one part times the other.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TA">The left rows, transposed, in the order of the groups.</typeparam>
    /// <typeparam name="TB">The right rows.</typeparam>
    /// <typeparam name="TEpilogue">What happens to each element, whose batch is the group; it writes the result where it belongs.</typeparam>
    /// <param name="groups">The number of groups.</param>
    /// <param name="ranges">Two numbers for each group: from which row to before which other.</param>
    /// <param name="m">Columns of the left rows.</param>
    /// <param name="n">Columns of the right rows.</param>
    /// <param name="a">The left rows, transposed.</param>
    /// <param name="b">The right rows.</param>
    /// <param name="epilogue">The epilogue.</param>
    public void GemmOuter<T, TA, TB, TEpilogue>(long groups, ArrayView<long> ranges, long m, long n, TA a, TB b, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TA : struct, IGpuMatrix<T>
        where TB : struct, IGpuMatrix<T>
        where TEpilogue : struct, IGemmEpilogue<T>
        => Tiles<T, TA, TB, TEpilogue, GpuDepthGroups>(checked(groups * GpuTiles.Along(m)), m, n, 0, a, b, epilogue, new GpuDepthGroups(ranges));

    private void Tiles<T, TA, TB, TEpilogue, TParts>(long down, long m, long n, long k, TA a, TB b, TEpilogue epilogue, TParts parts)
        where T : unmanaged, INumber<T>
        where TA : struct, IGpuMatrix<T>
        where TB : struct, IGpuMatrix<T>
        where TEpilogue : struct, IGemmEpilogue<T>
        where TParts : struct, IGpuParts
    {
        var tiles = checked(down * GpuTiles.Along(n));
        var groups = Groups(tiles, tiles, nameof(down));
        if (groups == 0)
            return;
        lock (_lock)
        {
            if (_hasTiles)
                Kernel(static accelerator => accelerator.LoadKernel<GpuGemm<T, TA, TB, TEpilogue, TParts>>(GpuGemm<T, TA, TB, TEpilogue, TParts>.Kernel))
                    (Accelerator.DefaultStream, new KernelConfig(groups, GpuTiles.Items), new(m, n, k, a, b, epilogue, parts));
            else
                Kernel(static accelerator => accelerator.LoadKernel<GpuPlainGemm<T, TA, TB, TEpilogue, TParts>>(GpuPlainGemm<T, TA, TB, TEpilogue, TParts>.Kernel))
                    (Accelerator.DefaultStream, new KernelConfig(groups, _mapItems), new(m, n, k, a, b, epilogue, parts));
        }
    }

    /// <summary>Computes the products of the signs of pairs of matrices, [m, k] times [k, n]: whole numbers, exactly.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TNumber"><see cref="GpuFloats"/> or <see cref="GpuDoubles"/>.</typeparam>
    /// <typeparam name="TA">The left operand.</typeparam>
    /// <typeparam name="TB">The right operand.</typeparam>
    /// <typeparam name="TEpilogue">What happens to each element; it writes the result where it belongs.</typeparam>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative, or there are more than 2^31 - 1 tiles of 64 x 64.</exception>
    public void BitGemm<T, TNumber, TA, TB, TEpilogue>(long batches, long m, long n, long k, TA a, Signs aSigns, TB b, Signs bSigns, TEpilogue epilogue)
        where T : unmanaged, INumber<T>
        where TNumber : struct, IGpuNumber<T>
        where TA : struct, IGpuMatrix<T>
        where TB : struct, IGpuMatrix<T>
        where TEpilogue : struct, IGemmEpilogue<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batches);
        ArgumentOutOfRangeException.ThrowIfNegative(m);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        int aTernary = aSigns == Signs.Ternary ? 1 : 0, bTernary = bSigns == Signs.Ternary ? 1 : 0;
        if (!_hasTiles)
        {
            Gemm<T, GpuSigns<T, TNumber, TA>, GpuSigns<T, TNumber, TB>, TEpilogue>(batches, m, n, k, new(a, aTernary), new(b, bTernary), epilogue);
            return;
        }
        var tiles = checked(batches * GpuTiles.Along(m) * GpuTiles.Along(n));
        var groups = Groups(tiles, tiles, nameof(batches));
        if (groups == 0)
            return;
        lock (_lock)
            Kernel(static accelerator => accelerator.LoadKernel<GpuBitGemm<T, TNumber, TA, TB, TEpilogue>>(GpuBitGemm<T, TNumber, TA, TB, TEpilogue>.Kernel))
                (Accelerator.DefaultStream, new KernelConfig(groups, GpuTiles.Items), new(m, n, k, a, aTernary, b, bTernary, epilogue));
    }

    /// <summary>Waits until everything launched so far is done.</summary>
    public void Synchronize() => Accelerator.DefaultStream.Synchronize();

    private static int Groups(long groups, long asked, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(asked, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(groups, int.MaxValue, name);
        return (int)groups;
    }

    // The type of the launcher names both the template and the struct it is compiled for. The caller holds the lock until the launch has
    // happened: under OpenCL the arguments of a kernel are state of the kernel.
    private TLauncher Kernel<TLauncher>(Func<Accelerator, TLauncher> load) where TLauncher : Delegate
    {
        if (_kernels.TryGetValue(typeof(TLauncher), out var known))
            return (TLauncher)known;
        var kernel = load(Accelerator);
        _kernels.Add(typeof(TLauncher), kernel);
        return kernel;
    }
}
