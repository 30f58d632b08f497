using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>Why an algorithm cannot be unrolled.</summary>
/// <param name="option">The argument of the attribute that is wrong; "" for the whole.</param>
internal sealed class UnrollException(string option, string message) : Exception(message)
{
    public string Option { get; } = option;
}

/// <summary>The algorithms, under the names that the attribute gives them.</summary>
internal enum AlgorithmKind
{
    Ista,
    Fista,
    Hqs,
    Admm,
    DouglasRachford,
    DavisYin,
    ChambollePock,
    CondatVu,
    LinearizedAdmm,
    Extragradient,
    ProximalPoint,
    MirrorDescent,
    FrankWolfe,
    Dykstra,
    BlockCoordinateDescent,
    Palm,
    IPalm,
    Amp,
    Alista,
    Auto,
}

/// <summary>The geometries of mirror descent, under the names that the attribute gives them.</summary>
internal enum GeometryKind
{
    OfSet,
    Burg,
}

/// <summary>
/// An iterative algorithm for the minimum of F(x) + R(x) (+ S(x)), as a loop of a given number of iterations or as the search for the point at which an iteration stands still: gradients
/// of F by differentiation, operators by <see cref="Prox"/>. The source returns F, then R, S and the learned step where there are such. Where the problem has several blocks, F takes all
/// of them, and each of the other functions belongs to the one that it varies with.
/// </summary>
internal sealed partial class Unroll
{
    /// <summary>The name of the counter of the iterations in functions that vary with it, until the loop is there: none that C# has.</summary>
    public const string Counter = "$iteration";

    private const string BoundOf = "bound";

    /// <summary>How the derivation begins to speak of a given step that nothing compares.</summary>
    public const string Unchecked = "step as given";

    private readonly Function _of;
    private AlgorithmKind _algorithm;
    private readonly IReadOnlyList<ProximalEntry> _catalogue;
    private readonly CounterNames _names;
    private readonly Builder _builder = new();
    private readonly ImmutableArray<FunctionArgument> _arguments;
    private readonly ImmutableArray<int> _blocks;
    private readonly int _iterations;
    private readonly double _step;
    private readonly double _tolerance;
    private readonly double _selection;
    private readonly double _ridge;
    private readonly bool _isBacktracking;
    private readonly Node? _learned;
    private readonly Dictionary<string, Node> _captured = [];
    private Premise? _premise;
    private readonly int _proximables;
    private readonly TransformOptions _options;
    private readonly string _name;
    private ImmutableArray<string> _derivation = [];

    private Unroll(Function of, TransformDeclaration declaration, IReadOnlyList<ProximalEntry> catalogue)
    {
        _of = of;
        _options = new TransformOptions(declaration);
        _name = declaration.Method;
        _catalogue = catalogue;
        _algorithm = _options.Enum<AlgorithmKind>("algorithm");
        _names = CounterNames.Of(of);
        _tolerance = _options.Number("Tolerance", 0);
        _iterations = IterationsOf(declaration);
        _selection = _options.Number("Selection", 0);
        _ridge = _options.Number("Ridge", 0);
        _isBacktracking = _options.Flag("Backtracking");
        _step = _options.Number("Step", 0);
        if (_iterations < 1) throw new UnrollException("Iterations", "Iterations is at least 1");
        if (!(_step >= 0) || double.IsInfinity(_step)) throw new UnrollException("Step", "Step is a positive number, or 0 for one that follows from the smooth function");
        if (!(_selection >= 0 && _selection <= 1)) throw new UnrollException("Selection", "Selection is a share of the elements, from 0 to 1");
        if (!(_ridge >= 0) || double.IsInfinity(_ridge)) throw new UnrollException("Ridge", "Ridge is a number of at least 0");
        _blocks = Blocks(declaration.Wrt.Items);
        if (of.States.Count > 0) throw new UnrollException("", $"the function assigns the buffer '{of.States[0]}', and an algorithm calls it many times");
        foreach (var result in of.Results)
            if (!result.Type.IsFloat) throw new UnrollException("", $"the functions give numbers; this is {result.Type}");
        var copier = new Copier(_builder);
        _arguments = [.. of.Arguments.Select(a => a with { Node = copier.CopyParameter(a.Node) })];
        var isLearned = _options.Text("Learn", "").Length > 0;
        _proximables = of.Results.Count - (isLearned ? 2 : 1);
        if (_proximables > 0 && _options.Text("proximable", "").Length == 0) throw new UnrollException("Other", "Other is the second proximable function: name the first with proximable");
        if (!isLearned) return;
        if (_step > 0) throw new UnrollException("Learn", "the step is a number or learned, not both");
        _learned = copier.Copy(of.Results[of.Results.Count - 1]);
        if (_learned.Rank > 1 || _learned.Rank == 1 && !_learned.Shape[0].Equals(Dim.Of(_iterations)))
            throw new UnrollException("Learn", $"a learned step is one number of shape [], or one for each of the {_iterations} iterations; '{_options.Text("Learn", "")}' is {_learned.Type.ShapeText}");
    }

    public static int IterationsOf(TransformDeclaration declaration)
    {
        var options = new TransformOptions(declaration);
        return options.Int("Iterations", 0) is var given && given != 0 ? given : options.Number("Tolerance", 0) > 0 ? 1000 : 16;
    }

    /// <summary>The arguments that are minimised over: those that are named, or the first tensor.</summary>
    private ImmutableArray<int> Blocks(ImmutableArray<string> wrt)
    {
        var arguments = _of.Arguments.Items.ToList();
        static bool IsTensor(FunctionArgument a) => a.Kind == ArgumentKind.Input && a.Node.Type.IsFloat;
        if (wrt.IsEmpty) return arguments.FindIndex(IsTensor) is >= 0 and var first ? [first] : throw new UnrollException("smooth", "the function takes no float tensor");
        ImmutableArray<int> blocks = [.. wrt.Select(name => arguments.FindIndex(a => a.Name == name && IsTensor(a)))];
        if (blocks.IndexOf(-1) is >= 0 and var missing) throw new UnrollException("wrt", $"'{wrt[missing]}' is no float tensor that the function takes");
        if (blocks.FirstOrDefault(block => arguments[block].Node.Type.DType != arguments[blocks[0]].Node.Type.DType) is > 0 and var other)
            throw new UnrollException("wrt", $"'{arguments[other].Name}' has another element type than '{wrt[0]}'");
        return blocks;
    }

