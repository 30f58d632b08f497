using System.Collections.Immutable;

namespace Proxima.Generator.Ir;

/// <summary>Element types, in promotion order.</summary>
internal enum DType
{
    Bool,
    Int64,
    Float32,
    Float64,
}

/// <summary>The type of a value: element type and symbolic shape.</summary>
internal sealed class TensorType(DType dtype, ImmutableArray<Dim> shape) : IEquatable<TensorType>
{
    public DType DType { get; } = dtype;

    public ImmutableArray<Dim> Shape { get; } = shape;

    public int Rank => Shape.Length;

    public bool IsFloat => DType is DType.Float32 or DType.Float64;

    /// <summary>Number of elements.</summary>
    public Dim Count => Dim.Product(Shape);

    public TensorType With(DType dtype) => dtype == DType ? this : new(dtype, Shape);

    public TensorType With(ImmutableArray<Dim> shape) => new(DType, shape);

    public bool Equals(TensorType? other) => other is not null && DType == other.DType && Shape.SequenceEqual(other.Shape);

    public override bool Equals(object? obj) => Equals(obj as TensorType);

    public override int GetHashCode() => Shape.Aggregate((int)DType, (hash, dim) => unchecked(hash * 31 + dim.GetHashCode()));

    /// <summary>The shape as users write it: <c>[b m]</c>.</summary>
    public string ShapeText => "[" + string.Join(" ", Shape.Select(d => d.ToString())) + "]";

    public override string ToString() => DType.Short() + ShapeText;
}

internal static class DTypes
{
    public static string Short(this DType dtype) => dtype switch { DType.Float32 => "f32", DType.Float64 => "f64", DType.Int64 => "i64", _ => "bool" };

    public static string CSharp(this DType dtype) => dtype switch { DType.Float32 => "float", DType.Float64 => "double", DType.Int64 => "long", _ => "bool" };

    public static int Size(this DType dtype) => dtype switch { DType.Float32 => 4, DType.Bool => 1, _ => 8 };

    public static DType? Parse(string text) => text switch { "f32" => DType.Float32, "f64" => DType.Float64, "i64" => DType.Int64, "bool" => DType.Bool, _ => null };
}

/// <summary>
/// The operations of the IR. Pointwise ones take operands of equal shapes (broadcasts are explicit nodes); what each means beyond that,
/// its derivative and how targets print it stands in its definition under <c>Ops/</c>.
/// </summary>
internal enum Op
{
    // Sources. Nothing but attributes.
    Parameter, // Text: name. An argument of the function or of a loop body.
    Full,      // Number: the value of every element.
    Size,      // Dims[0]: a rank-0 tensor holding the value of a dim.
    Number,    // Text: a rank-0 tensor holding a float constructor parameter.
    Iota,      // Ints[0]: axis. Element = its index along the axis.

    // Pointwise, one operand.
    Neg, Exp, Log, Sqrt, Rsqrt, Abs, Sign, Tanh, Sigmoid, Erf, Sin, Cos, Log1p, Expm1, Floor, Relu, Softplus, Not,
    Cast,      // To Type.DType.

    // Pointwise, two operands.
    Add, Sub, Mul, Div, Pow, Atan2, Min, Max, SoftThreshold, Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, And, Or,
    FloorDivide, BitwiseAnd, BitwiseOr, BitwiseXor, BitwiseLeftShift, BitwiseRightShift, // Int64.
    FoldKey,       // (key, number): another key. Int64.
    RandomUniform, RandomNormal, // (key, position), Int64: a number of the key's sequence, of Type.DType.
    StraightThrough, // The value of the first, the derivative of the second. Planning starts without it.

    // Pointwise, three operands.
    RandomPoisson, // (key, position, rate): a count of the key's sequence, of the rate's type.
    Where,

    // Views: index maps.
    Broadcast, // Ints[i]: the output axis of input axis i; other output axes repeat. Sizes of mapped axes are equal.
    Permute,   // Ints[i]: the input axis of output axis i.
    Reshape,   // To Type.Shape, row-major.
    Slice,     // Dims: starts; Ints: steps (non-zero); Type.Shape: sizes. Element i comes from start + step*i.
    Window,    // Ints[0]: axis; Dims: stride, dilation. Axis becomes two: position o and offset k, from o*stride + k*dilation.
    Gather,    // (x, index: Int64 of the result's shape, Inverse); Ints[0]: axis. Along the axis the element comes from the position that index holds
               // for it, or the nearest one within x; along the others from its own. What x lacks no element of index may ask for.

