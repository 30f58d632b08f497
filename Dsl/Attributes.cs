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

/// <summary>
/// States what sizes satisfy: <c>[Require("h % 4 == 0", "heads * d == width")]</c>. On a network the names are its constructor's, and creating one with
/// other sizes is refused; on a method they are also those that its arguments bind, and a call with other sizes is refused. The compiler takes what is
/// stated as known wherever it compares shapes.
/// </summary>
/// <param name="conditions">Two sizes each, with <c>==</c>, <c>!=</c>, <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c> or <c>&gt;=</c> between them.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true, Inherited = false)]
public sealed class RequireAttribute(params string[] conditions) : Attribute
{
    /// <summary>The conditions as written.</summary>
    public IReadOnlyList<string> Conditions { get; } = conditions;
}

/// <summary>
/// States that a method is permutation equivariant: arguments with their elements in another order along every dimension of this size give the results in that order,
/// and the same results where they have no such dimension (invariance). The compiler proves it from the body, or says which expression depends on the order. The nodes of a <see cref="Graph"/>
/// have an order like any other dimension. Parameters keep theirs. Equality is that of real numbers: sums of floating-point numbers in another order are rounded differently.
/// </summary>
/// <param name="size">The name of a dimension of the arguments.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true, Inherited = false)]
public sealed class PermutationEquivariantAttribute(string size) : Attribute
{
    /// <summary>The name of the dimension.</summary>
    public string Size { get; } = size;
}

/// <summary>Marks a static method on tensors that networks may call: it is inlined into their compiled methods.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TensorFunctionAttribute : Attribute;

/// <summary>
/// Marks a method whose intermediate values are not kept for derivatives: where it is called, the backward pass computes them again from its arguments.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CheckpointAttribute : Attribute;

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

/// <summary>Asks for the fixed point <c>z = Step(z, x, ...)</c> of a method in its first argument as the body of this partial method.</summary>
/// <remarks>
/// The method takes the arguments of its source, the first of which is where the search starts. It returns the fixed point, or a tuple of the fixed
/// point, the number of iterations (Int64) and the last residual; <see cref="Network.Solves"/> records the last two in any case.
/// </remarks>
/// <param name="of">The name of the step: one floating-point tensor of the shape of its first argument.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FixedPointAttribute(string of) : Attribute
{
    /// <summary>The name of the step.</summary>
    public string Of { get; } = of;

    /// <summary>How the fixed point is found.</summary>
    public Solver Solver { get; set; }

    /// <summary>The search ends when the residual is no larger; never below 8 units of the element type's precision.</summary>
    public double Tolerance { get; set; } = 1e-5;

    /// <summary>The search ends after so many steps, converged or not.</summary>
    public int MaxIterations { get; set; } = 100;

    /// <summary>How many past steps Anderson and Broyden remember: 1 to 32; 0 stands for 5 (Anderson) or 16 (Broyden).</summary>
    public int Window { get; set; }

    /// <summary>The share of each step that is taken: above 0, up to 1.</summary>
    public double Damping { get; set; } = 1;

    /// <summary>What Anderson adds to the diagonal of its least squares, whose columns have length 1.</summary>
    public double Regularization { get; set; } = 1e-10;

    /// <summary>How many leading dimensions count separate problems: Anderson and Broyden then mix the past of each by itself.</summary>
    public int BatchDims { get; set; }

    /// <summary>How the fixed point is differentiated: Implicit, Phantom or Unroll.</summary>
    public Backward Backward { get; set; }

    /// <summary>The tolerance of the linear fixed point that the implicit derivative is; 0 stands for <see cref="Tolerance"/>.</summary>
    public double BackwardTolerance { get; set; }

    /// <summary>The most steps of the linear fixed point that the implicit derivative is; 0 stands for <see cref="MaxIterations"/>.</summary>
    public int BackwardIterations { get; set; }

    /// <summary>How many steps from the fixed point on the phantom gradient differentiates.</summary>
    public int PhantomSteps { get; set; } = 5;

    /// <summary>The share of each phantom step that is taken: above 0, up to 1.</summary>
    public double PhantomDamping { get; set; } = 1;
}

