using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

/// <summary>Every mistake that lowering finds in a class: what the analyzer reports.</summary>
internal static class NetworkCheck
{
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
            if (!method.IsPrivate) Add(MethodLowering.Lower(network, method, library, cancellation).Findings);
        return findings.ToImmutable();

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
}
