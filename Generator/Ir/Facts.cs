using System.Collections.Immutable;

namespace Proxima.Generator.Ir;

internal sealed partial class Dim
{
    /// <summary>
    /// What is known of some sizes: equalities and bounds, from declarations, from conditions that were checked, and from choices that were made.
    /// Answers questions about formulas over them, with three answers. Immutable.
    /// </summary>
    /// <remarks>
    /// An equality is solved for a name where it can be; <c>h % 4 == 0</c> makes <c>h</c> four times a hidden name, which stands for <c>h/4</c>. An
    /// equality of products replaces the leading one. What remains is proved by adding multiples of what is known to be at least zero until no
    /// negative term is left, and by cases of minima and maxima. Yes and No are certain; what the search does not find is Unknown.
    /// </remarks>
    internal sealed class Facts
    {
        /// <summary>Nothing but that names are natural numbers.</summary>
        public static readonly Facts None = new();

        private const int DeepestSearch = 5;
        private const int MostSteps = 60;
        private const int MostFacts = 48;

        /// <summary>Names that equalities settle. No value mentions a name that is settled.</summary>
        private ImmutableArray<(string Name, Dim Value)> _values = [];

        /// <summary>Products that equal something else: terms divisible by one are rewritten.</summary>
        private ImmutableArray<(Term Product, Dim Value)> _products = [];

        /// <summary>Canonical dims that are at least zero.</summary>
        private ImmutableArray<Dim> _bounds = [];

        /// <summary>The least values of names, where above zero.</summary>
        private ImmutableDictionary<string, long> _least = ImmutableDictionary<string, long>.Empty;

        /// <summary>What the hidden names stand for.</summary>
        private ImmutableDictionary<string, Dim> _hidden = ImmutableDictionary<string, Dim>.Empty;

        /// <summary>Answers given before: a loop that is read again asks again. <see cref="None"/>, which threads share, has none.</summary>
        private Dictionary<Dim, bool>? _certain;

        /// <summary>Names in equalities that could not be solved: formulas over them may be equal in ways that are not seen.</summary>
        private ImmutableHashSet<string> _loose = ImmutableHashSet<string>.Empty;

        private Facts()
        {
        }

        private Facts Copy()
        {
            var copy = (Facts)MemberwiseClone();
            copy._certain = [];
            return copy;
        }

        // ---- Questions ----

        /// <summary>
        /// Are the two sizes equal? Different polynomials over names are different sizes, unless a fact says otherwise: names are chosen by the caller
        /// of a network, so [b m] and [b n] do not fit. Only what a name cannot settle (anonymous sizes, division, min, max) is unknown.
        /// </summary>
        public Answer AreEqual(Dim a, Dim b)
        {
            if (a.Equals(b)) return Answer.Yes;
            var difference = Reduced(a - b);
            var answer = IsZeroSize(difference);
            return answer == Answer.Unknown && IsRigid(difference) ? Answer.No : answer;
        }

        /// <summary>Are the two sizes equal for every value of the names that the facts allow, for none, or is it open?</summary>
        public Answer AreSame(Dim a, Dim b) => a.Equals(b) ? Answer.Yes : IsZeroSize(Reduced(a - b));

        /// <summary>Is a &lt;= b for every value of the names that the facts allow, for none, or is it open?</summary>
        public Answer IsAtMost(Dim a, Dim b)
        {
            var difference = Reduced(b - a);
            if (IsCertain(difference)) return Answer.Yes;
            return IsCertain(-difference - One) ? Answer.No : Answer.Unknown;
        }

        /// <summary>The polynomial q with q*b = a under the facts, in names that the user knows; null where there is none.</summary>
        public Dim? ExactDiv(Dim a, Dim b)
        {
            if (Dim.ExactDiv(a, b) is { } plain) return plain;
            if (_values.IsEmpty && _products.IsEmpty) return null;
            return Dim.ExactDiv(Reduced(a), Reduced(b)) is { } exact ? Reveal(exact) : null;
        }

