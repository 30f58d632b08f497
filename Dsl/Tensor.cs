using System.ComponentModel;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Numerics = System.Numerics.Tensors;

namespace Proxima;

/// <summary>
/// A dense array of numbers: contiguous, row-major, 64-byte aligned, with a shape and a <see cref="Proxima.DType"/>.
/// </summary>
/// <remarks>
/// The memory does not move, so pointers into it stay valid as long as the tensor or any view of it is reachable, and it is
/// reclaimed by the garbage collector: there is nothing to dispose. Operations return new tensors; only <see cref="AsSpan{T}"/>,
/// <see cref="CopyFrom"/> and the views (<see cref="Row"/>) give access to the elements in place.
/// </remarks>
public sealed unsafe partial class Tensor
{
    private readonly int[] _shape;
    private readonly CacheLine[]? _memory;
    private readonly object? _owner;
    private readonly byte* _data;
    private readonly double _weakValue;

    private Tensor(CacheLine[]? memory, object? owner, byte* data, DType dtype, int[] shape, long length)
    {
        (_memory, _owner, DType, _shape, Length) = (memory, owner, dtype, shape, length);
        _data = data;
    }

    /// <summary>A weak scalar: a C# number in tensor clothes that adapts to the element type of the other operand.</summary>
    private Tensor(DType dtype, double value) : this(dtype, [], clear: false)
    {
        IsWeak = true;
        _weakValue = value;
    }

