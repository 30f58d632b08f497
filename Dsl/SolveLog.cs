using System.Collections;
using System.ComponentModel;

namespace Proxima;

/// <summary>How the searches of an instance ended: one entry per solver, so that what did not converge can be seen.</summary>
public sealed class SolveLog : IReadOnlyList<Solve>
{
    private readonly List<Solve> _entries = [];

    /// <summary>The number of solvers that ran.</summary>
    public int Count => _entries.Count;

    /// <summary>The solvers in the order of their first run.</summary>
    public Solve this[int index] => _entries[index];

    /// <summary>The entry of a method marked with <see cref="FixedPointAttribute"/>; that of its derivative is <c>Name.Tangent</c> or <c>Name.Cotangent</c>.</summary>
    /// <exception cref="KeyNotFoundException">No such solver ran on this instance.</exception>
    public Solve this[string name] => Find(name) ?? throw new KeyNotFoundException($"No solver '{name}' ran on this instance; there are: {string.Join(", ", _entries.Select(entry => entry.Name))}.");

    /// <summary>Whether every solver's last run converged.</summary>
    public bool AllConverged => _entries.TrueForAll(entry => entry.IsConverged);

    /// <inheritdoc/>
    public IEnumerator<Solve> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Notes the end of a run. Called by generated code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void Record(string name, long iterations, double residual, double tolerance)
    {
        var entry = Find(name);
        if (entry is null) _entries.Add(entry = new Solve(name));
        entry.Record(iterations, residual, tolerance);
    }

    private Solve? Find(string name)
    {
        // A handful of entries, and no allocation for a comparer's closure.
        foreach (var entry in _entries)
            if (entry.Name == name) return entry;
        return null;
    }
}

/// <summary>The runs of one solver of an instance.</summary>
public sealed class Solve
{
    internal Solve(string name) => Name = name;

    /// <summary>The name of the method, with <c>.Tangent</c> or <c>.Cotangent</c> for the linear fixed points of its derivatives.</summary>
    public string Name { get; }

    /// <summary>The steps of the last run.</summary>
    public long Iterations { get; private set; }

    /// <summary>The residual of the last run; NaN where the step gave one.</summary>
    public double Residual { get; private set; }

    /// <summary>The tolerance of the last run.</summary>
    public double Tolerance { get; private set; }

    /// <summary>Whether the last run reached its tolerance.</summary>
    public bool IsConverged => Residual <= Tolerance;

    /// <summary>The number of runs so far.</summary>
    public long Runs { get; private set; }

    /// <summary>How many of the runs so far ended without reaching their tolerance.</summary>
    public long Failures { get; private set; }

    internal void Record(long iterations, double residual, double tolerance)
    {
        (Iterations, Residual, Tolerance) = (iterations, residual, tolerance);
        Runs++;
        if (!IsConverged) Failures++;
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant(
        $"{Name}: {(IsConverged ? "converged" : "NOT CONVERGED")} after {Iterations} iterations, residual {Residual:0.##e+0} (tolerance {Tolerance:0.##e+0})");
}
