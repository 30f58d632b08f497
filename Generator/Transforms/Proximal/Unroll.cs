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
    Auto,
}

/// <summary>
/// An iterative algorithm for the minimum of F(x) + R(x) (+ S(x)), as a loop of a given number of iterations: gradients of F by differentiation, operators by
/// <see cref="Prox"/>. The source returns F, R, then S and the learned step where there are such.
/// </summary>
internal sealed class Unroll
{
    private readonly Function _of;
    private AlgorithmKind _algorithm;
    private readonly IReadOnlyList<ProximalEntry> _catalogue;
    private readonly CounterNames _names;
    private readonly Builder _builder = new();
    private readonly ImmutableArray<FunctionArgument> _arguments;
    private readonly int _x;
    private readonly int _iterations;
    private readonly double _step;
    private readonly Node? _learned;
    private readonly bool _hasOther;
    private readonly TransformOptions _options;
    private ImmutableArray<string> _derivation = [];

    private Unroll(Function of, TransformOptions options, IReadOnlyList<ProximalEntry> catalogue)
    {
        _of = of;
        _options = options;
        _catalogue = catalogue;
        _algorithm = options.Enum<AlgorithmKind>("algorithm");
        _names = CounterNames.Of(of);
        _iterations = options.Int("Iterations", 16);
        _step = options.Number("Step", 0);
        _hasOther = options.Text("Other", "").Length > 0;
        if (_iterations < 1) throw new UnrollException("Iterations", "Iterations is at least 1");
        if (!(_step >= 0) || double.IsInfinity(_step)) throw new UnrollException("Step", "Step is a positive number, or 0 for one that follows from the smooth function");
        _x = of.Arguments.Items.ToList().FindIndex(a => a.Kind == ArgumentKind.Input && a.Node.Type.IsFloat);
        if (_x < 0) throw new UnrollException("smooth", "the function takes no float tensor");
        if (of.States.Count > 0) throw new UnrollException("", $"the function assigns the buffer '{of.States[0]}', and an algorithm calls it many times");
        foreach (var result in of.Results)
            if (!result.Type.IsFloat) throw new UnrollException("", $"the functions give numbers; this is {result.Type}");
        var copier = new Copier(_builder);
        _arguments = [.. of.Arguments.Select(a => a with { Node = copier.CopyParameter(a.Node) })];
        if (options.Text("Learn", "").Length == 0) return;
        if (_step > 0) throw new UnrollException("Learn", "the step is a number or learned, not both");
        _learned = copier.Copy(of.Results[of.Results.Count - 1]);
        if (_learned.Rank > 1 || _learned.Rank == 1 && !_learned.Shape[0].Equals(Dim.Of(_iterations)))
            throw new UnrollException("Learn", $"a learned step is one number of shape [], or one for each of the {_iterations} iterations; '{options.Text("Learn", "")}' is {_learned.Type.ShapeText}");
    }

    /// <summary>The function of the same arguments, the first of which is where the algorithm starts, that returns its last iterate.</summary>
    public static Function Apply(Function of, TransformOptions options, IReadOnlyList<ProximalEntry> catalogue) => new Unroll(of, options, catalogue).Build();

    private Node X => _arguments[_x].Node;

    private TensorType Scalar => new(X.Type.DType, []);

    private Node LastIterate() => _algorithm switch
    {
        AlgorithmKind.DavisYin => DavisYin(),
        AlgorithmKind.DouglasRachford => DouglasRachford(),
        AlgorithmKind.Admm => Admm(),
        AlgorithmKind.Hqs => Hqs(),
        AlgorithmKind.ChambollePock => ChambollePock(),
        AlgorithmKind.CondatVu => CondatVu(),
        AlgorithmKind.LinearizedAdmm => LinearizedAdmm(),
        AlgorithmKind.Auto => FirstThatFits(),
        _ => ForwardBackward(isFast: _algorithm == AlgorithmKind.Fista),
    };

    private Function Build()
    {
        var result = LastIterate();
        return Cleanup.Apply(_of with { Arguments = _arguments, Results = ImmutableArray.Create(result), ResultNames = ImmutableArray.Create(""), Derivation = _derivation });
    }

    // ---- The functions of the problem ----

