using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Frontend;

/// <summary>Builds the libraries that lowering works with.</summary>
internal static class Libraries
{
    // Both are asked again for every network at every keystroke, and most declarations are the objects that they were before.
    private static readonly ConditionalWeakTable<Library, Dictionary<string, NetworkDeclaration>> s_byName = new();
    private static readonly ConditionalWeakTable<NetworkDeclaration, HashSet<string>> s_references = new();

    /// <summary>A library in ordinal order of the names; where two declarations have the same name, the first counts.</summary>
    public static Library Of(IEnumerable<NetworkDeclaration> networks)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return new Library(networks.Where(n => seen.Add(n.FullName)).OrderBy(n => n.FullName, StringComparer.Ordinal).ToImmutableArray());
    }

    /// <summary>What the given networks need: themselves, their children, the functions they call, and so on. An edit of anything else leaves it equal.</summary>
    public static Library ReachableFrom(this Library library, IEnumerable<NetworkDeclaration> roots)
    {
        var byName = s_byName.GetValue(library, static all => all.Networks.Items.ToDictionary(n => n.FullName, StringComparer.Ordinal));
        var reached = new Dictionary<string, NetworkDeclaration>(StringComparer.Ordinal);
        var pending = new Stack<NetworkDeclaration>(roots);
        while (pending.Count > 0)
        {
            var network = pending.Pop();
            if (reached.ContainsKey(network.FullName)) continue;
            reached.Add(network.FullName, network);
            foreach (var name in References(network))
                if (byName.TryGetValue(name, out var next)) pending.Push(next);
            // What a referenced assembly carries has no place in this one.
            foreach (var entry in Catalogue(network, library.Networks.Where(n => !n.Origin.IsWritten))) pending.Push(entry);
        }
        return Of(reached.Values);
    }

    /// <summary>What a network reaches without a mention: where it derives from the catalogue of proximal functions, all entries of referenced assemblies. Those of its own assembly it calls.</summary>
    public static IEnumerable<NetworkDeclaration> Catalogue(NetworkDeclaration network, IEnumerable<NetworkDeclaration> carried) =>
        network.Methods.Any(m => m.Transform is { Kind: "Prox" or "Unroll" }) ? carried.Where(n => n.IsStatic && n.Methods.Any(m => m.Rule is { Kind: "ProxRule" })) : [];

    /// <summary>The full names of the classes that a network mentions: its children's, and those whose functions it calls.</summary>
    public static IReadOnlyCollection<string> References(NetworkDeclaration network) => s_references.GetValue(network, Mentions);

    private static HashSet<string> Mentions(NetworkDeclaration network)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var child in network.Children)
        {
            names.Add(child.Type);
            foreach (var element in child.Elements) names.Add(element.Value);
        }
        var pending = new Stack<Surface>();
        foreach (var method in network.Methods)
            if (method.Body is { } body) pending.Push(body);
        while (pending.Count > 0)
        {
            var node = pending.Pop();
            if (node.Kind == "function") names.Add(node.Value.Substring(0, node.Value.LastIndexOf('.')));
            foreach (var item in node.Items) pending.Push(item);
        }
        return names;
    }
}

/// <summary>The declarations that referenced assemblies carry. Each reference is parsed once in the life of the compiler process.</summary>
internal static class ReferencedDeclarations
{
    private static readonly ConditionalWeakTable<MetadataReference, Carried> s_parsed = new();

    public static EquatableArray<NetworkDeclaration> Of(Compilation compilation, CancellationToken cancellation)
    {
        var all = ImmutableArray.CreateBuilder<NetworkDeclaration>();
        foreach (var reference in compilation.References)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!s_parsed.TryGetValue(reference, out var carried))
            {
                if (compilation.GetAssemblyOrModuleSymbol(reference) is not IAssemblySymbol assembly) continue;
                carried = s_parsed.GetValue(reference, _ => new Carried(Parse(assembly)));
            }
            all.AddRange(carried.Networks);
        }
        return all.ToImmutable();
    }

    private static ImmutableArray<NetworkDeclaration> Parse(IAssemblySymbol assembly)
    {
        var networks = ImmutableArray.CreateBuilder<NetworkDeclaration>();
        foreach (var attribute in assembly.GetAttributes())
        {
            if (!attribute.AttributeClass.IsProxima("ProximaNetworkAttribute") || attribute.ConstructorArguments is not [{ Value: string text }]) continue;
            try
            {
                networks.Add(DeclarationText.Parse(text));
            }
            catch (FormatException)
            {
                // Written by another version of the generator: the network is unknown here, and the analyzer says so where it is used.
            }
        }
        return networks.ToImmutable();
    }

    private sealed class Carried(ImmutableArray<NetworkDeclaration> networks)
    {
        public ImmutableArray<NetworkDeclaration> Networks { get; } = networks;
    }
}