    /// <summary>
    /// The function of the same arguments, which is where the algorithm starts in the places of the blocks, that returns the last iterate of each block; with a tolerance also the number of
    /// iterations and the last residual.
    /// </summary>
    public static Function Apply(Function of, TransformDeclaration declaration, IReadOnlyList<ProximalEntry> catalogue) => new Unroll(of, declaration, catalogue).Build();

    private Node X => _arguments[_blocks[0]].Node;

    private TensorType Scalar => new(X.Type.DType, []);

    private Scheme Chosen() => _algorithm switch
    {
        AlgorithmKind.DavisYin => DavisYin(),
        AlgorithmKind.DouglasRachford => DouglasRachford(),
        AlgorithmKind.Admm => Admm(),
        AlgorithmKind.Hqs => Hqs(),
        AlgorithmKind.ChambollePock => ChambollePock(),
        AlgorithmKind.CondatVu => CondatVu(),
        AlgorithmKind.LinearizedAdmm => LinearizedAdmm(),
        AlgorithmKind.Extragradient => Extragradient(),
        AlgorithmKind.ProximalPoint or AlgorithmKind.BlockCoordinateDescent => ProximalSteps(),
        AlgorithmKind.MirrorDescent => MirrorDescent(),
        AlgorithmKind.FrankWolfe => FrankWolfe(),
        AlgorithmKind.Dykstra => Dykstra(),
        AlgorithmKind.Palm or AlgorithmKind.IPalm => Palm(),
        AlgorithmKind.Amp => Amp(),
        AlgorithmKind.Alista => Alista(),
        AlgorithmKind.Auto => FirstThatFits(),
        _ => ForwardBackward(isFast: _algorithm == AlgorithmKind.Fista),
    };

    private Function Build()
    {
        var scheme = Chosen();
        if (_selection > 0 && _algorithm is not (AlgorithmKind.Ista or AlgorithmKind.Fista or AlgorithmKind.Alista)) throw new UnrollException("Selection", $"Ista, Fista and Alista select; {_algorithm} does not");
        if (_options.Enum<GeometryKind>("Geometry") != default && _algorithm != AlgorithmKind.MirrorDescent) throw new UnrollException("Geometry", $"MirrorDescent steps in a geometry; {_algorithm} does not");
        if (_ridge > 0 && _algorithm != AlgorithmKind.Alista) throw new UnrollException("Ridge", $"Alista computes a weight; {_algorithm} does not");
        if (_isBacktracking && _algorithm is not (AlgorithmKind.Ista or AlgorithmKind.Fista)) throw new UnrollException("Backtracking", $"Ista and Fista find their step by trials; {_algorithm} does not");
        var results = Run(scheme);
        var function = Cleanup.Apply(_of with { Arguments = _arguments, Results = results, ResultNames = results.Select(_ => "").ToImmutableArray(), Derivation = _derivation });
        return CounterNames.Of(function).Uses(Counter) ? throw new UnrollException("Counter", $"{_algorithm} computes before its iterations what varies with them") : function;
    }

    // ---- The functions of the problem ----

    /// <summary>The sum of results over all samples, as a function of its own.</summary>
    private Function Scalarly(params ImmutableArray<int> results)
    {
        var builder = new Builder();
        var copier = new Copier(builder);
        var arguments = _of.Arguments.Select(a => a with { Node = copier.CopyParameter(a.Node) }).ToImmutableArray();
        var sum = results.Select(result => copier.Copy(_of.Results[result])).Select(value => builder.Sum(value, [.. Enumerable.Range(0, value.Rank)])).Aggregate(builder.Add);
        return _of with { Arguments = arguments, Results = ImmutableArray.Create(sum), ResultNames = ImmutableArray.Create("") };
    }

    private Function Gradient(int block = 0)
    {
        var smooth = Scalarly(0);
        string? known = null;
        smooth.Body.Any(node => node.Op == Op.Proximable && (known ??= node.Rule!.Name) is not null);
        return known is null ? Transforms.Gradient.ByNames(smooth, [NameOf(block)])
            : throw new UnrollException("smooth", $"{known} is known by the operator that it declares, and {_algorithm} takes the gradient of the smooth function: it belongs into the proximable one");
    }

    private string NameOf(int block) => _arguments[_blocks[block]].Name;

    /// <summary>The operator of a sum of results by a block.</summary>
    private Function Operator(ImmutableArray<int> results, string option, int block = 0)
    {
        try
        {
            var isConvex = _algorithm is not (AlgorithmKind.Ista or AlgorithmKind.Alista or AlgorithmKind.Palm or AlgorithmKind.IPalm or AlgorithmKind.BlockCoordinateDescent);
            var function = Prox.Apply(Scalarly(results), [NameOf(block)], _options, null, _catalogue, isConvex);
            Say($"operator of {(option.Length > 0 ? option : NameOf(block))}", function);
            return function;
        }
        catch (NoProximalOperatorException no)
        {
            throw new UnrollException(option, no.Message);
        }
    }

    private Function Operator(int result, string option) => Operator([result], option);

    private void Say(string what, Function function) => _derivation = _derivation.AddRange(function.Derivation.Select(rule => $"{what}: {rule}"));

    private void Say(string rule) => _derivation = _derivation.Add(rule);

    // ---- Steps ----

    /// <summary>The step of iterations: learned, given, or the inverse of a bound of the gradient's Lipschitz constant.</summary>
    /// <param name="most">Steps up to so many times that inverse converge; below it, unless <paramref name="isReached"/>.</param>
    private Node GradientStep(Function gradient, double most = 2, bool isReached = false) => GradientStep([gradient], Bound(gradient, out var error), error, most, isReached);

    private Node GradientStep(ImmutableArray<Function> gradients, Node? bound, string? error, double most, bool isReached)
    {
        if (_learned is not null) return _learned;
        if (_step > 0)
        {
            RequireShort(bound, most, isReached);
            if (bound is not { Op: Op.Full }) _premise = new(gradients, most, isReached);
            return _builder.Full(_step, Scalar);
        }
        if (bound is null) throw new UnrollException("", $"no bound of the Lipschitz constant of the smooth function's gradient is known ({error}); give a Step, or Learn one");
        // Where the largest step itself may go round for ever, a little less.
        var share = isReached || most > 1 ? 1 : 0.9;
        var isMeasured = _derivation.Any(rule => rule.StartsWith(BoundOf, StringComparison.Ordinal));
        Say($"step: {(share < 1 ? "0.9" : "1")}/L, where L bounds the Lipschitz constant of the gradient{(isMeasured ? "" : ": the norms of its matrices by Gram iteration")}");
        return _builder.Div(_builder.Full(share, Scalar), Positive(_builder, bound));
    }

