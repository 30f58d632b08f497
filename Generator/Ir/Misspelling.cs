namespace Proxima.Generator.Ir;

/// <summary>Names that are close to one that is not known.</summary>
internal static class Misspelling
{
    /// <summary>The known name that is meant, or null where none is close. Two short names that share nothing are no misspelling of each other.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        var nearest = known.Where(k => k != name).Select(k => (Name: k, Distance: Distance(k, name))).OrderBy(k => k.Distance).ThenBy(k => k.Name, StringComparer.Ordinal).FirstOrDefault();
        return nearest.Name is not null && nearest.Distance < name.Length && nearest.Distance <= Math.Max(1, name.Length / 3) ? nearest.Name : null;
    }

    /// <summary>What a message adds: <c>; did you mean 'hidden'?</c>, or nothing.</summary>
    public static string Question(string name, IEnumerable<string> known) => Nearest(name, known) is { } near ? $"; did you mean '{near}'?" : "";

    /// <summary>Edits between two names, two letters exchanged being one; upper and lower case are alike.</summary>
    public static int Distance(string a, string b)
    {
        (a, b) = (a.ToLowerInvariant(), b.ToLowerInvariant());
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }
                var replaced = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(replaced, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }
        return table[a.Length, b.Length];
    }
}
