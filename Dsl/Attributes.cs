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

/// <summary>Asks for the values of a method and, given cotangents of its results, the derivatives of their weighted sum (reverse mode), as the body of this partial method.</summary>
/// <param name="of">The name of the method to differentiate.</param>
/// <param name="wrt">The names of the arguments and parameters to differentiate by, separated by commas; without it, all floating-point arguments.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class VjpAttribute(string of, string? wrt = null) : Attribute
{
    /// <summary>The name of the method to differentiate.</summary>
    public string Of { get; } = of;

    /// <summary>The names of the arguments and parameters to differentiate by, separated by commas; null means all floating-point arguments.</summary>
    public string? Wrt { get; } = wrt;
}

/// <summary>Asks for the Hessian of a scalar method times a direction as the body of this partial method.</summary>
/// <param name="of">The name of the method to differentiate; its result must be a scalar.</param>
/// <param name="wrt">The names of the arguments and parameters to differentiate by, separated by commas; without it, all floating-point arguments.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HvpAttribute(string of, string? wrt = null) : Attribute
{
    /// <summary>The name of the method to differentiate.</summary>
    public string Of { get; } = of;

    /// <summary>The names of the arguments and parameters to differentiate by, separated by commas; null means all floating-point arguments.</summary>
    public string? Wrt { get; } = wrt;
}

/// <summary>How a <see cref="JacobianAttribute"/> computes: a column for each input element, or a row for each element of the result.</summary>
public enum JacobianMode
{
    /// <summary>By rows where the result is known to have fewer elements than the inputs, else by columns.</summary>
    Auto,

    /// <summary>By columns, in forward mode.</summary>
    Forward,

    /// <summary>By rows, in reverse mode.</summary>
    Reverse,
}

/// <summary>Asks for all derivatives of a method as the body of this partial method: dimensions of the result, then those of the input.</summary>
/// <param name="of">The name of the method to differentiate.</param>
/// <param name="wrt">The names of the arguments and parameters to differentiate by, separated by commas; without it, all floating-point arguments.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class JacobianAttribute(string of, string? wrt = null) : Attribute
{
    /// <summary>The name of the method to differentiate.</summary>
    public string Of { get; } = of;

    /// <summary>The names of the arguments and parameters to differentiate by, separated by commas; null means all floating-point arguments.</summary>
    public string? Wrt { get; } = wrt;

    /// <summary>By columns or by rows.</summary>
    public JacobianMode Mode { get; set; }
}

/// <summary>How a trace is computed.</summary>
public enum TraceMode
{
    /// <summary>Element by element of the diagonal.</summary>
    Exact,

    /// <summary>One sample <c>v·Jv</c> for a given probe v: its mean over probes with mean 0 and variance 1 is the trace.</summary>
    Hutchinson,
}

/// <summary>Asks for the divergence of a vector field, the trace of its Jacobian, as the body of this partial method.</summary>
/// <param name="of">The name of the field: its result has the shape of the argument.</param>
/// <param name="wrt">The names of the arguments and parameters to differentiate by, separated by commas, one for each result; without it, all floating-point arguments.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DivergenceAttribute(string of, string? wrt = null) : Attribute
{
    /// <summary>The name of the method to differentiate.</summary>
    public string Of { get; } = of;

    /// <summary>The names of the arguments and parameters to differentiate by, separated by commas; null means all floating-point arguments.</summary>
    public string? Wrt { get; } = wrt;

    /// <summary>Exactly, or one sample for probes that are further arguments.</summary>
    public TraceMode Mode { get; set; }
}

/// <summary>Asks for the Laplacian of a scalar method, the trace of its Hessian, as the body of this partial method.</summary>
/// <param name="of">The name of the method to differentiate; its result must be a scalar.</param>
/// <param name="wrt">The names of the arguments and parameters to differentiate by, separated by commas; without it, all floating-point arguments.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HessianTraceAttribute(string of, string? wrt = null) : Attribute
{
    /// <summary>The name of the method to differentiate.</summary>
    public string Of { get; } = of;

    /// <summary>The names of the arguments and parameters to differentiate by, separated by commas; null means all floating-point arguments.</summary>
    public string? Wrt { get; } = wrt;

    /// <summary>Exactly, or one sample for probes that are further arguments.</summary>
    public TraceMode Mode { get; set; }
}

/// <summary>Asks for a method over a batch as the body of this partial method: every mapped argument has one more dimension, and so has every result.</summary>
/// <param name="of">The name of the method for one sample.</param>
/// <param name="axis">Where mapped arguments have the dimension of the batch.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class VmapAttribute(string of, int axis = 0) : Attribute
{
    /// <summary>The name of the method for one sample.</summary>
    public string Of { get; } = of;

    /// <summary>Where mapped arguments have the dimension of the batch.</summary>
    public int Axis { get; } = axis;

    /// <summary>The names of the mapped arguments, separated by commas; null means all tensors. The others are shared by the samples, as parameters are.</summary>
    public string? In { get; set; }

    /// <summary>Where results have the dimension of the batch.</summary>
    public int Out { get; set; }
}

/// <summary>
/// Declares the derivative of another method of the class, in reverse: this method takes the arguments of the other one, then (if it has a place for it)
/// the result, then the gradient by the result, and gives the gradient by each floating-point tensor among the arguments, in order.
/// </summary>
/// <remarks>What the other method reads besides its arguments, such as parameters, is differentiated as usual; so are arguments that <c>wrt</c> leaves out.</remarks>
/// <param name="of">The name of the method whose derivative this is. It returns one floating-point tensor.</param>
/// <param name="wrt">The names of the arguments whose gradients this method gives, separated by commas; without it, all floating-point tensors.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CustomGradientAttribute(string of, string? wrt = null) : Attribute
{
    /// <summary>The name of the method whose derivative this is.</summary>
    public string Of { get; } = of;

    /// <summary>The names of the arguments whose gradients are given, separated by commas; null means all floating-point tensors.</summary>
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
