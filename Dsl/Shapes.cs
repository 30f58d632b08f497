namespace Proxima;

/// <summary>Arithmetic on shapes, strides and axes, shared by every operation.</summary>
internal static class Shapes
{
    /// <summary>"[2 3]", as every message prints a shape.</summary>
    public static string Text(ReadOnlySpan<int> shape) => $"[{string.Join(' ', shape.ToArray())}]";

    /// <summary>The number of elements; a negative size or an overflow of 64 bits is an error.</summary>
    public static long Length(ReadOnlySpan<int> shape)
    {
        var length = 1L;
        var overflow = false;
        var empty = false;
        foreach (var size in shape)
        {
            if (size < 0) throw new ArgumentException($"The shape {Text(shape)} has the negative size {size}.");
            empty |= size == 0;
            overflow |= size != 0 && length > long.MaxValue / size;
            if (!overflow && size != 0) length *= size;
        }
        if (empty) return 0;
        return overflow ? throw new ArgumentException($"The shape {Text(shape)} has more elements than 64 bits can count.") : length;
    }

    /// <summary>Row-major strides in elements.</summary>
    public static int[] Strides(ReadOnlySpan<int> shape)
    {
        var strides = new int[shape.Length];
        var stride = 1L;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = unchecked((int)stride);
            stride *= shape[i];
        }
        return strides;
    }

    /// <summary>An axis in 0..rank-1 from one that may count from the end.</summary>
    public static int Axis(string op, ReadOnlySpan<int> shape, int dim)
    {
        var rank = shape.Length;
        return dim >= -rank && dim < rank
            ? (dim + rank) % rank
            : throw new ArgumentException($"{op}: dim {dim} does not exist in {Text(shape)}.");
    }

    /// <summary>The common shape of two operands, aligned at the end, where size 1 stretches; null if two sizes differ.</summary>
    public static int[]? TryBroadcast(ReadOnlySpan<int> x, ReadOnlySpan<int> y, out (int X, int Y) clash)
    {
        clash = default;
        var shape = new int[Math.Max(x.Length, y.Length)];
        for (var i = 1; i <= shape.Length; i++)
        {
            var (a, b) = clash = (i <= x.Length ? x[^i] : 1, i <= y.Length ? y[^i] : 1);
            if (a != b && a != 1 && b != 1) return null;
            shape[^i] = a == 1 ? b : a;
        }
        return shape;
    }

    /// <summary>The common shape of two operands, or an error that names them.</summary>
    public static int[] Broadcast(string op, ReadOnlySpan<int> x, ReadOnlySpan<int> y, string nameX = "x", string nameY = "y") =>
        TryBroadcast(x, y, out var clash)
        ?? throw new ArgumentException($"{op}: {nameX} is {Text(x)}, {nameY} is {Text(y)}; the sizes {clash.X} and {clash.Y} do not broadcast.");

    /// <summary>The strides that read an operand of shape <paramref name="from"/> as if it had the broadcast shape <paramref name="to"/>.</summary>
    public static int[] BroadcastStrides(ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        var own = Strides(from);
        var strides = new int[to.Length];
        for (var i = 1; i <= from.Length; i++)
            strides[^i] = from[^i] == 1 ? 0 : own[^i];
        return strides;
    }
}