    /// <summary>A bound to divide by: where it is 0, 1, which bounds 0 too, so that steps that follow from it are finite and valid.</summary>
    private Node Positive(Builder b, Node bound)
    {
        // From here on neither an inverse nor its derivative overflows. NaN stays NaN.
        var isZero = b.Pointwise(Op.LessEqual, bound, b.Full(1e-15, Scalar));
        return b.Where(isZero, b.Full(1, Scalar), bound);
    }

    /// <summary>What holds a given step against what the gradients do along the last move, where the build knows no constant: at least the Lipschitz constant is what they change by.</summary>
    /// <param name="IsEach">Whether the blocks move one after another, each by a gradient of its own.</param>
    private sealed record Premise(ImmutableArray<Function> Gradients, double Most, bool IsReached, bool IsEach = false);

    /// <summary>
    /// The last values, or NaN and an error where the next move shows a step to be too long. Of convex functions the moves of a gradient step and an operator only grow, or go back and forth, where that
    /// shows: |m'| is at most |m - step (g' - g)|, which is more than |m| only where step |g' - g|² is more than 2 ⟨g' - g, m⟩. What has settled shows nothing but rounding.
    /// </summary>
    private ImmutableArray<Node> Checked(Scheme scheme, ImmutableArray<Node> last)
    {
        ImmutableArray<Node> results = [.. scheme.Results.Select(i => last[i])];
        if (_premise is not var (gradients, most, isReached, isEach) || _names.Uses(Counter)) return results;
        var b = _builder;
        var moved = scheme.Next(b, last, Everything, scheme.Steps, Dim.Of(_iterations - 1));
        ImmutableArray<Node> ahead = [.. scheme.Results.Select(i => moved[i])];
        var slopes = gradients.Select(gradient => Inline(b, gradient, Everything(results))).ToArray();
        var moves = ahead.Select((to, i) => b.Sub(to, results[i])).ToArray();
        var changes = gradients.Select((gradient, i) => b.Sub(Inline(b, gradient, Everything(isEach ? results.SetItem(i, ahead[i]) : ahead)), slopes[i])).ToArray();
        Node[] points = [.. results];
        foreach (var group in isEach ? EachBlock.Select(i => new[] { i }) : [[.. EachBlock]])
        {
            Node[] Of(Node[] all) => [.. group.Select(i => all[i])];
            Node move = Largest(Of(moves)), change = Largest(Of(changes));
            var isMoving = b.Pointwise(Op.And, b.Pointwise(Op.Greater, move, b.Scale(Largest(Of(points)), 1e-3)), b.Pointwise(Op.Greater, change, b.Scale(Largest(Of(slopes)), 1e-3)));
            // Scaled, so that squares do not overflow.
            var seen = b.Div(b.Mul(change, Length(Of(changes), change)), b.Mul(move, Length(Of(moves), move)));
            var lipschitz = b.Where(isMoving, seen, b.Zeros(Scalar));
            if (_iterations >= 64 || isEach) lipschitz = b.Where(Overflow(), b.Full(double.PositiveInfinity, Scalar), lipschitz);
            results = [.. results.Select(result => Within(result, lipschitz, most, isReached, Seen))];

            Node Length(Node[] parts, Node by)
            {
                var scale = b.Where(isMoving, by, b.Full(1, Scalar));
                return b.Pointwise(Op.Sqrt, parts.Select(part => b.Div(part, b.Broadcast(scale, part.Shape, []))).Select(part => Inner(b, part, part)).Aggregate(b.Add));
            }
        }
        return results;

        // Few iterations rarely go so far, but for blocks that drive each other, and another one would cost more than it tells.
        Node Overflow()
        {
            var first = scheme.Next(b, scheme.Start, Everything, scheme.Steps, Dim.Zero);
            var infinity = b.Full(double.PositiveInfinity, Scalar);
            return b.Pointwise(Op.And, b.Pointwise(Op.Less, Largest([.. first]), infinity), b.Pointwise(Op.Not, b.Pointwise(Op.Less, Largest(points), infinity)));
        }

        Node Largest(Node[] parts) => parts.Select(part => b.Reduce(Op.ReduceMax, b.Pointwise(Op.Abs, part), [.. Enumerable.Range(0, part.Rank)])).Aggregate((x, y) => b.Pointwise(Op.Max, x, y));

        Dictionary<string, Node> Everything(ImmutableArray<Node> blocks)
        {
            var at = _arguments.ToDictionary(a => a.Name, a => a.Node);
            for (var i = 0; i < blocks.Length; i++) at[NameOf(i)] = blocks[i];
            return at;
        }
    }

    // What the constant of a step is, as Routines.RequireStep says it.
    private const int Bounded = 0, Seen = 1, Relative = 2;

    /// <summary>A value as it is, with its derivative, where a given step is short enough for a constant.</summary>
    private Node Within(Node value, Node lipschitz, double most, bool isReached, int kind)
    {
        var b = _builder;
        Node Single(Node node) => b.Reshape(node, [Dim.One]);
        var premise = b.Concat([Single(lipschitz), Single(b.Full(_step, Scalar)), Single(b.Full(most, Scalar))], 0);
        var none = b.Call("StepCheck", Scalar.With([Dim.One]), [premise], [(int)_algorithm, isReached ? 1 : 0, kind]);
        return b.Pointwise(Op.StraightThrough, b.Add(value, b.Broadcast(b.Reshape(none, []), value.Shape, [])), value);
    }

    /// <summary>A step that is known to be too long for a constant that is known is an error; of a constant that is known at run time the derivation says so.</summary>
    private void RequireShort(Node? bound, double most, bool isReached)
    {
        if (bound is { Op: not Op.Full } && !_derivation.Any(rule => rule.StartsWith(Unchecked, StringComparison.Ordinal)))
        {
            var limit = most == 1 ? "1/L" : $"{TextPrinter.Text(Math.Round(most, 4))}/L";
            Say($"{Unchecked}: {_algorithm} converges for steps {(isReached ? "up to" : "below")} {limit}, where a bound L of the Lipschitz constant of the gradient of the smooth function is known at run time only{(_algorithm == AlgorithmKind.MirrorDescent ? "" : ", and a call refuses one that it shows to be too long")}");
        }
        if (bound is not { Op: Op.Full, Number: var lipschitz } || (isReached ? _step * lipschitz <= most : _step * lipschitz < most)) return;
        throw new UnrollException("Step",
            $"{_algorithm} converges for steps {(isReached ? "up to" : "below")} {TextPrinter.Text(most)}/L = {TextPrinter.Text(most / lipschitz)}, where L is the Lipschitz constant of the gradient of the smooth function, and the step is {TextPrinter.Text(_step)}");
    }

