using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

/// <summary>Every mistake that lowering finds in a class: what the analyzer reports.</summary>
internal static class NetworkCheck
{
    /// <summary>What each local of a class is: its shape, or its shapes where calls and variants differ.</summary>
    public static ImmutableArray<Finding> Locals(NetworkDeclaration network, Library library, CancellationToken cancellation)
    {
        var locals = network.Methods.Items.Where(method => !method.IsPrivate && method.Body is not null)
            .SelectMany(method => MethodLowering.Lower(network, method, library, cancellation).Locals);
        return [.. locals.GroupBy(local => (local.Origin.File, local.Origin.Start))
            .Select(same => same.First() with { Arguments = new([same.First().Arguments[0], string.Join(" or ", same.Select(local => local.Arguments[1]).Distinct())]) })];
    }

    /// <summary>
    /// Lowers what is declared outside of methods, then every method that others can call. Private helpers declare no shapes, so they are checked
    /// where they are called. One place has one mistake of a kind, however many methods lead to it.
    /// </summary>
    public static ImmutableArray<Finding> Run(NetworkDeclaration network, Library library, CancellationToken cancellation)
    {
        var findings = ImmutableArray.CreateBuilder<Finding>();
        var seen = new HashSet<(string Id, string File, int Start, int Length)>();
        var declaration = new Interpreter(library, new Decisions([]), cancellation);
        declaration.CheckDeclaration(network);
        Add(declaration.Findings);
        // Bodies before what is derived from them: a derived method repeats the mistakes of its source, and adds nothing.
        foreach (var method in network.Methods.Items.OrderBy(m => m.Transform is null ? 0 : 1))
        {
            if (method.IsPrivate) continue;
            var lowered = MethodLowering.Lower(network, method, library, cancellation);
            Add(lowered.Findings);
            Add(lowered.Warnings);
        }
        return WithoutCascades(findings);

        void Add(IEnumerable<Finding> found)
        {
            foreach (var finding in found)
            {
                // What comes from another assembly has no place of its own: the call stands for it.
                var at = finding.Origin.IsWritten ? finding.Origin : finding.Site;
                if (seen.Add((finding.Id, at.File, at.Start, at.Length))) findings.Add(finding);
            }
        }
    }

    /// <summary>Where a misspelled size is the reason of another mistake, the two are one.</summary>
    private static ImmutableArray<Finding> WithoutCascades(IReadOnlyList<Finding> findings)
    {
        var explained = new List<Finding>();
        var rest = findings.Where(f => f.Id != "PRX0131").ToList();
        foreach (var misspelling in findings.Where(f => f.Id == "PRX0131"))
        {
            var isReason = false;
            for (var i = 0; i < rest.Count; i++)
            {
                var at = rest[i].Additional.Items.ToList().FindIndex(o => o.File == misspelling.Origin.File && o.Start == misspelling.Origin.Start);
                if (at < 0 || rest[i].Arguments.Count == 0) continue;
                isReason = true;
                rest[i] = rest[i] with
                {
                    Arguments = new([$"{rest[i].Arguments[0]}. Is '{misspelling.Arguments[0]}' a misspelling of '{misspelling.Arguments[1]}'?", .. rest[i].Arguments.Items.Skip(1)]),
                    Repairs = new([.. misspelling.Repairs]),
                };
            }
            if (!isReason) explained.Add(misspelling);
        }
        return [.. rest, .. explained];
    }
}
