using System.Collections.Immutable;

namespace Proxima.Generator.Ir;

/// <summary>The three answers to a question about sizes that are known only by name.</summary>
internal enum Answer
{
    No,
    Yes,
    Unknown,
}

/// <summary>
/// A size: a polynomial over named sizes, with floor-division, remainder, minimum and maximum as further factors, kept in normal form.
/// Two dims are equal exactly when their normal forms are.
/// </summary>
/// <remarks>
/// Every named size is a natural number. Loop counters and kernel axes are names too; an axis knows its exclusive limit, which
/// lets <c>(i*n + j) / n</c> become <c>i</c>. The normal form keeps close to what the user wrote; comparisons (<see cref="Facts"/>) look at
/// <see cref="Canonical"/>, where divisions, remainders, minima and maxima have one form each.
/// </remarks>
internal sealed partial class Dim : IEquatable<Dim>
{
    private readonly ImmutableArray<Term> _terms;
    private string? _key, _csharp;
    private int _hash;

    private Dim(ImmutableArray<Term> terms) => _terms = terms;

    public static readonly Dim Zero = new([]);

    public static readonly Dim One = Of(1);

    public static Dim Of(long value) => value == 0 ? Zero : new Dim([new Term(value, [])]);

    /// <summary>A named size.</summary>
    public static Dim Name(string name) => new(new VariableFactor(name, null, false));

    /// <summary>A size without a name (<c>_</c>): comparisons with it are settled at entry.</summary>
    public static Dim Anonymous(string name) => new(new VariableFactor(name, null, true));

    /// <summary>A counter that runs from zero to <paramref name="limit"/> (exclusive).</summary>
    public static Dim Counter(string name, Dim limit) => new(new VariableFactor(name, limit, false));

    private Dim(Factor factor) : this([new Term(1, [new Power(factor, 1)])])
    {
    }

    /// <summary>The value where it is a number.</summary>
    public long? Constant => _terms.Length == 0 ? 0 : _terms.Length == 1 && _terms[0].Powers.Length == 0 ? _terms[0].Coefficient : null;

    public bool IsZero => _terms.Length == 0;

    public bool IsOne => Constant == 1;

    /// <summary>The name where the dim is one plain name.</summary>
    public string? PlainName =>
        _terms.Length == 1 && _terms[0].Coefficient == 1 && _terms[0].Powers.Length == 1 && _terms[0].Powers[0].Exponent == 1
        && _terms[0].Powers[0].Factor is VariableFactor variable ? variable.Name : null;

    /// <summary>Is the dim one anonymous size?</summary>
    public bool IsAnonymous => PlainName is not null && _terms[0].Powers[0].Factor is VariableFactor { IsAnonymous: true };

    /// <summary>Number of terms of the normal form.</summary>
    public int TermCount => _terms.Length;

    public static Dim Product(IEnumerable<Dim> dims) => dims.Aggregate(One, (product, dim) => product * dim);

    public static Dim Sum(IEnumerable<Dim> dims) => dims.Aggregate(Zero, (sum, dim) => sum + dim);

    public static Dim operator +(Dim a, Dim b)
    {
        if (a.IsZero) return b;
        if (b.IsZero) return a;
        var terms = ImmutableArray.CreateBuilder<Term>(a._terms.Length + b._terms.Length);
        int i = 0, j = 0;
        while (i < a._terms.Length || j < b._terms.Length)
        {
            var order = i == a._terms.Length ? 1 : j == b._terms.Length ? -1 : Term.Compare(a._terms[i], b._terms[j]);
            if (order < 0) terms.Add(a._terms[i++]);
            else if (order > 0) terms.Add(b._terms[j++]);
            else
            {
                var sum = checked(a._terms[i].Coefficient + b._terms[j].Coefficient);
                if (sum != 0) terms.Add(new Term(sum, a._terms[i].Powers));
                i++;
                j++;
            }
        }
        return new Dim(terms.ToImmutable());
    }