    /// <summary>The sum of a result over all samples, as a function of its own.</summary>
    private Function Scalarly(int result)
    {
        var builder = new Builder();
        var copier = new Copier(builder);
        var arguments = _of.Arguments.Select(a => a with { Node = copier.CopyParameter(a.Node) }).ToImmutableArray();
        var value = copier.Copy(_of.Results[result]);
        return _of with { Arguments = arguments, Results = ImmutableArray.Create(builder.Sum(value, [.. Enumerable.Range(0, value.Rank)])), ResultNames = ImmutableArray.Create("") };
    }

    private Function Gradient() => Transforms.Gradient.ByNames(Scalarly(0), [_arguments[_x].Name]);

    private Function Operator(int result, string option)
    {
        try
        {
            var function = Prox.Apply(Scalarly(result), [_arguments[_x].Name], _options, null, _catalogue, isConvex: _algorithm != AlgorithmKind.Ista);
            Say($"operator of {option}", function);
            return function;
        }
        catch (NoProximalOperatorException no)
        {
            throw new UnrollException(option, no.Message);
        }
    }

    private void Say(string what, Function function) => _derivation = _derivation.AddRange(function.Derivation.Select(rule => $"{what}: {rule}"));

    private void Say(string rule) => _derivation = _derivation.Add(rule);

    // ---- Steps ----

    /// <summary>The step of iterations: learned, given, or the inverse of a bound of the gradient's Lipschitz constant.</summary>
    private Node GradientStep(Function gradient)
    {
        if (_learned is not null) return _learned;
        var bound = Bound(gradient, out var error);
        if (_step > 0)
        {
            // At 2/L itself iterates may go round for ever; momentum needs steps of at most 1/L.
            var most = _algorithm == AlgorithmKind.Fista ? 1 : 2;
            if (bound is { Op: Op.Full, Number: var known } && (_step * known > most || most == 2 && _step * known == most)) throw TooLong(most, known);
            return _builder.Full(_step, Scalar);
        }
        if (bound is null) throw new UnrollException("", $"no bound of the Lipschitz constant of the smooth function's gradient is known ({error}); give a Step, or Learn one");
        Say("step: 1/L, where L bounds the Lipschitz constant of the gradient: the norms of its matrices by Gram iteration");
        return _builder.Div(_builder.Full(1, Scalar), bound);
    }

    private UnrollException TooLong(int most, double lipschitz) => new("Step",
        $"{_algorithm} converges for steps {(most == 1 ? "up to" : "below")} {most}/L = {TextPrinter.Text(most / lipschitz)}, where L is the Lipschitz constant of the gradient of the smooth function, and the step is {TextPrinter.Text(_step)}");

    private Node? Bound(Function function, out string? error)
    {
        var lipschitz = Lipschitz.Apply(function, [_arguments[_x].Name], 8, out error);
        return lipschitz is null ? null : Inline(_builder, lipschitz, _arguments.ToDictionary(a => a.Name, a => a.Node));
    }

    /// <summary>The step of an algorithm that converges with any.</summary>
    private Node AnyStep() => _learned ?? _builder.Full(_step > 0 ? _step : 1, Scalar);

    // ---- Loops ----

    /// <summary>One iteration: a builder, the state, the arguments by name with x as the function says, and the step.</summary>
    private delegate ImmutableArray<Node> Iteration(Builder b, ImmutableArray<Node> state, Func<Node, Dictionary<string, Node>> at, Node step, Dim k);

    /// <summary>A loop whose step is one number, or one for each iteration.</summary>
    private ImmutableArray<Node> Loop(ImmutableArray<Node> start, Node step, Iteration iteration) =>
        LoopWith(start, step, (b, state, at, steps, k) => iteration(b, state, at, steps.Rank == 0 ? steps : b.Select(steps, 0, k), k));

