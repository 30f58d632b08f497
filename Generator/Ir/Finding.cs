using System.Collections.Immutable;
using System.Globalization;

namespace Proxima.Generator.Ir;

/// <summary>A mistake in a declaration: which rule, where, the words of its message, and the declarations that explain it.</summary>
internal sealed record Finding(string Id, Origin Origin, EquatableArray<string> Arguments, EquatableArray<Origin> Additional)
{
    /// <summary>For a mistake inside something that is inlined: the call in the compiled class that leads there. Else <see cref="Origin.None"/>.</summary>
    public Origin Site { get; init; } = Origin.None;

    /// <summary>The mechanical repairs that fit: each becomes a code fix.</summary>
    public EquatableArray<Repair> Repairs { get; init; } = EquatableArray<Repair>.Empty;

    public static Finding Of(string id, Origin origin, params string[] arguments) => new(id, origin, new([.. arguments]), EquatableArray<Origin>.Empty);

    public Finding With(IEnumerable<Origin> additional) => this with { Additional = additional.Where(o => o.Length > 0).ToImmutableArray() };

    public Finding With(params Repair[] repairs) => this with { Repairs = new([.. repairs]) };
}

/// <summary>A piece of a file, and what to write instead; an insertion where the piece is empty.</summary>
internal sealed record Edit(Origin At, string Text)
{
    private const char CopyMark = '\u001d';

    /// <summary>Writes what stands in another place of the file.</summary>
    public static Edit Copy(Origin at, Origin from) =>
        new(at, CopyMark + from.Start.ToString(CultureInfo.InvariantCulture) + ":" + from.Length.ToString(CultureInfo.InvariantCulture));

    /// <summary>The text to write into a file.</summary>
    public string In(string file)
    {
        if (Text.Length == 0 || Text[0] != CopyMark) return Text;
        var colon = Text.IndexOf(':');
        return file.Substring(int.Parse(Text.Substring(1, colon - 1), CultureInfo.InvariantCulture), int.Parse(Text.Substring(colon + 1), CultureInfo.InvariantCulture));
    }
}

/// <summary>A mechanical repair of a finding: what found the mistake knows what would be right, so it says which characters change.</summary>
/// <param name="Key">What repairs of one kind have in common, whatever they name: "fix all" applies those of one key.</param>
internal sealed record Repair(string Title, string Key, EquatableArray<Edit> Edits)
{
    private const char RepairEnd = '\u001e';
    private const char FieldEnd = '\u001f';

    public static Repair Replace(string title, string key, Origin at, string text) => new(title, key, new([new Edit(at, text)]));

    public static Repair Insert(string title, string key, Origin before, string text) => Replace(title, key, before with { Length = 0 }, text);

    /// <summary>Puts text on both sides of an expression.</summary>
    public static Repair Wrap(string title, string key, Origin around, string before, string after) =>
        new(title, key, new([new Edit(around with { Length = 0 }, before), new Edit(around with { Start = around.Start + around.Length, Length = 0 }, after)]));

    public static Repair Rename(Origin at, string from, string to) => Replace($"Change '{from}' to '{to}'", "Rename", at, to);

    /// <summary>True where every edit is in a file: what comes from another assembly cannot be edited.</summary>
    public bool IsIn(string file) => Edits.Items.All(edit => edit.At.IsWritten && edit.At.File == file);

    /// <summary>The repairs as a property of a diagnostic.</summary>
    public static string Write(IEnumerable<Repair> repairs)
    {
        var text = new System.Text.StringBuilder();
        foreach (var repair in repairs)
        {
            text.Append(repair.Title).Append(FieldEnd).Append(repair.Key);
            foreach (var edit in repair.Edits)
            {
                text.Append(FieldEnd).Append(edit.At.Start.ToString(CultureInfo.InvariantCulture)).Append(FieldEnd).Append(edit.At.Length.ToString(CultureInfo.InvariantCulture))
                    .Append(FieldEnd).Append(edit.Text);
            }
            text.Append(RepairEnd);
        }
        return text.ToString();
    }

    /// <summary>Reads <see cref="Write"/> back; the origins have offsets only.</summary>
    public static ImmutableArray<Repair> Read(string text)
    {
        var repairs = ImmutableArray.CreateBuilder<Repair>();
        foreach (var part in text.Split([RepairEnd], StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = part.Split(FieldEnd);
            var edits = ImmutableArray.CreateBuilder<Edit>();
            for (var i = 2; i + 2 < fields.Length; i += 3)
                edits.Add(new(new Origin("", int.Parse(fields[i], CultureInfo.InvariantCulture), int.Parse(fields[i + 1], CultureInfo.InvariantCulture), 0), fields[i + 2]));
            repairs.Add(new(fields[0], fields[1], edits.ToImmutable()));
        }
        return repairs.ToImmutable();
    }
}