    public static Dim operator -(Dim a, Dim b) => a + -b;

    public static Dim operator -(Dim a) => a.Scale(-1);

    public static Dim operator *(Dim a, Dim b)
    {
        if (a.Constant is { } left) return b.Scale(left);
        if (b.Constant is { } right) return a.Scale(right);
        var sum = Zero;
        foreach (var x in a._terms)
            foreach (var y in b._terms)
                sum += new Dim([new Term(checked(x.Coefficient * y.Coefficient), Multiply(x.Powers, y.Powers))]);
        return sum;
    }

    public static implicit operator Dim(long value) => Of(value);

    private Dim Scale(long factor)
    {
        if (factor == 0) return Zero;
        if (factor == 1) return this;
        var terms = ImmutableArray.CreateBuilder<Term>(_terms.Length);
        foreach (var term in _terms) terms.Add(new Term(checked(term.Coefficient * factor), term.Powers));
        return new Dim(terms.MoveToImmutable());
    }

    private static ImmutableArray<Power> Multiply(ImmutableArray<Power> a, ImmutableArray<Power> b)
    {
        var powers = ImmutableArray.CreateBuilder<Power>(a.Length + b.Length);
        int i = 0, j = 0;
        while (i < a.Length || j < b.Length)
        {
            var order = i == a.Length ? 1 : j == b.Length ? -1 : string.CompareOrdinal(a[i].Factor.Key, b[j].Factor.Key);
            if (order < 0) powers.Add(a[i++]);
            else if (order > 0) powers.Add(b[j++]);
            else powers.Add(new Power(a[i].Factor, a[i++].Exponent + b[j++].Exponent));
        }
        return powers.ToImmutable();
    }

    /// <summary>Rounds towards minus infinity, as dims are counted; division by zero stays symbolic and is refused at entry.</summary>
    public static Dim FloorDiv(Dim a, Dim b)
    {
        if (a.IsZero || b.IsOne) return a;
        if (a.Constant is { } x && b.Constant is { } y && y != 0) return Of((x - ((x % y) + y) % y) / y);
        if (ExactDiv(a, b) is { } exact) return exact;
        // (q*b + r) / b = q + r / b; what remains is dropped where it is provably smaller than b.
        var (quotient, rest) = SplitMultiples(a, b);
        if (!quotient.IsZero && DividesAlike(rest, b))
            return IsBelow(rest, b) ? quotient : quotient + FloorDiv(rest, b);
        if (IsBelow(a, b)) return Zero;
        var (top, bottom, scale) = Cancel(a, b);
        return scale.IsOne ? new Dim(new OperationFactor("div", a, b)) : FloorDiv(top, bottom);
    }

    public static Dim Mod(Dim a, Dim b)
    {
        if (a.IsZero || b.IsOne) return Zero;
        if (a.Constant is { } x && b.Constant is { } y && y != 0) return Of(((x % y) + y) % y);
        if (ExactDiv(a, b) is not null) return Zero;
        var (_, rest) = SplitMultiples(a, b);
        if (!DividesAlike(rest, b)) rest = a;
        if (IsBelow(rest, b)) return rest;
        var (top, bottom, scale) = Cancel(rest, b);
        return scale.IsOne ? new Dim(new OperationFactor("mod", rest, b)) : scale * Mod(top, bottom);
    }

    public static Dim CeilDiv(Dim a, Dim b) => FloorDiv(a + b - One, b);

    public static Dim Min(Dim a, Dim b)
    {
        if (IsNonNegative(b - a)) return a;
        return IsNonNegative(a - b) ? b : new Dim(Ordered("min", a, b));
    }

    public static Dim Max(Dim a, Dim b)
    {
        if (IsNonNegative(a - b)) return a;
        return IsNonNegative(b - a) ? b : new Dim(Ordered("max", a, b));
    }