    // Data movement that is no view.
    Pad,       // Inverse of Slice on a constant. Number: the constant; Dims: starts; Ints: steps; Type.Shape: result. Element i goes to start + step*i.
    Concat,    // Ints[0]: axis.
    UpdateAdd, // (target, update); Dims: starts; Ints: steps. The block of target at starts, increased by update.
    ScatterAdd, ScatterMax, ScatterMin, // (target, index, update, Inverse); Ints[0]: axis. Each element of update joins that of target from which Gather would read.

    // Reductions. Ints: axes, which the result lacks.
    ReduceSum, ReduceMax, ReduceMin,
    ArgMax,    // Ints[0]: axis; first maximum; Int64.

    // Contractions. (x [batch.. m k], y [batch.. k n]) -> [batch.. m n].
    Dot,       // With Ints (made for planning), the product of the signs of x and y: for each whether the sign of 0 is 1 (0), or 0 (1).
    // Made for planning, of a Dot with matrices that are gathered and of a scatter of outer products; the Inverse tells which rows are of each group.
    GroupedDot,   // (x [e k], y [g k m], Inverse) -> [e m]: each row times the matrix of its group.
    GroupedOuter, // (x [e k], y [e m], Inverse) -> [g k m]: the sum of the outer products of the rows of each group.

    // What is none of these.
    Call,      // Text: a routine (see Routine); Ints: its numbers. Operands and result lie one after another in memory.

    // Structure.
    Loop,      // See LoopInfo.
    Result,    // Ints[0]: which result of the loop Inputs[0].

    // Derivatives that the user declares. Planning starts without them.
    Ruled,       // See RuleInfo. (operands.., captures of the value.., captures of the rule..): a value that varies with its operands as the rule says.
    RuleTangent, // See RuleInfo. (tangents of the operands.., the value, captures of the rule..): linear in the tangents; transposed, it is the rule.

    // A proximal operator that the user declares. Only problems from which operators and algorithms are derived have it.
    Proximable,  // See RuleInfo. (x, further operands.., captures of the operator..): a function of x that is known by its operator.
}

/// <summary>Kinds of operations.</summary>
internal static class OpKinds
{
    /// <summary>Elements of the operand at other places: an index map, no copy.</summary>
    public static bool IsView(this Op op) => op is Op.Broadcast or Op.Permute or Op.Reshape or Op.Slice or Op.Window;
}

/// <summary>
/// A counted loop. Inputs of the node are the initial carried values, then the captures. The body is closed: its parameters are the carried
/// values, then the captures; its results are the next carried values, then one value per scan. The counter is a dim that the body's
/// attributes mention. Results of the loop: final carried values, the histories asked for, the scans stacked.
/// </summary>
/// <param name="Counter">Name of the counter, unique in the function; runs from 0 to <paramref name="Trips"/>.</param>
/// <param name="Carries">Number of carried values.</param>
/// <param name="Histories">Carried values whose every value is kept: [trips + 1, ...], the initial value first.</param>
/// <param name="Scans">Number of values per iteration that are stacked: [trips, ...].</param>
internal sealed record LoopInfo(string Counter, Dim Trips, int Carries, EquatableArray<int> Histories, int Scans, Region Body)
{
    /// <summary>Scans are stacked from the last iteration to the first: row trips - 1 - k holds what iteration k gave.</summary>
    public bool ReversesScans { get; init; }

    /// <summary>Whether derivatives keep values of the body or compute them again.</summary>
    public Recomputation Recomputation { get; init; }

    /// <summary>Derivatives compute what they read of an iteration again from the carried values, and keep nothing else of it.</summary>
    public bool Recomputes { get; init; }

    /// <summary>
    /// The parameter of the body, a captured scalar, whose negation turns the body round (but for a small error): the derivative finds the carried values
    /// again from the last ones, and keeps none.
    /// </summary>
    public int? Reversal { get; init; }