    private ImmutableArray<Node> LoopWith(ImmutableArray<Node> start, Node steps, Iteration iteration)
    {
        var counter = _names.Fresh("k");
        var trips = Dim.Of(_iterations);
        var k = Dim.Counter(counter, trips);
        var b = new Builder();
        var state = start.Select(s => Parameter(b, s)).ToImmutableArray();
        var others = _arguments.RemoveAt(_x);
        var captures = others.Select(a => Parameter(b, a.Node)).ToImmutableArray();
        var captured = Parameter(b, steps);
        var next = iteration(b, state, x =>
        {
            var at = others.Select((a, i) => (a.Name, Node: captures[i])).ToDictionary(a => a.Name, a => a.Node);
            at.Add(_arguments[_x].Name, x);
            return at;
        }, captured, k);
        var loop = new LoopInfo(counter, trips, start.Length, EquatableArray<int>.Empty, 0, new Region([.. state, .. captures, captured], next));
        return _builder.Loop(loop, [.. start, .. others.Select(a => a.Node), steps]);
    }

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
    private Node ForwardBackward(bool isFast)
    {
        RequireNoOther();
        var (gradient, prox) = (Gradient(), Operator(1, "proximable"));
        var step = GradientStep(gradient);
        Say(isFast
            ? "FISTA: x' = prox(y - step ∇F(y)) with y = x + k/(k + 3) (x - x before); F(x) + R(x) less its minimum falls as 1/k² (Beck and Teboulle 2009; Chambolle and Dossal 2015)"
            : "ISTA: x' = prox(x - step ∇F(x)) (Daubechies, Defrise and De Mol 2004)");
        Node Move(Builder b, Node y, Func<Node, Dictionary<string, Node>> at, Node length) =>
            Inline(b, prox, at(b.Sub(y, Times(b, length, Inline(b, gradient, at(y))))), length);

        if (!isFast) return Loop([X], step, (b, state, at, length, _) => [Move(b, state[0], at, length)])[0];
        return Loop([X, X], step, (b, state, at, length, k) =>
        {
            var share = b.Div(b.Size(k, X.Type.DType), b.Size(k + Dim.Of(3), X.Type.DType));
            var y = b.Add(state[0], Times(b, share, b.Sub(state[0], state[1])));
            return [Move(b, y, at, length), state[0]];
        })[0];
    }

    /// <summary>x = prox of step R at s; z = prox of step S at 2 x - s - step ∇F(x); s moves by z - x.</summary>
    private Node DavisYin()
    {
        if (!_hasOther) throw new UnrollException("", "Davis-Yin splits a smooth function and two proximable ones: name the second with Other");
        var (gradient, first, second) = (Gradient(), Operator(1, "proximable"), Operator(2, "Other"));
        var step = GradientStep(gradient);
        Say("Davis-Yin: x = prox R(s), z = prox S(2 x - s - step ∇F(x)), s' = s + z - x (Davis and Yin 2017)");
        var s = Loop([X, X], step, (b, state, at, length, _) =>
        {
            var x = Inline(b, first, at(state[0]), length);
            var slope = Times(b, length, Inline(b, gradient, at(x)));
            var z = Inline(b, second, at(b.Sub(b.Sub(b.Scale(x, 2), state[0]), slope)), length);
            return [b.Add(state[0], b.Sub(z, x)), x];
        });
        return s[1];
    }

    /// <summary>x = prox of step F at s; z = prox of step R at 2 x - s; s moves by z - x.</summary>
    private Node DouglasRachford()
    {
        RequireNoOther();
        var (first, second) = (Operator(0, "smooth"), Operator(1, "proximable"));
        Say("Douglas-Rachford: x = prox F(s), z = prox R(2 x - s), s' = s + z - x (Lions and Mercier 1979)");
        return Loop([X, X], AnyStep(), (b, state, at, length, _) =>
        {
            var x = Inline(b, first, at(state[0]), length);
            var z = Inline(b, second, at(b.Sub(b.Scale(x, 2), state[0])), length);
            return [b.Add(state[0], b.Sub(z, x)), z];
        })[1];
    }

    /// <summary>x = prox of step F at z - u; z = prox of step R at x + u; u moves by x - z.</summary>
    private Node Admm()
    {
        RequireNoOther();
        var (first, second) = (Operator(0, "smooth"), Operator(1, "proximable"));
        Say("ADMM with penalty 1/step: x = prox F(z - u), z = prox R(x + u), u' = u + x - z (Boyd et al. 2011)");
        return Loop([X, _builder.Zeros(X.Type)], AnyStep(), (b, state, at, length, _) =>
        {
            var x = Inline(b, first, at(b.Sub(state[0], state[1])), length);
            var z = Inline(b, second, at(b.Add(x, state[1])), length);
            return [z, b.Add(state[1], b.Sub(x, z))];
        })[0];
    }