    private static OperationFactor Ordered(string name, Dim a, Dim b) =>
        string.CompareOrdinal(a.Key, b.Key) <= 0 ? new OperationFactor(name, a, b) : new OperationFactor(name, b, a);

    /// <summary>The polynomial q with q*b = a, where there is one.</summary>
    public static Dim? ExactDiv(Dim a, Dim b)
    {
        if (a.IsZero) return b.IsZero ? null : Zero;
        if (b.IsZero) return null;
        var quotient = Zero;
        var rest = a;
        // Long division by the leading term; a polynomial of n terms needs few more than n steps.
        for (var step = 0; step < 64; step++)
        {
            if (rest.IsZero) return quotient;
            if (DivideTerm(rest._terms[0], b._terms[0]) is not { } term) return null;
            var part = new Dim([term]);
            quotient += part;
            rest -= part * b;
        }
        return null;
    }

    private static Term? DivideTerm(Term a, Term b) =>
        a.Coefficient % b.Coefficient == 0 && DividePowers(a.Powers, b.Powers) is { } powers ? new Term(a.Coefficient / b.Coefficient, powers) : null;

    private static ImmutableArray<Power>? DividePowers(ImmutableArray<Power> a, ImmutableArray<Power> b)
    {
        var powers = ImmutableArray.CreateBuilder<Power>();
        var j = 0;
        foreach (var power in a)
        {
            if (j < b.Length && b[j].Factor.Key == power.Factor.Key)
            {
                var exponent = power.Exponent - b[j++].Exponent;
                if (exponent < 0) return null;
                if (exponent > 0) powers.Add(new Power(power.Factor, exponent));
            }
            else powers.Add(power);
        }
        return j == b.Length ? powers.ToImmutable() : null;
    }

    /// <summary>Divides two dims by the largest factor that every term of both has and that is not negative: where it is zero, so is the divisor.</summary>
    private static (Dim A, Dim B, Dim Scale) Cancel(Dim a, Dim b)
    {
        var scale = Content(a._terms.Concat(b._terms));
        return scale.IsOne ? (a, b, scale) : (ExactDiv(a, scale)!, ExactDiv(b, scale)!, scale);
    }

    /// <summary>The largest number and names that divide every term.</summary>
    private static Dim Content(IEnumerable<Term> terms)
    {
        long number = 0;
        ImmutableArray<Power>? common = null;
        foreach (var term in terms)
        {
            number = Gcd(number, term.Coefficient);
            common = common is not { } so ? [.. term.Powers.Where(power => power.Factor.IsNonNegative)]
                : [.. so.Select(power => power with { Exponent = Math.Min(power.Exponent, ExponentOf(term, power.Factor)) }).Where(power => power.Exponent > 0)];
            if (number == 1 && common.Value.IsEmpty) return One;
        }
        return new Dim([new Term(number, common ?? [])]);
    }

    private static int ExponentOf(Term term, Factor factor)
    {
        foreach (var power in term.Powers)
            if (power.Factor.Key == factor.Key) return power.Exponent;
        return 0;
    }

    private static long Gcd(long a, long b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return Math.Abs(a);
    }

    private static long Floor(long a, long b) => a / b - (a % b != 0 && a < 0 != b < 0 ? 1 : 0);

    /// <summary>Splits a = q*b + r by taking every term that b's single term divides.</summary>
    private static (Dim Quotient, Dim Remainder) SplitMultiples(Dim a, Dim b)
    {
        if (b._terms.Length != 1) return (Zero, a);
        var quotient = Zero;
        var rest = Zero;
        foreach (var term in a._terms)
        {
            if (DivideTerm(term, b._terms[0]) is { } part) quotient += new Dim([part]);
            else rest += new Dim([term]);
        }
        return (quotient, rest);
    }

    /// <summary>Does C#, which rounds towards zero, divide what multiples of b leave as it divides the whole?</summary>
    private static bool DividesAlike(Dim rest, Dim b) => IsNonNegative(rest) || (rest.Constant is not null && b.Constant is not null);

