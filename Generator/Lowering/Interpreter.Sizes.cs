using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

/// <summary>Questions about sizes: what is known, what is assumed, what becomes a check at entry.</summary>
internal sealed partial class Interpreter
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _counters = new(StringComparer.Ordinal);
    private readonly List<EntryCheck> _checks = [];
    private readonly List<(Node Indices, Dim Classes)> _indices = [];
    private readonly List<(string Name, Dim Value)> _equalities = [];
    private readonly Dictionary<string, Origin> _declared = new(StringComparer.Ordinal);

    /// <summary>A name that nothing else in the function has: the wanted one, or that with a number.</summary>
    private string Unique(string wanted)
    {
        var name = wanted;
        for (var i = 1; !_names.Add(name); i++) name = wanted + i.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return name;
    }

    /// <summary>A name for the counter of a loop that an operation is made of.</summary>
    public string NewCounter() => Unique("k");

    private bool DependsOnLoop(Dim dim) => dim.Names().Any(_counters.Contains);

    /// <summary>The dim in terms of what assumed and checked equalities leave.</summary>
    private Dim Resolve(Dim dim)
    {
        foreach (var (name, value) in _equalities)
            if (dim.Mentions(name)) dim = dim.Substitute(n => n == name ? value : null);
        return dim;
    }

    private void AddEquality(Dim a, Dim b)
    {
        (a, b) = (Resolve(a), Resolve(b));
        if (a.PlainName is { } left && !b.Mentions(left)) _equalities.Add((left, b));
        else if (b.PlainName is { } right && !a.Mentions(right)) _equalities.Add((right, a));
    }

    public Answer AreEqual(Dim a, Dim b)
    {
        var answer = Dim.AreEqual(a, b);
        return answer == Answer.Yes || _equalities.Count == 0 ? answer : Dim.AreEqual(Resolve(a), Resolve(b));
    }

    /// <summary>Is a &lt;= b whatever the counters and names are, certainly not, or unknown?</summary>
    private Answer IsAtMost(Dim a, Dim b)
    {
        var difference = Resolve(b - a);
        var least = difference.Extreme(false);
        if (Dim.IsNonNegative(least)) return Answer.Yes;
        foreach (var check in _checks)
            if (check.Relation == "<=" && Dim.IsNonNegative(least - Resolve(check.Right - check.Left))) return Answer.Yes;
        foreach (var made in _decisions.Made)
        {
            if (made.Relation != "<=") continue;
            var known = made.Holds ? made.Right - made.Left : made.Left - made.Right - Dim.One;
            if (Dim.IsNonNegative(least - Resolve(known))) return Answer.Yes;
        }
        return Dim.IsLess(difference.Extreme(true), Dim.Zero) == Answer.Yes ? Answer.No : Answer.Unknown;
    }

    /// <summary>Settles that two sizes are equal: now, or at entry, or by refusing.</summary>
    /// <param name="message">What the check at entry says where it fails.</param>
    public void RequireEqual(Dim a, Dim b, Func<string> message, Func<Finding> refusal)
    {
        switch (AreEqual(a, b))
        {
            case Answer.Yes:
                return;
            case Answer.Unknown when !DependsOnLoop(a) && !DependsOnLoop(b):
                Check(a, "==", b, message());
                return;
            default:
                throw new Refusal(refusal());
        }
    }

    /// <summary>Settles that a &lt;= b: now, or at entry, or by refusing.</summary>
    public void RequireAtMost(Dim a, Dim b, Func<string> message, Func<Finding> refusal)
    {
        var answer = IsAtMost(a, b);
        if (answer == Answer.Yes) return;
        var least = (b - a).Extreme(false);
        // What fails in some iteration fails whenever the loop runs to its end.
        if (answer == Answer.No || DependsOnLoop(least) || (least.Constant < 0 && DependsOnLoop(b - a))) throw new Refusal(refusal());
        // A loop's counter is checked once, at its worst.
        if (DependsOnLoop(b - a)) Check(Dim.Zero, "<=", least, message());
        else Check(a, "<=", b, message());
    }

    /// <summary>The elements must be at least 0 and below a size. Those of an argument, a parameter or a buffer are checked at entry; the operation says what computed ones do.</summary>
    public void RequireIndices(Node indices, Dim classes)
    {
        if (_frame.Outermost(indices) is { } argument && !DependsOnLoop(classes)) _indices.Add((argument, classes));
    }

    private void Check(Dim left, string relation, Dim right, string message)
    {
        if (_checks.Any(c => c.Relation == relation && c.Left.Equals(left) && c.Right.Equals(right))) return;
        _checks.Add(new(left, relation, right, message));
        if (relation == "==") AddEquality(left, right);
    }

    /// <summary>True where the condition holds; what is undecided becomes an assumption of this variant.</summary>
    private bool Decide(Condition condition)
    {
        switch (condition)
        {
            case Condition.Known known:
                return known.Value;
            case Condition.Not not:
                return !Decide(not.Operand);
            case Condition.Both { IsAnd: true } both:
                return Decide(both.Left) && Decide(both.Right);
            case Condition.Both both:
                return Decide(both.Left) || Decide(both.Right);
        }
        var atom = (Condition.Atom)condition;
        if (Settle(atom) is { } settled) return settled;
        var holds = _decisions.Decide(atom);
        if (holds && atom.Relation == "==") AddEquality(atom.Left, atom.Right);
        return holds;
    }

    private bool? Settle(Condition.Atom atom)
    {
        var below = IsAtMost(atom.Left, atom.Right);
        if (atom.Relation == "<=") return below switch { Answer.Yes => true, Answer.No => false, _ => null };
        var difference = Resolve(atom.Left - atom.Right);
        if (difference.IsZero) return true;
        if (difference.Constant is not null) return false;
        return below == Answer.No || IsAtMost(atom.Right, atom.Left) == Answer.No ? false : null;
    }

    /// <summary>The condition as a truth value of the graph, for conditions on a loop's counter.</summary>
    private Node Compile(Condition condition)
    {
        switch (condition)
        {
            case Condition.Known known:
                return Builder.Full(known.Value ? 1 : 0, DType.Bool, []);
            case Condition.Not not:
                return Builder.Pointwise(Op.Not, Compile(not.Operand));
            case Condition.Both both:
                return Builder.Pointwise(both.IsAnd ? Op.And : Op.Or, Compile(both.Left), Compile(both.Right));
        }
        var atom = (Condition.Atom)condition;
        return Builder.Pointwise(
            atom.Relation == "==" ? Op.Equal : Op.LessEqual, Builder.Size(atom.Left, DType.Int64), Builder.Size(atom.Right, DType.Int64));
    }

    /// <summary>Where the names in two dims were declared: the additional locations of a finding about them.</summary>
    public IEnumerable<Origin> Declarations(params Dim[] dims) =>
        dims.SelectMany(d => d.Names()).Distinct().Where(_declared.ContainsKey).Select(name => _declared[name]);
}
