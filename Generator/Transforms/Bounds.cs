using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Transforms;

/// <summary>Bounds of a function's results for inputs in boxes.</summary>
internal static class Bounds
{
    /// <summary>
    /// The function that takes the lower ends of the named inputs where those were and their upper ends (<c>upper</c> + name) behind all arguments, and
    /// returns a lower and an upper bound for each float result, in order; null where an operation has no rule, which <paramref name="error"/> names.
    /// </summary>
    public static Function? Apply(Function of, ImmutableArray<string> wrt, string method, out string? error)
    {
        if (wrt.IsEmpty) wrt = [.. of.Arguments.Where(a => a.Kind == ArgumentKind.Input && a.Node.Type.IsFloat).Select(a => a.Name)];
        error = wrt.IsEmpty ? $"{of.Name} takes no float tensor, so there is no box to bound its results over"
            : wrt.FirstOrDefault(name => of.Arguments.First(a => a.Name == name).Kind != ArgumentKind.Input) is { } parameter ? $"'{parameter}' is a parameter; boxes are those of inputs"
            : !of.Results.Items.All(r => r.Type.IsFloat) ? $"{of.Name} returns {string.Join(", ", of.Results.Select(r => r.Type))}; bounds are those of floats"
            : null;
        if (error is not null) return null;
        of = Cleanup.Apply(of);
        // A loop of few iterations is seen through; one of many, or of as many as a size says, has its intervals only.
        if (method == "Crown") of = Cleanup.Apply(UnrollLoops.Apply(of));
        var builder = new Builder();
        var intervals = new Intervals(builder);
        var arguments = ImmutableArray.CreateBuilder<FunctionArgument>();
        var added = ImmutableArray.CreateBuilder<FunctionArgument>();
        foreach (var argument in of.Arguments)
        {
            var lower = Parameter(argument.Node, argument.Name);
            arguments.Add(argument with { Node = lower });
            if (!wrt.Contains(argument.Name))
            {
                intervals.Set(argument.Node, Interval.Exact(lower));
                continue;
            }
            var name = "upper" + argument.Name;
            while (of.Arguments.Any(a => a.Name == name)) name += "_";
            var upper = Parameter(argument.Node, name);
            added.Add(new(upper, ArgumentKind.Input, name));
            intervals.Set(argument.Node, new(lower, upper));
        }
        try
        {
            if (method != "Crown") intervals.Run(of.Results);
            ImmutableArray<Interval> results = method == "Crown" ? Crown.Run(builder, of, intervals) : [.. of.Results.Select(result => intervals[result])];
            return Cleanup.Apply(of with
            {
                Arguments = arguments.Concat(added).ToImmutableArray(),
                Results = results.SelectMany(result => new[] { result.Lower, result.Upper }).ToImmutableArray(),
                ResultNames = results.SelectMany(_ => new[] { "", "" }).ToImmutableArray(),
            });
        }
        catch (NoRuleException missing)
        {
            error = $"{of.Name}: {missing.Message}";
            return null;
        }

        Node Parameter(Node like, string name)
        {
            var parameter = builder.Parameter(name, like.Type);
            parameter.Name = name;
            return parameter;
        }
    }
}
