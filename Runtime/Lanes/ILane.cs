namespace Proxima.Runtime;

/// <summary>
/// A row of <see cref="Count"/> numbers that one instruction works on. Kernels are written once over this interface and run at
/// every vector width, down to a single number for the tail of a loop.
/// </summary>
/// <remarks>
/// Every width computes an elementwise function by the same formula, so an element's value depends neither on the width of
/// the machine nor on its place in the row. Comparisons answer with a mask: all bits set where true, none where false.
/// </remarks>
/// <typeparam name="V">The implementing type.</typeparam>
/// <typeparam name="T">The element: <see cref="float"/> or <see cref="double"/>.</typeparam>
public unsafe interface ILane<V, T>
    where V : unmanaged, ILane<V, T>
    where T : unmanaged
{
    /// <summary>The number of elements.</summary>
    static abstract int Count { get; }

    /// <summary>Reads <see cref="Count"/> adjacent elements; no alignment is needed.</summary>
    static abstract V Load(T* p);
    /// <summary>Count elements from memory where the mask is set, 0 elsewhere: memory is not touched there.</summary>
    static abstract V LoadMasked(T* p, V mask);
    /// <summary>Writes <see cref="Count"/> adjacent elements; no alignment is needed.</summary>
    static abstract void Store(T* p, V v);
    /// <summary>Writes the elements where the mask is set: memory is not touched elsewhere.</summary>
    static abstract void StoreMasked(T* p, V v, V mask);
    /// <summary>Every element is <paramref name="x"/>.</summary>
    static abstract V Broadcast(T x);
    /// <summary>start, start + 1, start + 2, ...</summary>
    static abstract V Ramp(T start);

    /// <summary>a + b.</summary>
    static abstract V operator +(V a, V b);
    /// <summary>a - b.</summary>
    static abstract V operator -(V a, V b);
    /// <summary>a · b.</summary>
    static abstract V operator *(V a, V b);
    /// <summary>a / b.</summary>
    static abstract V operator /(V a, V b);
    /// <summary>-a.</summary>
    static abstract V operator -(V a);
    /// <summary>a · b + c, rounded once.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>The smaller of two; NaN if either is NaN.</summary>
    static abstract V Min(V a, V b);
    /// <summary>The larger of two; NaN if either is NaN.</summary>
    static abstract V Max(V a, V b);
    /// <summary>a, but <paramref name="limit"/> where that is smaller; NaN stays.</summary>
    static abstract V AtMost(V a, V limit);
    /// <summary>a, but <paramref name="limit"/> where that is larger; NaN stays.</summary>
    static abstract V AtLeast(V a, V limit);
    /// <summary>|a|.</summary>
    static abstract V Abs(V a);
    /// <summary>The square root, correctly rounded.</summary>
    static abstract V Sqrt(V a);
    /// <summary>1 / √a by a square root and a division, not an estimate.</summary>
    static abstract V Rsqrt(V a);
    /// <summary>1 / a by a division, not an estimate.</summary>
    static abstract V Reciprocal(V a);
    /// <summary>The largest whole number that is not above a.</summary>
    static abstract V Floor(V a);
    /// <summary>The nearest whole number, ties to even.</summary>
    static abstract V Round(V a);
    /// <summary>-1, 0 or 1; 0 for NaN too, as in PyTorch.</summary>
    static abstract V Sign(V a);

    /// <summary>eᵃ.</summary>
    static abstract V Exp(V a);
    /// <summary>eᵃ - 1, accurate near 0.</summary>
    static abstract V Expm1(V a);
    /// <summary>The natural logarithm.</summary>
    static abstract V Log(V a);
    /// <summary>The hyperbolic tangent.</summary>
    static abstract V Tanh(V a);
    /// <summary>The logistic function 1 / (1 + e⁻ᵃ).</summary>
    static abstract V Sigmoid(V a);
    /// <summary>The error function.</summary>
    static abstract V Erf(V a);
    /// <summary>The sine of an angle in radians.</summary>
    static abstract V Sin(V a);
    /// <summary>The cosine of an angle in radians.</summary>
    static abstract V Cos(V a);
    /// <summary>aᵇ, with the special cases of <see cref="Math.Pow"/>.</summary>
    static abstract V Pow(V a, V b);
    /// <summary>sign(x) · max(|x| - t, 0), the proximal operator of t·|x|; NaN passes through.</summary>
    static abstract V SoftThreshold(V x, V t);
    /// <summary>x · 2ⁿ for whole n, rounded once even where the result is subnormal. n lies within ±2·(largest exponent).</summary>
    static abstract V Scale(V x, V n);

    /// <summary>Mask of a = b.</summary>
    static abstract V Equal(V a, V b);
    /// <summary>Mask of a ≠ b; true where either is NaN.</summary>
    static abstract V NotEqual(V a, V b);
    /// <summary>Mask of a &lt; b.</summary>
    static abstract V Less(V a, V b);
    /// <summary>Mask of a ≤ b.</summary>
    static abstract V LessEqual(V a, V b);
    /// <summary>Mask of a &gt; b.</summary>
    static abstract V Greater(V a, V b);
    /// <summary>Mask of a ≥ b.</summary>
    static abstract V GreaterEqual(V a, V b);
    /// <summary>Bitwise and.</summary>
    static abstract V And(V a, V b);
    /// <summary>Bitwise or.</summary>
    static abstract V Or(V a, V b);
    /// <summary>Bitwise complement.</summary>
    static abstract V Not(V a);
    /// <summary>The bits of each element, shifted towards the sign.</summary>
    static abstract V ShiftLeft(V a, int bits);
    /// <summary>The bits of each element, shifted away from the sign; zeros come in.</summary>
    static abstract V ShiftRight(V a, int bits);
    /// <summary>a where the mask is set, b elsewhere.</summary>
    static abstract V Select(V mask, V a, V b);
    /// <summary>The mask of the elements before number <paramref name="count"/>: none where it is 0 or less, all where it is <see cref="Count"/> or more.</summary>
    static abstract V First(long count);
    /// <summary>Whether any element of a mask is set.</summary>
    static abstract bool Any(V mask);

    /// <summary>Elements 0, 2, 4, ... of a, then those of b.</summary>
    static abstract V Even(V a, V b);
    /// <summary>Elements 1, 3, 5, ... of a, then those of b; b itself where there is one element.</summary>
    static abstract V Odd(V a, V b);
    /// <summary>The first half of a0, b0, a1, b1, ...</summary>
    static abstract V ZipLow(V a, V b);
    /// <summary>The second half of a0, b0, a1, b1, ...</summary>
    static abstract V ZipHigh(V a, V b);

    /// <summary>The sum of the elements.</summary>
    static abstract T Sum(V a);
    /// <summary>The largest element; NaN if any is NaN.</summary>
    static abstract T Max(V a);
    /// <summary>The smallest element; NaN if any is NaN.</summary>
    static abstract T Min(V a);
}
