using System.Numerics;
using ILGPU;
using Proxima.Runtime;

namespace Proxima.Gpu;

/// <summary>Elements of whole numbers.</summary>
public interface IGpuNumber<T> where T : unmanaged
{
    /// <summary>The element nearest to a whole number.</summary>
    static abstract T From(int value);
}

/// <summary>Floats of whole numbers.</summary>
public readonly struct GpuFloats : IGpuNumber<float>
{
    /// <inheritdoc/>
    public static float From(int value) => value;
}

/// <summary>Doubles of whole numbers.</summary>
public readonly struct GpuDoubles : IGpuNumber<double>
{
    /// <inheritdoc/>
    public static double From(int value) => value;
}

/// <summary>The product of signs: as <see cref="GpuGemm{T,TA,TB,TEpilogue,TParts}"/>, but the tiles in shared memory are bits, of which each word holds 32 steps along k.</summary>
internal readonly struct GpuBitGemm<T, TNumber, TA, TB, TEpilogue>(long m, long n, long k, TA a, int aTernary, TB b, int bTernary, TEpilogue epilogue)
    where T : unmanaged, INumber<T>
    where TNumber : struct, IGpuNumber<T>
    where TA : struct, IGpuMatrix<T>
    where TB : struct, IGpuMatrix<T>
    where TEpilogue : struct, IGemmEpilogue<T>
{
    private const int Tile = GpuTiles.Side;
    private const int Side = 16;        // work items along each edge of a tile
    private const int Bits = 32;
    private const int Depth = 2;        // words along k per load: each work item makes one, of a or of b
    private const int Words = Depth * Tile;

    private readonly long _m = m;
    private readonly long _n = n;
    private readonly long _k = k;
    private readonly TA _a = a;
    private readonly int _aTernary = aTernary;
    private readonly TB _b = b;
    private readonly int _bTernary = bTernary;
    private readonly TEpilogue _epilogue = epilogue;

    public static void Kernel(GpuBitGemm<T, TNumber, TA, TB, TEpilogue> product)
        => product.Run(SharedMemory.Allocate<uint>(2 * Words), SharedMemory.Allocate<uint>(2 * Words));

    /// <param name="negative">Where the elements are negative: words of a, then of b.</param>
    /// <param name="some">Where they are not zero, and inside the matrix.</param>
    private void Run(ArrayView<uint> negative, ArrayView<uint> some)
    {
        long tile = Grid.IdxX, across = GpuTiles.Along(_n);
        long tiles = tile / across, down = GpuTiles.Along(_m);
        long batch = tiles / down, top = tiles % down * Tile, left = tile % across * Tile;
        int x = Group.IdxX % Side, y = Group.IdxX / Side;
        var isLeft = Group.IdxX < Words;
        int place = Group.IdxX % Tile, word = Group.IdxX % Words / Tile;

        Four<int> row0 = default, row1 = default, row2 = default, row3 = default;
        for (long step = 0; step < _k; step += Depth * Bits)
        {
            uint negatives = 0, somes = 0;
            var first = step + word * Bits;
            var isInside = isLeft ? top + place < _m : left + place < _n;
            var isTernary = (isLeft ? _aTernary : _bTernary) != 0;
            for (var i = 0; i < Bits; i++)
            {
                if (!isInside || first + i >= _k)
                    continue;
                var value = isLeft ? _a.At(batch, top + place, first + i) : _b.At(batch, first + i, left + place);
                // As numbers: a device may take the negation of a comparison for the opposite one, which NaN is not.
                uint above = value > T.Zero ? 1u : 0u, below = value < T.Zero ? 1u : 0u, zero = value == T.Zero ? 1u : 0u;
                negatives |= (isTernary ? below : 1u - above - zero) << i;
                somes |= (isTernary ? above + below : 1u) << i;
            }
            negative[Group.IdxX] = negatives;
            some[Group.IdxX] = somes;
            Group.Barrier();
            for (var depth = 0; depth < Depth; depth++)
            {
                int a = depth * Tile + y, b = Words + depth * Tile + x;
                Four<uint> aNegative = new(negative, a, Side), aSome = new(some, a, Side), bNegative = new(negative, b, Side), bSome = new(some, b, Side);
                row0 = Add(row0, aNegative.X0, aSome.X0, bNegative, bSome);
                row1 = Add(row1, aNegative.X1, aSome.X1, bNegative, bSome);
                row2 = Add(row2, aNegative.X2, aSome.X2, bNegative, bSome);
                row3 = Add(row3, aNegative.X3, aSome.X3, bNegative, bSome);
            }
            Group.Barrier();
        }
        Store(row0, batch, top + y, left + x);
        Store(row1, batch, top + y + Side, left + x);
        Store(row2, batch, top + y + 2 * Side, left + x);
        Store(row3, batch, top + y + 3 * Side, left + x);
    }

    private static Four<int> Add(Four<int> sums, uint negative, uint some, Four<uint> negatives, Four<uint> somes) => new(
        sums.X0 + Sum(negative, some, negatives.X0, somes.X0), sums.X1 + Sum(negative, some, negatives.X1, somes.X1),
        sums.X2 + Sum(negative, some, negatives.X2, somes.X2), sums.X3 + Sum(negative, some, negatives.X3, somes.X3));

    private static int Sum(uint aNegative, uint aSome, uint bNegative, uint bSome)
    {
        var both = aSome & bSome;
        return IntrinsicMath.PopCount(both) - 2 * IntrinsicMath.PopCount((aNegative ^ bNegative) & both);
    }

    private void Store(Four<int> values, long batch, long row, long column)
    {
        if (row >= _m)
            return;
        if (column < _n)
            _epilogue.Store(TNumber.From(values.X0), batch, row, column);
        if (column + Side < _n)
            _epilogue.Store(TNumber.From(values.X1), batch, row, column + Side);
        if (column + 2 * Side < _n)
            _epilogue.Store(TNumber.From(values.X2), batch, row, column + 2 * Side);
        if (column + 3 * Side < _n)
            _epilogue.Store(TNumber.From(values.X3), batch, row, column + 3 * Side);
    }
}

/// <summary>The signs of a matrix as numbers, where a device's groups are too small to make words of them.</summary>
/// <param name="matrix">The matrix.</param>
/// <param name="ternary">0 where what is not positive or zero counts as negative; otherwise zeros and NaN are zero.</param>
internal readonly struct GpuSigns<T, TNumber, TMatrix>(TMatrix matrix, int ternary) : IGpuMatrix<T>
    where T : unmanaged, INumber<T>
    where TNumber : struct, IGpuNumber<T>
    where TMatrix : struct, IGpuMatrix<T>
{
    private readonly TMatrix _matrix = matrix;
    private readonly int _ternary = ternary;

    public long RowStride => _matrix.RowStride;

    public long ColumnStride => _matrix.ColumnStride;

    public T At(long batch, long row, long column)
    {
        var value = _matrix.At(batch, row, column);
        int above = value > T.Zero ? 1 : 0, below = value < T.Zero ? 1 : 0, zero = value == T.Zero ? 1 : 0;
        return TNumber.From(_ternary != 0 ? above - below : 2 * (above + zero) - 1);
    }
}
