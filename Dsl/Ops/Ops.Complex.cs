namespace Proxima;

public static partial class Ops
{
    // ---- complex numbers: pairs along the last dimension, the real part first ----

    /// <summary>The products of complex numbers, as pairs <c>[... 2]</c>.</summary>
    public static Tensor ComplexMul(Tensor x, Tensor y)
    {
        Tensor a = Part("ComplexMul", x, 0), b = Part("ComplexMul", x, 1), c = Part("ComplexMul", y, 0), d = Part("ComplexMul", y, 1);
        return Stack([a * c - b * d, a * d + b * c], -1);
    }

    /// <summary>The conjugates of complex numbers, as pairs <c>[... 2]</c>.</summary>
    public static Tensor ComplexConj(Tensor x) => Stack([Part("ComplexConj", x, 0), -Part("ComplexConj", x, 1)], -1);

    /// <summary>The absolute values of complex numbers, pairs <c>[... 2]</c>: real.</summary>
    public static Tensor ComplexAbs(Tensor x)
    {
        Tensor a = Part("ComplexAbs", x, 0), b = Part("ComplexAbs", x, 1);
        return Sqrt(a * a + b * b);
    }

    private static Tensor Part(string op, Tensor x, int part) => x.Rank > 0 && x.Shape[^1] == 2
        ? Pick(x, part)
        : throw new ArgumentException($"{op}: x is {Shapes.Text(x.Shape)}; complex numbers are pairs along the last dimension.");

    /// <summary>The discrete Fourier transform along some dimensions of complex numbers, pairs <c>[... 2]</c>.</summary>
    /// <param name="x">The values.</param>
    /// <param name="dims">The dimensions of the complex tensor, the pair not counted: -1 is the one before it.</param>
    /// <param name="norm">What is divided by the number of terms: nothing ("backward"), the result ("forward"), or the result by its root ("ortho"), as in PyTorch.</param>
    public static Tensor Fft(Tensor x, int[] dims, string norm = "backward") => Transform("Fft", x, dims, norm, 0);

    /// <summary>The inverse of <see cref="Fft(Tensor, int[], string)"/> with the same dims and norm.</summary>
    /// <inheritdoc cref="Fft(Tensor, int[], string)"/>
    public static Tensor Ifft(Tensor x, int[] dims, string norm = "backward") => Transform("Ifft", x, dims, norm, 1);

    /// <summary>The discrete Fourier transform of real numbers: along the last of the dims only the first <c>n/2+1</c> values, since the others are their conjugates. The result has pairs along a new last dimension.</summary>
    /// <param name="x">The values.</param>
    /// <param name="dims">The dimensions.</param>
    /// <param name="norm">As <see cref="Fft(Tensor, int[], string)"/> has it.</param>
    public static Tensor Rfft(Tensor x, int[] dims, string norm = "backward")
    {
        x = x.As(FloatingType(x.DType));
        var axis = Shapes.Axis("Rfft", x.Shape, dims.Length > 0 ? dims[^1] : throw new ArgumentException("Rfft: no dimension is named."));
        if (x.Shape[axis] == 0) throw new ArgumentException($"Rfft: x is {Shapes.Text(x.Shape)}; dim {dims[^1]} must not be empty.");
        var pairs = Stack([x, Full(x.Shape.ToArray(), 0, x.DType)], -1);
        var half = Slice(Transform("Rfft", pairs, [axis], norm, 0), axis, 0, x.Shape[axis] / 2 + 1);
        return Transform("Rfft", half, [.. dims[..^1].Select(dim => Shapes.Axis("Rfft", x.Shape, dim))], norm, 0);
    }

    /// <summary>The inverse of <see cref="Rfft(Tensor, int[], string)"/>: real numbers from the first half of their transform.</summary>
    /// <param name="x">The values, pairs <c>[... 2]</c>.</param>
    /// <param name="n">The size of the last of the dims in the result: an even one has <c>n/2+1</c> values, and so has the odd one above it.</param>
    /// <param name="dims">The dimensions, the pair not counted.</param>
    /// <param name="norm">As <see cref="Fft(Tensor, int[], string)"/> has it.</param>
    public static Tensor Irfft(Tensor x, int n, int[] dims, string norm = "backward")
    {
        x = x.As(FloatingType(x.DType));
        if (dims.Length == 0) throw new ArgumentException("Irfft: no dimension is named.");
        var axis = ComplexAxis("Irfft", x, dims[^1]);
        if (n < 1 || x.Shape[axis] != n / 2 + 1)
            throw new ArgumentException($"Irfft: x is {Shapes.Text(x.Shape)}; for {n} numbers dim {dims[^1]} must be {n / 2 + 1}.");
        x = Transform("Irfft", x, dims[..^1], norm, 1);
        var rest = Slice(x, axis, 1, n - n / 2);
        var all = Concat([x, Flip(ComplexConj(rest), axis)], axis);
        return Pick(Transform("Irfft", all, [axis], norm, 1), 0);
    }

    private static int ComplexAxis(string op, Tensor x, int dim) => x.Rank > 0 && x.Shape[^1] == 2
        ? Shapes.Axis(op, x.Shape[..^1], dim)
        : throw new ArgumentException($"{op}: x is {Shapes.Text(x.Shape)}; complex numbers are pairs along the last dimension.");

    private static Tensor Transform(string op, Tensor x, int[] dims, string norm, int inverse)
    {
        x = x.As(FloatingType(x.DType));
        if (norm is not ("backward" or "forward" or "ortho")) throw new ArgumentException($"{op}: the norm '{norm}' is not known; there are backward, ortho and forward.");
        foreach (var dim in dims)
        {
            var axis = ComplexAxis(op, x, dim);
            int n = x.Shape[axis], before = checked((int)Shapes.Length(x.Shape[..axis])), after = checked((int)Shapes.Length(x.Shape[(axis + 1)..^1]));
            var parts = Permute(x, [x.Rank - 1, .. Enumerable.Range(0, x.Rank - 1)]);
            var lines = Reshape(parts, [2, before, n, after]);
            lines = Routine("Fft", [2, before, n, after], x.DType, [lines], [inverse]);
            x = Permute(Reshape(lines, parts.Shape.ToArray()), [.. Enumerable.Range(1, x.Rank - 1), 0]);
            var factor = norm == "ortho" ? 1 / Math.Sqrt(n) : (norm == "forward") == (inverse == 0) ? 1.0 / n : 1;
            if (factor != 1) x = factor * x;
        }
        return x;
    }
}