        /// <summary>The dim in terms of the names that the equalities leave, hidden ones written out.</summary>
        public Dim Simplify(Dim dim) => _values.IsEmpty ? dim : Reveal(dim.Substitute(ValueOf));

        private Dim Reveal(Dim dim) =>
            _hidden.IsEmpty ? dim : dim.Substitute(name => _hidden.TryGetValue(name, out var value) ? Reveal(value) : null);

        private Dim? ValueOf(string name)
        {
            foreach (var (known, value) in _values)
                if (known == name) return value;
            return null;
        }

        private Answer IsZeroSize(Dim difference)
        {
            if (difference.Constant is { } constant) return constant == 0 ? Answer.Yes : Answer.No;
            // Without atoms and bounds the only proofs are those of the signs of terms.
            bool most = IsCertain(-difference), least = IsCertain(difference);
            if (most && least) return Answer.Yes;
            return (least && IsCertain(difference - One)) || (most && IsCertain(-difference - One)) ? Answer.No : Answer.Unknown;
        }

        private bool IsRigid(Dim difference)
        {
            foreach (var term in difference._terms)
                foreach (var power in term.Powers)
                    if (power.Factor is not VariableFactor { IsAnonymous: false } variable || _loose.Contains(variable.Name)) return false;
            return true;
        }

        private Dim Reduced(Dim dim)
        {
            if (!_values.IsEmpty && dim.Names().Any(name => ValueOf(name) is not null)) dim = dim.Substitute(ValueOf);
            dim = dim.Canonical();
            return _products.IsEmpty ? dim : Rewritten(dim).Canonical();
        }

        private Dim Rewritten(Dim dim)
        {
            dim = dim.Map(factor => factor is OperationFactor operation ? Make(operation.Name, Rewritten(operation.A), Rewritten(operation.B)) : new Dim(factor));
            for (var step = 0; step < MostReductions; step++)
            {
                if (RewrittenOnce(dim) is not { } next) break;
                dim = next;
            }
            return dim;
        }

        private Dim? RewrittenOnce(Dim dim)
        {
            foreach (var term in dim._terms)
                foreach (var (product, value) in _products)
                    if (DividePowers(term.Powers, product.Powers) is { } rest)
                        return dim - new Dim([term]) + new Dim([new Term(term.Coefficient, rest)]) * value;
            return null;
        }

        // ---- What becomes known ----

        /// <summary>With a relation (<c>==</c>, <c>!=</c> or <c>&lt;=</c>) that holds, or does not.</summary>
        public Facts Add(Dim a, string relation, Dim b, bool holds) => relation switch
        {
            "<=" => holds ? AddAtMost(a, b) : AddAtMost(b + One, a),
            "==" when holds => AddEqual(a, b),
            "!=" when !holds => AddEqual(a, b),
            // What is not equal and not less is greater.
            _ when IsAtMost(a, b) == Answer.Yes => AddAtMost(a + One, b),
            _ when IsAtMost(b, a) == Answer.Yes => AddAtMost(b + One, a),
            _ => this,
        };

        /// <summary>With a = b.</summary>
        public Facts AddEqual(Dim a, Dim b)
        {
            var difference = Reduced(a - b);
            if (difference.Constant is not null) return this;
            var preferred = a.PlainName ?? b.PlainName;
            if (Solve(difference, preferred) is { } solved) return solved;
            // x - m * (x/m) = r: the quotient gets a name, and x is solved for.
            foreach (var factor in difference.Factors().OfType<OperationFactor>().Where(factor => factor.Name == "div"))
            {
                if (!IsNonNegative(factor.A) || !IsNonNegative(factor.B) || factor.A.Factors().Any(inner => inner is not VariableFactor)) continue;
                var (hidden, name) = Hide(new Dim(factor));
                var named = difference.Map(other => other.Key == factor.Key ? name : new Dim(other));
                if ((hidden.Solve(named, preferred) ?? hidden.Rewrite(named)) is { } result)
                    return result.AddBound(factor.A - factor.B * name).AddBound(factor.B * name + factor.B - One - factor.A);
            }
            return Rewrite(difference) ?? Loosen(difference);
        }

