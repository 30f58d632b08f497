using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>The fixed point of a function in its first argument: one solver node over the whole function, and what its kind of derivative puts around it.</summary>
internal static class FixedPoint
{
    private const int MostSteps = 32;

    /// <summary>
    /// The function of the same arguments that returns the point, the number of iterations and the last residual; null where the options or the function
    /// do not fit, and <paramref name="error"/> says why.
    /// </summary>
    public static Function? Apply(Function of, string name, TransformOptions options, out string? error)
    {
        error = Unfit(of);
        if (error is not null) return null;
        of = Cleanup.Apply(of);
        var names = CounterNames.Of(of);
        var builder = new Builder { Source = of.Results[0].Source };
        var arguments = of.Arguments.Select(a => a with { Node = CopyOf(builder, a.Node) }).ToImmutableArray();
        var state = of.Arguments.Items.ToList().FindIndex(a => a.Kind == ArgumentKind.Input);
        var others = Enumerable.Range(0, arguments.Length).Where(i => i != state).ToImmutableArray();
        var iterations = options.Int("MaxIterations", 100);
        if (iterations < 1) error = "MaxIterations is at least 1";
        if (error is not null) return null;
        var step = new LoopInfo(names.Fresh("k"), Dim.Of(iterations), 1, EquatableArray<int>.Empty, 0, Body(of, state, others));
        return Search(builder, names, step, [arguments[state].Node, .. others.Select(i => arguments[i].Node)], name, options, out error) is { } results
            ? Cleanup.Apply(With(of, arguments, results))
            : null;
    }

    /// <summary>
    /// The point at which a loop of one carried value stands still, the number of iterations, of which there are at most the loop's, and the last residual; null where the options do not
    /// fit, and <paramref name="error"/> says why.
    /// </summary>
    public static ImmutableArray<Node>? Search(Builder builder, CounterNames names, LoopInfo step, ImmutableArray<Node> inputs, string name, TransformOptions options, out string? error)
    {
        var kind = options.Enum<SolverKind>("Solver");
        var backward = options.Text("Backward", "Implicit");
        var tolerance = options.Number("Tolerance", 1e-5);
        var window = options.Int("Window", 0);
        var batchDims = options.Int("BatchDims", 0);
        var damping = options.Number("Damping", 1);
        var regularization = options.Number("Regularization", 1e-10);
        var backwardTolerance = options.Number("BackwardTolerance", 0);
        var backwardIterations = options.Int("BackwardIterations", 0);
        var steps = options.Int("PhantomSteps", 5);
        var phantomDamping = options.Number("PhantomDamping", 1);
        var type = step.Body.Results[0].Type;
        error = !(tolerance >= 0 && tolerance < 1) || !(backwardTolerance >= 0 && backwardTolerance < 1) ? "a tolerance is at least 0 and below 1"
            : backwardIterations < 0 ? "BackwardIterations is not negative"
            : window is < 0 or > MostSteps ? $"Window is 1 to {MostSteps} (or 0 for the solver's own choice)"
            : !(damping > 0 && damping <= 1) || !(phantomDamping > 0 && phantomDamping <= 1) ? "a damping is above 0 and at most 1"
            : !(regularization >= 0 && regularization < 1) ? "Regularization is at least 0 and below 1"
            : batchDims < 0 || batchDims > type.Shape.Length ? $"BatchDims counts leading dimensions of {type}"
            : steps < 1 ? "PhantomSteps is at least 1"
            : backward is not ("Implicit" or "Phantom" or "Unroll") ? $"a fixed point is differentiated by Implicit, Phantom or Unroll, not by {backward}"
            : backward == "Unroll" && kind != SolverKind.Plain ? $"only plain iteration is unrolled: the derivative of {kind}'s mixing is not defined where its past steps are dependent, as they become at the solution; use Backward.Implicit"
            : null;
        if (error is not null) return null;
        var captured = inputs.RemoveAt(0);
        var solver = new SolverInfo(
            name, kind, tolerance, 1, window > 0 ? window : kind == SolverKind.Broyden ? 16 : 5, damping, regularization, batchDims, backward == "Phantom",
            backwardTolerance > 0 ? backwardTolerance : tolerance, backwardIterations > 0 ? backwardIterations : (int)step.Trips.Constant!.Value);
        if (backward == "Unroll")
        {
            var point = builder.Loop(Damped(step, damping), inputs)[0];
            return [point, builder.Full((double)step.Trips.Constant!.Value, DType.Int64, []), ResidualAt(builder, step, names, point, captured)];
        }
        var results = builder.Loop(step with { Solver = solver }, inputs);
        if (backward != "Phantom") return results;
        var phantom = Damped(Copier.Fresh(step, names) with { Trips = Dim.Of(steps) }, phantomDamping);
        return results.SetItem(0, builder.Loop(phantom, [results[0], .. captured])[0]);
    }

