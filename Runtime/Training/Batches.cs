namespace Proxima.Training;

/// <summary>Shuffled minibatches of one or several tensors whose rows belong together.</summary>
/// <remarks>The same seed and epoch give the same batches on every machine.</remarks>
public sealed class Batches
{
    private readonly ulong _seed;
    private readonly Tensor[] _data;
    private readonly Tensor[] _full;
    private readonly Tensor[] _last;
    private readonly int[] _order;

    /// <summary>Batches of rows, the slices along the first dimension.</summary>
    /// <param name="size">The rows of a batch.</param>
    /// <param name="seed">The seed of the order.</param>
    /// <param name="dropLast">Whether to leave out the rows that do not fill a batch; otherwise they make a smaller last one.</param>
    /// <param name="data">The tensors; all have the same number of rows.</param>
    /// <exception cref="ArgumentException">No tensor, a scalar, or different numbers of rows.</exception>
    public Batches(int size, ulong seed, bool dropLast, params Tensor[] data)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentNullException.ThrowIfNull(data);
        if (data.Length == 0)
            throw new ArgumentException("Batches need at least one tensor.", nameof(data));
        foreach (var tensor in data)
        {
            if (tensor.Rank == 0)
                throw new ArgumentException("Batches: a scalar has no rows.", nameof(data));
            if (tensor.Dim(0) != data[0].Dim(0))
                throw new ArgumentException($"Batches: one tensor has {data[0].Dim(0)} rows, another has {tensor.Dim(0)}.", nameof(data));
        }
        (Rows, Size, _seed, _data) = (data[0].Dim(0), size, seed, data);
        var rest = dropLast ? 0 : Rows % size;
        Count = Rows / size + (rest > 0 ? 1 : 0);
        _full = Array.ConvertAll(data, tensor => Tensor.Empty(tensor.DType, [size, .. tensor.Shape[1..]]));
        _last = rest > 0 ? Array.ConvertAll(_full, tensor => tensor.View(0, [rest, .. tensor.Shape[1..]])) : _full;
        _order = new int[Rows];
    }

    /// <summary>The rows of all data.</summary>
    public int Rows { get; }

    /// <summary>The rows of a batch.</summary>
    public int Size { get; }

    /// <summary>The batches of an epoch.</summary>
    public int Count { get; }

    /// <summary>The batches of one pass over the data, in an order of their own for each epoch.</summary>
    /// <remarks>The tensors of a batch, one for each tensor of the data, are overwritten by the next one. One epoch runs at a time.</remarks>
    public IEnumerable<IReadOnlyList<Tensor>> Epoch(int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        return Walk(epoch);
    }

    private IEnumerable<IReadOnlyList<Tensor>> Walk(int epoch)
    {
        Shuffle(new Philox(_seed, (ulong)epoch));
        for (var i = 0; i < Count; i++)
        {
            var batch = (i + 1) * (long)Size <= Rows ? _full : _last;
            for (var t = 0; t < batch.Length; t++)
                Gather(_data[t], batch[t], _order.AsSpan(i * Size, batch[t].Dim(0)));
            yield return batch;
        }
    }

    private void Shuffle(Philox random)
    {
        for (var i = 0; i < _order.Length; i++)
            _order[i] = i;
        for (var i = _order.Length - 1; i > 0; i--)
        {
            var (high, low, _, _) = random.Block((ulong)i);
            var j = (int)Math.BigMul((ulong)high << 32 | low, (ulong)i + 1, out _);
            (_order[i], _order[j]) = (_order[j], _order[i]);
        }
    }

    private static unsafe void Gather(Tensor from, Tensor to, ReadOnlySpan<int> rows)
    {
        if (to.Length == 0)
            return;
        var bytes = to.Length / to.Dim(0) * to.DType.Size;
        for (var i = 0; i < rows.Length; i++)
            Buffer.MemoryCopy((byte*)from.Pointer + rows[i] * bytes, (byte*)to.Pointer + i * bytes, bytes, bytes);
        GC.KeepAlive(from);
        GC.KeepAlive(to);
    }
}
