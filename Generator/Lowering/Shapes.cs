using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

internal enum ShapeEntryKind
{
    /// <summary>A name, a number or an expression.</summary>
    Size,

    /// <summary><c>_</c></summary>
    Anonymous,

    /// <summary><c>...</c></summary>
    Leading,

    /// <summary>Not a shape entry at all.</summary>
    Malformed,
}

/// <summary>One entry of a shape string.</summary>
/// <param name="Offset">Where it starts in the string.</param>
/// <param name="Dim">The size over the names as written; zero where it is not a size.</param>
internal sealed record ShapeEntry(ShapeEntryKind Kind, string Text, int Offset, Dim Dim)
{
    /// <summary>Splits a shape string at its blanks.</summary>
    public static ImmutableArray<ShapeEntry> Parse(string shape)
    {
        var entries = ImmutableArray.CreateBuilder<ShapeEntry>();
        for (var at = 0; at < shape.Length;)
        {
            if (char.IsWhiteSpace(shape[at]))
            {
                at++;
                continue;
            }
            var start = at;
            while (at < shape.Length && !char.IsWhiteSpace(shape[at])) at++;
            entries.Add(Read(shape.Substring(start, at - start), start, entries.Count == 0));
        }
        return entries.ToImmutable();
    }

    public static ShapeEntry Read(string text, int offset, bool isFirst)
    {
        if (text == "...") return new(isFirst ? ShapeEntryKind.Leading : ShapeEntryKind.Malformed, text, offset, Dim.Zero);
        if (text == "_") return new(ShapeEntryKind.Anonymous, text, offset, Dim.Zero);
        try
        {
            return Dim.Parse(text) is { } dim && !dim.Mentions("_")
                ? new(ShapeEntryKind.Size, text, offset, dim)
                : new(ShapeEntryKind.Malformed, text, offset, Dim.Zero);
        }
        catch (OverflowException)
        {
            return new(ShapeEntryKind.Malformed, text, offset, Dim.Zero);
        }
    }

    /// <summary>Where <paramref name="part"/> of a shape string was written: inside the literal where it is a plain one, else all of it.</summary>
    public static Origin Locate(string shape, Origin literal, int offset, int length) =>
        literal.Length == shape.Length + 2 ? literal with { Start = literal.Start + 1 + offset, Length = length } : literal;

    /// <summary>Where a name stands in the entry.</summary>
    public int Find(string name)
    {
        for (var at = Text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = Text.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            var end = at + name.Length;
            if ((at == 0 || !IsNamePart(Text[at - 1])) && (end == Text.Length || !IsNamePart(Text[end]))) return at;
        }
        return 0;
    }

    private static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c is '_' or '$';
}

/// <summary>A condition of a <c>[Require]</c>: two sizes and the relation between them.</summary>
internal sealed record Requirement(ShapeEntry Left, string Relation, ShapeEntry Right)
{
    private static readonly string[] s_relations = ["==", "!=", "<=", ">=", "<", ">"];

    /// <summary>Null where the text is malformed.</summary>
    public static Requirement? Parse(string text)
    {
        foreach (var relation in s_relations)
        {
            var at = text.IndexOf(relation, StringComparison.Ordinal);
            if (at < 0) continue;
            var end = at + relation.Length;
            return Side(text.Substring(0, at), 0) is { } left && Side(text.Substring(end), end) is { } right ? new(left, relation, right) : null;
        }
        return null;
    }

    private static ShapeEntry? Side(string text, int offset) =>
        ShapeEntry.Read(text, offset, false) is { Kind: ShapeEntryKind.Size } entry ? entry : null;

    /// <summary>The condition with one of the relations that entry checks have.</summary>
    public static (Dim Left, string Relation, Dim Right) Relate(Dim left, string relation, Dim right) => relation switch
    {
        "<" => (left + Dim.One, "<=", right),
        ">" => (right + Dim.One, "<=", left),
        ">=" => (right, "<=", left),
        _ => (left, relation, right),
    };
}
