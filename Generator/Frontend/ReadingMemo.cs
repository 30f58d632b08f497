using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Proxima.Generator.Frontend;

/// <summary>
/// Remembers the last reading of each class, because binding its bodies again on every keystroke elsewhere is what makes editors slow. A reading holds
/// for as long as the class's own syntax is the very same objects, and nothing that other files declare has changed: what a body means depends on
/// the declarations around it, never on what stands inside the bodies of others.
/// </summary>
internal static class ReadingMemo
{
    private static readonly ConditionalWeakTable<SyntaxNode, Entry> s_readings = new();
    private static readonly ConditionalWeakTable<SyntaxTree, Surroundings> s_trees = new();
    private static readonly ConditionalWeakTable<Compilation, Surroundings> s_compilations = new();
    private static readonly ConditionalWeakTable<MetadataReference, Identity> s_references = new();
    private static long s_lastReference;

    /// <summary>As <see cref="NetworkReader.Read"/>.</summary>
    public static Reading Read(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        var parts = type.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).Where(n => !n.SyntaxTree.IsGenerated()).ToImmutableArray();
        if (parts.IsEmpty) return NetworkReader.Read(type, compilation, cancellation);
        var surroundings = Of(compilation, cancellation);
        if (s_readings.TryGetValue(parts[0], out var entry) && entry.Surroundings.Equals(surroundings) && entry.HasParts(parts)) return entry.Reading;
        var reading = NetworkReader.Read(type, compilation, cancellation);
        s_readings.Remove(parts[0]);
        s_readings.GetValue(parts[0], _ => new Entry(parts, surroundings, reading));
        return reading;
    }

    private static Surroundings Of(Compilation compilation, CancellationToken cancellation)
    {
        if (s_compilations.TryGetValue(compilation, out var known)) return known;
        var trees = compilation.SyntaxTrees.Where(t => !t.IsGenerated())
            .Select(t => s_trees.TryGetValue(t, out var s) ? s : s_trees.GetValue(t, tree => Declared(tree, cancellation)));
        var hash = new StableHash();
        foreach (var tree in trees)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.Add(tree);
        }
        foreach (var reference in compilation.References) hash.Add(s_references.GetValue(reference, _ => new Identity()).Number);
        return s_compilations.GetValue(compilation, _ => hash.ToSurroundings());
    }

    /// <summary>Everything in a file but the bodies of its members and its comments. Constants and initialisers count: other files may see their values.</summary>
    private static Surroundings Declared(SyntaxTree tree, CancellationToken cancellation)
    {
        var hash = new StableHash();
        foreach (var token in tree.GetRoot(cancellation).DescendantTokens(node => !IsBody(node)))
        {
            hash.Add(token.RawKind);
            foreach (var c in token.Text) hash.Add(c);
        }
        hash.Add(((CSharpParseOptions)tree.Options).GetHashCode());
        return hash.ToSurroundings();
    }

    private static bool IsBody(SyntaxNode node) =>
        node is BlockSyntax { Parent: BaseMethodDeclarationSyntax or AccessorDeclarationSyntax }
        || node is GlobalStatementSyntax
        || node is ArrowExpressionClauseSyntax { Parent: BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or BasePropertyDeclarationSyntax };

    private sealed class Entry(ImmutableArray<SyntaxNode> parts, Surroundings surroundings, Reading reading)
    {
        // Weak: the entry lives as long as its first part, and must not keep the trees of the others alive.
        private readonly ImmutableArray<WeakReference<SyntaxNode>> _others = parts.Skip(1).Select(p => new WeakReference<SyntaxNode>(p)).ToImmutableArray();

        public Surroundings Surroundings { get; } = surroundings;

        public Reading Reading { get; } = reading;

        public bool HasParts(ImmutableArray<SyntaxNode> parts)
        {
            if (parts.Length != _others.Length + 1) return false;
            for (var i = 1; i < parts.Length; i++)
                if (!_others[i - 1].TryGetTarget(out var part) || part != parts[i]) return false;
            return true;
        }
    }

    /// <summary>References compare by identity; a number outlives the object, so that a later one never passes for it.</summary>
    private sealed class Identity
    {
        public long Number { get; } = Interlocked.Increment(ref s_lastReference);
    }

    /// <summary>128 bits that stand for everything declared: long enough that two editing states never meet.</summary>
    private sealed record Surroundings(ulong High, ulong Low);

    /// <summary>Two independent FNV-1a sums.</summary>
    private struct StableHash()
    {
        private ulong _high = 14695981039346656037;
        private ulong _low = 9650029242287828579;

        public void Add(long value)
        {
            unchecked
            {
                _high = (_high ^ (ulong)value) * 1099511628211;
                _low = (_low ^ ((ulong)value + 0x9E3779B97F4A7C15)) * 0xC2B2AE3D27D4EB4F;
                _low ^= _low >> 29;
            }
        }

        public void Add(Surroundings part)
        {
            Add((long)part.High);
            Add((long)part.Low);
        }

        public readonly Surroundings ToSurroundings() => new(_high, _low);
    }
}
