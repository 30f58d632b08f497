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
    private Dim.Facts _facts = Dim.Facts.None;
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

    public Answer AreEqual(Dim a, Dim b) => _facts.AreEqual(a, b);

    /// <summary>Is a &lt;= b whatever the counters and names are, certainly not, or unknown?</summary>
    private Answer IsAtMost(Dim a, Dim b) => _facts.IsAtMost(a, b);

    /// <summary>The polynomial q with q*b = a, under what is known; null where there is none.</summary>
    public Dim? ExactDiv(Dim a, Dim b) => _facts.ExactDiv(a, b);

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
        var isInLoop = DependsOnLoop(b - a);
        if (answer == Answer.No || DependsOnLoop(least) || (isInLoop && IsAtMost(Dim.Zero, least) == Answer.No)) throw new Refusal(refusal());
        // A loop's counter is checked once, at its worst.
        if (isInLoop) Check(Dim.Zero, "<=", least, message());
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
        _facts = _facts.Add(left, relation, right, true);
    }

    /// <summary>Settles that a size has the value that C# computes: nothing is divided by zero, and nothing negative is divided.</summary>
    /// <param name="words">What the size is.</param>
    private void RequireDefined(Dim dim, Func<string> words, Origin origin)
    {
        foreach (var (least, operand) in dim.Preconditions())
        {
            string Words() => $"{words()}; {operand} {(least.IsZero ? "is divided and must not be negative" : "is divided by and must not be 0")}";
            RequireAtMost(least, operand, Words, () => Finding.Of("PRX0114", origin, Words()).With(Declarations(operand)));
        }
    }

    // ---- What declarations require ----

    /// <summary>What the constructors have made sure of: of this network, and of the children that were met.</summary>
    private readonly List<EntryCheck> _known = [];

    private enum Requirer
    {
        /// <summary>The network itself: its constructor checks.</summary>
        Constructor,

        /// <summary>A child: its constructor checks, and sizes that never fit are a mistake here.</summary>
        Child,

        /// <summary>The compiled method itself: its entry checks.</summary>
        Entry,

        /// <summary>A method that is called: proved here, or checked at the entry of the caller.</summary>
        Call,
    }

    /// <summary>Takes the conditions of a declaration as known, after they are settled.</summary>
    /// <param name="name">The network or the method that requires.</param>
    /// <param name="at">The child or the call that must satisfy it.</param>
    private void Require(EquatableArray<RequireDeclaration> requires, string name, Instance instance, IReadOnlyDictionary<string, Dim> bound, string where, Requirer requirer, Origin at)
    {
        foreach (var declaration in requires)
        {
            if (Requirement.Parse(declaration.Text) is not { } requirement)
                throw Refusal.Of("PRX0117", declaration.Origin, declaration.Text, "is no requirement: write two sizes with ==, !=, <, <=, > or >= between them");
            var left = Substituted(requirement.Left, declaration.Text, declaration.Origin, instance, bound, where);
            var right = Substituted(requirement.Right, declaration.Text, declaration.Origin, instance, bound, where);
            var words = $"{name} requires {declaration.Text}";
            var (a, relation, b) = Requirement.Relate(left, requirement.Relation, right);
            var isConstructed = requirer is Requirer.Constructor or Requirer.Child;
            foreach (var side in new[] { left, right })
            {
                if (!isConstructed) RequireDefined(side, () => words, at);
                else foreach (var (least, operand) in side.Preconditions()) Know(least, "<=", operand);
            }
            var answer = relation == "<=" ? IsAtMost(a, b) : _facts.AreSame(a, b);
            if (relation == "!=") answer = answer switch { Answer.Yes => Answer.No, Answer.No => Answer.Yes, _ => answer };
            if (answer == Answer.No)
            {
                // A condition that no size meets is a mistake of the one who wrote it.
                throw new Refusal(requirer is Requirer.Constructor or Requirer.Entry
                    ? Finding.Of("PRX0191", declaration.Origin, $"{words}, which no sizes satisfy")
                    : Finding.Of("PRX0191", at, $"{words}; here {Here(requirement)}").With([declaration.Origin, .. Declarations(left, right)]));
            }
            if (answer == Answer.Yes) continue;
            if (isConstructed) Know(a, relation, b);
            else if (DependsOnLoop(a) || DependsOnLoop(b))
                throw new Refusal(Finding.Of("PRX0191", at, $"{words}, which depends on a loop's counter here and may not hold for each of its values: {Here(requirement)}").With([declaration.Origin]));
            else Check(a, relation, b, requirer == Requirer.Entry ? words : $"{words}; here {Here(requirement)}");
        }

        string Here(Requirement requirement) => string.Join(", ", requirement.Left.Dim.Names().Concat(requirement.Right.Dim.Names()).Distinct()
            .Select(size => $"{size} is {Substituted(new(ShapeEntryKind.Size, size, 0, Dim.Name(size)), size, Origin.None, instance, bound, where)}"));
    }

    /// <summary>A constructor has made sure of it.</summary>
    private void Know(Dim a, string relation, Dim b)
    {
        if (DependsOnLoop(a) || DependsOnLoop(b)) return;
        _known.Add(new(a, relation, b, ""));
        _facts = _facts.Add(a, relation, b, true);
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
        _facts = _facts.Add(atom.Left, atom.Relation, atom.Right, holds);
        return holds;
    }

    private bool? Settle(Condition.Atom atom) =>
        (atom.Relation == "<=" ? IsAtMost(atom.Left, atom.Right) : _facts.AreSame(atom.Left, atom.Right)) switch
        {
            Answer.Yes => true,
            Answer.No => false,
            _ => null,
        };

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