    /// <summary>z = prox of step R at x; x = prox of step F at z: F(x) + R(z) + |x - z|²/(2 step), minimised in turns.</summary>
    private Node Hqs()
    {
        RequireNoOther();
        var (first, second) = (Operator(0, "smooth"), Operator(1, "proximable"));
        Say("half-quadratic splitting: x = prox F(z), z = prox R(x) minimise F(x) + R(z) + |x - z|²/(2 step), which is the problem only as the step goes to 0 (Geman and Yang 1995)");
        return Loop([X], AnyStep(), (b, state, at, length, _) => [Inline(b, second, at(Inline(b, first, at(state[0]), length)), length)])[0];
    }

    /// <summary>
    /// For F(x) + Σ φ(L x + c): p = prox of σ φ* at p + σ (L (2 x - x before) + c); x = prox of τ F at x - τ Σ Lᵀ p, with τ σ Σ |L|² = 1.
    /// </summary>
    private Node ChambollePock()
    {
        RequireNoOther();
        RequireNotLearned();
        var (prox, parts) = (Operator(0, "smooth"), Parts());
        var square = SquaredNorm(parts);
        var tau = _step > 0 ? _builder.Full(_step, Scalar) : _builder.Pointwise(Op.Rsqrt, square);
        var sigma = _builder.Div(_builder.Full(1, Scalar), _builder.Mul(tau, square));
        Say("Chambolle-Pock: p = prox φ*(p + σ L(2 x - x before)), x' = prox F(x - τ Lᵀ p), with τ σ |L|² = 1, where |L| is a bound of the norm (Chambolle and Pock 2011)");
        ImmutableArray<Node> start = [X, X, .. parts.Select(part => _builder.Zeros(part.Affine.Results[0].Type))];
        return LoopWith(start, Both(tau, sigma), (b, state, at, steps, _) =>
        {
            var ahead = b.Sub(b.Scale(state[0], 2), state[1]);
            var duals = parts.Select((part, i) => Dual(b, part, state[2 + i], at(ahead), Of(b, steps, 1))).ToImmutableArray();
            var x = Inline(b, prox, at(b.Sub(state[0], Times(b, Of(b, steps, 0), Pull(b, parts, duals, at(ahead))))), Of(b, steps, 0));
            return [x, state[0], .. duals];
        })[0];
    }

    /// <summary>
    /// For F(x) + S(x) + Σ φ(L x + c): x = prox of τ S at x - τ (∇F(x) + Σ Lᵀ p); p = prox of σ φ* at p + σ (L (2 x - x before) + c), with 1/τ - σ Σ |L|² at least
    /// half the Lipschitz constant of ∇F.
    /// </summary>
    private Node CondatVu()
    {
        RequireNotLearned();
        var (gradient, parts, second) = (Gradient(), Parts(), _hasOther ? Operator(2, "Other") : null);
        var lipschitz = Bound(gradient, out var error)
            ?? throw new UnrollException("", $"no bound of the Lipschitz constant of the smooth function's gradient is known ({error}), from which the steps of CondatVu follow");
        if (_step > 0 && lipschitz is { Op: Op.Full, Number: var known } && _step * known >= 2) throw TooLong(2, known);
        var (square, half) = (SquaredNorm(parts), _builder.Scale(lipschitz, 0.5));
        var tau = _step > 0 ? _builder.Full(_step, Scalar) : _builder.Div(_builder.Full(1, Scalar), _builder.Add(half, _builder.Pointwise(Op.Sqrt, square)));
        var left = _builder.Sub(_builder.Div(_builder.Full(1, Scalar), tau), half);
        // A step that is too long for parameters known at run time only is not taken in silence.
        var sigma = _builder.Div(_builder.Where(_builder.Pointwise(Op.Greater, left, _builder.Zeros(Scalar)), left, _builder.Full(double.NaN, Scalar)), square);
        Say("Condat-Vu: x' = prox S(x - τ (∇F(x) + Lᵀ p)), p' = prox φ*(p + σ L(2 x' - x)), with 1/τ - σ |L|² half the Lipschitz constant of ∇F, both by bounds (Condat 2013; Vu 2013)");
        ImmutableArray<Node> start = [X, .. parts.Select(part => _builder.Zeros(part.Affine.Results[0].Type))];
        return LoopWith(start, Both(tau, sigma), (b, state, at, steps, _) =>
        {
            var slope = b.Add(Inline(b, gradient, at(state[0])), Pull(b, parts, state.RemoveAt(0), at(state[0])));
            var x = b.Sub(state[0], Times(b, Of(b, steps, 0), slope));
            if (second is not null) x = Inline(b, second, at(x), Of(b, steps, 0));
            var ahead = b.Sub(b.Scale(x, 2), state[0]);
            return [x, .. parts.Select((part, i) => Dual(b, part, state[1 + i], at(ahead), Of(b, steps, 1)))];
        })[0];
    }

