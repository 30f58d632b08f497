using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Frontend;

/// <summary>Every declaration that a compilation can name: its own and those of the assemblies it references. Compares by content.</summary>
internal sealed class Library : IEquatable<Library>
{
    public static readonly Library Empty = new([]);

    private readonly Dictionary<string, NetworkDeclaration> _byName = new(StringComparer.Ordinal);

    /// <summary>A library of these declarations; where two have the same name, the first counts.</summary>
    public Library(IEnumerable<NetworkDeclaration> networks)
    {
        foreach (var network in networks)
            if (!_byName.ContainsKey(network.FullName)) _byName.Add(network.FullName, network);
        Networks = _byName.Values.OrderBy(n => n.FullName, StringComparer.Ordinal).ToImmutableArray();
    }

    /// <summary>In ordinal order of their names.</summary>
    public EquatableArray<NetworkDeclaration> Networks { get; }

    public NetworkDeclaration? Find(string fullName) => _byName.TryGetValue(fullName, out var network) ? network : null;

    /// <summary>The function <c>Ns.Type.Name</c> of a Surface node (function ..).</summary>
    public (NetworkDeclaration Owner, MethodDeclaration Method)? FindFunction(string fullName)
    {
        var dot = fullName.LastIndexOf('.');
        return dot > 0 && Find(fullName.Substring(0, dot)) is { } owner && owner.Method(fullName.Substring(dot + 1)) is { } method ? (owner, method) : null;
    }

    /// <summary>What the given networks need: themselves, their children, the functions they call, and so on. An edit of anything else leaves it equal.</summary>
    public Library ReachableFrom(IEnumerable<NetworkDeclaration> roots)
    {
        var reached = new Dictionary<string, NetworkDeclaration>(StringComparer.Ordinal);
        var pending = new Stack<NetworkDeclaration>(roots);
        while (pending.Count > 0)
        {
            var network = pending.Pop();
            if (reached.ContainsKey(network.FullName)) continue;
            reached.Add(network.FullName, network);
            foreach (var name in References(network))
                if (Find(name) is { } next) pending.Push(next);
        }
        return new Library(reached.Values);
    }

    private static IEnumerable<string> References(NetworkDeclaration network)
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

    public bool Equals(Library? other) => other is not null && Networks.Equals(other.Networks);

    public override bool Equals(object? obj) => Equals(obj as Library);

    public override int GetHashCode() => Networks.GetHashCode();
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