    /// <summary>Makes it the search for a fixed point of the body: see <see cref="SolverInfo"/>.</summary>
    public SolverInfo? Solver { get; init; }

    /// <summary>Ends the loop early; only loops that <c>SolverLowering</c> makes have it.</summary>
    public StopInfo? Stop { get; init; }
}

/// <summary>What a derivative does with the values inside a loop. A checkpoint is a loop of one trip around the body of a method.</summary>
internal enum Recomputation
{
    /// <summary>What <see cref="Transforms.Residuals"/> chooses is kept, the rest is computed again.</summary>
    None,

    /// <summary>Everything is computed again from what the loop captures.</summary>
    Checkpoint,

    /// <summary>A derivative of a checkpoint, which computes again: its body stays apart, or what was dropped would be shared with what was computed before.</summary>
    Again,
}

/// <summary>How a fixed point is found.</summary>
internal enum SolverKind
{
    Plain,
    Anderson,
    Broyden,
}

/// <summary>
/// What makes a loop the search for z = body(z, captures) instead of a count: it carries z alone, its trip count is the most iterations, and its results
/// are z, the number of iterations (Int64) and the last residual, max|f - z| / (<paramref name="Floor"/> + max|f|). The derivatives of z are those of the
/// implicit function; nothing varies with where the search starts. A late pass turns it into a loop that stops.
/// </summary>
/// <param name="Name">Under which name the instance records its runs.</param>
/// <param name="Floor">1 for a residual relative to magnitudes above 1, 0 for a purely relative one (linear fixed points).</param>
/// <param name="Window">How many past steps Anderson and Broyden remember.</param>
/// <param name="BatchDims">How many leading dims count separate problems.</param>
/// <param name="IsConstant">The result is a constant to derivatives.</param>
/// <param name="BackwardIterations">The most iterations of the linear fixed point that its derivative is.</param>
internal sealed record SolverInfo(
    string Name, SolverKind Kind, double Tolerance, double Floor, int Window, double Damping, double Regularization, int BatchDims, bool IsConstant,
    double BackwardTolerance, int BackwardIterations)
{
    /// <summary>The linear fixed point that the tangent (or, transposed, the cotangent) solves.</summary>
    public SolverInfo Linear(string name) => this with { Name = name, Floor = 0, Tolerance = BackwardTolerance };
}

/// <summary>The loop goes on while the carried value <paramref name="Carry"/>, a scalar, is above <paramref name="Tolerance"/>; the instance records the end as <paramref name="Name"/>.</summary>
internal sealed record StopInfo(int Carry, double Tolerance, string Name);

/// <summary>A value and its derivative in reverse, from the cotangent of the value to those of its operands. Both bodies are closed.</summary>
/// <param name="Name">The method that declares the derivative.</param>
/// <param name="Operands">How many operands have a cotangent.</param>
/// <param name="Value">Parameters: the operands, then captures; by these the value is differentiated as ever. Null in a RuleTangent.</param>
/// <param name="Body">The rule. Parameters: the cotangent, the value, then captures; results: the cotangents of the operands. Of a Proximable the operator: the step, the operands, then captures; the point.</param>
internal sealed record RuleInfo(string Name, int Operands, Region? Value, Region Body)
{
    /// <summary>Of a Proximable: what is declared of the operator.</summary>
    public TransformDeclaration? Proximal { get; init; }

    /// <summary>Where the captures of the rule start among the inputs of a Ruled.</summary>
    public int RuleCaptures => Value!.Parameters.Length;
}

/// <summary>A closed piece of graph: parameters in, results out.</summary>
internal sealed class Region(ImmutableArray<Node> parameters, ImmutableArray<Node> results)
{
    public ImmutableArray<Node> Parameters { get; } = parameters;

    public ImmutableArray<Node> Results { get; } = results;

    private ImmutableArray<Node> _schedule;

    /// <summary>Every node the results need, producers first, in a deterministic order.</summary>
    public ImmutableArray<Node> Schedule() => _schedule.IsDefault ? _schedule = Order(Results) : _schedule;

