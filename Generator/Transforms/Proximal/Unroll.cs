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
}

/// <summary>
/// An iterative algorithm for the minimum of F(x) + R(x) (+ S(x)), as a loop of a given number of iterations: gradients of F by differentiation, operators by
/// <see cref="Prox"/>. The source returns F, R, then S and the learned step where there are such.
/// </summary>
internal sealed class Unroll
{
    private readonly Function _of;
    private readonly AlgorithmKind _algorithm;
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

    private Function Build()
    {
        var result = _algorithm switch
        {
            AlgorithmKind.DavisYin => DavisYin(),
            AlgorithmKind.DouglasRachford => DouglasRachford(),
            AlgorithmKind.Admm => Admm(),
            AlgorithmKind.Hqs => Hqs(),
            AlgorithmKind.ChambollePock => ChambollePock(),
            _ => ForwardBackward(isFast: _algorithm == AlgorithmKind.Fista),
        };
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
            if (bound is { Op: Op.Full, Number: var known } && (_step * known > most || most == 2 && _step * known == most))
            {
                throw new UnrollException("Step",
                    $"{_algorithm} converges for steps {(most == 1 ? "up to" : "below")} {most}/L = {TextPrinter.Text(most / known)}, where L is the Lipschitz constant of the gradient of the smooth function, and the step is {TextPrinter.Text(_step)}");
            }
            return _builder.Full(_step, Scalar);
        }
        if (bound is null) throw new UnrollException("", $"no bound of the Lipschitz constant of the smooth function's gradient is known ({error}); give a Step, or Learn one");
        Say("step: 1/L, where L bounds the Lipschitz constant of the gradient: the norms of its matrices by Gram iteration");
        return _builder.Div(_builder.Full(1, Scalar), bound);
    }

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
    /// For F(x) + Σ φ(L x + c): p = prox of σ φ* at p + σ (L (2 x - x before) + c), by Moreau's identity; x = prox of τ F at x - τ Σ Lᵀ p, with τ σ Σ |L|² = 1.
    /// </summary>
    private Node ChambollePock()
    {
        RequireNoOther();
        if (_learned is not null) throw new UnrollException("Learn", "the two steps of Chambolle-Pock hang together by the norm of the map: give a Step, or none");
        var prox = Operator(0, "smooth");
        IReadOnlyList<Prox.Part> parts;
        try
        {
            parts = Prox.Split(Scalarly(1), _arguments[_x].Name, _catalogue, out var derivation);
            _derivation = _derivation.AddRange(derivation.Select(rule => $"parts of proximable: {rule}"));
        }
        catch (NoProximalOperatorException no)
        {
            throw new UnrollException("proximable", no.Message);
        }
        Node? square = null;
        foreach (var part in parts)
        {
            var norm = Bound(part.Affine, out var error) ?? throw new UnrollException("proximable", $"no bound of the norm of its linear map is known ({error})");
            square = square is null ? _builder.Mul(norm, norm) : _builder.Add(square, _builder.Mul(norm, norm));
        }
        var tau = _step > 0 ? _builder.Full(_step, Scalar) : _builder.Pointwise(Op.Rsqrt, square!);
        var both = _builder.Concat([_builder.Reshape(tau, [Dim.One]), _builder.Reshape(_builder.Div(_builder.Full(1, Scalar), _builder.Mul(tau, square!)), [Dim.One])], 0);
        Say("Chambolle-Pock: p = prox φ*(p + σ L(2 x - x before)), x' = prox F(x - τ Lᵀ p), with τ σ |L|² = 1, where |L| is a bound of the norm (Chambolle and Pock 2011)");
        ImmutableArray<Node> start = [X, X, .. parts.Select(part => _builder.Zeros(part.Affine.Results[0].Type))];
        return LoopWith(start, both, (b, state, at, steps, _) =>
        {
            Node Step(int i) => b.Reshape(b.Slice(steps, [Dim.Of(i)], [Dim.One]), []);
            var ahead = b.Sub(b.Scale(state[0], 2), state[1]);
            var duals = ImmutableArray.CreateBuilder<Node>();
            Node? pull = null;
            for (var i = 0; i < parts.Count; i++)
            {
                var part = parts[i];
                var sigma = Step(1);
                var q = b.Add(state[2 + i], Times(b, sigma, Inline(b, part.Affine, at(ahead))));
                var inverse = b.Div(b.Full(1, Scalar), sigma);
                var p = b.Sub(q, Times(b, sigma, Inline(b, part.Operator, at(ahead), Times(b, inverse, q), inverse)));
                duals.Add(p);
                var back = Inline(b, part.Adjoint, at(ahead), p);
                pull = pull is null ? back : b.Add(pull, back);
            }
            var x = Inline(b, prox, at(b.Sub(state[0], Times(b, Step(0), pull!))), Step(0));
            return [x, state[0], .. duals];
        })[0];
    }

    private void RequireNoOther()
    {
        if (_hasOther) throw new UnrollException("Other", $"{_algorithm} takes one proximable function; Davis-Yin takes two");
    }
}
