namespace Proxima.Tests.Fuzz;

/// <summary>Writes a random network that is right by construction: operations, loops, children, calls, and transforms of transforms.</summary>
internal sealed class FuzzWriter(int seed, bool isSmall = false)
{
    private static readonly string[] s_unary =
    [
        "Tanh({0})", "Sigmoid({0})", "Sin({0})", "Cos({0})", "Relu({0})", "Softplus({0})", "Abs({0})", "Square({0}) * 0.3f", "Exp(-Square({0}))", "Log(1 + Square({0}))",
        "Sqrt(1 + Square({0}))", "Rsqrt(1 + Square({0}))", "-{0}", "Gelu({0})", "Silu({0})", "SoftThreshold({0}, 0.1f)", "Clamp({0}, -0.9f, 1.1f)", "{0} * 0.7f", "1.3f - {0}", "{0} / 3",
        "Erf({0})", "Reciprocal(2 + Square({0}))", "Pow({0}, 3) * 0.1f", "{0} + {0}", "StopAtTwo({0})",
    ];

    private static readonly string[] s_binary =
    [
        "{0} + {1}", "{0} - {1}", "{0} * {1}", "{0} / (1 + Square({1}))", "Minimum({0}, {1})", "Maximum({0}, {1})", "Where({0} > {1}, {0}, {1} * 0.5f)", "SoftThreshold({0}, Abs({1}) * 0.2f)",
        "{0} * 0.4f + {1}", "Tanh({0} - {1})", "Lerp({0}, {1}, 0.3f)",
    ];

    private readonly Random _random = new(seed);
    private readonly List<FuzzMethod> _methods = [];
    private int _names;

    public static FuzzProgram Write(int seed) => new FuzzWriter(seed).Program(seed);

    /// <summary>A program of few kernels, for targets that take long to compile one.</summary>
    public static FuzzProgram WriteSmall(int seed) => new FuzzWriter(seed, isSmall: true).Program(seed);

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    private FuzzValue New(string[] shape) => new($"v{++_names}", shape);

    private FuzzProgram Program(int number)
    {
        // For one sample, or for a batch of them.
        string[] shape = Pick<string[]>([["n"], ["n"], ["b", "n"], ["b", "n"], ["n", "m"], ["b", "m", "n"]]);
        List<FuzzValue> arguments = [new("x", shape)];
        if (Chance(0.5)) arguments.Add(new("y", Chance(0.6) ? shape : [shape[^1]]));
        if (Chance(0.2)) Helper();
        if (Chance(0.6)) Body([.. arguments], isScalar: false);
        if (_methods.All(m => m.IsHelper) || Chance(0.2)) Body([.. arguments], isScalar: true);
        var depth = isSmall ? 1 : Pick<int>([1, 1, 1, 1, 2, 2, 3]);
        for (var level = 0; level < depth; level++)
        {
            if (!Derive() || level == depth - 1) continue;
            // A body around the derivative, and a scalar that the next one may be taken of.
            Body([.. arguments], isScalar: Chance(0.7));
        }
        if (_methods.LastOrDefault(m => m is { IsHelper: false, Transform: null, Results: [[]] }) is { } scalar && Chance(isSmall ? 0.3 : 0.6))
            Add(scalar.Arguments, [], $"Gradient(of: nameof({scalar.Name}))", scalar.Name, givesGradients: true);
        return new FuzzProgram($"Fuzz{number}", [.. _methods]);
    }

    private void Add(FuzzValue[] arguments, string[][] results, string transform, string of, bool givesGradients = false) =>
        _methods.Add(new($"Call{_methods.Count}", arguments, results, [], [], transform, of, GivesGradients: givesGradients));