    private Tensor(DType dtype, int[] shape, bool clear)
    {
        (DType, _shape, Length) = (dtype, shape, Shapes.Length(shape));
        // One line more than needed, so that the first element can lie on a line boundary.
        var lines = Length <= long.MaxValue / 16 ? (Length * dtype.Size + sizeof(CacheLine) - 1) / sizeof(CacheLine) + 1 : long.MaxValue;
        if (lines > Array.MaxLength)
            throw new ArgumentException($"A {dtype} tensor of shape {Shapes.Text(shape)} is larger than memory can be.");
        // Pinned managed memory: spans keep it alive, the collector knows its size, and its address is fixed.
        _memory = clear ? GC.AllocateArray<CacheLine>((int)lines, pinned: true) : GC.AllocateUninitializedArray<CacheLine>((int)lines, pinned: true);
        var start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory));
        _data = (byte*)((start + (nuint)sizeof(CacheLine) - 1) / (nuint)sizeof(CacheLine) * (nuint)sizeof(CacheLine));
    }

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct CacheLine;

    /// <summary>The sizes of the dimensions; empty for a scalar.</summary>
    public ReadOnlySpan<int> Shape => _shape;

    /// <summary>The number of dimensions; 0 for a scalar.</summary>
    public int Rank => _shape.Length;

    /// <summary>The number of elements.</summary>
    public long Length { get; }

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>Whether this scalar came from a C# number and adapts to the other operand's element type.</summary>
    internal bool IsWeak { get; }

    /// <summary>The size of dimension <paramref name="i"/>; negative values count from the end.</summary>
    public int Dim(int i) => _shape[Shapes.Axis("Dim", _shape, i)];

    /// <summary>The address of the first element, 64-byte aligned unless this is a view; valid while the tensor is reachable.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void* Pointer => _data;

    /// <summary>The address of the first element of a Float32 tensor.</summary>
    /// <exception cref="InvalidOperationException">The element type is another one.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public float* Float32Pointer => DType == DType.Float32 ? (float*)_data : throw WrongType("float");

    // ---- creation ----

    /// <summary>A tensor whose elements are not set yet.</summary>
    public static Tensor Empty(DType dtype, params int[] shape) => new(dtype, [.. shape], clear: false);

    /// <summary>A Float32 tensor of zeros.</summary>
    public static Tensor Zeros(params int[] shape) => new(DType.Float32, [.. shape], clear: true);

    /// <summary>A tensor of zeros (false for Bool).</summary>
    public static Tensor Zeros(int[] shape, DType dtype) => new(dtype, [.. shape], clear: true);

    /// <summary>A Float32 tensor of ones.</summary>
    public static Tensor Ones(params int[] shape) => Full(shape, 1);

    /// <summary>A tensor of ones (true for Bool).</summary>
    public static Tensor Ones(int[] shape, DType dtype) => Full(shape, 1, dtype);

    /// <summary>A tensor whose elements all are <paramref name="value"/> (for Bool: whether it is not zero).</summary>
    public static Tensor Full(int[] shape, double value, DType dtype = DType.Float32)
    {
        var tensor = Empty(dtype, shape);
        tensor.Fill(value);
        return tensor;
    }

    /// <summary>A scalar tensor (rank 0) with the element type of <typeparamref name="T"/>.</summary>
    public static Tensor Scalar<T>(T value) where T : unmanaged
    {
        var tensor = Empty(DTypes.Of<T>());
        tensor.AsSpan<T>()[0] = value;
        return tensor;
    }

    /// <summary>A tensor with a copy of <paramref name="data"/> in row-major order; without a shape it has one dimension.</summary>
    /// <param name="data">The elements: float, double, long or bool.</param>
    /// <param name="shape">The sizes; their product must be the length of the data.</param>
    public static Tensor From<T>(T[] data, params int[] shape) where T : unmanaged => From((ReadOnlySpan<T>)data, shape);

    /// <inheritdoc cref="From{T}(T[], int[])"/>
    public static Tensor From<T>(ReadOnlySpan<T> data, params int[] shape) where T : unmanaged
    {
        var sizes = shape.Length == 0 ? [data.Length] : shape;
        if (Shapes.Length(sizes) != data.Length)
            throw new ArgumentException($"From: the data has {data.Length} elements, the shape {Shapes.Text(sizes)} has {Shapes.Length(sizes)}.");
        var tensor = Empty(DTypes.Of<T>(), sizes);
        data.CopyTo(tensor.AsSpan<T>());
        return tensor;
    }

    /// <summary>A matrix with a copy of the data.</summary>
    public static Tensor From<T>(T[,] data) where T : unmanaged => FromArray<T>(data);

    /// <summary>A tensor of three dimensions with a copy of the data.</summary>
    public static Tensor From<T>(T[,,] data) where T : unmanaged => FromArray<T>(data);

    /// <summary>A tensor of four dimensions with a copy of the data.</summary>
    public static Tensor From<T>(T[,,,] data) where T : unmanaged => FromArray<T>(data);

    /// <summary>A tensor with a copy of a <see cref="Numerics.Tensor{T}"/>.</summary>
    public static Tensor From<T>(Numerics.Tensor<T> data) where T : unmanaged => From(data.AsReadOnlyTensorSpan());

    /// <summary>A tensor with a copy of a <see cref="Numerics.ReadOnlyTensorSpan{T}"/>.</summary>
    public static Tensor From<T>(Numerics.ReadOnlyTensorSpan<T> data) where T : unmanaged
    {
        var shape = new int[data.Rank];
        for (var i = 0; i < shape.Length; i++) shape[i] = checked((int)data.Lengths[i]);
        var tensor = Empty(DTypes.Of<T>(), shape);
        data.FlattenTo(tensor.AsSpan<T>());
        return tensor;
    }

    private static Tensor FromArray<T>(Array data) where T : unmanaged
    {
        var shape = new int[data.Rank];
        for (var i = 0; i < shape.Length; i++) shape[i] = data.GetLength(i);
        var tensor = Empty(DTypes.Of<T>(), shape);
        var bytes = MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(data), checked((int)tensor.Length * sizeof(T)));
        MemoryMarshal.Cast<byte, T>(bytes).CopyTo(tensor.AsSpan<T>());
        return tensor;
    }

    /// <summary>A view of memory that someone else allocated.</summary>
    /// <param name="data">The first element; the memory is row-major and must hold the whole shape.</param>
    /// <param name="dtype">The element type.</param>
    /// <param name="owner">What keeps the memory valid; it stays reachable as long as the tensor does.</param>
    /// <param name="shape">The sizes.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static Tensor FromPointer(void* data, DType dtype, object? owner, params ReadOnlySpan<int> shape)
    {
        var length = Shapes.Length(shape);
        if (data == null && length > 0) throw new ArgumentNullException(nameof(data));
        return new(null, owner, (byte*)data, dtype, shape.ToArray(), length);
    }

    // ---- views ----

    /// <summary>A view of row <paramref name="i"/> of the first dimension: it shares the memory.</summary>
    public Tensor Row(int i)
    {
        if (Rank == 0) throw new InvalidOperationException("Row: a scalar has no rows.");
        if ((uint)i >= (uint)_shape[0]) throw new ArgumentOutOfRangeException(nameof(i), i, $"Row: {Shapes.Text(_shape)} has no row {i}.");
        return View(i * (Length / _shape[0]), _shape[1..]);
    }

    /// <summary>A view of <paramref name="shape"/> elements from element <paramref name="offset"/> on: it shares the memory.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Tensor View(long offset, params ReadOnlySpan<int> shape)
    {
        var length = Shapes.Length(shape);
        if (offset < 0 || offset > Length - length)
            throw new ArgumentException($"View: {Shapes.Text(shape)} from element {offset} on does not fit into {Shapes.Text(_shape)}.");
        return new(_memory, _owner, _data + offset * DType.Size, DType, shape.ToArray(), length);
    }

    /// <summary>The stack whose first row this tensor is; null if the memory ends before it.</summary>
    internal Tensor? StackFromHere(int[] shape)
    {
        var length = Shapes.Length(shape);
        if (_memory != null)
        {
            var end = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory)) + (long)_memory.Length * sizeof(CacheLine);
            if (length > (end - _data) / DType.Size) return null;
        }
        return new(_memory, _owner, _data, DType, shape, length);
    }

    // ---- access ----

    /// <summary>The elements in row-major order, writable in place.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the element type, or there are more elements than a span can hold.</exception>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        if (DTypes.Of<T>() != DType) throw WrongType(typeof(T).Name);
        if (Length > int.MaxValue) throw new InvalidOperationException($"A span holds {int.MaxValue} elements, {Shapes.Text(_shape)} has {Length}.");
        if (_memory is null) return new Span<T>(_data, (int)Length);
        ref var start = ref Unsafe.As<CacheLine, byte>(ref MemoryMarshal.GetArrayDataReference(_memory));
        var offset = _data - (byte*)Unsafe.AsPointer(ref start);
        return MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref Unsafe.Add(ref start, (nint)offset)), (int)Length);
    }

    /// <summary>The elements as a <see cref="Numerics.TensorSpan{T}"/> over the same memory.</summary>
    public Numerics.TensorSpan<T> AsTensorSpan<T>() where T : unmanaged => new(AsSpan<T>(), Lengths());

    /// <summary>The elements as a <see cref="Numerics.ReadOnlyTensorSpan{T}"/> over the same memory.</summary>
    public Numerics.ReadOnlyTensorSpan<T> AsReadOnlyTensorSpan<T>() where T : unmanaged => new(AsSpan<T>(), Lengths());

    private nint[] Lengths() => Array.ConvertAll(_shape, size => (nint)size);

    /// <summary>A copy of the elements in row-major order.</summary>
    public T[] ToArray<T>() where T : unmanaged => AsSpan<T>().ToArray();

    /// <summary>The value of a tensor of one element.</summary>
    /// <exception cref="InvalidOperationException">There is not exactly one element, or <typeparamref name="T"/> is not the element type.</exception>
    public T Item<T>() where T : unmanaged =>
        Length == 1 ? AsSpan<T>()[0] : throw new InvalidOperationException($"A tensor of shape {Shapes.Text(_shape)} is not a single value.");

    /// <summary>The elements converted to another type (a copy, also where the type stays).</summary>
    /// <remarks>To Int64 truncates towards zero; to Bool asks whether the element is not zero.</remarks>
    public Tensor To(DType dtype)
    {
        var result = Empty(dtype, _shape);
        if (IsWeak && dtype.IsFloating) result.Fill(_weakValue);
        else if (dtype == DType) Bytes().CopyTo(result.Bytes());
        else Convert.Elements(this, result);
        return result;
    }

    /// <summary>A copy with memory of its own.</summary>
    public Tensor Clone() => To(DType);

    /// <summary>Overwrites the elements with those of a tensor of the same shape and element type.</summary>
    public void CopyFrom(Tensor source)
    {
        if (source.DType != DType || !source.Shape.SequenceEqual(Shape))
            throw new ArgumentException($"CopyFrom: the source is {source.DType} {Shapes.Text(source.Shape)}, the destination is {DType} {Shapes.Text(Shape)}.");
        source.Bytes().CopyTo(Bytes());
    }

    /// <summary>Sets every element to <paramref name="value"/>, converted as <see cref="To"/> converts.</summary>
    public void Fill(double value)
    {
        switch (DType)
        {
            case DType.Float32: AsSpan<float>().Fill((float)value); break;
            case DType.Float64: AsSpan<double>().Fill(value); break;
            case DType.Int64: AsSpan<long>().Fill((long)value); break;
            default: AsSpan<bool>().Fill(value != 0); break;
        }
    }

    /// <summary>The element of a one-element tensor as a double, whatever its type.</summary>
    internal double ToDouble() => DType switch
    {
        _ when IsWeak && DType.IsFloating => _weakValue,
        DType.Float32 => Item<float>(),
        DType.Float64 => Item<double>(),
        DType.Int64 => Item<long>(),
        _ => Item<bool>() ? 1 : 0,
    };

    /// <summary>The element type, the shape and the first values.</summary>
    public override string ToString()
    {
        const int shown = 8;
        var text = new StringBuilder($"{DType} {Shapes.Text(_shape)}");
        var count = (int)Math.Min(Length, shown);
        for (var i = 0; i < count; i++)
        {
            text.Append(i == 0 ? ": " : ", ");
            text.Append(CultureInfo.InvariantCulture, $"{ElementAt(i)}");
        }
        return Length > shown ? text.Append(", ...").ToString() : text.ToString();
    }

    private object ElementAt(int i) => DType switch
    {
        DType.Float32 => AsSpan<float>()[i],
        DType.Float64 => AsSpan<double>()[i],
        DType.Int64 => AsSpan<long>()[i],
        _ => AsSpan<bool>()[i],
    };

    private Span<byte> Bytes() => DType switch
    {
        DType.Float32 => MemoryMarshal.AsBytes(AsSpan<float>()),
        DType.Float64 => MemoryMarshal.AsBytes(AsSpan<double>()),
        DType.Int64 => MemoryMarshal.AsBytes(AsSpan<long>()),
        _ => MemoryMarshal.AsBytes(AsSpan<bool>()),
    };

    private InvalidOperationException WrongType(string asked) =>
        new($"The tensor holds {DType}, not {asked}; convert it with To(...).");

    // ---- C# numbers ----

    /// <summary>A scalar that takes the element type of the tensor it meets.</summary>
    public static implicit operator Tensor(float value) => Weak(DType.Float32, value);

    /// <summary>A scalar that takes the element type of the tensor it meets; Float32 where it meets none or an integer.</summary>
    public static implicit operator Tensor(double value) => Weak(DType.Float32, value);

    /// <summary>A scalar that takes the element type of the tensor it meets; Int64 where it meets none or a truth value.</summary>
    public static implicit operator Tensor(int value) => (Tensor)(long)value;

    /// <inheritdoc cref="op_Implicit(int)"/>
    public static implicit operator Tensor(long value)
    {
        var scalar = new Tensor(DType.Int64, value);
        scalar.AsSpan<long>()[0] = value;
        return scalar;
    }

    /// <summary>A scalar that takes the element type of the tensor it meets; Bool where it meets none.</summary>
    public static implicit operator Tensor(bool value) => Weak(DType.Bool, value ? 1 : 0);

    private static Tensor Weak(DType dtype, double value)
    {
        var scalar = new Tensor(dtype, value);
        scalar.Fill(value);
        return scalar;
    }

    /// <summary>The value of a one-element tensor.</summary>
    public static explicit operator double(Tensor x) => x.ToDouble();

    /// <summary>The value of a one-element tensor.</summary>
    public static explicit operator float(Tensor x) => (float)x.ToDouble();

    /// <summary>The value of a one-element tensor, truncated towards zero.</summary>
    public static explicit operator long(Tensor x) => x.DType == DType.Int64 ? x.Item<long>() : (long)x.ToDouble();

    /// <summary>Whether the value of a one-element tensor is not zero.</summary>
    public static explicit operator bool(Tensor x) => x.ToDouble() != 0;

    /// <summary>Conversions between element types.</summary>
    private static class Convert
    {
        public static void Elements(Tensor from, Tensor to)
        {
            switch (from.DType)
            {
                case DType.Float32: From<float>(from.AsSpan<float>(), to); break;
                case DType.Float64: From<double>(from.AsSpan<double>(), to); break;
                case DType.Int64: From<long>(from.AsSpan<long>(), to); break;
                default: From<byte>(MemoryMarshal.AsBytes(from.AsSpan<bool>()), to); break;
            }
        }

        private static void From<T>(ReadOnlySpan<T> from, Tensor to) where T : unmanaged, System.Numerics.INumber<T>
        {
            switch (to.DType)
            {
                case DType.Float32: Numbers(from, to.AsSpan<float>()); break;
                case DType.Float64: Numbers(from, to.AsSpan<double>()); break;
                case DType.Int64: Numbers(from, to.AsSpan<long>()); break;
                default:
                    var truth = to.AsSpan<bool>();
                    for (var i = 0; i < from.Length; i++) truth[i] = !T.IsZero(from[i]);
                    break;
            }
        }

        private static void Numbers<T, R>(ReadOnlySpan<T> from, Span<R> to)
            where T : unmanaged, System.Numerics.INumber<T> where R : unmanaged, System.Numerics.INumber<R>
        {
            for (var i = 0; i < from.Length; i++) to[i] = R.CreateSaturating(from[i]);
        }
    }
}
