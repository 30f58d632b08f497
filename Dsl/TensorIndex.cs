namespace Proxima;

/// <summary>One entry of an indexer: an int picks and drops a dimension, a range slices it, a tensor of Int64 (alone) picks rows.</summary>
public readonly struct TensorIndex
{
    private readonly Range _range;

    private TensorIndex(Range range, bool isSingle, Tensor? rows = null) => (_range, IsSingle, Rows) = (range, isSingle, rows);

    /// <summary>The numbers of the rows to take, where this is a tensor.</summary>
    internal Tensor? Rows { get; }

    /// <summary>Whether this picks one position and drops the dimension.</summary>
    public bool IsSingle { get; }

    /// <summary>Position <paramref name="index"/>; negative values count from the end, as in PyTorch.</summary>
    public static implicit operator TensorIndex(int index) => index >= 0 ? (Index)index : new Index(-index, fromEnd: true);

    /// <summary>A position, from the end with <c>^</c>.</summary>
    public static implicit operator TensorIndex(Index index) => new(new Range(index, index), isSingle: true);

    /// <summary>The rows whose numbers the tensor holds, as <see cref="Ops.Embedding"/> takes them.</summary>
    public static implicit operator TensorIndex(Tensor rows) => new(default, isSingle: false, rows);

    /// <summary>The positions from the start of the range to before its end.</summary>
    public static implicit operator TensorIndex(Range range) => new(range, isSingle: false);

    /// <summary>The first position and the number of positions in a dimension of size <paramref name="size"/>.</summary>
    /// <exception cref="ArgumentException">They are not within the dimension.</exception>
    internal (int Start, int Count) Resolve(int size, int dim, ReadOnlySpan<int> shape)
    {
        if (Rows is not null) throw new ArgumentException("Index: a tensor of positions stands alone; slice the result.");
        var start = _range.Start.GetOffset(size);
        var end = IsSingle ? start + 1 : _range.End.GetOffset(size);
        return start >= 0 && start <= end && end <= size
            ? (start, end - start)
            : throw new ArgumentException($"Index: [{(IsSingle ? _range.Start : _range)}] does not lie in dim {dim} of {Shapes.Text(shape)}.");
    }
}
