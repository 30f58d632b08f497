namespace Proxima;

public static partial class Ops
{
    // ---- whole numbers ----

    /// <summary>⌊x / y⌋: of Int64 in whole numbers, where a division by 0 gives 0.</summary>
    public static Tensor FloorDivide(Tensor x, Tensor y) =>
        Number("FloorDivide", x, y, (a, b) => float.Floor(a / b), (a, b) => double.Floor(a / b), WholeNumbers.FloorDivide);

    /// <summary>The bits that both have; Int64, and Bool counts as such.</summary>
    public static Tensor BitwiseAnd(Tensor x, Tensor y) => Bits("BitwiseAnd", x, y, (a, b) => a & b);

    /// <summary>The bits that either has; Int64, and Bool counts as such.</summary>
    public static Tensor BitwiseOr(Tensor x, Tensor y) => Bits("BitwiseOr", x, y, (a, b) => a | b);

    /// <summary>The bits that one has and the other has not; Int64, and Bool counts as such.</summary>
    public static Tensor BitwiseXor(Tensor x, Tensor y) => Bits("BitwiseXor", x, y, (a, b) => a ^ b);

    /// <summary>The bits that x has not: -1 - x.</summary>
    public static Tensor BitwiseNot(Tensor x) => BitwiseXor(x, -1);

    /// <summary>x with its bits moved up; of the count the last six bits are taken.</summary>
    public static Tensor BitwiseLeftShift(Tensor x, Tensor count) => Bits("BitwiseLeftShift", x, count, WholeNumbers.BitwiseLeftShift);

    /// <summary>x with its bits moved down, the sign kept: ⌊x / 2ⁿ⌋. Of the count the last six bits are taken.</summary>
    public static Tensor BitwiseRightShift(Tensor x, Tensor count) => Bits("BitwiseRightShift", x, count, WholeNumbers.BitwiseRightShift);

    private static Tensor Bits(string op, Tensor x, Tensor y, Func<long, long, long> f)
    {
        if (DTypes.Promote(x, y).IsFloating)
            throw new ArgumentException($"{op}: the operands are {x.DType} and {y.DType}; only Int64 has bits: convert them with To.");
        return Apply(op, x.As(DType.Int64), y.As(DType.Int64), f);
    }

    /// <summary>Truth values as bits: bit i of word w is x[.., 64 w + i], and what is beyond the last is 0.</summary>
    /// <param name="x">Bool, <c>[n k]</c>.</param>
    /// <returns>Int64, <c>[n (k+63)/64]</c>.</returns>
    [TensorFunction]
    public static Tensor PackBits(Tensor x)
    {
        var words = (x.Dim(1) + 63) / 64;
        var bits = Pad(x.To(DType.Int64), [0, 64 * words - x.Dim(1)]);
        return Sum(Reshape(BitwiseLeftShift(bits, Arange(64 * words)), x.Dim(0), words, 64), dim: 2);
    }

    /// <summary>The first bits of words, as <see cref="PackBits"/> packs them.</summary>
    /// <param name="x">Int64, <c>[n w]</c>.</param>
    /// <param name="count">How many bits of each row, at most 64 w.</param>
    /// <returns>Bool, <c>[n count]</c>.</returns>
    [TensorFunction]
    public static Tensor UnpackBits(Tensor x, int count)
    {
        var words = Reshape(Expand(Unsqueeze(x, 2), x.Dim(0), x.Dim(1), 64), x.Dim(0), 64 * x.Dim(1));
        return NotEqual(BitwiseAnd(BitwiseRightShift(Slice(words, 1, 0, count), Arange(count)), 1), 0);
    }
}

/// <summary>What operations on whole numbers mean where C# and devices leave it open.</summary>
public static class WholeNumbers
{
    /// <summary>⌊x / y⌋, 0 for a division by 0; the smallest number divided by -1 is itself.</summary>
    public static long FloorDivide(long x, long y)
    {
        if (y == 0) return 0;
        if (y == -1) return unchecked(-x);
        var quotient = x / y;
        return quotient * y != x && (x < 0) != (y < 0) ? quotient - 1 : quotient;
    }

    /// <summary>x with its bits moved up by the last six bits of a count.</summary>
    public static long BitwiseLeftShift(long x, long count) => x << (int)(count & 63);

    /// <summary>x with its bits moved down by the last six bits of a count, the sign kept.</summary>
    public static long BitwiseRightShift(long x, long count) => x >> (int)(count & 63);
}
