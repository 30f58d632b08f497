using System.Runtime.Intrinsics;

namespace Proxima.Runtime;

/// <summary>The right matrix of products, packed once for all of them.</summary>
/// <remarks>For a loop whose iterations multiply by the same matrix. Belongs to one instance of a network, as its <see cref="Arena"/> does.</remarks>
public sealed unsafe class Panels
{
    // Packing anew costs little beside reading more than this from memory.
    internal const long MaxBytes = 64 << 20;

    internal readonly Arena Memory = new();

    /// <summary>The panels, or null where products read the matrix as it lies.</summary>
    internal void* Data;

    private bool _isBackward;

    /// <summary>Whether the next product reads the panels from the last to the first: each the other way round than the one before.</summary>
    internal bool Turn() => _isBackward = !_isBackward;

    /// <summary>Packs a float matrix. <see cref="Gemm"/> reads these panels instead of b when it is given both, as long as b does not change.</summary>
    /// <param name="m">Rows of the left matrices to come.</param>
    /// <param name="n">Columns of b.</param>
    /// <param name="k">Rows of b.</param>
    /// <param name="b">The first element of b.</param>
    /// <param name="bRow">Elements from a row of b to the next.</param>
    /// <param name="bColumn">Elements from a column of b to the next.</param>
    /// <param name="products">How many products are to come, where no other work reads b; 0 where other work does. For many products of one row a copy pays as well.</param>
    public void Pack(nint m, nint n, nint k, float* b, nint bRow, nint bColumn, nint products = 0)
    {
        if (Vector512.IsHardwareAccelerated)
            GemmJob<F512, F128, F1, float, TileStore<float>>.Pack(this, new(1, m, n, k, null, 0, k, 1, b, 0, bRow, bColumn), products);
        else if (Vector256.IsHardwareAccelerated)
            GemmJob<F256, F128, F1, float, TileStore<float>>.Pack(this, new(1, m, n, k, null, 0, k, 1, b, 0, bRow, bColumn), products);
        else
            GemmJob<F128, F128, F1, float, TileStore<float>>.Pack(this, new(1, m, n, k, null, 0, k, 1, b, 0, bRow, bColumn), products);
    }

    /// <summary>Packs a double matrix; the parameters are those of the float one.</summary>
    /// <param name="m">Rows of the left matrices to come.</param>
    /// <param name="n">Columns of b.</param>
    /// <param name="k">Rows of b.</param>
    /// <param name="b">The first element of b.</param>
    /// <param name="bRow">Elements from a row of b to the next.</param>
    /// <param name="bColumn">Elements from a column of b to the next.</param>
    /// <param name="products">How many products are to come, where no other work reads b; 0 where other work does. For many products of one row a copy pays as well.</param>
    public void Pack(nint m, nint n, nint k, double* b, nint bRow, nint bColumn, nint products = 0)
    {
        if (Vector512.IsHardwareAccelerated)
            GemmJob<D512, D128, D1, double, TileStore<double>>.Pack(this, new(1, m, n, k, null, 0, k, 1, b, 0, bRow, bColumn), products);
        else if (Vector256.IsHardwareAccelerated)
            GemmJob<D256, D128, D1, double, TileStore<double>>.Pack(this, new(1, m, n, k, null, 0, k, 1, b, 0, bRow, bColumn), products);
        else
            GemmJob<D128, D128, D1, double, TileStore<double>>.Pack(this, new(1, m, n, k, null, 0, k, 1, b, 0, bRow, bColumn), products);
    }
}