    private Node? Bound(Function function, out string? error, int block = 0)
    {
        var lipschitz = Lipschitz.Apply(function, [NameOf(block)], 8, out error);
        if (lipschitz is not null && CounterNames.Of(lipschitz).Uses(Counter))
        {
            error = "that differs from iteration to iteration";
            return null;
        }
        if (lipschitz is null) return null;
        Say(BoundOf, lipschitz);
        return Inline(_builder, lipschitz, _arguments.ToDictionary(a => a.Name, a => a.Node));
    }

    /// <summary>The step of an algorithm that converges with any.</summary>
    private Node AnyStep() => _learned ?? _builder.Full(_step > 0 ? _step : 1, Scalar);

    // ---- Iterations ----

    /// <summary>The arguments of the functions by name, with given values of the blocks.</summary>
    private delegate Dictionary<string, Node> At(params ImmutableArray<Node> blocks);

    /// <summary>One iteration: a builder, the state, the arguments by the blocks, and the step.</summary>
    private delegate ImmutableArray<Node> Iteration(Builder b, ImmutableArray<Node> state, At at, Node step, Dim k);

    /// <summary>An algorithm.</summary>
    /// <param name="Start">The state that it starts from.</param>
    /// <param name="Steps">What every iteration takes as its step or steps.</param>
    /// <param name="Next">An iteration.</param>
    /// <param name="Results">Where in the state the result is: one of each block.</param>
    private sealed record Scheme(ImmutableArray<Node> Start, Node Steps, Iteration Next, params ImmutableArray<int> Results)
    {
        /// <summary>Why an iteration differs from the one before in more than the state.</summary>
        public string? Changes { get; init; }
    }

    /// <summary>An algorithm whose step is one number, or one for each iteration.</summary>
    private static Scheme Stepping(ImmutableArray<Node> start, Node steps, Iteration next, params ImmutableArray<int> results) =>
        new(start, steps, (b, state, at, all, k) => next(b, state, at, all.Rank == 0 ? all : b.Select(all, 0, k), k), results)
        {
            Changes = steps.Rank == 0 ? null : "each iteration has a step of its own",
        };

    /// <summary>The results after all iterations; or of a search, with its account.</summary>
    private ImmutableArray<Node> Run(Scheme scheme)
    {
        if (_tolerance == 0) return Loop(scheme);
        var changes = _names.Uses(Counter) ? "the functions vary with the iteration" : _selection > 0 ? "what is selected grows with the iterations" : scheme.Changes;
        if (changes is not null) throw new UnrollException("Tolerance", $"{_algorithm} stands still at no point: {changes}; without a Tolerance it takes its Iterations");
        var packed = Pack(_builder, scheme.Start);
        var (loop, inputs) = Iterations([packed], scheme.Steps, (b, state, at, steps, k) => [Pack(b, scheme.Next(b, Unpack(b, state[0], scheme.Start), at, steps, k))]);
        var found = FixedPoint.Search(_builder, _names, loop, inputs, _name, _options, out var error) ?? throw new UnrollException("Tolerance", error!);
        var last = Unpack(_builder, found[0], scheme.Start);
        Say($"iterated until its state moves by at most {TextPrinter.Text(_tolerance)} of its size; derivatives by the implicit function theorem unless Backward says otherwise");
        return [.. Checked(scheme, last), found[1], found[2]];
    }

    private ImmutableArray<Node> Loop(Scheme scheme)
    {
        var (loop, inputs) = Iterations(scheme.Start, scheme.Steps, scheme.Next);
        return Checked(scheme, [.. _builder.Loop(loop, inputs).Take(scheme.Start.Length)]);
    }

    private (LoopInfo Loop, ImmutableArray<Node> Inputs) Iterations(ImmutableArray<Node> start, Node steps, Iteration iteration)
    {
        var counter = _names.Fresh("k");
        var trips = Dim.Of(_iterations);
        var k = Dim.Counter(counter, trips);
        var b = new Builder();
        var state = start.Select(s => Parameter(b, s)).ToImmutableArray();
        var others = _arguments.Where((_, i) => !_blocks.Contains(i)).ToImmutableArray();
        var captures = others.Select(a => Parameter(b, a.Node)).ToImmutableArray();
        var added = _captured.ToDictionary(c => c.Key, c => Parameter(b, c.Value));
        var captured = Parameter(b, steps);
        var next = iteration(b, state, blocks =>
        {
            var at = others.Select((a, i) => (a.Name, Node: captures[i])).ToDictionary(a => a.Name, a => a.Node);
            foreach (var pair in added) at.Add(pair.Key, pair.Value);
            for (var i = 0; i < blocks.Length; i++) at.Add(NameOf(i), blocks[i]);
            return at;
        }, captured, k);
        var body = new Region([.. state, .. captures, .. added.Values, captured], next);
        if (_names.Uses(Counter)) body = new Copier(new Builder(), name => name == Counter ? k : null).Copy(body);
        return (new LoopInfo(counter, trips, start.Length, EquatableArray<int>.Empty, 0, body), [.. start, .. others.Select(a => a.Node), .. _captured.Values, steps]);
    }

    /// <summary>A state of several tensors as one vector.</summary>
    private static Node Pack(Builder b, ImmutableArray<Node> state) =>
        state is [var only] ? only : b.Concat([.. state.Select(part => b.Reshape(part, [Size(part)]))], 0);

    private static ImmutableArray<Node> Unpack(Builder b, Node packed, ImmutableArray<Node> like)
    {
        if (like.Length == 1) return [packed];
        var parts = ImmutableArray.CreateBuilder<Node>();
        var at = Dim.Zero;
        foreach (var part in like)
        {
            parts.Add(b.Reshape(b.Slice(packed, [at], [Size(part)]), part.Shape));
            at += Size(part);
        }
        return parts.ToImmutable();
    }

    private static Dim Size(Node node) => Dim.Product(node.Shape);

    private static Node Parameter(Builder b, Node like)
    {
        var parameter = b.Parameter(like.Text, like.Type);
        parameter.Name = like.Name;
        return parameter;
    }