/// <summary>Asks for the proximal operator <c>argmin_p step R(p) + |p - x|²/2</c> of a method as the body of this partial method.</summary>
/// <remarks>
/// The method takes the arguments of its source and then the step: a number, or a tensor of the shape of the source's result. It returns a tensor like x. The operator follows from
/// the catalogue of <see cref="ProxRuleAttribute"/> by rules whose premises are checked; the derivation stands in the remarks of the generated method.
/// </remarks>
/// <param name="of">The name of the function: it gives one value, or one for each sample.</param>
/// <param name="wrt">The name of the argument that the function is minimised by; without it, the first floating-point argument.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProxAttribute(string of, string? wrt = null) : Attribute
{
    /// <summary>The name of the function.</summary>
    public string Of { get; } = of;

    /// <summary>The name of the argument that the function is minimised by; null means the first floating-point argument.</summary>
    public string? Wrt { get; } = wrt;

    /// <summary>The names of matrices, separated by commas, whose rows or columns are orthonormal: as many as make each product with x one with L Lᵀ = I. A promise that nothing checks.</summary>
    public string? Tight { get; set; }

    /// <summary>
    /// The operator is that of the distance of x from the convex set that R is the indicator of; <see cref="Conjugate"/> and <see cref="Envelope"/> are those of the distance. Of one value for
    /// each sample it is the distance of each.
    /// </summary>
    public bool Distance { get; set; }

    /// <summary>
    /// The name of a function φ of a distance, and of arguments that go by their names: the operator is that of φ(d(x)), where d is the distance of x from the convex set that R is the indicator
    /// of. φ is convex and grows with the distance: as a function of the catalogue with φ(-t) = φ(t) does, a square, or a multiple of the distance.
    /// </summary>
    public string? FunctionOfDistance { get; set; }

    /// <summary>
    /// The name of a linear map L of x, and of arguments that go by their names: the operator is that of the image of R, min R(x) over all x with L x = y, as a function of y. L x has the shape of x, and
    /// LᵀL is diagonal.
    /// </summary>
    public string? Image { get; set; }

    /// <summary>
    /// The name of a second function G, of x and arguments that go by their names: the operator is that of the infimal convolution min_y R(y) + G(x - y). <see cref="Conjugate"/> and
    /// <see cref="Envelope"/> are those of the infimal convolution.
    /// </summary>
    public string? InfimalConvolution { get; set; }

    /// <summary>The operator is that of the convex conjugate sup_y ⟨x, y⟩ - R(y).</summary>
    public bool Conjugate { get; set; }

    /// <summary>
    /// The operator is that of the proximal average of the functions that R is a sum of, the mean of their operators, where the sum itself may have none. It is an approximation: the average is at most the sum, and with functions of
    /// Lipschitz constants Lᵢ at least the sum less step n Σ Lᵢ² / 2 of n of them (Yu 2013).
    /// </summary>
    public bool Average { get; set; }

    /// <summary>The operator is that of the Moreau envelope min_y R(y) + |x - y|² / (2 Envelope); 0 stands for the function itself.</summary>
    public double Envelope { get; set; }
}

/// <summary>An iterative algorithm for the minimum of a sum of functions.</summary>
public enum Algorithm
{
    /// <summary>A step along the gradient of the smooth function, then the operator of the proximable one.</summary>
    Ista,

    /// <summary>The same from a point that is carried on along the last move; the proximable function is convex.</summary>
    Fista,

    /// <summary>The operators of both functions in turns, each of a quadratic penalty of their distance: its minimum is that of the sum only as the step goes to 0.</summary>
    Hqs,

    /// <summary>The operators of both functions in turns, with a multiplier for their distance.</summary>
    Admm,

    /// <summary>The operators of both functions, the second at the reflection of the first.</summary>
    DouglasRachford,

    /// <summary>The gradient of a smooth function and the operators of two others.</summary>
    DavisYin,

    /// <summary>The operator of the smooth function, and those of the functions of linear maps of x that the proximable one is a sum of: it needs no operator of its own.</summary>
    ChambollePock,