    /// <summary>A private method whose values derivatives compute again.</summary>
    private void Helper()
    {
        List<FuzzStatement> body = [];
        List<FuzzValue> scope = [new("h", ["n"])];
        body.Add(Statement(scope, "MatMul({0}, {1}) * 0.5f", ["n"], scope[0], FuzzProgram.Parameter("n", "n")!));
        for (var i = 0; i < 2; i++) body.Add(Unary(scope, scope[^1]));
        // The helper is called with values of any leading dims.
        _methods.Add(new($"Call{_methods.Count}", [scope[0]], [["n"]], [.. body], [body[^1].Target], IsHelper: true));
    }

    /// <summary>A compiled method.</summary>
    private void Body(FuzzValue[] arguments, bool isScalar)
    {
        List<FuzzStatement> body = [];
        List<FuzzValue> scope = [.. arguments];
        // Every program has something to learn.
        var start = scope[0];
        body.Add(start.Shape[^1] == "n"
            ? Chance(0.5) ? Statement(scope, "MatMul({0}, {1}) * 0.5f", start.Shape, start, FuzzProgram.Parameter("n", "n")!) : Statement(scope, "{0} * {1}", start.Shape, start, FuzzProgram.Parameter("n")!)
            : Statement(scope, "{0} * {1}", start.Shape, start, FuzzProgram.Parameter("m")!));
        foreach (var earlier in _methods.Where(m => !m.GivesGradients).Reverse().Take(isScalar || _methods.Count > 2 ? 2 : 0))
            if (Chance(0.8)) Call(body, scope, earlier);
        Statements(body, scope, isSmall ? 2 : _random.Next(2, 7), depth: 0);
        if (isScalar)
        {
            var last = Pick(scope.TakeLast(3).ToList());
            if (last.Rank > 0 || last.Name == scope[0].Name) body.Add(Statement(scope, Pick<string>(["Mean(Square({0}))", "Sum({0}) * 0.2f", "Sum({0} * {0})", "Mean({0})"]), [], last));
            else body.Add(Statement(scope, "Tanh({0})", [], last));
        }
        var returned = isScalar ? scope[^1] : Pick(scope.Skip(arguments.Length).TakeLast(3).ToList());
        _methods.Add(new($"Call{_methods.Count}", arguments, [returned.Shape], [.. body], [returned]));
    }

    private static FuzzStatement Add(List<FuzzValue> scope, FuzzStatement statement)
    {
        scope.Add(statement.Target);
        return statement;
    }

    private FuzzStatement Statement(List<FuzzValue> scope, string format, string[] shape, params FuzzValue[] operands) => Add(scope, new(New(shape), format, operands));

    private FuzzStatement Unary(List<FuzzValue> scope, FuzzValue x)
    {
        var format = Pick(s_unary);
        return Statement(scope, format == "StopAtTwo({0})" ? "Minimum({0}, 2)" : format, x.Shape, x);
    }

    private void Statements(List<FuzzStatement> body, List<FuzzValue> scope, int count, int depth)
    {
        for (var i = 0; i < count; i++)
            if (Next(scope, depth) is { } statement) body.Add(statement);
    }