    /// <summary>True where 0 &lt;= a &lt; b is certain.</summary>
    private static bool IsBelow(Dim a, Dim b) => IsNonNegative(a) && a.Upper() is { } top && IsNonNegative(b - One - top);

    /// <summary>True where every term is non-negative: sufficient, not necessary.</summary>
    public static bool IsNonNegative(Dim a)
    {
        foreach (var term in a._terms)
        {
            if (term.Coefficient < 0) return false;
            foreach (var power in term.Powers)
                if (power.Exponent % 2 != 0 && !power.Factor.IsNonNegative) return false;
        }
        return true;
    }

    /// <summary>The dim with every counter at its last value; null where a counter is subtracted.</summary>
    private Dim? Upper()
    {
        foreach (var term in _terms)
            if (term.Coefficient < 0 && term.Powers.Any(power => power.Factor is VariableFactor { Limit: not null })) return null;
        return Extreme(true);
    }

    /// <summary>
    /// The most (or the least) the dim can be while its counters run: each counter at its last value or at zero, term by term. Counters inside
    /// a division, a minimum or a maximum stay.
    /// </summary>
    public Dim Extreme(bool most)
    {
        var sum = Zero;
        foreach (var term in _terms)
        {
            var product = Of(term.Coefficient);
            foreach (var power in term.Powers)
            {
                var factor = new Dim(power.Factor);
                if (power.Factor is VariableFactor { Limit: { } limit }) factor = term.Coefficient > 0 == most ? limit - One : Zero;
                for (var i = 0; i < power.Exponent; i++) product *= factor;
            }
            sum += product;
        }
        return sum;
    }

    /// <summary>Are the two sizes equal, of which nothing else is known? See <see cref="Facts.AreEqual"/>.</summary>
    public static Answer AreEqual(Dim a, Dim b) => Facts.None.AreEqual(a, b);

    /// <summary>Is a &lt; b (strict) for certain, certainly not, or unknown? Names are at least zero.</summary>
    public static Answer IsLess(Dim a, Dim b) => Facts.None.IsAtMost(a + One, b);

    /// <summary>By what a formula divides a name, for quotients and remainders.</summary>
    public IEnumerable<Dim> Divisors(string name)
    {
        foreach (var factor in _terms.SelectMany(term => term.Powers).Select(power => power.Factor).OfType<OperationFactor>())
        {
            if (factor.IsQuotient && factor.A.Equals(Name(name))) yield return factor.B;
            foreach (var inner in factor.A.Divisors(name).Concat(factor.B.Divisors(name))) yield return inner;
        }
    }

    /// <summary>Replaces names by dims.</summary>
    public Dim Substitute(Func<string, Dim?> replacement) => Constant is not null ? this : Map(factor => factor.Substitute(replacement));

    private Dim Map(Func<Factor, Dim> replacement)
    {
        var sum = Zero;
        foreach (var term in _terms)
        {
            var product = Of(term.Coefficient);
            foreach (var power in term.Powers)
            {
                var factor = replacement(power.Factor);
                for (var i = 0; i < power.Exponent; i++) product *= factor;
            }
            sum += product;
        }
        return sum;
    }

    /// <summary>Every name in the dim, in order of first appearance.</summary>
    public IEnumerable<string> Names()
    {
        foreach (var term in _terms)
            foreach (var power in term.Powers)
                foreach (var name in power.Factor.Names())
                    yield return name;
    }

    public bool Mentions(string name)
    {
        foreach (var term in _terms)
            foreach (var power in term.Powers)
                if (power.Factor.Mentions(name)) return true;
        return false;
    }

