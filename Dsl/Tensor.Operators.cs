using System.Runtime.CompilerServices;

namespace Proxima;

// Operators and indexers: the shapes broadcast as in PyTorch, the results are new tensors.
public sealed partial class Tensor
{
    /// <summary>The sum, element by element.</summary>
    public static Tensor operator +(Tensor x, Tensor y) => Ops.Add(x, y);

    /// <summary>The difference, element by element.</summary>
    public static Tensor operator -(Tensor x, Tensor y) => Ops.Subtract(x, y);

    /// <summary>The product, element by element.</summary>
    public static Tensor operator *(Tensor x, Tensor y) => Ops.Multiply(x, y);

    /// <summary>The quotient, element by element; integers divide to Float32.</summary>
    public static Tensor operator /(Tensor x, Tensor y) => Ops.Divide(x, y);

    /// <summary>The negative of each element.</summary>
    public static Tensor operator -(Tensor x) => Ops.Negate(x);

    /// <summary>Whether x is less than y, element by element (Bool).</summary>
    public static Tensor operator <(Tensor x, Tensor y) => Ops.Less(x, y);

    /// <summary>Whether x is at most y, element by element (Bool).</summary>
    public static Tensor operator <=(Tensor x, Tensor y) => Ops.LessEqual(x, y);

    /// <summary>Whether x is greater than y, element by element (Bool).</summary>
    public static Tensor operator >(Tensor x, Tensor y) => Ops.Greater(x, y);

    /// <summary>Whether x is at least y, element by element (Bool).</summary>
    public static Tensor operator >=(Tensor x, Tensor y) => Ops.GreaterEqual(x, y);

    /// <summary>Whether both hold, element by element (Bool).</summary>
    public static Tensor operator &(Tensor x, Tensor y) => Ops.LogicalAnd(x, y);

    /// <summary>Whether one of them holds, element by element (Bool).</summary>
    public static Tensor operator |(Tensor x, Tensor y) => Ops.LogicalOr(x, y);

    /// <summary>Whether x does not hold, element by element (Bool).</summary>
    public static Tensor operator !(Tensor x) => Ops.LogicalNot(x);

    /// <summary>A copy of a part: an int picks a position and drops the dimension, a range slices, a tensor of Int64 alone picks rows; further dimensions are taken whole.</summary>
    /// <exception cref="ArgumentException">There are more indices than dimensions, or one lies outside its dimension.</exception>
    [IndexerName("Part")]
    public Tensor this[TensorIndex a] => Pick([a]);

    /// <inheritdoc cref="this[TensorIndex]"/>
    [IndexerName("Part")]
    public Tensor this[TensorIndex a, TensorIndex b] => Pick([a, b]);

    /// <inheritdoc cref="this[TensorIndex]"/>
    [IndexerName("Part")]
    public Tensor this[TensorIndex a, TensorIndex b, TensorIndex c] => Pick([a, b, c]);

    /// <inheritdoc cref="this[TensorIndex]"/>
    [IndexerName("Part")]
    public Tensor this[TensorIndex a, TensorIndex b, TensorIndex c, TensorIndex d] => Pick([a, b, c, d]);

    private Tensor Pick(ReadOnlySpan<TensorIndex> indices)
    {
        if (indices is [{ Rows: { } rows }]) return Ops.Embedding(this, rows);
        if (indices.Length > Rank)
            throw new ArgumentException($"Index: {Shapes.Text(_shape)} has {Rank} dimensions, not {indices.Length}.");
        var strides = Shapes.Strides(_shape);
        var offset = 0;
        var keptShape = new List<int>(Rank);
        var keptStrides = new List<int>(Rank);
        for (var dim = 0; dim < Rank; dim++)
        {
            var (start, count) = dim < indices.Length ? indices[dim].Resolve(_shape[dim], dim, _shape) : (0, _shape[dim]);
            offset += start * strides[dim];
            if (dim < indices.Length && indices[dim].IsSingle) continue;
            keptShape.Add(count);
            keptStrides.Add(strides[dim]);
        }
        return Strided.Read(this, offset, [.. keptShape], [.. keptStrides]);
    }

    /// <summary>This tensor if it has the type, else a converted copy.</summary>
    internal Tensor As(DType dtype) => dtype == DType ? this : To(dtype);
}
