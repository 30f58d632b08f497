using System.Collections.Immutable;
using Proxima.Generator.Frontend;
using Proxima.Generator.Ir;
using Proxima.Generator.Optimize;

namespace Proxima.Generator.Targets;

/// <summary>
/// Spells the expressions of a kernel as locals and nested calls. A value is computed at the outermost loop that knows it; a value that is used once,
/// where it is computed, is written in place.
/// </summary>
internal sealed class ExprPrinter
{
    private const int LongestInline = 90;

    private readonly Dialect _dialect;
    private readonly ImmutableArray<string> _axes;
    private readonly string? _laneAxis;
    private readonly Dictionary<Expr, string> _texts = [];
    private readonly Dictionary<Expr, int> _levels = []; // shared by printers for the same place, and settled by the first
    private readonly Dictionary<Expr, int> _uses = [];
    private readonly ImmutableArray<Expr> _order;
    private readonly HashSet<string> _names;
    private readonly HashSet<Expr> _locals = [];
    private readonly Dictionary<Expr, string?> _divisors = [];
    private int _unnamed;

    /// <param name="axes">The loops from the outside in; a value's level is the number of loops around the place where it is computed.</param>
    /// <param name="names">The names in scope; the printer adds those of its locals.</param>
    /// <param name="accumulators">Spells finished reductions; their level is given with them.</param>
    /// <param name="sharesDivisors">What the loop over lanes divides by, and does not change, is made a <c>Divisor</c> before it.</param>
    public ExprPrinter(
        Dialect dialect, ImmutableArray<string> axes, string? laneAxis, IEnumerable<Statement> statements, HashSet<string> names,
        Func<Expr, (string Text, int Level)> accumulators, bool sharesDivisors = false)
    {
        _dialect = dialect;
        _axes = axes;
        _laneAxis = laneAxis;
        _names = names;
        var roots = statements.SelectMany(statement => statement.Roots).ToImmutableArray();
        _order = Exprs.Order(roots);
        _names.UnionWith(_order.Where(expr => expr.Kind == ExprKind.Position).Select(expr => expr.Text));
        foreach (var expr in _order)
        {
            var level = expr.Inputs.IsEmpty ? 0 : expr.Inputs.Max(input => _levels[input]);
            switch (expr.Kind)
            {
                case ExprKind.Accumulator:
                    (_texts[expr], level) = accumulators(expr);
                    break;
                case ExprKind.Load or ExprKind.Index:
                    for (var i = 0; i < axes.Length; i++)
                        if (expr.Kind == ExprKind.Load ? expr.Access!.Mentions(axes[i]) : expr.Index.Mentions(axes[i])) level = Math.Max(level, i + 1);
                    break;
            }
            _levels[expr] = level;
            foreach (var input in expr.Inputs) Use(input);
        }
        foreach (var root in roots) Use(root);
        if (!sharesDivisors || laneAxis is null) return;
        var lanes = axes.IndexOf(laneAxis) + 1;
        foreach (var ratio in _order.Where(expr => expr is { Kind: ExprKind.Operation, Op: Op.Div, DType: DType.Float32 or DType.Float64, IsScalar: false } && _levels[expr] >= lanes && _levels[expr.Inputs[1]] < lanes))
            _divisors[ratio.Inputs[1]] = null;
    }

    /// <summary>Another printer for the same place, which spells what is not written yet in its own way.</summary>
    /// <param name="names">The names in scope.</param>
    public ExprPrinter(ExprPrinter other, Dialect dialect, HashSet<string> names)
    {
        (_dialect, _names, _axes, _laneAxis, _levels, _uses, _order, _unnamed) = (dialect, names, other._axes, other._laneAxis, other._levels, other._uses, other._order, other._unnamed);
        (_texts, _locals, _divisors) = (new(other._texts), [.. other._locals], new(other._divisors));
    }

    private void Use(Expr expr) => _uses[expr] = _uses.TryGetValue(expr, out var n) ? n + 1 : 1;

    /// <summary>How many loops there are around the place where a value is computed; none around what the printer does not print.</summary>
    public int LevelOf(Expr expr) => _levels.TryGetValue(expr, out var level) ? level : 0;

