using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Proxima.Generator.Frontend;
using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Analyzers;

/// <summary>Checks the networks of one compilation and puts each finding where the user can mend it.</summary>
internal sealed class CompilationChecker(Compilation compilation)
{
    /// <summary>Reading gives the same object until the class or what is declared around it changes; so does checking.</summary>
    private static readonly ConditionalWeakTable<NetworkDeclaration, Checked> s_checked = new();

    private readonly Lazy<ImmutableDictionary<string, SyntaxTree>> _trees = new(() =>
        compilation.SyntaxTrees.GroupBy(tree => tree.FilePath, StringComparer.Ordinal).ToImmutableDictionary(files => files.Key, files => files.First(), StringComparer.Ordinal));

    /// <summary>Reports the mistakes of a class; nothing for a class that is no network and holds no <c>[TensorFunction]</c>.</summary>
    public void Check(INamedTypeSymbol type, Action<Diagnostic> report, CancellationToken cancellation)
    {
        if (!type.IsNetwork() && !type.GetMembers().Any(m => m is IMethodSymbol method && method.IsTensorFunction())) return;
        var reading = ReadingMemo.Read(type, compilation, cancellation);
        var findings = reading.Diagnostics.Items;
        if (reading.Declaration is { } network)
            findings = findings.AddRange(Lower(network, cancellation).Findings.Select(f => Place(f, type, cancellation)).OfType<Finding>());
        var reported = new HashSet<(string Id, Location Location)>();
        foreach (var finding in findings)
        {
            var diagnostic = ToDiagnostic(finding, type);
            if (reported.Add((diagnostic.Id, diagnostic.Location))) report(diagnostic);
        }
    }

    // ---- Lowering ----

    private sealed class Checked(Library library, bool isComplete, ImmutableArray<Finding> findings)
    {
        public ImmutableArray<Finding> Findings { get; } = findings;

        public bool Holds(Library other, bool complete)
        {
            if (complete != isComplete || other.Networks.Count != library.Networks.Count) return false;
            for (var i = 0; i < other.Networks.Count; i++)
                if (!ReferenceEquals(other.Networks[i], library.Networks[i])) return false;
            return true;
        }
    }

    private Checked Lower(NetworkDeclaration network, CancellationToken cancellation)
    {
        var (library, isComplete) = Reach(network, cancellation);
        if (s_checked.TryGetValue(network, out var known) && known.Holds(library, isComplete)) return known;
        var findings = NetworkCheck.Run(network, library, cancellation);
        // A name that C# knows and the library does not belongs to a declaration with mistakes of its own, unless its assembly carries none.
        if (isComplete) findings = findings.RemoveAll(f => f.Id is "PRX0116" or "PRX0120");
        var result = new Checked(library, isComplete, findings);
        s_checked.Remove(network);
        return s_checked.GetValue(network, _ => result);
    }

    /// <summary>The declarations that a network inlines, and whether every assembly it takes them from carries them.</summary>
    private (Library Library, bool IsComplete) Reach(NetworkDeclaration root, CancellationToken cancellation)
    {
        var carried = ReferencedDeclarations.Of(compilation, cancellation);
        var reached = new Dictionary<string, NetworkDeclaration>(StringComparer.Ordinal) { [root.FullName] = root };
        var pending = new Stack<NetworkDeclaration>([root]);
        var isComplete = true;
        while (pending.Count > 0)
        {
            foreach (var name in Libraries.References(pending.Pop()))
            {
                cancellation.ThrowIfCancellationRequested();
                if (reached.ContainsKey(name)) continue;
                var own = compilation.Assembly.GetTypeByMetadataName(name);
                var declaration = own is not null
                    ? ReadingMemo.Read(own, compilation, cancellation).Declaration
                    : carried.Items.FirstOrDefault(c => c.FullName == name);
                isComplete &= declaration is not null || own is not null;
                if (declaration is null) continue;
                reached.Add(name, declaration);
                pending.Push(declaration);
            }
        }
        return (Libraries.Of(reached.Values), isComplete);
    }

    // ---- Places ----

    /// <summary>
    /// A mistake in a class is reported by that class. What goes wrong in another class only because of this one's sizes and shapes is reported at
    /// the call that leads there; null where the other class reports it itself.
    /// </summary>
    private Finding? Place(Finding finding, INamedTypeSymbol type, CancellationToken cancellation)
    {
        if (!finding.Origin.IsWritten) return finding.Site.IsWritten ? finding with { Origin = finding.Site } : null;
        if (Contains(type, finding.Origin))
            return finding.Site.IsWritten ? finding.With(finding.Additional.Append(finding.Site)) : finding;
        if (OwnerOf(finding.Origin, cancellation) is { } owner && ReportsItself(owner, finding, cancellation)) return null;
        return finding.Site.IsWritten ? finding.With(finding.Additional.Prepend(finding.Origin)) with { Origin = finding.Site } : finding;
    }

    private bool ReportsItself(INamedTypeSymbol owner, Finding finding, CancellationToken cancellation) =>
        ReadingMemo.Read(owner, compilation, cancellation).Declaration is { } declaration
        && Lower(declaration, cancellation).Findings.Any(f => f.Id == finding.Id && IsSame(f.Origin, finding.Origin));

    private INamedTypeSymbol? OwnerOf(Origin origin, CancellationToken cancellation)
    {
        if (Locate(origin) is not { SourceTree: { } tree } location) return null;
        var declaration = tree.GetRoot(cancellation).FindNode(location.SourceSpan).FirstAncestorOrSelf<TypeDeclarationSyntax>();
        return declaration is null ? null : compilation.GetSemanticModel(tree).GetDeclaredSymbol(declaration, cancellation);
    }

    private static bool Contains(INamedTypeSymbol type, Origin origin) => type.DeclaringSyntaxReferences.Any(part =>
        part.SyntaxTree.FilePath == origin.File && part.Span.Start <= origin.Start && origin.Start + origin.Length <= part.Span.End);

    private static bool IsSame(Origin a, Origin b) => a.File == b.File && a.Start == b.Start && a.Length == b.Length;

    private Location? Locate(Origin origin) =>
        origin.IsWritten && _trees.Value.TryGetValue(origin.File, out var tree) && origin.Start + origin.Length <= tree.Length
            ? Location.Create(tree, new TextSpan(origin.Start, origin.Length))
            : null;

    private Diagnostic ToDiagnostic(Finding finding, INamedTypeSymbol type) => Diagnostic.Create(
        Diagnostics.Of(finding.Id),
        Locate(finding.Origin) ?? type.Locations[0],
        finding.Additional.Select(Locate).OfType<Location>().Distinct(),
        finding.Repairs.Count == 0 ? null : ImmutableDictionary<string, string?>.Empty.Add(RepairsKey, string.Join(";", finding.Repairs)),
        finding.Arguments.ToArray<object>());

    /// <summary>Under this key a diagnostic carries its repairs, separated by semicolons.</summary>
    public const string RepairsKey = "Repairs";
}
