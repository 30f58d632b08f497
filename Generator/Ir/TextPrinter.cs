using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Proxima.Generator.Ir;

/// <summary>
/// The text form of a function: one line per node, producers first, loops nested. <see cref="TextParser"/> reads it back.
/// A named value prints as its name (<c>x</c>, then <c>x.2</c>), others as <c>%1</c>, <c>%2</c>; an argument's size without a name as <c>?x0</c>.
/// </summary>
/// <remarks>
/// <code>
/// func Forward(y: f32[b m] input, Encoder: f32[m n] weight) {
///   bind b = y 0
///   c = Dot(y, Encoder) : f32[b n]
///   (x.2) = Loop k &lt; layers-1 carry (x = c) capture (Inhibition.2 = Inhibition) {
///     %1 = Dot(x, Inhibition.2) : f32[b n]
///     yield %1
///   }
///   return x.2
/// }
/// </code>
/// </remarks>
internal sealed class TextPrinter
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<Node, string> _names = [];
    private readonly Dictionary<string, int> _used = new(StringComparer.Ordinal);
    private int _unnamed;

    private TextPrinter()
    {
    }

    public static string Print(Function function)
    {
        var printer = new TextPrinter();
        printer.PrintFunction(function);
        return printer._text.ToString();
    }

    private void PrintFunction(Function function)
    {
        _text.Append("func ").Append(function.Name).Append('(');
        for (var i = 0; i < function.Arguments.Count; i++)
        {
            var argument = function.Arguments[i];
            var name = Define(argument.Node);
            _text.Append(i > 0 ? ", " : "").Append(name).Append(": ").Append(argument.Node.Type.DType.Short())
                .Append('[').Append(string.Join(" ", argument.Node.Shape.Select(dim => dim.IsAnonymous ? "?" + dim : dim.ToString()))).Append("] ")
                .Append(argument.Kind.ToString().ToLowerInvariant());
            if (argument.Name != name) _text.Append(' ').Append(Quote(argument.Name));
        }
        _text.Append(") {\n");
        foreach (var binding in function.Bindings)
            _text.Append("  bind ").Append(binding.Size).Append(" = ").Append(Quote(binding.Argument)).Append(' ').Append(Text(binding.Axis)).Append(binding.Value is null ? "" : " as " + binding.Value).Append('\n');
        foreach (var fact in function.Known)
            _text.Append("  know ").Append(fact.Left).Append(' ').Append(fact.Relation).Append(' ').Append(fact.Right).Append('\n');
        foreach (var check in function.IndexChecks)
            _text.Append("  classes ").Append(Text(check.Argument)).Append(" < ").Append(check.Classes).Append('\n');
        foreach (var check in function.Checks)
        {
            _text.Append("  check ").Append(check.Left).Append(' ').Append(check.Relation).Append(' ').Append(check.Right).Append(' ')
                .Append(Quote(check.Message)).Append('\n');
        }
        foreach (var assumption in function.Assumptions)
        {
            _text.Append(assumption.Holds ? "  assume " : "  refuse ").Append(assumption.Left).Append(' ').Append(assumption.Relation).Append(' ')
                .Append(assumption.Right).Append('\n');
        }
        PrintNodes(Region.Order(function.Results), "  ");
        _text.Append("  return");
        for (var i = 0; i < function.Results.Count; i++)
        {
            _text.Append(i > 0 ? ", " : " ").Append(_names[function.Results[i]]);
            if (i >= function.Returned) _text.Append(" state ").Append(Quote(function.States[i - function.Returned]));
            else if (i < function.ResultNames.Count && function.ResultNames[i].Length > 0) _text.Append(' ').Append(Quote(function.ResultNames[i]));
        }
        _text.Append("\n}\n");
    }

    private void PrintNodes(ImmutableArray<Node> nodes, string indent)
    {
        foreach (var node in nodes)
        {
            switch (node.Op)
            {
                case Op.Parameter:
                case Op.Result:
                    continue;
                case Op.Loop:
                    PrintLoop(node, nodes, indent);
                    continue;
            }
            _text.Append(indent).Append(Define(node)).Append(" = ").Append(node.Op);
            if (node.Op == Op.Call) _text.Append(' ').Append(Quote(node.Text)).Append(' ');
            var shown = node.Rule is { } rule ? node.Inputs.RemoveRange(rule.Operands, node.Inputs.Length - rule.Operands) : node.Inputs;
            if (shown.Length > 0) _text.Append('(').Append(Names(shown)).Append(')');
            if (node.Rule is not null) PrintRule(node, indent);
            switch (node.Op)
            {
                case Op.Full: _text.Append(' ').Append(Text(node.Number)); break;
                case Op.Pad when node.Number != 0: _text.Append(" fill ").Append(Text(node.Number)); break;
                case Op.Number: _text.Append(' ').Append(Quote(node.Text)); break;
                case Op.Size: _text.Append(" [").Append(node.Dims[0]).Append(']'); break;
            }
            if (node.Dims.Length > 0 && node.Op != Op.Size) _text.Append(" at [").Append(string.Join(" ", node.Dims)).Append(']');
            if (node.Ints.Length > 0) _text.Append(node.Op == Op.Dot ? " signs [" : node.Dims.Length > 0 && node.Op != Op.Window ? " step [" : " axes [").Append(string.Join(" ", node.Ints.Select(Text))).Append(']');
            _text.Append(" : ").Append(node.Type).Append('\n');
        }
    }

    private void PrintRule(Node node, string indent)
    {
        var rule = node.Rule!;
        _text.Append(" rule ").Append(Quote(rule.Name));
        var given = rule.Operands;
        if (rule.Value is { } value) Body("value", value, rule.Operands);
        Body("back", rule.Body, node.Op == Op.Proximable ? 1 + rule.Operands : rule.Value is null ? 1 : 2);

        // The first parameters are given when the body is applied, the others are bound here.
        void Body(string word, Region region, int open)
        {
            _text.Append(' ').Append(word).Append(" (");
            for (var i = 0; i < region.Parameters.Length; i++)
            {
                _text.Append(i > 0 ? ", " : "").Append(Define(region.Parameters[i]));
                if (i < open) _text.Append(": ").Append(region.Parameters[i].Type);
                else _text.Append(" = ").Append(_names[node.Inputs[given++]]);
            }
            _text.Append(") {\n");
            PrintNodes(region.Schedule(), indent + "  ");
            _text.Append(indent).Append("  yield ").Append(Names(region.Results)).Append('\n').Append(indent).Append('}');
        }
    }

    private void PrintLoop(Node node, ImmutableArray<Node> nodes, string indent)
    {
        var loop = node.Loop!;
        var results = new string[Builder.ResultTypes(loop).Length];
        foreach (var result in nodes)
            if (result.Op == Op.Result && ReferenceEquals(result.Inputs[0], node)) results[result.Ints[0]] = Define(result);
        _text.Append(indent).Append('(').Append(string.Join(", ", results.Select(name => name ?? "_"))).Append(") = Loop ")
            .Append(loop.Counter).Append(" < ").Append(loop.Trips);
        for (var i = 0; i < node.Inputs.Length; i++)
        {
            _text.Append(i == 0 && loop.Carries > 0 ? " carry (" : i == loop.Carries ? " capture (" : ", ");
            _text.Append(Define(loop.Body.Parameters[i])).Append(" = ").Append(_names[node.Inputs[i]]);
            if (i == loop.Carries - 1 || i == node.Inputs.Length - 1) _text.Append(')');
        }
        if (loop.Histories.Count > 0) _text.Append(" histories [").Append(string.Join(" ", loop.Histories.Select(Text))).Append(']');
        if (loop.ReversesScans) _text.Append(" reversed");
        if (loop.Recomputation != Recomputation.None) _text.Append(loop.Recomputation == Recomputation.Again ? " again" : " checkpoint");
        if (loop.Recomputes) _text.Append(" recomputes");
        if (loop.Reversal is { } reversal) _text.Append(" reversal ").Append(Text(reversal));
        if (loop.Solver is { } solver)
        {
            _text.Append(" solve ").Append(Quote(solver.Name)).Append(' ').Append(solver.Kind).Append(solver.IsConstant ? " constant" : "")
                .Append(" tolerance ").Append(Text(solver.Tolerance)).Append(" floor ").Append(Text(solver.Floor)).Append(" window ").Append(Text(solver.Window))
                .Append(" damping ").Append(Text(solver.Damping)).Append(" regularization ").Append(Text(solver.Regularization)).Append(" batch ").Append(Text(solver.BatchDims))
                .Append(" backward ").Append(Text(solver.BackwardTolerance)).Append(' ').Append(Text(solver.BackwardIterations));
        }
        if (loop.Stop is { } stop) _text.Append(" while ").Append(Text(stop.Carry)).Append(" > ").Append(Text(stop.Tolerance)).Append(' ').Append(Quote(stop.Name));
        _text.Append(" {\n");
        PrintNodes(loop.Body.Schedule(), indent + "  ");
        _text.Append(indent).Append("  yield ").Append(Names(loop.Body.Results)).Append('\n').Append(indent).Append("}\n");
    }

    private string Names(ImmutableArray<Node> nodes) => string.Join(", ", nodes.Select(node => _names[node]));

    private string Define(Node node)
    {
        string name;
        if (node.Name is not { Length: > 0 } hint) name = "%" + Text(++_unnamed);
        else
        {
            var word = Identifier(hint);
            _used.TryGetValue(word, out var count);
            _used[word] = count + 1;
            name = count == 0 ? word : word + "." + Text(count + 1);
        }
        _names.Add(node, name);
        return name;
    }

    private static string Identifier(string hint)
    {
        var word = new StringBuilder(hint.Length);
        foreach (var c in hint) word.Append(char.IsLetterOrDigit(c) || c == '_' ? c : '_');
        if (char.IsDigit(word[0]) || word.ToString() == "_") word.Insert(0, '_');
        return word.ToString();
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A number that reads back as the same bits on every runtime; NaN keeps no payload.</summary>
    internal static string Text(double value)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "Infinity" : "-Infinity";
        if (value == 0) return BitConverter.DoubleToInt64Bits(value) < 0 ? "-0" : "0";
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        // .NET Framework's "R" (a generator may run there) loses the last bit of some numbers.
        return double.Parse(text, CultureInfo.InvariantCulture) == value ? text : value.ToString("G17", CultureInfo.InvariantCulture);
    }

    private static string Quote(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var c in value)
        {
            switch (c)
            {
                case '"': text.Append("\\\""); break;
                case '\\': text.Append("\\\\"); break;
                case '\n': text.Append("\\n"); break;
                case '\r': text.Append("\\r"); break;
                default: text.Append(c); break;
            }
        }
        return text.Append('"').ToString();
    }
}
