namespace Proxima;

/// <summary>The element type of a <see cref="Tensor"/>.</summary>
public enum DType
{
    /// <summary>32-bit IEEE floating point (<see cref="float"/>); the default everywhere.</summary>
    Float32,

    /// <summary>64-bit IEEE floating point (<see cref="double"/>).</summary>
    Float64,

    /// <summary>64-bit signed integer (<see cref="long"/>); the type of indices.</summary>
    Int64,

    /// <summary>Truth values, one byte each (<see cref="bool"/>).</summary>
    Bool,
}

/// <summary>Facts about element types.</summary>
public static class DTypes
{
    extension(DType dtype)
    {
        /// <summary>The size of one element in bytes.</summary>
        public int Size => dtype switch { DType.Float32 => 4, DType.Bool => 1, _ => 8 };

        /// <summary>Whether the element type is <see cref="DType.Float32"/> or <see cref="DType.Float64"/>.</summary>
        public bool IsFloating => dtype is DType.Float32 or DType.Float64;
    }

    /// <summary>The element type that stores <typeparamref name="T"/>.</summary>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is not float, double, long or bool.</exception>
    public static DType Of<T>() =>
        typeof(T) == typeof(float) ? DType.Float32
        : typeof(T) == typeof(double) ? DType.Float64
        : typeof(T) == typeof(long) ? DType.Int64
        : typeof(T) == typeof(bool) ? DType.Bool
        : throw new ArgumentException($"A tensor holds float, double, long or bool, not {typeof(T).Name}.");

    /// <summary>The smallest type both operands convert to: Bool, Int64, Float32, Float64 in ascending order.</summary>
    public static DType Promote(DType x, DType y) => Order(x) >= Order(y) ? x : y;

    private static int Order(DType dtype) => dtype switch
    {
        DType.Bool => 0,
        DType.Int64 => 1,
        DType.Float32 => 2,
        _ => 3,
    };

    /// <summary>The type of a binary operation: a weak scalar adapts to the other operand unless its kind of number is larger.</summary>
    internal static DType Promote(Tensor x, Tensor y)
    {
        if (x.IsWeak == y.IsWeak) return Promote(x.DType, y.DType);
        var (weak, other) = x.IsWeak ? (x.DType, y.DType) : (y.DType, x.DType);
        return Order(weak) > Order(other) ? weak : other;
    }
}
