using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Proxima.Generator.Frontend;
using Proxima.Generator.Ir;
using Proxima.Generator.Lowering;

namespace Proxima.Generator.Analyzers;

/// <summary>Checks the networks of one compilation and puts each finding where the user can mend it.</summary>
internal sealed class CompilationChecker(Compilation compilation, AnalyzerConfigOptionsProvider options)
{
    /// <summary>In .editorconfig: says the shape of every local.</summary>
    private const string ShapeHints = "proxima_shape_hints";

    /// <summary>Reading gives the same object until the class or what is declared around it changes; so does checking.</summary>
    private static readonly ConditionalWeakTable<NetworkDeclaration, Checked> s_checked = new();

    private readonly Lazy<ImmutableDictionary<string, SyntaxTree>> _trees = new(() =>
        compilation.SyntaxTrees.GroupBy(tree => tree.FilePath, StringComparer.Ordinal).ToImmutableDictionary(files => files.Key, files => files.First(), StringComparer.Ordinal));

    /// <summary>Reports the mistakes of a class; nothing for a class that is no network and holds no <c>[TensorFunction]</c>.</summary>
    public void Check(INamedTypeSymbol type, Action<Diagnostic> report, CancellationToken cancellation) => Invariant.Run(() =>
    {
        Run(type, report, cancellation);
        return true;
    });

    private void Run(INamedTypeSymbol type, Action<Diagnostic> report, CancellationToken cancellation)
    {
        var findings = Strays.Of(type, cancellation).ToImmutableArray();
        if (type.HasDeclaration())
        {
            var reading = ReadingMemo.Read(type, compilation, cancellation);
            findings = findings.AddRange(reading.Diagnostics.Items);
            if (reading.Declaration is { } network)
            {
                var lowered = Lower(network, cancellation);
                findings = findings.AddRange(lowered.Findings.Select(f => Place(f, type, cancellation)).OfType<Finding>());
                findings = findings.AddRange(Unread(network, cancellation));
                if (type.DeclaringSyntaxReferences.Any(part => WantsHints(part.SyntaxTree)))
                    findings = findings.AddRange(lowered.Locals(network, cancellation).Where(local => Locate(local.Origin) is { SourceTree: { } tree } && WantsHints(tree)));
            }
        }
        // What a mistake leaves unused is no second one.
        if (findings.Any(f => Diagnostics.Of(f.Id).DefaultSeverity == DiagnosticSeverity.Error)) findings = findings.RemoveAll(f => f.Id is "PRX0201" or "PRX0202" or "PRX0203");
        var reported = new HashSet<(string Id, Location Location)>();
        foreach (var finding in findings)
        {
            var diagnostic = ToDiagnostic(finding, type);
            if (reported.Add((diagnostic.Id, diagnostic.Location))) report(diagnostic);
        }
    }

    private bool WantsHints(SyntaxTree tree) =>
        options.GetOptions(tree).TryGetValue(ShapeHints, out var value) && string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reports what the plans of a network say; nothing while it has mistakes.</summary>
    public void Hint(INamedTypeSymbol type, Action<Diagnostic> report, CancellationToken cancellation) => Invariant.Run(() =>
    {
        RunHints(type, report, cancellation);
        return true;
    });

    private void RunHints(INamedTypeSymbol type, Action<Diagnostic> report, CancellationToken cancellation)
    {
        if (!type.IsNetwork() || ReadingMemo.Read(type, compilation, cancellation).Declaration is not { } network) return;
        var reported = new HashSet<(string Id, Location Location, string Message)>();
        foreach (var finding in PerformanceCheck.Run(network, Reach(network, cancellation).Library, cancellation))
        {
            // What is inlined from elsewhere is the business of the class that it stands in.
            if (!Contains(type, finding.Origin)) continue;
            var diagnostic = ToDiagnostic(finding, type);
            if (reported.Add((diagnostic.Id, diagnostic.Location, diagnostic.GetMessage(CultureInfo.InvariantCulture)))) report(diagnostic);
        }
    }

    // ---- Use ----

    /// <summary>What a file names of other objects: <c>Weight</c> of <c>first.Weight</c>, and every word of a string.</summary>
    private static readonly ConditionalWeakTable<SyntaxTree, HashSet<string>> s_named = new();

    /// <summary>Parameters and buffers that no method reads, in a class whose methods are all understood.</summary>
    private IEnumerable<Finding> Unread(NetworkDeclaration network, CancellationToken cancellation)
    {
        var bodies = network.Methods.Where(m => m.Transform is null).ToList();
        if (bodies.Count == 0 || bodies.Any(m => m.Body is null)) yield break;
        foreach (var parameter in network.Parameters)
        {
            if (bodies.Any(m => Mentions(m.Body!, parameter.Name)) || IsNamed(parameter, cancellation)) continue;
            yield return Finding.Of("PRX0202", parameter.Origin, parameter.Name, parameter.IsBuffer ? "buffer" : "parameter");
        }

        static bool Mentions(Surface node, string name) => (node.Kind is "param" or "buffer" or "setbuffer" or "gradient" && node.Value == name) || node.Items.Any(item => Mentions(item, name));
    }

    private bool IsNamed(ParameterDeclaration parameter, CancellationToken cancellation)
    {
        // Plain C# of the class itself may name it without a dot.
        if (Locate(parameter.Origin)?.SourceTree is { } own && own.GetRoot(cancellation).DescendantTokens().Count(t => t.ValueText == parameter.Name) > 1) return true;
        return compilation.SyntaxTrees.Where(tree => !tree.IsGenerated()).Any(tree => s_named.GetValue(tree, t => Named(t.GetRoot(cancellation))).Contains(parameter.Name));
    }

    private static HashSet<string> Named(SyntaxNode root)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in root.DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken) && token.GetPreviousToken().IsKind(SyntaxKind.DotToken)) named.Add(token.ValueText);
            if (token.IsKind(SyntaxKind.StringLiteralToken)) named.UnionWith(token.ValueText.Split('.', ' ', ','));
        }
        return named;
    }

    // ---- Lowering ----

    private sealed class Checked(Library library, bool isComplete, ImmutableArray<Finding> findings)
    {
        private ImmutableArray<Finding>? _locals;

        public ImmutableArray<Finding> Locals(NetworkDeclaration network, CancellationToken cancellation) => _locals ??= NetworkCheck.Locals(network, library, cancellation);

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
            var network = pending.Pop();
            foreach (var entry in Libraries.Catalogue(network, carried.Items))
            {
                if (reached.ContainsKey(entry.FullName)) continue;
                reached.Add(entry.FullName, entry);
                pending.Push(entry);
            }
            foreach (var name in Libraries.References(network))
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
        finding = finding with { Repairs = EquatableArray<Repair>.Empty };
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
        finding.Repairs.Count == 0 ? null : ImmutableDictionary<string, string?>.Empty.Add(RepairsKey, Repair.Write(finding.Repairs.Items.Where(r => r.IsIn(finding.Origin.File)))),
        finding.Arguments.ToArray<object>());

    /// <summary>Under this key a diagnostic carries its repairs, as <see cref="Repair.Write"/> has them.</summary>
    public const string RepairsKey = "Repairs";
}
