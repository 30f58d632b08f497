using System.Collections.Immutable;
using System.Globalization;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

/// <summary>What lowering a method gives: its variants (none where there are findings) and the mistakes found.</summary>
internal sealed record LoweringResult(ImmutableArray<Function> Variants, ImmutableArray<Finding> Findings)
{
    /// <summary>What is most likely not meant; it does not keep the method from being compiled.</summary>
    public ImmutableArray<Finding> Warnings { get; init; } = [];

    /// <summary>What each local is, once per variant.</summary>
    public ImmutableArray<Finding> Locals { get; init; } = [];
}

/// <summary>
/// From a declared method to functions of the IR: one per outcome of the <c>if</c>s on sizes that the build cannot decide. The analyzer and the
/// generator both call this, so they agree.
/// </summary>
/// <remarks>
/// A leading <c>...</c> of the compiled method is one size, named by the binding whose axis is -1: the product of the leading dims. Entry code
/// flattens them and gives them back to results whose declared shape starts with <c>...</c>; every other axis counts in the flattened argument.
/// </remarks>
internal static class MethodLowering
{
    /// <summary>Variants multiply: four undecided conditions make sixteen.</summary>
    private const int MostVariants = 16;

    public static LoweringResult Lower(NetworkDeclaration network, MethodDeclaration method, Library library, CancellationToken cancellation)
    {
        var variants = ImmutableArray.CreateBuilder<Function>();
        var findings = new List<Finding>();
        var warnings = new List<Finding>();
        var locals = new List<Finding>();
        ImmutableArray<bool>? next = ImmutableArray<bool>.Empty;
        var run = 0;
        for (; next is { } outcomes; run++)
        {
            if (run == MostVariants)
            {
                findings.Add(Finding.Of("PRX0108", method.Origin, method.Name, MostVariants.ToString(CultureInfo.InvariantCulture)));
                break;
            }
            var decisions = new Decisions(outcomes);
            var interpreter = new Interpreter(library, decisions, cancellation);
            Function? function = null;
            try
            {
                function = interpreter.Compile(network, method);
            }
            catch (InsufficientExecutionStackException)
            {
                findings.Add(Finding.Of("PRX0013", method.Origin));
            }
            findings.AddRange(interpreter.Findings);
            warnings.AddRange(Distinct(interpreter.Warnings));
            locals.AddRange(interpreter.Locals);
            if (function is null && interpreter.Findings.Count == 0) return new([], [.. findings]) { Locals = [.. locals] };
            if (function is not null) variants.Add(function);
            next = decisions.Next();
        }
        return (findings.Count == 0 ? new LoweringResult(WithEqualStates(Alike(variants.ToImmutable())), []) : new LoweringResult([], Distinct(findings))) with { Warnings = Lasting(warnings, run), Locals = [.. locals] };
    }

    /// <summary>Variants that use different parameters take all of them, and give gradients by all of them: zeros by those that they do not use.</summary>
    private static ImmutableArray<Function> Alike(ImmutableArray<Function> variants)
    {
        if (variants.Length < 2) return variants;
        var weights = variants.SelectMany(v => v.Arguments).Where(a => a.Kind != ArgumentKind.Input).GroupBy(a => a.Name).Select(group => group.First()).ToImmutableArray();
        var names = variants.SelectMany(v => v.ResultNames).Where(name => name.Length > 0).Distinct().ToImmutableArray();
        return [.. variants.Select(variant =>
        {
            var builder = new Builder();
            var own = variant.Arguments.ToDictionary(a => a.Name, StringComparer.Ordinal);
            var arguments = variant.Arguments.Where(a => a.Kind == ArgumentKind.Input).Concat(weights.Select(w => own.TryGetValue(w.Name, out var used) ? used
                : w with { Node = builder.Parameter(w.Node.Text, w.Node.Type) }));
            var returned = variant.ReturnedResults;
            var named = variant.ResultNames.Take(returned.Length).Concat(Enumerable.Repeat("", Math.Max(0, returned.Length - variant.ResultNames.Count))).ToImmutableArray();
            var results = named.Select((name, i) => (name, returned[i])).Where(r => r.name.Length > 0).ToDictionary(r => r.name, r => r.Item2);
            var plain = returned.Where((_, i) => named[i].Length == 0).ToImmutableArray();
            var states = variant.Results.Items.RemoveRange(0, returned.Length);
            return variant with
            {
                Arguments = arguments.ToImmutableArray(),
                Results = plain.AddRange(names.Select(name => results.TryGetValue(name, out var gradient) ? gradient : builder.Zeros(weights.First(w => w.Name == name).Node.Type))).AddRange(states),
                ResultNames = plain.Select(_ => "").Concat(names).Concat(states.Select(_ => "")).ToImmutableArray(),
            };
        })];
    }

    /// <summary>A buffer that one variant assigns is a result of all: where a variant leaves it alone, its value is what it was.</summary>
    private static ImmutableArray<Function> WithEqualStates(ImmutableArray<Function> variants)
    {
        var types = new SortedDictionary<string, TensorType>(StringComparer.Ordinal);
        foreach (var function in variants)
            for (var i = 0; i < function.States.Count; i++) types[function.States[i]] = function.Results[function.Returned + i].Type;
        return types.Count == 0 ? variants : [.. variants.Select(Complete)];

        Function Complete(Function function)
        {
            if (function.States.Count == types.Count) return function;
            var arguments = function.Arguments.Items;
            var results = function.ReturnedResults.ToBuilder();
            foreach (var (name, type) in types.Select(pair => (pair.Key, pair.Value)))
            {
                if (function.States.Items.IndexOf(name) is >= 0 and var i)
                {
                    results.Add(function.Results[function.Returned + i]);
                    continue;
                }
                var argument = arguments.FirstOrDefault(a => a.Kind == ArgumentKind.Buffer && a.Name == name);
                if (argument is null) arguments = arguments.Add(argument = new(new Builder().Parameter(name, type), ArgumentKind.Buffer, name));
                results.Add(argument.Node);
            }
            var names = function.ResultNames.Take(function.Returned).Concat(types.Select(_ => "")).ToImmutableArray();
            return function with { Arguments = arguments, Results = results.ToImmutable(), ResultNames = names, States = types.Keys.ToImmutableArray() };
        }
    }

    /// <summary>A derivative that is zero for some outcomes only is what those say: the warning stays where all variants have it.</summary>
    private static ImmutableArray<Finding> Lasting(IEnumerable<Finding> warnings, int runs) =>
        [.. warnings.GroupBy(Key).Where(group => group.Key.Id != "PRX0133" || group.Count() == runs).Select(group => group.First())];

    /// <summary>Variants share their mistakes.</summary>
    private static ImmutableArray<Finding> Distinct(IEnumerable<Finding> findings) => [.. findings.GroupBy(Key).Select(group => group.First())];

    private static (string Id, string File, int Start, int Length, EquatableArray<string> Arguments) Key(Finding f) => (f.Id, f.Origin.File, f.Origin.Start, f.Origin.Length, f.Arguments);
}
