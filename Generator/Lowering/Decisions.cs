using System.Collections.Immutable;
using Proxima.Generator.Ir;

namespace Proxima.Generator.Lowering;

/// <summary>
/// The outcomes that one run of a body assumes for conditions it cannot decide. A run follows the outcomes it is given, then takes "holds" for every
/// further one; <see cref="Next"/> gives the outcomes of the next run, depth first.
/// </summary>
internal sealed class Decisions(ImmutableArray<bool> given)
{
    private readonly List<Assumption> _made = [];

    public IReadOnlyList<Assumption> Made => _made;

    public bool Decide(Condition.Atom atom)
    {
        foreach (var made in _made)
            if (made.Relation == atom.Relation && made.Left.Equals(atom.Left) && made.Right.Equals(atom.Right)) return made.Holds;
        var holds = _made.Count >= given.Length || given[_made.Count];
        _made.Add(new(atom.Left, atom.Relation, atom.Right, holds));
        return holds;
    }

    public ImmutableArray<bool>? Next()
    {
        var last = _made.FindLastIndex(made => made.Holds);
        return last < 0 ? null : [.. _made.Take(last).Select(made => made.Holds), false];
    }
}
