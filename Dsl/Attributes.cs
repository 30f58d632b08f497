namespace Proxima;

/// <summary>Marks a partial class as a network: its parameters are allocated, its methods compiled for every target.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class NetworkAttribute : Attribute;

/// <summary>Marks a partial property as learned values of the network.</summary>
/// <param name="shape">The dimensions, separated by blanks: names or expressions of constructor parameters; "" is a scalar.</param>
/// <param name="dtype">The element type.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ParameterAttribute(string shape, DType dtype = DType.Float32) : Attribute
{
    /// <summary>The dimensions, separated by blanks.</summary>
    public string Shape { get; } = shape;

    /// <summary>The element type.</summary>
    public DType DType { get; } = dtype;

    /// <summary>How the values start: a number, or a name from <see cref="Proxima.Init"/>.</summary>
    public object? Init { get; set; }

    /// <summary>A type that implements <see cref="IConstraint"/>: an optimizer projects onto it after each step.</summary>
    public Type? Constraint { get; set; }
}

/// <summary>Marks a partial property as state that is not learned; a body may assign it.</summary>
/// <param name="shape">The dimensions, separated by blanks: names or expressions of constructor parameters; "" is a scalar.</param>
/// <param name="dtype">The element type.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BufferAttribute(string shape, DType dtype = DType.Float32) : Attribute
{
    /// <summary>The dimensions, separated by blanks.</summary>
    public string Shape { get; } = shape;

    /// <summary>The element type.</summary>
    public DType DType { get; } = dtype;

    /// <summary>How the values start: a number, or a name from <see cref="Proxima.Init"/>; zeros unless given.</summary>
    public object? Init { get; set; }
}

/// <summary>Declares the shape of an argument or of a result (once per element, in order, for a tuple).</summary>
/// <param name="shape">
/// The dimensions, separated by blanks: a name, a number, an expression without blanks (<c>2*n+1</c>), <c>_</c>, or <c>...</c> for leading batch
/// dimensions; "" is a scalar. Names that are not constructor parameters are bound by each call.
/// </param>
/// <param name="dtype">The element type.</param>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.ReturnValue, AllowMultiple = true)]
public sealed class ShapeAttribute(string shape, DType dtype = DType.Float32) : Attribute
{
    /// <summary>The dimensions, separated by blanks.</summary>
    public string Shape { get; } = shape;

    /// <summary>The element type.</summary>
    public DType DType { get; } = dtype;
}

/// <summary>Marks a static method on tensors that networks may call: it is inlined into their compiled methods.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TensorFunctionAttribute : Attribute;

/// <summary>Asks for the reverse-mode derivative of a scalar method as the body of this partial method.</summary>
/// <param name="of">The name of the method to differentiate; its result must be a scalar.</param>
/// <param name="wrt">The names of the arguments to differentiate by, separated by commas; without it, all parameters of the network (the result is <see cref="Gradients"/>).</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GradientAttribute(string of, string? wrt = null) : Attribute
{
    /// <summary>The name of the method to differentiate.</summary>
    public string Of { get; } = of;

    /// <summary>The names of the arguments to differentiate by, separated by commas; null means all parameters.</summary>
    public string? Wrt { get; } = wrt;
}

/// <summary>Asks for the forward-mode derivative of a method, its change along a direction, as the body of this partial method.</summary>
/// <param name="of">The name of the method to differentiate.</param>
/// <param name="wrt">The names of the arguments that have a direction, separated by commas; without it, all floating-point arguments.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class JvpAttribute(string of, string? wrt = null) : Attribute
{
    /// <summary>The name of the method to differentiate.</summary>
    public string Of { get; } = of;

    /// <summary>The names of the arguments that have a direction, separated by commas; null means all floating-point arguments.</summary>
    public string? Wrt { get; } = wrt;
}

/// <summary>Carries the portable declaration of a network, so that other assemblies can inline it. Written by the generator.</summary>
/// <param name="text">The declaration.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class ProximaNetworkAttribute(string text) : Attribute
{
    /// <summary>The declaration.</summary>
    public string Text { get; } = text;
}