    /// <summary>The gradient of the smooth function, the operators of the functions of linear maps of x that the proximable one is a sum of, and that of a second one where there is one.</summary>
    CondatVu,

    /// <summary>The problem of <see cref="ChambollePock"/>, with a copy of every map of x and a multiplier for its distance.</summary>
    LinearizedAdmm,

    /// <summary>
    /// Two steps along the gradient and to the operator, the second from the same point with the gradient that the first has found. With two blocks it finds the saddle point
    /// <c>min over x, max over y</c> of <c>Smooth(x, y) + R(x) - S(y)</c>.
    /// </summary>
    Extragradient,

    /// <summary>The operator of the sum of both functions, again and again.</summary>
    ProximalPoint,

    /// <summary>
    /// Steps along the gradient in the geometry of a set, without a projection: the proximable function is an entry with a <c>MirrorStep</c>, as <c>Simplex</c> (exponentiated gradients) and
    /// <c>NonnegativeOrthant</c>, or <see cref="UnrollAttribute.Geometry"/> says in which. It starts within the set.
    /// </summary>
    MirrorDescent,

    /// <summary>Moves towards the point of a set at which the linear function of the gradient is least: the proximable function is an entry with a <c>LinearMinimizer</c>.</summary>
    FrankWolfe,

    /// <summary>
    /// The operators of all functions in turn, each of the last point and what it took away the time before: of sets the projection onto their intersection. The smooth function is half the squared
    /// distance from the point that is projected; <see cref="UnrollAttribute.Other"/> names any number of functions.
    /// </summary>
    Dykstra,

    /// <summary>The operator of the sum of all functions of a block, one block after another.</summary>
    BlockCoordinateDescent,

    /// <summary>The step of <see cref="Ista"/>, one block after another, as long as the other blocks allow.</summary>
    Palm,

    /// <summary>The same from points that are carried on along the last move of the block.</summary>
    IPalm,

    /// <summary>
    /// Approximate message passing, for half the square of a linear map with independent Gaussian elements of variance 1/m and a function of each element: a few dozen iterations to the
    /// minimum, by a residual that remembers the last one.
    /// </summary>
    Amp,

    /// <summary>
    /// A learned <see cref="Ista"/> for half the square of x times a matrix less measurements: in the place of the transpose stands the matrix of least coherence with it, in closed form. Steps and
    /// what the proximable function holds are to be learned, with a <see cref="UnrollAttribute.Counter"/> for each iteration.
    /// </summary>
    Alista,

    /// <summary>
    /// The first of <see cref="Fista"/>, <see cref="Ista"/>, <see cref="DouglasRachford"/>, <see cref="ChambollePock"/> and <see cref="CondatVu"/> whose premises hold; with a second
    /// proximable function, of <see cref="DavisYin"/> and <see cref="CondatVu"/>; with several blocks, of <see cref="Palm"/> and <see cref="BlockCoordinateDescent"/>. The remarks of the derived method say which, and why none before it.
    /// </summary>
    Auto,
}