        /// <summary>With a &lt;= b.</summary>
        public Facts AddAtMost(Dim a, Dim b) => AddBound(b - a);

        private Facts AddBound(Dim dim)
        {
            var bound = Tighten(Reduced(dim));
            // A bound that no size meets stands where no call comes.
            if (bound.Constant is not null || IsNonNegative(bound)) return this;
            var facts = Copy();
            if (bound._terms is [{ Coefficient: > 0 and var factor, Powers: [{ Exponent: 1, Factor: VariableFactor { Limit: null } variable }] }, { Powers.Length: 0, Coefficient: var constant }])
            {
                var least = -Floor(constant, factor);
                if (facts._least.TryGetValue(variable.Name, out var known) && known >= least) return this;
                facts._least = facts._least.SetItem(variable.Name, least);
                return facts;
            }
            if (facts._bounds.Length < MostFacts && !facts._bounds.Contains(bound)) facts._bounds = facts._bounds.Add(bound);
            return facts;
        }

        private Facts Loosen(Dim difference)
        {
            var facts = AddBound(difference).AddBound(-difference).Copy();
            facts._loose = facts._loose.Union(difference.Names());
            return facts;
        }

        private (Facts Facts, Dim Name) Hide(Dim dim)
        {
            var facts = Copy();
            var name = "$" + facts._hidden.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
            facts._hidden = facts._hidden.Add(name, dim);
            return (facts, Anonymous(name));
        }

        /// <summary>Solves difference = 0 for a name that stands alone; null where none does.</summary>
        private Facts? Solve(Dim difference, string? preferred)
        {
            var alone = difference._terms.Where(term => term.Powers is [{ Exponent: 1, Factor: VariableFactor { Limit: null } }]
                && difference._terms.Sum(other => other.Powers.Count(power => power.Factor.Mentions(((VariableFactor)term.Powers[0].Factor).Name))) == 1).ToList();
            foreach (var term in alone.OrderBy(term => ((VariableFactor)term.Powers[0].Factor) is var variable && variable.Name == preferred ? 0 : variable.IsAnonymous ? 2 : 1))
            {
                var rest = difference - new Dim([term]);
                if (term.Coefficient is 1 or -1 || (rest.Constant is { } constant && constant % term.Coefficient == 0))
                    return With(((VariableFactor)term.Powers[0].Factor).Name, Dim.ExactDiv(-rest, Of(term.Coefficient))!);
            }
            // 2*a = 3*b: both are multiples of a third.
            if (difference._terms is [var first, var second] && alone.Count == 2 && first.Coefficient < 0 != second.Coefficient < 0)
            {
                var gcd = Gcd(first.Coefficient, second.Coefficient);
                long left = Math.Abs(second.Coefficient) / gcd, right = Math.Abs(first.Coefficient) / gcd;
                var (hidden, name) = Hide(new Dim(new OperationFactor("div", new Dim(first.Powers[0].Factor), Of(left))));
                return hidden.With(((VariableFactor)first.Powers[0].Factor).Name, name * Of(left)).With(((VariableFactor)second.Powers[0].Factor).Name, name * Of(right));
            }
            return null;
        }

        private Facts With(string name, Dim value)
        {
            Dim? Replace(string other) => other == name ? value : null;
            var facts = Copy();
            facts._values = [.. _values.Select(known => (known.Name, known.Value.Substitute(Replace))), (name, value)];
            // Everything else is said again, of the names that are left.
            facts._bounds = [];
            facts._products = [];
            facts._least = _least.Remove(name);
            foreach (var (product, other) in _products) facts = facts.AddEqual(new Dim([product]), other);
            foreach (var bound in _bounds) facts = facts.AddBound(bound);
            return facts.AddBound(_least.TryGetValue(name, out var least) ? value - Of(least) : value);
        }