    /// <summary>
    /// For F(x) + Σ φ(L x + c): x = prox of τ F at x - τ/μ Σ Lᵀ (L x + c - z + u); z = prox of μ φ at L x + c + u; u moves by L x + c - z, with τ Σ |L|² = μ.
    /// </summary>
    private Node LinearizedAdmm()
    {
        RequireNoOther();
        RequireNotLearned();
        var (prox, parts) = (Operator(0, "smooth"), Parts());
        Say("linearized ADMM with penalty 1/μ: x' = prox F(x - τ/μ Lᵀ(L x - z + u)), z' = prox φ(L x' + u), u' = u + L x' - z', with τ |L|² = μ, where |L| is a bound of the norm (Parikh and Boyd 2014, section 4.4.2)");
        ImmutableArray<Node> start = [X, .. parts.Concat(parts).Select(part => _builder.Zeros(part.Affine.Results[0].Type))];
        return LoopWith(start, Both(AnyStep(), _builder.Div(_builder.Full(1, Scalar), SquaredNorm(parts))), (b, state, at, steps, _) =>
        {
            var (mu, share) = (Of(b, steps, 0), Of(b, steps, 1));
            var gaps = parts.Select((part, i) => b.Add(b.Sub(Inline(b, part.Affine, at(state[0])), state[1 + i]), state[1 + parts.Count + i])).ToImmutableArray();
            var x = Inline(b, prox, at(b.Sub(state[0], Times(b, share, Pull(b, parts, gaps, at(state[0]))))), b.Mul(mu, share));
            var mapped = parts.Select((part, i) => b.Add(Inline(b, part.Affine, at(x)), state[1 + parts.Count + i])).ToImmutableArray();
            var z = parts.Select((part, i) => Inline(b, part.Operator, at(x), mapped[i], mu)).ToImmutableArray();
            return [x, .. z, .. mapped.Select((m, i) => b.Sub(m, z[i]))];
        })[0];
    }

    // ---- Functions of linear maps ----

    private IReadOnlyList<Prox.Part> Parts()
    {
        try
        {
            var parts = Prox.Split(Scalarly(1), _arguments[_x].Name, _catalogue, out var derivation);
            _derivation = _derivation.AddRange(derivation.Select(rule => $"parts of proximable: {rule}"));
            return parts;
        }
        catch (NoProximalOperatorException no)
        {
            throw new UnrollException("proximable", no.Message);
        }
    }

    /// <summary>A bound of the squared norm of all maps one above another.</summary>
    private Node SquaredNorm(IReadOnlyList<Prox.Part> parts) => parts.Select(part =>
    {
        var norm = Bound(part.Affine, out var error) ?? throw new UnrollException("proximable", $"no bound of the norm of its linear map is known ({error})");
        return _builder.Mul(norm, norm);
    }).Aggregate(_builder.Add);

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
    private Node FirstThatFits()
    {
        var refusals = new List<string>();
        AlgorithmKind[] candidates = _hasOther
            ? [AlgorithmKind.DavisYin, AlgorithmKind.CondatVu]
            : [AlgorithmKind.Fista, AlgorithmKind.Ista, AlgorithmKind.DouglasRachford, AlgorithmKind.ChambollePock, AlgorithmKind.CondatVu];
        foreach (var candidate in candidates)
        {
            _algorithm = candidate;
            _derivation = [];
            try
            {
                var result = LastIterate();
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

    private void RequireNoOther()
    {
        if (_hasOther) throw new UnrollException("Other", $"{_algorithm} takes one proximable function; DavisYin and CondatVu take two");
    }
}