    /// <summary>Writes the locals of a level (inside that many loops), of the given statements only.</summary>
    public void Locals(CodeWriter writer, int level, IEnumerable<Statement> statements)
    {
        var wanted = Exprs.Order(statements);
        foreach (var expr in wanted)
        {
            if (_levels[expr] != level || _texts.ContainsKey(expr)) continue;
            if (expr.Kind is ExprKind.Constant or ExprKind.Number) continue;
            if (expr.Kind == ExprKind.Position)
            {
                writer.Line($"var {expr.Text} = {Strip(Text(expr.Inputs[0]))};");
                _texts[expr] = expr.Text;
                continue;
            }
            var text = Spell(expr);
            // Used once at its own level: written where it is used, unless the line grows long or the user named the result of an operation.
            var isNamed = expr.Name is not null && expr.Kind == ExprKind.Operation;
            if (_uses[expr] == 1 && !isNamed && text.Length <= LongestInline && ConsumerLevel(expr, wanted) == level) _texts[expr] = text;
            else
            {
                var name = NewName(expr);
                writer.Line($"var {name} = {Strip(text)};");
                _texts[expr] = name;
                _locals.Add(expr);
            }
        }
        foreach (var divisor in wanted.Where(expr => _levels[expr] == level && _divisors.TryGetValue(expr, out var name) && name is null))
        {
            var name = NewName(divisor);
            writer.Line($"var {name} = new Divisor<V, {divisor.DType.CSharp()}>({Strip(Text(divisor))});");
            _divisors[divisor] = name;
        }
    }

    /// <summary>The factors of a product that is written where it is used; null of anything else.</summary>
    public (string Left, string Right)? Factors(Expr expr) =>
        expr is { Kind: ExprKind.Operation, Op: Op.Mul } && !_locals.Contains(expr) ? (Strip(Text(expr.Inputs[0])), Strip(Text(expr.Inputs[1]))) : null;

    private int ConsumerLevel(Expr expr, ImmutableArray<Expr> wanted)
    {
        foreach (var consumer in wanted)
            if (consumer.Inputs.Contains(expr)) return _levels[consumer];
        return _levels[expr];
    }

    private string NewName(Expr expr)
    {
        if (expr.Name is not { Length: > 0 } hint)
        {
            string unnamed;
            do unnamed = "t" + ++_unnamed;
            while (!_names.Add(unnamed));
            return unnamed;
        }
        // A user's name may be @checked, a parameter's blocks.0.Weight.
        var name = Planner.Identifier(hint);
        var unique = name;
        for (var i = 1; Names.Identifier(unique) != unique || !_names.Add(unique); i++) unique = name + i;
        return unique;
    }

    /// <summary>Writes numbers as locals.</summary>
    public static void Print(CodeWriter writer, IEnumerable<ScalarStatement> scalars)
    {
        foreach (var scalar in scalars)
            writer.Line($"var {scalar.Name} = {Strip(new ExprPrinter(new ScalarDialect("ScalarMath"), [], null, [scalar], [], accumulator => (accumulator.Text, 0)).Text(scalar.Value))};");
    }

    /// <summary>The text of a value whose locals are written.</summary>
    public string Text(Expr expr) => _texts.TryGetValue(expr, out var text) ? text : _texts[expr] = Spell(expr);

    private string Spell(Expr expr)
    {
        var dialect = expr.IsScalar ? _dialect.OfPositions : _dialect;
        return expr.Kind switch
        {
            ExprKind.Load => dialect.Load(expr.Access!, expr.DType, _laneAxis),
            ExprKind.Constant => dialect.Constant(expr.Value, expr.DType),
            ExprKind.Index => dialect.Index(expr.Index, expr.DType, _laneAxis),
            ExprKind.Number => dialect.Number(expr.Text, expr.DType),
            _ when expr.Op == Op.Div && _divisors.TryGetValue(expr.Inputs[1], out var divisor) && divisor is not null && !expr.IsScalar => $"({Text(expr.Inputs[0])} / {divisor})",
            _ => dialect.Operation(expr, [.. expr.Inputs.Select(Text)], _laneAxis),
        };
    }

    /// <summary>Drops a pair of parentheses around a whole expression.</summary>
    public static string Strip(string text)
    {
        if (text.Length < 2 || text[0] != '(' || text[text.Length - 1] != ')') return text;
        var depth = 0;
        for (var i = 0; i < text.Length - 1; i++)
        {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (depth == 0) return text;
        }
        return text.Substring(1, text.Length - 2);
    }
}
