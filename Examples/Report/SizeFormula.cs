using System.Globalization;

namespace Proxima.Examples;

/// <summary>
/// Evaluates the formulas of a compile report: integers, named sizes, <c>+ - * / %</c> (division rounds down), <c>min(a,b)</c>, <c>max(a,b)</c> and parentheses.
/// </summary>
public struct SizeFormula
{
    private readonly string _text;
    private readonly IReadOnlyDictionary<string, long> _sizes;
    private int _at;

    private SizeFormula(string text, IReadOnlyDictionary<string, long> sizes) => (_text, _sizes) = (text, sizes);

    /// <summary>The value of a formula.</summary>
    /// <exception cref="FormatException">The text is no formula, or names a size that is not given; the message says which.</exception>
    /// <exception cref="OverflowException">The value does not fit into 64 bits.</exception>
    public static long Evaluate(string text, IReadOnlyDictionary<string, long> sizes)
    {
        var formula = new SizeFormula(text, sizes);
        var value = formula.Sum();
        return formula._at == text.Length ? value : throw formula.Unexpected();
    }

    /// <summary>The value as people read it: <c>64.1 MFLOP</c>, or <c>1.95 GiB</c> where the unit is B; empty where the formula has a size of its own, such as a loop counter.</summary>
    public static string Show(string text, IReadOnlyDictionary<string, long> sizes, string unit)
    {
        double value;
        try
        {
            value = Evaluate(text, sizes);
        }
        catch (FormatException)
        {
            return "";
        }
        var (factor, prefixes) = unit == "B" ? (1024.0, new[] { "", "Ki", "Mi", "Gi", "Ti" }) : (1000.0, new[] { "", "k", "M", "G", "T" });
        var power = 0;
        for (; Math.Abs(value) >= factor && power < prefixes.Length - 1; power++) value /= factor;
        return $"{value.ToString(power == 0 ? "0" : Math.Abs(value) < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture)} {prefixes[power]}{unit}".TrimEnd();
    }

    /// <summary>A formula with signs as mathematics sets them.</summary>
    public static string Typeset(string text) => string.Concat(Terms(text)).Replace("*", "\u00b7").Trim();

    /// <summary>The leading terms of a formula, which dominate it, and how many follow.</summary>
    public static string Brief(string text, int most = 5)
    {
        var terms = Terms(text);
        var more = terms.Count - most;
        return more <= 1 ? Typeset(text) : string.Concat(terms.Take(most)).Replace("*", "\u00b7").Trim() + $" ... {more} more terms";
    }

    /// <summary>The terms of a sum, each with its sign.</summary>
    private static List<string> Terms(string text)
    {
        var terms = new List<string>();
        var (depth, start) = (0, 0);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] is '(') depth++;
            if (i < text.Length && text[i] is ')') depth--;
            if (i < text.Length && (depth > 0 || i == start || text[i] is not ('+' or '-'))) continue;
            var term = text[start..i];
            terms.Add(term is ['+' or '-', ..] ? $" {(term[0] == '+' ? '+' : '\u2212')} {term[1..]}" : term);
            start = i;
        }
        return terms;
    }

    private long Sum()
    {
        var value = Take('-') ? checked(-Product()) : Product();
        while (true)
        {
            if (Take('+')) value = checked(value + Product());
            else if (Take('-')) value = checked(value - Product());
            else return value;
        }
    }

    private long Product()
    {
        var value = Atom();
        while (true)
        {
            if (Take('*')) value = checked(value * Atom());
            else if (Take('/')) value = Floor(value, Atom());
            else if (Take('%')) value = Atom() is var by && by != 0 ? value - by * Floor(value, by) : throw Unexpected();
            else return value;
        }
    }

    private readonly long Floor(long value, long by) => by == 0 ? throw Unexpected() : (long)Math.Floor((decimal)value / by);

    private long Atom()
    {
        if (Take('('))
        {
            var inner = Sum();
            return Take(')') ? inner : throw Unexpected();
        }
        var start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] is '_' or '.')) _at++;
        var word = _text[start.._at];
        if (word.Length == 0) throw Unexpected();
        if (char.IsDigit(word[0])) return long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Unexpected();
        if (word is not ("min" or "max") || !Take('('))
            return _sizes.TryGetValue(word, out var size) ? size : throw new FormatException($"'{_text}' names a size '{word}' that is not given.");
        var a = Sum();
        if (!Take(',')) throw Unexpected();
        var b = Sum();
        if (!Take(')')) throw Unexpected();
        return word is "min" ? Math.Min(a, b) : Math.Max(a, b);
    }

    private bool Take(char sign)
    {
        while (_at < _text.Length && _text[_at] == ' ') _at++;
        if (_at == _text.Length || _text[_at] != sign) return false;
        _at++;
        while (_at < _text.Length && _text[_at] == ' ') _at++;
        return true;
    }

    private readonly FormatException Unexpected() => new($"'{_text}' is no formula at {_at}.");
}