    /// <summary>The sizes that shapes and attributes of its nodes are made of, those inside loops included.</summary>
    public HashSet<string> SizeNames
    {
        get
        {
            if (_sizeNames is not null) return _sizeNames;
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var node in Schedule())
            {
                foreach (var dim in node.Shape) names.UnionWith(dim.Names());
                foreach (var dim in node.Dims) names.UnionWith(dim.Names());
                if (node.Loop is not { } loop) continue;
                names.UnionWith(loop.Trips.Names());
                names.UnionWith(loop.Body.SizeNames);
            }
            return _sizeNames = names;
        }
    }

    private HashSet<string>? _sizeNames;

    /// <summary>Whether a node, or one inside its loop or its rule, is such a one.</summary>
    public bool Any(Func<Node, bool> condition) => Schedule().Any(node => condition(node) || node.Loop?.Body.Any(condition) == true
        || node.Rule is { } rule && (rule.Body.Any(condition) || rule.Value?.Any(condition) == true));

    public static ImmutableArray<Node> Order(IEnumerable<Node> roots)
    {
        var order = ImmutableArray.CreateBuilder<Node>();
        var seen = new HashSet<Node>();
        // An explicit stack: a body of thousands of chained terms must not overflow the editor's.
        var stack = new Stack<(Node Node, int Next)>();
        foreach (var root in roots)
        {
            if (seen.Add(root)) stack.Push((root, 0));
            while (stack.Count > 0)
            {
                var (node, next) = stack.Pop();
                if (next == node.Inputs.Length)
                {
                    order.Add(node);
                    continue;
                }
                stack.Push((node, next + 1));
                if (seen.Add(node.Inputs[next])) stack.Push((node.Inputs[next], 0));
            }
        }
        return order.ToImmutable();
    }
}

/// <summary>One value of the IR, immutable. Made by <see cref="Builder"/> only, which shares equal nodes.</summary>
internal sealed class Node
{
    private static readonly ImmutableArray<int> s_noInts = [];
    private static readonly ImmutableArray<Dim> s_noDims = [];

    public Node(
        Op op, TensorType type, ImmutableArray<Node> inputs, ImmutableArray<int> ints = default, ImmutableArray<Dim> dims = default,
        double number = 0, string text = "", LoopInfo? loop = null, Surface? source = null, RuleInfo? rule = null)
    {
        Op = op;
        Type = type;
        Inputs = inputs;
        Ints = ints.IsDefault ? s_noInts : ints;
        Dims = dims.IsDefault ? s_noDims : dims;
        Number = number;
        Text = text;
        Loop = loop;
        Source = source;
        Rule = rule;
        _hash = HashOf(this);
    }

    // Of the content, which Builder compares; nodes themselves compare by reference.
    private readonly int _hash;

    public Op Op { get; }

    /// <summary>Of a Loop: the type of its first result; ask the Result nodes instead.</summary>
    public TensorType Type { get; }

    public ImmutableArray<Node> Inputs { get; }

    public ImmutableArray<int> Ints { get; }

    public ImmutableArray<Dim> Dims { get; }

    public double Number { get; }

    public string Text { get; }

    public LoopInfo? Loop { get; }

    public RuleInfo? Rule { get; }

    /// <summary>The user's expression that made the node (the first one, where several share it): for comments, reports and messages.</summary>
    public Surface? Source { get; }

    /// <summary>The user's name for the value, where a local holds it. A hint for names in generated code, no part of the meaning.</summary>
    public string? Name { get; set; }

    public ImmutableArray<Dim> Shape => Type.Shape;

    public int Rank => Type.Rank;

    public override int GetHashCode() => _hash;

    private static int HashOf(Node node)
    {
        unchecked
        {
            var hash = (((int)node.Op * 31 + (int)node.Type.DType) * 31 + node.Number.GetHashCode()) * 31 + node.Text.GetHashCode();
            foreach (var input in node.Inputs) hash = hash * 31 + input._hash;
            foreach (var i in node.Ints) hash = hash * 31 + i;
            foreach (var dim in node.Dims) hash = hash * 31 + dim.GetHashCode();
            foreach (var dim in node.Shape) hash = hash * 31 + dim.GetHashCode();
            return hash;
        }
    }

