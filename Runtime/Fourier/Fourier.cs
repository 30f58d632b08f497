using System.Numerics;
using System.Runtime.Intrinsics;

namespace Proxima.Runtime;

/// <summary>Discrete Fourier transforms along one axis, without a factor: <c>X[k] = Σⱼ x[j] exp(∓2πi jk/n)</c>, the upper sign forward.</summary>
/// <remarks>
/// The items of a batch lie one after another. A complex item is <c>[2, before, n, after]</c>, the real parts first; a real one <c>[before, n, after]</c>; of the transform of a real one only the
/// first <c>n/2 + 1</c> values of a line are kept, since the others are their conjugates. Each lane of a vector transforms a line of its own, so the result is the same
/// for any number of threads, and what is no number in one line stays in it. Real lines of even length are complex ones of half the length. Lengths are split into factors up to 13 (Stockham's order, which needs no permutation); others are convolutions with a chirp (Bluestein). Tables are made once
/// per length and kept. Operand and result must not overlap.
/// </remarks>
public static unsafe class Fourier
{
    /// <summary>Transforms complex lines.</summary>
    /// <param name="x">The operand.</param>
    /// <param name="result">The result.</param>
    /// <param name="batch">The number of items.</param>
    /// <param name="before">The size of the axes before the transformed one.</param>
    /// <param name="n">The size of the transformed axis.</param>
    /// <param name="after">The size of the axes behind it.</param>
    /// <param name="inverse">0: forward; else the inverse, times n.</param>
    public static void Fft(float* x, float* result, nint batch, nint before, nint n, nint after, nint inverse) =>
        Run(x, result, batch, before, n, after, inverse != 0 ? FourierKind.Inverse : FourierKind.Forward);

    /// <inheritdoc cref="Fft(float*, float*, nint, nint, nint, nint, nint)"/>
    public static void Fft(double* x, double* result, nint batch, nint before, nint n, nint after, nint inverse) =>
        Run<double>(x, result, batch, before, n, after, inverse != 0 ? FourierKind.Inverse : FourierKind.Forward);

    /// <summary>Transforms real lines.</summary>
    /// <param name="x">The operand, real.</param>
    /// <param name="result">The first halves, complex.</param>
    /// <param name="batch">The number of items.</param>
    /// <param name="before">The size of the axes before the transformed one.</param>
    /// <param name="n">The size of the transformed axis of the operand.</param>
    /// <param name="after">The size of the axes behind it.</param>
    public static void Rfft(float* x, float* result, nint batch, nint before, nint n, nint after) => Run(x, result, batch, before, n, after, FourierKind.FromReal);

    /// <inheritdoc cref="Rfft(float*, float*, nint, nint, nint, nint)"/>
    public static void Rfft(double* x, double* result, nint batch, nint before, nint n, nint after) => Run<double>(x, result, batch, before, n, after, FourierKind.FromReal);

    /// <summary>Finds real lines, times n, from the first halves of their transforms. What is its own conjugate (k = 0 and k = n/2) counts as real.</summary>
    /// <param name="x">The first halves, complex.</param>
    /// <param name="result">The result, real.</param>
    /// <param name="batch">The number of items.</param>
    /// <param name="before">The size of the axes before the transformed one.</param>
    /// <param name="n">The size of the transformed axis of the result.</param>
    /// <param name="after">The size of the axes behind it.</param>
    public static void Irfft(float* x, float* result, nint batch, nint before, nint n, nint after) => Run(x, result, batch, before, n, after, FourierKind.ToReal);

    /// <inheritdoc cref="Irfft(float*, float*, nint, nint, nint, nint)"/>
    public static void Irfft(double* x, double* result, nint batch, nint before, nint n, nint after) => Run<double>(x, result, batch, before, n, after, FourierKind.ToReal);

    private static void Run(float* x, float* result, nint batch, nint before, nint n, nint after, FourierKind kind)
    {
        // A convolution loses digits: it is done in double precision.
        if (!FourierPlan<float>.IsSmooth(n)) Run<float>(x, result, batch, before, n, after, kind);
        else if (Vector512.IsHardwareAccelerated) FourierJob<F512, float, float>.Dispatch(x, result, batch, before, n, after, kind);
        else if (Vector256.IsHardwareAccelerated) FourierJob<F256, float, float>.Dispatch(x, result, batch, before, n, after, kind);
        else FourierJob<F128, float, float>.Dispatch(x, result, batch, before, n, after, kind);
    }

    private static void Run<M>(M* x, M* result, nint batch, nint before, nint n, nint after, FourierKind kind) where M : unmanaged, IFloatingPointIeee754<M>
    {
        if (Vector512.IsHardwareAccelerated) FourierJob<D512, double, M>.Dispatch(x, result, batch, before, n, after, kind);
        else if (Vector256.IsHardwareAccelerated) FourierJob<D256, double, M>.Dispatch(x, result, batch, before, n, after, kind);
        else FourierJob<D128, double, M>.Dispatch(x, result, batch, before, n, after, kind);
    }
}

/// <summary>What is transformed into what.</summary>
internal enum FourierKind
{
    /// <summary>Complex to complex.</summary>
    Forward,

    /// <summary>Complex to complex, with the conjugate roots.</summary>
    Inverse,

    /// <summary>Real numbers to the first half of their transform.</summary>
    FromReal,

    /// <summary>The first half of a transform to the real numbers that have it.</summary>
    ToReal,
}
