using System.Collections.Immutable;
using Proxima.Generator.Ir;
using Proxima.Generator.Optimize;
using Buffer = Proxima.Generator.Optimize.Buffer;

namespace Proxima.Generator.Targets;

/// <summary>Pointers to where the vectors of a row start: what no vector changes of an offset is computed once, before them.</summary>
/// <param name="names">The names in scope; those of the pointers join them.</param>
internal sealed class RowPointers(HashSet<string> names)
{
    private readonly Dictionary<(Buffer, Dim), string> _pointers = [];
    private readonly HashSet<string> _inner = [];

    /// <summary>Writes the pointers that statements need.</summary>
    /// <param name="outer">The axes of the rows.</param>
    /// <param name="inner">The axes of a row.</param>
    /// <param name="vector">The one of them that the vectors lie along.</param>
    /// <param name="levelOf">How many loops there are around the place where a value is known.</param>
    public void Declare(CodeWriter writer, IEnumerable<Statement> statements, ImmutableArray<Axis> outer, IEnumerable<Axis> inner, string vector, Func<Expr, int> levelOf)
    {
        var order = Exprs.Order(statements);
        _inner.UnionWith(inner.Select(axis => axis.Name).Concat(order.Where(e => e.Kind == ExprKind.Position && levelOf(e) > outer.Length).Select(e => e.Text)));
        var accesses = order.Where(e => e.Kind == ExprKind.Load).Select(e => e.Access!).Concat(statements.OfType<StoreStatement>().Select(store => store.Target));
        foreach (var access in accesses.Where(access => access.Offset.Mentions(vector)))
        {
            var start = Start(access);
            if (start.TermCount < 2 && start.Names().Count() < 2 || _pointers.ContainsKey((access.Buffer, start))) continue;
            var name = access.Buffer.Name + "Row";
            for (var i = 2; !names.Add(name); i++) name = access.Buffer.Name + "Row" + i.ToString(System.Globalization.CultureInfo.InvariantCulture);
            _pointers.Add((access.Buffer, start), name);
            writer.Line($"var {name} = {access.Buffer.Name}{Nested(start, outer)};");
        }
    }

    /// <summary>Where a vector starts, from the pointer to its row; null where it has none.</summary>
    public string? Place(Access access) =>
        Start(access) is var start && _pointers.TryGetValue((access.Buffer, start), out var pointer) ? pointer + LaneDialect.Plus(access.Offset - start) : null;

    /// <summary>The part of an offset that is the same for all vectors of a row, without the constant, which costs nothing.</summary>
    private Dim Start(Access access) => Dim.Sum(access.Offset.SplitTerms().Where(term => term.Constant is null && !term.Names().Any(_inner.Contains)));

    /// <summary><c> + i * (n * m) + j * m</c>: index by index, each times its stride: the strides are the same for all rows.</summary>
    private static string Nested(Dim start, IEnumerable<Axis> outer)
    {
        var text = "";
        foreach (var axis in outer)
        {
            if (start.LinearIn(axis.Name) is not ({ IsZero: false } stride, var others)) continue;
            text += $" + {axis.Name}" + (stride.IsOne ? "" : $" * {stride.ToCSharp(atomic: true)}");
            start = others;
        }
        return text + LaneDialect.Plus(start);
    }
}
