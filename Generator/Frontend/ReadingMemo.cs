using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Frontend;

/// <summary>
/// Remembers the last reading of each class, because binding it again on every keystroke elsewhere is what makes editors slow. A reading holds
/// for as long as the class's own syntax is the very same objects, and nothing that its names may lead to has changed: what a body means depends on
/// the declarations around it, never on what stands inside the bodies of others.
/// </summary>
internal static class ReadingMemo
{
    private static readonly ConditionalWeakTable<SyntaxNode, Entry> s_readings = new();
    private static readonly ConditionalWeakTable<Compilation, Project> s_projects = new();

    /// <summary>
    /// The networks of a compilation, and the classes that hold functions of the language, in the order of the files. Roslyn's search by the name of an
    /// attribute binds every class that it finds again whenever any file changes; this one binds what the edit has touched.
    /// </summary>
    public static IEnumerable<NetworkDeclaration> All(Compilation compilation, CancellationToken cancellation)
    {
        var project = Of(compilation, cancellation);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var candidate in project.Candidates)
        {
            cancellation.ThrowIfCancellationRequested();
            // Every part of a class leads to the same reading.
            if (TryRead(candidate, compilation, project.Surroundings, cancellation)?.Declaration is { } declaration && seen.Add(declaration.FullName)) yield return declaration;
        }
    }

    private static Reading? TryRead(TypeDeclarationSyntax part, Compilation compilation, Surroundings surroundings, CancellationToken cancellation)
    {
        if (Known(part, compilation, surroundings) is { } known) return known.Reading;
        if (compilation.GetSemanticModel(part.SyntaxTree).GetDeclaredSymbol(part, cancellation) is not { } type || !type.HasDeclaration())
        {
            Remember([part], surroundings, null);
            return null;
        }
        try
        {
            return Read(type, compilation, cancellation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // One class must not take the others with it; the analyzer, which reads it as well, reports the failure.
            return null;
        }
    }

    /// <summary>As <see cref="NetworkReader.Read"/>.</summary>
    public static Reading Read(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        var parts = type.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).Where(n => !n.SyntaxTree.IsGenerated()).ToImmutableArray();
        if (parts.IsEmpty) return NetworkReader.Read(type, compilation, cancellation);
        var surroundings = Of(compilation, cancellation).Surroundings;
        if (Known(parts[0], compilation, surroundings)?.Reading is { } known) return known;
        var reading = NetworkReader.Read(type, compilation, cancellation);
        Remember(parts, surroundings, reading);
        return reading;
    }

    private static Entry? Known(SyntaxNode part, Compilation compilation, Surroundings surroundings) =>
        s_readings.TryGetValue(part, out var entry) && entry.Holds(compilation, surroundings) ? entry : null;

    private static void Remember(ImmutableArray<SyntaxNode> parts, Surroundings surroundings, Reading? reading)
    {
        var entry = new Entry(parts, surroundings, reading);
        foreach (var part in parts)
        {
            s_readings.Remove(part);
            s_readings.GetValue(part, _ => entry);
        }
    }

    private static Project Of(Compilation compilation, CancellationToken cancellation)
    {
        if (s_projects.TryGetValue(compilation, out var known)) return known;
        var outlines = new List<Outline>();
        foreach (var tree in compilation.SyntaxTrees)
        {
            if (tree.IsGenerated()) continue;
            cancellation.ThrowIfCancellationRequested();
            outlines.Add(Outline.Of(tree, cancellation));
        }
        var aliases = outlines.SelectMany(outline => outline.GlobalAliases).ToImmutableHashSet();
        var project = new Project(
            Surroundings.Of([.. outlines.Select(outline => outline.Signature)], compilation.References), [.. outlines.SelectMany(outline => outline.Candidates(aliases))]);
        return s_projects.GetValue(compilation, _ => project);
    }

    /// <summary>What a compilation declares, and the classes in it that may be the language's.</summary>
    private sealed record Project(Surroundings Surroundings, ImmutableArray<TypeDeclarationSyntax> Candidates);

    /// <summary>The reading of a class; null where the class is none of the language's.</summary>
    private sealed class Entry(ImmutableArray<SyntaxNode> parts, Surroundings surroundings, Reading? reading)
    {
        // Weak: an entry lives as long as one of its parts, and must not keep the trees of the others alive.
        private readonly ImmutableArray<WeakReference<SyntaxNode>> _parts = [.. parts.Select(part => new WeakReference<SyntaxNode>(part))];
        private volatile Surroundings _surroundings = surroundings;
        private ImmutableArray<string>? _names;

        public Reading? Reading { get; } = reading;

        public bool Holds(Compilation compilation, Surroundings now)
        {
            // With the same declarations around them there are as many parts as before: it is enough that none has been replaced.
            var alive = new SyntaxNode[_parts.Length];
            for (var i = 0; i < alive.Length; i++)
                if (!_parts[i].TryGetTarget(out alive[i]) || !compilation.ContainsSyntaxTree(alive[i].SyntaxTree)) return false;
            var before = _surroundings;
            if (before.Hash == now.Hash) return true;
            var names = _names ??= Names(alive);
            if (before.Reached(names) != now.Reached(names)) return false;
            _surroundings = now;
            return true;
        }

        /// <summary>The names in a class and around it, and those that generated code uses.</summary>
        private static ImmutableArray<string> Names(SyntaxNode[] parts) =>
            [.. parts.SelectMany(part => part.DescendantTokens()).Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText).Concat(ExternalNames.All).Distinct()];
    }
}