    /// <summary>
    /// Splits the dim as stride * name + rest where it is linear in the name; null stride where it is not.
    /// </summary>
    public (Dim? Stride, Dim Offset) LinearIn(string name)
    {
        var stride = Zero;
        var rest = Zero;
        foreach (var term in _terms)
        {
            var found = -1;
            for (var i = 0; i < term.Powers.Length; i++)
            {
                if (term.Powers[i].Factor is VariableFactor variable && variable.Name == name)
                {
                    if (term.Powers[i].Exponent != 1) return (null, this);
                    found = i;
                }
                else if (term.Powers[i].Factor.Mentions(name)) return (null, this);
            }
            if (found < 0) rest += new Dim([term]);
            else stride += new Dim([new Term(term.Coefficient, term.Powers.RemoveAt(found))]);
        }
        return (stride, rest);
    }

    /// <summary>Puts <c>(a / b) * b + a % b</c> together again, as flattening an index that was split needs.</summary>
    public Dim Recombine()
    {
        foreach (var term in _terms)
        {
            for (var i = 0; i < term.Powers.Length; i++)
            {
                if (term.Powers[i] is not { Exponent: 1, Factor: OperationFactor { Name: "div" } division }) continue;
                var cofactor = new Dim([new Term(term.Coefficient, term.Powers.RemoveAt(i))]);
                if (ExactDiv(cofactor, division.B) is not { } scale) continue;
                var rest = this - new Dim([term]) - scale * Mod(division.A, division.B);
                if (rest.TermCount < TermCount - 1 || rest.IsZero) return (rest + scale * division.A).Recombine();
            }
        }
        return this;
    }

    /// <summary>The terms as separate dims, for printing a cost term by term.</summary>
    public IEnumerable<Dim> SplitTerms()
    {
        foreach (var term in _terms) yield return new Dim([term]);
    }

    /// <summary>The value for given names; used by tests and by hint sizes.</summary>
    public long Evaluate(Func<string, long> value)
    {
        long sum = 0;
        foreach (var term in _terms)
        {
            var product = term.Coefficient;
            foreach (var power in term.Powers)
            {
                var factor = power.Factor.Evaluate(value);
                for (var i = 0; i < power.Exponent; i++) product = checked(product * factor);
            }
            sum = checked(sum + product);
        }
        return sum;
    }