    private FuzzStatement? Next(List<FuzzValue> scope, int depth)
    {
        var x = Chance(0.6) ? scope[^1] : Pick(scope);
        var axis = x.Rank == 0 ? 0 : _random.Next(x.Rank);
        // In a loop there may be no value of rank 0 to shape.
        switch (_random.Next(15))
        {
            case 0 or 1:
                return Unary(scope, x);
            case 2 or 3:
                // The shorter operand is aligned at the end.
                var fitting = scope.Where(y => y.Rank <= x.Rank && y.Shape.SequenceEqual(x.Shape[(x.Rank - y.Rank)..])).Concat(Tail(x)).ToList();
                return Statement(scope, Pick(s_binary), x.Shape, x, Pick(fitting));
            case 4 when x.Rank > 0:
                return Statement(scope, string.Format(Pick<string>(
                    ["Softmax({{0}}, {0})", "LogSoftmax({{0}}, {0}) * 0.3f", "{{0}} - Mean({{0}}, {0}, true)", "{{0}} / (1 + Max(Abs({{0}}), {0}, true))", "{{0}} * Rsqrt(1 + Sum(Square({{0}}), {0}, true))",
                    "CumSum({{0}}, {0}) * 0.3f", "LogCumSumExp({{0}}, {0}) * 0.3f", "Flip({{0}}, [{0}])", "Roll({{0}}, 1, {0})", "{{0}} - 0.5f * TakeAlongAxis({{0}}, ArgMax(Abs({{0}}), {0}, true), {0})"]), axis), x.Shape, x);
            case 5 when x.Rank > 0:
                return Statement(scope, string.Format(Pick<string>(["Sum({{0}}, {0}) * 0.3f", "Mean({{0}}, {0})", "Max({{0}}, {0})", "Min({{0}}, {0})", "LogSumExp({{0}}, {0}, false)", "Variance({{0}}, {0}, 0)"]), axis),
                    [.. x.Shape[..axis], .. x.Shape[(axis + 1)..]], x);
            case 6 or 7 when x.Rank > 0 && x.Shape[^1] is "n" or "m":
                var to = Pick<string>(["n", "m"]);
                if (x.Shape[^1] == "n" && to == "m" && Chance(0.3))
                    return Statement(scope, Pick<string>(["linear.Forward({0})", "linear.With(weight: Tanh({1})).Forward({0})"]), [.. x.Shape[..^1], "m"], x, FuzzProgram.Parameter("m", "n")!);
                return Statement(scope, "MatMul({0}, {1}) * 0.5f", [.. x.Shape[..^1], to], x, FuzzProgram.Parameter(x.Shape[^1], to)!);
            case 8 when x.Rank >= 2:
                return Chance(0.5)
                    ? Statement(scope, "Transpose({0})", [.. x.Shape[..^2], x.Shape[^1], x.Shape[^2]], x)
                    : Statement(scope, "MatMul({0}, Transpose({1})) * 0.2f", [.. x.Shape[..^1], x.Shape[^2]], x, Pick(scope.Where(y => y.HasShape(x.Shape)).ToList()));
            case 9 when x.Rank is 1 or 2:
                return Statement(scope, Pick<string>(x.Rank == 1
                    ? ["Concat([{0}[1..], {0}[..1]], 0)", "Sum(Stack([{0}, {1}], 0), 0)", "Max(Stack([{0}, {1}], 1), 1)", "{0} * {1}[0]", "{0} + {1}[^1]"]
                    : ["Concat([{0}[.., 1..], {0}[.., ..1]], 1)", "Sum(Stack([{0}, {1}], 1), 1)", "{0} * {1}[0]", "{0} - Slice({1}, 0, 0, 1)", "{0} + Sum(Concat([{1}, {0}], 0), 0)"]), x.Shape, x, Pick(scope.Where(y => y.HasShape(x.Shape)).ToList()));
            case 10 when depth < 2 && x.Rank > 0:
                return Loop(scope, x, depth);
            case 11 when x.Rank > 0 && x.Shape[^1] == "n":
                // A norm with a small epsilon makes a large difference of one in the last place where all elements are equal.
                return Statement(scope, depth == 0 && Chance(0.5) ? "blocks.Length > 1 ? blocks[0].Forward({0}) : {0} * 0.5f" : "LayerNorm({0}, {1}, Pn, 0.1f)", x.Shape, x, FuzzProgram.Parameter("n")!);
            case 12 when x.Rank > 0 && x.Shape[^1] == "n" && _methods.FirstOrDefault(m => m.IsHelper) is { } helper:
                return Statement(scope, helper.Name + "({0})", x.Shape, x);
            case 13 when depth == 0:
                return Statement(scope, Pick<string>(["n > 2 ? {0} * 0.5f : {0}", "(n + {1}.Dim(0)) * 0.01f * {0}", "{0} / n + steps * 0.1f"]) is var format && format.Contains("{1}") && x.Rank == 0 ? "{0} * 0.5f" : format, x.Shape, x, x);
            case 14 when x.Rank > 0 && x.Shape[^1] == "n":
                // Products that another order makes cheaper.
                return Chance(0.3)
                    ? Statement(scope, "MatMul(MatMul({0}, {1}), {2}) * 0.3f", x.Shape, x, FuzzProgram.Parameter("n", "m")!, FuzzProgram.Parameter("m", "n")!)
                    : Statement(scope, Pick<string>(["MatMul(MatMul({0}, {1}), {2}) * 0.3f", "MatMul(MatMul({0} * 0.5f, Transpose({1})), {2})", "MatMul({0}, 0.3f * MatMul({1}, {2}))", "Sum(MatMul({0}, {1}), -1) * 0.2f"]), x.Shape[..^1], x,
                        FuzzProgram.Parameter("n", "n")!, FuzzProgram.Parameter("n")!);
            default:
                return Unary(scope, x);
        }
    }