        /// <summary>Takes difference = 0 as a rule that replaces a product of names.</summary>
        private Facts? Rewrite(Dim difference)
        {
            var lead = difference._terms[0];
            if (lead.Coefficient is not (1 or -1) || lead.Powers.Any(power => power.Factor is not VariableFactor { Limit: null }) || lead.Powers.Sum(power => power.Exponent) < 2) return null;
            var value = (difference - new Dim([lead])) * Of(-lead.Coefficient);
            if (value._terms.Any(term => DividePowers(term.Powers, lead.Powers) is not null)) return null;
            var facts = Loosen(difference).Copy();
            facts._products = facts._products.Add((new Term(1, lead.Powers), value));
            return facts;
        }

        // ---- Proofs ----

        /// <summary>Is the canonical dim at least zero, for certain?</summary>
        private bool IsCertain(Dim dim)
        {
            if (IsNonNegative(dim)) return true;
            if (dim.Constant is not null) return false;
            if (_certain is null) return new Search(this).Holds(dim, 0);
            if (!_certain.TryGetValue(dim, out var known)) _certain.Add(dim, known = new Search(this).Holds(dim, 0));
            return known;
        }

        /// <summary>dim >= 0 in the smallest numbers: what is whole stays whole.</summary>
        private static Dim Tighten(Dim dim)
        {
            long number = 0;
            foreach (var term in dim._terms)
                if (term.Powers.Length > 0) number = Gcd(number, term.Coefficient);
            if (number <= 1) return dim;
            var constant = dim._terms[dim._terms.Length - 1] is { Powers.Length: 0 } last ? last.Coefficient : 0;
            return Dim.ExactDiv(dim - Of(constant), Of(number))! + Of(Floor(constant, number));
        }

        private sealed class Search(Facts facts)
        {
            private int _steps;

            /// <summary>Proves dim >= 0, by cases of the maxima in it where nothing else helps.</summary>
            public bool Holds(Dim dim, int cases)
            {
                // Names count from their least values on, so that products of them do, too.
                dim = Tighten(Shift(dim));
                if (IsNonNegative(dim)) return true;
                if (dim.Constant is < 0) return false;
                if (Eliminate(dim, Known(dim), DeepestSearch)) return true;
                if (cases == 2) return false;
                foreach (var factor in dim.Factors().OfType<OperationFactor>())
                {
                    if (factor.Name != "max") continue;
                    // The facts are those before the shift, and so is the question.
                    Dim With(Dim value) => Unshift(dim.Map(other => other.Key == factor.Key ? value : new Dim(other)).Canonical());
                    var z = Unshift(factor.B);
                    return new Search(facts.AddBound(z)).Holds(With(factor.B), cases + 1) && new Search(facts.AddBound(-z)).Holds(With(Zero), cases + 1);
                }
                return false;
            }

            private Dim Shift(Dim dim) => Moved(dim, 1);

            private Dim Unshift(Dim dim) => Moved(dim, -1);

            private Dim Moved(Dim dim, int sign) => facts._least.IsEmpty || !dim.Names().Any(facts._least.ContainsKey)
                ? dim
                : dim.Map(factor => Moved(factor, sign)).Canonical();

            private Dim Moved(Factor factor, int sign) => factor switch
            {
                VariableFactor variable => facts._least.TryGetValue(variable.Name, out var least) ? new Dim(factor) + Of(sign * least) : new Dim(factor),
                OperationFactor operation => Make(operation.Name, Moved(operation.A, sign), Moved(operation.B, sign)),
                _ => new Dim(factor),
            };