/// <summary>
/// Asks for the iterations of an algorithm that minimises <c>Smooth(x, ..) + Proximable(x, ..)</c> as the body of this partial method. Gradients and operators are derived; the iterations are a loop,
/// or with a <see cref="Tolerance"/> a search that stops.
/// </summary>
/// <remarks>
/// The method takes the arguments of the smooth function, the first of which (or each block that <c>wrt</c> names) is where the algorithm starts, then those of the other functions but x and those
/// that have the same names. It returns the last iterate, a tuple with one for each block; with a tolerance it may also return the number of iterations (Int64) and the last residual behind them.
/// </remarks>
/// <param name="algorithm">The algorithm.</param>
/// <param name="smooth">The name of the function whose gradient is taken, or its operator where the algorithm takes no gradient.</param>
/// <param name="proximable">The name of the function whose operator is taken; null where there is none.</param>
/// <param name="wrt">The names of the arguments of the smooth function that are minimised over, separated by commas; without it, the first one. Of several blocks, each other function is one of its first argument, which has the name of a block.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnrollAttribute(Algorithm algorithm, string smooth, string? proximable = null, string? wrt = null) : Attribute
{
    /// <summary>The algorithm.</summary>
    public Algorithm Algorithm { get; } = algorithm;

    /// <summary>The name of the function whose gradient is taken.</summary>
    public string Smooth { get; } = smooth;

    /// <summary>The name of the function whose operator is taken.</summary>
    public string? Proximable { get; } = proximable;

    /// <summary>The names of the arguments that are minimised over, separated by commas; null means the first one.</summary>
    public string? Wrt { get; } = wrt;

    /// <summary>How many iterations there are, or at most with a <see cref="Tolerance"/>; 0 stands for 16, and for 1,000 with a tolerance.</summary>
    public int Iterations { get; set; }

    /// <summary>The step; 0 stands for the inverse of a bound of the gradient's Lipschitz constant, or 1 where the algorithm converges with any.</summary>
    public double Step { get; set; }

    /// <summary>
    /// The name of a parameter that is the step, or of a method of no arguments that computes it from parameters: of shape [], the same in all iterations, or with one number for each. What the
    /// functions' own parameters hold is learned with them.
    /// </summary>
    public string? Learn { get; set; }

    /// <summary>
    /// The name of an <c>int</c> argument of the functions that is not passed but counts the iterations, from 0: a function that picks its weights, operators or parts by it has others in each
    /// iteration (untied).
    /// </summary>
    public string? Counter { get; set; }

    /// <summary>
    /// The share of elements of the last dimension, those of the largest magnitudes, that the operator leaves alone in the last iteration of Ista, Fista and Alista; it grows evenly from iteration to
    /// iteration.
    /// </summary>
    public double Selection { get; set; }

    /// <summary>
    /// What the size of the weight of <see cref="Algorithm.Alista"/> counts beside its coherence: the weight W makes |WᵀL|² + Ridge |W|² least. Noise of variance Ridge in the measurements, in units of
    /// the variance of the unknowns' errors, is then amplified no more than it pays for; 0 stands for measurements without noise.
    /// </summary>
    public double Ridge { get; set; }

    /// <summary>
    /// Ista and Fista find their step by trials, from <see cref="Step"/> (or 1) on: where the smooth function exceeds the bound that a short enough step has, the iterate stays and the step is halved.
    /// </summary>
    public bool Backtracking { get; set; }

    /// <summary>The name of a second function whose operator is taken, for Davis-Yin and Condat-Vu; the names of those of further blocks, separated by commas.</summary>
    public string? Other { get; set; }

    /// <summary>The geometry of <see cref="Algorithm.MirrorDescent"/>.</summary>
    public Geometry Geometry { get; set; }

    /// <summary>How far <see cref="Algorithm.IPalm"/> carries a block on along its last move: a share of the move, at least 0 and below 1, or below 0.5 where a proximable function is not convex.</summary>
    public double Inertia { get; set; } = 0.2;

    /// <summary>
    /// Iterations end when none of them moves the state of the algorithm by more, relative to its size and as <see cref="FixedPointAttribute.Tolerance"/> says; 0 takes all iterations.
    /// <see cref="Network.Solves"/> records the end under the name of the method.
    /// </summary>
    public double Tolerance { get; set; }

    /// <summary>How the point is found at which an iteration stands still; with a <see cref="Tolerance"/> only.</summary>
    public Solver Solver { get; set; }

    /// <summary>How that point is differentiated: Implicit, Phantom or Unroll; with a <see cref="Tolerance"/> only.</summary>
    public Backward Backward { get; set; }

    /// <summary>The tolerance of the linear fixed point that the implicit derivative is; 0 stands for <see cref="Tolerance"/>.</summary>
    public double BackwardTolerance { get; set; }

    /// <summary>The most steps of the linear fixed point that the implicit derivative is; 0 stands for <see cref="Iterations"/>.</summary>
    public int BackwardIterations { get; set; }
}

