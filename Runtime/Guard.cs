using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Proxima.Runtime;

/// <summary>What generated code checks before it touches memory. Nothing is allocated as long as all is well.</summary>
public static unsafe class Guard
{
    /// <summary>Checks the element type and the rank of an argument.</summary>
    /// <param name="tensor">The argument.</param>
    /// <param name="name">Its name.</param>
    /// <param name="dtype">The declared element type.</param>
    /// <param name="declared">The declared shape, for the message: <c>[b m]</c>.</param>
    /// <param name="rank">The number of declared dimensions, leading dimensions counted as one.</param>
    /// <param name="leading">Whether the first declared dimension stands for any number of leading ones.</param>
    /// <exception cref="ArgumentNullException">There is no tensor.</exception>
    /// <exception cref="ArgumentException">The element type or the rank differs.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Argument([NotNull] Tensor? tensor, string name, DType dtype, string declared, int rank, bool leading = false)
    {
        if (tensor is null || tensor.DType != dtype || (leading ? tensor.Rank < rank - 1 : tensor.Rank != rank))
            RefuseArgument(tensor, name, dtype, declared, rank, leading);
    }

    [DoesNotReturn]
    private static void RefuseArgument(Tensor? tensor, string name, DType dtype, string declared, int rank, bool leading)
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        if (tensor.DType != dtype)
            throw new ArgumentException($"{name} is {tensor.DType} {Text(tensor.Shape)} where {dtype} {declared} is declared.");
        throw new ArgumentException($"{name} is {Text(tensor.Shape)} where {declared} is declared: it has {Dimensions(tensor.Rank)} instead of {(leading ? $"at least {rank - 1}" : rank)}.");
    }

    /// <summary>Checks one dimension of an argument whose size the constructor or an earlier argument has bound.</summary>
    /// <param name="tensor">The argument.</param>
    /// <param name="name">Its name.</param>
    /// <param name="declared">The declared shape: <c>[b m]</c>.</param>
    /// <param name="dim">The dimension.</param>
    /// <param name="size">The size it must have.</param>
    /// <param name="sizeName">The name of that size: <c>m</c>.</param>
    /// <param name="boundBy">What bound it: <c>constructor of Lista</c>.</param>
    /// <exception cref="ArgumentException">The size differs: "y is [3 7] where [b m] is declared; m is 250 (constructor of Lista) but dimension 1 is 7."</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dim(Tensor tensor, string name, string declared, int dim, nint size, string sizeName, string boundBy)
    {
        if (tensor.Dim(dim) != size)
            RefuseDim(tensor, name, declared, dim, size, sizeName, boundBy);
    }

    [DoesNotReturn]
    private static void RefuseDim(Tensor tensor, string name, string declared, int dim, nint size, string sizeName, string boundBy) =>
        throw new ArgumentException(
            $"{name} is {Text(tensor.Shape)} where {declared} is declared; {sizeName} is {size} ({boundBy}) but dimension {dim} is {tensor.Dim(dim)}.");

    /// <summary>Checks a tensor that receives a result.</summary>
    /// <param name="into">The destination.</param>
    /// <param name="name">Its name.</param>
    /// <param name="dtype">The element type of the result.</param>
    /// <param name="shape">The shape of the result.</param>
    /// <exception cref="ArgumentNullException">There is no tensor.</exception>
    /// <exception cref="ArgumentException">The element type or the shape differs.</exception>
    public static void Destination([NotNull] Tensor? into, string name, DType dtype, params ReadOnlySpan<int> shape)
    {
        if (into is null || into.DType != dtype || !into.Shape.SequenceEqual(shape))
            RefuseDestination(into, name, dtype, shape);
    }

    /// <summary>Checks a tensor that receives a result with the leading dimensions of another tensor, all but its last <paramref name="trailing"/> ones.</summary>
    /// <param name="into">The destination.</param>
    /// <param name="name">Its name.</param>
    /// <param name="dtype">The element type of the result.</param>
    /// <param name="leading">The tensor with the leading dimensions.</param>
    /// <param name="trailing">How many of its last dimensions are not among them.</param>
    /// <param name="rest">The dimensions of the result behind the leading ones.</param>
    /// <inheritdoc cref="Destination" path="/exception"/>
    public static void DestinationLike([NotNull] Tensor? into, string name, DType dtype, Tensor leading, int trailing, params ReadOnlySpan<int> rest)
    {
        var batch = leading.Shape[..^trailing];
        if (into is null || into.DType != dtype || into.Rank != batch.Length + rest.Length || !into.Shape[..batch.Length].SequenceEqual(batch) || !into.Shape[batch.Length..].SequenceEqual(rest))
            RefuseDestination(into, name, dtype, [.. batch, .. rest]);
    }

    [DoesNotReturn]
    private static void RefuseDestination(Tensor? into, string name, DType dtype, ReadOnlySpan<int> shape)
    {
        ArgumentNullException.ThrowIfNull(into, name);
        throw new ArgumentException($"{name} is {into.DType} {Text(into.Shape)}; the result is {dtype} {Text(shape)}.");
    }

    /// <summary>Whether two tensors share memory.</summary>
    public static bool Overlap(Tensor x, Tensor y)
    {
        var (startX, startY) = ((nuint)x.Pointer, (nuint)y.Pointer);
        return startX < startY + Bytes(y) && startY < startX + Bytes(x);
    }

    private static nuint Bytes(Tensor x) => (nuint)(x.Length * x.DType.Size);

    /// <summary>The number of elements of the leading dimensions of a tensor: all but the last <paramref name="trailing"/> ones.</summary>
    public static nint Leading(Tensor tensor, int trailing)
    {
        nint product = 1;
        foreach (var size in tensor.Shape[..^trailing])
            product = checked(product * size);
        return product;
    }

    /// <summary>A tensor with the leading dimensions of another, all but its last <paramref name="trailing"/> ones, and further ones.</summary>
    public static Tensor EmptyLike(DType dtype, Tensor leading, int trailing, params ReadOnlySpan<int> rest) =>
        Tensor.Empty(dtype, [.. leading.Shape[..^trailing], .. rest]);

    /// <summary>Checks that every element is a class: at least 0 and below the number of classes.</summary>
    /// <exception cref="ArgumentException">One is not; the message names it and its place.</exception>
    public static void Classes(Tensor indices, string name, nint classes)
    {
        var values = indices.AsSpan<long>();
        for (var i = 0; i < values.Length; i++)
        {
            if ((ulong)values[i] >= (ulong)classes)
                throw new ArgumentException($"{name}: element {i} is {values[i]}, which is out of range; there are {classes}.", name);
        }
    }

    /// <summary>Refuses a call whose sizes do not satisfy a condition.</summary>
    /// <param name="message">The condition in words.</param>
    /// <param name="left">The size that should be equal to or at most <paramref name="right"/>.</param>
    /// <param name="right">The other size.</param>
    /// <exception cref="ArgumentException">Always.</exception>
    [DoesNotReturn]
    public static void Fail(string message, nint left, nint right) => throw new ArgumentException($"{message}: {left} against {right}.");

    private static string Dimensions(int rank) => rank == 1 ? "1 dimension" : $"{rank} dimensions";

    private static string Text(ReadOnlySpan<int> shape) => $"[{string.Join(' ', shape.ToArray())}]";
}
