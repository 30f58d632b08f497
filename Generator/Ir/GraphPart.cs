using System.Collections.Immutable;

namespace Proxima.Generator.Ir;

/// <summary>A tensor of a graph: what functions take in place of the argument. Its name is the C# expression that reads it off the graph.</summary>
/// <param name="Name">The property of Proxima.Graph.</param>
/// <param name="Argument">The graph, as it is declared.</param>
/// <param name="Counts">What its first dimension counts: a position in <see cref="Sizes"/>.</param>
/// <param name="HasRanges">There is a second dimension of 2.</param>
/// <param name="Binds">It is the one that tells the number of what it counts; that the others have the same is the graph's business.</param>
internal sealed record GraphPart(string Name, ArgumentDeclaration Argument, int Counts, bool HasRanges, bool Binds)
{
    /// <summary>The type as methods write it.</summary>
    public const string Graph = "Graph";

    /// <summary>What the entries of a graph's shape count, in order.</summary>
    public static readonly ImmutableArray<string> Sizes = ["nodes", "edges", "relations", "graphs", "pairs"];

    /// <summary>The properties that are numbers, in the order of <see cref="Sizes"/>.</summary>
    public static readonly ImmutableArray<string> Numbers = ["NodeCount", "EdgeCount", "RelationCount", "GraphCount", "PairCount"];

    /// <summary>The first for each of the sizes bind it.</summary>
    private static readonly ImmutableArray<(string Name, int Counts, bool HasRanges)> s_parts =
    [
        ("Incoming", 0, true), ("Sources", 1, false), ("Relations", 2, true), ("Graphs", 3, true), ("PairSources", 4, false),
        ("Targets", 1, false), ("Edges", 1, false), ("Places", 1, false), ("BySource", 1, false), ("Outgoing", 0, true), ("Types", 1, false), ("ByType", 1, false), ("Membership", 0, false),
        ("Pairs", 1, false), ("PairTypes", 4, false), ("ByPair", 1, false), ("PairEdges", 4, true), ("PairsBySource", 4, false), ("PairsOfNodes", 0, true), ("PairsOfRelations", 2, true),
    ];

    /// <summary>How indices are known the other way round: the order of their elements, and the range of each place.</summary>
    private static readonly ImmutableDictionary<string, (string? Order, string? Ranges)> s_inverses = new Dictionary<string, (string?, string?)>
    {
        ["Sources"] = ("BySource", "Outgoing"),
        ["Targets"] = (null, "Incoming"),
        ["Edges"] = ("Places", null),
        ["Types"] = ("ByType", "Relations"),
        ["Membership"] = (null, "Graphs"),
        ["Pairs"] = ("ByPair", "PairEdges"),
        ["PairSources"] = ("PairsBySource", "PairsOfNodes"),
        ["PairTypes"] = (null, "PairsOfRelations"),
    }.ToImmutableDictionary();

    /// <summary>The tensors that bodies may use.</summary>
    public static bool IsIndex(string name) => s_inverses.ContainsKey(name);

    public static IEnumerable<string> Names => s_parts.Select(part => part.Name);

    public static (string? Order, string? Ranges) InverseOf(string name) => s_inverses.TryGetValue(name, out var inverse) ? inverse : (null, null);

    /// <summary>The part that tells a size.</summary>
    public static string Binding(int size) => s_parts[size].Name;

    /// <summary>The parts of an argument. A part has one entry of the graph's shape, written where it is written there; a size that is not declared may be any.</summary>
    public static ImmutableArray<ArgumentDeclaration> Of(ArgumentDeclaration graph)
    {
        var entries = graph.Shape is { } shape ? Entries(shape) : [];
        return [.. s_parts.Select((part, i) =>
        {
            var (text, offset) = part.Counts < entries.Length ? entries[part.Counts] : ("_", 0);
            var isPlain = part.Counts < entries.Length && graph.ShapeOrigin.Length == graph.Shape!.Length + 2;
            // With the quotes that a literal has around it.
            var origin = isPlain ? graph.ShapeOrigin with { Start = graph.ShapeOrigin.Start + offset, Length = text.Length + 2 } : graph.ShapeOrigin;
            return new ArgumentDeclaration(NameOf(graph.Name, part.Name), "Tensor", graph.Shape is null ? null : text, "Int64", graph.Origin, origin)
            {
                Part = new(part.Name, graph, part.Counts, part.HasRanges, i < Sizes.Length),
            };
        })];
    }

    /// <summary>The part that an argument of a function is, by its name; null: it is no part of a graph. And what its first dimension counts.</summary>
    public static (string Name, int Counts)? Find(string argument)
    {
        if (argument.IndexOf('.') is not (>= 0 and var dot)) return null;
        foreach (var part in s_parts)
            if (string.CompareOrdinal(argument, dot + 1, part.Name, 0, argument.Length) == 0) return (part.Name, part.Counts);
        return null;
    }

    public static string NameOf(string graph, string part) => Frontend.Names.Identifier(graph) + "." + part;

    /// <summary>The graph that a part is of, by the name of the part.</summary>
    public static string GraphOf(string part) => part.Substring(0, part.IndexOf('.'));

    /// <summary>The entries of a shape and where each starts.</summary>
    private static ImmutableArray<(string Text, int Offset)> Entries(string shape)
    {
        var entries = ImmutableArray.CreateBuilder<(string, int)>();
        for (var at = 0; at < shape.Length;)
        {
            var start = at;
            while (at < shape.Length && !char.IsWhiteSpace(shape[at])) at++;
            if (at > start) entries.Add((shape.Substring(start, at - start), start));
            else at++;
        }
        return entries.ToImmutable();
    }

    /// <summary>How messages name the size that a part binds.</summary>
    public string Words => $"its number of {Sizes[Counts]}";
}