    /// <summary>max|f - z| / (floor + max|f|), and 0 where f = z.</summary>
    public static Node Residual(Builder b, Node z, Node f, double floor)
    {
        ImmutableArray<int> all = [.. Enumerable.Range(0, z.Rank)];
        // Of no elements the largest is 0.
        Node Largest(Node x) => b.Pointwise(Op.Max, b.Reduce(Op.ReduceMax, b.Pointwise(Op.Abs, x), all), b.Full(0, z.Type.DType, []));
        var difference = Largest(b.Sub(f, z));
        var zero = b.Full(0, difference.Type);
        var relative = b.Div(difference, b.Add(Largest(f), b.Full(floor, difference.Type)));
        return b.Where(b.Pointwise(Op.Equal, difference, zero), zero, relative);
    }

    private static string? Unfit(Function of)
    {
        var state = of.Arguments.Items.FirstOrDefault(a => a.Kind == ArgumentKind.Input);
        if (of.Results.Count != 1 || state is null || !of.Results[0].Type.IsFloat)
            return $"a fixed point is that of a method from a floating-point tensor, its first argument, to one of the same shape; {of.Name} gives {string.Join(", ", of.Results.Select(r => r.Type))}";
        return of.Results[0].Type.Equals(state.Node.Type) ? null
            : $"{of.Name} maps {state.Name}, which is {state.Node.Type}, to {of.Results[0].Type}; a step gives back the shape of its first argument";
    }

    private static Function With(Function of, ImmutableArray<FunctionArgument> arguments, ImmutableArray<Node> results) =>
        of with { Arguments = arguments, Results = results, ResultNames = results.Select(_ => "").ToImmutableArray() };

    private static Node CopyOf(Builder builder, Node parameter)
    {
        var copy = builder.Parameter(parameter.Text, parameter.Type);
        copy.Name = parameter.Name;
        return copy;
    }

    /// <summary>The function as a body: the state, then everything else.</summary>
    private static Region Body(Function of, int state, ImmutableArray<int> others)
    {
        var builder = new Builder();
        var copier = new Copier(builder);
        ImmutableArray<Node> parameters = [.. others.Insert(0, state).Select(i => copier.CopyParameter(of.Arguments[i].Node))];
        var next = copier.Copy(of.Results[0]);
        // A step that gives back an argument still takes one.
        return new Region(parameters, [next]);
    }

    /// <summary>The same loop with z + damping (F(z) - z) for its step.</summary>
    private static LoopInfo Damped(LoopInfo step, double damping)
    {
        if (damping == 1) return step;
        var builder = new Builder();
        var copier = new Copier(builder);
        ImmutableArray<Node> parameters = [.. step.Body.Parameters.Select(copier.CopyParameter)];
        var next = copier.Copy(step.Body.Results[0]);
        return step with { Body = new Region(parameters, [builder.Add(parameters[0], builder.Scale(builder.Sub(next, parameters[0]), damping))]) };
    }

    private static Node ResidualAt(Builder builder, LoopInfo step, CounterNames names, Node point, ImmutableArray<Node> captured)
    {
        var body = Copier.Fresh(step, names).Body;
        var copier = new Copier(builder);
        copier.Map(body.Parameters[0], point);
        for (var i = 0; i < captured.Length; i++) copier.Map(body.Parameters[i + 1], captured[i]);
        return Residual(builder, point, copier.Copy(body.Results[0]), 1);
    }
}
