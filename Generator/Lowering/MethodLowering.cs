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
        for (var run = 0; next is { } outcomes; run++)
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
            warnings.AddRange(interpreter.Warnings);
            locals.AddRange(interpreter.Locals);
            if (function is null && interpreter.Findings.Count == 0) return new([], [.. findings]) { Locals = [.. locals] };
            if (function is not null) variants.Add(function);
            next = decisions.Next();
        }
        return (findings.Count == 0 ? new LoweringResult(Alike(variants.ToImmutable()), []) : new LoweringResult([], Distinct(findings))) with { Warnings = Distinct(warnings), Locals = [.. locals] };
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
            var results = variant.ResultNames.Items.Select((name, i) => (name, variant.Results[i])).Where(r => r.name.Length > 0).ToDictionary(r => r.name, r => r.Item2);
            var plain = variant.Results.Items.Where((_, i) => i >= variant.ResultNames.Count || variant.ResultNames[i].Length == 0).ToImmutableArray();
            return variant with
            {
                Arguments = arguments.ToImmutableArray(),
                Results = plain.AddRange(names.Select(name => results.TryGetValue(name, out var gradient) ? gradient : builder.Zeros(weights.First(w => w.Name == name).Node.Type))),
                ResultNames = plain.Select(_ => "").Concat(names).ToImmutableArray(),
            };
        })];
    }

    /// <summary>Variants share their mistakes.</summary>
    private static ImmutableArray<Finding> Distinct(List<Finding> findings)
    {
        var seen = new HashSet<(string, string, int, int, EquatableArray<string>)>();
        return [.. findings.Where(f => seen.Add((f.Id, f.Origin.File, f.Origin.Start, f.Origin.Length, f.Arguments)))];
    }
}