    private static IEnumerable<FuzzValue> Tail(FuzzValue x)
    {
        for (var rank = 0; rank <= x.Rank; rank++)
            if (FuzzProgram.Parameter(x.Shape[(x.Rank - rank)..]) is { } parameter) yield return parameter;
    }

    private FuzzStatement Loop(List<FuzzValue> scope, FuzzValue start, int depth)
    {
        var carried = New(start.Shape);
        var counter = depth == 0 ? "k" : "j";
        var isOverBlocks = depth == 0 && start.Shape[^1] == "n" && Chance(0.25);
        var trips = Chance(0.6) ? "steps" : Pick<string>(["2", "3", "n"]);
        List<FuzzStatement> body = [];
        List<FuzzValue> inner = [.. scope, carried];
        if (isOverBlocks) body.Add(Statement(inner, "block.Forward({0})", carried.Shape, carried));
        else if (trips == "steps" && start.Shape[^1] == "n" && Chance(0.6))
            body.Add(Statement(inner, Pick<string>([$"{{0}} * 0.5f + Rows[{counter}]", $"MatMul({{0}}, Stack[{counter}]) * 0.4f", $"{{0}} * Rows[{counter}] * ({counter} + 1) * 0.3f"]), carried.Shape, carried));
        Statements(body, inner, _random.Next(1, 4), depth + 1);
        var last = inner.Skip(scope.Count).Last(v => v.HasShape(start.Shape));
        body.Add(Statement(inner, Pick<string>(["{0} * 0.5f + {1} * 0.4f", "Tanh({0}) - {1} * 0.3f", "{0} * 0.6f"]), start.Shape, last, carried));
        var header = isOverBlocks ? "foreach (var block in blocks)" : Chance(0.2) ? $"for (var {counter} = {trips} - 1; {counter} >= 0; {counter}--)" : $"for (var {counter} = 0; {counter} < {trips}; {counter}++)";
        return Add(scope, new(carried, header, [start], [.. body]));
    }