    public override string ToString() => $"{Op} {Type}";
}

/// <summary>Where an argument of a function comes from.</summary>
internal enum ArgumentKind
{
    /// <summary>An argument of the method.</summary>
    Input,

    /// <summary>A [Parameter], by full name; <c>blocks.*.Weight</c> is the stack over an array of children.</summary>
    Weight,

    /// <summary>A [Buffer], by full name.</summary>
    Buffer,
}

/// <summary>An argument of a function: its node and where the generated code finds it.</summary>
internal sealed record FunctionArgument(Node Node, ArgumentKind Kind, string Name);

/// <summary>A size that the entry of a generated method reads off an argument: <c>b</c> is dimension 0 of <c>y</c>.</summary>
internal sealed record SizeBinding(string Size, string Argument, int Axis)
{
    /// <summary>For a size inside a formula (<c>2*n</c>): how it follows from the dimension, which an earlier binding names.</summary>
    public Dim? Value { get; init; }
}

/// <summary>What could not be settled at build time and is checked at entry: two sizes must be equal (or ordered).</summary>
/// <param name="Relation">"==", "!=" or "&lt;=".</param>
internal sealed record EntryCheck(Dim Left, string Relation, Dim Right, string Message);

/// <summary>The elements of an integer argument must be classes: at least 0 and below <paramref name="Classes"/>. Checked at entry.</summary>
/// <param name="Argument">Position among the function's arguments.</param>
internal sealed record IndexCheck(int Argument, Dim Classes);

/// <summary>One outcome of an <c>if</c> on sizes that a variant of a method assumes.</summary>
internal sealed record Assumption(Dim Left, string Relation, Dim Right, bool Holds)
{
    public override string ToString() => Holds ? $"{Left} {Relation} {Right}" : $"!({Left} {Relation} {Right})";
}

/// <summary>A compiled method (or one variant of it): closed graph, its arguments and what entry must bind and check.</summary>
/// <param name="Results">The results in order; a Gradients result has the value first and then one per <paramref name="ResultNames"/>.</param>
/// <param name="ResultNames">For results that are gradients: the full names of parameters, "" for plain results.</param>
internal sealed record Function(
    string Name, EquatableArray<FunctionArgument> Arguments, EquatableArray<Node> Results, EquatableArray<string> ResultNames,
    EquatableArray<SizeBinding> Bindings, EquatableArray<EntryCheck> Checks, EquatableArray<Assumption> Assumptions)
{
    /// <summary>What the constructor has made sure of.</summary>
    public EquatableArray<EntryCheck> Known { get; init; }

    /// <summary>Everything that is known of the sizes where the function runs.</summary>
    public Dim.Facts Facts()
    {
        var facts = Dim.Facts.None;
        foreach (var check in Known.Items.AddRange(Checks.Items)) facts = facts.Add(check.Left, check.Relation, check.Right, true);
        foreach (var assumption in Assumptions) facts = facts.Add(assumption.Left, assumption.Relation, assumption.Right, assumption.Holds);
        return facts;
    }

    /// <summary>Arguments whose values are checked at entry.</summary>
    public EquatableArray<IndexCheck> IndexChecks { get; init; }

    /// <summary>The buffers that the function assigns, by full name: the last results are their new values.</summary>
    public EquatableArray<string> States { get; init; }

    /// <summary>By which rules, in words, a transform has found the function.</summary>
    public EquatableArray<string> Derivation { get; init; } = EquatableArray<string>.Empty;

    /// <summary>How many results the method returns.</summary>
    public int Returned => Results.Count - States.Count;

    /// <summary>The results that the method returns.</summary>
    public ImmutableArray<Node> ReturnedResults => [.. Results.Take(Returned)];

    public Region Body => new([.. Arguments.Select(a => a.Node)], Results.Items);

    public Function With(ImmutableArray<Node> results) => this with { Results = results };

    /// <summary>A name for a further argument: the wanted one, with as many <c>d</c> in front as it takes to be new.</summary>
    public string FreshArgument(string name)
    {
        while (Arguments.Any(argument => argument.Name == name)) name = "d" + name;
        return name;
    }
}
