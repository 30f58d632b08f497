using System.Globalization;
using System.Text;

namespace Proxima.Generator.Ir;

/// <summary>Sizes as text: what shape strings, messages and generated code write.</summary>
internal sealed partial class Dim
{
    /// <summary>Reads <c>2*n+1</c>, <c>h/2</c>, <c>min(a,b)</c>. Null where the text is malformed.</summary>
    public static Dim? Parse(string text)
    {
        var at = 0;
        var dim = ParseSum(text, ref at, 0);
        while (at < text.Length && text[at] == ' ') at++;
        return at == text.Length ? dim : null;
    }

    private static char Peek(string text, ref int at)
    {
        while (at < text.Length && text[at] == ' ') at++;
        return at < text.Length ? text[at] : '\0';
    }

    private static Dim? ParseSum(string text, ref int at, int depth)
    {
        if (depth > 100) return null;
        var sum = ParseProduct(text, ref at, depth);
        while (sum is not null && Peek(text, ref at) is '+' or '-')
        {
            var minus = text[at++] == '-';
            if (ParseProduct(text, ref at, depth) is not { } next) return null;
            sum = minus ? sum - next : sum! + next;
        }
        return sum;
    }

    private static Dim? ParseProduct(string text, ref int at, int depth)
    {
        var product = ParseAtom(text, ref at, depth);
        while (product is not null && Peek(text, ref at) is '*' or '/' or '%')
        {
            var op = text[at++];
            if (ParseAtom(text, ref at, depth) is not { } next) return null;
            if (op != '*' && next.IsZero) return null;
            product = op switch { '*' => product! * next, '/' => FloorDiv(product!, next), _ => Mod(product!, next) };
        }
        return product;
    }

    private static Dim? ParseAtom(string text, ref int at, int depth)
    {
        var c = Peek(text, ref at);
        if (c == '(')
        {
            at++;
            var inner = ParseSum(text, ref at, depth + 1);
            if (Peek(text, ref at) != ')') return null;
            at++;
            return inner;
        }
        if (c == '-')
        {
            at++;
            return ParseAtom(text, ref at, depth + 1) is { } negated ? -negated : null;
        }
        var start = at;
        if (char.IsDigit(c))
        {
            while (at < text.Length && char.IsDigit(text[at])) at++;
            return long.TryParse(text.Substring(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? Of(value) : null;
        }
        if (!char.IsLetter(c) && c is not ('_' or '$' or '@')) return null;
        if (c == '@') at++;
        while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] is '_' or '$')) at++;
        var name = text.Substring(start, at - start);
        if (name is not ("min" or "max") || Peek(text, ref at) != '(') return Name(name);
        at++;
        if (ParseSum(text, ref at, depth + 1) is not { } a || Peek(text, ref at) != ',') return null;
        at++;
        if (ParseSum(text, ref at, depth + 1) is not { } b || Peek(text, ref at) != ')') return null;
        at++;
        return name == "min" ? Min(a, b) : Max(a, b);
    }

    /// <summary>The normal form in text: equal dims, and no others, have equal keys.</summary>
    private string Key => _key ??= Print(false);

    public override string ToString() => Key;

    /// <summary>The dim as a C# expression over variables of the same names; wrapped in parentheses where it is not atomic and <paramref name="atomic"/> is asked for.</summary>
    public string ToCSharp(bool atomic = false)
    {
        var text = _csharp ??= Print(true);
        var isAtomic = _terms.Length == 0 || (_terms.Length == 1 && (_terms[0].Powers.Length == 0 ? _terms[0].Coefficient >= 0
            : _terms[0].Coefficient == 1 && _terms[0].Powers.Length == 1 && _terms[0].Powers[0].Exponent == 1));
        return atomic && !isAtomic ? "(" + text + ")" : text;
    }

    /// <summary>The dim as the left or the right operand of <c>/</c> or <c>%</c>.</summary>
    private string PrintOperand(bool isLeft)
    {
        var text = Key;
        var isAtom = _terms.Length == 0 || PlainName is not null || Constant is >= 0
            || (_terms.Length == 1 && _terms[0].Coefficient > 0 && isLeft && !_terms[0].Powers.Any(power => power.Factor is OperationFactor { IsQuotient: true }));
        return isAtom ? text : "(" + text + ")";
    }

    private string Print(bool csharp)
    {
        if (_terms.Length == 0) return "0";
        if (PlainName is { } name) return name;
        var text = new StringBuilder();
        // Positive terms first, so that "n - 1" does not print as "-1 + n"; of these and of the others, constants last, as people write them.
        for (var group = 0; group < 4; group++)
            foreach (var term in _terms)
                if (term.Coefficient > 0 == group < 2 && term.Powers.Length == 0 == (group % 2 == 1)) Print(text, term, csharp);
        return text.ToString();
    }

    private static void Print(StringBuilder text, Term term, bool csharp)
    {
        var isPositive = term.Coefficient > 0;
        var isNegated = text.Length == 0 && !isPositive;
        var magnitude = Math.Abs(term.Coefficient);
        if (isNegated) text.Append('-');
        else if (text.Length > 0) text.Append(csharp ? isPositive ? " + " : " - " : isPositive ? "+" : "-");
        if (magnitude != 1 || term.Powers.Length == 0) text.Append(magnitude.ToString(CultureInfo.InvariantCulture));
        var first = magnitude == 1;
        // Counters lead their strides: i * n + j.
        for (var group = 0; group < 2; group++)
        {
            foreach (var power in term.Powers)
            {
                if (power.Factor is VariableFactor { Limit: not null } != (group == 0)) continue;
                for (var i = 0; i < power.Exponent; i++)
                {
                    if (!first) text.Append(csharp ? " * " : "*");
                    first = false;
                    var isAlone = csharp || (magnitude == 1 && !isNegated && term.Powers.Length == 1 && power.Exponent == 1) || power.Factor is not OperationFactor { IsQuotient: true };
                    text.Append(isAlone ? power.Factor.Print(csharp) : "(" + power.Factor.Print(csharp) + ")");
                }
            }
        }
    }
}