            /// <summary>Everything known to be at least zero that may matter: bounds, and what divisions, maxima and counters say of themselves.</summary>
            private List<Dim> Known(Dim dim)
            {
                var known = facts._bounds.Select(bound => Tighten(Shift(bound))).ToList();
                var seen = new HashSet<string>(StringComparer.Ordinal);
                var pending = new Queue<Factor>(dim.Factors().Concat(known.SelectMany(bound => bound.Factors())));
                while (pending.Count > 0 && known.Count < MostFacts)
                {
                    var factor = pending.Dequeue();
                    if (!seen.Add(factor.Key)) continue;
                    var value = new Dim(factor);
                    var before = known.Count;
                    switch (factor)
                    {
                        case OperationFactor { Name: "div" } division when IsNonNegative(division.B - One):
                            known.Add(division.A - division.B * value);
                            known.Add(division.B * value + division.B - One - division.A);
                            if (IsNonNegative(division.A)) known.Add(value);
                            break;
                        case OperationFactor { Name: "max" } maximum:
                            known.Add(value - maximum.B);
                            break;
                        case VariableFactor { Limit: { } limit }:
                            known.Add(Shift(facts.Reduced(limit)) - One - value);
                            break;
                    }
                    for (var i = before; i < known.Count; i++)
                        foreach (var other in known[i].Factors()) pending.Enqueue(other);
                }
                return known;
            }

            private static bool Divides(ImmutableArray<Power> divisor, ImmutableArray<Power> powers)
            {
                if (divisor.Length > powers.Length) return false;
                var at = 0;
                foreach (var power in divisor)
                {
                    while (at < powers.Length && !ReferenceEquals(powers[at].Factor, power.Factor) && powers[at].Factor.Key != power.Factor.Key) at++;
                    if (at == powers.Length || powers[at++].Exponent < power.Exponent) return false;
                }
                return true;
            }

            /// <summary>Takes multiples of what is known away until no term may be negative.</summary>
            private bool Eliminate(Dim dim, List<Dim> known, int depth)
            {
                if (IsNonNegative(dim)) return true;
                if (depth == 0 || ++_steps > MostSteps) return false;
                var term = dim._terms.First(t => !IsNonNegative(new Dim([t])));
                foreach (var fact in known)
                {
                    foreach (var other in fact._terms)
                    {
                        if (other.Coefficient < 0 != term.Coefficient < 0 || !Divides(other.Powers, term.Powers)) continue;
                        var powers = DividePowers(term.Powers, other.Powers)!.Value;
                        var cofactor = new Dim([new Term(1, powers)]);
                        if (!IsNonNegative(cofactor)) continue;
                        var gcd = Gcd(other.Coefficient, term.Coefficient);
                        var next = dim * Of(Math.Abs(other.Coefficient) / gcd) - fact * cofactor * Of(Math.Abs(term.Coefficient) / gcd);
                        if (Eliminate(powers.IsEmpty ? Tighten(next) : next, known, depth - 1)) return true;
                    }
                }
                return false;
            }
        }
    }

    /// <summary>The factors of the terms, those of operands not among them.</summary>
    private IEnumerable<Factor> Factors()
    {
        foreach (var term in _terms)
            foreach (var power in term.Powers)
                yield return power.Factor;
    }

    /// <summary>
    /// What must hold for the dim to have the value that C# computes: divisors are at least one, and what is divided is not negative (C# rounds
    /// towards zero). Pairs in the order of evaluation, the first at most the second.
    /// </summary>
    public IEnumerable<(Dim Least, Dim Operand)> Preconditions()
    {
        foreach (var factor in Factors().OfType<OperationFactor>())
        {
            foreach (var inner in factor.A.Preconditions().Concat(factor.B.Preconditions())) yield return inner;
            if (!factor.IsQuotient) continue;
            if (!IsNonNegative(factor.B - One)) yield return (One, factor.B);
            if (!IsNonNegative(factor.A)) yield return (Zero, factor.A);
        }
    }
}