/// <summary>Asks for bounds of a method's results over boxes of its inputs as the body of this partial method.</summary>
/// <remarks>
/// The method takes the arguments of its source, with the lower ends in the places of the bounded inputs, and then their upper ends. It returns a lower
/// and an upper bound for each result, in order.
/// </remarks>
/// <param name="of">The name of the method to bound.</param>
/// <param name="wrt">The names of the inputs that vary in a box, separated by commas; without it, all floating-point arguments.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BoundsAttribute(string of, string? wrt = null) : Attribute
{
    /// <summary>The name of the method to bound.</summary>
    public string Of { get; } = of;

    /// <summary>The names of the inputs that vary in a box, separated by commas; null means all floating-point arguments.</summary>
    public string? Wrt { get; } = wrt;

    /// <summary>How the bounds are found.</summary>
    public BoundMethod Method { get; set; }
}

/// <summary>Asks for a bound of how fast a method's result can change with an input, as the body of this partial method.</summary>
/// <remarks>
/// The result L, a scalar, is such that the Euclidean distance of two results is at most L times that of their inputs, whatever these are: the product of the norms of the
/// network's operators, differentiable by its parameters. The method takes the arguments of its source.
/// </remarks>
/// <param name="of">The name of the method.</param>
/// <param name="wrt">The name of the input; without it, the only floating-point argument.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LipschitzAttribute(string of, string? wrt = null) : Attribute
{
    /// <summary>The name of the method.</summary>
    public string Of { get; } = of;

    /// <summary>The name of the input; null means the only floating-point argument.</summary>
    public string? Wrt { get; } = wrt;

    /// <summary>How often the Gram matrix of a weight is squared: the bound of its norm comes down to the norm, by a factor of at most rank^(1/2^(Iterations + 1)) above it.</summary>
    public int Iterations { get; set; } = 6;
}

/// <summary>Asks for the path norm of a network of ramps as the body of this partial method.</summary>
/// <remarks>
/// The method takes the arguments of its source and gives results of the same shapes: the source at the sizes of its inputs and weights, to the <see cref="Power"/>, without its ramps. At
/// inputs of 1 each result is the sum over all paths that lead to it of the product of the weights on the path.
/// </remarks>
/// <param name="of">The name of the method.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PathNormAttribute(string of) : Attribute
{
    /// <summary>The name of the method.</summary>
    public string Of { get; } = of;

    /// <summary>The power that each size is taken to.</summary>
    public double Power { get; set; } = 1;
}

/// <summary>How bounds are found.</summary>
public enum BoundMethod
{
    /// <summary>Interval arithmetic, operation by operation.</summary>
    Interval,

    /// <summary>Linear bounds propagated from the results back to the inputs, never looser than the intervals.</summary>
    Crown,
}

/// <summary>By which divergence a step of mirror descent is short.</summary>
public enum Geometry
{
    /// <summary>The divergence that the entry of the set has.</summary>
    OfSet,

    /// <summary>
    /// That of -Σ log x on the positive numbers (Itakura and Saito 1968), for likelihoods of counts, whose gradients have no Lipschitz constant (Bauschke, Bolte and Teboulle 2017): with nothing proximable, or
    /// with <c>NonnegativeOrthant</c>.
    /// </summary>
    Burg,
}

/// <summary>How a fixed point is found.</summary>
public enum Solver
{
    /// <summary>Step after step: for contractions.</summary>
    Plain,

    /// <summary>Anderson's acceleration: the next point mixes the last ones so that their residuals cancel best.</summary>
    Anderson,

    /// <summary>Broyden's method with limited memory: Newton's, with an inverse Jacobian learned from the steps.</summary>
    Broyden,
}

/// <summary>How something that is found by iteration is differentiated.</summary>
public enum Backward
{
    /// <summary>By the implicit function theorem: a linear fixed point, whatever the search did.</summary>
    Implicit,

    /// <summary>Through a few damped steps from the solution on.</summary>
    Phantom,

    /// <summary>Through every iteration.</summary>
    Unroll,

    /// <summary>Backwards in time: the states are found again from the last one.</summary>
    Adjoint,

    /// <summary>Through every iteration, of which only the state at its start is kept.</summary>
    Checkpoint,
}

