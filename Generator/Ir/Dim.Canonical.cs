namespace Proxima.Generator.Ir;

/// <summary>The form in which comparisons see sizes: remainders are divisions, minima and maxima are maxima with zero, each written in one way only.</summary>
internal sealed partial class Dim
{
    /// <summary>Divisions reduce in a few steps; a formula that does not is left as it is.</summary>
    private const int MostReductions = 64;

    private Dim? _canonical;

    /// <summary>An equal dim; those of many dims that are equal whatever their names stand for are the same.</summary>
    public Dim Canonical()
    {
        if (_canonical is { } known) return known;
        var canonical = HasOperations ? Map(factor => factor.Canonical()) : this;
        canonical._canonical = canonical;
        return _canonical = canonical;
    }

    private bool HasOperations
    {
        get
        {
            foreach (var term in _terms)
                foreach (var power in term.Powers)
                    if (power.Factor is OperationFactor) return true;
            return false;
        }
    }

    /// <summary>a / b, rounded towards minus infinity, of two canonical dims.</summary>
    private static Dim Quotient(Dim a, Dim b)
    {
        if (b.IsZero) return new Dim(new OperationFactor("div", a, b));
        if (b._terms[0].Coefficient < 0) (a, b) = (-a, -b);
        var quotient = Zero;
        for (var step = 0; ; step++)
        {
            var (whole, rest) = Divide(a, b);
            quotient += whole;
            if (rest.IsZero || IsBelow(rest, b)) return quotient;
            if (IsNonNegative(-rest - One) && IsNonNegative(rest + b)) return quotient - One;
            if (step == MostReductions || Shrink(rest, b) is not var (x, y)) return quotient + new Dim(new OperationFactor("div", rest, b));
            (a, b) = (x, y);
        }
    }

    /// <summary>a = q*b + r, where no term of r is as large a multiple of the leading term of b, which is positive.</summary>
    private static (Dim Quotient, Dim Remainder) Divide(Dim a, Dim b)
    {
        var lead = b._terms[0];
        var (quotient, rest) = (Zero, a);
        for (int at = 0, steps = 0; at < rest._terms.Length;)
        {
            var term = rest._terms[at];
            var count = Floor(term.Coefficient, lead.Coefficient);
            if (count == 0 || DividePowers(term.Powers, lead.Powers) is not { } powers)
            {
                at++;
                continue;
            }
            if (++steps > MostReductions) return (Zero, a);
            var part = new Dim([new Term(count, powers)]);
            quotient += part;
            rest -= part * b;
        }
        return (quotient, rest);
    }

    /// <summary>Two dims with the quotient of two others, in fewer words; null where there are none.</summary>
    private static (Dim A, Dim B)? Shrink(Dim a, Dim b)
    {
        var (x, y, scale) = Cancel(a, b);
        if (!scale.IsOne) return (x, y);
        if (!IsNonNegative(b)) return null;
        // (g*x + c) / (g*y) = (x + c/g) / y
        long number = 0;
        foreach (var term in b._terms) number = Gcd(number, term.Coefficient);
        foreach (var term in a._terms)
            if (term.Powers.Length > 0) number = Gcd(number, term.Coefficient);
        if (number > 1)
        {
            var constant = a._terms.FirstOrDefault(term => term.Powers.Length == 0).Coefficient;
            return (ExactDiv(a - Of(constant), Of(number))! + Of(Floor(constant, number)), ExactDiv(b, Of(number))!);
        }
        // (x/y + p) / b = (x + p*y) / (y*b)
        foreach (var term in a._terms)
        {
            if (term is { Coefficient: 1, Powers: [{ Exponent: 1, Factor: OperationFactor { Name: "div" } inner }] } && IsNonNegative(inner.B))
                return (inner.A + (a - new Dim([term])) * inner.B, b * inner.B);
        }
        return null;
    }

    /// <summary>max(0, z) of a canonical dim.</summary>
    private static Dim Positive(Dim z)
    {
        if (IsNonNegative(z)) return z;
        if (IsNonNegative(-z)) return Zero;
        if (z._terms[0].Coefficient < 0) return z + Positive(-z);
        var scale = Content(z._terms);
        return scale.IsOne ? new Dim(new OperationFactor("max", Zero, z)) : scale * Positive(ExactDiv(z, scale)!);
    }
}