    /// <summary>A function's result at given arguments.</summary>
    private Node Inline(Builder b, Function function, Dictionary<string, Node> at, params ImmutableArray<Node> added)
    {
        var copier = new Copier(b, null, _names);
        foreach (var argument in function.Arguments.Take(function.Arguments.Count - added.Length)) copier.Map(argument.Node, at[argument.Name]);
        for (var i = 0; i < added.Length; i++) copier.Map(function.Arguments[function.Arguments.Count - added.Length + i].Node, added[i]);
        return copier.Copy(function.Results[0]);
    }

    private static Node Times(Builder b, Node scalar, Node x) => b.Mul(b.Broadcast(scalar, x.Shape, []), x);

    // ---- Algorithms ----

    /// <summary>x = prox of step R at y - step ∇F(y), where y is x, or x carried on by k / (k + 3) of its last move.</summary>
    private Scheme ForwardBackward(bool isFast)
    {
        RequireAtMostOne();
        var (gradient, prox) = (Gradient(), _proximables > 0 ? Operator(1, "proximable") : null);
        RequireSelectable();
        // At 2/L itself iterates may go round for ever; momentum needs steps of at most 1/L.
        var step = _isBacktracking ? FirstTrial() : isFast ? GradientStep(gradient, 1, isReached: true) : GradientStep(gradient);
        Say(isFast
            ? "FISTA: x' = prox(y - step ∇F(y)) with y = x + k/(k + 3) (x - x before); F(x) + R(x) less its minimum falls as 1/k² (Beck and Teboulle 2009; Chambolle and Dossal 2015)"
            : "ISTA: x' = prox(x - step ∇F(x)) (Daubechies, Defrise and De Mol 2004)");
        var grows = isFast ? "its momentum grows with the iterations (Ista has the same gradient, and Solver.Anderson its own momentum)" : null;
        ImmutableArray<Node> start = isFast ? [X, X] : [X];
        if (!_isBacktracking)
        {
            var scheme = Stepping(start, step, (b, state, at, length, k) =>
            {
                var y = From(b, state, k);
                var next = Move(b, y, Inline(b, gradient, at(y)), at, length, k);
                return isFast ? [next, state[0]] : [next];
            }, 0);
            return scheme with { Changes = grows ?? scheme.Changes };
        }
        var smooth = Scalarly(0);
        return new Scheme(start.Add(step), step, (b, state, at, _, k) =>
        {
            var (y, length) = (From(b, state, k), state[state.Length - 1]);
            var slope = Inline(b, gradient, at(y));
            var next = Move(b, y, slope, at, length, k);
            var move = b.Sub(next, y);
            Node here = Inline(b, smooth, at(y)), there = Inline(b, smooth, at(next));
            var above = b.Add(here, b.Add(Inner(b, slope, move), b.Div(b.Scale(Inner(b, move, move), 0.5), length)));
            // What rounding makes of equal values is no reason for shorter and shorter steps.
            var rounding = b.Scale(b.Add(b.Pointwise(Op.Abs, here), b.Pointwise(Op.Abs, there)), 1e-6);
            var isShort = b.Pointwise(Op.LessEqual, there, b.Add(above, rounding));
            Node Unless(Node rejected, Node taken) => b.Where(b.Broadcast(isShort, taken.Shape, []), taken, rejected);

            var (x, after) = (Unless(state[0], next), Unless(b.Scale(length, 0.5), length));
            return isFast ? [x, Unless(state[1], state[0]), after] : [x, after];
        }, 0) { Changes = grows };

        Node From(Builder b, ImmutableArray<Node> state, Dim k)
        {
            if (!isFast) return state[0];
            var share = b.Div(b.Size(k, X.Type.DType), b.Size(k + Dim.Of(3), X.Type.DType));
            return b.Add(state[0], Times(b, share, b.Sub(state[0], state[1])));
        }

        Node Move(Builder b, Node y, Node slope, At at, Node length, Dim k)
        {
            var to = b.Sub(y, Times(b, length, slope));
            return Selected(b, to, Proximal(b, prox, at, to, length), k);
        }
    }

    private static Node Inner(Builder b, Node x, Node y) => b.Sum(b.Mul(x, y), [.. Enumerable.Range(0, x.Rank)]);

    /// <summary>The step that trials start from.</summary>
    private Node FirstTrial()
    {
        if (_learned is not null) throw new UnrollException("Learn", "the step is found by trials or learned, not both");
        Say("step: by trials; where F(x') exceeds F(y) + ⟨∇F(y), x' - y⟩ + |x' - y|²/(2 step) the iterate stays, and the step is halved (Beck and Teboulle 2009)");
        return _builder.Full(_step > 0 ? _step : 1, Scalar);
    }

    /// <summary>x = prox of step R at x - step Wᵀ(L x - y) for F = ½|L x - y|², where W is the matrix of least coherence with L, or with a ridge of least coherence and size.</summary>
    private Scheme Alista()
    {
        RequireOne();
        Function residual, weight;
        bool isLeft;
        try
        {
            (residual, weight, isLeft) = Prox.LeastCoherent(Scalarly(0), NameOf(0), _ridge, _catalogue);
        }
        catch (NoProximalOperatorException no)
        {
            throw new UnrollException("smooth", no.Message);
        }
        var prox = Operator(1, "proximable");
        RequireSelectable();
        if (CounterNames.Of(weight).Uses(Counter)) throw new UnrollException("smooth", "its matrix differs from iteration to iteration, and the weight of Alista is computed once");
        var name = _of.FreshArgument("weight");
        _captured.Add(name, Inline(_builder, weight, _arguments.ToDictionary(a => a.Name, a => a.Node)));
        string more = _ridge > 0 ? $"² + {TextPrinter.Text(_ridge)} |W|²" : "", inverse = _ridge > 0 ? $"(L Lᵀ + {TextPrinter.Text(_ridge)} I)⁻¹" : "(L Lᵀ)⁻¹";
        Say($"ALISTA: x' = prox(x - step Wᵀ(L x - y)), where W of all matrices with wᵢᵀ lᵢ = 1 has the least |WᵀL|{more}: wᵢ = {inverse} lᵢ / lᵢᵀ {inverse} lᵢ (Liu, Chen, Wang and Yin 2019)");
        return Stepping([X], AnyStep(), (b, state, at, length, k) =>
        {
            var all = at(state[0]);
            Node error = Inline(b, residual, all), transposed = all[name];
            var rows = X.Rank == 1 ? Dim.One : Dim.Product(X.Shape.RemoveAt(X.Rank - 1));
            var slope = isLeft
                ? b.Dot(b.Transpose(transposed), X.Rank == 1 ? b.Reshape(error, [transposed.Shape[0], Dim.One]) : error)
                : b.Dot(b.Reshape(error, [rows, transposed.Shape[0]]), transposed);
            var to = b.Sub(state[0], Times(b, length, b.Reshape(slope, X.Shape)));
            return [Selected(b, to, Proximal(b, prox, at, to, length), k)];
        }, 0);
    }

