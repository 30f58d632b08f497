using System.Collections;
using System.Runtime.CompilerServices;

namespace Proxima;

/// <summary>One number for every spatial dimension of an operation (3), or one for each ([3, 5]); the default stands for what the operation says.</summary>
[CollectionBuilder(typeof(Spatial), nameof(Create))]
public readonly struct Spatial : IEnumerable<int>
{
    private readonly int[]? _values;

    private Spatial(int[] values) => _values = values;

    /// <summary>The same number for every dimension.</summary>
    public static implicit operator Spatial(int value) => new([value]);

    /// <summary>One number for each dimension.</summary>
    public static Spatial Create(ReadOnlySpan<int> values) => new(values.ToArray());

    /// <inheritdoc/>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(_values ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>One number for each of <paramref name="rank"/> dimensions.</summary>
    /// <param name="op">The operation, for messages.</param>
    /// <param name="name">The argument, for messages.</param>
    /// <param name="rank">The number of spatial dimensions.</param>
    /// <param name="least">The smallest number allowed.</param>
    /// <param name="otherwise">What the default stands for; null where there is none.</param>
    internal int[] For(string op, string name, int rank, int least, int[]? otherwise = null)
    {
        var values = _values is null ? otherwise : _values.Length == 1 ? [.. Enumerable.Repeat(_values[0], rank)] : _values;
        if (values is null || values.Length != rank)
            throw new ArgumentException($"{op}: {name} is {Shapes.Text(values)}; it takes one number, or {rank}.");
        foreach (var value in values)
            if (value < least) throw new ArgumentException($"{op}: {name} is {Shapes.Text(values)}; it must be at least {least}.");
        return values;
    }
}

/// <summary>Where the values of a resized image come from.</summary>
public enum Interpolation
{
    /// <summary>The value of the cell that holds the position.</summary>
    Nearest,

    /// <summary>The line through the two values around: bilinear in two dimensions.</summary>
    Linear,

    /// <summary>The cubic convolution of the four values around (Keys 1981, with -3/4): bicubic in two dimensions.</summary>
    Cubic,
}

/// <summary>What a padded tensor has beyond the values of x.</summary>
public enum PadMode
{
    /// <summary>A constant, 0 unless given.</summary>
    Constant,

    /// <summary>The values mirrored at the edges, which are not repeated.</summary>
    Reflect,

    /// <summary>The values at the edges.</summary>
    Replicate,

    /// <summary>The values from the other end.</summary>
    Circular,
}