/// <summary>Asks for the solution of the differential equation dy/dt = Field(t, y, ...) at an end time as the body of this partial method.</summary>
/// <remarks>
/// The method takes the arguments of its source, time (if the source has one) and state being those of the start, and then the end time, a scalar. Without
/// a time, it starts at 0. It returns the state at the end.
/// </remarks>
/// <param name="of">The name of the field: the change of a state, from that state, or from a time of shape "" and that state.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OdeAttribute(string of) : Attribute
{
    /// <summary>The name of the field.</summary>
    public string Of { get; } = of;

    /// <summary>The method of Runge and Kutta.</summary>
    public OdeMethod Method { get; set; } = OdeMethod.Rk4;

    /// <summary>The number of steps; with a <see cref="Tolerance"/>, the most steps.</summary>
    public int Steps { get; set; } = 32;

    /// <summary>The largest estimated error of a step, relative to magnitudes above 1; 0 takes steps of equal length. DormandPrince only.</summary>
    public double Tolerance { get; set; }

    /// <summary>How the solution is differentiated: Checkpoint, Adjoint or Unroll.</summary>
    public Backward Backward { get; set; } = Backward.Checkpoint;
}

/// <summary>A method of Runge and Kutta.</summary>
public enum OdeMethod
{
    /// <summary>Order 1, one evaluation per step.</summary>
    Euler,

    /// <summary>Order 2, two evaluations per step.</summary>
    Midpoint,

    /// <summary>The classical method of order 4, four evaluations per step.</summary>
    Rk4,

    /// <summary>Order 5 with an estimate of the error: six evaluations per step, seven where the error chooses its length.</summary>
    DormandPrince,
}

/// <summary>
/// Declares that this method is the proximal operator of another one, <c>argmin_p Value(p) + |p - x|²/2</c> with <c>Value</c> multiplied by a step: an entry of the
/// catalogue from which <c>[Prox]</c> derives. Both are [TensorFunction]s of one class. The method takes x, the step (which a set has none of) and the other arguments of its source, in order.
/// </summary>
/// <remarks>
/// On a method of a network it declares the operator of another method of that network, which gives one value, or one for each of the leading dimensions of x; the step has the shape of the value. Problems of
/// <c>[Prox]</c> and <c>[Unroll]</c> that call the function take its operator and do not look into it: it may be learned, or a denoiser. That it is the operator of a convex function, or not
/// (<see cref="IsNonconvex"/>), is a promise that nothing checks.
/// </remarks>
/// <param name="of">The name of the method whose proximal operator it is: it takes x and parameters that do not vary with x.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProxRuleAttribute(string of) : Attribute
{
    /// <summary>The name of the method whose proximal operator it is.</summary>
    public string Of { get; } = of;

    /// <summary>How many of the last dimensions of x the function takes together, and gives one value for: 0 for a function of each element, 1 of vectors, 2 of matrices, 3 of volumes. On a method of a network it follows from the shapes.</summary>
    public int Dims { get; set; }

    /// <summary>The function is 0 on a set and ∞ elsewhere: the operator is the projection onto the set, whatever the step.</summary>
    public bool IsSet { get; set; }

    /// <summary>The function is not convex: it has no conjugate and no Moreau envelope that is convex, and its operator may jump.</summary>
    public bool IsNonconvex { get; set; }

    /// <summary>The function is positively homogeneous: <c>Value(t x) = t Value(x)</c> for positive t.</summary>
    public bool IsHomogeneous { get; set; }

    /// <summary>The value does not change with the signs of elements nor, of a vector, with their order: functions of lengths and of singular values have operators then.</summary>
    public bool IsSymmetric { get; set; }

    /// <summary>The function is the Euclidean length of a vector: functions of that have operators, which move along the vector.</summary>
    public bool IsLength { get; set; }

    /// <summary>The operator of the sum with a positively homogeneous function is that function's operator, then this one.</summary>
    public bool FollowsHomogeneous { get; set; }

    /// <summary>The operator of the sum with a convex function of each element is that function's operator, then this one.</summary>
    public bool FollowsSeparable { get; set; }

    /// <summary>The operator of the sum with a convex function of each element, the same for all elements of a vector, is this one, then that function's operator.</summary>
    public bool PrecedesAlike { get; set; }

    /// <summary>Where the formula is from.</summary>
    public string Source { get; set; } = "";
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