    private void RequireSelectable()
    {
        if (_selection == 0) return;
        if (_proximables == 0 || X.Rank == 0 || !Prox.IsSeparable(_of with { Results = ImmutableArray.Create(_of.Results[1]), ResultNames = ImmutableArray.Create("") }, NameOf(0), _catalogue))
            throw new UnrollException("Selection", "what is selected passes the operator by element by element: the proximable function is a sum over elements");
        Say($"support selection: of the last dimension, a share of the largest magnitudes passes the operator by; it grows evenly to {TextPrinter.Text(_selection)} (Chen, Liu, Wang and Yin 2018)");
    }

    /// <summary>The operator's values, but where the magnitude is among the largest what it was taken of.</summary>
    private Node Selected(Builder b, Node x, Node operated, Dim k)
    {
        if (_selection == 0) return operated;
        var size = b.Pointwise(Op.Abs, x);
        var last = x.Rank - 1;
        var order = b.Call("ArgSort", size.Type.With(DType.Int64), [size], [1]);
        var sorted = b.Gather(size, order, last);
        var count = b.Pointwise(Op.Floor, b.Scale(b.Size((k + Dim.One) * x.Shape[last], x.Type.DType), _selection / _iterations));
        var isFirst = b.Pointwise(Op.Less, b.Iota(x.Shape, last, x.Type.DType), b.Broadcast(count, x.Shape, []));
        var least = b.Reduce(Op.ReduceMin, b.Where(isFirst, sorted, b.Full(double.PositiveInfinity, x.Type)), [last]);
        return b.Where(b.Pointwise(Op.GreaterEqual, size, b.Unreduce(least, x.Shape, [last])), x, operated);
    }

    /// <summary>The operator of a function that may be missing.</summary>
    private Node Proximal(Builder b, Function? prox, At at, Node x, Node length) => prox is null ? x : Inline(b, prox, at(x), length);

    /// <summary>x = prox of step R at s; z = prox of step S at 2 x - s - step ∇F(x); s moves by z - x.</summary>
    private Scheme DavisYin()
    {
        RequireOneBlock();
        if (_proximables != 2) throw new UnrollException("", "Davis-Yin splits a smooth function and two proximable ones: name the second with Other");
        var (gradient, first, second) = (Gradient(), Operator(1, "proximable"), Operator(2, "Other"));
        var step = GradientStep(gradient);
        Say("Davis-Yin: x = prox R(s), z = prox S(2 x - s - step ∇F(x)), s' = s + z - x (Davis and Yin 2017)");
        return Stepping([X, X], step, (b, state, at, length, _) =>
        {
            var x = Inline(b, first, at(state[0]), length);
            var slope = Times(b, length, Inline(b, gradient, at(x)));
            var z = Inline(b, second, at(b.Sub(b.Sub(b.Scale(x, 2), state[0]), slope)), length);
            return [b.Add(state[0], b.Sub(z, x)), x];
        }, 1);
    }

    /// <summary>x = prox of step F at s; z = prox of step R at 2 x - s; s moves by z - x.</summary>
    private Scheme DouglasRachford()
    {
        RequireOne();
        var (first, second) = (Operator(0, "smooth"), Operator(1, "proximable"));
        Say("Douglas-Rachford: x = prox F(s), z = prox R(2 x - s), s' = s + z - x (Lions and Mercier 1979)");
        return Stepping([X, X], AnyStep(), (b, state, at, length, _) =>
        {
            var x = Inline(b, first, at(state[0]), length);
            var z = Inline(b, second, at(b.Sub(b.Scale(x, 2), state[0])), length);
            return [b.Add(state[0], b.Sub(z, x)), z];
        }, 1);
    }

    /// <summary>x = prox of step F at z - u; z = prox of step R at x + u; u moves by x - z.</summary>
    private Scheme Admm()
    {
        RequireOne();
        var (first, second) = (Operator(0, "smooth"), Operator(1, "proximable"));
        Say("ADMM with penalty 1/step: x = prox F(z - u), z = prox R(x + u), u' = u + x - z (Boyd et al. 2011)");
        return Stepping([X, _builder.Zeros(X.Type)], AnyStep(), (b, state, at, length, _) =>
        {
            var x = Inline(b, first, at(b.Sub(state[0], state[1])), length);
            var z = Inline(b, second, at(b.Add(x, state[1])), length);
            return [z, b.Add(state[1], b.Sub(x, z))];
        }, 0);
    }

    /// <summary>z = prox of step R at x; x = prox of step F at z: F(x) + R(z) + |x - z|²/(2 step), minimised in turns.</summary>
    private Scheme Hqs()
    {
        RequireOne();
        var (first, second) = (Operator(0, "smooth"), Operator(1, "proximable"));
        Say("half-quadratic splitting: x = prox F(z), z = prox R(x) minimise F(x) + R(z) + |x - z|²/(2 step), which is the problem only as the step goes to 0 (Geman and Yang 1995)");
        return Stepping([X], AnyStep(), (b, state, at, length, _) => [Inline(b, second, at(Inline(b, first, at(state[0]), length)), length)], 0);
    }

