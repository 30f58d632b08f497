namespace Proxima;

/// <summary>
/// The one way to walk memory out of order: the offsets of the elements of a shape under given strides, in row-major order, as runs along
/// the last dimension. Transposing, slicing, broadcasting and padding are nothing but a choice of strides.
/// </summary>
internal readonly struct Strided
{
    private readonly int[] _shape;
    private readonly int[] _strides;
    private readonly int _offset;

    /// <param name="offset">The offset of the first element.</param>
    /// <param name="shape">The sizes to walk.</param>
    /// <param name="strides">What a step in each dimension adds to the offset; 0 repeats.</param>
    public Strided(int offset, ReadOnlySpan<int> shape, ReadOnlySpan<int> strides)
    {
        // Dimensions of size 1 vanish and neighbours that continue each other merge: longer runs.
        var sizes = new List<int>();
        var steps = new List<int>();
        for (var i = 0; i < shape.Length; i++)
        {
            if (shape[i] == 1) continue;
            if (steps.Count > 0 && steps[^1] == (long)strides[i] * shape[i])
            {
                sizes[^1] *= shape[i];
                steps[^1] = strides[i];
            }
            else
            {
                sizes.Add(shape[i]);
                steps.Add(strides[i]);
            }
        }
        (_offset, _shape, _strides) = (offset, [.. sizes], [.. steps]);
        RunLength = sizes.Count == 0 ? 1 : sizes[^1];
        RunStride = sizes.Count == 0 ? 1 : steps[^1];
    }

    /// <summary>The number of elements of each run.</summary>
    public int RunLength { get; }

    /// <summary>The distance of neighbouring elements of a run.</summary>
    public int RunStride { get; }

    /// <summary>The offset of the first element of each run.</summary>
    public IEnumerable<int> Runs()
    {
        if (Array.IndexOf(_shape, 0) >= 0) yield break;
        var index = new int[_shape.Length];
        var offset = _offset;
        while (true)
        {
            yield return offset;
            var dim = _shape.Length - 2;
            for (; dim >= 0; dim--)
            {
                offset += _strides[dim];
                if (++index[dim] < _shape[dim]) break;
                offset -= _shape[dim] * _strides[dim];
                index[dim] = 0;
            }
            if (dim < 0) yield break;
        }
    }

    /// <summary>A new tensor of the given shape whose elements are read from <paramref name="x"/> under the given strides.</summary>
    public static Tensor Read(Tensor x, int offset, int[] shape, int[] strides)
    {
        var result = Tensor.Empty(x.DType, shape);
        var walk = new Strided(offset, shape, strides);
        switch (x.DType)
        {
            case DType.Float32: walk.Gather<float>(x.AsSpan<float>(), result.AsSpan<float>()); break;
            case DType.Float64: walk.Gather<double>(x.AsSpan<double>(), result.AsSpan<double>()); break;
            case DType.Int64: walk.Gather<long>(x.AsSpan<long>(), result.AsSpan<long>()); break;
            default: walk.Gather<bool>(x.AsSpan<bool>(), result.AsSpan<bool>()); break;
        }
        return result;
    }

    /// <summary>Overwrites the elements of <paramref name="target"/> under the given strides with those of <paramref name="x"/>, in order.</summary>
    public static void Write(Tensor x, Tensor target, int offset, int[] strides)
    {
        var walk = new Strided(offset, x.Shape, strides);
        switch (x.DType)
        {
            case DType.Float32: walk.Scatter<float>(x.AsSpan<float>(), target.AsSpan<float>()); break;
            case DType.Float64: walk.Scatter<double>(x.AsSpan<double>(), target.AsSpan<double>()); break;
            case DType.Int64: walk.Scatter<long>(x.AsSpan<long>(), target.AsSpan<long>()); break;
            default: walk.Scatter<bool>(x.AsSpan<bool>(), target.AsSpan<bool>()); break;
        }
    }

    private void Gather<T>(ReadOnlySpan<T> from, Span<T> to)
    {
        var next = 0;
        foreach (var start in Runs())
        {
            if (RunStride == 1)
            {
                from.Slice(start, RunLength).CopyTo(to[next..]);
                next += RunLength;
                continue;
            }
            for (int i = 0, at = start; i < RunLength; i++, at += RunStride) to[next++] = from[at];
        }
    }

    private void Scatter<T>(ReadOnlySpan<T> from, Span<T> to)
    {
        var next = 0;
        foreach (var start in Runs())
            for (int i = 0, at = start; i < RunLength; i++, at += RunStride) to[at] = from[next++];
    }
}