    public bool Equals(Dim? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || _terms.Length != other._terms.Length) return false;
        for (var i = 0; i < _terms.Length; i++)
        {
            var (a, b) = (_terms[i], other._terms[i]);
            if (a.Coefficient != b.Coefficient || a.Powers.Length != b.Powers.Length) return false;
            for (var j = 0; j < a.Powers.Length; j++)
                if (a.Powers[j].Exponent != b.Powers[j].Exponent || a.Powers[j].Factor.Key != b.Powers[j].Factor.Key) return false;
        }
        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as Dim);

    public override int GetHashCode()
    {
        if (_hash != 0) return _hash;
        var hash = 17;
        foreach (var term in _terms)
        {
            hash = unchecked(hash * 31 + (int)term.Coefficient);
            foreach (var power in term.Powers) hash = unchecked((hash * 31 + power.Factor.Hash) * 31 + power.Exponent);
        }
        return _hash = hash;
    }

    private readonly record struct Power(Factor Factor, int Exponent);

    private readonly struct Term(long coefficient, ImmutableArray<Power> powers)
    {
        public long Coefficient { get; } = coefficient;

        public ImmutableArray<Power> Powers { get; } = powers;

        /// <summary>Higher degree first, then by name: the leading term leads, as long division needs.</summary>
        public static int Compare(Term a, Term b)
        {
            var order = Degree(b).CompareTo(Degree(a));
            if (order != 0) return order;
            for (var i = 0; i < Math.Min(a.Powers.Length, b.Powers.Length); i++)
            {
                order = string.CompareOrdinal(a.Powers[i].Factor.Key, b.Powers[i].Factor.Key);
                if (order != 0) return order;
                order = b.Powers[i].Exponent.CompareTo(a.Powers[i].Exponent);
                if (order != 0) return order;
            }
            return a.Powers.Length.CompareTo(b.Powers.Length);
        }

        private static int Degree(Term term)
        {
            var degree = 0;
            foreach (var power in term.Powers) degree += power.Exponent;
            return degree;
        }
    }

    private abstract class Factor(string key)
    {
        public string Key { get; } = key;

        public int Hash { get; } = key.GetHashCode();

        /// <summary>Never below zero, for certain.</summary>
        public abstract bool IsNonNegative { get; }

        public abstract string Print(bool csharp);

        public abstract Dim Substitute(Func<string, Dim?> replacement);

        public abstract Dim Canonical();

        public abstract IEnumerable<string> Names();

        public abstract long Evaluate(Func<string, long> value);

        public abstract bool Mentions(string name);
    }

    private sealed class VariableFactor(string name, Dim? limit, bool isAnonymous) : Factor(name)
    {
        public string Name { get; } = name;

        public Dim? Limit { get; } = limit;

        public bool IsAnonymous { get; } = isAnonymous;

        public override bool IsNonNegative => true;

        public override string Print(bool csharp) => Name;

        public override Dim Substitute(Func<string, Dim?> replacement) => replacement(Name) ?? new Dim(this);

        public override Dim Canonical() => new(this);

        public override IEnumerable<string> Names()
        {
            yield return Name;
        }

        public override bool Mentions(string name) => Name == name;

        public override long Evaluate(Func<string, long> value) => value(Name);
    }

    private static Dim Make(string operation, Dim a, Dim b) =>
        operation switch { "min" => Min(a, b), "max" => Max(a, b), "div" => FloorDiv(a, b), _ => Mod(a, b) };

    private sealed class OperationFactor(string name, Dim a, Dim b) : Factor(name + "(" + a.Key + "," + b.Key + ")")
    {
        public override bool IsNonNegative { get; } = name switch
        {
            "max" => Dim.IsNonNegative(a) || Dim.IsNonNegative(b),
            "mod" => Dim.IsNonNegative(b),
            _ => Dim.IsNonNegative(a) && Dim.IsNonNegative(b),
        };

        public string Name => name;

        /// <summary>A division or a remainder, which needs parentheses in a product.</summary>
        public bool IsQuotient => name is "div" or "mod";

        private string Sign => name == "div" ? "/" : "%";

        public Dim A => a;

        public Dim B => b;

        public override string Print(bool csharp) => name switch
        {
            "min" or "max" when csharp => $"Math.{(name == "min" ? "Min" : "Max")}({a.ToCSharp()}, {b.ToCSharp()})",
            "min" or "max" => $"{name}({a},{b})",
            _ when csharp => $"({a.ToCSharp(true)} {Sign} {b.ToCSharp(true)})",
            _ => $"{a.PrintOperand(true)}{Sign}{b.PrintOperand(false)}",
        };

        public override Dim Substitute(Func<string, Dim?> replacement)
        {
            Dim x = a.Substitute(replacement), y = b.Substitute(replacement);
            return Make(name, x, y);
        }

        public override Dim Canonical()
        {
            Dim x = a.Canonical(), y = b.Canonical();
            return name switch
            {
                "div" => Quotient(x, y),
                "mod" => x - y * Quotient(x, y),
                "min" => y - Positive(y - x),
                _ => x + Positive(y - x),
            };
        }

        public override IEnumerable<string> Names() => a.Names().Concat(b.Names());

        public override bool Mentions(string other) => a.Mentions(other) || b.Mentions(other);

        public override long Evaluate(Func<string, long> value)
        {
            long x = a.Evaluate(value), y = b.Evaluate(value);
            return name switch
            {
                "min" => Math.Min(x, y),
                "max" => Math.Max(x, y),
                "div" => (x - ((x % y) + y) % y) / y,
                _ => ((x % y) + y) % y,
            };
        }
    }
}