    /// <summary>
    /// x = prox of s R at x + Lᵀ z; z moves to y - L x + c z and s to 1 + c s, where c is the mean slope of the operator times the number of unknowns for each measurement. Where it stands
    /// still z = s (y - L x), so that x is the minimum.
    /// </summary>
    private Scheme Amp()
    {
        RequireOne();
        RequireNotLearned();
        if (_step > 0) throw new UnrollException("Step", "the scale of the operator in Amp follows from its slope: it takes no Step");
        var prior = _of with { Results = ImmutableArray.Create(_of.Results[1]), ResultNames = ImmutableArray.Create("") };
        Function residual, adjoint, prox;
        try
        {
            (residual, adjoint) = Prox.Residual(Scalarly(0), NameOf(0), _catalogue);
        }
        catch (NoProximalOperatorException no)
        {
            throw new UnrollException("smooth", no.Message);
        }
        try
        {
            if (!Prox.IsSeparable(prior, NameOf(0), _catalogue)) throw new UnrollException("proximable", "Amp corrects its residual by the slopes of an operator of each element: the function is a sum over elements");
            prox = Prox.Apply(prior, [NameOf(0)], _options, null, _catalogue, isConvex: true);
            Say("operator of proximable", prox);
        }
        catch (NoProximalOperatorException no)
        {
            throw new UnrollException("proximable", no.Message);
        }
        var scale = prior.Results[0].Type;
        var measured = residual.Results[0].Type;
        if (!measured.Shape.Take(scale.Rank).SequenceEqual(scale.Shape) || !X.Shape.Take(scale.Rank).SequenceEqual(scale.Shape))
            throw new UnrollException("proximable", $"it gives {scale} for {X.Type} and measurements {measured}: one value, or one for each sample");
        Say("AMP: x' = prox of s R at x + Lᵀ z, z' = y - L x' + c z, s' = 1 + c s, with c the sum of the operator's slopes for each measurement; where it stands still x is the minimum, and it comes there for maps with independent Gaussian elements of variance 1/m (Donoho, Maleki and Montanari 2009; Bayati and Montanari 2012)");
        // The slopes of an operator of each element are its change along ones.
        var along = Jvp.Apply(prox, [NameOf(0)]);
        var slopes = along with { Results = ImmutableArray.Create(along.Results[1]), ResultNames = ImmutableArray.Create("") };
        var samples = ImmutableArray.CreateRange(Enumerable.Range(0, scale.Rank));
        var count = Dim.Product(measured.Shape.Skip(scale.Rank));
        var one = _builder.Full(1, scale);
        var all = _arguments.ToDictionary(a => a.Name, a => a.Node);
        return new Scheme([X, _builder.Neg(Inline(_builder, residual, all)), one], one, (b, state, at, _, _) =>
        {
            var point = b.Add(state[0], Inline(b, adjoint, at(state[0]), state[1]));
            var x = Inline(b, prox, at(point), state[2]);
            var slope = Inline(b, slopes, at(point), state[2], b.Full(1, point.Type));
            var share = b.Div(b.Sum(slope, [.. Enumerable.Range(scale.Rank, slope.Rank - scale.Rank)]), b.Broadcast(b.Size(count, scale.DType), scale.Shape, []));
            var z = b.Sub(b.Mul(b.Broadcast(share, measured.Shape, samples), state[1]), Inline(b, residual, at(x)));
            return [x, z, b.Add(b.Full(1, scale), b.Mul(share, state[2]))];
        }, 0);
    }

    /// <summary>
    /// For F(x) + Σ φ(L x + c): p = prox of σ φ* at p + σ (L (2 x - x before) + c); x = prox of τ F at x - τ Σ Lᵀ p, with τ σ Σ |L|² = 1.
    /// </summary>
    private Scheme ChambollePock()
    {
        RequireOne();
        RequireNotLearned();
        var (prox, parts) = (Operator(0, "smooth"), Parts());
        var square = SquaredNorm(parts);
        var tau = _step > 0 ? _builder.Full(_step, Scalar) : _builder.Pointwise(Op.Rsqrt, square);
        var sigma = _builder.Div(_builder.Full(1, Scalar), _builder.Mul(tau, square));
        Say("Chambolle-Pock: p = prox φ*(p + σ L(2 x - x before)), x' = prox F(x - τ Lᵀ p), with τ σ |L|² = 1, where |L| is a bound of the norm (Chambolle and Pock 2011)");
        ImmutableArray<Node> start = [X, X, .. parts.Select(part => _builder.Zeros(part.Affine.Results[0].Type))];
        return new Scheme(start, Both(tau, sigma), (b, state, at, steps, _) =>
        {
            var ahead = b.Sub(b.Scale(state[0], 2), state[1]);
            var duals = parts.Select((part, i) => Dual(b, part, state[2 + i], at(ahead), Of(b, steps, 1))).ToImmutableArray();
            var x = Inline(b, prox, at(b.Sub(state[0], Times(b, Of(b, steps, 0), Pull(b, parts, duals, at(ahead))))), Of(b, steps, 0));
            return [x, state[0], .. duals];
        }, 0);
    }

    /// <summary>
    /// For F(x) + S(x) + Σ φ(L x + c): x = prox of τ S at x - τ (∇F(x) + Σ Lᵀ p); p = prox of σ φ* at p + σ (L (2 x - x before) + c), with 1/τ - σ Σ |L|² at least
    /// half the Lipschitz constant of ∇F.
    /// </summary>
    private Scheme CondatVu()
    {
        RequireOneBlock();
        if (_proximables is not (1 or 2)) throw new UnrollException("", "CondatVu takes one proximable function or two");
        RequireNotLearned();
        var (gradient, parts, second) = (Gradient(), Parts(), _proximables == 2 ? Operator(2, "Other") : null);
        var lipschitz = Bound(gradient, out var error)
            ?? throw new UnrollException("", $"no bound of the Lipschitz constant of the smooth function's gradient is known ({error}), from which the steps of CondatVu follow");
        if (_step > 0 && lipschitz.Op == Op.Full) RequireShort(lipschitz, 2, isReached: false);
        else if (_step > 0) lipschitz = Within(lipschitz, lipschitz, 2, isReached: false, Bounded);
        var (square, half) = (SquaredNorm(parts), _builder.Scale(lipschitz, 0.5));
        var tau = _step > 0 ? _builder.Full(_step, Scalar) : _builder.Div(_builder.Full(1, Scalar), _builder.Add(half, _builder.Pointwise(Op.Sqrt, square)));
        var left = _builder.Sub(_builder.Div(_builder.Full(1, Scalar), tau), half);
        var sigma = _builder.Div(left, square);
        Say("Condat-Vu: x' = prox S(x - τ (∇F(x) + Lᵀ p)), p' = prox φ*(p + σ L(2 x' - x)), with 1/τ - σ |L|² half the Lipschitz constant of ∇F, both by bounds (Condat 2013; Vu 2013)");
        ImmutableArray<Node> start = [X, .. parts.Select(part => _builder.Zeros(part.Affine.Results[0].Type))];
        return new Scheme(start, Both(tau, sigma), (b, state, at, steps, _) =>
        {
            var slope = b.Add(Inline(b, gradient, at(state[0])), Pull(b, parts, state.RemoveAt(0), at(state[0])));
            var x = b.Sub(state[0], Times(b, Of(b, steps, 0), slope));
            if (second is not null) x = Inline(b, second, at(x), Of(b, steps, 0));
            var ahead = b.Sub(b.Scale(x, 2), state[0]);
            return [x, .. parts.Select((part, i) => Dual(b, part, state[1 + i], at(ahead), Of(b, steps, 1)))];
        }, 0);
    }

