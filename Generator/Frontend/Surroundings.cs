using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Proxima.Generator.Frontend;

/// <summary>What a file declares, as other files see it. Holds no syntax.</summary>
/// <param name="Hash">Equal for files that declare the same. Constants and initialisers count: other files may see their values.</param>
/// <param name="Declared">The names of its types and extensions.</param>
/// <param name="Mentioned">All names that stand outside of bodies.</param>
/// <param name="Namespaces">The full names of its namespaces.</param>
/// <param name="ReachesAll">Whether other files see it without a name of it: global usings, attributes of the assembly, extensions that C# calls by itself.</param>
internal sealed record Signature(Hash128 Hash, ImmutableArray<string> Declared, ImmutableArray<string> Mentioned, ImmutableArray<string> Namespaces, bool ReachesAll)
{
    public static Signature Of(CompilationUnitSyntax root, IReadOnlyList<SyntaxNode> declarations, CSharpParseOptions options)
    {
        var hash = new StableHash();
        var mentioned = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in root.DescendantTokens(node => !IsBody(node)))
        {
            hash.Add(token.RawKind);
            hash.Add(token.Text);
            if (token.IsKind(SyntaxKind.IdentifierToken)) mentioned.Add(token.ValueText);
        }
        hash.Add(options.GetHashCode());
        return new(hash.ToHash(),
            [.. declarations.Select(DeclaredBy).OfType<string>().Distinct()],
            [.. mentioned],
            [.. declarations.OfType<BaseNamespaceDeclarationSyntax>().Select(space => space.Name.ToString()).Distinct()],
            root.AttributeLists.Count > 0 || root.Usings.Any(u => u.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword)) || declarations.Any(ReachesAllBy));
    }

    /// <summary>What can be said without naming anything else of the file: a type, an extension. Other members come with their type, which whoever gets at them has named.</summary>
    private static string? DeclaredBy(SyntaxNode declaration) => declaration switch
    {
        BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
        DelegateDeclarationSyntax type => type.Identifier.ValueText,
        MethodDeclarationSyntax method when method.ParameterList.Parameters.Any(parameter => parameter.Modifiers.Any(SyntaxKind.ThisKeyword)) => method.Identifier.ValueText,
        _ => null,
    };

    /// <summary>An extension block, which may hold operators, or an extension that a pattern of C# finds.</summary>
    private static bool ReachesAllBy(SyntaxNode declaration) =>
        declaration.IsKind(SyntaxKind.ExtensionBlockDeclaration)
        || DeclaredBy(declaration) is "Deconstruct" or "GetEnumerator" or "GetAsyncEnumerator" or "GetAwaiter" or "GetPinnableReference" or "Add";

    private static bool IsBody(SyntaxNode node) =>
        node is BlockSyntax { Parent: BaseMethodDeclarationSyntax or AccessorDeclarationSyntax }
        || node is GlobalStatementSyntax
        || node is ArrowExpressionClauseSyntax { Parent: BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or BasePropertyDeclarationSyntax };
}

/// <summary>Everything that the files of a project declare: what the bodies in them may mean.</summary>
internal sealed class Surroundings
{
    /// <summary>Whoever reaches more files than that depends on all: following names would cost more than reading again.</summary>
    private const int MaximumReach = 64;

    private static readonly ConcurrentDictionary<Hash128, WeakReference<Surroundings>> s_alive = new();
    private static readonly ConditionalWeakTable<MetadataReference, Identity> s_references = new();
    private static long s_lastReference;

    private readonly ImmutableArray<Signature> _files;
    private readonly Lazy<Hash128> _common;
    private readonly Lazy<ILookup<string, int>> _declaring;

    private Surroundings(Hash128 hash, ImmutableArray<Signature> files, Hash128 references)
    {
        Hash = hash;
        _files = files;
        _common = new(() =>
        {
            var common = new StableHash();
            common.Add(references);
            foreach (var file in files.Where(file => file.ReachesAll)) common.Add(file.Hash);
            foreach (var space in files.SelectMany(file => file.Namespaces).Distinct().OrderBy(space => space, StringComparer.Ordinal)) common.Add(space);
            return common.ToHash();
        });
        _declaring = new(() => files.SelectMany((file, i) => file.Declared.Select(name => (Name: name, File: i))).ToLookup(pair => pair.Name, pair => pair.File, StringComparer.Ordinal));
    }

    /// <summary>Equal when nothing that any file declares differs.</summary>
    public Hash128 Hash { get; }

    public static Surroundings Of(ImmutableArray<Signature> files, IEnumerable<MetadataReference> references)
    {
        // References compare by identity; a number outlives the object, so that a later one never passes for it.
        var referenced = new StableHash();
        foreach (var reference in references) referenced.Add(s_references.GetValue(reference, _ => new Identity(Interlocked.Increment(ref s_lastReference))).Number);
        var all = new StableHash();
        foreach (var file in files) all.Add(file.Hash);
        all.Add(referenced.ToHash());
        var hash = all.ToHash();
        // Compilations that declare the same share what is made of it.
        if (s_alive.TryGetValue(hash, out var known) && known.TryGetTarget(out var alive)) return alive;
        var surroundings = new Surroundings(hash, files, referenced.ToHash());
        s_alive[hash] = new(surroundings);
        if (s_alive.Count > 64)
            foreach (var old in s_alive.Where(pair => !pair.Value.TryGetTarget(out _)).ToList()) s_alive.TryRemove(old.Key, out _);
        return surroundings;
    }

    /// <summary>
    /// Stands for all that something with these names may depend on: the files that declare one of them, those that declare a name that such a file mentions, and so on.
    /// </summary>
    public Hash128 Reached(ImmutableArray<string> names)
    {
        var reached = new SortedSet<int>();
        var pending = new Stack<ImmutableArray<string>>([names, .. _files.Where(file => file.ReachesAll).Select(file => file.Mentioned)]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (pending.Count > 0)
        {
            foreach (var name in pending.Pop())
            {
                if (!seen.Add(name)) continue;
                foreach (var file in _declaring.Value[name])
                {
                    if (!reached.Add(file)) continue;
                    if (reached.Count > MaximumReach) return Hash;
                    pending.Push(_files[file].Mentioned);
                }
            }
        }
        var hash = new StableHash();
        hash.Add(_common.Value);
        foreach (var file in reached) hash.Add(_files[file].Hash);
        return hash.ToHash();
    }

    private sealed record Identity(long Number);
}

/// <summary>128 bits that stand for what is declared: long enough that two editing states never meet.</summary>
internal readonly record struct Hash128(ulong High, ulong Low);

/// <summary>Two independent FNV-1a sums.</summary>
internal struct StableHash()
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

    public void Add(string text)
    {
        Add(text.Length);
        foreach (var c in text) Add(c);
    }

    public void Add(Hash128 part)
    {
        Add((long)part.High);
        Add((long)part.Low);
    }

    public readonly Hash128 ToHash() => new(_high, _low);
}
