namespace Proxima;

/// <summary>A set that a parameter must stay in. Implementations have a public constructor without arguments.</summary>
public interface IConstraint
{
    /// <summary>Moves the value, in place, to the nearest point of the set.</summary>
    /// <param name="value">A whole parameter as declared, never a stack of several.</param>
    void Project(Tensor value);
}

/// <summary>Every element is at least zero.</summary>
public sealed class NonNegative : IConstraint
{
    /// <inheritdoc/>
    public void Project(Tensor value)
    {
        switch (value.DType)
        {
            case DType.Float32: Project(value.AsSpan<float>()); break;
            case DType.Float64: Project(value.AsSpan<double>()); break;
            default: throw new ArgumentException($"NonNegative: a constraint applies to floating point, not to {value.DType}.");
        }
    }

    // The comparison is false for NaN, which therefore stays visible.
    private static void Project<T>(Span<T> values) where T : System.Numerics.INumber<T>
    {
        foreach (ref var value in values)
            if (value < T.Zero) value = T.Zero;
    }
}