    /// <summary>
    /// For F(x) + Σ φ(L x + c): x = prox of τ F at x - τ/μ Σ Lᵀ (L x + c - z + u); z = prox of μ φ at L x + c + u; u moves by L x + c - z, with τ Σ |L|² = μ.
    /// </summary>
    private Scheme LinearizedAdmm()
    {
        RequireOne();
        RequireNotLearned();
        var (prox, parts) = (Operator(0, "smooth"), Parts());
        Say("linearized ADMM with penalty 1/μ: x' = prox F(x - τ/μ Lᵀ(L x - z + u)), z' = prox φ(L x' + u), u' = u + L x' - z', with τ |L|² = μ, where |L| is a bound of the norm (Parikh and Boyd 2014, section 4.4.2)");
        ImmutableArray<Node> start = [X, .. parts.Concat(parts).Select(part => _builder.Zeros(part.Affine.Results[0].Type))];
        return new Scheme(start, Both(AnyStep(), _builder.Div(_builder.Full(1, Scalar), SquaredNorm(parts))), (b, state, at, steps, _) =>
        {
            var (mu, share) = (Of(b, steps, 0), Of(b, steps, 1));
            var gaps = parts.Select((part, i) => b.Add(b.Sub(Inline(b, part.Affine, at(state[0])), state[1 + i]), state[1 + parts.Count + i])).ToImmutableArray();
            var x = Inline(b, prox, at(b.Sub(state[0], Times(b, share, Pull(b, parts, gaps, at(state[0]))))), b.Mul(mu, share));
            var mapped = parts.Select((part, i) => b.Add(Inline(b, part.Affine, at(x)), state[1 + parts.Count + i])).ToImmutableArray();
            var z = parts.Select((part, i) => Inline(b, part.Operator, at(x), mapped[i], mu)).ToImmutableArray();
            return [x, .. z, .. mapped.Select((m, i) => b.Sub(m, z[i]))];
        }, 0);
    }

    // ---- Functions of linear maps ----

    private IReadOnlyList<Prox.Part> Parts()
    {
        try
        {
            var parts = Prox.Split(Scalarly(1), NameOf(0), _catalogue, out var derivation);
            _derivation = _derivation.AddRange(derivation.Select(rule => $"parts of proximable: {rule}"));
            return parts;
        }
        catch (NoProximalOperatorException no)
        {
            throw new UnrollException("proximable", no.Message);
        }
    }

    /// <summary>A bound of the squared norm of all maps one above another, 1 where they are 0.</summary>
    private Node SquaredNorm(IReadOnlyList<Prox.Part> parts) => Positive(_builder, parts.Select(part =>
    {
        var norm = Bound(part.Affine, out var error) ?? throw new UnrollException("proximable", $"no bound of the norm of its linear map is known ({error})");
        return _builder.Mul(norm, norm);
    }).Aggregate(_builder.Add));

    /// <summary>Two steps as one tensor, which a loop captures.</summary>
    private Node Both(Node first, Node second) => _builder.Concat([_builder.Reshape(first, [Dim.One]), _builder.Reshape(second, [Dim.One])], 0);

    private static Node Of(Builder b, Node both, int i) => b.Reshape(b.Slice(both, [Dim.Of(i)], [Dim.One]), []);

    /// <summary>The operator of σ φ* at q = p + σ (L x + c), by Moreau's identity: q - σ prox of φ/σ at q/σ.</summary>
    private Node Dual(Builder b, Prox.Part part, Node p, Dictionary<string, Node> at, Node sigma)
    {
        var q = b.Add(p, Times(b, sigma, Inline(b, part.Affine, at)));
        var inverse = b.Div(b.Full(1, Scalar), sigma);
        return b.Sub(q, Times(b, sigma, Inline(b, part.Operator, at, Times(b, inverse, q), inverse)));
    }

    /// <summary>Σ Lᵀ p.</summary>
    private Node Pull(Builder b, IReadOnlyList<Prox.Part> parts, ImmutableArray<Node> duals, Dictionary<string, Node> at) =>
        parts.Select((part, i) => Inline(b, part.Adjoint, at, duals[i])).Aggregate(b.Add);

    // ---- The choice ----

    /// <summary>The first algorithm whose premises hold, from the one that takes the fewest iterations to the one that asks for least.</summary>
    private Scheme FirstThatFits()
    {
        var refusals = new List<string>();
        AlgorithmKind[] candidates = _blocks.Length > 1
            ? [AlgorithmKind.Palm, AlgorithmKind.BlockCoordinateDescent]
            : _proximables > 1
            ? [AlgorithmKind.DavisYin, AlgorithmKind.CondatVu]
            : [AlgorithmKind.Fista, AlgorithmKind.Ista, AlgorithmKind.DouglasRachford, AlgorithmKind.ChambollePock, AlgorithmKind.CondatVu];
        foreach (var candidate in candidates)
        {
            _algorithm = candidate;
            (_derivation, _premise) = ([], null);
            try
            {
                var result = Chosen();
                Say(refusals.Count == 0 ? $"chosen: {candidate}, whose premises hold" : $"chosen: {candidate}; not {string.Join("; not ", refusals)}");
                return result;
            }
            catch (UnrollException refusal)
            {
                refusals.Add($"{candidate}: {refusal.Message}");
            }
        }
        throw new UnrollException("", $"no algorithm fits; not {string.Join("; not ", refusals)}");
    }

    private void RequireNotLearned()
    {
        if (_learned is not null) throw new UnrollException("Learn", $"the two steps of {_algorithm} hang together by the norm of the map: give a Step, or none");
    }

    private void RequireOne()
    {
        RequireAtMostOne();
        if (_proximables == 0) throw new UnrollException("", $"{_algorithm} splits a smooth function and a proximable one: name the second with proximable");
    }

    private void RequireAtMostOne()
    {
        RequireOneBlock();
        if (_proximables > 1) throw new UnrollException("Other", $"{_algorithm} takes one proximable function; DavisYin and CondatVu take two");
    }

    private void RequireOneBlock()
    {
        if (_blocks.Length > 1) throw new UnrollException("wrt", $"{_algorithm} moves one tensor; Palm, IPalm and BlockCoordinateDescent move several, and Extragradient two");
    }
}