    /// <summary>A call of an earlier method, where there are values of the shapes that it takes.</summary>
    private void Call(List<FuzzStatement> body, List<FuzzValue> scope, FuzzMethod method)
    {
        if (method.IsHelper) return;
        var names = new Dictionary<string, string>();
        List<FuzzValue> arguments = [];
        foreach (var argument in method.Arguments)
        {
            // Sizes of a call stand for whatever they meet first; those of the constructor for themselves.
            var fitting = scope.Where(v => v.Rank == argument.Rank && argument.Shape.Zip(v.Shape).All(p => p.First is "b" or "p" ? !names.TryGetValue(p.First, out var bound) || bound == p.Second : p.First == p.Second)).ToList();
            if (fitting.Count == 0 && FuzzProgram.Parameter(argument.Shape) is { } parameter) fitting.Add(parameter);
            if (fitting.Count == 0) return;
            var value = Pick(fitting);
            foreach (var (name, size) in argument.Shape.Zip(value.Shape))
                if (name is "b" or "p") names[name] = size;
            arguments.Add(value);
        }
        // Now and then on other parameters than the network's own.
        var format = $"{(Chance(0.15) ? "With(pn: Sin(Pn) + 0.5f, wn: 0.9f * Wn)." : "")}{method.Name}({string.Join(", ", arguments.Select((_, i) => $"{{{i}}}"))})";
        var at = _random.Next(method.Results.Length);
        if (method.Results.Length > 1) format += $".Item{at + 1}";
        string[] shape = [.. method.Results[at].Select(size => names.GetValueOrDefault(size, size))];
        body.Add(Statement(scope, format, shape, [.. arguments]));
        if (Chance(0.5)) body.Add(Statement(scope, "Tanh({0})", shape, scope[^1]));
    }

    /// <summary>Derives a method from an earlier one; false where the transform that was drawn fits none.</summary>
    private bool Derive()
    {
        var of = Pick(_methods.Where(m => m is { IsHelper: false, GivesGradients: false }).TakeLast(3).ToList());
        var name = $"nameof({of.Name})";
        var (arguments, shapes) = (of.Arguments, of.Arguments.Select(a => a.Shape).ToArray());
        var isScalar = of.Results is [[]];
        FuzzValue[] Directions(IEnumerable<string[]> like, string prefix) => [.. like.Select((shape, i) => new FuzzValue($"{prefix}{_methods.Count}{i}", shape))];
        switch (_random.Next(9))
        {
            case 0 or 1 when isScalar:
                var by = Chance(0.5) ? arguments : [Pick(arguments)];
                Add(arguments, [.. by.Select(a => a.Shape)], $"Gradient(of: {name}, wrt: \"{string.Join(", ", by.Select(a => a.Name))}\")", of.Name);
                return true;
            case 2:
                Add([.. arguments, .. Directions(shapes, "d")], [.. of.Results, .. of.Results], $"Jvp(of: {name})", of.Name);
                return true;
            case 3:
                Add([.. arguments, .. Directions(of.Results, "c")], [.. of.Results, .. shapes], $"Vjp(of: {name})", of.Name);
                return true;
            case 4 when isScalar:
                Add([.. arguments, .. Directions(shapes, "d")], shapes, $"Hvp(of: {name})", of.Name);
                return true;
            case 5 when of.Results is [var result] && result.Length + shapes[0].Length <= 4 && !of.Transform?.StartsWith("Jacobian", StringComparison.Ordinal) == true:
                Add(arguments, [[.. result, .. shapes[0]]], $"Jacobian(of: {name}, wrt: \"{arguments[0].Name}\", Mode = JacobianMode.{Pick<string>(["Auto", "Forward", "Reverse"])})", of.Name);
                return true;
            case 6 when of.Results is [var field] && field.SequenceEqual(shapes[0]):
                Add(arguments, [[]], $"Divergence(of: {name}, wrt: \"{arguments[0].Name}\")", of.Name);
                return true;
            case 6 when isScalar:
                Add(arguments, [[]], $"HessianTrace(of: {name}, wrt: \"{arguments[0].Name}\")", of.Name);
                return true;
            default:
                var batch = arguments.Any(a => a.Shape.Contains("b")) ? "p" : "b";
                if (arguments.Any(a => a.Shape.Contains(batch))) return false;
                var mapped = Chance(0.6) ? arguments : [arguments[0]];
                Add([.. arguments.Select(a => mapped.Contains(a) ? a with { Shape = [batch, .. a.Shape] } : a)], [.. of.Results.Select(r => (string[])[batch, .. r])],
                    $"Vmap(of: {name}, In = \"{string.Join(", ", mapped.Select(a => a.Name))}\")", of.Name);
                return true;
        }
    }
}
